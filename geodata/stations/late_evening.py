"""Open late: whether a station is still open at ten in the evening of an arrival.

The *evening* of an instant is that of the local date four hours before it: somebody who asks at half past
one at night means the evening that is just ending. A station is open late when it lets in whoever arrives
at 22:00 of that evening, by the rules of ``geodata.stations.arrival``. On one evening the answer is the
same for all stations of a schedule, so it is worked out once per evening and schedule.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import Floats
from geodata.stations.arrival import ArrivalRules
from geodata.stations.ordering import CLOSING_SOON, Rows
from geodata.stations.span_table import SpanTable

LATE: Final = time(22)
NIGHT_ENDS_AFTER: Final = timedelta(hours=4)
_MOST_EVENINGS: Final = 64

Mask = NDArray[np.bool_]


def evening_of(instant: datetime, timezone: ZoneInfo) -> date:
    """The evening an instant (aware) belongs to."""
    return (instant.astimezone(UTC) - NIGHT_ENDS_AFTER).astimezone(timezone).date()


def late_instant(evening: date, timezone: ZoneInfo) -> datetime:
    """Ten o'clock of an evening."""
    return datetime.combine(evening, LATE, timezone)


class LateEvenings:
    """Which schedules are open late, evening by evening. Threads may share it: who loses an update loses time."""

    def __init__(self, spans: SpanTable, schedules_count: int, timezone: ZoneInfo) -> None:
        self._spans = spans
        self._ids: Rows = np.arange(schedules_count)
        self._timezone = timezone
        self._kept: dict[tuple[date, int], Mask] = {}

    def passing(self, schedule_ids: Rows, arrive_s: Floats, rules: ArrivalRules) -> Mask:
        """Which of n arrivals (seconds since 1970) find a schedule that is open late; life cycle left aside."""
        if len(arrive_s) == 0:
            return np.zeros(0, dtype=np.bool_)
        first, last = self._evening(arrive_s.min()), self._evening(arrive_s.max())
        if first == last:
            return self._open_late(first, rules)[schedule_ids]
        evenings = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        ends_s = [self._end_s(evening) for evening in evenings[:-1]]
        by_evening = np.array([self._open_late(evening, rules) for evening in evenings])
        passing: Mask = by_evening[np.searchsorted(ends_s, arrive_s, side="right"), schedule_ids]
        return passing

    def _evening(self, instant_s: float) -> date:
        return evening_of(datetime.fromtimestamp(instant_s, UTC), self._timezone)

    def _end_s(self, evening: date) -> float:
        """When the next evening begins."""
        midnight = datetime.combine(evening + timedelta(days=1), time(), self._timezone)
        return midnight.timestamp() + NIGHT_ENDS_AFTER.total_seconds()

    def _open_late(self, evening: date, rules: ArrivalRules) -> Mask:
        """Which schedules are, (S,)."""
        key = (evening, rules.min_stay_min)
        known = self._kept.get(key)
        if known is None:
            at_s = np.full(len(self._ids), late_instant(evening, self._timezone).timestamp())
            in_use = np.ones(len(self._ids), dtype=np.bool_)
            known = self._spans.arrivals(self._ids, at_s, in_use, rules).states <= CLOSING_SOON
            if len(self._kept) >= _MOST_EVENINGS:
                self._kept = {}  # a new dict: a thread that reads the old one is not disturbed
            self._kept[key] = known
        return known
