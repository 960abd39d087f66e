"""Which stations are nearest, and open when you get there: the one search behind map, list and API.

The answer is defined here so that the phone's search, which is a second implementation, agrees:

- Station positions are the published ones (WGS-84, 6 decimals); the origin is used as it comes.
- ``distance_m`` is the haversine distance of ``geodata.coordinates.great_circle_m``.
- ``travel_time_s`` is that of ``geodata.travel.straight_line``; the arrival instant is the question's
  instant plus that, in seconds since 1970 UTC as a double.
- The state on arrival is that of ``geodata.stations.arrival``.
- Which stations pass is said in ``geodata.stations.filters``. Unplaced stations never do.
- The order is one of ``geodata.stations.ordering``; the answer is its first k. Filters come first,
  then the order, then the cut.
- ``unknown_count`` is how many placed stations have the state ``unknown`` and pass every filter but those
  of the hours (``open``, ``open_late``, ``always_open``), near or far: these left them out.

Nothing is rounded on the way. An index never changes; its caches are behind locks, so threads share it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from geodata.coordinates import BBox, Floats, LonLat, great_circle_m
from geodata.errors import InvalidValue
from geodata.stations.answer import Candidates, Found, NearestAnswer, deciding_reach_m
from geodata.stations.arrival import ArrivalRules
from geodata.stations.columns import StationColumns
from geodata.stations.filters import OpenFilter, Order, StationFilter
from geodata.stations.late_evening import LateEvenings
from geodata.stations.months import month_ids
from geodata.stations.ordering import CLOSING_SOON, Rows, distance_order
from geodata.stations.schedule import ScheduleBook
from geodata.stations.selection import FEW_ROWS, Ground, Selection, SelectionCache, matching_months
from geodata.stations.span_table import Arrivals, SpanTable
from geodata.stations.station import Station
from geodata.travel.straight_line import StraightLineTravel, TravelMode

__all__ = ["Found", "NearestAnswer", "OpenFilter", "Order", "StationFilter", "StationIndex"]

FIRST_YEAR: Final = 1971
LAST_YEAR: Final = 2150
_LEAST_GROWTH: Final = 2.0
_MOST_GROWTH: Final = 8.0
_MOST_CANDIDATES: Final = 4096
"""More candidates than this are not asked of a tree: then every selected row is looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class _Question:
    """A question in numbers. ``origin`` None: nobody travels, every arrival is at the instant asked."""

    origin: LonLat | None
    at_s: float
    filters: StationFilter
    mode: TravelMode
    travel: StraightLineTravel
    rules: ArrivalRules


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """What one index may take over from another."""

    spans: SpanTable | None = None
    late: LateEvenings | None = None
    code_rank: Rows | None = None
    ground: Ground | None = None
    """Its points and tree are used where all stations stand where they stood."""


