"""Pairs for planners' questions: found once for a set of places, and cut for every mode, speed, detour and limit.

Straight lines: the great circles are measured once, sorted by distance; a speed and a detour only scale them. Streets:
once a mode and speed. Sites that are only thought of are measured alone and put in among the stations' pairs.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from geodata.coordinates import Floats, chord_of, unit_sphere
from geodata.coverage.nearest_points import Mask
from geodata.demand.movement import Movement
from geodata.errors import InvalidValue
from geodata.stations.ordering import Rows
from geodata.travel.pairs import Network, Travel, TravelPairs
from geodata.travel.straight_line import StraightLineTravel, TravelMode
from geodata.travel.straight_pairs import StraightLine
from geodata.travel.street_files import Streets
from geodata.travel.street_pairs import StreetTravel
from mapapp.services.shelf import Shelf

KEPT_PAIRS: Final = 10
"""About 40 bytes a pair: 30 MB for a city by car, 1.5 MB on foot."""
MAX_PAIRS_COUNT: Final = 12_000_000
"""More do not fit: half a gigabyte, and as much again while they are sorted."""
MOST_KEPT_COUNT: Final = 30_000_000
"""Of all that are kept together: a gigabyte."""
_SHORTEST_STEP_M: Final = 2_000.0
_RULER: Final = StraightLine(StraightLineTravel(walk_kmh=3.6, detour_factor=1.0), TravelMode.WALK)
"""A metre a second: pairs come out sorted by distance."""


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Demand points (n,) and stations (s,), WGS-84 degrees, NaN without a position; ``key`` names just these."""

    point_lon: Floats
    point_lat: Floats
    station_lon: Floats
    station_lat: Floats
    key: str = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha256()
        for column in (self.point_lon, self.point_lat, self.station_lon, self.station_lat):
            digest.update(len(column).to_bytes(8, "little") + np.ascontiguousarray(column, dtype="<f8").tobytes())
        object.__setattr__(self, "key", digest.hexdigest())

    def with_stations(self, lon: Floats, lat: Floats) -> Places:
        """The same points with other stations."""
        return replace(self, station_lon=lon, station_lat=lat)


@dataclass(frozen=True, slots=True)
class Way:
    """How some groups get about: a mode and its speed along the way."""

    movement: Movement
    network: Network
    detour: float

    def travel(self, streets: Streets | None) -> Travel:
        """The travel model; raises InvalidValue where streets are asked for and none are loaded."""
        mode, speed_kmh = self.movement.mode, self.movement.speed_kmh
        if self.network is Network.STRAIGHT_LINE:
            return StraightLine(self._straight(), mode)
        if streets is None:
            raise InvalidValue("No streets are loaded.", field="network", code="no_streets")
        if mode is TravelMode.WALK:
            return StreetTravel(streets=streets, mode=mode, walk_kmh=speed_kmh, most_pairs=MAX_PAIRS_COUNT)
        if mode is TravelMode.EBIKE:
            return StreetTravel(streets=streets, mode=mode, ebike_kmh=speed_kmh, most_pairs=MAX_PAIRS_COUNT)
        return StreetTravel(streets=streets, mode=mode, most_pairs=MAX_PAIRS_COUNT)

    def _straight(self) -> StraightLineTravel:
        speed_kmh = self.movement.speed_kmh
        return StraightLineTravel(walk_kmh=speed_kmh, ebike_kmh=speed_kmh, car_kmh=speed_kmh, detour_factor=self.detour)

    def reach_m(self, reach_s: float) -> float:
        """The straight line that takes so long."""
        return reach_s / self.detour * (self.movement.speed_kmh / 3.6)


@dataclass(frozen=True, slots=True, eq=False)
class Pairer:
    """Finds pairs and keeps the last ones; safe between threads."""

    _kept: Shelf[Hashable, TravelPairs] = field(
        default_factory=lambda: Shelf(KEPT_PAIRS, weigh=lambda pairs: len(pairs.point_ids), most_weight=MOST_KEPT_COUNT)
    )

    def straight(self, places: Places, reach_m: float) -> TravelPairs:
        """All pairs at most ``reach_m`` apart and some farther ones, by distance (``time_s`` is the distance).

        Raises InvalidValue where there are more than fit.
        """
        step_m = stepped_m(reach_m)
        if len(places.point_lon) * len(places.station_lon) > MAX_PAIRS_COUNT:
            _refuse_too_many(places, step_m := reach_m)
        return self._kept.get(("straight", places.key, step_m), lambda: _measured(places, step_m))

    def along(self, places: Places, way: Way, streets: Streets | None, reach_s: float, reach_m: float) -> TravelPairs:
        """The pairs at most ``reach_s`` seconds apart by a way; straight ones are cut from those to ``reach_m``."""
        travel = way.travel(streets)
        if isinstance(travel, StraightLine):
            longest_m = max(reach_m, way.reach_m(reach_s))
            key = ("scaled", places.key, way, reach_s)
            return self._kept.get(key, lambda: scaled(self.straight(places, longest_m), travel, reach_s))
        source = "" if streets is None else streets.source.sha256
        street_key = ("streets", places.key, way.movement, source, reach_s)
        return self._kept.get(street_key, lambda: _found(places, travel, reach_s))


