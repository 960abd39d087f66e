"""Requests as no client writes them, over a real gunicorn with our worker: refused or answered, never hung, never 5xx.

In the short run an application that needs no database answers; under ``--long`` the whole service does.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from installation.child_process import start, stop_group
from mapapp import gunicorn_conf
from tests.mapapp.web.test_slow_clients import wait_until_listening
from tests.patience import PATIENCE_S

MARK: Final = b"zqx7evil"
"""Longer than the worker waits for anybody, so that who is let go is not taken for hung."""
LIMITS: Final = {
    "--limit-request-line": gunicorn_conf.limit_request_line,
    "--limit-request-fields": gunicorn_conf.limit_request_fields,
    "--limit-request-field_size": gunicorn_conf.limit_request_field_size,
}
NOT_SPOKEN_HERE: Final = frozenset({501, 505})
"""What the standard says to a coding or a version of the protocol that nobody knows."""
STATUS: Final = re.compile(rb"HTTP/1\.[01] (\d{3}) ")
HOST: Final = b"Host: localhost\r\n"
END: Final = b"Connection: close\r\n\r\n"
CHUNKED: Final = b"Transfer-Encoding: chunked\r\n"
POST: Final = b"POST /reports HTTP/1.1\r\n" + HOST


def get(headers: bytes, *, target: bytes = b"/about", host: bytes = HOST) -> bytes:
    """A request for a page with these lines in its head."""
    return b"GET " + target + b" HTTP/1.1\r\n" + host + headers + END


HEADS: Final[dict[str, bytes]] = {
    "no host": get(b"", host=b""),
    "no host in 1.0": b"GET /about HTTP/1.0\r\n\r\n",
    "two hosts": get(b"Host: " + MARK + b".example\r\n"),
    "empty host": get(b"", host=b"Host:\r\n"),
    "host with a port": get(b"", host=b"Host: localhost:99999\r\n"),
    "host with somebody": get(b"", host=b"Host: " + MARK + b":x@localhost\r\n"),
    "unicode host": get(b"", host="Host: é例.example\r\n".encode()),
    "broken punycode": get(b"", host=b"Host: xn--" + MARK + b"\r\n", target=b"/"),
    "long host": get(b"", host=b"Host: " + MARK * 900 + b"\r\n", target=b"/"),
    "absolute target": get(b"", target=b"http://" + MARK + b".example/about"),
    "absolute target of a broken name": get(b"", target=b"http://[" + MARK + b"/about"),
    "target with two slashes": get(b"", target=b"//" + MARK + b".example/.."),
    "target with a fragment": get(b"", target=b"/about#" + MARK),
    "target of bytes": get(b"", target=b"/\xff\xfe%00%ff"),
    "target with a backslash": get(b"", target=b"/\\" + MARK + b".example"),
    "long target": get(b"", target=b"/" + b"a" * 5_000),
    "no target": b"GET  HTTP/1.1\r\n" + HOST + END,
    "asterisk": b"OPTIONS * HTTP/1.1\r\n" + HOST + END,
    "connect": b"CONNECT " + MARK + b".example:443 HTTP/1.1\r\n" + HOST + END,
    "trace": b"TRACE /about HTTP/1.1\r\n" + HOST + b"X-Secret: " + MARK + b"\r\n" + END,
    "a method of 300 letters": b"G" * 300 + b" / HTTP/1.1\r\n" + HOST + END,
    "a method of marks": b"G<>T / HTTP/1.1\r\n" + HOST + END,
    "http 0.9": b"GET /about\r\n\r\n",
    "http 2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "http 9.9": b"GET / HTTP/9.9\r\n" + HOST + END,
    "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 300 + b"\r\n\r\n",
    "upgrade to h2c": get(b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"),
    "upgrade to websockets": get(b"Upgrade: websocket\r\nSec-WebSocket-Key: x\r\n"),
    "65 headers": get(b"".join(b"X-%d: a\r\n" % index for index in range(65))),
    "a header of 9 kB": get(b"X-Long: " + b"a" * 9_000 + b"\r\n"),
    "cookies of 400 kB": get(b"".join(b"Cookie: " + MARK + b"=" + b"a" * 8_000 + b"\r\n" for _ in range(50))),
    "tags of 100 kB": get(b'If-None-Match: "' + MARK * 12_500 + b'"\r\n'),
    "tags of 8 kB": get(b"If-None-Match: " + b'"a",' * 2_000 + b"\r\n"),
    "languages of 8 kB": get(b"Accept-Language: " + b"x-y;q=NaN," * 800 + b"\r\n"),
    "encodings of 8 kB": get(b"Accept-Encoding: " + b"br;q=NaN," * 900 + b"\r\n"),
    "many ranges": get(b"Range: bytes=" + b"0-," * 2_500 + b"0-\r\n", target=b"/static/img/icon.svg"),
    "a range from behind": get(b"Range: bytes=-99999999999999999999\r\n", target=b"/static/img/icon.svg"),
    "forwarded by anybody": get(
        b"X-Forwarded-For: " + MARK + b"\r\nX-Forwarded-Host: " + MARK + b"\r\nX-Forwarded-Proto: https\r\n"
        b"Forwarded: for=" + MARK + b";host=" + MARK + b"\r\nX-Script-Name: /" + MARK + b"\r\nSCRIPT_NAME: /x\r\n"
    ),
    "a folded header": get(b"X-Folded: a\r\n " + MARK + b"\r\n"),
    "a blank before the colon": get(b"X-Blank : a\r\n"),
    "no colon": get(b"nothing at all\r\n"),
    "no name": get(b": a\r\n"),
    "a zero byte": get(b"X-Zero: a\x00" + MARK + b"\r\n"),
    "a bare return": get(b"X-Return: a\rSet-Cookie: " + MARK + b"=1\r\n"),
    "bare line feeds": b"GET /about HTTP/1.1\nHost: localhost\nConnection: close\n\n",
    "an underscore for a dash": get(b"Content_Length: 5\r\nX_Forwarded_Proto: https\r\n"),
}
LENGTHS: Final[dict[str, bytes]] = {
    "length and chunks": POST + b"Content-Length: 4\r\n" + CHUNKED + END + b"0\r\n\r\nGET /" + MARK,
    "two lengths": POST + b"Content-Length: 4\r\nContent-Length: 5\r\n" + END + b"abcde",
    "a list of lengths": POST + b"Content-Length: 4, 4\r\n" + END + b"abcd",
    "a negative length": POST + b"Content-Length: -1\r\n" + END,
    "a length with a plus": POST + b"Content-Length: +4\r\n" + END + b"abcd",
    "a length in words": POST + b"Content-Length: " + MARK + b"\r\n" + END,
    "a length of 4000 digits": POST + b"Content-Length: " + b"9" * 4_000 + b"\r\n" + END,
    "an endless length": POST + b"Content-Length: 999999999999\r\n" + END + b"a",
    "chunks twice": POST + CHUNKED + CHUNKED + END + b"0\r\n\r\n",
    "chunks and more": POST + b"Transfer-Encoding: chunked, identity\r\n" + END + b"0\r\n\r\n",
    "chunks by another name": POST + b"Transfer-Encoding: x" + MARK + b"\r\n" + END,
    "chunks in 1.0": b"POST /reports HTTP/1.0\r\n" + HOST + CHUNKED + END + b"0\r\n\r\n",
    "a chunk of no size": POST + CHUNKED + END + MARK + b"\r\nabc\r\n0\r\n\r\n",
    "a chunk of a negative size": POST + CHUNKED + END + b"-5\r\nabc\r\n0\r\n\r\n",
    "a chunk of an endless size": POST + CHUNKED + END + b"f" * 5_000 + b"\r\nabc",
    "a chunk with 8 kB behind it": POST + CHUNKED + END + b"3;" + b"a" * 8_000 + b"\r\nabc\r\n0\r\n\r\n",
    "trailers": POST + CHUNKED + END + b"0\r\nContent-Length: 5\r\nHost: " + MARK + b"\r\n\r\n",
    "packed": POST
    + b"Content-Encoding: gzip\r\nContent-Type: application/json\r\nContent-Length: 3\r\n"
    + END
    + b"\x1f\x8b\0",
    "waits to be asked": POST + b"Expect: 100-continue\r\nContent-Length: 4\r\n" + END + b"abcd",
    "expects nonsense": POST + b"Expect: " + MARK + b"\r\nContent-Length: 4\r\n" + END + b"abcd",
}


@dataclass(frozen=True, slots=True)
class Listening:
    """A server, and whether it answers with the whole service."""

    port: int
    is_whole: bool


@pytest.fixture(
    scope="module", params=["bare", pytest.param("whole", marks=pytest.mark.long)], ids=["worker", "service"]
)
def listening(
    request: pytest.FixtureRequest, sample_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Listening]:
    """One process of gunicorn, with the limits of the service."""
    folder = tmp_path_factory.mktemp("gunicorn")
    is_whole, environment = request.param == "whole", dict[str, str]()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    words = ["--bind", f"127.0.0.1:{port}", "--log-level", "warning", "--no-control-socket", "--workers", "1"]
    if is_whole:
        shutil.copyfile(sample_database, folder / "stations.sqlite3")
        environment |= {"MAPAPP_DATABASE_URL": f"sqlite:///{folder / 'stations.sqlite3'}", "MAPAPP_RATE_LIMIT": ""}
        environment["MAPAPP_DATA_DIR"] = str(folder / "data")
        words += ["--config", "python:mapapp.gunicorn_conf"]
    else:
        words += ["--worker-class", gunicorn_conf.worker_class, "--forwarded-allow-ips", "", "--threads", "4"]
        words += [str(word) for limit in LIMITS.items() for word in limit]
        words.append("tests.mapapp.web.hasty_worker:application")
    log = folder / "log"
    with log.open("w", encoding="utf-8") as output:
        command = [sys.executable, "-m", "gunicorn", *words]
        process = start(command, environment=environment, stdin=subprocess.DEVNULL, stdout=output)
        try:
            wait_until_listening(process, port, log)
            yield Listening(port, is_whole)
        finally:
            stop_group(process, grace_s=5)
    written = log.read_text(encoding="utf-8")
    assert "Traceback" not in written, written[written.index("Traceback") :]


def answer_to(port: int, sent: bytes) -> bytes:
    """All that comes back, until the server hangs up; TimeoutError if it does not."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as visitor:
        received = b""
        try:
            visitor.sendall(sent)
            visitor.shutdown(socket.SHUT_WR)
            while piece := visitor.recv(65536):
                received += piece
        except (ConnectionResetError, BrokenPipeError):
            pass  # it had seen enough of it
    return received


