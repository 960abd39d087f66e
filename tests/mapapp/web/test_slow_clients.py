"""Slow visitors over a real gunicorn: nobody keeps another from being answered."""

from __future__ import annotations

import http.client
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest

from installation.child_process import start, stop_group
from mapapp import gunicorn_conf
from mapapp.patient_worker import PEEKED_BYTES, bytes_to_wait_for
from tests.patience import PATIENCE_S, eventually, wait_until

THREADS: Final = 4
SLOW_COUNT: Final = 5 * THREADS
HEAD: Final = b"POST / HTTP/1.1\r\nHost: localhost\r\n"
UNREAD: Final = HEAD.replace(b"/", b"/unread", 1)
"""It is answered without a look at the body, as a refusal is."""
LONG_LINE: Final = b"X-Long: " + b"x" * 1000 + b"\r\n"
HASTY: Final = "tests.mapapp.web.hasty_worker.HastyWorker"
ENDLESS: Final = "tests.mapapp.web.hasty_worker.EndlessWorker"
PATIENT: Final = "mapapp.patient_worker.PatientWorker"
PROCESSES: Final[dict[int, subprocess.Popen[str]]] = {}
"""The servers by port."""


@contextmanager
def serving(worker_class: str, log: Path) -> Iterator[int]:
    """One gunicorn process with few threads; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    words = ["--worker-class", worker_class, "--threads", str(THREADS), "--bind", f"127.0.0.1:{port}"]
    words += ["--graceful-timeout", str(10 * round(PATIENCE_S))]
    words += ["--log-level", "warning", "--no-control-socket", "tests.mapapp.web.hasty_worker:application"]
    with log.open("w", encoding="utf-8") as output:
        process = start([sys.executable, "-m", "gunicorn", *words], stdin=subprocess.DEVNULL, stdout=output)
        try:
            wait_until_listening(process, port, log)
            PROCESSES[port] = process
            yield port
        finally:
            stop_group(process, grace_s=5)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server that waits longer for a slow visitor than these tests for an answer."""
    with serving(ENDLESS, tmp_path_factory.mktemp("endless") / "log") as port:
        yield port


@pytest.fixture(scope="module")
def hasty_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server that gives up after half a second."""
    with serving(HASTY, tmp_path_factory.mktemp("hasty") / "log") as port:
        yield port


def wait_until_listening(process: subprocess.Popen[str], port: int, log: Path) -> None:
    def listens() -> bool:
        assert process.poll() is None, log.read_text(encoding="utf-8")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    wait_until(listens, lambda: log.read_text(encoding="utf-8"))


def answered(port: int, body: bytes = b"") -> bytes:
    """What somebody ordinary gets. The slow ones may take longer than this waits: waiting for them fails."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        connection.request("POST", "/", body)
        return connection.getresponse().read()
    finally:
        connection.close()


def is_answered(port: int) -> bool:
    try:
        return answered(port) == b"0"
    except ConnectionError:
        return False


def slow_visitors(stack: ExitStack, port: int, *pieces: bytes) -> list[socket.socket]:
    visitors = [
        stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S))
        for _ in range(SLOW_COUNT)
    ]
    for piece in pieces:
        for visitor in visitors:
            visitor.sendall(piece)
    return visitors


