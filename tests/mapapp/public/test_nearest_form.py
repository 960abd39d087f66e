"""The form without script: a position by POST only, and what was typed is kept."""

from __future__ import annotations

import logging
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from mapapp.public.nearest_form import read_form

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
    nearest = visitor.get("/api/v1/stations/nearest?lon=106.2305&lat=38.4872&k=10&order=useful").get_json()

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
    gcj = visitor.get("/api/v1/stations/nearest?lon=106.2305&lat=38.4872&crs=gcj02&k=10&order=useful").get_json()

    answer = post(visitor, lon="106.2305", lat="38.4872", crs="gcj02")

    assert codes_of(answer) == [feature["id"] for feature in gcj["features"]]


@pytest.mark.parametrize(
    "asked",
    [
        {"services": "shower"},
        {"open_late": "true"},
        {"always_open": "true"},
        {"open": "arrival", "open_late": "true", "kind": "driver_home"},
        {"order": "distance"},
    ],
)
def test_filters_hold_as_in_the_interface(visitor: FlaskClient, asked: dict[str, str]) -> None:
    place = {"lon": "106.23", "lat": "38.487", "k": "50"}

    answer = visitor.post("/nearest", data={**place, **asked})

    query = {"open": "any", "order": "useful", **place, **asked}
    wanted = visitor.get("/api/v1/stations/nearest", query_string=query).get_json()
    assert codes_of(answer)
    assert codes_of(answer) == [feature["id"] for feature in wanted["features"]]


def test_the_answer_says_its_order_and_ticks_what_was_asked_for(visitor: FlaskClient) -> None:
    useful = post(visitor, services="water").get_data(as_text=True)
    near = post(visitor, order="distance").get_data(as_text=True)

    assert "开着的由近到远，快关门的在后" in useful
    assert re.search(r'class="station-asked"><li><svg[^>]*><use href="#icon-tick"/></svg>饮水', useful)
    assert "由近到远，不论是否开放" in near


def test_an_empty_answer_names_the_nearest_without_each_filter(visitor: FlaskClient) -> None:
    answer = post(visitor, services="parking_truck", kind="worker_home").get_data(as_text=True)

    assert "没有符合全部条件的站点" in answer
    offers = re.findall(r"<strong>不限“([^”]+)”：</strong> 最近的是 <a href=\"/stations/(YC-S\d+)\"", answer)
    assert [name for name, _ in offers] == ["货车停车", "职工之家"]
    nearest = visitor.get(
        "/api/v1/stations/nearest?lon=106.2305&lat=38.4872&k=1&kind=worker_home&order=distance"
    ).get_json()
    assert offers[0][1] == nearest["features"][0]["id"]


def test_what_was_ticked_stays_ticked(visitor: FlaskClient) -> None:
    page = post(visitor, open_late="true", always_open="true", order="distance").get_data(as_text=True)

    for name, value in (("open_late", "true"), ("always_open", "true"), ("order", "distance")):
        assert re.search(rf'name="{name}" value="{value}" checked', page)


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
        ("order", "random", "请从列表中选一项。"),
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


def test_a_hostile_text_is_read_no_further_than_a_number_goes() -> None:
    """Unicode's one form of so many marks would take minutes."""
    assert len(read_form(MultiDict({"lon": "1" + "\u0300\u0316" * 250_000})).typed["lon"]) <= 40
