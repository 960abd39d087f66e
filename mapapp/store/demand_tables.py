"""The tables of demand layers' origins, and of which layer counts for which group."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Integer, Table

from mapapp.store.column_types import JSON_COLUMN, Instant, Words
from mapapp.store.schema import metadata

demand_sources: Final = Table(
    "demand_sources",
    metadata,
    Column("layer", Words(120), ForeignKey("demand_layers.name", ondelete="CASCADE"), primary_key=True),
    Column("title", Words(120), nullable=False),
    Column("source", Words(300), nullable=False),
    Column("source_date", Date),
    Column("method", JSON_COLUMN, nullable=False),
    Column("file_name", Words(200), nullable=False),
    Column("checksum", Words(64), nullable=False),
    Column("made_by", Words, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    Column("point_count", Integer, nullable=False),
    Column("totals", JSON_COLUMN, nullable=False),
    Column("movement", JSON_COLUMN, nullable=False),
    CheckConstraint("version >= 1", name="version_counts_from_1"),
    CheckConstraint("point_count >= 0", name="point_count"),
    Index(None, "made_at"),
)

demand_choices: Final = Table(
    "demand_choices",
    metadata,
    Column("worker_group", Words(32), primary_key=True),
    Column("layer", Words(120), ForeignKey("demand_layers.name"), nullable=False),
    Index(None, "layer"),
)
"""Which layer counts the workers of a group; a group without a row is counted by the model's layer."""
