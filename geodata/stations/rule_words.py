"""An OSM rule in words, and whether words and rule say the same.

The Chinese words are checked by reading them back (``hours_text.read_hours``): they are given only when
they mean exactly what the rule means, so that whoever sees only the words knows the hours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Final

from geodata.stations import rule_text
from geodata.stations.day_spans import DaySpans, MinuteSpans, holiday_spans, ordinary_day_spans
from geodata.stations.hours_problems import HoursProblem
from geodata.stations.hours_text import read_hours
from geodata.stations.hours_words import tidied
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.rule_text import DAY_MIN
from geodata.stations.week_rule import WeekHours, week_of_rule

_YEAR_START: Final = date(2024, 1, 1)
"""A leap year that begins on a Monday; rules that name a year are compared in words only."""

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS_EN: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS_ZH: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_DAYS_EN: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTH: Final = "|".join(_MONTHS)
_DATES: Final = re.compile(
    rf"(?P<m1>{_MONTH})(?: (?P<d1>\d{{1,2}}))?(?:\s*-\s*(?:(?P<m2>{_MONTH})(?: (?P<d2>\d{{1,2}}))?|(?P<d3>\d{{1,2}})))?"
    r"(?![\d:])\s*:?\s*"
)
_SAYS_24H: Final = re.compile(r"24\s*(?:小时|h\b|hours?\b)|二十四小时|全天候|24/7|7\s*[x*×]\s*24")


@dataclass(frozen=True, slots=True)
class _Part:
    """Some dates ("" for the whole year) in both languages, and the week that holds in them."""

    zh: str
    en: str
    week: WeekHours


def words_of_rule(rule: str, language: str) -> str | None:
    """The rule in words: Chinese for any zh-*, else English; None when our words cannot say it exactly.

    ``rule`` must be one that ``OpeningHours`` takes.
    """
    words = _words(rule)
    return words[0 if language.startswith("zh") else 1] if words else None


def same_hours(rule: str, other: str) -> bool:
    """Whether two rules open at the same times, on ordinary days and on holidays."""
    if rule == other:
        return True
    days = 7 if rule_text.is_weekly(rule) and rule_text.is_weekly(other) else 366
    return all(_alike(both, days) for both in zip(_plans(rule), _plans(other), strict=True))


def contradictions(hours: OpeningHours) -> tuple[HoursProblem, ...]:
    """What a station's words say against its rule: another time, or "24 hours" when it is not."""
    if hours.rule is None or not hours.original_text.strip():
        return ()
    reading = read_hours(hours.original_text)
    if reading.rule is not None:
        if same_hours(reading.rule, hours.rule):
            return ()
        return (HoursProblem("words_differ", hours.original_text, hours.rule),)
    claim = _SAYS_24H.search(tidied(hours.original_text))
    if claim and not _is_always_open(hours.rule):
        return (HoursProblem("says_24h", claim[0]),)
    return ()


@lru_cache(maxsize=1024)
def _words(rule: str) -> tuple[str, str] | None:
    parts = _parts(rule)
    if parts is None:
        return None
    clauses = [clause for part in parts for clause in _clauses(part, number_of_parts=len(parts))]
    zh, en = "；".join(words for words, _ in clauses), "; ".join(words for _, words in clauses)
    read_back = read_hours(zh).rule
    if read_back is None or not same_hours(read_back, rule):
        return None
    return zh, en[:1].upper() + en[1:]


def _parts(rule: str) -> list[_Part] | None:
    """The rule by the dates its sequences name; None where a sequence names something else."""
    by_dates: dict[str, list[str]] = {}
    for sequence in rule_text.sequences(rule):
        text = "".join(token.text for token in sequence.tokens).strip()
        dates = _DATES.match(text)
        by_dates.setdefault(dates[0] if dates else "", []).append(text[dates.end() :] if dates else text)
        if sequence.separator == "||":
            return None
    parts: list[_Part] = []
    for dates_text, texts in by_dates.items():
        whole = "; ".join(text or "00:00-24:00" for text in texts)
        week = week_of_rule(whole) if rule_text.is_weekly(whole) else None
        if week is None:
            return None
        dates = _DATES.match(dates_text)
        parts.append(_Part(*(_dates_words(dates) if dates else ("", "")), week))
    return parts


