"""How old the stations are: said quietly always, loudly when it matters, and mended when the network is back."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenContext, Watch
from tests.browser.map_page import open_map_page, rows
from tests.browser.offline.phone import age, flight_mode, visit, warnings
from tests.browser.offline.troubled_server import DATA, UNAVAILABLE, TroubledServer


def in_days(days: float) -> datetime:
    return datetime.now().astimezone() + timedelta(days=days)


def test_fresh_data_say_their_time(phone: Page) -> None:
    open_map_page(phone)

    expect(age(phone)).to_have_text(re.compile(r"^数据更新于(今天|昨天) \d\d:\d\d$"))
    expect(warnings(phone)).to_have_count(0)


def test_data_of_another_day_say_the_day(visited: Page) -> None:
    flight_mode(visited)
    visited.clock.set_fixed_time(in_days(3))

    open_map_page(visited)

    expect(age(visited)).to_have_text(re.compile(r"^没有网络。数据更新于\d\d-\d\d \d\d:\d\d$"))


def test_a_server_in_trouble_is_no_missing_network(visited: Page, server: TroubledServer) -> None:
    server.answer(DATA, UNAVAILABLE)
    visited.clock.set_fixed_time(in_days(1))

    open_map_page(visited)

    expect(age(visited)).to_contain_text("连不上服务器")


def test_after_the_last_compiled_day_it_says_loudly_that_hours_may_have_changed(visited: Page) -> None:
    flight_mode(visited)
    visited.clock.set_fixed_time(in_days(20))

    open_map_page(visited)

    expect(warnings(visited)).to_contain_text("可能已变")
    expect(rows(visited).first.locator(".state")).to_contain_text("未知")


def test_the_last_compiled_day_is_two_weeks_away(visited: Page) -> None:
    flight_mode(visited)
    visited.clock.set_fixed_time(in_days(14))

    open_map_page(visited)

    expect(warnings(visited)).to_have_count(0)


def test_with_the_network_back_the_page_renews_itself(visited: Page) -> None:
    flight_mode(visited)
    open_map_page(visited)
    expect(age(visited)).to_contain_text("没有网络")

    flight_mode(visited, is_on=False)

    expect(age(visited)).to_have_text(re.compile("^数据更新于"))


def test_a_stations_page_without_a_network_becomes_the_servers_when_it_is_back(visited: Page) -> None:
    flight_mode(visited)
    visited.goto("/stations/YC-S0002")
    expect(age(visited)).to_contain_text("没有网络")

    flight_mode(visited, is_on=False)

    expect(visited.locator("#freshness")).to_have_count(0)
    expect(visited.get_by_role("heading", level=1)).to_be_visible()


def test_a_phone_whose_clock_is_wrong_is_told(phone: Page) -> None:
    phone.clock.set_fixed_time(in_days(0.05))

    open_map_page(phone)

    expect(warnings(phone)).to_contain_text("校准手机时间")


def test_an_old_time_of_the_server_is_no_wrong_clock(visited: Page) -> None:
    flight_mode(visited)
    visited.clock.set_fixed_time(in_days(2))

    open_map_page(visited)

    expect(warnings(visited)).to_have_count(0)


@pytest.mark.parametrize(
    ("scheme", "locale"), [("light", "zh-CN"), pytest.param("dark", "en-US", marks=pytest.mark.long)]
)
def test_axe_finds_nothing_on_what_stands_in_without_a_network(
    context_factory: OpenContext,
    accessibility_problems: Callable[[Page], list[str]],
    watch: Watch,
    scheme: str,
    locale: str,
) -> None:
    page = context_factory(service_workers="allow", color_scheme=scheme, locale=locale).new_page()
    visit(page)
    flight_mode(page)
    page.clock.set_fixed_time(in_days(20))
    found = {}

    for path in ("/", "/planner/coverage", "/stations/YC-S0002", "/stations/YC-S0002/report"):
        page.goto(path)
        page.wait_for_timeout(500)
        if path == "/stations/YC-S0002":
            page.locator("[data-got-in] button").click()
            expect(page.locator("#outbox .outbox-line")).to_be_visible()
        if problems := accessibility_problems(page):
            found[path] = problems

    assert found == {}
    watch.expect("ERR_INTERNET_DISCONNECTED")
