"""In which hours which points are covered, kept so that two answers can be compared hour by hour."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import Floats
from geodata.coverage.changes import Changes, changes
from geodata.coverage.matrix import CoveredHours
from geodata.coverage.week import hour_mask, packed, unpacked
from geodata.coverage.worker_hours import WorkerHours
from geodata.demand.points import HOURS_A_WEEK, DemandLayer
from geodata.errors import InvalidValue
from geodata.stations.ordering import Rows
from geodata.stations.vocabulary import WorkerGroup


@dataclass(frozen=True, slots=True, eq=False)
class FootprintPart:
    """Groups that are covered alike, and for each need of the footprint in which of its bits every point is covered."""

    groups: tuple[WorkerGroup, ...]
    covered: tuple[CoveredHours, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Footprint:
    """An ordinary week, or one instant, for one need or several; which, is known by whoever made it.

    Hours with equal open stations share a bit: ``bit_of_hour`` (168,). No group is in two parts.
    """

    bit_of_hour: Rows
    parts: tuple[FootprintPart, ...]

    @property
    def groups(self) -> frozenset[WorkerGroup]:
        """The groups it is of."""
        return frozenset(group for part in self.parts for group in part.groups)


@dataclass(frozen=True, slots=True, eq=False)
class Headcount:
    """Who is at which point when: ``heads`` (g, n) in an average hour, ``profiles`` (g, 168)."""

    groups: tuple[WorkerGroup, ...]
    heads: Floats
    profiles: Floats

    @classmethod
    def of(cls, layer: DemandLayer, groups: Collection[WorkerGroup]) -> Self:
        """Some groups of a layer, in the vocabulary's order."""
        chosen = tuple(group for group in WorkerGroup if group in groups and group in layer.workers)
        heads = np.array([layer.workers[group] for group in chosen]).reshape(len(chosen), layer.point_count)
        profiles = np.array([layer.profiles[group] for group in chosen]).reshape(len(chosen), HOURS_A_WEEK)
        return cls(chosen, heads, profiles)

    def only(self, groups: Collection[WorkerGroup]) -> Headcount:
        """Some of the groups."""
        rows = [row for row, group in enumerate(self.groups) if group in groups]
        return Headcount(tuple(self.groups[row] for row in rows), self.heads[rows], self.profiles[rows])

    def is_like(self, other: Headcount) -> bool:
        """Whether the two count the same workers, but for rounding."""
        return (
            self.groups == other.groups
            and self.heads.shape == other.heads.shape
            and bool(np.allclose(self.heads, other.heads, rtol=1e-5, atol=1e-6))
            and bool(np.allclose(self.profiles, other.profiles, rtol=1e-5, atol=1e-6))
        )

    def during(self, hours: Collection[int]) -> WorkerHours:
        """Their worker-hours in some hours."""
        mask = hour_mask(hours)
        return WorkerHours(self.heads, np.ascontiguousarray((self.profiles * mask).T), int(mask.sum()))


@dataclass(frozen=True, slots=True, eq=False)
class HourlyChange:
    """Workers of each hour of the week who are newly covered, and lost; each (168,)."""

    newly_covered: Floats
    lost: Floats

    def __add__(self, other: HourlyChange) -> HourlyChange:
        """Of other workers beside these."""
        return HourlyChange(self.newly_covered + other.newly_covered, self.lost + other.lost)


def changes_at_points(
    before: Footprint, after: Footprint, which: tuple[int, int], people: Headcount, hours: Collection[int]
) -> Changes:
    """What ``after`` covers of each point's worker-hours that ``before`` did not, and the other way round.

    ``which`` are the places of the two needs that are compared. Raises InvalidValue where the two are not of the same
    groups and points.
    """
    found: Changes | None = None
    for groups, was, now, bit_of_hour in _common(before, after, which):
        demand = people.only(groups).during(hours).condensed(bit_of_hour)
        part = changes(was, now, demand)
        found = part if found is None else found + part
    if found is None:
        raise InvalidValue("Nobody is in both.", field="groups", code="empty")
    return found


def changes_by_hour(
    before: Footprint, after: Footprint, which: tuple[int, int], people: Headcount
) -> tuple[HourlyChange, HourlyChange]:
    """The same in each hour of the week, over all points: with unknown stations shut in both, and open in both."""
    nothing = HourlyChange(*(np.zeros(HOURS_A_WEEK) for _each in range(2)))
    low, high = nothing, nothing
    for groups, was, now, bit_of_hour in _common(before, after, which):
        counted = people.only(groups)
        low += _hourly(was.low, now.low, counted, bit_of_hour)
        high += _hourly(was.high, now.high, counted, bit_of_hour)
    return low, high


def _hourly(was: NDArray[np.uint64], now: NDArray[np.uint64], people: Headcount, bit_of_hour: Rows) -> HourlyChange:
    bits_count = int(bit_of_hour.max()) + 1

    def workers(bits: NDArray[np.uint64]) -> Floats:
        held = np.flatnonzero(bits.any(axis=1))
        present = people.heads[:, held] @ unpacked(bits[held], bits_count).astype(np.float64)
        total: Floats = (present[:, bit_of_hour] * people.profiles).sum(axis=0)
        return total

    return HourlyChange(workers(now & ~was), workers(was & ~now))


def _common(
    before: Footprint, after: Footprint, which: tuple[int, int]
) -> Iterator[tuple[frozenset[WorkerGroup], CoveredHours, CoveredHours, Rows]]:
    """The groups that are covered alike in both, with both covers over bits that both share."""
    if before.groups != after.groups:
        raise InvalidValue("The two are of other groups.", field="groups", code="not_alike")
    pairs = np.stack((before.bit_of_hour, after.bit_of_hour), axis=1)
    shared, bit_of_hour = np.unique(pairs, axis=0, return_inverse=True)
    of_before, of_after = which
    for one in before.parts:
        for other in after.parts:
            if groups := frozenset(one.groups) & frozenset(other.groups):
                was = _rearranged(one.covered[of_before], shared[:, 0])
                now = _rearranged(other.covered[of_after], shared[:, 1])
                yield groups, was, now, bit_of_hour.reshape(-1).astype(np.int64)


def _rearranged(covered: CoveredHours, columns: Sequence[int] | Rows) -> CoveredHours:
    """The same with other bits: the k-th is that of ``columns[k]``."""
    count = int(np.max(columns)) + 1
    low, high = (packed(unpacked(bits, count)[:, columns] != 0) for bits in (covered.low, covered.high))
    return CoveredHours(low, high)
