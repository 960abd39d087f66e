"""The stations a filter selects, whatever the hour: kind, services, entry method, district, open around the clock.

A selection is worked out once per filter and kept: which rows, how to find the nearest of them, and
how many have unknown hours. Only services depend on time, by the month of the arrival, and only where
a seasonal offer is asked for; then a selection holds the stations that match in *some* month, with the
months of each.

Nearest candidates come from one of three: every distance, when rows are few; the k-d tree of all stations,
skipping those not selected, when many are selected; else a k-d tree of the selection's own.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geodata.coordinates import EARTH_RADIUS_M, Floats, chord_of, unit_sphere
from geodata.stations.columns import MONTHS_COUNT, StationColumns, bits_of
from geodata.stations.filters import StationFilter
from geodata.stations.first_look import FirstLook
from geodata.stations.ordering import Rows
from geodata.stations.vocabulary import EntryMethod, Service, StationKind

FEW_ROWS: Final = 512
"""Up to so many stations are searched by computing every distance: that is faster than asking a tree."""
_COMMON_SHARE: Final = 1 / 8
"""From this share of all placed stations on, the tree of all serves."""
_MOST_SELECTIONS: Final = 64
_CHORD_SLACK: Final = 1e-12
"""Far above the rounding of a chord on the unit sphere, far below a millimetre."""
_ALL_MONTHS: Final = (1 << MONTHS_COUNT) - 1

Point = tuple[float, float, float]
Key = tuple[frozenset[StationKind], frozenset[Service], frozenset[EntryMethod], frozenset[str], bool]


@dataclass(frozen=True, eq=False)
class Ground:
    """What every selection of one index shares: the columns, the placed rows and their tree."""

    columns: StationColumns
    is_unknown: NDArray[np.bool_]
    """Whether a station's hours are unknown, (n,); status beats hours."""
    placed: Rows

    @classmethod
    def of(cls, columns: StationColumns, is_unknown: NDArray[np.bool_], like: Ground | None) -> Ground:
        """The ground of some columns; points and tree are those of ``like`` if all stations stand where they stood."""
        if like is None or not _same_places(columns, like.columns):
            return cls(columns, is_unknown, np.flatnonzero(~np.isnan(columns.lon)))
        ground = cls(columns, is_unknown, like.placed)
        ground.__dict__.update({part: like.__dict__[part] for part in ("points", "tree") if part in like.__dict__})
        return ground

    @cached_property
    def always_open(self) -> NDArray[np.bool_]:
        """Which stations are open around the clock, (n,)."""
        return self.columns.always_open

    @cached_property
    def points(self) -> Floats:
        """All stations on the unit sphere, (n, 3); unplaced ones are NaN."""
        return unit_sphere(self.columns.lon, self.columns.lat)

    @cached_property
    def tree(self) -> cKDTree:
        """The tree of all placed stations."""
        return _tree_of(self.points[self.placed])


