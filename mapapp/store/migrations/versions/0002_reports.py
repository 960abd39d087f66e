"""Reports and their steps, clearings of locked-door warnings, a station's photo."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("stations", sa.Column("photo", sa.String(length=64), nullable=True))
    create_reports()
    create_report_changes()
    create_door_clearings()


def create_reports() -> None:
    op.create_table(
        "reports",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("tracking", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("station_code", sa.String(length=32), nullable=True),
        sa.Column("services", JSON, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("photo", sa.String(length=64), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("public_reply", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("device_key", sa.String(length=64), nullable=True),
        sa.Column("address_key", sa.String(length=64), nullable=True),
        sa.Column("agent_key", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "(lon IS NULL AND lat IS NULL) OR (lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90)",
            name=op.f("ck_reports_place_whole"),
        ),
        sa.CheckConstraint("station_code IS NOT NULL OR lon IS NOT NULL", name=op.f("ck_reports_has_subject")),
        sa.ForeignKeyConstraint(
            ["station_code"], ["stations.code"], name=op.f("fk_reports_station_code_stations"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("tracking", name=op.f("uq_reports_tracking")),
        sa.UniqueConstraint("key", name=op.f("uq_reports_key")),
    )
    for columns in (
        ["station_code", "kind", "happened_at"],
        ["kind", "happened_at"],
        ["device_key", "received_at"],
        ["address_key", "received_at"],
        ["state", "received_at"],
    ):
        name = "_".join(["ix", *(f"reports_{column}" for column in columns)])
        op.create_index(op.f(name), "reports", columns)


def create_report_changes() -> None:
    op.create_table(
        "report_changes",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("report_id", ROW_NUMBER, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_state", sa.String(length=16), nullable=True),
        sa.Column("to_state", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name=op.f("fk_report_changes_report_id_reports"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_changes")),
    )
    op.create_index(op.f("ix_report_changes_report_id"), "report_changes", ["report_id"])


def create_door_clearings() -> None:
    op.create_table(
        "door_clearings",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("station_code", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_code"],
            ["stations.code"],
            name=op.f("fk_door_clearings_station_code_stations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_clearings")),
    )
    op.create_index(op.f("ix_door_clearings_station_code_door_clearings_at"), "door_clearings", ["station_code", "at"])


def downgrade() -> None:
    op.drop_table("door_clearings")
    op.drop_table("report_changes")
    op.drop_table("reports")
    op.drop_column("stations", "photo")
