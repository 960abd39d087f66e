"""The planners' page of unmet needs: what may be shown, a month at a time, and a layer made of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from geodata.places import Place
from mapapp.services.unmet.months import close_ended_months
from mapapp.store import Store
from tests.mapapp.services.unmet.phones import FIRST, NEXT_MONTH, City
from tests.mapapp.staff.test_statement_counts import statements
from tests.mapapp.staff.world import StaffClient

ClientOf = Callable[[str], StaffClient]


@pytest.fixture
def city(staff_app: Flask, place: Place) -> City:
    store: Store = staff_app.extensions["stationmap"].store
    return City(store, place)


@pytest.fixture
def planner(client_of: ClientOf, city: City) -> StaffClient:
    return client_of("planner")


def text_of(client: StaffClient, path: str = "/planner/unmet") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def rows_of(page: str) -> list[str]:
    return re.findall(r"<tr> <th scope=\"row\">(.*?)</tr>", page)


def test_whether_nobody_said_anything_or_too_few_did_is_not_told(planner: StaffClient, city: City) -> None:
    of_nobody = text_of(planner)
    city.crowd(range(1, 5))
    of_few = text_of(planner)

    def told(page: str) -> str:
        return re.sub(r'nonce="[^"]*"', "", page[page.index("<main") : page.index("</main>")])

    assert "还没有可以公开的内容" in told(of_nobody)
    assert told(of_few) == told(of_nobody)
    assert planner.get("/planner/unmet?month=2026-11").status_code == 404


def test_a_square_is_shown_with_numbers_that_tell_nobody(planner: StaffClient, city: City) -> None:
    city.crowd(range(1, 8))
    city.crowd(range(1, 5), step=1)

    (row,) = rows_of(text_of(planner))

    middle = city.square().middle
    assert f"{middle.lat:.2f}, {middle.lon:.2f}" in row
    assert re.findall(r'<td class="number[^>]*>(.*?)</td>', row) == ["至少 5", "3", "7"]


def test_hours_and_filters_of_a_closed_month_are_read_in_words(planner: StaffClient, city: City) -> None:
    city.crowd(asked=("service:toilet", "open_late"))
    city.crowd(range(11, 16), first_day=FIRST.replace(hour=23))
    close_ended_months(city.store, city.place.timezone, NEXT_MONTH)

    page = text_of(planner, "/planner/unmet?month=2026-11")

    (row,) = rows_of(page)
    assert "23:00–24:00 5" in row
    assert "10:00–11:00 5" in row
    assert "如厕(站内) 5" in row
    assert "本月尚未结束" not in page


@pytest.mark.parametrize("asked", ["2026-10", "x", "2026-11'--", "9999999"])
def test_a_month_that_nothing_came_in_is_not_there(planner: StaffClient, city: City, asked: str) -> None:
    city.crowd()

    assert planner.get(f"/planner/unmet?month={asked}").status_code == 404


@pytest.mark.parametrize("sort", ["square", "devices", "days", "signals", "nonsense"])
def test_the_list_is_sorted_on_the_server(planner: StaffClient, city: City, sort: str) -> None:
    city.crowd()
    city.crowd(range(1, 9), step=2)
    city.crowd(range(11, 16), first_day=FIRST + timedelta(days=3), step=2)

    up, down = (rows_of(text_of(planner, f"/planner/unmet?sort={sort}&order={order}")) for order in ("up", "down"))

    assert len(up) == 2
    assert up == down[::-1]


def test_the_number_of_statements_does_not_grow_with_the_squares(planner: StaffClient, city: City) -> None:
    city.crowd()
    of_one = statements(planner, "/planner/unmet")
    for step in range(1, 6):
        city.crowd(step=step)

    assert len(rows_of(text_of(planner))) == 6
    assert statements(planner, "/planner/unmet") == of_one


def test_a_layer_is_made_and_says_what_it_is(planner: StaffClient, city: City) -> None:
    city.crowd()
    form = {"month": "2026-11", "title": "十一月的反馈", "group": "riders", "hours_a_week": "42"}

    answer = planner.post_form("/planner/unmet/layer", form)

    assert answer.status_code == 303
    page = text_of(planner, answer.location)
    assert "十一月的反馈" in page
    assert "每台设备按一名劳动者计" in page
    assert "模型" in page


def test_what_was_typed_stays_where_a_field_is_wrong(planner: StaffClient, city: City) -> None:
    city.crowd()
    form = {"month": "2026-11", "title": "我的图层", "group": "", "hours_a_week": "一百"}

    answer = planner.post_form("/planner/unmet/layer", form)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert 'value="我的图层"' in page
    assert 'value="一百"' in page
    assert 'id="group-error"' in page
    assert 'id="hours_a_week-error"' in page


def test_of_a_month_that_shows_nothing_no_layer_is_made(planner: StaffClient, city: City) -> None:
    city.say(1)
    form = {"month": "2026-11", "title": "空", "group": "riders", "hours_a_week": "42"}

    assert planner.post_form("/planner/unmet/layer", form).status_code == 409


def test_the_demand_page_leads_there(planner: StaffClient) -> None:
    assert 'href="/planner/unmet"' in text_of(planner, "/planner/demand")
