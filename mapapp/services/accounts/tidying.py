"""Use case: sessions and links that ran out, and tries that count no more, are forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from mapapp.services.accounts.parts import AccountParts
from mapapp.services.accounts.throttle import FAILURES_KEPT, SUCCESSES_KEPT
from mapapp.store import Origin


@dataclass(frozen=True, slots=True)
class TidiedAccounts:
    """How much was forgotten."""

    session_count: int
    link_count: int
    try_count: int


def tidy(parts: AccountParts, now: datetime) -> TidiedAccounts:
    """Forget what has run out. Safe to repeat, and to run in several processes at once."""
    idle_since = now - timedelta(hours=parts.settings.session_idle_h)
    with parts.store.writing(Origin.COMMAND, at=now) as writer:
        return TidiedAccounts(
            session_count=writer.sessions.end_expired(now, idle_since=idle_since),
            link_count=writer.accounts.end_expired_links(now),
            try_count=writer.sessions.forget_tries(
                failed_before=now - FAILURES_KEPT, succeeded_before=now - SUCCESSES_KEPT
            ),
        )
