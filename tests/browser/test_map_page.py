"""List and map show the same stations; filters work on both and live in the address."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenContext
from tests.browser.map_page import WIDE, chip, count, markers, names, open_map_page, rows, tick


@pytest.fixture
def wide_page(context_factory: OpenContext) -> Page:
    return context_factory(viewport=WIDE).new_page()


def test_list_and_map_stand_side_by_side_on_a_wide_screen(wide_page: Page) -> None:
    open_map_page(wide_page)

    expect(markers(wide_page).first).to_be_visible()
    expect(wide_page.locator("path.unit-outline")).to_have_count(6)
    expect(wide_page.locator(".unit-label")).to_have_text(["兴庆区", "西夏区", "金凤区", "永宁县", "贺兰县", "灵武市"])


def test_on_a_phone_the_list_comes_first_and_the_map_is_one_tap_away(page: Page) -> None:
    open_map_page(page)
    expect(page.locator(".map-pane")).to_be_hidden()

    page.get_by_role("button", name="地图", exact=True).click()

    expect(markers(page).first).to_be_visible()
    expect(page.locator("#list")).to_be_hidden()


def test_all_stations_are_on_the_map(wide_page: Page) -> None:
    open_map_page(wide_page)
    for _ in range(3):
        wide_page.get_by_role("button", name="缩小").click()
        wide_page.wait_for_timeout(400)

    shown = sum(
        int(match[1]) if (match := re.match(r"这里有 (\d+) 个", label)) else 1
        for label in markers(wide_page).evaluate_all("nodes => nodes.map((node) => node.getAttribute('aria-label'))")
    )
    unplaced = 420 - 400
    assert count(wide_page) - unplaced <= shown <= count(wide_page)


def test_a_marker_says_in_words_what_its_shape_and_colour_say(wide_page: Page) -> None:
    open_map_page(wide_page, "?kind=driver_home&q=灵武")

    mark = wide_page.locator(".map-mark").first
    expect(mark).to_have_attribute("aria-label", re.compile("示例司机之家.+司机之家.+(开放|开门|关门|未知)"))
    assert re.search(r"kind-driver_home state-\w+", mark.get_attribute("class") or "")


def test_markers_and_clusters_are_large_enough_for_gloves(wide_page: Page) -> None:
    open_map_page(wide_page)
    expect(markers(wide_page).first).to_be_visible()

    sizes = markers(wide_page).evaluate_all("nodes => nodes.map((n) => [n.offsetWidth, n.offsetHeight])")

    assert all(width >= 48 and height >= 48 for width, height in sizes)


def test_a_kind_filter_holds_in_list_and_map(wide_page: Page) -> None:
    open_map_page(wide_page)
    everything = count(wide_page)

    tick(wide_page, "kind", "driver_home")

    assert 0 < count(wide_page) < everything
    assert all("司机之家" in name for name in names(wide_page))
    expect(wide_page.locator(".map-mark.kind-rest_station")).to_have_count(0)


def test_services_are_all_of_those_chosen_and_more_are_behind_more(page: Page) -> None:
    open_map_page(page)
    page.locator("details.services > summary").click()
    tick(page, "services", "water")
    with_water = count(page)
    page.locator("details.more-services > summary").click()

    tick(page, "services", "shower")

    assert 0 < count(page) < with_water
    expect(page.locator("#services-count")).to_have_text("已选 2 项")


def test_open_now_leaves_only_open_stations_and_counts_the_unknown(page: Page) -> None:
    open_map_page(page)
    everything = count(page)

    tick(page, "open", "arrival")

    assert count(page) < everything
    expect(page.locator("#count")).to_contain_text("时间未知")
    expect(page.locator("#list .station:not(.state-open, .state-closing_soon)")).to_have_count(0)


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


def test_nothing_found_says_so_and_offers_a_way_out(page: Page) -> None:
    open_map_page(page)
    page.locator("#q").fill("没有这样的名字")
    expect(page.locator("#list")).to_contain_text("没有符合条件的站点")

    page.get_by_role("button", name="清除所有筛选").click()

    expect(rows(page).first).to_be_visible()


def test_the_list_grows_on_request(page: Page) -> None:
    open_map_page(page)
    expect(rows(page)).to_have_count(30)

    page.get_by_role("button", name="再显示 30 个").click()

    expect(rows(page)).to_have_count(60)
    expect(page.locator("#list .station-name a").nth(30)).to_be_focused()


def test_a_row_leads_to_its_marker_on_the_map(page: Page) -> None:
    open_map_page(page)
    name = names(page)[0]

    page.get_by_role("button", name=f"在地图上查看 {name}").click()

    expect(page.locator(".leaflet-popup .station-name")).to_have_text(name)


def test_a_row_and_a_popup_lead_to_the_stations_page(page: Page) -> None:
    open_map_page(page)
    name = names(page)[0]

    page.get_by_role("link", name=name).click()

    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.locator(".small-map .map-mark")).to_be_visible()


def test_filters_live_in_the_address_and_back_undoes_them(page: Page) -> None:
    open_map_page(page)
    everything = count(page)
    tick(page, "kind", "worker_home")
    tick(page, "mode", "ebike")
    assert page.url.endswith("/?kind=worker_home&mode=ebike")

    page.go_back()
    expect(chip(page, "mode", "walk")).to_be_checked()
    page.go_back()

    expect(chip(page, "kind", "worker_home")).not_to_be_checked()
    assert count(page) == everything


def test_an_address_with_filters_can_be_shared(page: Page) -> None:
    open_map_page(page, "?kind=worker_home&services=legal&open=any&mode=car&q=%E7%A4%BA%E4%BE%8B")

    expect(chip(page, "kind", "worker_home")).to_be_checked()
    expect(chip(page, "services", "legal")).to_be_checked()
    expect(chip(page, "mode", "car")).to_be_checked()
    expect(page.locator("#q")).to_have_value("示例")


def test_an_address_with_nonsense_is_taken_as_far_as_it_makes_sense(page: Page) -> None:
    open_map_page(page, "?kind=castle,driver_home&services=gold&open=maybe&mode=rocket&order=up&view=moon")

    expect(chip(page, "kind", "driver_home")).to_be_checked()
    expect(chip(page, "mode", "walk")).to_be_checked()


def test_back_from_the_map_returns_to_the_list(page: Page) -> None:
    open_map_page(page)
    page.get_by_role("button", name="地图", exact=True).click()
    expect(page.locator("#list")).to_be_hidden()

    page.go_back()

    expect(page.locator("#list")).to_be_visible()


def test_stations_that_cannot_be_read_are_said_and_tried_again(page: Page, watch: object) -> None:
    page.route("**/data/stations.json", lambda route: route.abort())
    page.goto("/")
    expect(page.locator("#list")).to_contain_text("站点没能读取")
    page.unroute("**/data/stations.json")

    page.get_by_role("button", name="再试一次").click()

    expect(rows(page).first).to_be_visible()
    watch.expect("ERR_FAILED")  # type: ignore[attr-defined]  # the Watch of conftest


@pytest.mark.parametrize("width", [320, 360, 768, 1440])
@pytest.mark.parametrize("path", ["/", "/?view=map", "/stations", "/stations/YC-S0001", "/about"])
@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_no_page_needs_sideways_scrolling(context_factory: OpenContext, width: int, path: str, language: str) -> None:
    page = context_factory(viewport={"width": width, "height": 740}, locale=language).new_page()
    page.goto(path)
    page.wait_for_load_state("networkidle")

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_everything_pressed_is_large_enough(page: Page) -> None:
    open_map_page(page)
    page.locator("details.services > summary").click()

    small = page.evaluate(
        """() => [...document.querySelectorAll("button, select, summary, input[type=search], .chip, .site-nav a")]
          .filter((node) => node.checkVisibility())
          .map((node) => [node.outerHTML.slice(0, 80), node.getBoundingClientRect().height])
          .filter(([, height]) => height < 47.5)"""
    )

    assert small == []


def test_no_text_is_smaller_than_16_pixels(page: Page) -> None:
    open_map_page(page)

    small = page.evaluate(
        """() => [...document.querySelectorAll("main *, header *")]
          .filter((node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()))
          .filter((node) => node.checkVisibility() && !node.closest(".leaflet-control-container"))
          .filter((node) => parseFloat(getComputedStyle(node).fontSize) < 15.9)
          .map((node) => node.outerHTML.slice(0, 80))"""
    )

    assert small == []