class StationIndex:
    """The stations of one snapshot, ready to be searched."""

    def __init__(self, columns: StationColumns, kept: _Parts | None = None) -> None:
        """``kept`` are parts of another index that hold for these columns too."""
        kept = kept or _Parts()
        self.columns: Final = columns
        self._spans = kept.spans or SpanTable(columns.schedules, columns.timezone)
        self._late = kept.late or LateEvenings(self._spans, len(columns.schedules), columns.timezone)
        self._code_rank = kept.code_rank if kept.code_rank is not None else _ranks(columns.codes)
        is_unknown = columns.active & ~self._spans.known[columns.schedule_ids]
        self._ground = Ground.of(columns, is_unknown, kept.ground)
        self._selections = SelectionCache(self._ground)

    @classmethod
    def of(cls, stations: Sequence[Station], book: ScheduleBook) -> StationIndex:
        """An index of some stations; row i is ``stations[i]``."""
        return cls(StationColumns.of(stations, book))

    def patched(self, changed: Sequence[Station], sources: Rows, book: ScheduleBook) -> StationIndex:
        """The index after some stations changed, came or went; see `StationColumns.patched`."""
        columns = self.columns.patched(changed, sources, book)
        same_hours = columns.schedules is self.columns.schedules
        kept = _Parts(
            spans=self._spans if same_hours else None,
            late=self._late if same_hours else None,
            code_rank=self._code_rank if columns.codes is self.columns.codes else None,
            ground=self._ground,
        )
        return StationIndex(columns, kept)

    @property
    def tree(self) -> cKDTree | None:
        """The tree of all placed stations, made on the first use; None where they are few and need none."""
        return self._ground.tree if self.placed_count > FEW_ROWS else None

    @property
    def placed_count(self) -> int:
        """How many stations have a position."""
        return len(self._ground.placed)

    def nearest(
        self,
        origin: LonLat,
        k: int,
        filters: StationFilter,
        *,
        at: datetime,
        mode: TravelMode,
        travel: StraightLineTravel,
        rules: ArrivalRules,
        order: Order = Order.DISTANCE,
    ) -> NearestAnswer:
        """The first ``k`` stations that pass the filters, for somebody who leaves ``origin`` at ``at``.

        Raises InvalidValue for a ``k`` below 1, or an ``at`` without time zone or outside 1971-2150.
        """
        if k < 1:
            raise InvalidValue("k must be 1 or more.", field="k", code="out_of_range")
        question = _Question(origin, _seconds_of(at), filters, mode, travel, rules)
        selection = self._selections.of(filters)
        candidates, reach_m = self._enough(selection, origin, question, k, order)
        found = candidates.first(k, order, reach_m, self._code_rank).found(self.columns)
        return NearestAnswer(found, self._unknown_count(selection, question))

    def within_radius(
        self,
        origin: LonLat,
        radius_m: float,
        filters: StationFilter,
        *,
        at: datetime,
        mode: TravelMode,
        travel: StraightLineTravel,
        rules: ArrivalRules,
    ) -> Rows:
        """The rows at most ``radius_m`` away (<=) that pass the filters, in distance order."""
        if not (math.isfinite(radius_m) and radius_m >= 0):
            raise InvalidValue("The radius must be 0 m or more.", field="radius_m", code="out_of_range")
        question = _Question(origin, _seconds_of(at), filters, mode, travel, rules)
        selection = self._selections.of(filters)
        rows = selection.within(_on_unit_sphere(origin), radius_m)
        candidates = self._judged(selection, rows, question)
        near = candidates.take(np.flatnonzero(candidates.passes & (candidates.distance_m <= radius_m)))
        return near.rows[distance_order(near.distance_m, self._code_rank[near.rows])]

    def within_box(self, box: BBox, filters: StationFilter, *, at: datetime, rules: ArrivalRules) -> Rows:
        """The rows in a box, edges included, that pass the filters, by code.

        Nobody travels: an arrival is that of somebody at the door at ``at``.
        """
        question = _Question(None, _seconds_of(at), filters, TravelMode.WALK, StraightLineTravel(), rules)
        selection = self._selections.of(filters)
        lon, lat = self.columns.lon[selection.rows], self.columns.lat[selection.rows]
        inside = (lon >= box.west) & (lon <= box.east) & (lat >= box.south) & (lat <= box.north)
        candidates = self._judged(selection, selection.rows[inside], question)
        rows = candidates.rows[candidates.passes]
        return rows[np.argsort(self._code_rank[rows])]

    def rows_matching(self, filters: StationFilter, month: int) -> Rows:
        """All rows, unplaced ones too, that pass the filters in a month (1-12), hours left aside."""
        if not 1 <= month <= 12:
            raise InvalidValue("A month is 1 to 12.", field="month", code="out_of_range")
        return np.flatnonzero(matching_months(self.columns, filters) >> (month - 1) & 1)

    def _enough(
        self, selection: Selection, origin: LonLat, question: _Question, k: int, order: Order
    ) -> tuple[Candidates, float]:
        """So many of the nearest that the first k are among them, and how far away these can be."""
        point, hint = _on_unit_sphere(origin), selection.first_look
        filters = question.filters
        kind = (filters.open, filters.open_late, order, int(question.at_s // 3600) % 24)
        first_count = count = min(hint.count(kind, k), _MOST_CANDIDATES)
        while True:
            rows, complete_m = selection.nearest(point, count if count <= _MOST_CANDIDATES else len(selection.rows))
            candidates = self._judged(selection, rows, question)
            leading_m = candidates.leading_m(order)
            reach_m = deciding_reach_m(leading_m, k)
            if reach_m < complete_m or complete_m == math.inf:
                break
            needed = 1.5 * k / max(len(leading_m), 1)
            count = int(count * min(max(needed, _LEAST_GROWTH), _MOST_GROWTH))
        if count == first_count:
            hint.was_enough(kind)
        else:
            hint.was_too_short(kind, len(rows), len(leading_m))
        return candidates, reach_m

    def _judged(self, selection: Selection, rows: Rows, question: _Question) -> Candidates:
        """The selection's rows, with what awaits there and whether they pass month and hours."""
        distance_m, travel_time_s, arrive_s = self._travel(rows, question)
        arrivals = self._arrivals(rows, arrive_s, question.rules)
        if question.filters.open is OpenFilter.ARRIVAL:
            passes = arrivals.states <= CLOSING_SOON
        elif question.filters.open is OpenFilter.AT:
            passes = self._spans.open_at(self.columns.schedule_ids[rows], question.at_s) & self.columns.active[rows]
        else:
            passes = np.ones(len(rows), dtype=np.bool_)
        if question.filters.open_late:
            passes &= self._late.passing(self.columns.schedule_ids[rows], arrive_s, question.rules)
            passes &= self.columns.active[rows]
        if selection.is_seasonal:
            passes &= selection.in_season(rows, month_ids(arrive_s, self.columns.timezone))
        return Candidates(rows, distance_m, travel_time_s, arrive_s, arrivals, passes)

    def _travel(self, rows: Rows, question: _Question) -> tuple[Floats, Floats, Floats]:
        """Distances in metres, travel times and arrival instants in seconds."""
        if question.origin is None:
            distance_m = np.zeros(len(rows))
        else:
            lon, lat = self.columns.lon[rows], self.columns.lat[rows]
            distance_m = great_circle_m(question.origin.lon, question.origin.lat, lon, lat)
        travel_time_s = question.travel.time_s(distance_m, question.mode)
        return distance_m, travel_time_s, question.at_s + travel_time_s

    def _arrivals(self, rows: Rows, arrive_s: Floats, rules: ArrivalRules) -> Arrivals:
        return self._spans.arrivals(self.columns.schedule_ids[rows], arrive_s, self.columns.active[rows], rules)

    def _unknown_count(self, selection: Selection, question: _Question) -> int:
        rows = selection.unknown_rows_in_season
        if len(rows) == 0:
            return selection.unknown_count
        _, _, arrive_s = self._travel(rows, question)
        in_season = selection.in_season(rows, month_ids(arrive_s, self.columns.timezone))
        return selection.unknown_count + int(np.count_nonzero(in_season))


def _ranks(codes: tuple[str, ...]) -> Rows:
    """Where each code stands in their order."""
    rank = np.empty(len(codes), dtype=np.int64)
    rank[np.argsort(np.array(codes), kind="stable")] = np.arange(len(codes))  # quick where they stand so already
    return rank


def _on_unit_sphere(point: LonLat) -> tuple[float, float, float]:
    lam, phi = math.radians(point.lon), math.radians(point.lat)
    return math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)


def _seconds_of(at: datetime) -> float:
    if at.tzinfo is None:
        raise InvalidValue("The instant needs a time zone.", field="at", code="naive_time")
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise InvalidValue(
            f"The instant must lie between {FIRST_YEAR} and {LAST_YEAR}.", field="at", code="out_of_range"
        )
    return at.timestamp()
