"""How sheets of one shape are read, and what was chosen row by row for a plan."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "sheet_shapes",
        sa.Column("shape", sa.String(length=64), nullable=False),
        sa.Column("columns", JSON, nullable=False),
        sa.Column("crs", sa.String(length=8), nullable=False),
        sa.Column("used_by", sa.Text(), nullable=False),
        sa.Column("used_at", INSTANT, nullable=False),
        sa.CheckConstraint("crs IN ('wgs84', 'gcj02', 'bd09')", name=op.f("ck_sheet_shapes_crs")),
        sa.PrimaryKeyConstraint("shape", name=op.f("pk_sheet_shapes")),
    )
    op.create_index(op.f("ix_sheet_shapes_used_at"), "sheet_shapes", ["used_at"])
    op.create_table(
        "import_choices",
        sa.Column("job_id", ROW_NUMBER, autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("choice", sa.String(length=8), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=True),
        sa.CheckConstraint("choice IN ('skip', 'new', 'merge')", name=op.f("ck_import_choices_choice")),
        sa.CheckConstraint("choice <> 'merge' OR code IS NOT NULL", name=op.f("ck_import_choices_merge_has_code")),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_import_choices_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "line", name=op.f("pk_import_choices")),
    )


def downgrade() -> None:
    op.drop_table("import_choices")
    op.drop_table("sheet_shapes")
