"""The tables of imports that people steer: how sheets of one shape are read, and what was chosen row by row."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table

from mapapp.store.column_types import JSON_COLUMN, ROW_NUMBER, Instant, Words
from mapapp.store.schema import metadata

sheet_shapes: Final = Table(
    "sheet_shapes",
    metadata,
    Column("shape", Words(64), primary_key=True),
    Column("columns", JSON_COLUMN, nullable=False),
    Column("crs", Words(8), nullable=False),
    Column("used_by", Words, nullable=False),
    Column("used_at", Instant, nullable=False),
    CheckConstraint("crs IN ('wgs84', 'gcj02', 'bd09')", name="crs"),
    Index(None, "used_at"),
)

import_choices: Final = Table(
    "import_choices",
    metadata,
    Column("job_id", ROW_NUMBER, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("choice", Words(8), nullable=False),
    Column("code", Words(32)),
    CheckConstraint("choice IN ('skip', 'new', 'merge')", name="choice"),
    CheckConstraint("choice <> 'merge' OR code IS NOT NULL", name="merge_has_code"),
)
