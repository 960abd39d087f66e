"""Every request has a name and is counted, under words from fixed sets whatever visitors send."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import CollectorRegistry

from mapapp import create_app
from mapapp.services.observing.instruments import WebInstruments
from mapapp.services.observing.log_lines import current_request
from mapapp.settings import Settings
from mapapp.store import Store
from mapapp.web.request_watch import RequestWatch
from tests.conftest import FrozenClock

OURS = re.compile(r"[0-9a-f]{16}")


def name_of_answer(client: FlaskClient, given: str) -> str:
    return client.get("/healthz", headers={"X-Request-ID": given}, buffered=True).headers["X-Request-ID"]


def counted(app: Flask) -> dict[tuple[str, str, str], float]:
    registry = app.extensions["stationmap.metrics"].registry
    return {
        (sample.labels["endpoint"], sample.labels["method"], sample.labels["status"]): sample.value
        for family in registry.collect()
        for sample in family.samples
        if sample.name == "stationmap_requests_total"
    }


def test_a_request_is_named_here_and_not_by_its_sender(client: FlaskClient) -> None:
    assert OURS.fullmatch(name_of_answer(client, "named-by-a-visitor"))


def test_behind_a_proxy_its_name_is_kept_if_it_is_plain(
    settings: Settings, sample_store: Store, clock: FrozenClock
) -> None:
    app = create_app(replace(settings, trusted_proxies=1), clock=clock, start_refresher=False)
    client = app.test_client()

    assert name_of_answer(client, "named-by-the-proxy") == "named-by-the-proxy"
    assert OURS.fullmatch(name_of_answer(client, "not plain; at all"))
    app.extensions["stationmap"].keeper.stop()
    app.extensions["stationmap"].store.close()


def test_every_answer_has_another_name(client: FlaskClient) -> None:
    assert len({name_of_answer(client, "") for _ in range(20)}) == 20


def test_the_access_line_is_written_under_the_name(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    names: list[str] = []

    def note(_record: logging.LogRecord) -> bool:
        names.append(current_request())
        return True

    caplog.handler.addFilter(note)
    caplog.set_level(logging.INFO)

    name = name_of_answer(client, "")
    caplog.handler.removeFilter(note)

    assert name in names
    assert current_request() == ""


def test_answers_are_counted_by_endpoint_method_and_status(app: Flask, client: FlaskClient) -> None:
    client.get("/healthz", buffered=True)
    client.get("/api/v1/stations/nearest?lon=106.2&lat=38.4", buffered=True)
    client.get("/api/v1/stations/nearest?lon=106.2&lat=999", buffered=True)
    client.post("/healthz", buffered=True)

    counts = counted(app)
    assert counts["health.healthz", "GET", "200"] == 1
    assert counts["api.nearest", "GET", "200"] == 1
    assert counts["api.nearest", "GET", "400"] == 1
    assert counts["unknown", "POST", "405"] == 1


def test_no_visitor_makes_new_labels(app: Flask, client: FlaskClient) -> None:
    for number in range(30):
        client.get(f"/nothing/here/{number}", buffered=True)
        client.get(f"/static/nothing-{number}.js", buffered=True)
        client.get(f"/stations/YC-{number:05}", buffered=True)
        client.open("/healthz", method=f"METHOD{number}", buffered=True)

    counts = counted(app)
    assert {method for _endpoint, method, _status in counts} <= {"GET", "other"}
    assert len(counts) <= 5


def test_a_broken_application_is_counted_once_and_its_request_ends() -> None:
    registry = CollectorRegistry()
    ticks = iter(range(10))

    def crash(*_: object) -> Iterable[bytes]:
        raise RuntimeError("broken")

    watch = RequestWatch(crash, WebInstruments(registry), believes_ids=False, clock_s=lambda: float(next(ticks)))
    with pytest.raises(RuntimeError, match="broken"):
        watch({"REQUEST_METHOD": "GET", "PATH_INFO": "/"}, lambda *_: lambda _: None)

    labels = {"endpoint": "unknown", "method": "GET", "status": "500"}
    assert registry.get_sample_value("stationmap_requests_total", labels) == 1
    assert registry.get_sample_value("stationmap_request_seconds_sum", {"endpoint": "unknown"}) == 1
    assert registry.get_sample_value("stationmap_requests_in_progress") == 0
