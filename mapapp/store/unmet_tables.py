"""The tables of the quiet signal: what devices said this month, and what may be shown of the months before."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Integer, Table

from mapapp.store.column_types import JSON_COLUMN, Instant, Words
from mapapp.store.schema import metadata

unmet_months: Final = Table(
    "unmet_months",
    metadata,
    Column("month", Words(7), primary_key=True),
    Column("key", Words(64)),
    Column("closed_at", Instant),
    CheckConstraint("(key IS NULL) = (closed_at IS NOT NULL)", name="closed_without_key"),
)
"""A month (``2026-11``) and what its devices are hashed with; once it is closed there is no key any more."""

unmet_signals: Final = Table(
    "unmet_signals",
    metadata,
    Column("month", Words(7), ForeignKey("unmet_months.month"), primary_key=True),
    Column("device_key", Words(64), primary_key=True),
    Column("lon_c", Integer, primary_key=True, autoincrement=False),
    Column("lat_c", Integer, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    Column("hour_of_week", Integer, primary_key=True, autoincrement=False),
    Column("asked", Words(1000), primary_key=True),
    CheckConstraint("hour_of_week BETWEEN 0 AND 167", name="hour_of_week"),
    Index("ix_unmet_signals_square", "month", "lon_c", "lat_c"),
)
"""What devices said in months that are not closed yet. The primary key is what makes two signals one."""

unmet_squares: Final = Table(
    "unmet_squares",
    metadata,
    Column("month", Words(7), ForeignKey("unmet_months.month"), primary_key=True),
    Column("lon_c", Integer, primary_key=True, autoincrement=False),
    Column("lat_c", Integer, primary_key=True, autoincrement=False),
    Column("devices_at_least", Integer, nullable=False),
    Column("days_count", Integer, nullable=False),
    Column("signals_count", Integer, nullable=False),
    Column("parts", JSON_COLUMN, nullable=False),
    CheckConstraint("devices_at_least >= 5 AND days_count >= 3 AND signals_count >= 5", name="enough_to_show"),
)
"""What may be shown of closed months; of everything else nothing is left."""

unmet_addresses: Final = Table(
    "unmet_addresses",
    metadata,
    Column("address_key", Words(64), primary_key=True),
    Column("hour_at", Instant, primary_key=True),
    Column("signals_count", Integer, nullable=False),
    Index(None, "hour_at"),
)
"""How many signals an address sent in an hour, for a day; beside no square and no device."""
