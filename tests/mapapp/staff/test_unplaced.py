"""The queue of unplaced stations: whose they are, one after another, and nothing of anybody's overwritten."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from geodata.coordinates import Crs, LonLat
from geodata.places import Place
from geodata.stations.freshness import FieldGroup
from geodata.stations.station import Position, Station
from geodata.stations.vocabulary import LifeCycle, StationKind
from mapapp.services.editing.unplaced import like_named
from mapapp.store import Store
from tests.conftest import FrozenClock
from tests.mapapp.staff.conftest import OpenStaffApp
from tests.mapapp.staff.station_forms import errors_of, inputs_of_page
from tests.mapapp.staff.world import (
    OTHER_DISTRICT,
    OWN_DISTRICT,
    OWN_STATION,
    UNPLACED_STATION,
    StaffClient,
    signed_in_as,
)

ClientOf = Callable[[str], StaffClient]
PAGE: Final = f"/staff/unplaced/{UNPLACED_STATION}"
ENGLISH: Final = {"Accept-Language": "en"}
FAR_FROM_ALL: Final = {"lon": "106.1", "lat": "38.5", "crs": "wgs84"}


@pytest.fixture
def store(staff_app: Flask) -> Store:
    found: Store = staff_app.extensions["stationmap"].store
    return found


@pytest.fixture
def spot(place: Place) -> LonLat:
    """A point in the own district."""
    return place.unit(OWN_DISTRICT).label_at


def add(store: Store, code: str, **facts: Any) -> None:
    station = Station(code=code, kind=StationKind.REST_STATION, name=facts.pop("name", f"驿站 {code}"), **facts)
    with store.writing("form") as writer:
        writer.add_station(station, actor="test", reason="to begin with")


def saved(store: Store, code: str = UNPLACED_STATION) -> Station:
    with store.reading() as reader:
        station = reader.station(code)
    assert station is not None
    return station


def change(store: Store, **facts: Any) -> None:
    """Somebody else saves the unplaced station."""
    current = saved(store)
    with store.writing("form") as writer:
        writer.update_station(
            replace(current, **facts), expected_version=current.version, actor="another", reason="meanwhile"
        )


def press(client: StaffClient, page: TestResponse, step: str = "save", **typed: str) -> TestResponse:
    """Press a button of the page's form after typing."""
    fields = inputs_of_page(page.text)
    return client.post_form(page.request.path, fields | {"step": step} | typed, headers=ENGLISH)


def at(spot: LonLat, **shift: float) -> dict[str, str]:
    """A point as it is typed, some hundredths of a degree away from a station that stands there."""
    return {"lon": f"{spot.lon + shift.get('lon', 0.02):.6f}", "lat": f"{spot.lat:.6f}", "crs": "wgs84"}


def words_of(page: TestResponse) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page.text)).split())


def test_the_overview_counts_what_is_left_by_district(client_of: ClientOf, store: Store) -> None:
    add(store, "YC-0010", district_code=OWN_DISTRICT)
    add(store, "YC-0011", district_code=OTHER_DISTRICT)

    def counts(name: str) -> list[tuple[str, str]]:
        page = client_of(name).get("/staff/unplaced").text
        return re.findall(r'only=(\w+)"><span>[^<]*</span> <span class="left-count">(\d+)', page)

    assert counts("admin") == [(OWN_DISTRICT, "1"), (OTHER_DISTRICT, "1"), ("none", "1")]
    assert counts("editor_own") == [(OWN_DISTRICT, "1"), ("none", "1")]


def test_with_nothing_left_the_overview_says_so(client_of: ClientOf, store: Store) -> None:
    change(store, life_cycle=LifeCycle.DELISTED)

    assert "There is nothing to do here." in client_of("admin").get("/staff/unplaced", headers=ENGLISH).text
    assert client_of("admin").get("/staff/unplaced/next").location == "/staff/unplaced"


@pytest.mark.parametrize("name", ["planner", "keeper_own"])
def test_who_moves_no_station_has_no_queue(client_of: ClientOf, name: str) -> None:
    assert client_of(name).get("/staff/unplaced").status_code == 403


