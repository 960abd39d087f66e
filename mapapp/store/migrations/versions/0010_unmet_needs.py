"""The quiet signal of a search without a good answer, by cell."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_months()
    create_signals()
    create_squares()
    create_addresses()


def create_months() -> None:
    op.create_table(
        "unmet_months",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.CheckConstraint("(key IS NULL) = (closed_at IS NOT NULL)", name=op.f("ck_unmet_months_closed_without_key")),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_unmet_months")),
    )


def create_signals() -> None:
    op.create_table(
        "unmet_signals",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("device_key", sa.String(length=64), nullable=False),
        sa.Column("lon_c", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("lat_c", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hour_of_week", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asked", sa.String(length=1000), nullable=False),
        sa.CheckConstraint("hour_of_week BETWEEN 0 AND 167", name=op.f("ck_unmet_signals_hour_of_week")),
        sa.ForeignKeyConstraint(["month"], ["unmet_months.month"], name=op.f("fk_unmet_signals_month_unmet_months")),
        sa.PrimaryKeyConstraint(
            "month", "device_key", "lon_c", "lat_c", "day", "hour_of_week", "asked", name=op.f("pk_unmet_signals")
        ),
    )
    op.create_index(op.f("ix_unmet_signals_square"), "unmet_signals", ["month", "lon_c", "lat_c"])


def create_squares() -> None:
    op.create_table(
        "unmet_squares",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("lon_c", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("lat_c", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("devices_at_least", sa.Integer(), nullable=False),
        sa.Column("days_count", sa.Integer(), nullable=False),
        sa.Column("signals_count", sa.Integer(), nullable=False),
        sa.Column("parts", JSON, nullable=False),
        sa.CheckConstraint(
            "devices_at_least >= 5 AND days_count >= 3 AND signals_count >= 5",
            name=op.f("ck_unmet_squares_enough_to_show"),
        ),
        sa.ForeignKeyConstraint(["month"], ["unmet_months.month"], name=op.f("fk_unmet_squares_month_unmet_months")),
        sa.PrimaryKeyConstraint("month", "lon_c", "lat_c", name=op.f("pk_unmet_squares")),
    )


def create_addresses() -> None:
    op.create_table(
        "unmet_addresses",
        sa.Column("address_key", sa.String(length=64), nullable=False),
        sa.Column("hour_at", INSTANT, nullable=False),
        sa.Column("signals_count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("address_key", "hour_at", name=op.f("pk_unmet_addresses")),
    )
    op.create_index(op.f("ix_unmet_addresses_hour_at"), "unmet_addresses", ["hour_at"])


def downgrade() -> None:
    op.drop_table("unmet_addresses")
    op.drop_table("unmet_squares")
    op.drop_table("unmet_signals")
    op.drop_table("unmet_months")
