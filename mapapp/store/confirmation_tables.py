"""The tables of confirmations and of who goes to look; beside ``schema``, in the same metadata."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Table

from mapapp.store.column_types import ROW_NUMBER, Instant, Words
from mapapp.store.schema import metadata

confirmations: Final = Table(
    "confirmations",
    metadata,
    Column("id", ROW_NUMBER, primary_key=True, autoincrement=True),
    Column("station_code", Words(32), ForeignKey("stations.code", ondelete="CASCADE"), nullable=False),
    Column("field_group", Words(16), nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", Words, nullable=False),
    Column("how", Words(16), nullable=False),
    Index("ix_confirmations_of_station", "station_code", "field_group", "at"),
    Index("ix_confirmations_at", "at", "station_code"),
    sqlite_autoincrement=True,  # a number is never used twice: who reads only what is new relies on it
)

verification_tasks: Final = Table(
    "verification_tasks",
    metadata,
    Column("station_code", Words(32), ForeignKey("stations.code", ondelete="CASCADE"), primary_key=True),
    Column("account_id", ROW_NUMBER, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("assigned_by", Words, nullable=False),
    Column("assigned_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", Words),
    Index(None, "account_id"),
)