def _refuse_too_many(places: Places, reach_m: float) -> None:
    """Count before measuring: a country's stations and a long way make more pairs than any machine holds."""
    points, stations = (
        cKDTree(unit_sphere(lon[~np.isnan(lon)], lat[~np.isnan(lon)]))
        for lon, lat in ((places.point_lon, places.point_lat), (places.station_lon, places.station_lat))
    )
    if points.count_neighbors(stations, chord_of(reach_m)) > MAX_PAIRS_COUNT:
        raise InvalidValue("So far there are too many pairs.", field="within", code="too_many_pairs")


def stepped_m(reach_m: float) -> float:
    """A reach rounded up, so that like questions share their pairs: 2, 4, 8, … km."""
    return _SHORTEST_STEP_M * 2.0 ** max(0, math.ceil(math.log2(max(reach_m, 1.0) / _SHORTEST_STEP_M)))


def scaled(pairs: TravelPairs, travel: StraightLine, reach_s: float) -> TravelPairs:
    """Pairs by distance as ``travel.pairs(…, reach_s=reach_s)`` finds them."""
    times_s = travel.travel.time_s(pairs.distance_m, travel.mode)
    within = times_s <= reach_s
    cut = replace(
        pairs,
        point_ids=pairs.point_ids[within],
        station_rows=pairs.station_rows[within],
        distance_m=pairs.distance_m[within],
        time_s=times_s[within],
    )
    return cut if not _has_ties_out_of_order(cut) else _sorted_anew(cut)


def joined(pairs: TravelPairs, rows: Rows, more: TravelPairs, more_rows: Rows) -> TravelPairs:
    """Pairs of the same points with two sets of stations as one; ``rows`` and ``more_rows`` are their new rows."""
    return TravelPairs.in_order(
        point_count=pairs.point_count,
        station_count=len(rows) + len(more_rows),
        point_ids=np.concatenate((pairs.point_ids, more.point_ids)),
        station_rows=np.concatenate((rows[pairs.station_rows], more_rows[more.station_rows])),
        distance_m=np.concatenate((pairs.distance_m, more.distance_m)),
        time_s=np.concatenate((pairs.time_s, more.time_s)),
        unreachable_point_ids=pairs.unreachable_point_ids,
        unreachable_station_rows=np.sort(
            np.concatenate((rows[pairs.unreachable_station_rows], more_rows[more.unreachable_station_rows]))
        ),
    )


def _measured(places: Places, reach_m: float) -> TravelPairs:
    return _RULER.pairs(
        places.point_lon, places.point_lat, places.station_lon, places.station_lat, reach_m=reach_m, reach_s=None
    )


def _found(places: Places, travel: Travel, reach_s: float) -> TravelPairs:
    return travel.pairs(
        places.point_lon, places.point_lat, places.station_lon, places.station_lat, reach_m=None, reach_s=reach_s
    )


def _has_ties_out_of_order(pairs: TravelPairs) -> bool:
    """Whether two distances became one time while their stations stand the other way round."""
    ids, times_s, rows = pairs.point_ids, pairs.time_s, pairs.station_rows
    wrong: Mask = (ids[1:] == ids[:-1]) & (times_s[1:] == times_s[:-1]) & (rows[1:] < rows[:-1])
    return bool(wrong.any())


def _sorted_anew(pairs: TravelPairs) -> TravelPairs:
    return TravelPairs.in_order(
        point_count=pairs.point_count,
        station_count=pairs.station_count,
        point_ids=pairs.point_ids,
        station_rows=pairs.station_rows,
        distance_m=pairs.distance_m,
        time_s=pairs.time_s,
        unreachable_point_ids=pairs.unreachable_point_ids,
        unreachable_station_rows=pairs.unreachable_station_rows,
    )
