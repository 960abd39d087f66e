"""GET /api/v1/stations/{code}: one station and its state now."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Alert, Position, Station
from geodata.stations.vocabulary import LifeCycle, StationKind
from mapapp.store import Store

NINE_TO_FIVE = Station(
    code="YC-0001",
    kind=StationKind.REST_STATION,
    name="测试驿站",
    position=Position.wgs84(106.2, 38.4),
    hours=OpeningHours.from_rule("Mo-Su 09:00-17:00", "9点到17点"),
)
ADDRESS = "/api/v1/stations/YC-0001"


def publish(app: Flask, store: Store, *stations: Station) -> None:
    with store.writing("command") as writer:
        writer.remove_sample()
        for station in stations:
            writer.add_station(station, actor="t", reason="test")
    app.extensions["stationmap"].keeper.refresh()


def test_says_the_state_now_and_when_it_changes(app: Flask, client: FlaskClient, sample_store: Store) -> None:
    publish(app, sample_store, NINE_TO_FIVE)

    facts = client.get(ADDRESS).get_json()["properties"]

    assert facts["state_now"] == "open"
    assert facts["closes_at"] == "2026-11-18T17:00:00+08:00"
    assert facts["opens_at"] is None
    assert (facts["opening_hours"], facts["hours_text"]) == ("Mo-Su 09:00-17:00", "9点到17点")
    assert (facts["hours_known"], facts["is_24h"]) == (True, False)


def test_the_etag_changes_with_the_state(app: Flask, client: FlaskClient, sample_store: Store, clock: Any) -> None:
    publish(app, sample_store, NINE_TO_FIVE)
    tag = client.get(ADDRESS).headers["ETag"]
    clock.advance(minutes=1)
    unchanged = client.get(ADDRESS, headers={"If-None-Match": tag})
    clock.advance(hours=10)
    changed = client.get(ADDRESS, headers={"If-None-Match": tag})

    assert unchanged.status_code == 304
    assert changed.status_code == 200
    assert changed.get_json()["properties"]["state_now"] == "closed"
    assert changed.get_json()["properties"]["opens_at"] == "2026-11-19T09:00:00+08:00"


def test_unknown_hours_are_neither_closed_nor_24h(app: Flask, client: FlaskClient, sample_store: Store) -> None:
    publish(app, sample_store, replace(NINE_TO_FIVE, hours=OpeningHours.unknown("看情况")))

    facts = client.get(ADDRESS).get_json()["properties"]

    assert (facts["state_now"], facts["hours_known"], facts["is_24h"]) == ("unknown", False, None)


def test_status_beats_hours(app: Flask, client: FlaskClient, sample_store: Store) -> None:
    publish(app, sample_store, replace(NINE_TO_FIVE, life_cycle=LifeCycle.RENOVATING))

    assert client.get(ADDRESS).get_json()["properties"]["state_now"] == "temporarily_closed"


def test_an_unplaced_station_has_a_null_geometry(app: Flask, client: FlaskClient, sample_store: Store) -> None:
    publish(app, sample_store, replace(NINE_TO_FIVE, position=None))

    assert client.get(ADDRESS).get_json()["geometry"] is None


@pytest.mark.parametrize("address", [ADDRESS, "/api/v1/stations"])
def test_an_alert_ends_by_itself(
    app: Flask, client: FlaskClient, sample_store: Store, clock: Any, address: str
) -> None:
    alert = Alert("今天停水", clock.now + timedelta(hours=1))
    publish(app, sample_store, replace(NINE_TO_FIVE, alert=alert))
    during = client.get(address).text
    clock.advance(hours=1)
    after = client.get(address).text

    assert "今天停水" in during
    assert "今天停水" not in after


def test_case_makes_no_difference(client: FlaskClient) -> None:
    assert client.get("/api/v1/stations/yc-s0001").get_json()["id"] == "YC-S0001"


@pytest.mark.parametrize("life_cycle", [LifeCycle.PLANNED, LifeCycle.DELISTED])
def test_a_hidden_station_is_not_found(
    app: Flask, client: FlaskClient, sample_store: Store, life_cycle: LifeCycle
) -> None:
    publish(app, sample_store, replace(NINE_TO_FIVE, life_cycle=life_cycle))

    assert client.get(ADDRESS).status_code == 404


@pytest.mark.parametrize("code", ["YC-9999", "%00", "..", "a%2Fb", "%F0%9F%9A%BD", "x" * 2000])
def test_an_unknown_code_is_a_404_problem(client: FlaskClient, code: str) -> None:
    response = client.get(f"/api/v1/stations/{code}")

    assert response.status_code == 404
    assert response.content_type == "application/problem+json"
