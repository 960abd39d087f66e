"""How often one address may ask, counted in each process's memory."""

from __future__ import annotations

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import parse_many

from mapapp.settings import SettingsError
from mapapp.web.audience import HEALTH_PATHS


def install_limiter(app: Flask, rate_limit: str) -> None:
    """Limit every address to ``rate_limit`` (such as ``6000/minute``); an empty text means no limit."""
    if not rate_limit:
        return
    try:
        parse_many(rate_limit)
    except ValueError:
        raise SettingsError(f"MAPAPP_RATE_LIMIT must look like 6000/minute, not {rate_limit!r}.") from None
    limiter = Limiter(get_remote_address, application_limits=[rate_limit], storage_uri="memory://")

    @limiter.request_filter
    def is_exempt() -> bool:
        return request.path in HEALTH_PATHS or request.endpoint == "static"

    limiter.init_app(app)
