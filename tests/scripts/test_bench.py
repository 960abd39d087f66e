"""scripts/bench.py: its ratios are computed right, both sides answer alike, and every part runs.

No test looks at a time: how fast a machine is says nothing about the code on another.
"""

from __future__ import annotations

import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from benchmarks import (
    bulk_nearest,
    city_coverage,
    exports,
    front_page,
    geopandas_peer,
    http_rates,
    single_questions,
    snapshots,
)
from benchmarks.country import Effort
from benchmarks.databases import many_stations
from benchmarks.http_app import mount
from benchmarks.load_client import BadAnswer, request_bytes, send_all
from benchmarks.national import invent
from benchmarks.postgis_peer import PEER_PATH, PostgisPeer
from benchmarks.processes import cpu_seconds_below
from benchmarks.results import at_most
from geodata.coordinates import LonLat, great_circle_m
from geodata.places import Place
from geodata.stations.filters import OpenFilter
from geodata.stations.index import StationIndex
from installation.debian import chromium_path
from installation.layout import BUILT_DIR, PROJECT_DIR
from installation.web_server import Address
from mapapp import create_app
from mapapp.services.load_sample import set_up
from mapapp.services.snapshot import StationSnapshot
from mapapp.settings import Settings
from mapapp.store import Store
from mapapp.web import EXTENSION_KEY
from tests.conftest import TESTCITY_DIR
from tests.postgres_cluster import missing_package

# --- load and CPU ----------------------------------------------------------------------------------


