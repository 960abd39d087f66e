"""Reach: which stations each demand point can use under a rule, whatever the hour.

It is the one travel computation of an analysis. Hours, services and worker groups only switch stations and
weights on and off, so 168 hours cost 168 look-ups over the same pairs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geodata.coordinates import Floats, chord_of, great_circle_m, unit_sphere
from geodata.coverage.question import Rule
from geodata.stations.ordering import Rows

_CHORD_SLACK = 1e-9
"""Relative; a candidate pair is measured again exactly, so the slack only has to be safe."""

_POINTS_AT_A_TIME = 1 << 16
"""Bounds the memory of a bulk look-up to a few MB beside its answer; larger parts are no faster."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """Pairs (demand point, station) within a rule, each once.

    ``point_ids`` and ``station_rows`` have shape (m,). A station that shares its place with another is a
    pair of its own, and still covers a point only once.
    """

    point_count: int
    point_ids: Rows
    station_rows: Rows

    @classmethod
    def between(cls, point_lon: Floats, point_lat: Floats, lon: Floats, lat: Floats, rule: Rule) -> Reach:
        """The pairs of n points and s stations (WGS-84 degrees; NaN for an unplaced station) within ``rule``."""
        placed = np.flatnonzero(~np.isnan(lon))
        if len(placed) == 0 or len(point_lon) == 0:
            nothing = np.empty(0, dtype=np.int64)
            return cls(len(point_lon), nothing, nothing)
        points = cKDTree(unit_sphere(point_lon, point_lat), balanced_tree=False)
        stations = cKDTree(unit_sphere(lon[placed], lat[placed]), balanced_tree=False)
        chord = chord_of(rule.reach_m * (1 + _CHORD_SLACK)) + _CHORD_SLACK
        pairs = points.sparse_distance_matrix(stations, chord, output_type="ndarray")
        point_ids, station_rows = pairs["i"].astype(np.int64), placed[pairs["j"]]
        distance_m = great_circle_m(point_lon[point_ids], point_lat[point_ids], lon[station_rows], lat[station_rows])
        within = rule.measure(distance_m) <= rule.limit
        return cls(len(point_lon), point_ids[within], station_rows[within])

    def covered(self, open_stations: Mask) -> Mask:
        """Which points have at least one of the open stations in reach; (s,) to (n,)."""
        covered = np.zeros(self.point_count, dtype=np.bool_)
        covered[self.point_ids[open_stations[self.station_rows]]] = True
        return covered


def nearest_m(point_lon: Floats, point_lat: Floats, lon: Floats, lat: Floats) -> Floats:
    """Metres from each point to the nearest of some stations, (n,); infinite where there is none."""
    placed = ~np.isnan(lon)
    if not placed.any() or len(point_lon) == 0:
        return np.full(len(point_lon), np.inf)
    lon, lat = lon[placed], lat[placed]
    tree = cKDTree(unit_sphere(lon, lat), balanced_tree=False)
    found_m = np.empty(len(point_lon))
    for start in range(0, len(point_lon), _POINTS_AT_A_TIME):
        part = slice(start, start + _POINTS_AT_A_TIME)
        _chords, rows = tree.query(unit_sphere(point_lon[part], point_lat[part]))
        found_m[part] = great_circle_m(point_lon[part], point_lat[part], lon[rows], lat[rows])
    return found_m
