"""The first screen: what is needed now, filters at the thumb, and rows that say what is true on arrival."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenContext
from tests.browser.map_page import (
    HERE,
    WIDE,
    chip,
    chip_label,
    count,
    names,
    open_filters,
    open_map_page,
    rows,
    tick,
    use_coordinates,
)
from tests.browser.station_file import StationFile, change_stations, set_in_row

StopClock = Callable[[Page, datetime], None]
CHINA = ZoneInfo("Asia/Shanghai")
TYPED = f"{HERE['longitude']}, {HERE['latitude']}"


@pytest.fixture
def page_here(context_factory: OpenContext) -> Page:
    """A phone that knows where it is."""
    return context_factory(geolocation=HERE, permissions=["geolocation"]).new_page()


def need(page: Page, words: str) -> None:
    """Tap "I need … now"."""
    page.locator("#shortcuts").get_by_role("button", name=words).click()


def nearest_code(page: Page) -> str:
    """The station that the list names first."""
    code = rows(page).first.get_attribute("data-code")
    assert code is not None
    return code


# --- what is in sight --------------------------------------------------------------------------------


@pytest.mark.parametrize("has_place", [False, True])
def test_shortcuts_filters_and_the_first_two_rows_are_in_sight_on_a_phone(page: Page, has_place: bool) -> None:
    open_map_page(page)
    if has_place:
        use_coordinates(page, TYPED)
        page.locator("#other-ways summary").click()

    bottom = page.locator(".view-switch").bounding_box()
    assert bottom is not None
    in_sight = ["#q", "#shortcuts", ".quick", "#list .station:first-of-type .state"]
    for part in (*(page.locator(selector).first for selector in in_sight), rows(page).nth(1).locator(".station-name")):
        box = part.bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= bottom["y"]


def test_the_list_stands_before_any_code_of_the_map(page: Page) -> None:
    open_map_page(page)

    assert page.evaluate("typeof window.L") == "undefined"


@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_text_twice_as_large_still_fits(context_factory: OpenContext, width: int, language: str) -> None:
    page = context_factory(viewport={"width": width, "height": 740}, locale=language).new_page()
    open_map_page(page)

    page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    use_coordinates(page, TYPED)
    expect(page.locator("#list ol.stations")).to_be_visible()


# --- I need … now ------------------------------------------------------------------------------------


def test_one_tap_lists_open_toilets_from_where_the_visitor_is(page_here: Page) -> None:
    open_map_page(page_here)

    need(page_here, "厕所")

    expect(page_here.locator("#list ol.stations")).to_be_visible()
    expect(chip(page_here, "services", "toilet")).to_be_checked()
    expect(chip(page_here, "open", "arrival")).to_be_checked()
    expect(page_here.locator("#list .station:not(.state-open, .state-closing_soon)")).to_have_count(0)
    assert rows(page_here).count() == page_here.locator("#list .station-asked", has_text="如厕").count()
    assert page_here.url.endswith("/?services=toilet&open=arrival")


def test_without_a_position_the_shortcut_still_lists_what_is_open_now(context_factory: OpenContext) -> None:
    page = context_factory(permissions=[]).new_page()
    open_map_page(page)
    everything = count(page)

    need(page, "饮水")

    expect(page.locator("#place-message")).to_contain_text("没有允许")
    assert 0 < count(page) < everything
    expect(page.locator("#list .station:not(.state-open, .state-closing_soon)")).to_have_count(0)


def test_a_second_tap_takes_the_shortcut_back(page_here: Page) -> None:
    open_map_page(page_here)
    need(page_here, "充电")
    button = page_here.locator("#shortcuts").get_by_role("button", name="充电")
    expect(button).to_have_attribute("aria-pressed", "true")

    need(page_here, "充电")

    expect(button).to_have_attribute("aria-pressed", "false")
    expect(chip(page_here, "services", "charge_phone")).not_to_be_checked()


@pytest.mark.parametrize(("month", "words"), [(1, "取暖"), (4, "取暖纳凉"), (7, "纳凉"), (11, "取暖")])
def test_winter_warms_and_summer_cools(page: Page, stop_clock: StopClock, month: int, words: str) -> None:
    stop_clock(page, datetime(2027, month, 10, 12, tzinfo=CHINA))
    open_map_page(page)

    expect(page.locator("[data-need=cool_warm]")).to_have_text(words)


# --- filters -----------------------------------------------------------------------------------------


def test_all_filters_are_at_the_thumb(page: Page) -> None:
    open_map_page(page)
    everything = count(page)
    open_filters(page)

    chip_label(page, "kind", "driver_home").click()
    done = page.get_by_role("button", name=re.compile("看这 .* 个站点"))

    box = done.bounding_box()
    assert box is not None
    assert box["y"] > 740 / 2
    expect(page.locator("#filters-count")).to_have_text("1")
    done.click()
    expect(page.locator("#filters")).to_be_hidden()
    assert 0 < count(page) < everything


def test_a_quick_filter_and_its_tick_box_are_the_same(page: Page) -> None:
    open_map_page(page)
    quick = page.locator(".quick").get_by_role("button", name="24 小时开放")

    quick.click()
    expect(chip(page, "always_open", "true")).to_be_checked()
    tick(page, "always_open", "true")

    expect(quick).to_have_attribute("aria-pressed", "false")


def test_the_six_basics_and_step_free_come_first_and_the_rest_behind_more(page: Page) -> None:
    open_map_page(page)
    open_filters(page)

    first = page.locator(".services > .chips input").evaluate_all("boxes => boxes.map((box) => box.value)")
    assert first == ["water", "toilet", "charge_phone", "heat_meal", "cool_warm", "first_aid", "wheelchair"]
    expect(chip_label(page, "services", "shower")).to_be_hidden()
    page.locator("details.more-services > summary").click()
    expect(chip_label(page, "services", "shower")).to_be_visible()


def test_services_are_all_of_those_chosen(page: Page) -> None:
    open_map_page(page)
    tick(page, "services", "water")
    with_water = count(page)

    tick(page, "services", "shower")

    assert 0 < count(page) < with_water
    expect(page.locator("#services-count")).to_have_text("已选 2 项")


def test_open_now_leaves_only_open_stations_and_counts_the_unknown(page: Page) -> None:
    open_map_page(page)
    everything = count(page)

    tick(page, "open", "arrival")

    assert count(page) < everything
    expect(page.locator("#order-words")).to_contain_text("时间未知")
    expect(page.locator("#list .station:not(.state-open, .state-closing_soon)")).to_have_count(0)


def test_around_the_clock_and_open_late_follow_from_the_hours(page: Page) -> None:
    open_map_page(page)
    everything = count(page)

    tick(page, "open_late", "true")
    late = count(page)
    tick(page, "always_open", "true")

    assert 0 < count(page) < late < everything


def test_filters_work_by_keyboard_and_give_the_focus_back(page: Page) -> None:
    open_map_page(page)
    page.locator("#filters-open").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#filters")).to_be_focused()

    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(chip(page, "open", "arrival")).to_be_checked()
    page.keyboard.press("Escape")

    expect(page.locator("#filters-open")).to_be_focused()
    expect(page.locator("#filters")).to_be_hidden()


def test_on_a_wide_screen_the_filters_stand_beside_the_list(context_factory: OpenContext) -> None:
    page = context_factory(viewport=WIDE).new_page()
    open_map_page(page)

    expect(chip_label(page, "always_open", "true")).to_be_visible()
    expect(page.locator(".quick")).to_be_hidden()
    expect(page.locator("#filters-open")).to_be_hidden()


# --- the list ----------------------------------------------------------------------------------------


def test_the_order_is_useful_first_and_said_in_words(page: Page) -> None:
    open_map_page(page, "?open=any")
    use_coordinates(page, TYPED)
    expect(page.locator("#order-words")).to_contain_text("到达时开放、快关门、时间未知、已关门")
    states = ("open", "closing_soon", "unknown", "closed", "temporarily_closed")
    shown = [
        re.search(r"state-(\w+)", text) for text in rows(page).evaluate_all("all => all.map((row) => row.className)")
    ]
    ranks = [states.index(state[1]) for state in shown if state]
    assert ranks == sorted(ranks)

    page.locator("#order").select_option("distance")

    expect(page.locator("#order-words")).to_contain_text("由近到远，不论是否开放")
    assert page.url.endswith("order=distance")


def test_what_was_asked_for_comes_first_with_its_fee(page: Page) -> None:
    open_map_page(page, "?services=water")
    code = nearest_code(page)

    def charge_for_water(file: StationFile) -> None:
        water = file["codes"]["services"].index("water")
        set_in_row(file, file["stations"]["code"].index(code), fees=[[water, "1 元"]])

    change_stations(page, charge_for_water)
    open_map_page(page, "?services=water")

    asked = page.locator(f"[data-code='{code}'] .station-asked li")
    expect(asked).to_have_text("饮水（1 元）")
    expect(page.locator(f"[data-code='{code}'] .station-services")).not_to_contain_text("饮水")


def locked(since: timedelta, until: timedelta) -> Callable[[StationFile, str], None]:
    """Two people found a door locked, told relative to now."""

    def warn(file: StationFile, code: str) -> None:
        now = datetime.now(CHINA)
        instants = [int((now + moment).timestamp()) for moment in (since, until)]
        set_in_row(file, file["stations"]["code"].index(code), door=[2, *instants])

    return warn


def test_a_door_others_found_locked_is_said_in_its_row(page: Page) -> None:
    open_map_page(page)
    code = nearest_code(page)
    change_stations(page, lambda file: locked(timedelta(), timedelta(hours=2))(file, code))

    open_map_page(page)

    expect(page.locator(f"[data-code='{code}'] .station-door")).to_have_text("今天有 2 人反映门锁着")


def test_a_warning_whose_time_is_over_is_not_said(page: Page) -> None:
    open_map_page(page)
    code = nearest_code(page)
    change_stations(page, lambda file: locked(timedelta(hours=-23), timedelta(seconds=-5))(file, code))

    open_map_page(page)

    expect(rows(page).first).to_be_visible()
    expect(page.locator(".station-door")).to_have_count(0)


def test_search_finds_a_station_by_name_as_one_types(page: Page) -> None:
    open_map_page(page)

    page.locator("#q").fill("西夏 驿站")

    expect(page.locator("#list .station-name").first).to_contain_text("西夏")
    assert all("西夏" in name for name in names(page))


def test_an_unplaced_station_is_found_by_name_and_says_that_it_is_not_on_the_map(page: Page) -> None:
    open_map_page(page)
    unplaced = page.evaluate(
        """async () => {
          const { stations } = await (await fetch("/data/stations.json")).json();
          return stations.name[stations.lon_e6.indexOf(null)];
        }"""
    )

    page.locator("#q").fill(unplaced)

    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text("尚未标到地图上")
    expect(rows(page).get_by_role("button")).to_have_count(0)


def test_the_list_grows_on_request(page: Page) -> None:
    open_map_page(page)
    expect(rows(page)).to_have_count(30)

    page.get_by_role("button", name="再显示 30 个").click()

    expect(rows(page)).to_have_count(60)
    expect(page.locator("#list .station-name a").nth(30)).to_be_focused()


# --- nothing found -----------------------------------------------------------------------------------


def test_an_empty_list_says_what_is_nearest_without_each_filter(page: Page) -> None:
    page.goto("/?open=any&kind=worker_home&services=parking_truck")
    use_coordinates(page, TYPED)

    offers = page.locator(".without li")
    expect(offers).to_have_count(2)
    expect(offers.nth(0)).to_contain_text(re.compile(r"不限“货车停车”： 最近的是 .+ · [\d.]+ (米|公里)"))
    expect(offers.nth(1)).to_contain_text("不限“职工之家”")

    offers.nth(1).get_by_role("button").click()

    expect(rows(page).first).to_contain_text("货车停车")
    expect(chip(page, "kind", "worker_home")).not_to_be_checked()


def test_where_no_single_filter_is_to_blame_the_nearest_of_all_is_named(page: Page) -> None:
    page.goto("/?open=any&kind=worker_home&services=parking_truck,shower")
    use_coordinates(page, TYPED)
    page.locator("#q").fill("没有这样的名字")

    expect(page.locator(".empty")).to_contain_text(re.compile("不限任何条件： 最近的是 .+"))
    page.get_by_role("button", name="清除所有筛选").click()

    expect(rows(page).first).to_be_visible()
    assert "kind" not in page.url
