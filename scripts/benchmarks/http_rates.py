"""Answers a second over HTTP, beside a constant answer of the same application.

gunicorn runs as scripts/serve.py starts it. The floor is a route with a constant body behind the same
middleware, headers, logging and limiter: what is left is what the answer itself costs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import numpy as np

from benchmarks import geopandas_peer
from benchmarks.databases import make_sample_database
from benchmarks.http_app import CONSTANT_BODY, FLOOR_PATH, LARGE_BODY, LARGE_FLOOR_PATH
from benchmarks.load_client import Headers, Turn, request_bytes, send_all
from benchmarks.measure import Spread, in_turns
from benchmarks.postgis_peer import DATABASE_VARIABLE, PEER_PATH, fill
from benchmarks.processes import RESOLUTION_S, cpu_seconds_below
from benchmarks.results import Figure, Section, at_least
from benchmarks.servers import ApplicationServer, running
from geodata.places import Place, load_place
from mapapp.services.snapshot import StationSnapshot, build_snapshot
from mapapp.store import Store
from tests.postgres_cluster import PostgresCluster, missing_package

TITLE: Final = "HTTP: answers a second"
NEAREST_LIMIT: Final = 0.5
CACHED_LIMIT: Final = 0.9
PEER_LIMIT: Final = 1.0
PAGE_LIMIT: Final = 0.35
FILE_LIMIT: Final = 0.95
NEAREST_PATH: Final = "/api/v1/stations/nearest"
STATIONS_PATH: Final = "/api/v1/stations"
FILE_PATH: Final = "/data/stations.json"
AT: Final = datetime(2026, 11, 18, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
CONNECTIONS_COUNT: Final = 8
QUESTIONS_COUNT: Final = 200
HIGH_LIMIT: Final = "1000000000/minute"
HIGH_LIMITS: Final = {
    f"MAPAPP_RATE_LIMIT{name}": HIGH_LIMIT for name in ("", "_SEARCH", "_WRITE", "_SIGN_IN", "_STAFF", "_HEAVY")
}
LANGUAGE: Final = (("Accept-Language", "zh-CN,zh;q=0.9"),)
COMPRESSED: Final = (*LANGUAGE, ("Accept-Encoding", "gzip, deflate, br"))
_ORIGIN_BLUR_DEG: Final = 0.01


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured."""

    rounds_count: int
    requests_count: int
    connections_count: int = CONNECTIONS_COUNT


FULL: Final = Effort(25, 250)
QUICK: Final = Effort(5, 150)


@dataclass(frozen=True, slots=True)
class Served:
    """One turn, with what all processes on the answering side used for it."""

    turn: Turn
    cpu_s: float

    @property
    def cpu_s_per_1000(self) -> float:
        """CPU seconds for a thousand answers."""
        return self.cpu_s / self.turn.answers_count * 1000


@dataclass(frozen=True, slots=True)
class Target:
    """Something to ask: a server, a path, the questions put to it in turn, and what is sent along."""

    server: ApplicationServer
    path: str
    queries: tuple[str, ...] = ("",)
    headers: Headers = LANGUAGE

    def serve(self, effort: Effort) -> Served:
        """One turn of load."""
        address = self.server.address
        requests = [request_bytes(address, self.path + query, self.headers) for query in self.queries]
        before_s = cpu_seconds_below(os.getpid())
        turn = send_all(address, requests, effort.requests_count, effort.connections_count)
        return Served(turn, max(cpu_seconds_below(os.getpid()) - before_s, RESOLUTION_S))


def measure(place_name: str, effort: Effort) -> Section:
    """The floor, what is promised beside it, and the peers, in turns; after one round that is not counted."""
    place = load_place(place_name)
    with TemporaryDirectory() as folder, ExitStack() as stack:
        targets, left_out = _targets(Path(folder), place, place_name, stack)
        turns: dict[str, Callable[[], Served]] = {
            name: partial(target.serve, effort) for name, target in targets.items()
        }
        in_turns(turns, 1)
        served = in_turns(turns, effort.rounds_count)
    return Section(TITLE, tuple(_figures(served)), _notes(effort), left_out)


