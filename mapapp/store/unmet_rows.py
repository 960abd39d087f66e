"""The quiet signal in its tables: single signals while their month lasts, then only what may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from geodata.unmet.hour_parts import HourPart
from geodata.unmet.release import LEAST_DAYS, LEAST_DEVICES, Heard, ShownSquare
from geodata.unmet.signal import GridSquare, UnmetSignal
from mapapp.store.errors import StoreError
from mapapp.store.unmet_tables import unmet_addresses, unmet_months, unmet_signals, unmet_squares


class MonthClosed(StoreError):
    """A signal for a month that is over: a clock was set back."""

    def __init__(self, month: str) -> None:
        super().__init__(f"The month {month} is closed.")


@dataclass(frozen=True, slots=True)
class UnmetMonth:
    """A month there are signals of, or were."""

    month: str
    is_closed: bool


class UnmetReader:
    """Read access to the signals, in one state of the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def months(self) -> tuple[UnmetMonth, ...]:
        """The months that anything was ever sent in, newest first."""
        rows = self._connection.execute(select(unmet_months.c.month, unmet_months.c.key))
        return tuple(sorted((UnmetMonth(month, key is None) for month, key in rows), key=_by_month, reverse=True))

    def month_key(self, month: str) -> str | None:
        """What the month's devices are hashed with; None before its first signal and after its end."""
        query = select(unmet_months.c.key).where(unmet_months.c.month == month)
        key: str | None = self._connection.execute(query).scalar_one_or_none()
        return key

    def device_count(self, month: str, device_key: str, day: date) -> int:
        """How many signals of a device are kept of that day."""
        column = unmet_signals.c
        query = select(func.count()).where(column.month == month, column.device_key == device_key, column.day == day)
        return int(self._connection.execute(query).scalar_one())

    def address_count(self, address_key: str, hour_at: datetime) -> int:
        """How many signals came from an address in the hour that begins then."""
        column = unmet_addresses.c
        query = select(column.signals_count).where(column.address_key == address_key, column.hour_at == hour_at)
        return int(self._connection.execute(query).scalar_one_or_none() or 0)

    def is_known(self, month: str, device_key: str, signal: UnmetSignal, day: date) -> bool:
        """Whether the device has said the same in that hour of that day."""
        row = _row(month, device_key, signal, day)
        same = [unmet_signals.c[name] == value for name, value in row.items()]
        return self._connection.execute(select(func.count()).where(*same)).scalar_one() > 0

    def count_before(self, month: str, day: date) -> int:
        """How many signals of a month are of days before that one."""
        query = select(func.count()).where(unmet_signals.c.month == month, unmet_signals.c.day < day)
        return int(self._connection.execute(query).scalar_one())

    def heard(self, month: str) -> dict[GridSquare, list[Heard]]:
        """The single signals of each square of a month that could possibly be shown."""
        column = unmet_signals.c
        enough = (
            select(column.lon_c, column.lat_c)
            .where(column.month == month)
            .group_by(column.lon_c, column.lat_c)
            .having(func.count(column.device_key.distinct()) >= LEAST_DEVICES)
            .having(func.count(column.day.distinct()) >= LEAST_DAYS)
            .subquery()
        )
        query = (
            select(column.lon_c, column.lat_c, column.device_key, column.day, column.hour_of_week, column.asked)
            .join(enough, (column.lon_c == enough.c.lon_c) & (column.lat_c == enough.c.lat_c))
            .where(column.month == month)
        )
        found: dict[tuple[int, int], list[Heard]] = {}
        things: dict[str, frozenset[str]] = {"": frozenset()}
        for lon_c, lat_c, device, day, hour, asked in self._connection.execute(query):
            if asked not in things:
                things[asked] = frozenset(asked.split(","))
            found.setdefault((lon_c, lat_c), []).append(Heard(device, day, hour, things[asked]))
        return {GridSquare(*cell): signals for cell, signals in found.items()}

    def squares(self, month: str) -> tuple[ShownSquare, ...]:
        """What may be shown of a closed month, by square."""
        query = select(unmet_squares).where(unmet_squares.c.month == month)
        rows = self._connection.execute(query).mappings()
        return tuple(sorted((_shown(row) for row in rows), key=lambda each: each.square))

    def months_with_squares(self) -> frozenset[str]:
        """The closed months of which anything may be shown."""
        return frozenset(self._connection.execute(select(unmet_squares.c.month).distinct()).scalars())

    def has_addresses_before(self, before: datetime) -> bool:
        """Whether any count of an address is older than that."""
        query = select(func.count()).select_from(unmet_addresses).where(unmet_addresses.c.hour_at < before)
        return self._connection.execute(query).scalar_one() > 0


