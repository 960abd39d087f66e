"""What the pages of a large register are told to fetch, and what those addresses answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geodata.stations.arrival import ArrivalRules, arrival_at
from geodata.stations.station import Station
from geodata.stations.vocabulary import LifeCycle, OpenState, Service
from mapapp import create_app
from mapapp.services.snapshot import StationSnapshot
from mapapp.settings import Settings
from tests.conftest import FROZEN_AT, FrozenClock
from tests.conftest import _copy as copy_database

OPEN = (OpenState.OPEN, OpenState.CLOSING_SOON)


@pytest.fixture(scope="module")
def large_clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture(scope="module")
def large_app(
    large_clock: FrozenClock, sample_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The application over the sample, which counts as too large to be fetched whole."""
    folder = tmp_path_factory.mktemp("large")
    file = folder / "stations.sqlite3"
    copy_database(sample_database, file)
    settings = Settings(database_url=f"sqlite:///{file}", data_dir=str(folder), cells_above=100, rate_limit="")
    app = create_app(settings, clock=large_clock, start_refresher=False)
    yield app
    app.extensions["stationmap"].store.close()


@pytest.fixture
def large(large_app: Flask) -> FlaskClient:
    return large_app.test_client()


def page_data(client: FlaskClient, path: str = "/") -> dict[str, Any]:
    found = re.search(r'id="page-data"[^>]*>(.*?)</script>', client.get(path).get_data(as_text=True), re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_a_small_registers_page_fetches_the_whole_of_it(client: FlaskClient) -> None:
    assert page_data(client)["urls"]["cells"] is None
    assert client.get("/data/stations.json").status_code == 200


def test_a_large_registers_page_is_told_where_its_parts_are(large: FlaskClient) -> None:
    cells = page_data(large)["urls"]["cells"]

    index = large.get(cells["index"]).get_json()
    some_id = index["cells"]["id"][0]
    assert large.get(cells["cell"].replace("CELL", some_id)).get_json()["cell"] == some_id
    tile = cells["tile"].replace("ZOOM", "0").replace("COLUMN", "0").replace("ROW", "0")
    placed = large.application.extensions["stationmap"].snapshot.index.placed_count
    assert sum(count for _lon, _lat, count in large.get(tile).get_json()["clusters"]) == placed
    assert large.get("/data/stations.json").status_code == 404


def test_the_worker_knows_the_parts_by_their_paths(large: FlaskClient) -> None:
    first_line = large.get("/sw.js").get_data(as_text=True).partition("\n")[0]
    release = json.loads(first_line.removeprefix("self.release=").removesuffix(";"))

    pattern = release["cells"]["pattern"]
    assert re.search(pattern, "/data/cells/8424c05ffffffff.json")
    assert not re.search(pattern, "/data/cells.json")
    assert release["cells"]["index"] == "/data/cells.json"


def test_who_has_a_cell_already_is_told_so(large: FlaskClient) -> None:
    index = large.get("/data/cells.json")
    path = f"/data/cells/{index.get_json()['cells']['id'][0]}.json"
    tag = large.get(path).headers["ETag"]

    assert large.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert large.get("/data/cells.json", headers={"If-None-Match": index.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "/data/cells/8428309ffffffff.json",
        "/data/cells/%00.json",
        "/data/cells/<b>.json",
        "/data/clusters/10/0/0.json",
        "/data/clusters/3/8/0.json",
        "/data/clusters/99999999999999999999/0/0.json",
        "/data/clusters/-1/0/0.json",
    ],
)
def test_what_is_no_cell_and_no_tile_is_not_found(large: FlaskClient, path: str) -> None:
    assert large.get(path).status_code == 404


def test_the_list_of_a_large_register_begins_with_its_districts(large: FlaskClient) -> None:
    page = large.get("/stations").get_data(as_text=True)

    assert "plain-stations" not in page
    counted = [
        int(count) for count in re.findall(r'<li><a href="/stations\?district=\d+">[^<]+<span>(\d+)</span>', page)
    ]
    assert sum(counted) == len(large.application.extensions["stationmap"].snapshot.stations)


def test_a_district_is_read_in_pages_that_together_hold_all_of_it(large: FlaskClient) -> None:
    snapshot = large.application.extensions["stationmap"].snapshot
    name = "示例"
    codes: list[str] = []
    for number in (1, 2, 3):
        page = large.get(f"/stations?q={name}&page={number}").get_data(as_text=True)
        codes += re.findall(r'<a href="/stations/([A-Z]+-S\d+)">', page)

    assert codes == [station.code for station in snapshot.stations if name in station.name]


def test_a_name_is_found_in_the_whole_register(large: FlaskClient) -> None:
    snapshot = large.application.extensions["stationmap"].snapshot
    station = snapshot.stations[200]

    page = large.get("/stations", query_string={"q": station.name}).get_data(as_text=True)

    assert f'href="/stations/{station.code}"' in page


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=-1",
        "page=9999999999999999999",
        "page=²",
        "district=000000",
        "q=%00",
        "q=" + "驿" * 500,
        "page=999",
    ],
)
def test_what_makes_no_sense_in_the_lists_address_does_no_harm(large: FlaskClient, query: str) -> None:
    assert large.get(f"/stations?{query}").status_code == 200


def test_the_privacy_page_says_what_a_large_register_reveals(large: FlaskClient, client: FlaskClient) -> None:
    said = "约 1,770 平方公里"

    assert said in large.get("/about").get_data(as_text=True)
    assert said not in client.get("/about").get_data(as_text=True)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"kind": "driver_home,worker_home"},
        {"services": "toilet,water"},
        {"open": "now"},
        {"open": "now", "kind": "rest_station", "services": "heat_meal"},
        {"open_late": "true"},
        {"always_open": "true"},
    ],
)
@pytest.mark.parametrize("hour", [10, 23])
def test_the_numbers_from_afar_count_the_stations_that_pass_the_readers_filters(
    large_app: Flask, large_clock: FrozenClock, asked: dict[str, str], hour: int
) -> None:
    snapshot = large_app.extensions["stationmap"].snapshot
    large_clock.now = FROZEN_AT.replace(hour=hour, minute=29, second=40)
    at = large_clock.now.replace(second=0)
    wanted = [each for each in snapshot.stations if each.position is not None and _passes(each, snapshot, asked, at)]

    tile = large_app.test_client().get("/data/clusters/0/0/0.json", query_string=asked).get_json()

    assert sum(count for _lon, _lat, count in tile["clusters"]) == len(wanted)
    assert wanted


def _passes(station: Station, snapshot: StationSnapshot, asked: dict[str, str], at: datetime) -> bool:
    """The filters of a tile, one station at a time."""
    schedule, is_active = snapshot.book.of(station.hours), station.life_cycle is LifeCycle.ACTIVE
    late = at.replace(hour=22, minute=0)
    services = [Service(code) for code in asked.get("services", "").split(",") if code]
    return (
        ("kind" not in asked or station.kind in asked["kind"].split(","))
        and all(each in station.services_in(at.month) for each in services)
        and ("open" not in asked or (is_active and bool(schedule.state_at(at).is_open)))
        and ("open_late" not in asked or arrival_at(station.life_cycle, schedule, late, ArrivalRules()).state in OPEN)
        and ("always_open" not in asked or (is_active and schedule.is_24h))
    )


@pytest.mark.parametrize("query", ["kind=castle", "services=toilet,", "open=arrival", "open_late=1", "always_open=yes"])
def test_numbers_by_a_filter_that_is_none_are_not_found(large: FlaskClient, query: str) -> None:
    assert large.get(f"/data/clusters/0/0/0.json?{query}").status_code == 404
