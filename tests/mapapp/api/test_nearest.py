"""GET /api/v1/stations/nearest against a walk over every station."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geodata.coordinates import Crs, LonLat, convert_point
from geodata.stations.arrival import Arrival, ArrivalRules, arrival_at, state_now
from geodata.stations.station import Station
from geodata.stations.vocabulary import LifeCycle, OpenState, Service, StationKind
from mapapp.services.snapshot import StationSnapshot
from tests.conftest import FrozenClock, SharedApp

NEAREST = "/api/v1/stations/nearest"
HERE = LonLat(106.2309, 38.4872)
SPEEDS_KMH = {"walk": 4.8, "ebike": 18.0, "car": 30.0}
IS_OPEN = {OpenState.OPEN, OpenState.CLOSING_SOON}


@pytest.fixture
def app(shared_app: SharedApp) -> Flask:
    return shared_app.app


@pytest.fixture
def clock(shared_app: SharedApp) -> FrozenClock:
    return shared_app.clock


@pytest.fixture
def snapshot(app: Flask) -> StationSnapshot:
    current: StationSnapshot = app.extensions["stationmap"].snapshot
    return current


def haversine_m(one: LonLat, other: LonLat) -> float:
    phi_one, phi_other = math.radians(one.lat), math.radians(other.lat)
    half_lat, half_lon = (phi_other - phi_one) / 2, math.radians(other.lon - one.lon) / 2
    h = math.sin(half_lat) ** 2 + math.cos(phi_one) * math.cos(phi_other) * math.sin(half_lon) ** 2
    return 2 * 6_371_008.8 * math.asin(math.sqrt(h))


def walk_over(
    snapshot: StationSnapshot, origin: LonLat, at: datetime, mode: str
) -> Iterator[tuple[float, Station, datetime, Arrival]]:
    """Every placed station by distance, with when one gets there and what one finds."""
    placed = [station for station in snapshot.stations if station.position is not None]
    far = {s.code: haversine_m(origin, s.position.point.rounded()) for s in placed if s.position is not None}
    for station in sorted(placed, key=lambda s: (far[s.code], s.code)):
        there_at = at + timedelta(seconds=far[station.code] * 1.3 / (SPEEDS_KMH[mode] / 3.6))
        arrival = arrival_at(station.life_cycle, snapshot.book.of(station.hours), there_at, ArrivalRules())
        yield far[station.code], station, there_at, arrival


def ask(client: FlaskClient, origin: LonLat = HERE, **query: object) -> Any:
    response = client.get(NEAREST, query_string={"lon": origin.lon, "lat": origin.lat, **query})
    assert response.status_code == 200, response.text
    return response.get_json()


@pytest.mark.parametrize("mode", list(SPEEDS_KMH))
@pytest.mark.parametrize("hour", [3, 8, 11, 17, 22])
def test_answers_the_true_nearest_that_are_open_on_arrival(
    client: FlaskClient, snapshot: StationSnapshot, clock: Any, mode: str, hour: int
) -> None:
    clock.now = clock.now.replace(hour=hour, minute=45)
    every = list(walk_over(snapshot, HERE, clock.now, mode))
    expected = [one for one in every if one[3].state in IS_OPEN][:12]

    answer = ask(client, mode=mode, k=12)

    found = [feature["properties"] for feature in answer["features"]]
    assert [facts["code"] for facts in found] == [station.code for _, station, _, _ in expected]
    assert [facts["distance_m"] for facts in found] == [round(far, 1) for far, *_ in expected]
    assert [facts["state_on_arrival"] for facts in found] == [arrival.state.value for *_, arrival in expected]
    assert answer["unknown_count"] == sum(one[3].state is OpenState.UNKNOWN for one in every)


@pytest.mark.parametrize("order", ["distance", "useful"])
def test_filters_come_before_counting(client: FlaskClient, snapshot: StationSnapshot, clock: Any, order: str) -> None:
    expected = {
        station.code
        for _, station, _, arrival in walk_over(snapshot, HERE, clock.now, "walk")
        if station.kind is StationKind.REST_STATION
        and station.services_in(11) >= {Service.TOILET, Service.WATER}
        and arrival.state in IS_OPEN
    }

    answer = ask(client, kind="rest_station", services="toilet,water", order=order, k=100)

    codes = [feature["id"] for feature in answer["features"]]
    assert len(codes) == min(100, len(expected))
    assert set(codes) <= expected


def test_open_at_is_about_the_instant_itself(client: FlaskClient, snapshot: StationSnapshot, clock: Any) -> None:
    expected = [
        station.code
        for _, station, _, _ in walk_over(snapshot, HERE, clock.now, "walk")
        if state_now(station.life_cycle, snapshot.book.of(station.hours), clock.now).state in IS_OPEN
    ]

    assert [feature["id"] for feature in ask(client, open="at", k=30)["features"]] == expected[:30]


def test_open_late_is_about_ten_in_the_evening(client: FlaskClient, snapshot: StationSnapshot, clock: Any) -> None:
    at_ten = clock.now.replace(hour=22, minute=0)
    expected = [
        station.code
        for _, station, _, _ in walk_over(snapshot, HERE, clock.now, "car")
        if arrival_at(station.life_cycle, snapshot.book.of(station.hours), at_ten, ArrivalRules()).state in IS_OPEN
    ]

    answer = ask(client, open="any", open_late="true", mode="car", k=30)

    assert [feature["id"] for feature in answer["features"]] == expected[:30]
    assert (answer["open_late"], answer["always_open"]) == (True, False)
    assert answer["unknown_count"] > 0


def test_always_open_is_in_use_and_open_around_the_clock(client: FlaskClient, snapshot: StationSnapshot) -> None:
    answer = ask(client, always_open="true", open_late="false", k=100)

    facts = [feature["properties"] for feature in answer["features"]]
    assert all(fact["is_24h"] and fact["life_cycle"] == "active" for fact in facts)
    in_use = [station for station in snapshot.stations if station.life_cycle is LifeCycle.ACTIVE and station.position]
    assert len(facts) == sum(snapshot.book.of(station.hours).is_24h for station in in_use) > 10
    assert (answer["open_late"], answer["always_open"]) == (False, True)


def test_any_leaves_out_the_unplaced_only(client: FlaskClient, snapshot: StationSnapshot, clock: Any) -> None:
    expected = [station.code for _, station, _, _ in walk_over(snapshot, HERE, clock.now, "walk")]

    assert [feature["id"] for feature in ask(client, open="any", k=100)["features"]] == expected[:100]


@pytest.mark.parametrize("order", ["distance", "useful"])
def test_k_is_a_prefix_of_more(client: FlaskClient, order: str) -> None:
    few = [feature["id"] for feature in ask(client, k=7, open="any", order=order)["features"]]
    more = [feature["id"] for feature in ask(client, k=8, open="any", order=order)["features"]]

    assert more[:7] == few


@pytest.mark.parametrize("crs", [Crs.GCJ02, Crs.BD09])
def test_the_origin_may_be_given_in_another_system(client: FlaskClient, crs: Crs) -> None:
    given = LonLat(*convert_point(HERE.lon, HERE.lat, Crs.WGS84, crs))

    there, here = ask(client, given, crs=crs.value), ask(client)

    assert [one["id"] for one in there["features"]] == [one["id"] for one in here["features"]]
    assert [one["geometry"] for one in there["features"]] == [one["geometry"] for one in here["features"]]
    far = [one["properties"]["distance_m"] for one in there["features"]]
    assert far == pytest.approx([one["properties"]["distance_m"] for one in here["features"]], abs=0.11)


@pytest.mark.parametrize(
    "at",
    [
        "2026-11-18T22:30",
        "2026-11-18 22:30:00",
        "2026-11-18T22:30:00+08:00",
        "2026-11-18T22:30:00+0800",
        "2026-11-18T14:30:00Z",
        "2026-11-18T14:30:00.000Z",
        "2026-11-18T09:30:00-05:00",
    ],
)
def test_one_instant_can_be_written_in_many_ways(client: FlaskClient, at: str) -> None:
    assert ask(client, at=at)["at"] == "2026-11-18T22:30:00+08:00"


def test_a_plus_that_arrived_as_a_space_is_understood(client: FlaskClient) -> None:
    response = client.get(f"{NEAREST}?lon=106.23&lat=38.49&at=2026-11-18T22:30:00+08:00")

    assert response.get_json()["at"] == "2026-11-18T22:30:00+08:00"


def test_a_year_without_a_holiday_table_says_so(client: FlaskClient) -> None:
    assert ask(client)["holiday_table"] == "known"
    assert ask(client, at="2031-05-01T10:00")["holiday_table"] == "missing"


def test_the_answer_names_the_rules_it_was_computed_by(client: FlaskClient) -> None:
    answer = ask(client, mode="car")

    assert (answer["mode"], answer["speed_kmh"], answer["detour_factor"]) == ("car", 30.0, 1.3)
    assert (answer["min_stay_min"], answer["closing_soon_min"]) == (10, 30)
    assert (answer["open"], answer["order"], answer["sample"]) == ("arrival", "distance", True)
    assert len(answer["features"]) == 5


@pytest.mark.parametrize("origin", [LonLat(0, 0), LonLat(-74.0, 40.7), LonLat(180, 90), LonLat(-180, -90)])
def test_an_origin_far_away_is_answered_too(client: FlaskClient, origin: LonLat) -> None:
    assert len(ask(client, origin, open="any")["features"]) == 5


def test_positions_are_kept_by_no_cache(client: FlaskClient) -> None:
    response = client.get(f"{NEAREST}?lon=106.23&lat=38.49")

    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers


@pytest.mark.parametrize("at", ["2000-01-01T00:00%2B23:59", "2099-12-31T23:59-23:59"])
def test_the_first_and_last_moments_one_can_name_are_answered(reader: FlaskClient, at: str) -> None:
    assert reader.get(f"/api/v1/stations/nearest?lon=106.23&lat=38.49&at={at}").status_code == 200
