"""A week of hours as it is typed and dragged: seven lines and one for public holidays, each text or spans."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, cast

from geodata.errors import InvalidOpeningHours, InvalidValue
from geodata.stations.day_spans import MinuteSpans
from geodata.stations.hours_problems import HoursProblem
from geodata.stations.hours_text import read_hours
from geodata.stations.hours_words import says_nothing, tidied
from geodata.stations.week_rule import HOLIDAYS, WeekHours, week_of_rule

MAX_SPANS_A_DAY: Final = 12
MAX_LINE_CHARS: Final = 200
_CLOSED: Final = re.compile(r"休息?|关门?|闭馆|不开放?|不开门|停业|closed|off")
_DAYS_ZH: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日", "节假日")
_DAYS_EN: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "public holidays")


@dataclass(frozen=True, slots=True)
class TypedWeek:
    """The week that was typed; None where a line was not read, with each such line's number and problem."""

    week: WeekHours | None
    problems: tuple[tuple[int, HoursProblem], ...] = ()


def day_problem(code: str, day: int) -> HoursProblem:
    """A problem that names a line of the week in both languages."""
    return HoursProblem(code, _DAYS_ZH[day], _DAYS_EN[day])


def read_typed_week(value: object) -> TypedWeek:
    """Read ``{"days": [seven lines], "holidays": line or None}``; a line is text or [[start, end], …] in minutes.

    Raises
    ------
    InvalidValue
        The value has another form. What a line says is never raised: it comes as problems.
    """
    if not isinstance(value, dict) or not isinstance(value.get("days"), list) or len(value["days"]) != 7:
        raise _refused()
    lines = cast("list[object]", value["days"])
    holidays = cast("object", value.get("holidays"))
    problems: list[tuple[int, HoursProblem]] = []
    spans: list[MinuteSpans] = []
    for day, line in enumerate([*lines, *([] if holidays is None else [holidays])]):
        read, wrong = _line(line, day)
        spans.append(read)
        if wrong:
            problems.append((day, wrong))
    if problems:
        return TypedWeek(None, tuple(problems))
    return TypedWeek(WeekHours(tuple(spans[:HOLIDAYS]), None if holidays is None else spans[HOLIDAYS]))


def _line(line: object, day: int) -> tuple[MinuteSpans, HoursProblem | None]:
    """The spans of one line, and what is wrong with it."""
    if isinstance(line, str):
        return _typed_line(line)
    try:
        return WeekHours((_pairs(line), *((),) * 6)).days[0], None
    except InvalidOpeningHours as refusal:
        return (), day_problem(refusal.code, day)


def _typed_line(line: str) -> tuple[MinuteSpans, HoursProblem | None]:
    if len(line) > MAX_LINE_CHARS:
        return (), HoursProblem("too_long", line[:20])
    tidy_line = tidied(line)
    if says_nothing(tidy_line) or _CLOSED.fullmatch(tidy_line):
        return (), None
    reading = read_hours(line)
    if reading.rule is None:
        return (), reading.problems[0]
    week = week_of_rule(reading.rule)
    if week is None or len(set(week.days)) > 1 or week.holidays is not None:
        return (), HoursProblem("names_days", line.strip())
    return week.days[0], None


def _pairs(line: object) -> MinuteSpans:
    """The spans of a line that was dragged; raises InvalidValue for anything but pairs of whole minutes."""
    if not isinstance(line, list) or len(line) > MAX_SPANS_A_DAY:
        raise _refused()
    pairs = [pair for pair in line if isinstance(pair, list) and len(pair) == 2 and all(type(m) is int for m in pair)]
    if len(pairs) != len(line):
        raise _refused()
    return tuple((pair[0], pair[1]) for pair in pairs)


def _refused() -> InvalidValue:
    return InvalidValue("A week is seven lines of hours and one for holidays.", field="value", code="invalid_week")
