"""Keeping the holiday table: seeding it from the national arrangement, and editing it by hand."""

from __future__ import annotations

from datetime import date

from geodata.stations.holidays import HolidayTable, SpecialDay, national_holidays
from mapapp.store import Origin, Store, Writer


def seed_holidays(store: Store, *, actor: str, origin: str = Origin.COMMAND) -> tuple[int, ...]:
    """Add the years the national arrangement is known for and the table has not; which they were.

    What is in the table already stays: a day somebody set is not overwritten, and a year that was
    seeded once is not seeded again, so a day somebody removed stays removed.
    """
    with store.reading() as reader:
        if not _missing_years(reader.holidays()):
            return ()
    with store.writing(origin) as writer:
        return seed_within(writer, actor=actor)


def seed_within(writer: Writer, *, actor: str) -> tuple[int, ...]:
    """`seed_holidays` inside a transaction that does more."""
    table = writer.holidays()
    years = _missing_years(table)
    if years:
        national = national_holidays(years)
        added = tuple(day for day in national.days if table.special(day.date) is None)
        whole = HolidayTable(table.days + added, table.years | national.years)
        writer.replace_holidays(whole, actor=actor, reason=f"seeded {', '.join(map(str, years))}")
    return years


def set_special_day(store: Store, day: SpecialDay, *, actor: str, origin: str = Origin.COMMAND) -> None:
    """Make a date a holiday or a make-up working day, whatever it was."""
    with store.writing(origin) as writer:
        writer.set_special_day(day, actor=actor)


def remove_special_day(store: Store, day: date, *, actor: str, origin: str = Origin.COMMAND) -> bool:
    """Make a date an ordinary one; whether it was not."""
    with store.writing(origin) as writer:
        return writer.remove_special_day(day, actor=actor)


def set_year_complete(store: Store, year: int, *, complete: bool, actor: str, origin: str = Origin.COMMAND) -> None:
    """Say whether the table holds all of a year: if not, answers say that its holidays are not published."""
    with store.writing(origin) as writer:
        table = writer.holidays()
        years = table.years | {year} if complete else table.years - {year}
        reason = f"{year} is {'complete' if complete else 'not complete'}"
        writer.replace_holidays(HolidayTable(table.days, years), actor=actor, reason=reason)


def _missing_years(table: HolidayTable) -> tuple[int, ...]:
    return tuple(sorted(national_holidays().years - table.years))