def test_an_editor_goes_through_the_own_districts_and_begins_again_behind_the_last(
    client_of: ClientOf, store: Store
) -> None:
    add(store, "YC-0010", district_code=OWN_DISTRICT)
    add(store, "YC-0011", district_code=OTHER_DISTRICT)
    client = client_of("editor_own")

    def after(code: str, only: str = "") -> str:
        return client.get("/staff/unplaced/next", query_string={"after": code, "only": only}).location

    assert after("") == PAGE
    assert after(UNPLACED_STATION) == "/staff/unplaced/YC-0010"
    assert after("YC-0010") == PAGE
    assert after("", OWN_DISTRICT) == f"/staff/unplaced/YC-0010?only={OWN_DISTRICT}"
    assert after("", OTHER_DISTRICT) == f"/staff/unplaced?only={OTHER_DISTRICT}".split("?", maxsplit=1)[0]


def test_a_station_is_set_and_the_next_one_comes(client_of: ClientOf, store: Store, spot: LonLat) -> None:
    add(store, "YC-0010", district_code=OWN_DISTRICT)
    client = client_of("editor_own")

    answer = press(client, client.get(PAGE), **at(spot))

    assert answer.status_code == 303
    assert answer.location.startswith("/staff/unplaced/YC-0010?")
    station = saved(store)
    assert station.position is not None
    assert (station.position.given_crs, station.district_code) == (Crs.WGS84, OWN_DISTRICT)
    with store.reading() as reader:
        assert reader.revisions(UNPLACED_STATION)[-1].actor == "editor_own"
    assert f'action="/staff/stations/{UNPLACED_STATION}/undo"' in client.get(answer.location).text


def test_the_last_one_leads_to_the_overview(client_of: ClientOf, spot: LonLat) -> None:
    client = client_of("editor_own")
    answer = press(client, client.get(PAGE), **at(spot))
    assert answer.location.startswith("/staff/unplaced?")
    assert UNPLACED_STATION in client.get(answer.location).text


def test_only_the_place_is_changed_whatever_is_posted(client_of: ClientOf, store: Store, spot: LonLat) -> None:
    client, before = client_of("editor_own"), saved(store)

    press(client, client.get(PAGE), name="taken over", life_cycle="delisted", hours_rule="24/7", **at(spot))

    after = saved(store)
    assert replace(after, position=None, district_code=None, version=1) == before


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ({"lon": "", "lat": ""}, ["lon"]),
        ({"lon": "106.2", "lat": ""}, ["lat"]),
        ({"lon": "abc", "lat": "38.4"}, ["lon"]),
        ({"lon": "38.4", "lat": "106.2"}, ["lon"]),
        ({"lon": "1e999", "lat": "nan"}, ["lon", "lat"]),
        ({"lon": "106.2", "lat": "38.4", "crs": "magic"}, ["lon"]),
    ],
)
def test_what_is_no_place_comes_back_as_it_was_typed(
    client_of: ClientOf, store: Store, typed: dict[str, str], fields: list[str]
) -> None:
    client = client_of("editor_own")

    page = press(client, client.get(PAGE), **typed)

    assert (page.status_code, errors_of(page)) == (400, fields)
    assert inputs_of_page(page.text)["lon"] == typed["lon"]
    assert saved(store).version == 1


def test_a_place_outside_the_city_is_asked_about_once(client_of: ClientOf, store: Store) -> None:
    client = client_of("editor_own")

    asked = press(client, client.get(PAGE), lon="116.4", lat="39.9", crs="wgs84")
    elsewhere = press(client, asked, lon="116.5")
    again = press(client, elsewhere)

    assert [asked.status_code, elsewhere.status_code, again.status_code] == [409, 409, 303]
    assert saved(store).position is not None


def test_a_like_named_station_at_the_same_spot_is_asked_about(
    client_of: ClientOf, staff_app: Flask, store: Store, spot: LonLat
) -> None:
    change(store, name="东街驿站")
    client = client_of("editor_own")

    page = press(client, client.get(PAGE), **at(spot, lon=0))

    assert page.status_code == 409
    assert OWN_STATION in words_of(page)


