"""What planners asked, what came of it, and their scenarios."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_planning_runs()
    create_scenarios()


def create_planning_runs() -> None:
    op.create_table(
        "planning_runs",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("question", JSON, nullable=False),
        sa.Column("question_key", sa.String(length=64), nullable=False),
        sa.Column("interventions", JSON, nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.Column("data_revision", sa.BigInteger(), nullable=True),
        sa.Column("layers", JSON, nullable=False),
        sa.Column("network_checksum", sa.String(length=64), nullable=False),
        sa.Column("code_version", sa.String(length=40), nullable=False),
        sa.Column("headline", JSON, nullable=True),
        sa.Column("result", sa.LargeBinary(), nullable=True),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.CheckConstraint("is_whole = (finished_at IS NOT NULL)", name=op.f("ck_planning_runs_whole_has_time")),
        sa.CheckConstraint("NOT is_whole OR result IS NOT NULL", name=op.f("ck_planning_runs_whole_has_result")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planning_runs")),
    )
    op.create_index(op.f("ix_planning_runs_created_at"), "planning_runs", ["created_at"])
    op.create_index(op.f("ix_planning_runs_job_id"), "planning_runs", ["job_id"])


def create_scenarios() -> None:
    op.create_table(
        "scenarios",
        sa.Column("id", ROW_NUMBER, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.Column("run_id", ROW_NUMBER, nullable=True),
        sa.Column("question", JSON, nullable=False),
        sa.Column("interventions", JSON, nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("taken_at", INSTANT, nullable=True),
        sa.Column("taken_by", sa.Text(), nullable=True),
        sa.CheckConstraint("version >= 1", name=op.f("ck_scenarios_version_counts_from_1")),
        sa.CheckConstraint("(taken_at IS NULL) = (taken_by IS NULL)", name=op.f("ck_scenarios_taken_whole")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["planning_runs.id"], name=op.f("fk_scenarios_run_id_planning_runs"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenarios")),
    )
    op.create_index(op.f("ix_scenarios_updated_at"), "scenarios", ["updated_at"])
    op.create_index(op.f("ix_scenarios_run_id"), "scenarios", ["run_id"])


def downgrade() -> None:
    op.drop_table("scenarios")
    op.drop_table("planning_runs")