def _targets(
    folder: Path, place: Place, place_name: str, stack: ExitStack
) -> tuple[dict[str, Target], tuple[str, ...]]:
    """What is asked, by name, with everything it needs started on the stack; and what could not be."""
    database_url = make_sample_database(folder / "sample.sqlite3", place)
    snapshot = snapshot_of(database_url, place)
    environment = {
        "MAPAPP_DATABASE_URL": database_url,
        "MAPAPP_PLACE": place_name,
        **HIGH_LIMITS,
    }
    package = missing_package()
    if package is None:
        environment[DATABASE_VARIABLE] = stack.enter_context(peer_database(snapshot))
    app = stack.enter_context(running(folder, environment, application="benchmarks.http_app:measured_app()"))
    hello = stack.enter_context(running(folder, {}, application="benchmarks.http_app:bare_hello()"))
    queries, pages = questions(snapshot), page_codes(snapshot)
    targets = {
        "floor": Target(app, FLOOR_PATH),
        "floor, Brotli": Target(app, FLOOR_PATH, headers=COMPRESSED),
        "larger floor": Target(app, LARGE_FLOOR_PATH),
        "nearest": Target(app, NEAREST_PATH, queries),
        "nearest, Brotli": Target(app, NEAREST_PATH, queries, COMPRESSED),
        "stations": Target(app, STATIONS_PATH),
        "stations, Brotli": Target(app, STATIONS_PATH, headers=COMPRESSED),
        "station page": Target(app, "/stations/", pages),
        "station page, Brotli": Target(app, "/stations/", pages, COMPRESSED),
        "phone's file": Target(app, FILE_PATH),
        "phone's file, Brotli": Target(app, FILE_PATH, headers=COMPRESSED),
        "visits, Brotli": Target(app, "", visits(queries, pages), COMPRESSED),
        "geopandas": Target(app, geopandas_peer.PEER_PATH, queries),
        "hello": Target(hello, FLOOR_PATH),
    }
    if package is None:
        return targets | {"postgis": Target(app, PEER_PATH, queries)}, ()
    return targets, (f"PostGIS a request: {package} is missing.",)


@contextmanager
def peer_database(snapshot: StationSnapshot) -> Iterator[str]:
    """A private PostgreSQL server with the snapshot in it, for the peer; the database's URL."""
    with PostgresCluster() as cluster:
        cluster.create_database("peer")
        fill(cluster.url("peer"), snapshot)
        yield cluster.url("peer")


def questions(snapshot: StationSnapshot, count: int = QUESTIONS_COUNT) -> tuple[str, ...]:
    """Queries from around the stations, every other one with two filters more."""
    rng = np.random.default_rng(5)
    columns = snapshot.index.columns
    placed = np.flatnonzero(~np.isnan(columns.lon))
    rows = rng.choice(placed, count)
    lon, lat = (axis[rows] + rng.normal(0, _ORIGIN_BLUR_DEG, count) for axis in (columns.lon, columns.lat))
    filters: tuple[dict[str, str], ...] = ({}, {"kind": "rest_station", "services": "toilet"})
    return tuple(
        "?" + urlencode({"lon": f"{x:.6f}", "lat": f"{y:.6f}", "at": AT.isoformat(), **filters[number % 2]})
        for number, (x, y) in enumerate(zip(lon.tolist(), lat.tolist(), strict=True))
    )


def page_codes(snapshot: StationSnapshot, count: int = QUESTIONS_COUNT) -> tuple[str, ...]:
    """Stations whose pages are opened, some of them more than once."""
    rng = np.random.default_rng(6)
    return tuple(snapshot.stations[row].code for row in rng.integers(0, len(snapshot.stations), count).tolist())


