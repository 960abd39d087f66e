"""What is looked at from outside, through a proxy and TLS: each look is a sentence that holds, or what was found."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deployment_trial.site import NAME, Site

PAGES: Final = ("/", "/stations", "/about", "/planner/coverage", "/staff/sign-in", "/api/v1/openapi.json")
NEAREST: Final = "/api/v1/stations/nearest?lon=106.2309&lat=38.4872&k=3"
_SERIES: Final = re.compile(r'^stationmap_process_resident_bytes\{pid="(\d+)"\} (\S+)$', re.MULTILINE)
_OF_WORKER: Final = re.compile(r"^process_resident_memory_bytes (\S+)$", re.MULTILINE)
_MOST_MB: Final = 700
_LOOKS_AT_A_LOG: Final = 50
_NO_SUCH_NAME: Final = ("TLSV1_UNRECOGNIZED_NAME", "TLSV1_ALERT_INTERNAL_ERROR")
"""What nginx and Caddy say to a name they have no certificate for."""
_ADDRESSES_AND_QUERIES: Final = ("106.2309", "38.4872", "203.0.113.7", "lon=")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who comes through a proxy (nginx or Caddy), and trusts the trial's certificate and no other."""

    site: Site
    certificate: Path
    proxy: str = "nginx"

    def get(self, path: str, **headers: str) -> Answer:
        """The answer over TLS."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        with (
            socket.create_connection(("127.0.0.1", self.site.https_port), timeout=30) as plain,
            context.wrap_socket(plain, server_hostname=NAME) as secured,
        ):
            connection = http.client.HTTPConnection(NAME)
            connection.sock = secured
            return _asked(connection, path, headers)

    def get_plainly(self, path: str) -> Answer:
        """The answer without TLS."""
        connection = http.client.HTTPConnection("127.0.0.1", self.site.http_port, timeout=30)
        return _asked(connection, path, {"Host": NAME})


def directly(port: int, path: str, **headers: str) -> Answer:
    """The answer of the application itself, past the proxy."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    return _asked(connection, path, {"Host": NAME} | headers)


def _asked(connection: http.client.HTTPConnection, path: str, headers: Mapping[str, str]) -> Answer:
    try:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


Look = Callable[[Visitor], Iterator[tuple[str, bool, object]]]
"""Yields sentences, whether they hold, and what was found."""


def pages(visitor: Visitor) -> Iterator[tuple[str, bool, object]]:
    """The pages and the interface answer over TLS, and say that they want nothing else."""
    for path in (*PAGES, NEAREST):
        answer = visitor.get(path)
        yield f"{path.partition('?')[0]} answers over TLS", answer.status == 200, answer.status
    home = visitor.get("/")
    found = home.headers.get("strict-transport-security")
    yield "pages say that TLS is wanted for a year", (found or "").startswith("max-age=31536000"), found
    stations = json.loads(visitor.get(NEAREST).body)["features"]
    yield "the sample's nearest stations are found", len(stations) == 3, len(stations)
    plain = visitor.get_plainly("/stations?page=2")
    is_sent_on = (plain.status, plain.headers.get("location")) == (308, f"https://{NAME}/stations?page=2")
    yield "without TLS one is sent to it", is_sent_on, (plain.status, plain.headers.get("location"))


def other_names(visitor: Visitor) -> Iterator[tuple[str, bool, object]]:
    """Whoever comes by another name gets nothing."""
    context = ssl.create_default_context(cafile=str(visitor.certificate))
    try:
        with (
            socket.create_connection(("127.0.0.1", visitor.site.https_port), timeout=30) as plain,
            context.wrap_socket(plain, server_hostname="other.example"),
        ):
            found: object = "a handshake"
    except ssl.SSLError as error:
        found = error.reason
    yield "TLS under another name is refused", found in _NO_SUCH_NAME, found
    try:
        answer = _asked(
            http.client.HTTPConnection("127.0.0.1", visitor.site.http_port, timeout=30), "/", {"Host": "other.example"}
        )
        found = answer.status
    except http.client.HTTPException as error:
        found = type(error).__name__
    yield "another name without TLS gets no answer", found == "RemoteDisconnected", found


