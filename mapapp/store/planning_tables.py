"""The tables of what planners asked, what came of it, and their scenarios."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
)

from mapapp.store.column_types import JSON_COLUMN, ROW_NUMBER, Instant, Words
from mapapp.store.job_tables import JSON_OR_NULL
from mapapp.store.schema import metadata

planning_runs: Final = Table(
    "planning_runs",
    metadata,
    Column("id", ROW_NUMBER, primary_key=True, autoincrement=True),
    Column("title", Words(120), nullable=False),
    Column("question", JSON_COLUMN, nullable=False),
    Column("question_key", Words(64), nullable=False),
    Column("interventions", JSON_COLUMN, nullable=False),
    Column("job_id", BigInteger),
    Column("data_revision", BigInteger),
    Column("layers", JSON_COLUMN, nullable=False),
    Column("network_checksum", Words(64), nullable=False),
    Column("code_version", Words(40), nullable=False),
    Column("headline", JSON_OR_NULL),
    Column("result", LargeBinary),
    Column("is_whole", Boolean, nullable=False),
    Column("seconds", Float),
    Column("created_by", Words, nullable=False),
    Column("account_id", BigInteger),
    Column("created_at", Instant, nullable=False),
    Column("finished_at", Instant),
    CheckConstraint("is_whole = (finished_at IS NOT NULL)", name="whole_has_time"),
    CheckConstraint("NOT is_whole OR result IS NOT NULL", name="whole_has_result"),
    Index(None, "created_at"),
    Index(None, "job_id"),
)
"""``layers`` maps the demand layers that counted to their checksums; ``result`` is a compressed JSON document."""

scenarios: Final = Table(
    "scenarios",
    metadata,
    Column("id", ROW_NUMBER, primary_key=True, autoincrement=True),
    Column("name", Words(120), nullable=False),
    Column("note", Words(2000), nullable=False),
    Column("run_id", ROW_NUMBER, ForeignKey("planning_runs.id", ondelete="SET NULL")),
    Column("question", JSON_COLUMN, nullable=False),
    Column("interventions", JSON_COLUMN, nullable=False),
    Column("details", JSON_COLUMN, nullable=False),
    Column("created_by", Words, nullable=False),
    Column("account_id", BigInteger),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    Column("taken_at", Instant),
    Column("taken_by", Words),
    CheckConstraint("version >= 1", name="version_counts_from_1"),
    CheckConstraint("(taken_at IS NULL) = (taken_by IS NULL)", name="taken_whole"),
    Index(None, "updated_at"),
    Index(None, "run_id"),
)
"""``details`` is what made it: the plan's limits, costs, bound; ``taken_at`` is when it went into the register."""
