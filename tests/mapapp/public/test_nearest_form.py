"""The form without script: a position by POST only, and what was typed is kept."""

from __future__ import annotations

import logging
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

FILLED = {"lon": "106.230512", "lat": "38.487234", "open": "arrival"}


def post(visitor: FlaskClient, **fields: str) -> TestResponse:
    return visitor.post("/nearest", data={**FILLED, **fields}, headers={"Accept-Language": "zh-CN"})


def codes_of(answer: TestResponse) -> list[str]:
    return re.findall(r'href="/stations/(YC-S\d+)"', answer.get_data(as_text=True))


def test_the_answer_is_a_list_and_a_picture_with_the_same_numbers(visitor: FlaskClient) -> None:
    answer = post(visitor, k="3")

    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert len(codes_of(answer)) == 3
    assert sorted(re.findall(r'class="answer-number"[^>]*>(\d)<', page)) == ["1", "2", "3"]


def test_the_answer_is_the_interfaces_answer(visitor: FlaskClient) -> None:
    nearest = visitor.get("/api/v1/stations/nearest?lon=106.2305&lat=38.4872&k=10").get_json()

    assert codes_of(post(visitor)) == [feature["id"] for feature in nearest["features"]]


def test_the_position_is_rounded_to_about_ten_metres_before_use(visitor: FlaskClient) -> None:
    exact, rounded = post(visitor), post(visitor, lon="106.2305", lat="38.4872")

    assert re.findall(r"\d+ 米", exact.get_data(as_text=True)) == re.findall(r"\d+ 米", rounded.get_data(as_text=True))


def test_the_answer_is_never_stored_anywhere(visitor: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = post(visitor)

    assert answer.headers["Cache-Control"] == "no-store"
    assert "106.23" not in caplog.text
    assert "38.48" not in caplog.text


def test_the_form_after_an_answer_still_holds_what_was_typed(visitor: FlaskClient) -> None:
    page = post(visitor, k="3", mode="ebike", kind="driver_home").get_data(as_text=True)

    assert re.search(r'name="lon"[^>]+value="106\.230512"', page)
    assert re.search(r'value="ebike" checked', page)
    assert re.search(r'value="driver_home" checked', page)


def test_other_coordinate_systems_are_understood(visitor: FlaskClient) -> None:
    gcj = visitor.get("/api/v1/stations/nearest?lon=106.2305&lat=38.4872&crs=gcj02&k=10").get_json()

    answer = post(visitor, lon="106.2305", lat="38.4872", crs="gcj02")

    assert codes_of(answer) == [feature["id"] for feature in gcj["features"]]


def test_filters_hold_together(visitor: FlaskClient) -> None:
    everything = visitor.post("/nearest", data={"lon": "106.23", "lat": "38.487", "k": "50", "services": "shower"})

    wanted = visitor.get("/api/v1/stations/nearest?lon=106.23&lat=38.487&k=50&services=shower&open=any").get_json()
    assert codes_of(everything) == [feature["id"] for feature in wanted["features"]]


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("lon", "", "请填写这一项。"),
        ("lon", "abc", "请填写普通小数。"),
        ("lon", "nan", "请填写普通小数。"),
        ("lon", "1e2", "请填写普通小数。"),
        ("lon", "181", "应在 -180 到 180 之间。"),
        ("lat", "106.23", "经度和纬度是不是写反了？"),
        ("k", "0", "应在 1 到 100 之间。"),
        ("k", "-3", "请填写整数。"),
        ("k", "9" * 30, "应在 1 到 100 之间。"),
        ("mode", "rocket", "请从列表中选一项。"),
        ("crs", "mars", "请从列表中选一项。"),
        ("kind", "castle", "请从列表中选择。"),
        ("services", "gold", "请从列表中选择。"),
    ],
)
def test_wrong_input_is_explained_at_its_field_and_kept(
    visitor: FlaskClient, field: str, typed: str, sentence: str
) -> None:
    answer = post(visitor, **{field: typed})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert sentence in page
    if field in {"lon", "lat", "k"}:
        assert re.search(rf'id="{field}"[^>]+value="{re.escape(typed[:40])}" aria-invalid="true"', page)


def test_full_width_digits_are_digits(visitor: FlaskClient) -> None:
    assert post(visitor, lon="１０６．２３", lat=" 38.487 ").status_code == 200


def test_hostile_input_comes_back_as_text(visitor: FlaskClient) -> None:
    page = post(visitor, lon='"><img src=x onerror=alert(1)>').get_data(as_text=True)

    assert "<img" not in page


def test_a_reload_of_the_answer_leads_back_to_the_form(visitor: FlaskClient) -> None:
    answer = visitor.get("/nearest")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
