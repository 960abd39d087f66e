"""The instruments of one application, and what they are read through."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final, cast

from flask import Flask, current_app, request
from prometheus_client import CollectorRegistry

from mapapp.services.container import Services
from mapapp.services.observing.exposition import adds_up_processes, may_read_metrics, metrics_text
from mapapp.services.observing.instruments import WebInstruments
from mapapp.services.observing.log_lines import log_slow_statement
from mapapp.services.observing.process_numbers import ProcessReporter, write_process_numbers
from mapapp.services.observing.standing_numbers import StaleMemory, StandingCollector
from mapapp.services.rate_counter import RateCounter
from mapapp.web import services
from mapapp.web.limiter import RATE_COUNTER_KEY
from mapapp.web.request_watch import install_request_watch

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

EXTENSION_KEY: Final = "stationmap.metrics"


@dataclass(frozen=True, slots=True)
class WebMetrics:
    """What one application counts with."""

    registry: CollectorRegistry
    instruments: WebInstruments
    stale: StaleMemory = field(default_factory=StaleMemory)


def install_metrics(app: Flask, parts: Services) -> None:
    """Count requests, tell of slow statements, and report the process beside others; to be called last."""
    settings = parts.settings
    registry = CollectorRegistry()
    metrics = WebMetrics(registry, WebInstruments(registry))
    app.extensions[EXTENSION_KEY] = metrics
    metrics.instruments.started.set(parts.clock().timestamp())
    if settings.slow_statement_ms:

        def tell(statement: str, took_s: float) -> None:
            log_slow_statement(statement, took_s)
            metrics.instruments.slow_statements.inc()

        parts.store.watch_statements(settings.slow_statement_ms / 1000, tell)
    if adds_up_processes():
        ProcessReporter(partial(_write_numbers, app, parts)).start()
    install_request_watch(app, metrics.instruments, believes_ids=settings.trusted_proxies > 0)


def current_metrics_text() -> bytes | None:
    """All metrics of the application that answers the current request; None if its sender may not read them."""
    authorization = request.headers.get("Authorization", "")
    names = [name for name, _value in request.headers]
    token = services().settings.metrics_token
    if not may_read_metrics(_address_of_connection(request.environ), names, authorization, token):
        return None
    metrics = cast("WebMetrics", current_app.extensions[EXTENSION_KEY])
    parts = services()
    _write_numbers(current_app, parts)
    return metrics_text(metrics.registry, [StandingCollector(parts, metrics.stale)])


def _write_numbers(app: Flask, parts: Services) -> None:
    """Write down what this process is at."""
    metrics = cast("WebMetrics", app.extensions[EXTENSION_KEY])
    counter: RateCounter | None = app.extensions.get(RATE_COUNTER_KEY)
    is_redis_away = bool(parts.settings.redis_url) and counter is not None and not counter.is_shared
    write_process_numbers(parts, metrics.instruments, is_redis_away=is_redis_away)


def _address_of_connection(environ: WSGIEnvironment) -> str:
    """Where the connection comes from, whatever forwarded headers said of it."""
    before_proxies = environ.get("werkzeug.proxy_fix.orig") or environ
    return str(before_proxies.get("REMOTE_ADDR", ""))