def test_a_place_in_anothers_district_is_refused_at_the_district(
    client_of: ClientOf, store: Store, place: Place
) -> None:
    client = client_of("editor_own")

    page = press(client, client.get(PAGE), **at(place.unit(OTHER_DISTRICT).label_at))

    assert (page.status_code, errors_of(page)) == (403, ["district_code"])
    assert saved(store).position is None


def test_who_placed_it_meanwhile_is_said_and_stays(client_of: ClientOf, store: Store, spot: LonLat) -> None:
    client = client_of("editor_own")
    page = client.get(PAGE)
    change(store, position=Position.wgs84(106.2, 38.4), district_code=OTHER_DISTRICT)
    change(store, position=Position.wgs84(106.2, 38.4), district_code=None)

    answer = press(client, page, **at(spot))

    assert answer.status_code == 409
    assert "another" in words_of(answer)
    position = saved(store).position
    assert position is not None
    assert position.point == LonLat(106.2, 38.4)


def test_what_else_was_changed_meanwhile_is_shown_and_kept(client_of: ClientOf, store: Store, spot: LonLat) -> None:
    client = client_of("editor_own")
    page = client.get(PAGE)
    change(store, address="新街 9 号", district_code=OWN_DISTRICT)

    told = press(client, page, **at(spot))
    done = press(client, told)

    assert (told.status_code, done.status_code) == (409, 303)
    assert "新街 9 号" in words_of(told)
    assert saved(store).address == "新街 9 号"


def test_a_station_that_has_its_place_is_not_asked_for(client_of: ClientOf) -> None:
    page = client_of("editor_own").get(f"/staff/unplaced/{OWN_STATION}")

    assert page.status_code == 200
    assert "data-placing-form" not in page.text


def test_anothers_station_is_shown_without_a_form_and_cannot_be_placed(client_of: ClientOf, store: Store) -> None:
    add(store, "YC-0010", district_code=OTHER_DISTRICT)
    client = client_of("editor_own")

    assert "data-placing-form" not in client.get("/staff/unplaced/YC-0010").text
    for path in ("", "/aside", "/ask-again"):
        answer = client.post_form(f"/staff/unplaced/YC-0010{path}", FAR_FROM_ALL | {"version": "1", "how": "phone"})
        assert answer.status_code == 403
    assert saved(store, "YC-0010").position is None


@pytest.mark.parametrize(("version", "status"), [("0", 409), ("7", 409), ("x", 400), ("٣", 400), ("9" * 30, 400)])
def test_a_form_of_another_version_saves_nothing(
    client_of: ClientOf, store: Store, spot: LonLat, version: str, status: int
) -> None:
    client = client_of("editor_own")

    assert press(client, client.get(PAGE), **at(spot), version=version).status_code == status
    assert saved(store).position is None


# --- those without a place


def put_aside(client: StaffClient, how: str = "phone") -> TestResponse:
    return client.post_form(f"{PAGE}/aside", {"version": "1", "how": how})


def test_one_without_a_fixed_place_is_put_aside_and_its_version_stays(client_of: ClientOf, store: Store) -> None:
    client = client_of("editor_own")

    answer = put_aside(client)

    assert answer.status_code == 303
    assert client.get("/staff/unplaced/next").location == "/staff/unplaced"
    assert saved(store).version == 1
    with store.reading() as reader:
        (said,) = reader.confirmations.of_station(UNPLACED_STATION)
    assert (said.group, said.actor) == (FieldGroup.POSITION, "editor_own")
    assert "Place it after all" in client.get("/staff/unplaced", headers=ENGLISH).text


def test_it_can_be_taken_back(client_of: ClientOf) -> None:
    client = client_of("editor_own")
    put_aside(client)

    answer = client.post_form(f"{PAGE}/ask-again")

    assert answer.location == PAGE
    assert client.get("/staff/unplaced/next").location == PAGE


