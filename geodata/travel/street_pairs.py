"""Travel along streets for one mode: pairs within a cut-off, the nearest station, and what results say of it.

The travel time of a pair is the leg to the street, the quickest way along the streets, and the leg from the street;
its distance is the length of just that way. Legs are walked, whatever the mode. Two places no farther apart than
their two legs together are reached straight, on foot: nobody walks to the street and back to get next door.

A place farther than ``snap_limit_m`` from every street of the mode is *unreachable*: it is listed, and in no pair.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from geodata.coordinates import Floats, chord_of, great_circle_m, unit_sphere
from geodata.errors import InvalidValue
from geodata.stations.ordering import Rows
from geodata.travel.pairs import Network, TravelNote, TravelPairs
from geodata.travel.straight_line import TravelMode
from geodata.travel.street_files import Streets
from geodata.travel.street_graph import Flags
from geodata.travel.street_paths import Block, StreetPaths, Tied, pairs_on_one_piece, part_of
from geodata.travel.street_rules import SLOWEST_CAR_KMH
from geodata.travel.street_snapping import NO_ROW, Snapped

DEFAULT_SNAP_LIMIT_M: Final = 500.0
_KMH_PER_M_S: Final = 3.6
_SLACK: Final = 1 + 1e-9
_SHORTEST_WIDTH_M: Final = 16.0
_LONGEST_WIDTH_M: Final = 512.0
_WIDTH_COUNT: Final = 6


@dataclass(frozen=True, slots=True, eq=False)
class NearestStations:
    """Each point's quickest station, (p,) each; ``NO_ROW`` and NaN where none is within reach."""

    station_rows: Rows
    distance_m: Floats
    time_s: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StreetTravel:
    """Travel by one mode along loaded streets; a ``geodata.travel.pairs.Travel``.

    ``car_speed_factor`` scales the streets' driving speeds, which know no traffic: 0.8 for a fifth slower. Of more than
    ``most_pairs`` none are given (None: as many as there are).
    """

    streets: Streets
    mode: TravelMode
    walk_kmh: float = 4.8
    ebike_kmh: float = 18.0
    car_speed_factor: float = 1.0
    snap_limit_m: float = DEFAULT_SNAP_LIMIT_M
    most_pairs: int | None = None

    def __post_init__(self) -> None:
        for name, least, most in (
            ("walk_kmh", 0.1, 1000.0),
            ("ebike_kmh", 0.1, 1000.0),
            ("car_speed_factor", 0.1, 10.0),
            ("snap_limit_m", 1.0, 10_000.0),
        ):
            value = getattr(self, name)
            if not (math.isfinite(value) and least <= value <= most):
                raise InvalidValue(f"{name} must be {least:g} to {most:g}, not {value:g}.", field=name)
        if not self.paths.graph.edge_count:
            raise InvalidValue(f"The loaded streets have none for {self.mode.value}.", field="mode", code="no_streets")

    @property
    def paths(self) -> StreetPaths:
        """The mode's streets."""
        return self.streets.paths(self.mode)

    def described(self) -> TravelNote:
        """What every result says."""
        source = self.streets.source
        return TravelNote(
            network=Network.STREETS,
            mode=self.mode,
            speed_kmh=None if self.mode is TravelMode.CAR else self._speed_kmh(),
            source=source.file_name,
            checksum=source.sha256,
            source_date=source.newest_edit,
            off_network_kmh=self.walk_kmh,
        )

    def snap(self, lon: Floats, lat: Floats) -> Snapped:
        """Where places are tied to this mode's streets."""
        return self.paths.snapper.snap(lon, lat, self.snap_limit_m)

    def pairs(
        self,
        point_lon: Floats,
        point_lat: Floats,
        station_lon: Floats,
        station_lat: Floats,
        *,
        reach_m: float | None,
        reach_s: float | None,
    ) -> TravelPairs:
        """All pairs at most ``reach_m`` metres and ``reach_s`` seconds apart along the streets (both <=).

        Raises InvalidValue as soon as there are more than ``most_pairs``.
        """
        points, stations = _Side.of(self, point_lon, point_lat), _Side.of(self, station_lon, station_lat)
        straight = _straight(points, stations, self._walk_m_s())
        blocks = self.paths.blocks(points.tied, stations.tied, self._cost_limit(reach_m, reach_s))
        found, count = [_Found.none()], 0
        for block in blocks:
            found.append(self._along_streets(block, points, stations).within(reach_m, reach_s))
            count += len(found[-1].point)
            if self.most_pairs is not None and count > self.most_pairs:
                raise InvalidValue("So far there are too many pairs.", field="within", code="too_many_pairs")
        along = _Found.all_of(found)
        size = max(len(points.rows), 1)
        straight_keys = straight.station * size + straight.point
        pairs = _Found.all_of(
            [
                straight.within(reach_m, reach_s),
                along.where(~np.isin(along.station * size + along.point, straight_keys)),
            ]
        )
        return TravelPairs.in_order(
            point_count=len(points.lon),
            station_count=len(stations.lon),
            point_ids=points.rows[pairs.point],
            station_rows=stations.rows[pairs.station],
            distance_m=pairs.distance_m,
            time_s=pairs.time_s,
            unreachable_point_ids=points.off_rows(),
            unreachable_station_rows=stations.off_rows(),
        )

    def nearest(
        self,
        point_lon: Floats,
        point_lat: Floats,
        station_lon: Floats,
        station_lat: Floats,
        *,
        reach_s: float | None = None,
    ) -> NearestStations:
        """Each point's quickest station at most ``reach_s`` seconds away, by one search from all stations.

        Of stations at one position the first counts; other ties, equal to the last bit, may go either way.
        """
        points, stations = _Side.of(self, point_lon, point_lat), _Side.of(self, station_lon, station_lat)
        stations = stations.without_repeats()
        count = len(points.lon)
        answer = NearestStations(np.full(count, NO_ROW, dtype=np.int64), np.full(count, np.nan), np.full(count, np.nan))
        if not (len(points.rows) and len(stations.rows)):
            return answer
        ways = (
            self._by_one_search(points, stations, reach_s),
            self._neighbours(points, stations),
            _straight(points, stations, self._walk_m_s()),
        )
        found = _Found.all_of(ways).within(None, reach_s)
        order = np.lexsort((found.station, found.time_s, found.point))
        asked, at = np.unique(found.point[order], return_index=True)
        best, rows = order[at], points.rows[asked]
        answer.station_rows[rows] = stations.rows[found.station[best]]
        answer.distance_m[rows] = found.distance_m[best]
        answer.time_s[rows] = found.time_s[best]
        return answer

    def seconds(self, cost: Floats) -> Floats:
        """Travel time of costs along the streets."""
        if self.paths.costs_are_metres:
            return cost / (self._speed_kmh() / _KMH_PER_M_S)
        return cost / self.car_speed_factor

    def cost_of(self, time_s: float) -> float:
        """The cost along the streets that takes so long."""
        if self.paths.costs_are_metres:
            return time_s * (self._speed_kmh() / _KMH_PER_M_S)
        return time_s * self.car_speed_factor

    def _along_streets(self, block: Block, points: _Side, stations: _Side) -> _Found:
        """The pairs of a block, their legs added."""
        station, point = np.nonzero(np.isfinite(block.cost))
        cost, length_m = block.cost[station, point], block.length_m[station, point]
        station, point = station + block.station_at, point + block.point_at
        return self._with_legs(station, point, cost, length_m, points, stations)

    def _with_legs(
        self, station: Rows, point: Rows, cost: Floats, length_m: Floats, points: _Side, stations: _Side
    ) -> _Found:
        legs_m = points.leg_m[point] + stations.leg_m[station]
        return _Found(station, point, length_m + legs_m, self.seconds(cost) + legs_m / self._walk_m_s())

    def _by_one_search(self, points: _Side, stations: _Side, reach_s: float | None) -> _Found:
        """Each point's best station by way of the ends of its piece of street."""
        head_start = stations.leg_m / self._walk_m_s() * self.cost_of(1.0)
        limit = math.inf if reach_s is None else self.cost_of(reach_s) * _SLACK
        cost, station, length_m = self.paths.nearest(stations.tied, head_start, limit)
        tied = points.tied
        by_first, by_second = tied.leave_first + cost[tied.first], tied.leave_second + cost[tied.second]
        via_first = by_first <= by_second
        best = np.where(via_first, by_first, by_second)
        point = np.flatnonzero(np.isfinite(best))
        node = np.where(via_first, tied.first, tied.second)[point]
        along_m = np.where(via_first, tied.to_first_m(), tied.to_second_m())[point] + length_m[node]
        cost_alone = best[point] - head_start[station[node]]
        return self._with_legs(station[node], point, cost_alone, along_m, points, stations)

    def _neighbours(self, points: _Side, stations: _Side) -> _Found:
        """Pairs on one piece of street, by the way along it."""
        station, point = pairs_on_one_piece(points.tied, stations.tied)
        cost, length_m = self.paths.on_one_piece(points.tied, point, stations.tied, station)
        found = self._with_legs(station, point, cost, length_m, points, stations)
        return found.where(np.isfinite(cost))

    def _cost_limit(self, reach_m: float | None, reach_s: float | None) -> float:
        """No way within reach costs more along the streets."""
        limits = [math.inf]
        if reach_s is not None:
            limits.append(self.cost_of(reach_s))
        if reach_m is not None:
            slowest_m_s = SLOWEST_CAR_KMH / _KMH_PER_M_S
            limits.append(reach_m if self.paths.costs_are_metres else reach_m / slowest_m_s)
        return max(min(limits), 0.0) * _SLACK

    def _speed_kmh(self) -> float:
        return self.walk_kmh if self.mode is TravelMode.WALK else self.ebike_kmh

    def _walk_m_s(self) -> float:
        return self.walk_kmh / _KMH_PER_M_S


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Pairs of rows among the places on a street, in no order; (m,) each."""

    station: Rows
    point: Rows
    distance_m: Floats
    time_s: Floats

    @classmethod
    def none(cls) -> _Found:
        return cls(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), np.empty(0))

    @classmethod
    def all_of(cls, parts: Sequence[_Found]) -> _Found:
        return cls(
            np.concatenate([part.station for part in parts]),
            np.concatenate([part.point for part in parts]),
            np.concatenate([part.distance_m for part in parts]),
            np.concatenate([part.time_s for part in parts]),
        )

    def where(self, chosen: Flags) -> _Found:
        return _Found(self.station[chosen], self.point[chosen], self.distance_m[chosen], self.time_s[chosen])

    def within(self, reach_m: float | None, reach_s: float | None) -> _Found:
        near = np.ones(len(self.station), dtype=bool)
        if reach_m is not None:
            near &= self.distance_m <= reach_m
        if reach_s is not None:
            near &= self.time_s <= reach_s
        return self.where(near)


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """Points or stations: all of them by position, and those on a street (``rows``) as tied places."""

    lon: Floats
    lat: Floats
    rows: Rows
    leg_m: Floats
    tied: Tied

    @classmethod
    def of(cls, travel: StreetTravel, lon: Floats, lat: Floats) -> _Side:
        lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        snapped = travel.snap(lon, lat)
        rows = snapped.rows
        on_street = Snapped(snapped.segment[rows], snapped.share[rows], snapped.leg_m[rows])
        return cls(lon, lat, rows, on_street.leg_m, travel.paths.tie(on_street))

    def off_rows(self) -> Rows:
        """The places that are not on a street."""
        off: Rows = np.setdiff1d(np.arange(len(self.lon), dtype=np.int64), self.rows)
        return off

    def without_repeats(self) -> _Side:
        """Of places at one position only the first."""
        _places, first = np.unique(np.column_stack((self.lon, self.lat))[self.rows], axis=0, return_index=True)
        kept = np.sort(first)
        return _Side(self.lon, self.lat, self.rows[kept], self.leg_m[kept], part_of(self.tied, kept))


def _straight(points: _Side, stations: _Side, walk_m_s: float) -> _Found:
    """All pairs no farther apart than their legs together.

    Points are looked at by the length of their legs, so that one far from the street does not widen the search
    around all.
    """
    widths_m = np.append(np.geomspace(_SHORTEST_WIDTH_M, _LONGEST_WIDTH_M, _WIDTH_COUNT), np.inf)
    width = np.searchsorted(widths_m, points.leg_m)
    numbers = np.unique(width) if len(stations.rows) else ()
    some = [np.flatnonzero(width == number) for number in numbers]
    return _Found.all_of([_Found.none(), *(_straight_from(rows, points, stations, walk_m_s) for rows in some)])


def _straight_from(some: Rows, points: _Side, stations: _Side, walk_m_s: float) -> _Found:
    """The same for some of the points."""
    point_lon, point_lat = points.lon[points.rows[some]], points.lat[points.rows[some]]
    station_lon, station_lat = stations.lon[stations.rows], stations.lat[stations.rows]
    tree = cKDTree(unit_sphere(point_lon, point_lat))
    farthest_m = (stations.leg_m + points.leg_m[some].max()) * _SLACK + 1e-3
    radii = np.array([chord_of(float(reach_m)) for reach_m in farthest_m])
    near = tree.query_ball_point(unit_sphere(station_lon, station_lat), radii)
    station = np.repeat(np.arange(len(near), dtype=np.int64), [len(each) for each in near])
    at = np.fromiter(chain.from_iterable(near), dtype=np.int64, count=len(station))
    straight_m = great_circle_m(point_lon[at], point_lat[at], station_lon[station], station_lat[station])
    found = _Found(station, some[at], straight_m, straight_m / walk_m_s)
    return found.where(straight_m <= points.leg_m[some[at]] + stations.leg_m[station])
