"""The place a search starts from: asked, tapped or typed; denied is no dead end."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenContext
from tests.browser.map_page import HERE, WIDE, chip, names, open_map_page, rows, tick, use_coordinates


@pytest.fixture
def page_here(context_factory: OpenContext) -> Page:
    """A phone that knows where it is and may say so."""
    return context_factory(geolocation=HERE, permissions=["geolocation"]).new_page()


def distances_m(page: Page) -> list[float]:
    """The distances of the rows, as far as they are rounded."""
    facts = page.locator("#list .station-facts").all_inner_texts()
    found = [re.match(r"([\d.]+) (公里|米)", text) for text in facts]
    return [float(match[1]) * (1000 if match[2] == "公里" else 1) for match in found if match]


def test_near_me_lists_what_is_open_on_arrival_nearest_first(page_here: Page) -> None:
    open_map_page(page_here)

    page_here.get_by_role("button", name="在我附近").click()

    expect(page_here.locator("#place-words")).to_have_text("从你的位置出发（误差 30 米）")
    expect(chip(page_here, "open", "arrival")).to_be_checked()
    expect(page_here.locator("#list ol.stations")).to_be_visible()
    shown = distances_m(page_here)
    assert shown == sorted(shown)
    assert len(shown) > 5
    expect(page_here.locator("#list .station:not(.state-open, .state-closing_soon)")).to_have_count(0)


def test_open_on_arrival_can_be_switched_off(page_here: Page) -> None:
    open_map_page(page_here)
    page_here.get_by_role("button", name="在我附近").click()
    expect(page_here.locator("#list ol.stations")).to_be_visible()
    before = page_here.locator("#count").inner_text()

    page_here.locator(".open-chip").click()

    expect(page_here.locator("#count")).not_to_have_text(before)
    assert page_here.url.endswith("/?open=any")


def test_the_mode_changes_the_minutes(page_here: Page) -> None:
    open_map_page(page_here)
    page_here.get_by_role("button", name="在我附近").click()
    expect(rows(page_here).first).to_contain_text("步行")

    tick(page_here, "mode", "car")

    expect(rows(page_here).first).to_contain_text("驾车")


def test_useful_order_puts_open_before_closed(page_here: Page) -> None:
    open_map_page(page_here, "?open=any")
    page_here.get_by_role("button", name="在我附近").click()

    page_here.locator("#order").select_option("useful")

    states = page_here.locator("#list .station").evaluate_all(
        "nodes => nodes.map((node) => [...node.classList].find((name) => name.startsWith('state-')))"
    )
    order = ["state-open", "state-closing_soon", "state-unknown", "state-closed", "state-temporarily_closed"]
    assert [order.index(state) for state in states] == sorted(order.index(state) for state in states)


def test_a_set_place_is_shown_on_the_map_and_can_be_cleared(page_here: Page) -> None:
    open_map_page(page_here)
    page_here.get_by_role("button", name="在我附近").click()
    page_here.get_by_role("button", name="地图", exact=True).click()
    expect(page_here.locator(".map-place")).to_be_visible()
    page_here.get_by_role("button", name="列表").click()

    page_here.get_by_role("button", name="清除", exact=True).click()

    expect(page_here.locator("#place-shown")).to_be_hidden()
    expect(page_here.locator("#list .district").first).to_be_visible()
    expect(page_here.get_by_role("button", name="在我附近")).to_be_focused()


def test_the_place_survives_a_visit_to_a_stations_page(page_here: Page) -> None:
    open_map_page(page_here)
    page_here.get_by_role("button", name="在我附近").click()
    expect(page_here.locator("#list ol.stations")).to_be_visible()
    first = names(page_here)[0]
    page_here.get_by_role("link", name=first).click()
    page_here.wait_for_url("**/stations/*")

    page_here.go_back()

    expect(page_here.locator("#list ol.stations")).to_be_visible()
    assert names(page_here)[0] == first


def test_denied_says_what_to_do_instead_and_opens_it(context_factory: OpenContext) -> None:
    page = context_factory(permissions=[]).new_page()
    open_map_page(page)

    page.get_by_role("button", name="在我附近").click()

    expect(page.locator("#place-message")).to_contain_text("设备没有允许定位")
    expect(page.locator("#coordinates")).to_be_visible()
    expect(rows(page).first).to_be_visible()


@pytest.mark.parametrize(
    ("stub", "sentence"),
    [
        ("navigator.geolocation.getCurrentPosition = (ok, fail) => fail({ code: 3 })", "定位用时太久"),
        ("navigator.geolocation.getCurrentPosition = (ok, fail) => fail({ code: 2 })", "设备暂时无法定位"),
        ("Object.defineProperty(navigator, 'geolocation', { value: undefined })", "这个浏览器不支持定位"),
        ("Object.defineProperty(window, 'isSecureContext', { value: false })", "只有 https 网址才能定位"),
    ],
)
def test_every_other_failure_has_its_own_sentence(page: Page, stub: str, sentence: str) -> None:
    page.add_init_script(stub)
    open_map_page(page)

    page.get_by_role("button", name="在我附近").click()

    expect(page.locator("#place-message")).to_contain_text(sentence)


def test_a_tap_on_the_map_and_a_second_one_set_the_place(context_factory: OpenContext) -> None:
    page = context_factory(viewport=WIDE).new_page()
    open_map_page(page)
    page.locator(".folium-map").click(position={"x": 700, "y": 60})

    page.get_by_role("button", name="查找这里附近的站点").click()

    expect(page.locator("#place-words")).to_have_text("从你在地图上点的地方出发")
    expect(page.locator("#list ol.stations")).to_be_visible()


@pytest.mark.parametrize(
    "typed", ["106.231357, 38.487246", "38.487246，106.231357", "１０６．２３１３５７ ３８．４８７２４６"]
)
def test_typed_coordinates_are_understood_in_either_order(page: Page, typed: str) -> None:
    open_map_page(page)

    use_coordinates(page, typed)

    expect(page.locator("#place-words")).to_have_text("从你输入的坐标出发")
    place = page.evaluate("JSON.parse(sessionStorage.getItem('stationmap.place'))")
    assert (place["lon"], place["lat"]) == (HERE["longitude"], HERE["latitude"])


def test_typed_coordinates_of_another_system_are_moved(page: Page) -> None:
    open_map_page(page)

    use_coordinates(page, "106.231357, 38.487246", "gcj02")

    place = page.evaluate("JSON.parse(sessionStorage.getItem('stationmap.place'))")
    assert 0.003 < HERE["longitude"] - place["lon"] < 0.008


@pytest.mark.parametrize("typed", ["", "银川", "106.23", "500, 600", "106.23; drop table"])
def test_what_is_no_position_is_said_at_the_field_and_kept(page: Page, typed: str) -> None:
    open_map_page(page)

    use_coordinates(page, typed)

    expect(page.locator("#coordinates-problem")).to_contain_text("需要两个数")
    expect(page.locator("#coordinates")).to_have_value(typed)
    expect(page.locator("#coordinates")).to_be_focused()


def test_a_place_far_away_is_used_and_said(page: Page) -> None:
    open_map_page(page)

    use_coordinates(page, "116.4, 39.9")

    expect(page.locator("#place-words")).to_contain_text("离本市很远")