class Selection:
    """The placed stations that match a filter, whatever the hour. Safe between threads: only its hints change."""

    def __init__(self, ground: Ground, matches: NDArray[np.uint16], always_open: bool = False) -> None:
        """``matches`` (n,) has bit m set where a station matches in month m (0 is January).

        ``always_open``: only those open around the clock are selected, and those of unknown hours still counted.
        """
        self._ground = ground
        self._matches = matches
        self._is_selected = matches != 0
        self._count_unknown(ground.placed[self._is_selected[ground.placed]])
        if always_open:
            self._is_selected &= ground.always_open
        self.rows: Rows = ground.placed[self._is_selected[ground.placed]]
        self.is_seasonal = bool((matches[self.rows] != _ALL_MONTHS).any())
        """Whether some station matches in some months only."""
        self.first_look = FirstLook()

    def _count_unknown(self, rows: Rows) -> None:
        """Among the rows that match, whatever is asked of the hours."""
        months = self._matches[rows]
        unknown = self._ground.is_unknown[rows]
        self.unknown_count = int(np.count_nonzero(unknown & (months == _ALL_MONTHS)))
        """Stations with unknown hours that match in every month."""
        self.unknown_rows_in_season: Rows = rows[unknown & (months != _ALL_MONTHS)]
        """Those with unknown hours that match in some months only."""

    def in_season(self, rows: Rows, month_ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of the selection's rows match in these months (0-11)."""
        in_season: NDArray[np.bool_] = (self._matches[rows] >> month_ids) & 1 != 0
        return in_season

    @cached_property
    def _points(self) -> Floats:
        """The selection on the unit sphere, (n, 3)."""
        return self._ground.points[self.rows]

    @cached_property
    def _tree(self) -> cKDTree | None:
        """The selection's own tree, or None where the tree of all serves."""
        if len(self.rows) >= _COMMON_SHARE * len(self._ground.placed):
            return None
        return _tree_of(self._points)

    def nearest(self, origin: Point, count: int) -> tuple[Rows, float]:
        """About ``count`` nearest rows in any order, and a distance in metres.

        Every station of the selection nearer than that distance is among the rows; it is infinite when
        they are the whole selection. ``origin`` is a point on the unit sphere.
        """
        if len(self.rows) <= count:
            return self.rows, np.inf
        if len(self.rows) <= FEW_ROWS:
            chord, places = _nearest_of(self._points, origin, count)
            return self.rows[places], _arc_m(chord)
        if self._tree is not None:
            chord, places = _nearest_in(self._tree, origin, count)
            return self.rows[places], _arc_m(chord)
        placed = self._ground.placed
        enough = min(len(placed), count * len(placed) // len(self.rows))
        chord, places = _nearest_in(self._ground.tree, origin, enough)
        rows = placed[places]
        return rows[self._is_selected[rows]], _arc_m(chord)

    def within(self, origin: Point, radius_m: float) -> Rows:
        """A superset, in any order, of the rows within ``radius_m`` of a point on the unit sphere."""
        tree, rows = (self._tree, self.rows) if self._tree is not None else (self._ground.tree, self._ground.placed)
        places = tree.query_ball_point(origin, chord_of(radius_m) + _CHORD_SLACK)
        near: Rows = rows[np.array(places, dtype=np.int64)]
        selected: Rows = near[self._is_selected[near]]
        return selected


class SelectionCache:
    """The latest selections of one index, made when first asked for."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._kept: OrderedDict[Key, Selection] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, filters: StationFilter) -> Selection:
        """The selection of a filter, apart from its ``open`` and ``open_late``."""
        key = _key_of(filters)
        with self._lock:
            selection = self._kept.get(key)
            if selection is not None:
                self._kept.move_to_end(key)
                return selection
        selection = Selection(self._ground, matching_months(self._ground.columns, filters), filters.always_open)
        with self._lock:
            self._kept[key] = selection
            while len(self._kept) > _MOST_SELECTIONS:
                self._kept.popitem(last=False)
        return selection


def matching_months(columns: StationColumns, filters: StationFilter) -> NDArray[np.uint16]:
    """Per station, bit m set where it matches a filter, hours left aside, in month m (0 is January)."""
    kinds, services, entries = bits_of(filters.kinds), bits_of(filters.services), bits_of(filters.entry_methods)
    districts = filters.district_codes
    matches = np.full(len(columns.codes), _ALL_MONTHS, dtype=np.uint16)
    if services:
        matches[:] = 0
        for month, offered in enumerate(columns.service_bits):
            matches |= ((offered & services) == services).astype(np.uint16) << np.uint16(month)
    if kinds:
        matches[(columns.kinds & kinds) == 0] = 0
    if entries:
        matches[(columns.entry_bits & entries) == 0] = 0
    if districts:
        wanted_ids = [number for number, code in enumerate(columns.districts) if code in districts]
        matches[~np.isin(columns.district_ids, wanted_ids)] = 0
    return matches


def _same_places(columns: StationColumns, others: StationColumns) -> bool:
    return np.array_equal(columns.lon, others.lon, equal_nan=True) and np.array_equal(
        columns.lat, others.lat, equal_nan=True
    )


def _key_of(filters: StationFilter) -> Key:
    return filters.kinds, filters.services, filters.entry_methods, filters.district_codes, filters.always_open


def _tree_of(points: Floats) -> cKDTree:
    return cKDTree(points, balanced_tree=False)


def _nearest_in(tree: cKDTree, origin: Point, count: int) -> tuple[float, Rows]:
    """The ``count`` (2 or more) nearest of a tree, and the longest chord to one of them."""
    chords, places = tree.query(origin, count)
    return float(np.asarray(chords)[-1]), np.asarray(places)


def _nearest_of(points: Floats, origin: Point, count: int) -> tuple[float, Rows]:
    """The same for a few points, of which there are more than ``count``."""
    away = points - origin
    squares = np.einsum("ij,ij->i", away, away)
    places = np.argpartition(squares, count - 1)[:count]
    return math.sqrt(squares[places].max()), places


def _arc_m(chord: float) -> float:
    """A little less than the arc, in metres, above a chord of the unit sphere."""
    return float(2 * EARTH_RADIUS_M * np.arcsin(min(max(chord - _CHORD_SLACK, 0.0) / 2, 1.0)))