def _dates_words(dates: re.Match[str]) -> tuple[str, str]:
    first = _date_words(dates["m1"], dates["d1"])
    if dates["m2"] is None and dates["d3"] is None:
        return first
    last = _date_words(dates["m2"] or dates["m1"], dates["d2"] or dates["d3"])
    return f"{first[0]}至{last[0]}", f"{first[1]} to {last[1]}"


def _date_words(month: str, day: str | None) -> tuple[str, str]:
    number = _MONTHS.index(month)
    if day is None:
        return f"{number + 1}月", _MONTHS_EN[number]
    return f"{number + 1}月{int(day)}日", f"{int(day)} {_MONTHS_EN[number]}"


def _clauses(part: _Part, *, number_of_parts: int) -> Iterable[tuple[str, str]]:
    """The clauses for one part, each in Chinese and English."""
    week = part.week
    groups: dict[MinuteSpans, list[int]] = {}
    for day, spans in enumerate(week.days):
        groups.setdefault(spans, []).append(day)
    closed = groups.pop((), [])
    for spans, days in groups.items():
        zh, en = _days_words(days)
        if spans == ((0, DAY_MIN),) and len(days) == 7 and number_of_parts == 1:
            yield "24小时", "24 hours a day"
        else:
            yield f"{part.zh}{zh} {_times_zh(spans)}", f"{_in(part.en)}{en} {_times_en(spans)}"
    if closed and len(closed) < 7 and not part.zh:  # in a season, days without times are as in the rest of the year
        zh, en = _days_words(closed)
        yield f"{zh}休息", f"closed on {en}"
    elif len(closed) == 7 and part.zh:
        yield f"{part.zh}休息", f"closed {part.en}"
    if week.holidays is not None and not part.zh:
        yield (
            (f"节假日 {_times_zh(week.holidays)}", f"public holidays {_times_en(week.holidays)}")
            if week.holidays
            else ("节假日休息", "closed on public holidays")
        )


def _in(dates: str) -> str:
    return f"{dates}, " if dates else ""


def _days_words(days: Sequence[int]) -> tuple[str, str]:
    """``[0, 1, 2, 5]`` as "周一至周三、周六" and "Monday to Wednesday, Saturday"."""
    if len(days) == 7:
        return "每天", "every day"
    runs = [[day for _, day in run] for _, run in groupby(enumerate(days), key=lambda pair: pair[1] - pair[0])]
    return "、".join(_run(run, _DAYS_ZH, "至") for run in runs), ", ".join(_run(run, _DAYS_EN, " to ") for run in runs)


def _run(days: Sequence[int], names: Sequence[str], to: str) -> str:
    if len(days) > 2:
        return f"{names[days[0]]}{to}{names[days[-1]]}"
    return ("、" if to == "至" else ", ").join(names[day] for day in days)


def _times_zh(spans: MinuteSpans) -> str:
    return "，".join(f"{_clock(start)}-{'次日' if end > DAY_MIN else ''}{_clock(_shown(end))}" for start, end in spans)


def _times_en(spans: MinuteSpans) -> str:
    return ", ".join(f"{_clock(a)}–{_clock(_shown(b))}{' the next day' if b > DAY_MIN else ''}" for a, b in spans)


def _shown(end_min: int) -> int:
    return end_min - DAY_MIN if end_min > DAY_MIN else end_min


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _plans(rule: str) -> tuple[DaySpans, DaySpans]:
    """The spans of any date as an ordinary day, and as a holiday."""
    ordinary = ordinary_day_spans(rule)
    return ordinary, holiday_spans(rule) if rule_text.names_holidays(rule) else ordinary


def _alike(both: tuple[DaySpans, DaySpans], days: int) -> bool:
    one, other = both
    dates = (_YEAR_START + timedelta(days=number) for number in range(days))
    return all(one(day) == other(day) for day in dates)


def _is_always_open(rule: str) -> bool:
    return same_hours(rule, "24/7")
