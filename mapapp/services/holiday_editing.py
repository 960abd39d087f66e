"""Use case: staff keep a year of the holiday table, look at what a change does, and overwrite nobody unseen."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from geodata.errors import InvalidValue
from geodata.stations.day_spans import day_spans
from geodata.stations.holidays import DayKind, HolidayTable, SpecialDay, national_holidays
from geodata.stations.station import Station, check_text
from mapapp.services.rights import Actor, Right, require
from mapapp.store import DataEvent, Origin, Reader, Store

FIRST_YEAR: Final = 2020
LAST_YEAR: Final = 2099
MAX_NAME_CHARS: Final = 40
MAX_SOURCE_CHARS: Final = 200
MAX_REASON_CHARS: Final = 300
MAX_CHANGED_DAYS: Final = 120
LOUD_FROM_MONTH: Final = 10
"""The national notice of the next year comes in autumn."""


@dataclass(frozen=True, slots=True)
class Year:
    """The special days of one year, whether they are all of them, and a stamp that differs when they do."""

    year: int
    days: tuple[SpecialDay, ...]
    is_complete: bool

    @classmethod
    def of(cls, table: HolidayTable, year: int) -> Year:
        """That year of a table."""
        return cls(year, tuple(day for day in table.days if day.date.year == year), year in table.years)

    @property
    def stamp(self) -> str:
        """Equal for equal years."""
        text = json.dumps([self.is_complete, *map(day_document, self.days)], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def special(self, day: date) -> SpecialDay | None:
        """The special day on that date."""
        return next((each for each in self.days if each.date == day), None)


@dataclass(frozen=True, slots=True)
class YearEdit:
    """What is to become of a year: days to write, dates to make ordinary, whether it is complete (None: as it is)."""

    put: tuple[SpecialDay, ...] = ()
    remove: frozenset[date] = frozenset()
    is_complete: bool | None = None


@dataclass(frozen=True, slots=True)
class DayChange:
    """One date: what it was and what it becomes; None is an ordinary day."""

    date: date
    before: SpecialDay | None
    after: SpecialDay | None


@dataclass(frozen=True, slots=True)
class MissingYear:
    """A year without a table; ``is_urgent`` when it is near or here."""

    year: int
    is_urgent: bool


class YearChanged(Exception):
    """Somebody saved since the year was read; ``current`` is how it is now. Nothing was written."""

    def __init__(self, current: Year) -> None:
        super().__init__(f"The holidays of {current.year} were changed meanwhile.")
        self.current = current


def year_of(store: Store, actor: Actor, year: int) -> Year:
    """A year as it stands.

    Raises
    ------
    Forbidden
        The actor does not keep the holiday table.
    """
    require(actor, Right.EDIT_HOLIDAYS)
    with store.reading() as reader:
        return Year.of(reader.holidays(), year)


def changes_of(year: Year, edit: YearEdit) -> tuple[DayChange, ...]:
    """The dates an edit really changes, in their order.

    Raises
    ------
    InvalidValue
        A day is not of that year, is written twice, is too wordy, or there are too many; ``field`` says where.
    """
    _check(year.year, edit)
    after = {day.date: day for day in edit.put}
    found = []
    for day in sorted(set(after) | edit.remove):
        change = DayChange(day, year.special(day), after.get(day))
        if change.before != change.after:
            found.append(change)
    return tuple(found)


def save_year(
    store: Store, actor: Actor, year: int, edit: YearEdit, expected_stamp: str, reason: str, now: datetime
) -> Year:
    """Write an edit made from the year with that stamp, as one event; the year as it is then.

    Raises
    ------
    Forbidden
        The actor does not keep the holiday table.
    InvalidValue
        The edit cannot be, or there is no reason; ``field`` says which.
    YearChanged
        Somebody saved since.
    """
    require(actor, Right.EDIT_HOLIDAYS)
    _check_reason(reason)
    with store.writing(Origin.FORM, at=now) as writer:
        table = writer.holidays()
        current = Year.of(table, year)
        if current.stamp != expected_stamp:
            raise YearChanged(current)
        changed = table_with(table, year, edit)
        writer.replace_holidays(changed, actor=actor.name, reason=reason.strip())
    return Year.of(changed, year)


def table_with(table: HolidayTable, year: int, edit: YearEdit) -> HolidayTable:
    """The table with an edit made."""
    changes = {change.date: change.after for change in changes_of(Year.of(table, year), edit)}
    kept = [day for day in table.days if day.date not in changes]
    added = [day for day in changes.values() if day is not None]
    years = table.years if edit.is_complete is None else table.years - {year} | ({year} if edit.is_complete else set())
    return HolidayTable((*kept, *added), years)


def national_edit(year: Year) -> YearEdit | None:
    """What makes the year hold the national notice too; None where that is not known yet.

    Days that staff added stay; a date both speak of becomes what the notice says.
    """
    national = national_holidays([year.year])
    return YearEdit(put=national.days, is_complete=True) if national.years else None


def stations_affected(stations: Iterable[Station], before: HolidayTable, after: HolidayTable) -> dict[date, int]:
    """How many stations open at other times, by each date on which the two tables differ."""
    days = sorted({day.date for day in set(before.days) ^ set(after.days)})
    counts = dict.fromkeys(days, 0)
    for rule, count in Counter(station.hours.rule for station in stations).items():
        if rule is not None:
            old, new = day_spans(rule, before), day_spans(rule, after)
            for day in days:
                counts[day] += count * (old(day) != new(day))
    return counts


def missing_year(table: HolidayTable, today: date) -> MissingYear | None:
    """The first of this year and the next that has no table."""
    if today.year not in table.years:
        return MissingYear(today.year, is_urgent=True)
    if today.year + 1 not in table.years:
        return MissingYear(today.year + 1, is_urgent=today.month >= LOUD_FROM_MONTH)
    return None


def year_events(reader: Reader, year: int, limit: int = 50) -> list[DataEvent]:
    """What was changed of a year, newest first."""
    return [event for event in reader.holiday_events() if _concerns(event.detail, year)][:limit]


def day_document(day: SpecialDay) -> list[str]:
    """The day as a form carries it along."""
    return [day.date.isoformat(), day.kind.value, day.name_zh, day.name_en, day.source]


def edit_document(edit: YearEdit) -> dict[str, Any]:
    """The edit as a form carries it along."""
    return {
        "put": [day_document(day) for day in edit.put],
        "remove": sorted(day.isoformat() for day in edit.remove),
        "complete": edit.is_complete,
    }


def read_edit(document: object) -> YearEdit:
    """The edit that ``edit_document`` wrote.

    Raises
    ------
    InvalidValue
        It did not.
    """
    try:
        if not isinstance(document, dict):
            raise TypeError  # noqa: TRY301 - one answer to all that is not ours
        put = tuple(
            SpecialDay(date.fromisoformat(day), DayKind(kind), str(zh), str(en), str(source))
            for day, kind, zh, en, source in document["put"]
        )
        complete = document["complete"]
        if complete not in {None, True, False}:
            raise TypeError  # noqa: TRY301 - as above
        return YearEdit(put, frozenset(date.fromisoformat(day) for day in document["remove"]), complete)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise InvalidValue("This is no change of the holiday table.", field="edit", code="form") from error


def special_day(day: date, kind: DayKind, name_zh: str, name_en: str, source: str) -> SpecialDay:
    """A special day from what somebody typed.

    Raises
    ------
    InvalidValue
        It has no name, or a text that is too long or cannot be kept; ``field`` says which.
    """
    made = SpecialDay(day, kind, *(" ".join(text.split()) for text in (name_zh, name_en, source)))
    _check_words(made)
    return made


def _check(year: int, edit: YearEdit) -> None:
    dates = [day.date for day in edit.put]
    if len(dates) + len(edit.remove) > MAX_CHANGED_DAYS:
        raise InvalidValue(f"At most {MAX_CHANGED_DAYS} days at once.", field="dates", code="too_many")
    if len(set(dates)) != len(dates) or edit.remove & set(dates):
        raise InvalidValue("A date is listed twice.", field="dates", code="repeated")
    if any(day.year != year for day in (*dates, *edit.remove)):
        raise InvalidValue(f"All dates must be in {year}.", field="dates", code="other_year")
    for day in edit.put:
        _check_words(day)


def _check_words(day: SpecialDay) -> None:
    check_text("name_zh", day.name_zh, MAX_NAME_CHARS)
    check_text("name_en", day.name_en, MAX_NAME_CHARS * 2)
    check_text("source", day.source, MAX_SOURCE_CHARS)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidValue("Say in a few words why.", field="reason", code="empty")
    check_text("reason", reason, MAX_REASON_CHARS)


def _concerns(detail: Mapping[str, Any], year: int) -> bool:
    """Whether an event changed days of the year or its completeness."""
    dates = (str(day[0]) for day in (*detail.get("added", ()), *detail.get("removed", ())))
    whole = (*detail.get("completed", ()), *detail.get("reopened", ()))
    return year in whole or any(re.match(rf"{year}-", day) for day in dates)