def static_files(visitor: Visitor) -> Iterator[tuple[str, bool, object]]:
    """What carries its hash is served by the proxy as the application would."""
    built = visitor.site.program_dir / "mapapp" / "static" / "built"
    names = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
    path = f"/static/built/{names['main.js']}"
    ours = visitor.get(path, Accept_Encoding="gzip")
    theirs = directly(visitor.site.web_port, path, Accept_Encoding="gzip")
    yield (
        "a built file comes compressed, and is the file",
        gzip.decompress(ours.body) == (built / names["main.js"]).read_bytes(),
        ours.headers.get("content-encoding"),
    )
    yield "browsers keep it for good", "immutable" in ours.headers.get("cache-control", ""), ours.headers
    for name, value in sorted(theirs.headers.items()):
        if name in {"date", "server", "etag", "last-modified", "x-request-id", "connection", "content-length", "vary"}:
            continue
        found = ours.headers.get(name)
        is_same = (found or "").partition(";")[0] in {value.partition(";")[0], "application/javascript"}
        yield f"{visitor.proxy} and the application agree on {name}", is_same, (found, value)
    missing = visitor.get("/static/built/none.0123456789.js")
    yield "a file that is none is not found", missing.status == 404, missing.status


def names_of_requests(visitor: Visitor) -> Iterator[tuple[str, bool, object]]:
    """A request has one name, made by the proxy, whatever the visitor says."""
    answer = visitor.get("/healthz", X_Request_ID="forged-by-a-visitor")
    found = answer.headers.get("x-request-id", "")
    yield f"a request's name is {visitor.proxy}'s", re.fullmatch(r"[0-9a-f-]{32,36}", found) is not None, found
    log = _log_once_it_has(visitor.site.log_dir / "stationmap-web.log", found)
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    yield "and stands in the application's line", any(line.get("request") == found for line in lines), len(lines)
    others = [line for line in log.splitlines() if line and not line.startswith("{")]
    yield "every line of the log is JSON", not others, others[:2]
    visitor.get(NEAREST, X_Forwarded_For="203.0.113.7", User_Agent="Secret/1.0")
    told = telling_logs(visitor.site)
    yield "no log has a position or an address", not told, told


def telling_logs(site: Site) -> list[str]:
    """The logs that say where somebody is, or from which address they came."""
    logs = {file.name: file.read_text(encoding="utf-8", errors="replace") for file in site.log_dir.iterdir()}
    return [name for name, text in logs.items() if any(word in text for word in _ADDRESSES_AND_QUERIES)]


def _log_once_it_has(file: Path, word: str) -> str:
    """The log; its line of a request comes a moment after the answer."""
    for _ in range(_LOOKS_AT_A_LOG):
        log = file.read_text(encoding="utf-8")
        if word in log:
            break
        time.sleep(0.1)
    return log


def metrics(visitor: Visitor) -> Iterator[tuple[str, bool, object]]:
    """The numbers of all processes are read on this machine, and nowhere else."""
    outside = visitor.get("/metrics")
    yield "from outside there are no metrics", outside.status == 404, outside.status
    forwarded = directly(visitor.site.web_port, "/metrics", X_Forwarded_For="127.0.0.1")
    yield "nor for what was forwarded", forwarded.status == 404, forwarded.status
    text = directly(visitor.site.web_port, "/metrics").body.decode()
    resident_mb = {pid: float(resident) / 1e6 for pid, resident in _SERIES.findall(text)}
    processes = set(resident_mb)
    yield "both processes are in them", len(processes) == 2, processes
    yield "the database is up", "\nstationmap_database_up 1.0\n" in text, ""
    yield "the worker has given a sign of life", "\nstationmap_worker_seen_timestamp_seconds 1" in text, ""
    worker = directly(visitor.site.worker_port, "/metrics")
    found = _OF_WORKER.search(worker.body.decode())
    yield "the worker has its own", found is not None, worker.status
    all_mb = [*resident_mb.values(), float(found[1]) / 1e6 if found else 0.0]
    shown = " + ".join(f"{each:.0f}" for each in all_mb)
    yield f"processes and worker hold {shown} MB with the sample", max(all_mb) < _MOST_MB, ""


LOOKS: Final[tuple[Look, ...]] = (pages, other_names, static_files, names_of_requests, metrics)
