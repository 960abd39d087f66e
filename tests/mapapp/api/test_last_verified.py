"""``last_verified`` of the interface and of a station's page: what staff confirmed counts, and comes back unharmed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from geodata.places import Place
from geodata.stations.freshness import ConfirmedHow, FieldGroup
from geodata.stations.station import Station, Verification
from geodata.stations.vocabulary import StationKind, VerifiedHow
from mapapp import create_app
from mapapp.services.rights import COMMAND_LINE, Actor
from mapapp.services.truth.confirming import confirm_groups
from mapapp.settings import Settings
from mapapp.store import Store
from mapapp.store.accounts import Role, Scope
from tests.conftest import FrozenClock

ADDRESS = "/api/v1/stations/YC-0001"
TODAY = {"on": "2026-11-18", "how": "on_site"}


@dataclass(slots=True)
class Bench:
    """The application over one station, and a program that may write."""

    app: Flask
    headers: dict[str, str]

    def confirm(self) -> None:
        """Somebody stands before the station and finds all as before."""
        parts = self.app.extensions["stationmap"]
        actor = Actor("li", Role.ADMIN)
        confirm_groups(parts.store, actor, "YC-0001", [FieldGroup.DOOR], ConfirmedHow.ON_SITE, 1, parts.now())
        parts.keeper.refresh()

    def get(self, address: str = ADDRESS) -> TestResponse:
        return self.app.test_client().get(address)

    def get_as_staff(self) -> TestResponse:
        return self.app.test_client().get(ADDRESS, headers=self.headers)

    def put(self, feature: Any, tag: str) -> TestResponse:
        return self.app.test_client().put(ADDRESS, json=feature, headers={**self.headers, "If-Match": tag})


@pytest.fixture
def bench(settings: Settings, store: Store, place: Place, clock: FrozenClock) -> Iterator[Bench]:
    station = Station(code="YC-0001", kind=StationKind.REST_STATION, name="测试驿站", district_code="640104")
    with store.writing("command") as writer:
        writer.add_station(station, actor="ma", reason="first")
    app = create_app(settings, clock=clock, start_refresher=False)
    parts = app.extensions["stationmap"]
    scopes = (Scope.STATIONS_WRITE,)
    _, secret = parts.accounts.create_token(COMMAND_LINE, "程序", scopes, (), None, parts.now())
    yield Bench(app, {"Authorization": f"Bearer {secret}"})
    parts.store.close()


def verified(answer: TestResponse) -> Any:
    return answer.get_json()["properties"]["last_verified"]


def test_a_confirmation_moves_it_everywhere_and_the_version_nowhere(bench: Bench) -> None:
    tag = bench.get().headers["ETag"]

    bench.confirm()

    after = bench.get()
    assert verified(after) == verified(bench.get_as_staff()) == TODAY
    assert bench.get("/api/v1/stations").get_json()["features"][0]["properties"]["last_verified"] == TODAY
    assert after.get_json()["properties"]["version"] == 1
    assert after.headers["ETag"] != tag


def test_the_stations_page_says_so(bench: Bench) -> None:
    assert "2026-11-18 · 现场核实" not in bench.get("/stations/YC-0001").text

    bench.confirm()

    assert "2026-11-18 · 现场核实" in bench.get("/stations/YC-0001").text


def test_the_phones_file_says_so(bench: Bench) -> None:
    bench.confirm()

    columns = bench.get("/data/stations.json").get_json()["stations"]
    assert columns["verified_day"] == [20775]
    assert columns["verified_how"] == [0]


@pytest.mark.parametrize("as_staff", [True, False])
def test_what_get_gives_is_taken_and_changes_nothing(bench: Bench, as_staff: bool) -> None:
    bench.confirm()
    got = bench.get_as_staff() if as_staff else bench.get()

    answer = bench.put(got.get_json(), got.headers["ETag"])

    assert answer.status_code == 200, answer.text
    assert answer.get_json()["properties"]["version"] == 1
    assert verified(answer) == TODAY


def test_a_day_of_ones_own_is_still_taken(bench: Bench, store: Store) -> None:
    bench.confirm()
    got = bench.get_as_staff()
    feature = got.get_json()
    feature["properties"]["last_verified"] = {"on": "2026-11-01", "how": "phone"}

    answer = bench.put(feature, got.headers["ETag"])

    assert verified(answer) == TODAY
    with store.reading() as reader:
        station = reader.station("YC-0001")
    assert station is not None
    assert station.last_verified == Verification(date(2026, 11, 1), VerifiedHow.PHONE)
