"""The holiday table in words: days, changes, what was done, what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask_babel import LazyString, format_date, lazy_gettext

from geodata.errors import InvalidValue
from geodata.stations.holidays import DayKind, SpecialDay
from mapapp.services.holiday_editing import DayChange
from mapapp.staff.account_words import moment
from mapapp.staff.speech import gettext
from mapapp.store import DataEvent
from mapapp.web.language import current_language

KIND_NAMES: Final[Mapping[DayKind, LazyString]] = {
    DayKind.HOLIDAY: lazy_gettext("day off"),
    DayKind.WORKDAY: lazy_gettext("working day"),
}
_PROBLEMS: Final[Mapping[str, LazyString]] = {
    "empty": lazy_gettext("Please fill this in."),
    "too_long": lazy_gettext("This is too long."),
    "control_characters": lazy_gettext("There are characters in it that cannot be printed."),
    "too_many": lazy_gettext("These are too many days at once."),
    "repeated": lazy_gettext("A date is listed twice."),
}


@dataclass(frozen=True, slots=True)
class DayWords:
    """One special day as a line of the table."""

    iso: str
    date: str
    weekday: str
    is_holiday: bool
    kind: str
    name_zh: str
    name_en: str
    source: str


@dataclass(frozen=True, slots=True)
class ChangeWords:
    """One changed date: what it was and what it becomes, "" for an ordinary day, and how many stations it touches."""

    date: str
    before: str
    after: str
    station_count: int


@dataclass(frozen=True, slots=True)
class EventWords:
    """One change in the table's history."""

    when: str
    who: str
    reason: str
    added: list[str]
    removed: list[str]
    completed: list[int]
    reopened: list[int]


def worded_days(days: Iterable[SpecialDay]) -> list[DayWords]:
    """The lines of the table."""
    return [
        DayWords(
            iso=day.date.isoformat(),
            date=_date_words(day.date),
            weekday=format_date(day.date, "EEEE"),
            is_holiday=day.kind is DayKind.HOLIDAY,
            kind=str(KIND_NAMES[day.kind]),
            name_zh=day.name_zh,
            name_en=day.name_en,
            source=day.source,
        )
        for day in days
    ]


def worded_changes(changes: Iterable[DayChange], affected: Mapping[date, int]) -> list[ChangeWords]:
    """What a change does, date by date."""
    return [
        ChangeWords(
            f"{change.date.isoformat()} {format_date(change.date, 'EEE')}",
            _day_words(change.before),
            _day_words(change.after),
            affected.get(change.date, 0),
        )
        for change in changes
    ]


def event_words(events: Iterable[DataEvent]) -> list[EventWords]:
    """Who changed what and when."""
    return [
        EventWords(
            when=moment(event.at),
            who=event.actor,
            reason=str(event.detail.get("reason", "")),
            added=[_event_day(day) for day in event.detail.get("added", ())],
            removed=[_event_day(day) for day in event.detail.get("removed", ())],
            completed=list(event.detail.get("completed", ())),
            reopened=list(event.detail.get("reopened", ())),
        )
        for event in events
    ]


def problem_words(error: InvalidValue, year: int) -> dict[str, str]:
    """The sentence for the field that is wrong."""
    field = error.field or "date"
    if error.code == "unread":
        return {field: gettext("These could not be read as dates of %(year)s: %(text)s", year=year, text=str(error))}
    if error.code == "other_year":
        return {"date": gettext("All dates must be in %(year)s.", year=year)}
    if error.code == "form":
        return {"date": gettext("Write the date like 2026-03-20.")}
    if field == "name_zh" and error.code == "empty":
        return {field: gettext("Please give the day a name in one language at least.")}
    return {field: str(_PROBLEMS.get(error.code, _PROBLEMS["empty"]))}


def _day_words(day: SpecialDay | None) -> str:
    """The day in one line; nothing for an ordinary one."""
    if day is None:
        return ""
    kind, name = str(KIND_NAMES[day.kind]), _both(day.name_zh, day.name_en)
    if day.source:
        return gettext("%(kind)s: %(name)s (%(source)s)", kind=kind, name=name, source=day.source)
    return gettext("%(kind)s: %(name)s", kind=kind, name=name)


def _event_day(day: list[Any]) -> str:
    """A day as an event keeps it: date, kind, names."""
    iso, kind, zh, en = (str(word) for word in day[:4])
    return f"{iso} {KIND_NAMES[DayKind(kind)]} {_both(zh, en)}"


def _both(zh: str, en: str) -> str:
    return " / ".join(name for name in (zh, en) if name)


def _date_words(day: date) -> str:
    return str(format_date(day, "M月d日" if current_language().startswith("zh") else "d MMM"))
