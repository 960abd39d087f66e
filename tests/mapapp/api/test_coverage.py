"""GET /api/v1/coverage: the answer, its bounds, what it rests on, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient

from geodata.coverage.question import CoverageQuestion, HourCell
from geodata.stations.vocabulary import WorkerGroup
from mapapp import create_app
from mapapp.services.container import Services
from mapapp.settings import Settings
from mapapp.store import Store

COVERAGE = "/api/v1/coverage"


def ask(client: FlaskClient, **query: object) -> Any:
    response = client.get(COVERAGE, query_string=query)
    assert response.status_code == 200, response.text
    return response.get_json()


class TestTheAnswer:
    def test_it_is_the_services_answer(self, reader: FlaskClient, reading_app: Flask) -> None:
        parts: Services = reading_app.extensions["stationmap"]
        question = CoverageQuestion(moment=HourCell(70, parts.now().date()))
        city = parts.coverage.ground(parts.snapshot).analyse(question).answer.city

        told = ask(reader, hour=70)["city"]

        assert told["workers_count"] == round(city.workers_count, 1)
        assert told["share_low"] == pytest.approx(city.share_low, abs=5e-5)
        assert told["share_high"] == pytest.approx(city.share_high, abs=5e-5)
        assert 0 < told["share_low"] < told["share_high"] < 1

    def test_the_default_is_the_norm_in_the_present_hour_of_the_week(self, reader: FlaskClient) -> None:
        answer = ask(reader)

        assert answer["rule"]["within"] == "1000m"
        assert answer["rule"]["measure"] == "straight_line"
        assert answer["moment"] == {"hour": 2 * 24 + 12, "week_of": "2026-11-18", "at": None}
        assert answer["groups"] == [group.value for group in WorkerGroup]
        assert answer == ask(reader, hour=60, within="1000m")

    def test_a_straight_line_leaves_the_mode_aside(self, reader: FlaskClient) -> None:
        assert ask(reader, hour=60, within="1000m", mode="car") == ask(reader, hour=60, within="1000m")

    def test_minutes_name_the_mode_and_what_they_are_made_of(self, reader: FlaskClient) -> None:
        rule = ask(reader, within="15min", mode="ebike")["rule"]

        assert rule == {
            "within": "15min",
            "limit": 900.0,
            "unit": "s",
            "measure": "travel_time",
            "mode": "ebike",
            "speed_kmh": 18.0,
            "detour_factor": 1.3,
        }

    def test_an_instant_is_repeated_in_the_places_time(self, reader: FlaskClient) -> None:
        moment = ask(reader, at="2026-10-01T02:30:00Z")["moment"]

        assert moment == {"hour": 3 * 24 + 10, "week_of": None, "at": "2026-10-01T10:30:00+08:00"}

    def test_it_says_what_it_rests_on(self, reader: FlaskClient) -> None:
        answer = ask(reader, hour=70)

        source = answer["source"]
        assert (answer["sample"], source["is_sample"], source["is_modelled"]) == (True, True, True)
        assert source["origin"].keys() == answer["notice"].keys() == {"zh", "en"}
        assert answer["unknown_count"] > 0
        assert answer["holiday_table"] == "not_used"
        assert ask(reader, at="2031-05-01T10:00")["holiday_table"] == "missing"

    def test_districts_add_up_to_the_city(self, reader: FlaskClient) -> None:
        answer = ask(reader, hour=70)

        for field in ("workers_count", "covered_low_count", "covered_high_count"):
            assert sum(unit[field] for unit in answer["units"]) == pytest.approx(answer["city"][field], abs=0.5)

    def test_gaps_are_ranked_polygons_named_in_both_languages(self, reader: FlaskClient) -> None:
        features = ask(reader, hour=70)["gaps"]["features"]

        workers = [feature["properties"]["workers_count"] for feature in features]
        assert [feature["id"] for feature in features] == list(range(1, len(features) + 1))
        assert workers == sorted(workers, reverse=True)
        for feature in features:
            properties = feature["properties"]
            assert properties["name_zh"] != properties["name_en"]
            assert shapely.geometry.shape(feature["geometry"]).contains(shapely.Point(properties["label_at"]))


class TestTheFilters:
    def test_fewer_groups_are_fewer_workers(self, reader: FlaskClient) -> None:
        some = ask(reader, hour=70, group="riders,couriers")

        assert some["groups"] == ["riders", "couriers"]
        assert some["city"]["workers_count"] < ask(reader, hour=70)["city"]["workers_count"]

    @pytest.mark.parametrize(
        "stricter",
        [
            {"kind": "driver_home"},
            {"services": "toilet,water"},
            {"entry": "open_door"},
            {"district": "640104"},
            {"within": "500m"},
        ],
    )
    def test_asking_for_more_never_covers_more(self, reader: FlaskClient, stricter: dict[str, str]) -> None:
        plain, strict = ask(reader, hour=60), ask(reader, hour=60, **stricter)

        assert strict["city"]["covered_high_count"] < plain["city"]["covered_high_count"]
        assert strict["open_count"] <= plain["open_count"]

    def test_reopened_stations_cover_more(self, reader: FlaskClient) -> None:
        active, reopened = ask(reader, hour=60), ask(reader, hour=60, stations="reopened")

        assert (active["stations"], reopened["stations"]) == ("active", "reopened")
        assert reopened["open_count"] > active["open_count"]


class TestTheWire:
    def test_the_answer_is_kept_and_asked_for_by_etag(self, reader: FlaskClient) -> None:
        first = reader.get(f"{COVERAGE}?hour=70")

        again = reader.get(f"{COVERAGE}?hour=70", headers={"If-None-Match": first.headers["ETag"]})

        assert first.headers["Cache-Control"] == "public, no-cache"
        assert (again.status_code, again.data) == (304, b"")

    def test_equal_questions_have_equal_bodies_however_they_are_written(self, reader: FlaskClient) -> None:
        one = reader.get(f"{COVERAGE}?hour=70&group=riders,couriers&within=1000m")
        other = reader.get(f"{COVERAGE}?within=1000.00m&group=couriers,riders&hour=70")

        assert one.data == other.data

    @pytest.mark.parametrize("encoding", ["br", "gzip"])
    def test_it_travels_compressed(self, reader: FlaskClient, encoding: str) -> None:
        response = reader.get(f"{COVERAGE}?hour=70", headers={"Accept-Encoding": encoding})

        assert response.headers["Content-Encoding"] == encoding
        assert len(response.data) < 80_000


@pytest.mark.parametrize(
    ("query", "parameter", "code"),
    [
        ("within=1000", "within", "not_a_limit"),
        ("within=1km", "within", "not_a_limit"),
        ("within=-1m", "within", "not_a_limit"),
        ("within=nanm", "within", "not_a_limit"),
        ("within=0m", "within", "out_of_range"),
        ("within=100001m", "within", "out_of_range"),
        ("within=601min", "within", "out_of_range"),
        ("within=15min&mode=bus", "mode", "unknown_value"),
        ("group=pilots", "group", "unknown_value"),
        ("group=riders,,couriers", "group", "unknown_value"),
        ("hour=-1", "hour", "out_of_range"),
        ("hour=168", "hour", "out_of_range"),
        ("hour=mon-10", "hour", "not_an_integer"),
        ("hour=3&at=2026-11-18T10:00", "hour", "conflict"),
        ("at=now", "at", "not_an_instant"),
        ("at=2100-01-01T00:00", "at", "out_of_range"),
        ("stations=all", "stations", "unknown_value"),
        ("kind=hotel", "kind", "unknown_value"),
        ("services=sauna", "services", "unknown_value"),
        ("entry=window", "entry", "unknown_value"),
        ("district=999999", "district", "unknown_value"),
        ("open=any", "open", "unknown"),
        ("hour=1&hour=2", "hour", "repeated"),
    ],
)
def test_a_parameter_that_cannot_be_used_is_a_400_that_names_it(
    reader: FlaskClient, query: str, parameter: str, code: str
) -> None:
    response = reader.get(f"{COVERAGE}?{query}")

    problem = response.get_json()
    assert response.status_code == 400
    assert (problem["parameter"], problem["code"]) == (parameter, code)
    assert problem["detail"].strip()


@pytest.mark.parametrize("at", ["2000-01-01T00:00", "2099-12-31T23:59", "2026-02-16T23:59:59.999999"])
def test_far_instants_are_answered_too(reader: FlaskClient, at: str) -> None:
    assert ask(reader, at=at)["city"]["workers_count"] > 0


def test_without_demand_there_is_nothing_to_cover(settings: Settings, store: Store) -> None:
    app = create_app(settings, start_refresher=False)
    try:
        response = app.test_client().get(COVERAGE)
    finally:
        app.extensions["stationmap"].store.close()

    assert response.status_code == 404
    assert response.get_json()["code"] == "no_demand_layer"
