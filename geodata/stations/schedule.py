"""When a station is open: one compiled schedule a distinct rule, and the one answer to "open at …?".

A schedule is compiled from a rule, a holiday table and a time zone. Stations with the same rule share
one (``ScheduleBook``). Whether a station can be visited also depends on its life cycle, which beats the
hours: see ``geodata.stations.arrival``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from geodata.stations.day_spans import DaySpans, MinuteSpans, day_spans, merged, ordinary_day_spans
from geodata.stations.holidays import HolidayTable, SpecialDay
from geodata.stations.open_times import OpenTimes
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.rule_text import DAY_MIN, is_weekly

_MAX_WINDOWS: Final = 8
_REFERENCE_YEAR_START: Final = date(2024, 1, 1)
"""A Monday that begins a leap year: every day and month of a seasonal rule comes up in it."""


@dataclass(frozen=True, slots=True)
class Span:
    """An unbroken time of being open: ``start`` included, ``end`` not; both in the place's time zone."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class HoursState:
    """What the hours say at an instant; the station's life cycle is not in it.

    ``is_open`` is None when the hours are unknown. ``changes_at`` is the next instant at which the
    answer is another one, in the place's time zone; None when it does not change within 400 days.
    """

    is_open: bool | None
    changes_at: datetime | None


UNKNOWN_STATE: Final = HoursState(None, None)


class Schedule:
    """The compiled hours of every station that has one rule. Safe to share between threads."""

    def __init__(self, hours: OpeningHours, holidays: HolidayTable, tz: ZoneInfo) -> None:
        self.rule: Final = hours.rule
        self.holidays: Final = holidays
        self.tz: Final = tz
        self._day_spans: DaySpans = _never if hours.rule is None else day_spans(hours.rule, holidays)
        self._ordinary: DaySpans = _never if hours.rule is None else ordinary_day_spans(hours.rule)
        self._times = OpenTimes(self._day_spans, tz)
        self._windows: dict[tuple[date, int], NDArray[np.int64]] = {}

    @classmethod
    def compile(cls, hours: OpeningHours, holidays: HolidayTable, tz: ZoneInfo) -> Schedule:
        """The schedule of ``hours`` under ``holidays``, in the place's time zone."""
        return cls(hours, holidays, tz)

    @property
    def known(self) -> bool:
        """Whether there is a rule; without one every question is answered "unknown", with no spans."""
        return self.rule is not None

    def day_spans(self, day: date) -> MinuteSpans:
        """The spans that begin on ``day``: minutes from its midnight, sorted, merged, ends up to 2880."""
        return self._day_spans(day)

    def ordinary_day_spans(self, day: date) -> MinuteSpans:
        """The same as if ``day`` were neither a holiday nor a make-up working day."""
        return self._ordinary(day)

    def state_at(self, instant: datetime) -> HoursState:
        """Whether it is open at ``instant`` (aware), and when that changes next."""
        if self.rule is None:
            return UNKNOWN_STATE
        is_open, change_s = self._times.state(instant)
        return HoursState(is_open, None if change_s is None else datetime.fromtimestamp(change_s, self.tz))

    def spans(self, start: datetime, end: datetime) -> tuple[Span, ...]:
        """Every open span that overlaps [start, end] (aware instants), whole and in order.

        A span that does not end is cut 400 days before ``start`` and 400 days after ``end``.
        """
        return tuple(
            Span(datetime.fromtimestamp(start_s, self.tz), datetime.fromtimestamp(end_s, self.tz))
            for start_s, end_s in self._times.spans(start, end)
        )

    def epoch_spans(self, first_day: date, days: int) -> NDArray[np.int64]:
        """Open spans in UTC seconds, shape (n, 2), clipped to ``days`` days from ``first_day`` 00:00.

        The array is kept and shared, so it is read-only.
        """
        window = self._windows.get((first_day, days))
        if window is None:
            window = np.array(self._times.clipped(first_day, days), dtype=np.int64).reshape(-1, 2)
            window.flags.writeable = False
            if len(self._windows) >= _MAX_WINDOWS:
                self._windows = {}  # a new dict: a thread that reads the old one is not disturbed
            self._windows[first_day, days] = window
        return window

    def week_bits(self, week_of: date) -> int:
        """168 bits: bit h is set when it is open at hh:30 of hour h of the week (Monday 00 is hour 0).

        Holidays are ignored; a rule with seasons is read for the week that contains ``week_of``.
        """
        monday = week_of - timedelta(days=week_of.weekday())
        return sum(
            1 << hour
            for start_min, end_min in self._ordinary_run(monday, 7)
            for hour in range(max(_half_hours_before(start_min), 0), min(_half_hours_before(end_min), 168))
        )

    @cached_property
    def is_24h(self) -> bool:
        """Whether every minute of ordinary weeks is open; a rule with seasons: of all weeks of a year."""
        days = 7 if self.rule is None or is_weekly(self.rule) else 366
        run = self._ordinary_run(_REFERENCE_YEAR_START, days)
        return any(start_min <= 0 and end_min >= days * DAY_MIN for start_min, end_min in run)

    def _ordinary_run(self, first_day: date, days: int) -> MinuteSpans:
        """Open minutes from ``first_day`` 00:00, holidays ignored, the evening before's tail included."""
        return merged(
            (number * DAY_MIN + start_min, number * DAY_MIN + end_min)
            for number in range(-1, days)
            for start_min, end_min in self._ordinary(first_day + timedelta(days=number))
        )