def test_it_is_asked_for_again_after_a_year(client_of: ClientOf, clock: FrozenClock) -> None:
    put_aside(client_of("editor_own"))

    clock.advance(days=366)

    assert client_of("editor_own").get("/staff/unplaced/next").location == PAGE


def test_it_is_asked_for_again_when_its_address_is_changed(client_of: ClientOf, store: Store) -> None:
    client = client_of("editor_own")
    put_aside(client)

    change(store, address="新街 9 号")

    assert client.get("/staff/unplaced/next").location == PAGE


def test_one_does_not_say_so_without_saying_how_one_knows(client_of: ClientOf) -> None:
    client = client_of("editor_own")

    assert put_aside(client, how="").status_code == 400
    assert put_aside(client, how="import").status_code == 400
    assert client.get("/staff/unplaced/next").location == PAGE


def test_one_that_was_placed_meanwhile_is_not_put_aside(client_of: ClientOf, store: Store) -> None:
    change(store, position=Position.wgs84(106.2, 38.4))

    assert put_aside(client_of("editor_own")).status_code == 409


# --- what is at hand


def test_stations_of_like_names_are_shown_with_how_far_they_lie_apart(
    client_of: ClientOf, staff_app: Flask, store: Store, spot: LonLat
) -> None:
    for number in (1, 2):
        here = Position.wgs84(spot.lon, spot.lat + 0.01 * number)
        add(store, f"YC-002{number}", name="待定驿站", address=f"某街 {number} 号", position=here)
    add(store, "YC-0030", name="待定驿站二", position=Position.wgs84(spot.lon, spot.lat))
    services = staff_app.extensions["stationmap"]
    services.keeper.refresh()

    page = client_of("editor_own").get(PAGE, headers=ENGLISH)

    found = like_named(saved(store), services.snapshot)
    assert [each.station.code for each in found] == ["YC-0021", "YC-0022"]
    assert "YC-0022 · 某街 2 号 · 1.1 km from A" in words_of(page)


def test_without_a_map_service_there_is_nothing_to_ask(client_of: ClientOf) -> None:
    client = client_of("editor_own")
    page = client.get(PAGE)

    answer = press(client, page, "search", words="某街", **FAR_FROM_ALL)

    assert 'name="words"' not in page.text
    assert inputs_of_page(answer.text)["lon"] == FAR_FROM_ALL["lon"]


def test_a_map_service_that_cannot_be_reached_costs_nothing_typed(
    open_staff_app: OpenStaffApp, clock: FrozenClock
) -> None:
    key = "k3y-of-the-tests"
    app = open_staff_app(geocoder="gaode", geocoder_key=key, geocoder_url="http://127.0.0.1:1")
    client = StaffClient(app, signed_in_as(app.extensions["stationmap"].accounts, "editor_own", clock()))

    page = press(client, client.get(PAGE, headers=ENGLISH), "search", words="某街 7 号", **FAR_FROM_ALL)

    assert page.status_code == 200
    assert "The map service cannot be reached" in words_of(page)
    assert {name: inputs_of_page(page.text)[name] for name in ("words", "lon")} == {
        "words": "某街 7 号",
        "lon": "106.1",
    }
    assert key not in page.text


def test_a_place_that_was_taken_stands_in_the_form_and_is_not_saved(client_of: ClientOf, store: Store) -> None:
    client = client_of("editor_own")

    page = press(client, client.get(PAGE), "take:106.28,38.47,gcj02,geocoded")

    typed = inputs_of_page(page.text)
    assert [typed[name] for name in ("lon", "lat", "crs", "accuracy")] == ["106.28", "38.47", "gcj02", "geocoded"]
    assert saved(store).version == 1


@pytest.mark.parametrize("step", ["take:", "take:1,2", "take:a,b,c,d", "take:NaN,1e9,gcj02,geocoded", "magic"])
def test_a_button_we_never_made_breaks_nothing(client_of: ClientOf, store: Store, step: str) -> None:
    client = client_of("editor_own")

    assert press(client, client.get(PAGE), step).status_code in {200, 400}
    assert saved(store).position is None
