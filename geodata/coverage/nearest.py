"""The nearest open station of every point, whom each station serves by that, and how long the way is.

A tie goes to the station listed first, which is the one with the lesser code in a ``Supply``: every point is
assigned once, whatever order the stations came in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from geodata.coordinates import Floats
from geodata.coverage.answer import weighted_quantile
from geodata.coverage.reach import Mask
from geodata.coverage.sums import summed
from geodata.coverage.week import unpacked
from geodata.coverage.worker_hours import WorkerHours
from geodata.errors import InvalidValue
from geodata.stations.columns import Bits
from geodata.stations.ordering import Rows
from geodata.travel.pairs import TravelPairs

NOBODY: Final = -1
CURVE_MIN: Final = tuple(range(1, 31))
"""Minutes at which the curve of travel times is drawn."""


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


def nearest_by_hours(
    pairs: TravelPairs, open_hours: Bits, demand: WorkerHours
) -> Iterator[tuple[tuple[int, ...], Nearest, Floats]]:
    """The hours in which the same stations are open, their nearest, and the worker-hours at the points then, (n,).

    ``open_hours`` are the stations' bits, (s, 3). Hours in which nobody is asked about are left out.
    """
    is_open = unpacked(open_hours) != 0
    alike: dict[bytes, list[int]] = {}
    for hour in np.flatnonzero(demand.activity.any(axis=1)).tolist():
        alike.setdefault(np.packbits(is_open[:, hour]).tobytes(), []).append(hour)
    for hours in alike.values():
        yield tuple(hours), nearest_open(pairs, is_open[:, hours[0]]), demand.at_hours(hours)


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


def travel_times(
    pairs: TravelPairs, open_hours: Bits, demand: WorkerHours, curve_min: Sequence[int] = CURVE_MIN
) -> TravelTimes:
    """The distribution over all points and hours of the demand; ``open_hours`` (s, 3)."""
    parts = [(nearest.time_s, present) for _hours, nearest, present in nearest_by_hours(pairs, open_hours, demand)]
    times_s = np.concatenate([time_s for time_s, _present in parts] or [np.empty(0)])
    weights = np.concatenate([present for _time_s, present in parts] or [np.empty(0)])
    total, is_found = float(weights.sum()), np.isfinite(times_s)
    found = float(weights[is_found].sum())
    curve = ((limit, float(weights[times_s <= limit * 60].sum()) / total) for limit in curve_min) if total > 0 else ()
    return TravelTimes(
        worker_hours=total,
        beyond=float(weights[~is_found].sum()),
        mean_s=float(times_s[is_found] @ weights[is_found]) / found if found > 0 else None,
        p50_s=weighted_quantile(times_s, weights, 0.5),
        p90_s=weighted_quantile(times_s, weights, 0.9),
        curve=tuple(curve),
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
    if len(seats) != pairs.station_count:
        raise InvalidValue("Seats need one entry a station.", field="seats", code="length")
    total, peak, unserved = np.zeros(len(seats)), np.zeros(len(seats)), 0.0
    for hours, nearest, present in nearest_by_hours(pairs, open_hours, demand):
        found, rows = nearest.found, nearest.station_rows[nearest.found]
        total += summed(rows, present[found], len(seats))
        unserved += float(present[~found].sum())
        by_group = np.array([summed(rows, each[found], len(seats)) for each in demand.heads])
        served = demand.activity[list(hours)] @ by_group.reshape(len(demand.heads), len(seats))
        peak = np.maximum(peak, served.max(axis=0))
    with np.errstate(divide="ignore", invalid="ignore"):
        per_seat = np.where((peak == 0) & (seats == 0), 0.0, peak / seats)
    return Loads(total, peak, per_seat, unserved)
