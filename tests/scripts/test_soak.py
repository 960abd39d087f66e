"""The soak: a steady rate is kept, what goes wrong is counted, what grows is seen, and the service stands it.

The whole runs for seconds in every test run and for ten minutes on each database under ``--long``.
"""

from __future__ import annotations

import http.server
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from benchmarks.load_client import request_bytes
from benchmarks.soak import Look, Soak, soak
from benchmarks.steady_load import SteadyRun, send_steadily
from installation.web_server import Address
from tests.conftest import TESTCITY_DIR
from tests.postgres_cluster import PostgresCluster, missing_package

GOOD, BAD, CUT = b"/good", b"/bad", b"/cut"


class _Answers(http.server.BaseHTTPRequestHandler):
    """``/good`` answers, ``/bad`` answers 500, ``/cut`` hangs up in the middle."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(500 if self.path == "/bad" else 200)
        self.send_header("Content-Length", "4")
        self.end_headers()
        if self.path == "/cut":
            self.wfile.write(b"ha")
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
        else:
            self.wfile.write(b"half")

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - as the base class calls it
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[Address]:
    """A small server."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Address("127.0.0.1", server.server_address[1])
    server.shutdown()
    server.server_close()
    thread.join()


def asked(address: Address, *paths: bytes, count: int = 30) -> SteadyRun:
    """So many requests for these paths in turn, over two connections."""
    requests = [request_bytes(address, path.decode(), ()) for path in paths]
    return send_steadily(address, requests, 200, count / 200, 2)


def test_every_request_is_sent_and_answered(address: Address) -> None:
    run = asked(address, GOOD)

    assert (run.answers_count, run.late_count, dict(run.problems)) == (30, 0, {})
    assert all(latency_s > 0 for latency_s in run.latencies_s)


@pytest.mark.parametrize(("fault", "words"), [(BAD, "Not 200"), (CUT, "closed the connection")])
def test_an_answer_that_is_none_is_counted_and_the_others_go_on(address: Address, fault: bytes, words: str) -> None:
    run = asked(address, GOOD, fault)

    assert run.answers_count == 15
    assert run.problems.total() == 15
    assert all(words in problem for problem in run.problems)


def test_a_run_can_be_ended_early(address: Address) -> None:
    requests = [request_bytes(address, "/good", ())]

    assert send_steadily(address, requests, 10, 3600, 1, is_over=lambda: True).answers_count == 0


def found(**changes: object) -> Soak:
    """A soak in which nothing was wrong, but for these."""
    good = Soak(100.0, saves=Counter({200: 5}), imports=Counter({0: 1}))
    good.looks = [Look(float(number), 500.0, 90) for number in range(40)]
    for name, value in changes.items():
        setattr(good, name, value)
    return good


def test_a_soak_without_faults_has_none() -> None:
    assert found().faults == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"saves": Counter({200: 5, 500: 1})}, "1 saves answered 500"),
        ({"imports": Counter({0: 1, 2: 3})}, "3 imports ended with 2"),
        ({"imports": Counter()}, "nothing was saved or imported"),
        ({"visitors": SteadyRun(problems=Counter({"Not 200": 2}))}, "2 × Not 200"),
        ({"visitors": SteadyRun(late_count=4)}, "4 requests could not be sent in time"),
        ({"looks": [Look(float(n), 500.0 + n, 90) for n in range(100)]}, "memory grew by 9.3%"),
        ({"looks": [Look(float(n), 500.0, 90 + n) for n in range(40)]}, "20 descriptors more"),
    ],
)
def test_what_must_not_be_is_said(changes: dict[str, object], words: str) -> None:
    assert found(**changes).faults == [words]


@pytest.mark.parametrize(
    ("database", "duration_s"),
    [
        ("sqlite", 3.0),
        pytest.param("sqlite", 600.0, marks=pytest.mark.long),
        pytest.param("postgresql", 600.0, marks=pytest.mark.long),
    ],
)
def test_the_service_stands_it(database: str, duration_s: float, tmp_path: Path) -> None:
    with ExitStack() as stack:
        url = ""
        if database == "postgresql":
            package = missing_package()
            if package is not None:
                pytest.skip(f"{package} is missing")
            cluster = stack.enter_context(PostgresCluster())
            cluster.create_database("soak")
            url = cluster.url("soak")
        is_long = duration_s > 60
        result = soak(
            tmp_path,
            str(TESTCITY_DIR),
            duration_s,
            database_url=url,
            import_every_s=min(30, duration_s),
            saturation_s=60.0 if is_long else 1.0,
        )

    print(f"soak, {database}, {duration_s:g} s:", *result.lines(), sep="\n  ")
    faults = [
        fault for fault in result.faults if is_long or not fault.startswith("memory grew")
    ]  # it warms up at first
    assert faults == []
