"""What Staff Do With A Report: Who Has It, Which Edit Answered It, Which Report It Repeats."""

from __future__ import annotations

from typing import Final

revision: Final = "0005"
down_revision: Final = "0004"
branch_labels: Final = None
depends_on: Final = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
