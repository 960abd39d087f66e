"""Which spans begin on a date: the rule, the day of the week and the holiday table, in minutes.

A span belongs to the day it begins on and may end after midnight (minute 1440 and more). On a holiday
``PH`` in the rule names that date's weekday; a rule that does not speak of holidays holds as on any
week. A make-up working day opens as the nearest ordinary weekday does: a Saturday as the Friday before,
a Sunday as the Monday after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import Final

from opening_hours import OpeningHours as LibraryHours
from opening_hours import State

from geodata.stations import rule_text
from geodata.stations.holidays import DayKind, HolidayTable
from geodata.stations.rule_text import RankedRule

MinuteSpans = tuple[tuple[int, int], ...]
"""Open spans of one day, minutes from its midnight: sorted, apart, ends up to 2880."""

DaySpans = Callable[[date], MinuteSpans]

_A_MONDAY: Final = date(2024, 1, 1)
_BLOCK_DAYS: Final = 32
_MAX_BLOCKS: Final = 96


def merged(spans: Iterable[tuple[int, int]]) -> MinuteSpans:
    """The same minutes as sorted spans that neither overlap nor touch."""
    result: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)


def ordinary_day_spans(rule: str) -> DaySpans:
    """The spans of any date as if no date were a holiday."""
    ranked = rule_text.ranked(rule)
    if not rule_text.is_weekly(rule):
        return _DatedDays(ranked)
    week = _evaluate(ranked, ranked.text, _A_MONDAY, 7)
    return lambda day: week[day.weekday()]


def holiday_spans(rule: str) -> DaySpans:
    """The spans of any date as if it were a public holiday."""
    ranked = rule_text.ranked(rule)
    if not rule_text.is_weekly(rule):
        return lambda day: _evaluate(ranked, ranked.on_holiday(day.weekday()), day, 1)[0]
    week = [_evaluate(ranked, ranked.on_holiday(n), _A_MONDAY + timedelta(days=n), 1)[0] for n in range(7)]
    return lambda day: week[day.weekday()]


def day_spans(rule: str, holidays: HolidayTable) -> DaySpans:
    """The spans of any date, holidays and make-up working days heeded."""
    ordinary = ordinary_day_spans(rule)
    on_holiday = holiday_spans(rule) if rule_text.names_holidays(rule) else ordinary

    def spans(day: date) -> MinuteSpans:
        special = holidays.special(day)
        if special is None:
            return ordinary(day)
        return on_holiday(day) if special.kind is DayKind.HOLIDAY else ordinary(nearest_weekday(day))

    return spans


def nearest_weekday(day: date) -> date:
    """The Monday-to-Friday date nearest to ``day``: itself, the Friday before or the Monday after."""
    return day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))


class _DatedDays:
    """Spans of a rule that names months, dates or weeks: evaluated a block of days at a time, and kept."""

    def __init__(self, ranked: RankedRule) -> None:
        self._ranked = ranked
        self._blocks: dict[int, list[MinuteSpans]] = {}

    def __call__(self, day: date) -> MinuteSpans:
        number, offset = divmod(day.toordinal(), _BLOCK_DAYS)
        block = self._blocks.get(number)
        if block is None:
            block = _evaluate(self._ranked, self._ranked.text, date.fromordinal(number * _BLOCK_DAYS), _BLOCK_DAYS)
            if len(self._blocks) >= _MAX_BLOCKS:
                self._blocks = {}  # a new dict: a thread that reads the old one is not disturbed
            self._blocks[number] = block
        return block[offset]


def _evaluate(ranked: RankedRule, text: str, first_day: date, days: int) -> list[MinuteSpans]:
    """The spans that begin on each of ``days`` dates, by the library, from a text in ranks."""
    midnight = datetime.combine(first_day, time())
    found: list[list[tuple[int, int]]] = [[] for _ in range(days)]
    # In a text of ranks every span ends within its day, so no interval passes midnight.
    for start, end, state, _ in LibraryHours(text).intervals(midnight, midnight + timedelta(days=days)):
        if state == State.OPEN:
            offset, first_rank = divmod(int((start - midnight).total_seconds()) // 60, rule_text.DAY_MIN)
            last_rank = int((end - midnight).total_seconds()) // 60 - offset * rule_text.DAY_MIN
            found[offset].append((ranked.minutes[first_rank], ranked.minutes[last_rank]))
    return [merged(spans) for spans in found]
