"""Hours as an editor gives them: in words, as an OSM rule, or as a week; read back so that all three agree.

Whichever view was edited last is the source; the other two follow from it. What cannot be read leaves the
hours unknown, and says why: unknown hours are neither "24 hours" nor "closed".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from geodata.errors import InvalidOpeningHours, InvalidValue
from geodata.places import Place
from geodata.stations.day_spans import MinuteSpans
from geodata.stations.field_problems import FieldProblem, InvalidFields
from geodata.stations.holidays import HolidayTable, SpecialDay
from geodata.stations.hours_problems import HoursProblem
from geodata.stations.hours_text import read_hours
from geodata.stations.opening_hours import MAX_ORIGINAL_CHARS, OpeningHours
from geodata.stations.rule_words import contradictions, same_hours, words_of_rule
from geodata.stations.schedule import Schedule
from geodata.stations.week_rule import HOLIDAYS, WeekHours, rule_of_week, week_of_rule
from mapapp.services.editing.typed_week import TypedWeek, day_problem, read_typed_week

__all__ = ["HoursReading", "HoursSource", "InvalidHours", "NextDay", "hours_from_form", "read_hours_input"]

DAYS_AHEAD: Final = 14
MAX_WEEK_CHARS: Final = 4000
FIELD: Final = "hours"


class HoursSource(StrEnum):
    """The view of the hours that was edited last."""

    WORDS = "words"
    RULE = "rule"
    WEEK = "week"


class InvalidHours(InvalidFields):
    """Hours that say something nobody could read; ``hours_problems`` say it in both languages."""

    def __init__(self, problems: tuple[HoursProblem, ...]) -> None:
        super().__init__([FieldProblem(FIELD, one.code, one.message_en, one.message_zh) for one in problems])
        self.hours_problems = problems


@dataclass(frozen=True, slots=True)
class NextDay:
    """A date just ahead: ``weekday`` Monday 0; ``special`` when it is a holiday or a make-up working day.

    ``spans`` begin on that date, in minutes from its midnight.
    """

    date: date
    weekday: int
    special: SpecialDay | None
    spans: MinuteSpans


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursReading:
    """What an input says.

    ``hours`` are what would be stored. ``words_zh`` and ``words_en`` are None where our words cannot say the
    rule exactly, ``week`` where seven days cannot show it; both are None for unknown hours. ``problems`` are
    what was not read or only with a doubt, ``contradictions`` what cannot be true together or hardly is
    meant; ``line_problems`` are those of the lines of a typed week, by the line's number (7: public holidays).
    ``next_days`` is empty for unknown hours; ``holidays_missing``: the holidays of one of the next 14 days
    are not published yet.
    """

    source: HoursSource
    hours: OpeningHours
    words_zh: str | None = None
    words_en: str | None = None
    week: WeekHours | None = None
    is_24h: bool = False
    next_days: tuple[NextDay, ...] = ()
    holidays_missing: bool = False
    problems: tuple[HoursProblem, ...] = ()
    contradictions: tuple[HoursProblem, ...] = ()
    line_problems: tuple[tuple[int, HoursProblem], ...] = ()

    @property
    def rule(self) -> str | None:
        """The OSM rule; None when the hours are unknown."""
        return self.hours.rule


@dataclass(frozen=True, slots=True)
class _Read:
    """The hours one view says, and what is wrong with it."""

    hours: OpeningHours
    problems: tuple[HoursProblem, ...] = ()
    line_problems: tuple[tuple[int, HoursProblem], ...] = ()

    @property
    def all_problems(self) -> tuple[HoursProblem, ...]:
        """What is wrong with the whole and with its lines."""
        return (*self.problems, *(problem for _, problem in self.line_problems))


_CONTRADICTING: Final = frozenset(
    {"contradiction", "out_of_order", "overlap", "no_open_days", "words_differ", "says_24h"}
)


def read_hours_input(
    source: HoursSource, value: object, holidays: HolidayTable, place: Place, today: date
) -> HoursReading:
    """What ``value`` says, with the next 14 days from ``today``.

    Parameters
    ----------
    value
        Text for words and rules; for a week ``{"days": [seven lines], "holidays": line or None}`` where a
        line is text ("8:30-12:00 14:30-18:00") or a list of [start, end] in minutes.

    Raises
    ------
    InvalidValue
        The value has another form than its source has.
    """
    read = _read(source, value)
    hours = read.hours
    said = [problem for problem in read.problems if problem.code in _CONTRADICTING]
    doubts = tuple(problem for problem in read.problems if problem.code not in _CONTRADICTING)
    if hours.rule is None:
        return HoursReading(
            source=source, hours=hours, problems=doubts, contradictions=tuple(said), line_problems=read.line_problems
        )
    week = week_of_rule(hours.rule)
    if week is not None:
        said.extend(day_problem("overlaps_next_day", day) for day in week.days_into_the_next)
    schedule = Schedule.compile(hours, holidays, place.timezone)
    ahead = [today + timedelta(days=number) for number in range(DAYS_AHEAD)]
    return HoursReading(
        source=source,
        hours=hours,
        words_zh=words_of_rule(hours.rule, "zh"),
        words_en=words_of_rule(hours.rule, "en"),
        week=week,
        is_24h=schedule.is_24h,
        next_days=tuple(NextDay(d, d.weekday(), holidays.special(d), schedule.day_spans(d)) for d in ahead),
        holidays_missing=not all(holidays.covers(day) for day in ahead),
        problems=doubts,
        contradictions=tuple(said),
    )


def hours_from_form(form: Mapping[str, str], *, current: OpeningHours | None = None) -> OpeningHours:
    """The hours a posted form says; a form nobody touched says ``current``, exactly.

    ``hours_source`` names the view edited last: ``words`` (hours_text), ``rule`` (hours_rule) or ``week``
    (hours_week, JSON). Without it, as from a browser without scripts, what differs from ``current`` counts.
    ``hours_as_unknown``: words that cannot be read may stand, and the hours are unknown.

    Raises
    ------
    InvalidHours
        What was given cannot be read, or words and rule were both changed and disagree.
    """
    current = current or OpeningHours.unknown()
    text, rule = form.get("hours_text", "").strip(), form.get("hours_rule", "").strip()
    week = form.get("hours_week", "")
    source = _source_of(form.get("hours_source", ""), text, rule, week, current)
    if source is None:
        return current
    if source is HoursSource.WORDS:
        return _settled(_read(source, text), may_stand=bool(form.get("hours_as_unknown")))
    read = _read(source, rule) if source is HoursSource.RULE else _read_posted_week(week)
    hours = _settled(read, may_stand=False)
    both_changed = not form.get("hours_source") and text != current.original_text.strip()
    if both_changed and text and (wrong := contradictions(OpeningHours(hours.rule, text[:MAX_ORIGINAL_CHARS]))):
        raise InvalidHours(wrong)
    return OpeningHours(hours.rule, _fitting_words(text, hours))


def _source_of(given: str, text: str, rule: str, week: str, current: OpeningHours) -> HoursSource | None:
    """The view that counts; None when nothing was changed."""
    text_changed = text != current.original_text.strip()
    rule_changed = rule != (current.rule or "")
    if given == HoursSource.WEEK and week:
        return HoursSource.WEEK
    if not text_changed and not rule_changed:
        return None
    if given in {HoursSource.WORDS, HoursSource.RULE}:
        return HoursSource(given)
    return HoursSource.RULE if rule_changed and (rule or not text_changed) else HoursSource.WORDS


def _settled(read: _Read, *, may_stand: bool) -> OpeningHours:
    """The hours to store; InvalidHours where something was said and not read."""
    problems = read.all_problems
    is_too_long = any(problem.code == "too_long" for problem in problems)
    if read.hours.known or not problems or (may_stand and not is_too_long):
        return read.hours
    raise InvalidHours(problems)


def _fitting_words(text: str, hours: OpeningHours) -> str:
    """The words given when they say the rule or nothing readable; else words made from the rule."""
    if hours.rule is None:
        return ""
    said = read_hours(text).rule if text else None
    if text and len(text) <= MAX_ORIGINAL_CHARS and (said is None or same_hours(said, hours.rule)):
        return text
    return words_of_rule(hours.rule, "zh") or ""


def _read_posted_week(text: str) -> _Read:
    """The week of a form, which a script of ours has written; anything else is a problem like any other."""
    try:
        if len(text) <= MAX_WEEK_CHARS:
            return _read(HoursSource.WEEK, json.loads(text))
    except (ValueError, RecursionError):  # InvalidValue is a ValueError
        pass
    return _Read(OpeningHours.unknown(), (HoursProblem("invalid_week", ""),))


def _read(source: HoursSource, value: object) -> _Read:
    if source is HoursSource.WEEK:
        return _read_week(read_typed_week(value))
    if not isinstance(value, str):
        raise InvalidValue(f"The {source} of the hours must be text.", field="value", code="invalid_type")
    return _read_rule(value) if source is HoursSource.RULE else _read_text(value)


def _read_text(text: str) -> _Read:
    reading = read_hours(text)
    return _Read(reading.hours, reading.problems)


def _read_rule(text: str) -> _Read:
    if not text.strip():
        return _Read(OpeningHours.unknown())
    try:
        hours = OpeningHours.from_rule(text)
    except InvalidOpeningHours as refusal:
        fragment = text.strip()[:20] if refusal.code == "too_long" else text.strip()
        return _Read(OpeningHours.unknown(), (HoursProblem(refusal.code, fragment),))
    return _Read(OpeningHours(hours.rule, words_of_rule(str(hours.rule), "zh") or ""))


def _read_week(typed: TypedWeek) -> _Read:
    if typed.week is None:
        return _Read(OpeningHours.unknown(), (), typed.problems)
    try:
        rule = rule_of_week(typed.week)
    except InvalidOpeningHours as refusal:
        return _Read(OpeningHours.unknown(), (), ((HOLIDAYS, HoursProblem(refusal.code, "")),))
    if rule is None:
        return _Read(OpeningHours.unknown())
    return _Read(OpeningHours(rule, words_of_rule(rule, "zh") or ""))