def visits(queries: Sequence[str], codes: Sequence[str]) -> tuple[str, ...]:
    """What visitors ask for in turn: the first page, the file it searches in, two stations, a program's question.

    What browsers keep for good is not asked for again.
    """
    paths: list[str] = []
    for number in range(min(len(queries), len(codes) // 2)):
        paths += ["/", FILE_PATH, f"/stations/{codes[2 * number]}", f"/stations/{codes[2 * number + 1]}"]
        paths.append(NEAREST_PATH + queries[number])
    return tuple(paths)


def snapshot_of(database_url: str, place: Place) -> StationSnapshot:
    """What the database holds, as the service reads it."""
    store = Store(database_url)
    try:
        return build_snapshot(store, place, AT)
    finally:
        store.close()


def _figures(served: Mapping[str, tuple[Served, ...]]) -> list[Figure]:
    rates = {name: Spread(tuple(each.turn.per_second for each in turns)) for name, turns in served.items()}
    cpu_s = {name: Spread(tuple(each.cpu_s_per_1000 for each in turns)) for name, turns in served.items()}
    figures = _ratios(rates, cpu_s)
    if "postgis" in rates:
        figures += [
            Figure("nearest ÷ PostGIS a request", rates["nearest"].over(rates["postgis"]), bar=at_least(PEER_LIMIT)),
            Figure("CPU, PostGIS a request ÷ nearest", cpu_s["postgis"].over(cpu_s["nearest"])),
        ]
    figures += [Figure(f"{name}: answers a second", rate) for name, rate in rates.items()]
    figures += [Figure(f"{name}: CPU for 1,000 answers", each, "s") for name, each in cpu_s.items()]
    figures += [
        Figure(
            f"visits, Brotli: {name} of an answer",
            Spread(tuple(_latency_ms(each.turn, share) for each in served["visits, Brotli"])),
            "ms",
        )
        for name, share in (("P50", 0.5), ("P95", 0.95), ("P99", 0.99))
    ]
    share = Spread(tuple(each.turn.client_cpu_s / each.turn.took_s for each in served["hello"]))
    return [*figures, Figure("load generator's share of a core, bare Flask", share.times(100), "%")]


def _ratios(rates: Mapping[str, Spread], cpu_s: Mapping[str, Spread]) -> list[Figure]:
    """What does not depend on the machine: rates over the rate of an answer that costs nothing, and over peers."""
    floor, nearest, hello = rates["floor"], rates["nearest"], rates["hello"]
    cached_ratio = rates["stations, Brotli"].over(rates["floor, Brotli"])
    return [
        Figure("nearest ÷ constant body", nearest.over(floor), bar=at_least(NEAREST_LIMIT)),
        Figure(
            "station page, Brotli, ÷ constant body",
            rates["station page, Brotli"].over(rates["floor, Brotli"]),
            bar=at_least(PAGE_LIMIT),
        ),
        Figure("station page, uncompressed, ÷ constant body", rates["station page"].over(floor)),
        Figure(
            "phone's file, Brotli, ÷ constant body",
            rates["phone's file, Brotli"].over(rates["floor, Brotli"]),
            bar=at_least(FILE_LIMIT),
        ),
        Figure("phone's file, uncompressed, ÷ constant body", rates["phone's file"].over(floor)),
        Figure("nearest, Brotli, ÷ constant body", rates["nearest, Brotli"].over(rates["floor, Brotli"])),
        Figure("stations, cached, Brotli, ÷ constant body", cached_ratio, bar=at_least(CACHED_LIMIT)),
        Figure("stations, cached, uncompressed, ÷ constant body", rates["stations"].over(floor)),
        Figure(f"constant body of {len(LARGE_BODY):,} bytes ÷ constant body", rates["larger floor"].over(floor)),
        Figure("CPU, constant body ÷ nearest", cpu_s["floor"].over(cpu_s["nearest"])),
        Figure("CPU, constant body ÷ stations, Brotli", cpu_s["floor, Brotli"].over(cpu_s["stations, Brotli"])),
        Figure("nearest ÷ GeoPandas a request", nearest.over(rates["geopandas"])),
        Figure("CPU, GeoPandas a request ÷ nearest", cpu_s["geopandas"].over(cpu_s["nearest"])),
        Figure("nearest ÷ bare Flask", nearest.over(hello)),
        Figure("constant body ÷ bare Flask", floor.over(hello)),
    ]


def _latency_ms(turn: Turn, share: float) -> float:
    return float(np.quantile(turn.latencies_s, share)) * 1e3


def _notes(effort: Effort) -> tuple[str, ...]:
    return (
        "gunicorn with two processes of eight threads, as `scripts/serve.py` starts it, over the sample data.",
        "The rate limiter is on, with a limit nobody reaches.",
        (
            "Our own load generator (`scripts/benchmarks/load_client.py`) keeps "
            f"{effort.connections_count} connections busy from one process on the same machine; "
            f"a turn is {effort.requests_count:,} answers."
        ),
        (
            f"The constant body is {len(CONSTANT_BODY)} bytes; what asks for Brotli is compared with a constant body "
            "asked for in the same words. `nearest` answers five stations, as long as the larger constant body; "
            "every other question has a kind and a service. CPU is that of all server processes and the database."
        ),
        (
            "`visits` are a first page, the phone's file, two stations and a program's question in turn. GeoPandas "
            "keeps a frame in memory and looks at all of it for every question; both peers answer in the same words."
        ),
    )
