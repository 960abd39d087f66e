"""Reading the hours people write ("周一至周五 8:30-12:00，下午2点半到6点") as OSM rules.

Rules of reading:

- Whatever could not be read is a problem with its words, and if it could touch the time there is no
  rule at all: unknown hours are better than wrong ones. Only plain words in brackets are let stand
  as a note beside a rule.
- 工作日 is Monday to Friday without public holidays; make-up working days follow by the holiday table.
  "周一至周五" says nothing of holidays, so the weekday's hours hold.
- "24小时" is the rule 24/7; beside other times or closed days it is a contradiction. Only public holidays
  can be left out of it, as many hosts do.
- "工作日开放" has days but no times: unknown, and said.
- 夏季 and 冬季 without months are read with ``summer_months`` (May to September, the summer working
  time most institutions keep; winter is the rest), and a problem says that this was assumed. Months
  given for one of them settle the other. One season alone, without months, is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from geodata.errors import InvalidOpeningHours
from geodata.stations.hours_groups import Grouper, Reading
from geodata.stations.hours_plan import Clause, rest_of_year, rule_of
from geodata.stations.hours_problems import HoursProblem, HoursReadingError, unreadable
from geodata.stations.hours_rest_days import settled
from geodata.stations.hours_words import ALL_DAYS, Kind, MonthRange, Token, says_nothing, tidied, tokens, whole_months
from geodata.stations.opening_hours import MAX_ORIGINAL_CHARS, OpeningHours

SUMMER_MONTHS: Final = (5, 9)

_OSM_WORDS: Final = re.compile(
    r"\b(Mo|Tu|We|Th|Fr|Sa|Su|PH|SH|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b|24/7|\+|sun|\""
)
_UNSETTLING: Final = re.compile(
    r"\d(?!\d*\s*(?:楼|层|号|室|栋|幢))|[一二两三四五六七八九十](?=[点时月日天周])"
    r"|预约|不定|暂|调整|为准|视|另行|轮|部分|特殊|临时|停|提前|延|左右|约|大概|待|拆|迁|不|除|闭|关"
)
_NOTE_KINDS: Final = frozenset({Kind.UNREAD, Kind.FILLER, Kind.COMMA, Kind.BRACKET_OPEN, Kind.BRACKET_CLOSE})
_WEEKDAY_WORDS: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_MOST_EXCEPTIONAL_DAYS: Final = 3
_LINKING: Final = frozenset({Kind.UNREAD, Kind.FILLER})


@dataclass(frozen=True, slots=True)
class HoursReading:
    """What a text says: a rule or None (unknown), the text as given, and every problem with it."""

    rule: str | None
    original: str
    problems: tuple[HoursProblem, ...] = ()

    @property
    def hours(self) -> OpeningHours:
        """The hours to store: the rule and the words it came from."""
        return OpeningHours(self.rule, self.original[:MAX_ORIGINAL_CHARS])


def read_hours(text: str, *, summer_months: tuple[int, int] = SUMMER_MONTHS) -> HoursReading:
    """Read opening hours in Chinese, simple English or as an OSM rule. Never raises; see the module."""
    if len(text) > MAX_ORIGINAL_CHARS:
        return HoursReading(None, text, (HoursProblem("too_long", text[:20]),))
    tidy_text = tidied(text)
    if says_nothing(tidy_text):
        return HoursReading(None, text)
    as_rule = _read_rule(text)
    if as_rule is not None:
        return as_rule
    try:
        rule, problems = _read_words(tidy_text, MonthRange(summer_months[0], 0, summer_months[1], 0))
        return HoursReading(OpeningHours.from_rule(rule).rule, text, problems)
    except HoursReadingError as refusal:
        return HoursReading(None, text, refusal.problems)


def _read_rule(text: str) -> HoursReading | None:
    """The text as an OSM rule; None when it is none, or only plain times, which are read as words."""
    if not _OSM_WORDS.search(text):
        return None
    try:
        return HoursReading(OpeningHours.from_rule(text).rule, text)
    except InvalidOpeningHours as refusal:
        if refusal.code in {"unreadable_rule", "empty", "too_long"}:
            return None
        return HoursReading(None, text, (HoursProblem(refusal.code, text.strip()),))


def _read_words(tidy_text: str, summer: MonthRange) -> tuple[str, tuple[HoursProblem, ...]]:
    words, notes = _without_notes(tokens(tidy_text))
    left_over = tuple(HoursProblem("unread", fragment) for fragment in _unread_fragments(words))
    if left_over:
        raise HoursReadingError(*left_over)
    reading = Grouper().read(settled([word for word in words if word.text or word.kind is Kind.STOP]))
    if not any(clause.spans for clause in reading.clauses):
        raise unreadable("no_times", tidy_text)
    clauses, assumed = _with_months(reading.clauses, summer)
    _check_consistent(reading)
    rule = rule_of(clauses, holidays_as_usual=reading.holidays_as_usual)
    return rule, (*notes, *assumed)


def _without_notes(words: Sequence[Token]) -> tuple[list[Token], tuple[HoursProblem, ...]]:
    """The words less the brackets that hold plain words only, and a problem for each of those."""
    kept: list[Token] = []
    notes: list[HoursProblem] = []
    for bracket, group in groupby(words, key=lambda word: word.bracket):
        inside = list(group)
        text = "".join(word.text for word in inside).strip("()[]【】〔〕{}「」")
        is_plain = all(word.kind in _NOTE_KINDS for word in inside) and not _UNSETTLING.search(text)
        if bracket and is_plain and any(word.kind is Kind.UNREAD for word in inside):
            notes.append(HoursProblem("note", text))
        else:
            kept.extend(inside)
    return kept, tuple(notes)


def _unread_fragments(words: Sequence[Token]) -> Iterable[str]:
    """The words nobody knew, with the filling words around them: "同银行营业时间"."""
    for is_linked, group in groupby(words, key=lambda word: word.kind in _LINKING):
        run = list(group)
        if is_linked and any(word.kind is Kind.UNREAD for word in run):
            yield "".join(word.text for word in run)


def _check_consistent(reading: Reading) -> None:
    """Refuse what cannot be true together, or could mean two things."""
    opening = [clause for clause in reading.clauses if clause.spans]
    closing = [clause for clause in reading.clauses if not clause.spans]
    says_always = any(clause.scope.days in {None, ALL_DAYS} and clause.spans == ((0, 1440),) for clause in opening)
    on_days = [clause for clause in closing if clause.scope.days is not None or clause.scope.names_months]
    if reading.says_24h and says_always and (on_days or len(opening) > 1):
        other = next((clause for clause in (*on_days, *opening) if clause.spans != ((0, 1440),)), None)
        raise unreadable("contradiction", reading.says_24h, other.scope.text if other else "")
    open_days = frozenset[int]().union(*(clause.scope.days or ALL_DAYS for clause in opening))
    if reading.never_closed and (closing or open_days != ALL_DAYS):
        raise unreadable("contradiction", reading.never_closed)
    if not reading.days_as_usual <= open_days:
        raise unreadable(
            "contradiction", "、".join(_WEEKDAY_WORDS[day] for day in sorted(reading.days_as_usual - open_days))
        )
    if any(not clause.scope.names_days and not clause.scope.names_months for clause in opening):
        for clause in opening:  # "8:00-18:00周一至周五，周六9:00-12:00": times before days, and days before times
            if len(clause.scope.days or ()) > _MOST_EXCEPTIONAL_DAYS and clause.scope.days != ALL_DAYS:
                raise unreadable("days_unclear", clause.scope.text)


def _with_months(clauses: Sequence[Clause], summer: MonthRange) -> tuple[list[Clause], tuple[HoursProblem, ...]]:
    """The clauses with months for 夏季, 冬季 and 其余时间, and a problem when months had to be assumed."""
    stated: dict[str, MonthRange | None] = {c.scope.season: c.scope.months for c in clauses if c.scope.months}
    named = {clause.scope.season for clause in clauses if clause.scope.season}
    ranges = {clause.scope.months for clause in clauses if clause.scope.months is not None}
    without = named - stated.keys()
    problems: tuple[HoursProblem, ...] = ()
    if without == {"rest"} and not stated:  # "周一闭馆，其余时间 …": the other days
        stated = {"rest": None}
    elif len(without) == 1 and len(ranges) == 1:
        stated[without.pop()] = rest_of_year(ranges.pop())
    elif without == {"summer", "winter"} and not stated:
        stated = {"summer": whole_months(summer), "winter": rest_of_year(summer)}
        problems = (_assumed(summer, rest_of_year(summer)),)
    elif without:
        raise unreadable("season_incomplete", next(c.scope.text for c in clauses if c.scope.season in without))
    return [_in_months(clause, stated) for clause in clauses if clause.spans or clause.scope.season != "rest"], problems


def _assumed(summer: MonthRange, winter: MonthRange) -> HoursProblem:
    detail = " / ".join(f"{months.first_month}–{months.last_month}" for months in (summer, winter))
    return HoursProblem("season_months_assumed", "夏季/冬季", detail)


def _in_months(clause: Clause, months_of: Mapping[str, MonthRange | None]) -> Clause:
    if not clause.scope.season:
        return clause
    return replace(clause, scope=replace(clause.scope, months=months_of[clause.scope.season]))
