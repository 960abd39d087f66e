"""Reach: which stations each demand point can use under a rule, whatever the hour.

It is cut from the one travel computation of an analysis. Hours, services and worker groups only switch stations and
weights on and off, so 168 hours cost 168 look-ups over the same pairs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from geodata.coordinates import Floats
from geodata.coverage.nearest_points import Mask, NearestStations
from geodata.coverage.question import Rule, WithinMetres
from geodata.stations.columns import Bits
from geodata.stations.ordering import Rows
from geodata.travel.pairs import TravelPairs
from geodata.travel.straight_line import StraightLineTravel, TravelMode
from geodata.travel.straight_pairs import StraightLine

__all__ = ["Mask", "Reach", "nearest_m"]


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """Pairs (demand point, station) within a rule, each once and sorted by point.

    ``point_ids`` and ``station_rows`` have shape (m,). A station that shares its place with another is a
    pair of its own, and still covers a point only once.
    """

    point_count: int
    point_ids: Rows
    station_rows: Rows

    @classmethod
    def between(cls, point_lon: Floats, point_lat: Floats, lon: Floats, lat: Floats, rule: Rule) -> Reach:
        """The pairs of n points and s stations (WGS-84 degrees; NaN for an unplaced station) within ``rule``."""
        if isinstance(rule, WithinMetres):
            line = StraightLine(StraightLineTravel(), TravelMode.WALK)
            return cls.of(line.pairs(point_lon, point_lat, lon, lat, reach_m=rule.limit, reach_s=None))
        line = StraightLine(rule.travel, rule.mode)
        return cls.of(line.pairs(point_lon, point_lat, lon, lat, reach_m=None, reach_s=rule.limit))

    @classmethod
    def of(cls, pairs: TravelPairs, *, limit_m: float = math.inf, limit_s: float = math.inf) -> Reach:
        """Those of some pairs that are within two limits (<=), which must not be beyond what was looked for."""
        within = (pairs.distance_m <= limit_m) & (pairs.time_s <= limit_s)
        return cls(pairs.point_count, pairs.point_ids[within], pairs.station_rows[within])

    def covered(self, open_stations: Mask) -> Mask:
        """Which points have at least one of the open stations in reach; (s,) to (n,)."""
        covered = np.zeros(self.point_count, dtype=np.bool_)
        covered[self.point_ids[open_stations[self.station_rows]]] = True
        return covered

    def covered_hours(self, open_hours: Bits) -> Bits:
        """The same for many hours at once: the hours' bits of the stations (s, w) to those of the points (n, w)."""
        covered = np.zeros((self.point_count, open_hours.shape[1]), dtype=np.uint64)
        ever_open: Mask = (open_hours != 0).any(axis=1)
        useful = ever_open[self.station_rows]
        ids, rows = self.point_ids[useful], self.station_rows[useful]
        if len(ids):
            firsts = np.flatnonzero(np.concatenate(([True], ids[1:] != ids[:-1])))
            points = ids[firsts]
            for word, open_word in enumerate(open_hours.T):
                covered[points, word] = np.bitwise_or.reduceat(open_word[rows], firsts)
        return covered


def nearest_m(point_lon: Floats, point_lat: Floats, lon: Floats, lat: Floats) -> Floats:
    """Metres from each point to the nearest of some stations, (n,); infinite where there is none."""
    return NearestStations.of(lon, lat).distance_m(point_lon, point_lat)
