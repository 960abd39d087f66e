"""How often one address may ask: in all, and of each class of addresses (``rate_classes``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Flask, request
from limits import parse_many
from werkzeug.exceptions import TooManyRequests

from mapapp.services.rate_counter import Limit, RateCounter
from mapapp.services.reports.sender import network_of
from mapapp.settings import Settings, SettingsError
from mapapp.web.audience import HEALTH_PATHS
from mapapp.web.rate_classes import RateClass, class_of

RATE_COUNTER_KEY: Final = "stationmap.rate_counter"
_ALL: Final = "all"
_NOBODY: Final = "-"
"""The address of a request that came through a socket file."""


def install_limiter(app: Flask, settings: Settings, secret: str) -> None:
    """Limit every address as the settings say; an empty ``rate_limit`` means no limit of any kind.

    Raises
    ------
    SettingsError
        A limit does not read like ``6000/minute``, or the address of Redis is none.
    """
    if not settings.rate_limit:
        return
    limits = limits_of(settings)
    counter = app.extensions[RATE_COUNTER_KEY] = RateCounter(settings.redis_url, secret)

    @app.before_request
    def count() -> None:
        if request.path in HEALTH_PATHS or request.endpoint == "static":
            return
        visitor = network_of(request.remote_addr or _NOBODY)
        wait_s = counter.wait_s(visitor, limits[class_of(request.endpoint)])
        if wait_s is not None:
            raise TooManyRequests(retry_after=wait_s)


def limits_of(settings: Settings) -> Mapping[RateClass, tuple[Limit, ...]]:
    """Every class's limits: the common ones and its own."""
    common = _limits(_ALL, "MAPAPP_RATE_LIMIT", settings.rate_limit)
    own = {
        RateClass.READ: (),
        RateClass.SEARCH: _limits("search", "MAPAPP_RATE_LIMIT_SEARCH", settings.rate_limit_search),
        RateClass.WRITE: _limits("write", "MAPAPP_RATE_LIMIT_WRITE", settings.rate_limit_write),
        RateClass.SIGN_IN: _limits("sign_in", "MAPAPP_RATE_LIMIT_SIGN_IN", settings.rate_limit_sign_in),
        RateClass.STAFF: _limits("staff", "MAPAPP_RATE_LIMIT_STAFF", settings.rate_limit_staff),
        RateClass.HEAVY: _limits("heavy", "MAPAPP_RATE_LIMIT_HEAVY", settings.rate_limit_heavy),
    }
    return {each: (*common, *own[each]) for each in RateClass}


def _limits(name: str, variable: str, text: str) -> tuple[Limit, ...]:
    if not text:
        return ()
    try:
        return tuple(Limit(name, item) for item in parse_many(text))
    except ValueError:
        raise SettingsError(f"{variable} must look like 6000/minute, not {text!r}.") from None