def require_chosen(received: bytes, about: str, is_whole: bool) -> int:
    """The last status of an answer that does not repeat what was sent; 0 where the server hung up."""
    statuses = [int(status) for status in STATUS.findall(received)]
    assert all(status < 500 or status in NOT_SPOKEN_HERE for status in statuses), (about, statuses)
    if is_whole or statuses[-1:] != [200]:
        assert MARK not in received, about
    return statuses[-1] if statuses else 0


@pytest.mark.parametrize("cases", [HEADS, LENGTHS], ids=["heads", "lengths"])
def test_no_request_breaks_or_holds_the_server(listening: Listening, cases: dict[str, bytes]) -> None:
    seen: Counter[int] = Counter()
    for about, sent in cases.items():
        seen[require_chosen(answer_to(listening.port, sent), about, listening.is_whole)] += 1

    print(f"\n{len(cases)} requests, by the status of the answer: {dict(sorted(seen.items()))}")
    assert STATUS.match(answer_to(listening.port, get(b"")))
    assert seen[400] > 0


def test_what_could_be_two_requests_is_never_answered_as_two(listening: Listening) -> None:
    behind = b"GET /about HTTP/1.1\r\n" + HOST + b"\r\n"
    for about in ("length and chunks", "two lengths", "a list of lengths", "chunks and more", "a chunk of no size"):
        kept = LENGTHS[about].replace(b"Connection: close\r\n", b"")

        statuses = STATUS.findall(answer_to(listening.port, kept + behind))

        assert b"200" not in statuses[1:], about
