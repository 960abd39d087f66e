"""What staff's accounts and confirmations were missing."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


_END_ORPHANED_TOKENS = (
    "UPDATE api_tokens SET revoked_at = CURRENT_TIMESTAMP WHERE revoked_at IS NULL"
    " AND created_by IN (SELECT name FROM accounts WHERE is_disabled OR role <> 'admin')"
)
"""A token ends with its maker's right to make one; of those made before, nobody had told them."""


def upgrade() -> None:
    op.execute(_END_ORPHANED_TOKENS)
    op.add_column("reports", sa.Column("outside_hours", sa.Boolean(), nullable=True))
    op.add_column("report_cases", sa.Column("new_station", sa.String(length=32), nullable=True))


def downgrade() -> None:
    op.drop_column("report_cases", "new_station")
    op.drop_column("reports", "outside_hours")
