"""What fails if a station closes: the worker-hours that it alone covers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.coordinates import Floats
from geodata.coverage.reach import Reach
from geodata.coverage.sums import summed
from geodata.coverage.week import hours_held
from geodata.coverage.worker_hours import WorkerHours
from geodata.stations.columns import Bits


@dataclass(frozen=True, slots=True, eq=False)
class Losses:
    """``lost`` (s,) worker-hours are covered by that station and no other; ``single`` is their sum.

    ``covered`` worker-hours are covered at all. ``single_share`` of them hang on one station; None where none are.
    """

    lost: Floats
    single: float
    covered: float

    @property
    def single_share(self) -> float | None:
        """The part of what is covered that one closed door uncovers."""
        return self.single / self.covered if self.covered > 0 else None


def losses(reach: Reach, open_hours: Bits, demand: WorkerHours) -> Losses:
    """Of each station by itself, over the demand's hours; ``open_hours`` are the stations' bits (s, 3)."""
    once, twice = _once_and_twice(reach, open_hours)
    alone = once & ~twice
    bits = open_hours[reach.station_rows] & alone[reach.point_ids]
    held = np.flatnonzero(bits.any(axis=1))
    ids, rows = reach.point_ids[held], reach.station_rows[held]
    amounts = np.einsum("mg,gm->m", hours_held(bits[held], demand.activity), demand.heads[:, ids])
    lost = summed(rows, amounts, len(open_hours))
    return Losses(lost, float(demand.in_hours(alone).sum()), float(demand.in_hours(once).sum()))


def _once_and_twice(reach: Reach, open_hours: Bits) -> tuple[Bits, Bits]:
    """In which hours each point has at least one, and at least two, open stations; both (n, w).

    The k-th stations of all points are added at a time, as in a two-bit counter that stops at two.
    """
    once = np.zeros((reach.point_count, open_hours.shape[1]), dtype=np.uint64)
    twice = np.zeros_like(once)
    counts = np.bincount(reach.point_ids, minlength=reach.point_count)
    starts = np.cumsum(counts) - counts
    for turn in range(int(counts.max(initial=0))):
        ids = np.flatnonzero(counts > turn)
        bits = open_hours[reach.station_rows[starts[ids] + turn]]
        twice[ids] |= once[ids] & bits
        once[ids] |= bits
    return once, twice
