"""The nearest station of very many points, by a tree and without pairs: open at an instant, or open on arrival."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geodata.coordinates import Floats, great_circle_m, unit_sphere
from geodata.errors import InvalidValue
from geodata.stations.arrival import ArrivalRules
from geodata.stations.columns import StationColumns
from geodata.stations.ordering import CLOSING_SOON, Rows
from geodata.stations.span_table import SpanTable
from geodata.travel.straight_line import StraightLineTravel, TravelMode

_POINTS_AT_A_TIME: Final = 1 << 16
"""Bounds the memory of a look-up to a few MB beside its answer; larger parts are no faster."""
_FIRST_LOOK: Final = 4
_GROWTH: Final = 4
_LOOKS_AT_A_TIME: Final = 1 << 19
"""Pairs of points and stations that are judged at once when one asks who is open on arrival: about 40 MB."""
NOBODY: Final = -1

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class NearestStations:
    """Some stations, ready to be searched: WGS-84 degrees (s,) without NaN."""

    lon: Floats
    lat: Floats
    _tree: cKDTree | None

    @classmethod
    def of(cls, lon: Floats, lat: Floats) -> Self:
        """The placed ones among some stations (NaN for an unplaced one)."""
        placed = ~np.isnan(lon)
        lon, lat = lon[placed], lat[placed]
        return cls(lon, lat, cKDTree(unit_sphere(lon, lat), balanced_tree=False) if len(lon) else None)

    def distance_m(self, point_lon: Floats, point_lat: Floats) -> Floats:
        """Metres from each point to the nearest, (n,); infinite where there is none."""
        found_m = np.full(len(point_lon), np.inf)
        if self._tree is None:
            return found_m
        for start in range(0, len(point_lon), _POINTS_AT_A_TIME):
            part = slice(start, start + _POINTS_AT_A_TIME)
            _chords, rows = self._tree.query(unit_sphere(point_lon[part], point_lat[part]))
            found_m[part] = great_circle_m(point_lon[part], point_lat[part], self.lon[rows], self.lat[rows])
        return found_m


@dataclass(frozen=True, slots=True, eq=False)
class OpenOnArrival:
    """The nearest station that lets somebody in who leaves at one instant: exactly, station by station outwards.

    ``rows`` are the stations asked about, (r,): placed, in use, of known hours.
    """

    columns: StationColumns
    rows: Rows
    travel: StraightLineTravel
    mode: TravelMode
    rules: ArrivalRules
    _spans: SpanTable
    _tree: cKDTree

    @classmethod
    def among(
        cls, columns: StationColumns, counted: Mask, travel: StraightLineTravel, mode: TravelMode, rules: ArrivalRules
    ) -> Self:
        """Among the counted stations, (s,)."""
        spans = SpanTable(columns.schedules, columns.timezone)
        useful = counted & columns.active & spans.known[columns.schedule_ids] & ~np.isnan(columns.lon)
        rows = np.flatnonzero(useful)
        if not len(rows):
            raise InvalidValue("No station with known hours is counted.", field="stations", code="empty")
        tree = cKDTree(unit_sphere(columns.lon[rows], columns.lat[rows]), balanced_tree=False)
        return cls(columns, rows, travel, mode, rules, spans, tree)

    def nearest(self, point_lon: Floats, point_lat: Floats, at: datetime) -> tuple[Rows, Floats]:
        """Each point's station, (n,) with -1 for none, and the metres to it, infinite for none.

        Every point looks at its few nearest; those that find all of them shut look at more, until all are tried.
        """
        station_rows = np.full(len(point_lon), NOBODY, dtype=np.int64)
        distance_m = np.full(len(point_lon), np.inf)
        left, tried, count = np.arange(len(point_lon)), 0, min(_FIRST_LOOK, len(self.rows))
        while len(left) and tried < count:
            still = []
            size = max(_LOOKS_AT_A_TIME // (count - tried), 1)
            for ids in (left[start : start + size] for start in range(0, len(left), size)):
                found, rows, away_m = self._look(point_lon[ids], point_lat[ids], at.timestamp(), tried, count)
                station_rows[ids[found]], distance_m[ids[found]] = rows, away_m
                still.append(ids[~found])
            left, tried, count = np.concatenate(still), count, min(count * _GROWTH, len(self.rows))
        return station_rows, distance_m

    def _look(self, lon: Floats, lat: Floats, at_s: float, tried: int, count: int) -> tuple[Mask, Rows, Floats]:
        """Among the ``tried``-th to ``count``-th nearest: which points find one, and for these which and how far."""
        _chords, places = self._tree.query(unit_sphere(lon, lat), k=np.arange(tried + 1, count + 1))
        rows = self.rows[places]
        away_m = great_circle_m(lon[:, None], lat[:, None], self.columns.lon[rows], self.columns.lat[rows])
        arrive_s = at_s + self.travel.time_s(away_m, self.mode)
        flat = rows.ravel()
        arrivals = self._spans.arrivals(
            self.columns.schedule_ids[flat], arrive_s.ravel(), self.columns.active[flat], self.rules
        )
        away_m[(arrivals.states > CLOSING_SOON).reshape(rows.shape)] = np.inf
        best = away_m.argmin(axis=1)
        points = np.arange(len(lon))
        found: Mask = np.isfinite(away_m[points, best])
        return found, rows[points, best][found], away_m[points, best][found]