@pytest.mark.parametrize(
    "pieces",
    [
        (),
        (b"P",),
        (b"POST / HTTP/1.1\r\nHo", b"st: loc"),
        (HEAD + b"Content-Length: 400\r\n\r\nhalf of a form",),
        (HEAD + b"Content-Length: 9000000\r\n\r\nhalf of a photo",),
        (HEAD + b"Content-Length: 0\r\n\r\n" + b"POST / HT",),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n",),
        (UNREAD + b"Transfer-Encoding: chunked\r\n\r\n",),
        (HEAD + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n",),
        (UNREAD + b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n",),
        (HEAD + LONG_LINE + b"Content-Length: 16000\r\n\r\nhalf of a form",),
        (HEAD + b"Content-Length: 0000000000000005\r\n\r\n1",),
        (HEAD + LONG_LINE * 17,),
    ],
    ids=[
        "nothing",
        "one byte",
        "half a head",
        "half a form",
        "half a photo",
        "a second request",
        "no chunk",
        "no chunk, refused",
        "waits to be asked",
        "waits to be asked, refused",
        "a head and a body that are too long together",
        "a length with zeros before it",
        "half a long head",
    ],
)
def test_who_sends_slowly_keeps_nobody_waiting(port: int, pieces: tuple[bytes, ...]) -> None:
    with ExitStack() as stack:
        slow_visitors(stack, port, *pieces)

        assert answered(port, b"hello") == b"5"


def test_who_sends_a_byte_at_a_time_keeps_nobody_waiting(port: int) -> None:
    with ExitStack() as stack:
        visitors = slow_visitors(stack, port, HEAD)
        for letter in b"X-Slow: a":
            for visitor in visitors:
                visitor.sendall(bytes([letter]))

            assert answered(port) == b"0"


def test_who_took_their_time_is_answered_all_the_same(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as visitor:
        for piece in (
            b"POST / HT",
            b"TP/1.1\r\nHost: localhost\r\nContent-Le",
            b"ngth: 10\r\n",
            b"\r\n1234",
            b"567890",
        ):
            visitor.sendall(piece)
            answered(port)  # the server has looked at it by then

        assert visitor.recv(4096).startswith(b"HTTP/1.1 200")


def test_a_connection_is_used_again_and_again(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    local = set()
    for size in (0, 10, PEEKED_BYTES // 2, PEEKED_BYTES):
        connection.request("POST", "/", b"x" * size)
        local.add(connection.sock.getsockname())
        assert connection.getresponse().read() == str(size).encode()
    connection.close()

    assert len(local) == 1


@pytest.mark.parametrize("path", ["/", "/unread"])
def test_after_a_long_body_the_client_is_told_that_we_hang_up(port: int, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    connection.request("POST", path, b"x" * 800_000)
    answer = connection.getresponse()

    assert answer.status == 200
    assert answer.getheader("Connection") == "close"
    connection.close()


@pytest.mark.parametrize(
    "more",
    [
        b"Transfer-Encoding: chunked\r\n\r\n",
        b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n",
        LONG_LINE + b"Content-Length: 16000\r\n\r\n",
    ],
    ids=["no chunk", "waits to be asked", "too long together"],
)
def test_after_a_body_that_is_refused_unread_nobody_waits_for_it(port: int, more: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as visitor:
        visitor.sendall(UNREAD + more)
        received = until_closed(visitor)

    assert b"HTTP/1.1 200 OK" in received
    assert b"Connection: close" in received


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"Transfer-Encoding: chunked\r\n\r\n", b"5\r\nhello\r\n0\r\n\r\n"),
        (b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n", b"hello"),
    ],
    ids=["in chunks", "waits to be asked"],
)
def test_a_body_whose_end_is_not_known_beforehand_is_read_whole(port: int, head: bytes, body: bytes) -> None:
    def is_read_whole() -> bool:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as visitor:
            visitor.sendall(HEAD + head)
            answered(port)  # the server has looked at it by then
            with suppress(BrokenPipeError, ConnectionResetError):
                visitor.sendall(body)
            return until_closed(visitor).endswith(b"\r\n\r\n5")

    assert eventually(is_read_whole)  # others' are not over yet


def test_more_long_bodies_than_half_of_the_threads_are_asked_to_come_back(port: int) -> None:
    with ExitStack() as stack:
        visitors = slow_visitors(stack, port, HEAD + b"Content-Length: 9000000\r\n\r\nhalf of a photo")
        answers: list[bytes] = []
        while len(answers) < SLOW_COUNT - THREADS // 2:
            ready, _, _ = select.select(visitors, [], [], PATIENCE_S)
            assert ready, f"only {len(answers)} were answered"
            answers += [visitor.recv(4096) for visitor in ready]
            visitors = [visitor for visitor in visitors if visitor not in ready]

        assert answered(port) == b"0"
    assert len(visitors) == THREADS // 2
    assert all(answer.startswith(b"HTTP/1.1 503") and b"Retry-After: 10" in answer for answer in answers)


@pytest.mark.parametrize(
    "piece", [b"", b"POST / HT", HEAD + b"Content-Length: 5\r\n\r\n1", HEAD + b"Content-Length: 99999\r\n\r\n1"]
)
def test_who_does_not_go_on_is_let_go(hasty_port: int, piece: bytes) -> None:
    with socket.create_connection(("127.0.0.1", hasty_port), timeout=PATIENCE_S) as visitor:
        visitor.sendall(piece)

        assert until_closed(visitor) in {b"", b"reset"}


def test_who_ends_in_the_middle_of_a_head_is_let_go(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as visitor:
        visitor.sendall(b"POST / HT")
        answered(port)
        visitor.shutdown(socket.SHUT_WR)

        assert until_closed(visitor) in {b"", b"reset"}


def test_who_does_not_read_keeps_nobody_waiting(hasty_port: int) -> None:
    with ExitStack() as stack:
        slow_visitors(stack, hasty_port, b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")

        assert eventually(lambda: is_answered(hasty_port))  # in such a hurry it may let us go, too


def test_who_says_nothing_does_not_keep_the_server_from_ending(tmp_path: Path) -> None:
    with serving(ENDLESS, tmp_path / "log") as port, ExitStack() as stack:
        slow_visitors(stack, port, b"POST / HT")
        assert answered(port) == b"0"
        PROCESSES[port].terminate()

        assert PROCESSES[port].wait(timeout=PATIENCE_S) == 0  # for their requests it would have waited longer


def test_the_service_runs_on_this_worker() -> None:
    assert gunicorn_conf.worker_class == PATIENT


@pytest.mark.parametrize(
    ("seen", "wanted"),
    [
        (b"GET", 4),
        (b"GET / HTTP/1.1\r\n\r\n", 0),
        (b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n", 41),
        (b"POST / HTTP/1.1\r\ncontent-length:3\r\n\r\nabc", 0),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999\r\n\r\n", 0),
        (b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n", 0),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 0),
        (b"POST / HTTP/1.1\r\nContent-Length: 0000000000000003\r\n\r\n", 0),
        (b"POST / HTTP/1.1\r\n\r\nContent-Length: 3\r\n\r\n", 0),
        (b"x" * PEEKED_BYTES, 0),
    ],
)
def test_a_thread_waits_for_nothing_that_can_be_waited_for_without(seen: bytes, wanted: int) -> None:
    assert bytes_to_wait_for(seen) == wanted


def until_closed(visitor: socket.socket) -> bytes:
    received = b""
    try:
        while piece := visitor.recv(4096):
            received += piece
    except ConnectionResetError:
        return received or b"reset"
    return received
