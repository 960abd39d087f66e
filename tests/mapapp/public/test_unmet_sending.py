"""The address of the quiet signal: strict about what it takes, and silent about it."""

from __future__ import annotations

import json
import logging
import sqlite3
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geodata.places import Place
from geodata.unmet.signal import GridSquare
from mapapp.services.unmet.taking import DEVICE_PER_DAY
from mapapp.settings import Settings
from mapapp.store import Store
from tests.conftest import FROZEN_AT, OpenApp

OURS = {"Origin": "http://localhost", "Accept": "application/json", "Accept-Language": "en"}
HOUR = FROZEN_AT.weekday() * 24 + FROZEN_AT.hour
FILTERS = {"kinds": [], "services": ["toilet"], "open_late": False, "always_open": False}


@pytest.fixture
def app(store: Store, settings: Settings, open_app: OpenApp) -> Flask:
    return open_app(settings, lambda: FROZEN_AT)


@pytest.fixture
def body(place: Place) -> dict[str, Any]:
    square = GridSquare.around(place.center)
    return {"cell": [square.lon_c, square.lat_c], "hour": HOUR, "filters": FILTERS}


@pytest.fixture
def phone(app: Flask, body: dict[str, Any]) -> FlaskClient:
    """A phone that has our cookie, and of which nothing is kept yet."""
    phone = app.test_client()
    assert send(phone, body).status_code == 202
    return phone


def kept(settings: Settings) -> int:
    connection = sqlite3.connect(settings.database_url.removeprefix("sqlite:///"))
    try:
        return int(connection.execute("SELECT count(*) FROM unmet_signals").fetchone()[0])
    finally:
        connection.close()


def send(phone: FlaskClient, body: Any, **headers: str) -> TestResponse:
    return phone.post("/unmet", json=body, headers=OURS | headers)


def test_a_phone_without_our_cookie_gets_one_and_is_kept_only_with_it(
    app: Flask, body: dict[str, Any], settings: Settings
) -> None:
    phone = app.test_client()

    first = send(phone, body)
    kept_at_first = kept(settings)
    answers = [first, send(phone, body), send(phone, body)]

    assert kept_at_first == 0
    assert [(answer.status_code, answer.json) for answer in answers] == [
        (202, {"state": "again"}),
        (201, {"state": "taken"}),
        (200, {"state": "known"}),
    ]
    assert kept(settings) == 1
    assert all(answer.headers["Cache-Control"] == "no-store" for answer in answers)


def test_a_made_up_cookie_counts_as_none(app: Flask, body: dict[str, Any], settings: Settings) -> None:
    phone = app.test_client()
    phone.set_cookie("device", "made-up-by-somebody.signature")

    assert send(phone, body).json == {"state": "again"}
    assert kept(settings) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"lon": 106.2297},
        {"cell": [106.23, 38.48]},
        {"cell": [10623.0, 3848]},
        {"cell": [True, 3848]},
        {"cell": ["10623", "3848"]},
        {"cell": [10623]},
        {"cell": [10623, 3848, 1]},
        {"cell": [10**30, 3848]},
        {"cell": None},
        {"hour": 168},
        {"hour": -1},
        {"hour": "58"},
        {"hour": 58.5},
        {"filters": None},
        {"filters": []},
        {"filters": FILTERS | {"q": "my name"}},
        {"filters": {"kinds": [], "services": []}},
        {"filters": FILTERS | {"services": ["toilet", "toilet"]}},
        {"filters": FILTERS | {"services": ["nothing such"]}},
        {"filters": FILTERS | {"services": [["toilet"]]}},
        {"filters": FILTERS | {"services": "toilet"}},
        {"filters": FILTERS | {"kinds": [7]}},
        {"filters": FILTERS | {"open_late": 1}},
        {"filters": FILTERS | {"open_late": None}},
    ],
    ids=str,
)
def test_a_body_of_any_other_shape_is_refused(
    phone: FlaskClient, body: dict[str, Any], settings: Settings, changes: dict[str, Any]
) -> None:
    answer = send(phone, body | changes)

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["code"] == "unreadable"
    assert kept(settings) == 0


@pytest.mark.parametrize("missing", ["cell", "hour", "filters"])
def test_a_body_with_a_field_missing_is_refused(phone: FlaskClient, body: dict[str, Any], missing: str) -> None:
    del body[missing]

    assert send(phone, body).status_code == 400


@pytest.mark.parametrize(
    "text",
    ["", "null", "[" * 2000, '{"cell":[1,2],"cell":[3,4]}', '{"hour": NaN}', "\xff\xfe", '"a"', "1e999"],
    ids=["nothing", "null", "deep", "twice", "nan", "no utf-8", "a word", "huge"],
)
def test_what_is_no_signal_gets_an_answer(phone: FlaskClient, text: str) -> None:
    answer = phone.post("/unmet", data=text.encode("latin-1"), content_type="application/json", headers=OURS)

    assert answer.status_code == 400


def test_more_than_a_signal_takes_is_not_read(phone: FlaskClient) -> None:
    answer = phone.post("/unmet", data=b" " * 3000, content_type="application/json", headers=OURS)

    assert answer.status_code == 413


def test_a_form_or_a_query_is_no_signal(phone: FlaskClient, body: dict[str, Any]) -> None:
    form = phone.post("/unmet", data={"cell": "1"}, headers=OURS)
    query = phone.post("/unmet?lon=106.2297", json=body, headers=OURS)

    assert (form.status_code, query.status_code) == (400, 400)


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
def test_other_sites_cannot_send(phone: FlaskClient, body: dict[str, Any], headers: dict[str, str]) -> None:
    assert send(phone, body, **headers).status_code == 403


def test_a_square_of_another_city_and_another_hour_are_refused_in_words(
    phone: FlaskClient, body: dict[str, Any], settings: Settings
) -> None:
    elsewhere, later = send(phone, body | {"cell": [0, 0]}), send(phone, body | {"hour": (HOUR + 30) % 168})

    assert [(answer.status_code, (answer.json or {})["code"]) for answer in (elsewhere, later)] == [
        (422, "outside"),
        (422, "clock"),
    ]
    assert "outside the city" in (elsewhere.json or {})["detail"]
    assert kept(settings) == 0


def test_whoever_sends_too_much_is_told_when_again(phone: FlaskClient, body: dict[str, Any]) -> None:
    lon_c, lat_c = body["cell"]
    for step in range(DEVICE_PER_DAY):
        assert send(phone, body | {"cell": [lon_c + step % 10, lat_c + step // 10]}).status_code == 201

    answer = send(phone, body | {"cell": [lon_c, lat_c - 1]})

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_nothing_of_a_signal_is_logged_or_repeated(
    phone: FlaskClient, body: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answers = [send(phone, body), send(phone, body | {"cell": [1, 1]}), send(phone, body | {"more": "word"})]

    said = caplog.text + "".join(answer.get_data(as_text=True) for answer in answers)
    assert not any(str(number) in said for number in body["cell"])
    assert "toilet" not in said


def test_it_is_answered_in_the_readers_language(phone: FlaskClient, body: dict[str, Any]) -> None:
    answer = send(phone, body | {"cell": [0, 0]}, **{"Accept-Language": "zh-CN"})

    assert "不在本市范围内" in json.loads(answer.get_data(as_text=True))["detail"]
