"""The table of what staff know of a report beside its own facts; beside ``schema``, in the same metadata."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, Table

from mapapp.store.column_types import ROW_NUMBER, Words
from mapapp.store.schema import metadata

report_cases: Final = Table(
    "report_cases",
    metadata,
    Column(
        "report_id", ROW_NUMBER, ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("district_code", Words(32), index=True),
    Column("assignee_id", ROW_NUMBER, ForeignKey("accounts.id", ondelete="SET NULL"), index=True),
    Column("merged_into", ROW_NUMBER, ForeignKey("reports.id", ondelete="SET NULL"), index=True),
    Column("outcome", Words(16), index=True),
    Column("solved_by", Integer),
    Column("new_station", Words(32)),
    CheckConstraint("merged_into <> report_id", name="merged_into_another"),
)
