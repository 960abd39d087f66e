"""A worker's own metrics: read at an address of its own, by nobody else, about what it did."""

from __future__ import annotations

import http.client
from collections.abc import Iterator

import pytest
from prometheus_client import CollectorRegistry

from mapapp.services.observing.instruments import WORKER_NAMES, WorkerInstruments
from mapapp.services.observing.worker_listener import WorkerListener
from tests.patience import PATIENCE_S

TOKEN = "0123456789abcdef"  # noqa: S105 - of this test alone


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def listener(registry: CollectorRegistry) -> Iterator[WorkerListener]:
    listener = WorkerListener(("127.0.0.1", 0), registry, TOKEN)
    yield listener
    listener.close()


def asked(listener: WorkerListener, path: str = "/metrics", **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", listener.port, timeout=PATIENCE_S)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_attempts_are_told_by_kind_and_end(listener: WorkerListener, registry: CollectorRegistry) -> None:
    instruments = WorkerInstruments(registry)
    instruments.count_attempt("make_export", "done", 2.0)
    instruments.count_attempt("make_export", "crashed", 3.0)

    status, text = asked(listener)

    assert status == 200
    assert 'stationmap_worker_jobs_total{kind="make_export",outcome="done"} 1.0' in text
    assert 'stationmap_worker_jobs_total{kind="make_export",outcome="crashed"} 1.0' in text
    assert 'stationmap_worker_job_seconds_sum{kind="make_export"} 5.0' in text
    assert set(WORKER_NAMES) <= {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}


def test_nothing_else_is_there(listener: WorkerListener) -> None:
    assert asked(listener, "/")[0] == 404
    assert asked(listener, "/metrics/x")[0] == 404


def test_what_was_forwarded_needs_the_token(listener: WorkerListener) -> None:
    assert asked(listener, **{"X-Forwarded-For": "127.0.0.1"})[0] == 404
    assert asked(listener, **{"X-Forwarded-For": "127.0.0.1", "Authorization": f"Bearer {TOKEN}"})[0] == 200


def test_an_address_in_use_is_refused(listener: WorkerListener, registry: CollectorRegistry) -> None:
    with pytest.raises(OSError, match="in use"):
        WorkerListener(("127.0.0.1", listener.port), registry, "")