class _Answer(http.server.BaseHTTPRequestHandler):
    """Answers /large with a long body, /small with a short one, and everything else with 404."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = {"/large": b"x" * 500_000, "/small": b"{}"}.get(self.path)
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def answering() -> Iterator[Address]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield Address("127.0.0.1", server.server_port)
        server.shutdown()
        thread.join()


def test_the_load_generator_reads_every_answer_whole(answering: Address) -> None:
    requests = [request_bytes(answering, path, ()) for path in ("/small", "/large")]

    turn = send_all(answering, requests, count=21, connections_count=4)

    assert turn.answers_count == 21
    assert turn.bytes_count > 10 * 500_000
    assert turn.per_second == pytest.approx(21 / turn.took_s)


def test_the_load_generator_takes_no_error_for_an_answer(answering: Address) -> None:
    with pytest.raises(BadAnswer, match="404"):
        send_all(answering, [request_bytes(answering, "/gone", ())], count=1, connections_count=1)


def test_cpu_time_is_that_of_children_and_their_children() -> None:
    busy = "import time\nwhile time.process_time() < 0.3: pass\nprint(flush=True); input()"
    middle = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}])"
    before_s = cpu_seconds_below(os.getpid())

    with subprocess.Popen([sys.executable, "-c", middle], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        used_s = cpu_seconds_below(os.getpid()) - before_s
        process.communicate(b"\n")

    assert used_s >= 0.25


# --- both sides answer alike -----------------------------------------------------------------------


def test_geopandas_finds_stations_as_near_as_the_index_does() -> None:
    country = invent(300, centres_count=1)
    index, peer = StationIndex(country.columns), single_questions.GeoPandasStations(country)
    mix = next(each for each in single_questions.MIXES if each.filters.open is OpenFilter.AT)

    def distances_m(origin: LonLat, codes: list[str]) -> list[float]:
        rows = [country.columns.codes.index(code) for code in codes]
        found = great_circle_m(origin.lon, origin.lat, country.columns.lon[rows], country.columns.lat[rows])
        return sorted(found.tolist())

    for origin in country.origins(np.random.default_rng(1), 20):
        ours, theirs = single_questions.ask(index, mix, origin), peer.ask(mix, origin)

        # Theirs are distances in a plane on the ellipsoid: up to half a per cent from the sphere's.
        assert distances_m(origin, theirs) == pytest.approx(distances_m(origin, ours), rel=0.01)


def test_bulk_metres_are_those_of_the_bare_chords() -> None:
    country = invent(500, centres_count=3)
    lon, lat = country.demand(np.random.default_rng(1), 400)
    is_open = bulk_nearest.open_at(country)

    metres = bulk_nearest.nearest_open_m(country, lon, lat)
    chords = bulk_nearest.bare_chords(country, is_open, lon, lat)

    assert metres == pytest.approx(2 * 6_371_008.8 * np.arcsin(chords / 2), rel=1e-9)


def test_all_three_ways_cover_the_same_demand_points(testcity: Place) -> None:
    city = city_coverage.City.of(testcity)
    answer = city.coverage()
    is_open = answer.stations.surely

    assert answer.covered_low.any()
    assert np.array_equal(city.covered_by_matrix(is_open), answer.covered_low)
    assert np.count_nonzero(city.covered_by_geopandas(is_open) != answer.covered_low) <= 0.005 * len(answer.covered_low)


@pytest.fixture
def peer(testcity: Place, tmp_path: Path) -> Iterator[tuple[FlaskClient, StationSnapshot]]:
    """The service and the PostGIS peer over the same stations."""
    package = missing_package()
    if package is not None:
        pytest.skip(f"{package} is missing")
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'stations.sqlite3'}", place=str(TESTCITY_DIR))
    store = Store(settings.database_url, clock=lambda: http_rates.AT)
    set_up(store, testcity)
    store.close()
    app = create_app(settings, clock=lambda: http_rates.AT, start_refresher=False)
    services = app.extensions[EXTENSION_KEY]
    with http_rates.peer_database(services.snapshot) as url, closing(PostgisPeer(url)) as peer:
        mount(app, peer)
        yield app.test_client(), services.snapshot
    services.store.close()


def test_postgis_gives_the_answer_of_the_service(peer: tuple[FlaskClient, StationSnapshot]) -> None:
    client, snapshot = peer

    for query in http_rates.questions(snapshot, 12):
        ours, theirs = (client.get(path + query).json for path in (http_rates.NEAREST_PATH, PEER_PATH))

        assert ours is not None
        assert ours["numberReturned"] == 5
        assert theirs == ours


def test_geopandas_finds_stations_as_near_as_the_service_does(peer: tuple[FlaskClient, StationSnapshot]) -> None:
    client, snapshot = peer

    for query in http_rates.questions(snapshot, 12):
        ours, theirs = (client.get(path + query).json for path in (http_rates.NEAREST_PATH, geopandas_peer.PEER_PATH))

        assert ours is not None
        assert theirs is not None
        assert theirs["unknown_count"] == ours["unknown_count"]
        assert metres_of(theirs) == pytest.approx(metres_of(ours), rel=5e-3)  # it measures in a plane


def metres_of(answer: dict[str, Any]) -> list[float]:
    return [feature["properties"]["distance_m"] for feature in answer["features"]]


def test_a_larger_sample_is_all_sample_and_no_code_comes_twice(testcity: Place) -> None:
    stations = [station for station, _ in zip(many_stations(testcity), range(900), strict=False)]

    assert all(station.is_sample for station in stations)
    assert len({station.code for station in stations}) == 900


# --- every part runs -------------------------------------------------------------------------------


def test_single_questions_run() -> None:
    section = single_questions.measure(single_questions.Effort(2000, 2, 5, 1))

    assert sum(figure.bar is not None for figure in section.figures) == 5
    assert all(min(figure.value.values) > 0 for figure in section.figures)


def test_bulk_runs() -> None:
    section = bulk_nearest.measure(bulk_nearest.Effort(1000, 5000, 2))

    ratio, ours, bare, *_ = section.figures
    assert ratio.bar == at_most(1.5)
    assert ratio.value == ours.value.over(bare.value)


def test_city_coverage_runs() -> None:
    section = city_coverage.measure(str(TESTCITY_DIR), city_coverage.Effort(2))

    assert section.figures[0].bar == at_most(20)


@pytest.mark.long
def test_exports_run() -> None:
    section = exports.measure(Effort(200, 1))
    by_name = {figure.name.strip(): figure for figure in section.figures}

    assert {"XLSX", "CSV", "GEOJSON", "GPKG"} <= by_name.keys()
    assert by_name["÷ reading"].value.middle > 1
    assert section.missed_count == 0


@pytest.mark.long
def test_snapshots_run() -> None:
    section = snapshots.measure(Effort(300, 1))

    assert {figure.name: str(figure.bar) for figure in section.figures if figure.bar} == {
        "memory above the loaded application": "≤ 400",
        "from nothing": "≤ 5",
        "memory after the changes": "≤ 400",
    }
    assert all(figure.value.middle > 0 for figure in section.figures if figure.unit != "MB")


@pytest.mark.long
def test_http_runs_over_real_servers() -> None:
    section = http_rates.measure(str(TESTCITY_DIR), http_rates.Effort(2, 6, connections_count=2))

    bars = {figure.name: str(figure.bar) for figure in section.figures if figure.bar}
    assert sorted(bars.values()) == [
        "≥ 0.35",
        "≥ 0.5",
        "≥ 0.9",
        "≥ 0.95",
        *(["≥ 1"] if missing_package() is None else []),
    ]
    by_name = {figure.name: figure.value for figure in section.figures}
    assert by_name["nearest ÷ constant body"] == by_name["nearest: answers a second"].over(
        by_name["floor: answers a second"]
    )
    assert bool(section.left_out) == (missing_package() is not None)


@pytest.mark.long
@pytest.mark.browser
def test_the_front_page_runs_in_a_real_browser() -> None:
    if not chromium_path().exists():
        pytest.skip("chromium is missing")
    assert (BUILT_DIR / "manifest.json").is_file(), "The front end is not built: python3 scripts/test.py builds it."

    effort = replace(front_page.QUICK, rounds_count=1, stations_count=430, uncounted_count=0)
    with ThreadPoolExecutor(1) as own_thread:  # Playwright runs once a thread, and other tests' browser is in this one
        section = own_thread.submit(front_page.measure, str(TESTCITY_DIR), effort).result()

    values = {figure.name: figure.value.middle for figure in section.figures}
    assert values["all transfers of a first visit"] > values["all stations' data"] > 1
    assert values["list visible"] > 0
    assert values["430 stations: map opened to first marker"] > 0


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    script = PROJECT_DIR / "scripts" / "bench.py"
    return subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True, check=False)


def test_the_script_says_what_it_can_measure() -> None:
    done = bench("--help")

    assert done.returncode == 0
    said = " ".join(done.stdout.split())
    assert (
        "http, index, bulk, national, coverage, matrix, planning, snapshots, exports, siting, streets, staff, page, lighthouse"
        in said
    )


def test_the_script_refuses_a_part_that_it_has_not() -> None:
    assert bench("--only", "sleep").returncode == 2
