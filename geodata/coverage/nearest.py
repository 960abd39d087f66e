"""The nearest open station of every point, whom each station serves by that, and how long the way is.

A tie goes to the station listed first, which is the one with the lesser code in a ``Supply``: every point is
assigned once, whatever order the stations came in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from geodata.coordinates import Floats
from geodata.coverage.answer import quantile_of_sorted
from geodata.coverage.assignment import Assignment
from geodata.coverage.reach import Mask
from geodata.coverage.worker_hours import WorkerHours
from geodata.demand.points import HOURS_A_WEEK
from geodata.errors import InvalidValue
from geodata.stations.columns import Bits
from geodata.stations.ordering import Rows
from geodata.travel.pairs import TravelPairs

NOBODY: Final = -1
CURVE_MIN: Final = tuple(range(1, 31))
"""Minutes at which the curve of travel times is drawn."""
_ROUNDING: Final = 1e-12
"""Sums of the same workers in another order differ by no more, relatively."""


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """For each of n points the nearest of some stations; -1, infinite, where none is within the pairs' cut-off."""

    station_rows: Rows
    distance_m: Floats
    time_s: Floats

    @property
    def found(self) -> Mask:
        """Which points have one."""
        found: Mask = self.station_rows != NOBODY
        return found


def nearest_open(pairs: TravelPairs, is_open: Mask) -> Nearest:
    """By travel time among the open stations, (s,)."""
    kept = np.flatnonzero(is_open[pairs.station_rows])
    ids = pairs.point_ids[kept]
    firsts = kept[np.concatenate(([True], ids[1:] != ids[:-1]))] if len(kept) else kept
    nearest = Nearest(
        np.full(pairs.point_count, NOBODY, dtype=np.int64),
        np.full(pairs.point_count, np.inf),
        np.full(pairs.point_count, np.inf),
    )
    places = pairs.point_ids[firsts]
    nearest.station_rows[places] = pairs.station_rows[firsts]
    nearest.distance_m[places] = pairs.distance_m[firsts]
    nearest.time_s[places] = pairs.time_s[firsts]
    return nearest


@dataclass(frozen=True, slots=True)
class TravelTimes:
    """How long workers travel to the nearest open station.

    ``p50_s`` and ``p90_s``: half, or nine tenths, travel at most that long; None where that part has none within
    the cut-off. ``mean_s`` is of those who have one; ``beyond`` worker-hours have none and are in no average.
    ``curve`` is (minutes, share of all worker-hours that travel at most that long).
    """

    worker_hours: float
    beyond: float
    mean_s: float | None
    p50_s: float | None
    p90_s: float | None
    curve: tuple[tuple[int, float], ...]


@dataclass(frozen=True, eq=False)
class Assigned:
    """Some workers, and where each of their hours goes. Those who travel by different modes are assigned apart."""

    assignment: Assignment
    demand: WorkerHours

    @cached_property
    def amounts(self) -> Floats:
        """The worker-hours of each of the assignment's pairs, (t,)."""
        return self.assignment.amounts(self.demand)


def travel_times(
    pairs: TravelPairs, open_hours: Bits, demand: WorkerHours, curve_min: Sequence[int] = CURVE_MIN
) -> TravelTimes:
    """The distribution over all points and hours of the demand; ``open_hours`` (s, 3)."""
    return travel_times_of([Assigned(Assignment.of(pairs, open_hours, demand.hours), demand)], curve_min)


def travel_times_of(parts: Sequence[Assigned], curve_min: Sequence[int] = CURVE_MIN) -> TravelTimes:
    """The distribution over all parts together."""
    total = sum(float(part.demand.at_points().sum()) for part in parts)
    times_s = np.concatenate([part.assignment.time_s for part in parts] or [np.empty(0)])
    weights = np.concatenate([part.amounts for part in parts] or [np.empty(0)])
    found = float(weights.sum())
    beyond = max(total - found, 0.0) if found < total * (1 - _ROUNDING) else 0.0
    order = np.argsort(times_s, kind="stable")
    sorted_s, reached = np.append(times_s[order], np.inf), np.cumsum(np.append(weights[order], beyond))
    up_to = np.searchsorted(sorted_s, np.array(curve_min) * 60.0, side="right").tolist()
    curve = zip(curve_min, (float(reached[place - 1]) / total if place else 0.0 for place in up_to), strict=True)
    return TravelTimes(
        worker_hours=total,
        beyond=beyond,
        mean_s=float(times_s @ weights) / found if found > 0 else None,
        p50_s=quantile_of_sorted(sorted_s, reached, 0.5),
        p90_s=quantile_of_sorted(sorted_s, reached, 0.9),
        curve=tuple(curve) if total > 0 else (),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Loads:
    """Whom each of s stations serves, if everybody goes to the nearest that is open.

    ``worker_hours`` (s,) over the demand's hours; ``peak_workers`` (s,) in its fullest hour; ``per_seat`` (s,) is
    the peak over the seats, NaN where nobody knows them and infinite where there are none but somebody comes.
    ``unserved`` worker-hours have no open station within the cut-off; all of it adds up to the demand.
    """

    worker_hours: Floats
    peak_workers: Floats
    per_seat: Floats
    unserved: float


def catchment_loads(pairs: TravelPairs, open_hours: Bits, demand: WorkerHours, seats: Floats) -> Loads:
    """By nearest assignment, hour by hour; ``open_hours`` (s, 3), ``seats`` (s,) with NaN for unknown."""
    return loads_of([Assigned(Assignment.of(pairs, open_hours, demand.hours), demand)], seats)


def loads_of(parts: Sequence[Assigned], seats: Floats) -> Loads:
    """The loads of all parts together; ``seats`` (s,) with NaN for unknown."""
    if any(len(seats) != part.assignment.station_count for part in parts):
        raise InvalidValue("Seats need one entry a station.", field="seats", code="length")
    served = np.zeros((HOURS_A_WEEK, len(seats)))
    for part in parts:
        served += part.assignment.served(part.demand)
    peak = served.max(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        per_seat = np.where((peak == 0) & (seats == 0), 0.0, peak / seats)
    total = sum(float(part.demand.at_points().sum()) for part in parts)
    found = float(served.sum())
    unserved = max(total - found, 0.0) if found < total * (1 - _ROUNDING) else 0.0
    return Loads(served.sum(axis=0), peak, per_seat, unserved)
