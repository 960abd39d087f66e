"""How often somebody asked lately: counted in Redis by all processes together, else in this process's memory.

A visitor's address is not kept: the counts stand under a keyed hash of it, and are gone when their window is over.
While Redis is away each process counts for itself, and looks again every few seconds; nobody waits for it longer than
half a second, and no request fails because of it.
"""

from __future__ import annotations

import hashlib
import logging
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

from limits import RateLimitItem

from mapapp.services.rate_windows import Windows
from mapapp.settings import SettingsError

_log = logging.getLogger(__name__)

REDIS_PATIENCE_S: Final = 0.25
LOOK_AGAIN_S: Final = 2.0
_PREFIX: Final = "stationmap:rate"
_HASH_BYTES: Final = 16
_KEY_BYTES: Final = 64
_COUNT: Final = """
local answers = {}
for place, key in ipairs(KEYS) do
    local count = redis.call('INCR', key)
    local left = redis.call('PTTL', key)
    if left < 0 then
        left = tonumber(ARGV[place])
        redis.call('PEXPIRE', key, left)
    end
    answers[place] = {count, left}
end
return answers
"""
"""Every count of a request in one round trip. A window begins with its first request, by the clock of Redis alone."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests in so long, counted apart for each ``name``."""

    name: str
    item: RateLimitItem

    @property
    def window_s(self) -> int:
        """How long the window is."""
        return int(self.item.get_expiry())


Counts = Callable[[Sequence[str], Sequence[Limit]], list[tuple[int, float]]]
"""Adds one under each key; how many there are now in each window, and the seconds until it ends."""


class RedisAway(Exception):
    """Redis did not count; the message is the kind of failure."""


class RateCounter:
    """Counts requests against limits.

    Parameters
    ----------
    redis_url
        Where all processes count together; empty: each for itself.
    secret
        What addresses are hashed with.
    clock
        Seconds that only go forward.

    Raises
    ------
    SettingsError
        The address is none of Redis.
    """

    def __init__(self, redis_url: str, secret: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._key = hashlib.blake2b(secret.encode(), digest_size=_KEY_BYTES).digest()
        self._here = Windows(clock)
        self._shared = _shared_counts(redis_url) if redis_url else None
        self._clock = clock
        self._away_until: float | None = None
        self._looking = Lock()

    @property
    def is_shared(self) -> bool:
        """Whether processes count together at this moment."""
        return self._shared is not None and self._away_until is None

    def wait_s(self, visitor: str, limits: Sequence[Limit]) -> int | None:
        """Count a request of a visitor's; whole seconds to wait if it was too many for one of the limits, else None."""
        keys = [self._key_of(visitor, limit) for limit in limits]
        counted = self._counted_together(keys, limits) or self._counted_here(keys, limits)
        waits = [
            max(math.ceil(left_s), 1)
            for (count, left_s), limit in zip(counted, limits, strict=True)
            if count > limit.item.amount
        ]
        return max(waits, default=None)

    def _key_of(self, visitor: str, limit: Limit) -> str:
        hashed = hashlib.blake2b(visitor.encode(), key=self._key, digest_size=_HASH_BYTES).hexdigest()
        return f"{_PREFIX}:{limit.name}:{limit.item.amount}:{limit.window_s}:{hashed}"

    def _counted_here(self, keys: Sequence[str], limits: Sequence[Limit]) -> list[tuple[int, float]]:
        return [self._here.add(key, limit.window_s) for key, limit in zip(keys, limits, strict=True)]

    def _counted_together(self, keys: Sequence[str], limits: Sequence[Limit]) -> list[tuple[int, float]] | None:
        """The same in Redis; None while it is away. Of many requests at a time one looks whether it is back."""
        if self._shared is None:
            return None
        if self._away_until is None:
            return self._asked(self._shared, keys, limits)
        if self._clock() < self._away_until or not self._looking.acquire(blocking=False):
            return None
        try:
            return self._asked(self._shared, keys, limits)
        finally:
            self._looking.release()

    def _asked(self, shared: Counts, keys: Sequence[str], limits: Sequence[Limit]) -> list[tuple[int, float]] | None:
        try:
            counted = shared(keys, limits)
        except RedisAway as error:
            if self._away_until is None:
                _log.warning("Redis is away (%s): each process counts requests for itself", error)
            self._away_until = self._clock() + LOOK_AGAIN_S
            return None
        if self._away_until is not None:
            self._away_until = None
            _log.warning("Redis is back: processes count requests together again")
        return counted


def _shared_counts(redis_url: str) -> Counts:
    """Counts in Redis, whose library is loaded only where there is one."""
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    try:
        client: Any = redis.Redis.from_url(
            redis_url,
            socket_timeout=REDIS_PATIENCE_S,
            socket_connect_timeout=REDIS_PATIENCE_S,
            retry=Retry(NoBackoff(), 1),  # a connection that was idle may be closed; a new one is tried at once
        )
        count = client.register_script(_COUNT)
    except ValueError:
        raise SettingsError("MAPAPP_REDIS_URL must look like redis://host:6379/0, rediss://… or unix://….") from None

    def counted(keys: Sequence[str], limits: Sequence[Limit]) -> list[tuple[int, float]]:
        try:
            answers = count(keys=list(keys), args=[limit.window_s * 1000 for limit in limits])
        except (redis.RedisError, OSError) as error:
            raise RedisAway(type(error).__name__) from error
        return [(int(number), left_ms / 1000) for number, left_ms in answers]

    return counted
