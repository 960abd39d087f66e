"""What was written down under a clock that was set back since."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

CLOCK_SLACK: Final = timedelta(minutes=1)
"""By so much the clocks of several machines over one database may differ; what lies further ahead is of no clock."""


def not_ahead(instants: Iterable[datetime], now: datetime) -> list[datetime]:
    """Those that are not from a future that the clock has left: nobody waits until it comes there again."""
    return [at for at in instants if at <= now + CLOCK_SLACK]
