"""Pairs along straight lines: great circles, with a detour and a steady speed for the time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from geodata.coordinates import Floats, chord_of, great_circle_m, unit_sphere
from geodata.stations.ordering import Rows
from geodata.travel.pairs import Network, TravelNote, TravelPairs
from geodata.travel.straight_line import StraightLineTravel, TravelMode

_CHORD_SLACK: Final = 1e-9
"""Relative and absolute; a candidate pair is measured again exactly, so the slack only has to be safe."""


@dataclass(frozen=True, slots=True)
class StraightLine:
    """Travel by one mode along straight lines: a ``Travel``.

    A pair's ``distance_m`` is the great circle, without the detour; its ``time_s`` includes it.
    """

    travel: StraightLineTravel
    mode: TravelMode

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
        """All pairs within both cut-offs (<=); without any, every placed point with every placed station."""
        points, stations = np.flatnonzero(~np.isnan(point_lon)), np.flatnonzero(~np.isnan(station_lon))
        near_points, near_stations = _candidates(
            unit_sphere(point_lon[points], point_lat[points]),
            unit_sphere(station_lon[stations], station_lat[stations]),
            self._longest_m(reach_m, reach_s),
        )
        point_ids, station_rows = points[near_points], stations[near_stations]
        distance_m = great_circle_m(
            point_lon[point_ids], point_lat[point_ids], station_lon[station_rows], station_lat[station_rows]
        )
        time_s = self.travel.time_s(distance_m, self.mode)
        within = np.ones(len(point_ids), dtype=np.bool_)
        if reach_m is not None:
            within &= distance_m <= reach_m
        if reach_s is not None:
            within &= time_s <= reach_s
        return TravelPairs.in_order(
            point_count=len(point_lon),
            station_count=len(station_lon),
            point_ids=point_ids[within],
            station_rows=station_rows[within],
            distance_m=distance_m[within],
            time_s=time_s[within],
            unreachable_point_ids=np.flatnonzero(np.isnan(point_lon)),
            unreachable_station_rows=np.flatnonzero(np.isnan(station_lon)),
        )

    def described(self) -> TravelNote:
        """A straight line, its speed and its detour."""
        return TravelNote(
            network=Network.STRAIGHT_LINE,
            mode=self.mode,
            speed_kmh=self.travel.speed_kmh(self.mode),
            detour_factor=self.travel.detour_factor,
        )

    def _longest_m(self, reach_m: float | None, reach_s: float | None) -> float:
        """The longest straight line within both cut-offs; infinite without any."""
        by_time_m = math.inf
        if reach_s is not None:
            by_time_m = reach_s / self.travel.detour_factor * (self.travel.speed_kmh(self.mode) / 3.6)
        return min(math.inf if reach_m is None else reach_m, by_time_m)


def _candidates(points: Floats, stations: Floats, reach_m: float) -> tuple[Rows, Rows]:
    """Rows of points and stations on the unit sphere that are at most so far apart, or hardly farther."""
    if len(points) == 0 or len(stations) == 0:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    if math.isinf(reach_m):
        return np.repeat(np.arange(len(points)), len(stations)), np.tile(np.arange(len(stations)), len(points))
    chord = chord_of(reach_m * (1 + _CHORD_SLACK)) + _CHORD_SLACK
    tree = cKDTree(points, balanced_tree=False)
    found = tree.sparse_distance_matrix(cKDTree(stations, balanced_tree=False), chord, output_type="ndarray")
    return found["i"].astype(np.int64), found["j"].astype(np.int64)
