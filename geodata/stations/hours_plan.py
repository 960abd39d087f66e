"""From clauses ("these days, these times") to one OSM rule.

A clause for fewer days overrides one for more ("每天 8:00-18:00，周一休息"); the same days said twice
add up; anything else that overlaps is a contradiction. Days with the same spans are written together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from geodata.stations.hours_problems import unreadable
from geodata.stations.hours_scope import Scope
from geodata.stations.hours_words import ALL_DAYS, DAYS_IN_MONTH, MonthRange, whole_months
from geodata.stations.rule_text import DAY_MIN, WEEKDAYS

_MONTH_NAMES: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """Times (none: closed) for a scope."""

    scope: Scope
    spans: Spans


@dataclass(slots=True)
class _Week:
    """The spans of each weekday, and how many days the clause named that gave them."""

    spans: dict[int, Spans] = field(default_factory=dict)
    named: dict[int, frozenset[int]] = field(default_factory=dict)

    def set(self, days: frozenset[int], spans: Spans, text: str) -> None:
        for day in sorted(days):
            before = self.named.get(day)
            if before is None or days < before:
                self.spans[day], self.named[day] = spans, days
            elif before == days and self.spans[day] and spans:
                self.spans[day] = _joined(self.spans[day], spans, text)
            elif not (days > before):
                raise unreadable("contradiction", text)

    @property
    def open_days(self) -> frozenset[int]:
        return frozenset(day for day, spans in self.spans.items() if spans)


def rule_of(clauses: Sequence[Clause], *, holidays_as_usual: bool) -> str:
    """The rule for the clauses; raises HoursReadingError when they contradict each other."""
    holiday_spans = _holiday_spans(clauses, holidays_as_usual=holidays_as_usual)
    seasons = _seasons(clauses)
    weeks = [(months, _week(months, seasons, clauses)) for months in seasons]
    joinable = holiday_spans if len(weeks) == 1 else None  # a season's times would come after theirs and win
    parts = [part for months, week in weeks for part in _week_parts(months, week, joinable)]
    parts.extend(_closed_part(c) for c in clauses if not c.spans and c.scope.months not in {*seasons, None})
    if not any(week.open_days for _, week in weeks):
        raise unreadable("contradiction", clauses[0].scope.text)
    open_alike_daily = holiday_spans is not None and parts == [f"Mo-Su {times_text(holiday_spans)}"]
    if holiday_spans is not None and not open_alike_daily and not any("PH" in part for part in parts):
        parts.append("PH off" if not holiday_spans else f"PH {times_text(holiday_spans)}")
    return "24/7" if parts == ["Mo-Su 00:00-24:00"] else "; ".join(parts)


def _seasons(clauses: Sequence[Clause]) -> list[MonthRange | None]:
    """The month ranges that have times of their own, in order; None is the whole year."""
    found = list(dict.fromkeys(clause.scope.months for clause in clauses if clause.spans))
    return sorted(found, key=lambda months: months is not None)  # the whole year first, seasons override it


def _week(months: MonthRange | None, seasons: Sequence[MonthRange | None], clauses: Sequence[Clause]) -> _Week:
    week = _Week()
    mine = [c for c in clauses if c.scope.months == months or (not c.spans and c.scope.months is None)]
    mine.sort(key=lambda clause: not clause.spans)  # closed days cut what the times opened
    for clause in mine:
        if clause.scope.on_holidays and clause.scope.days is None:
            continue
        week.set(clause.scope.days or ALL_DAYS, clause.spans, clause.scope.text)
    return week


def _holiday_spans(clauses: Sequence[Clause], *, holidays_as_usual: bool) -> Spans | None:
    """The spans of a public holiday; None when holidays are like any day."""
    found = {clause.spans for clause in clauses if clause.scope.on_holidays}
    if len(found) > 1 or (found and holidays_as_usual):
        text = next(clause.scope.text for clause in clauses if clause.scope.on_holidays)
        raise unreadable("contradiction", text)
    if found:
        return found.pop()
    workdays_named = any(clause.scope.workdays_named for clause in clauses)
    return () if workdays_named and not holidays_as_usual else None


def _week_parts(months: MonthRange | None, week: _Week, holiday_spans: Spans | None) -> Iterable[str]:
    prefix = "" if months is None else f"{_months_text(months)} "
    groups: dict[Spans, list[int]] = {}
    for day in sorted(week.open_days):
        groups.setdefault(week.spans[day], []).append(day)
    for number, (spans, days) in enumerate(groups.items(), start=1):
        is_last = number == len(groups)  # what follows would take the holidays on its days away again
        joins_holidays = months is None and spans == holiday_spans and len(days) < 7 and is_last
        yield f"{prefix}{days_text(days)}{',PH' if joins_holidays else ''} {times_text(spans)}"


def _closed_part(clause: Clause) -> str:
    """A closing for some dates: "Jan 01 off"."""
    scope = clause.scope
    if scope.months is None or scope.on_holidays:
        raise unreadable("unread", scope.text)
    days = "" if scope.days is None or scope.days == ALL_DAYS else f"{days_text(sorted(scope.days))} "
    return f"{_months_text(scope.months)} {days}off"


def _joined(spans: Spans, more: Spans, text: str) -> Spans:
    """Both in order; refuses spans that overlap or stand in the wrong order."""
    result = list(spans)
    for start, end in more:
        if result and start < result[-1][1]:
            raise unreadable("out_of_order", text)
        result.append((start, end))
    return tuple(result)


def in_order(spans: Sequence[tuple[int, int]], text: str) -> Spans:
    """The spans as written, refused when they overlap or go back in time."""
    return _joined((), tuple(spans), text)


def without_break(spans: Spans, pause: tuple[int, int], text: str) -> Spans:
    """The spans less a midday break, which must lie inside one of them."""
    start, end = pause
    for number, (opens, closes) in enumerate(spans):
        if opens < start and end < closes:
            return (*spans[:number], (opens, start), (end, closes), *spans[number + 1 :])
    if any(earlier[1] == start and end == later[0] for earlier, later in pairwise(spans)):
        return spans  # "8:30-12:00 14:00-18:00（12:00-14:00午休）": already left out
    raise unreadable("contradiction", text)


def rest_of_year(months: MonthRange) -> MonthRange:
    """The months (and days) a range leaves over."""
    last_of_month = DAYS_IN_MONTH[months.last_month - 1]
    ends_whole = months.last_day in {0, last_of_month}
    first = (months.last_month % 12 + 1, 1) if ends_whole else (months.last_month, months.last_day + 1)
    if months.first_day in {0, 1}:
        before = (months.first_month - 2) % 12 + 1
        last = (before, DAYS_IN_MONTH[before - 1])
    else:
        last = (months.first_month, months.first_day - 1)
    return whole_months(MonthRange(first[0], first[1], last[0], last[1]))


def _months_text(months: MonthRange) -> str:
    first, last = _MONTH_NAMES[months.first_month - 1], _MONTH_NAMES[months.last_month - 1]
    if months.first_day == 0:
        return first if first == last else f"{first}-{last}"
    begins, ends = f"{first} {months.first_day:02d}", f"{last} {months.last_day:02d}"
    return begins if begins == ends else f"{begins}-{ends}"


def days_text(days: Sequence[int]) -> str:
    """``[0, 1, 2, 4]`` as "Mo-We,Fr"."""
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(WEEKDAYS[run[0]] if len(run) == 1 else f"{WEEKDAYS[run[0]]}-{WEEKDAYS[run[-1]]}" for run in runs)


def times_text(spans: Spans) -> str:
    """``((510, 720), (1200, 1560))`` as "08:30-12:00,20:00-02:00"."""
    return ",".join(f"{_clock_text(start)}-{_clock_text(_shown_end(end))}" for start, end in spans)


def _shown_end(end_min: int) -> int:
    return end_min - DAY_MIN if end_min > DAY_MIN else end_min


def _clock_text(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