class UnmetWriter(UnmetReader):
    """Read and write access to the signals. They are no part of the data revision."""

    def open_month(self, month: str, new_key: str) -> str:
        """The month's key: the one it has, else the new one.

        Raises
        ------
        MonthClosed
            It is over.
        """
        query = select(unmet_months.c.key).where(unmet_months.c.month == month)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            self._connection.execute(insert(unmet_months), [{"month": month, "key": new_key, "closed_at": None}])
            return new_key
        if row.key is None:
            raise MonthClosed(month)
        return str(row.key)

    def add(self, month: str, device_key: str, signal: UnmetSignal, day: date) -> None:
        """Keep a signal that is not known yet."""
        self._connection.execute(insert(unmet_signals), [_row(month, device_key, signal, day)])

    def count_address(self, address_key: str, hour_at: datetime) -> None:
        """Count one signal more from an address."""
        column = unmet_addresses.c
        found = self._connection.execute(
            update(unmet_addresses)
            .where(column.address_key == address_key, column.hour_at == hour_at)
            .values(signals_count=column.signals_count + 1)
        )
        if found.rowcount == 0:
            row = {"address_key": address_key, "hour_at": hour_at, "signals_count": 1}
            self._connection.execute(insert(unmet_addresses), [row])

    def close(self, month: str, shown: Sequence[ShownSquare], at: datetime) -> None:
        """Keep what may be shown of a month; its key, its devices and its single signals are deleted."""
        if self._connection.dialect.name == "sqlite":
            self._connection.exec_driver_sql("PRAGMA secure_delete = ON")  # what is deleted is overwritten
        if shown:
            self._connection.execute(insert(unmet_squares), [_square_row(month, each) for each in shown])
        self._connection.execute(delete(unmet_signals).where(unmet_signals.c.month == month))
        closed = {"key": None, "closed_at": at}
        self._connection.execute(update(unmet_months).where(unmet_months.c.month == month).values(closed))

    def forget_addresses(self, before: datetime) -> None:
        """Delete the counts of addresses that are older than that."""
        self._connection.execute(delete(unmet_addresses).where(unmet_addresses.c.hour_at < before))


def _by_month(month: UnmetMonth) -> str:
    return month.month


def _row(month: str, device_key: str, signal: UnmetSignal, day: date) -> dict[str, Any]:
    return {
        "month": month,
        "device_key": device_key,
        "lon_c": signal.square.lon_c,
        "lat_c": signal.square.lat_c,
        "day": day,
        "hour_of_week": signal.hour_of_week,
        "asked": ",".join(sorted(signal.asked)),
    }


def _square_row(month: str, shown: ShownSquare) -> dict[str, Any]:
    return {
        "month": month,
        "lon_c": shown.square.lon_c,
        "lat_c": shown.square.lat_c,
        "devices_at_least": shown.devices_at_least,
        "days_count": shown.days_count,
        "signals_count": shown.signals_count,
        "parts": {
            "hours": [
                [part.first_day, part.last_day, part.first_hour, part.length_h, count] for part, count in shown.hours
            ],
            "asked": [list(pair) for pair in shown.asked],
        },
    }


def _shown(row: RowMapping) -> ShownSquare:
    parts = row["parts"]
    return ShownSquare(
        square=GridSquare(row["lon_c"], row["lat_c"]),
        devices_at_least=row["devices_at_least"],
        days_count=row["days_count"],
        signals_count=row["signals_count"],
        hours=tuple((HourPart(*part), count) for *part, count in parts["hours"]),
        asked=tuple((thing, count) for thing, count in parts["asked"]),
    )
