"""Who ended a task of looking at a station, and when: what is taken back a moment later can come back."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("verification_tasks", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("verification_tasks", sa.Column("ended_by", sa.Text(), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM verification_tasks WHERE ended_at IS NOT NULL")
    op.drop_column("verification_tasks", "ended_by")
    op.drop_column("verification_tasks", "ended_at")
