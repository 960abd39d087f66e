"""Who may read the metrics, and what they read."""

from __future__ import annotations

import hmac
import ipaddress
import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
FOLDER_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Where the processes of a web server put their numbers; see ``mapapp/gunicorn_conf.py``."""
_FORWARDED: Final = frozenset({"forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-real-ip"})
_BEARER: Final = "bearer "


def may_read_metrics(address: str, header_names: Collection[str], authorization: str, token: str) -> bool:
    """Whether a request may read the metrics.

    Parameters
    ----------
    address
        Where the connection comes from, whatever headers say.
    header_names
        The names of the request's headers. One that was forwarded is not from this machine, even if the
        last proxy is.
    authorization, token
        The request's header, and what opens the metrics from elsewhere; empty: nothing does.
    """
    given = authorization[len(_BEARER) :] if authorization.lower().startswith(_BEARER) else ""
    if token and hmac.compare_digest(given.strip().encode("utf-8", "replace"), token.encode()):
        return True
    return _is_here(address) and not any(name.lower() in _FORWARDED for name in header_names)


def _is_here(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return (mapped or parsed).is_loopback


def adds_up_processes() -> bool:
    """Whether the processes of a web server put their numbers together, in a folder that is still there."""
    return Path(os.environ.get(FOLDER_VARIABLE, "/dev/null")).is_dir()


def metrics_text(own: CollectorRegistry, others: Iterable[Collector] = ()) -> bytes:
    """All metrics in Prometheus's text format: of one process or, where they add up, of all; and of ``others``."""
    registry = CollectorRegistry()
    if adds_up_processes():
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it ships half its types
    else:
        registry.register(_Contents(own))
    for collector in others:
        registry.register(collector)
    return generate_latest(registry)


def add_process_collectors(registry: CollectorRegistry) -> None:
    """The numbers Prometheus's library knows of any process, for one that stands alone."""
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)


class _Contents(Collector):
    """What another registry collects."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        """The same, without the moments at which each series began: they double the text and nobody asks for them."""
        for family in self._registry.collect():
            family.samples = [each for each in family.samples if not each.name.endswith("_created")]
            yield family
