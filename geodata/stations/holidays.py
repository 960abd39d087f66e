"""The holiday table: which dates are public holidays, and which weekend days are worked instead.

The table is data that staff edit. It is seeded with the national arrangement (the State Council's
yearly notice, as package ``chinesecalendar`` carries it); regional days, such as Ningxia's 开斋节 and
古尔邦节, come by a yearly regional notice and are added by hand. A year that is not in ``years`` has no
table yet: hours then follow the weekly rule, and the reader is told that the table is missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

import chinese_calendar
from chinese_calendar import constants

from geodata.errors import InvalidValue

FIRST_YEAR: Final = 2024
"""The oldest year that is seeded: nobody asks a map of today's stations about earlier ones."""

NATIONAL_SOURCE: Final = "国务院办公厅节假日安排 (chinesecalendar)"


class DayKind(StrEnum):
    """What a special day is."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A date that is a public holiday, or a make-up working day (调休上班)."""

    date: date
    kind: DayKind
    name_zh: str
    name_en: str
    source: str = ""

    def __post_init__(self) -> None:
        if not (self.name_zh.strip() or self.name_en.strip()):
            raise InvalidValue(f"The special day {self.date} needs a name.", field="name_zh", code="empty")

    def name(self, language: str) -> str:
        """The day's name in ``language``, or in the other one when it has none."""
        return (self.name_zh or self.name_en) if language.startswith("zh") else (self.name_en or self.name_zh)


@dataclass(frozen=True, slots=True)
class HolidayTable:
    """The special days, by date, and the years the table is complete for.

    Two tables are equal when their days and years are. A date is listed at most once.
    """

    days: tuple[SpecialDay, ...]
    years: frozenset[int]
    _by_date: dict[date, SpecialDay] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_date = {day.date: day for day in self.days}
        if len(by_date) != len(self.days):
            raise InvalidValue("A date is listed twice in the holiday table.", field="date", code="repeated")
        object.__setattr__(self, "days", tuple(sorted(self.days, key=lambda day: day.date)))
        object.__setattr__(self, "_by_date", by_date)

    @classmethod
    def empty(cls) -> HolidayTable:
        """A table that knows no year."""
        return cls((), frozenset())

    def special(self, day: date) -> SpecialDay | None:
        """The special day on that date, or None."""
        return self._by_date.get(day)

    def covers(self, day: date) -> bool:
        """Whether the arrangement of that date's year is known."""
        return day.year in self.years


def national_holidays(years: Iterable[int] | None = None) -> HolidayTable:
    """The national arrangement for ``years`` (default: every year from 2024 that has been announced).

    A year that is not announced yet is absent from the table; nothing is raised.
    """
    announced = {day.year for day in constants.holidays}
    wanted = {year for year in announced if year >= FIRST_YEAR} if years is None else set(years) & announced
    kinds = ((constants.holidays, DayKind.HOLIDAY), (constants.workdays, DayKind.WORKDAY))
    days = tuple(
        _national_day(day, kind, name) for table, kind in kinds for day, name in table.items() if day.year in wanted
    )
    return HolidayTable(days, frozenset(wanted))


def _national_day(day: date, kind: DayKind, english_name: str) -> SpecialDay:
    chinese_name = str(chinese_calendar.Holiday(english_name).chinese)
    if kind is DayKind.WORKDAY:
        return SpecialDay(
            day, kind, f"{chinese_name}调休上班", f"Make-up working day ({english_name})", NATIONAL_SOURCE
        )
    return SpecialDay(day, kind, chinese_name, english_name, NATIONAL_SOURCE)
