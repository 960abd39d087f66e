"""The tables of jobs, their results and uploaded files; beside ``schema``, in the same metadata."""

from __future__ import annotations

from typing import Final

from sqlalchemy import JSON, BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, Table
from sqlalchemy.dialects.postgresql import JSONB

from mapapp.store.column_types import JSON_COLUMN, ROW_NUMBER, Instant, Words
from mapapp.store.schema import metadata

JSON_OR_NULL: Final = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""A document or nothing at all."""

jobs: Final = Table(
    "jobs",
    metadata,
    Column("id", ROW_NUMBER, primary_key=True, autoincrement=True),
    Column("kind", Words(32), nullable=False),
    Column("parameters", JSON_COLUMN, nullable=False),
    Column("state", Words(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("max_attempts", Integer, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("worker", Words(120)),
    Column("lease_until", Instant),
    Column("heartbeat_at", Instant),
    Column("phase", Words(32), nullable=False),
    Column("done_count", Integer, nullable=False),
    Column("total_count", Integer),
    Column("cancel_asked", Boolean, nullable=False),
    Column("result", JSON_OR_NULL),
    Column("error", JSON_OR_NULL),
    Column("used_by", BigInteger),
    Column("created_by", Words, nullable=False),
    Column("account_id", BigInteger),
    Column("created_at", Instant, nullable=False),
    Column("started_at", Instant),
    Column("finished_at", Instant),
    CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="state"),
    CheckConstraint("(worker IS NULL) = (lease_until IS NULL)", name="lease_whole"),
    CheckConstraint("(state = 'running') = (worker IS NOT NULL)", name="running_has_worker"),
    CheckConstraint("(state IN ('done', 'failed', 'cancelled')) = (finished_at IS NOT NULL)", name="end_has_time"),
    Index(None, "state", "not_before"),
    Index(None, "finished_at"),
)

job_results: Final = Table(
    "job_results",
    metadata,
    Column("job_id", ROW_NUMBER, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("topic", Words(16), nullable=False),
    Column("line", Integer),
    Column("document", JSON_COLUMN, nullable=False),
    Index(None, "job_id", "topic", "number"),
)

uploads: Final = Table(
    "uploads",
    metadata,
    Column("token", Words(32), primary_key=True),
    Column("file_name", Words(200), nullable=False),
    Column("file_kind", Words(16), nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("sha256", Words(64), nullable=False),
    Column("sent_by", Words, nullable=False),
    Column("account_id", BigInteger),
    Column("sent_at", Instant, nullable=False),
    CheckConstraint("size_bytes > 0", name="holds_something"),
    Index(None, "sent_at"),
)
