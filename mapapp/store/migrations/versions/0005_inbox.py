"""What staff do with a report: who has it, which edit answered it, which report it repeats."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("report_changes", sa.Column("action", sa.String(length=16), nullable=True))
    op.add_column("report_changes", sa.Column("detail", sa.Text(), nullable=True))
    create_report_cases()
    op.execute("INSERT INTO report_cases (report_id) SELECT id FROM reports")


def create_report_cases() -> None:
    op.create_table(
        "report_cases",
        sa.Column("report_id", ROW_NUMBER, autoincrement=False, nullable=False),
        sa.Column("district_code", sa.String(length=32), nullable=True),
        sa.Column("assignee_id", ROW_NUMBER, nullable=True),
        sa.Column("merged_into", ROW_NUMBER, nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("solved_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("merged_into <> report_id", name=op.f("ck_report_cases_merged_into_another")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name=op.f("fk_report_cases_report_id_reports"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["accounts.id"], name=op.f("fk_report_cases_assignee_id_accounts"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["reports.id"], name=op.f("fk_report_cases_merged_into_reports"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_report_cases")),
    )
    for column in ("district_code", "assignee_id", "merged_into", "outcome"):
        op.create_index(op.f(f"ix_report_cases_{column}"), "report_cases", [column])


def downgrade() -> None:
    op.drop_table("report_cases")
    op.drop_column("report_changes", "detail")
    op.drop_column("report_changes", "action")
