"""What differs between two coverages of the same points: newly covered, lost, unchanged."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.coordinates import Floats
from geodata.coverage.matrix import CoveredHours
from geodata.coverage.worker_hours import WorkerHours
from geodata.errors import InvalidValue
from geodata.stations.columns import Bits


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """Worker-hours of each point, (n,); the four add up to all of them."""

    newly_covered: Floats
    lost: Floats
    still_covered: Floats
    still_uncovered: Floats

    def __add__(self, other: Change) -> Change:
        """Of other workers at the same points beside these."""
        return Change(
            self.newly_covered + other.newly_covered,
            self.lost + other.lost,
            self.still_covered + other.still_covered,
            self.still_uncovered + other.still_uncovered,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """The change with every unknown station shut in both, and with every one open in both."""

    low: Change
    high: Change

    def __add__(self, other: Changes) -> Changes:
        """Of other workers at the same points beside these."""
        return Changes(self.low + other.low, self.high + other.high)


def changes(before: CoveredHours, after: CoveredHours, demand: WorkerHours) -> Changes:
    """What ``after`` covers that ``before`` did not, and the other way round, over the demand's hours."""
    if before.low.shape != after.low.shape:
        raise InvalidValue("Two coverages are compared over the same points.", field="points", code="length")
    return Changes(_change(before.low, after.low, demand), _change(before.high, after.high, demand))


def _change(before: Bits, after: Bits, demand: WorkerHours) -> Change:
    newly, lost, still = (demand.in_hours(bits) for bits in (after & ~before, before & ~after, before & after))
    return Change(newly, lost, still, demand.in_hours(~(before | after)))
