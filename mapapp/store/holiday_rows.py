"""The holiday table in its two tables: special days, and the years that are complete."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from geodata.stations.holidays import DayKind, HolidayTable, SpecialDay
from mapapp.store.schema import holiday_years, special_days


def read_holidays(connection: Connection) -> HolidayTable:
    """The whole table."""
    rows = connection.execute(select(special_days).order_by(special_days.c.date)).mappings()
    days = tuple(
        SpecialDay(row["date"], DayKind(row["kind"]), row["name_zh"], row["name_en"], row["source"]) for row in rows
    )
    return HolidayTable(days, frozenset(connection.execute(select(holiday_years.c.year)).scalars()))


def rewrite_holidays(connection: Connection, table: HolidayTable) -> None:
    """Put ``table`` in the place of what is there."""
    connection.execute(delete(special_days))
    connection.execute(delete(holiday_years))
    if table.days:
        connection.execute(insert(special_days), [_row_of_day(day) for day in table.days])
    if table.years:
        connection.execute(insert(holiday_years), [{"year": year} for year in sorted(table.years)])


def write_special_day(connection: Connection, day: SpecialDay) -> None:
    """Write one day over whatever its date was."""
    delete_special_day(connection, day.date)
    connection.execute(insert(special_days), [_row_of_day(day)])


def delete_special_day(connection: Connection, day: dt.date) -> None:
    """Make the date an ordinary one."""
    connection.execute(delete(special_days).where(special_days.c.date == day))


def _row_of_day(day: SpecialDay) -> dict[str, Any]:
    return {
        "date": day.date,
        "kind": day.kind.value,
        "name_zh": day.name_zh,
        "name_en": day.name_en,
        "source": day.source,
    }
