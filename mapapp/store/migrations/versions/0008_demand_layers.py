"""Where demand layers come from, and how their groups move."""

import hashlib
import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
BEFORE_ANY = datetime(1970, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    sources = create_demand_sources()
    create_demand_choices()
    describe_present_layers(sources)


def create_demand_sources() -> sa.Table:
    table = op.create_table(
        "demand_sources",
        sa.Column("layer", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("source_date", sa.Date(), nullable=True),
        sa.Column("method", JSON, nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("point_count", sa.Integer(), nullable=False),
        sa.Column("totals", JSON, nullable=False),
        sa.Column("movement", JSON, nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_demand_sources_version_counts_from_1")),
        sa.CheckConstraint("point_count >= 0", name=op.f("ck_demand_sources_point_count")),
        sa.ForeignKeyConstraint(
            ["layer"], ["demand_layers.name"], name=op.f("fk_demand_sources_layer_demand_layers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("layer", name=op.f("pk_demand_sources")),
    )
    op.create_index(op.f("ix_demand_sources_made_at"), "demand_sources", ["made_at"])
    return table


def create_demand_choices() -> None:
    op.create_table(
        "demand_choices",
        sa.Column("worker_group", sa.String(length=32), nullable=False),
        sa.Column("layer", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["layer"], ["demand_layers.name"], name=op.f("fk_demand_choices_layer_demand_layers")),
        sa.PrimaryKeyConstraint("worker_group", name=op.f("pk_demand_choices")),
    )
    op.create_index(op.f("ix_demand_choices_layer"), "demand_choices", ["layer"])


def describe_present_layers(sources: sa.Table) -> None:
    """Say of each layer there is what its numbers add up to; nothing was kept of where it came from."""
    layers = sa.table("demand_layers", sa.column("name"), sa.column("is_modelled"), sa.column("profiles", JSON))
    points = sa.table("demand_points", sa.column("layer"), sa.column("h3_cell"), sa.column("workers", JSON))
    connection = op.get_bind()
    for layer in connection.execute(sa.select(layers)).mappings().all():
        query = sa.select(points.c.h3_cell, points.c.workers).where(points.c.layer == layer["name"])
        rows = connection.execute(query.order_by(points.c.h3_cell)).all()
        groups = sorted(layer["profiles"])
        totals = {group: sum(float(workers[group]) for _cell, workers in rows) for group in groups}
        content = json.dumps([[cell, workers] for cell, workers in rows], sort_keys=True)
        row = {
            "layer": layer["name"],
            "title": "",
            "source": "",
            "source_date": None,
            "method": {"code": "model" if layer["is_modelled"] else "given"},
            "file_name": "",
            "checksum": hashlib.sha256(content.encode()).hexdigest(),
            "made_by": "",
            "made_at": BEFORE_ANY,
            "version": 1,
            "point_count": len(rows),
            "totals": {group: [total, total, 0.0] for group, total in totals.items()},
            "movement": {},
        }
        op.bulk_insert(sources, [row])


def downgrade() -> None:
    op.drop_table("demand_choices")
    op.drop_table("demand_sources")