class ScheduleBook:
    """The schedules under one holiday table, one for each distinct rule."""

    def __init__(self, holidays: HolidayTable, tz: ZoneInfo) -> None:
        self.holidays: Final = holidays
        self.tz: Final = tz
        self._by_rule: dict[str | None, Schedule] = {}

    def of(self, hours: OpeningHours) -> Schedule:
        """The schedule of these hours: the same object for the same rule."""
        schedule = self._by_rule.get(hours.rule)
        if schedule is None:
            schedule = self._by_rule.setdefault(hours.rule, Schedule(hours, self.holidays, self.tz))
        return schedule

    @property
    def by_rule(self) -> Mapping[str | None, Schedule]:
        """Every schedule made so far, in the order they were first asked for; None is "unknown"."""
        return dict(self._by_rule)


# --- the week, for a page -------------------------------------------------------------------------

EXCEPTION_DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A day of the week as it usually is: ``weekday`` Monday 0; ``spans`` minutes; ``times`` as text."""

    weekday: int
    is_today: bool
    spans: MinuteSpans

    @property
    def times(self) -> tuple[str, ...]:
        """Like ``("08:30–12:00", "20:00–02:00")``; no times: closed that day."""
        return tuple(span_text(span) for span in self.spans)


@dataclass(frozen=True, slots=True)
class DayException:
    """A date whose spans differ from its weekday's row; ``special`` says why, when the table knows."""

    date: date
    special: SpecialDay | None
    spans: MinuteSpans

    @property
    def times(self) -> tuple[str, ...]:
        """As in ``WeekRow``; no times: closed that day."""
        return tuple(span_text(span) for span in self.spans)


@dataclass(frozen=True, slots=True)
class WeekTable:
    """Seven rows, today's weekday first; the exceptions of the next 14 days, today included.

    ``holidays_missing`` says that the holiday arrangement of one of those days is not published yet.
    """

    known: bool
    rows: tuple[WeekRow, ...]
    exceptions: tuple[DayException, ...]
    holidays_missing: bool


def describe_week(schedule: Schedule, today: date) -> WeekTable:
    """What a page says about the hours: the usual week, and the days just ahead that differ from it."""
    ahead = [today + timedelta(days=number) for number in range(EXCEPTION_DAYS)]
    rows = tuple(WeekRow(day.weekday(), day == today, _usual_spans(schedule, day)) for day in ahead[:7])
    usual = {row.weekday: row.spans for row in rows}
    exceptions = tuple(
        DayException(day, schedule.holidays.special(day), schedule.day_spans(day))
        for day in ahead
        if schedule.day_spans(day) != usual[day.weekday()]
    )
    missing = not all(schedule.holidays.covers(day) for day in ahead)
    return WeekTable(schedule.known, rows if schedule.known else (), exceptions, missing)


def span_text(span: tuple[int, int]) -> str:
    """A span as clock times: ``(1200, 1560)`` is "20:00–02:00"; midnight at the end is "24:00"."""
    start_min, end_min = span
    shown_end = end_min - DAY_MIN if end_min > DAY_MIN else end_min
    return f"{start_min // 60:02d}:{start_min % 60:02d}–{shown_end // 60:02d}:{shown_end % 60:02d}"


def _usual_spans(schedule: Schedule, day: date) -> MinuteSpans:
    """The weekday's spans around ``day``: what two of this week, the last and the next agree on."""
    here, before, after = (schedule.ordinary_day_spans(day + timedelta(days=n)) for n in (0, -7, 7))
    return before if before == after else here


def _half_hours_before(minute: int) -> int:
    """How many of the instants hh:30 lie before ``minute``, counted from minute 0."""
    return -((30 - minute) // 60)


def _never(_day: date) -> MinuteSpans:
    return ()
