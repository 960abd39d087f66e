"""Who confirmed which facts of a station, when and how; and who goes to look."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_confirmations()
    create_verification_tasks()
    op.create_index(op.f("ix_station_revisions_at"), "station_revisions", ["at", "number"])


def create_confirmations() -> None:
    op.create_table(
        "confirmations",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("station_code", sa.String(length=32), nullable=False),
        sa.Column("field_group", sa.String(length=16), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_code"],
            ["stations.code"],
            name=op.f("fk_confirmations_station_code_stations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmations")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_confirmations_of_station"), "confirmations", ["station_code", "field_group", "at"])
    op.create_index(op.f("ix_confirmations_at"), "confirmations", ["at", "station_code"])


def create_verification_tasks() -> None:
    op.create_table(
        "verification_tasks",
        sa.Column("station_code", sa.String(length=32), nullable=False),
        sa.Column("account_id", ROW_NUMBER, nullable=False),
        sa.Column("assigned_by", sa.Text(), nullable=False),
        sa.Column("assigned_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["station_code"],
            ["stations.code"],
            name=op.f("fk_verification_tasks_station_code_stations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_verification_tasks_account_id_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("station_code", name=op.f("pk_verification_tasks")),
    )
    op.create_index(op.f("ix_verification_tasks_account_id"), "verification_tasks", ["account_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_station_revisions_at"), "station_revisions")
    op.drop_table("verification_tasks")
    op.drop_table("confirmations")
