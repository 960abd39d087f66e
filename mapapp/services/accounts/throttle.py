"""How long to wait before the next try to sign in: longer with each failure, never for ever.

Tries are counted in the database, so that all processes count alike, and before the password is
compared, so that tries at the same moment cannot slip past. Refused ones are not counted: who waits is
not made to wait longer. Three counts stand beside each other:

- one name from one place (network address, or session): few tries are free, and a success ends the count;
- one name from anywhere: more are free and the wait is shorter, so that nobody can keep somebody out by
  failing in their name;
- one address with any name: many are free, because an office or a carrier shares one.

The last two do not concern a name at a place where it succeeded within the last month: whoever fails from
behind the same address, or behind a proxy that hides everybody's, keeps nobody out who works there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from mapapp.services.accounts.refusals import SignInRefused
from mapapp.store.clock_slack import not_ahead
from mapapp.store.session_rows import SessionReader

FAILURES_KEPT: Final = timedelta(days=1)
SUCCESSES_KEPT: Final = timedelta(days=30)
"""How long a place is known as the account's own."""
_MOST_DOUBLINGS: Final = 20


@dataclass(frozen=True, slots=True)
class Growth:
    """After ``free_count`` failures within ``window`` a wait of one second, doubled by each further one."""

    free_count: int
    window: timedelta
    longest: timedelta

    def wait(self, failed_at: list[datetime], now: datetime) -> timedelta:
        """How long until the next try is taken; not above zero when it is now. Earliest failure first.

        Failures that lie ahead, since the clock was set back, do not count until it comes there again.
        """
        recent = [at for at in not_ahead(failed_at, now) if at > now - self.window]
        extra = len(recent) - self.free_count
        if extra < 0:
            return timedelta(0)
        return recent[-1] + min(timedelta(seconds=2 ** min(extra, _MOST_DOUBLINGS)), self.longest) - now


NAME_FROM_PLACE: Final = Growth(5, FAILURES_KEPT, timedelta(minutes=15))
NAME_FROM_ANYWHERE: Final = Growth(20, FAILURES_KEPT, timedelta(minutes=5))
ADDRESS: Final = Growth(30, timedelta(hours=1), timedelta(minutes=15))


def refuse_too_many(
    sessions: SessionReader, account_key: str, place_key: str, now: datetime, *, is_signed_in: bool = False
) -> None:
    """Refuse a try that comes too soon. From within a session only that session's own tries count.

    Raises
    ------
    SignInRefused
        ``wait``, with the longest of the waits.
    """
    here = sessions.tries(now - SUCCESSES_KEPT, account_key=account_key, address_key=place_key)
    waits = [NAME_FROM_PLACE.wait(_failures_since_success(here), now)]
    if not is_signed_in and not any(has_succeeded for _, has_succeeded in here):
        anywhere = sessions.tries(now - NAME_FROM_ANYWHERE.window, account_key=account_key)
        waits.append(NAME_FROM_ANYWHERE.wait(_failures(anywhere), now))
        waits.append(ADDRESS.wait(_failures(sessions.tries(now - ADDRESS.window, address_key=place_key)), now))
    longest = max(waits)
    if longest > timedelta(0):
        raise SignInRefused("wait", max(1, ceil(longest.total_seconds())))


def _failures(tries: Iterable[tuple[datetime, bool]]) -> list[datetime]:
    return [at for at, has_succeeded in tries if not has_succeeded]


def _failures_since_success(tries: Iterable[tuple[datetime, bool]]) -> list[datetime]:
    failed: list[datetime] = []
    for at, has_succeeded in tries:
        failed = [] if has_succeeded else [*failed, at]
    return failed
