"""The map: fetched when it is first opened, with the same stations as the list beside or over it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenContext, Watch
from tests.browser.map_page import (
    WIDE,
    count,
    map_assets,
    markers,
    names,
    open_filters,
    open_map,
    open_map_page,
    rows,
    tick,
)


@pytest.fixture
def wide_page(context_factory: OpenContext) -> Page:
    return context_factory(viewport=WIDE).new_page()


def height(page: Page) -> float:
    """How high the list stands over the map, once it has come to rest."""
    box = page.locator("#panel").bounding_box()
    assert box is not None
    return box["height"]


def drag_handle(page: Page, by: float) -> None:
    """Take the list's handle and move it, slowly enough not to be a flick."""
    box = page.locator("#sheet-handle .grip").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + by, steps=8)
    page.wait_for_timeout(300)
    page.mouse.move(x, y + by + 1)
    page.mouse.up()


def test_list_and_map_stand_side_by_side_on_a_wide_screen(wide_page: Page) -> None:
    open_map_page(wide_page)

    expect(markers(wide_page).first).to_be_visible()
    expect(wide_page.locator("path.unit-outline")).to_have_count(6)
    expect(wide_page.locator(".unit-label")).to_have_text(["兴庆区", "西夏区", "金凤区", "永宁县", "贺兰县", "灵武市"])


def test_on_a_phone_the_list_comes_first_and_the_map_is_one_tap_away(page: Page) -> None:
    open_map_page(page)
    expect(page.locator(".map-pane")).to_be_hidden()

    open_map(page)

    expect(markers(page).first).to_be_visible()
    expect(rows(page).first).to_be_visible()
    expect(page.locator("#q")).to_be_hidden()


def test_nothing_of_the_map_is_fetched_before_it_is_opened_and_nothing_twice(page: Page) -> None:
    fetched: list[str] = []
    page.on("requestfinished", lambda request: fetched.append(urlsplit(request.url).path))
    open_map_page(page)
    page.wait_for_load_state("networkidle")
    assets = map_assets(page)
    assert not set(assets) & set(fetched)

    open_map(page)
    expect(markers(page).first).to_be_visible()
    page.get_by_role("button", name="列表", exact=True).click()
    open_map(page)

    on_the_wire = [path for path in fetched if path.startswith("/map/")]
    assert set(assets) <= set(fetched)
    assert len(on_the_wire) <= 2  # once into the browser's cache, once run from there


def test_a_map_that_does_not_arrive_is_said_and_can_be_tried_again(page: Page, watch: Watch) -> None:
    page.route("**/map/*.js", lambda route: route.abort())
    open_map_page(page)
    open_map(page)
    expect(page.locator("#map-failed")).to_contain_text("地图没能取到")
    expect(rows(page).first).to_be_visible()
    page.unroute("**/map/*.js")

    page.locator("#map-retry").click()

    expect(markers(page).first).to_be_visible()
    expect(page.locator("#map-failed")).to_be_hidden()
    watch.expect("ERR_FAILED")


def test_the_list_over_the_map_has_three_heights_by_its_buttons(page: Page) -> None:
    open_map_page(page)
    open_map(page)
    low = height(page)

    page.get_by_role("button", name="展开列表").click()
    half = height(page)
    page.get_by_role("button", name="展开列表").click()
    full = height(page)
    page.get_by_role("button", name="收起列表").click()

    assert low < half < full
    assert height(page) == half
    expect(page.get_by_role("button", name="展开列表")).to_be_enabled()


def test_the_list_over_the_map_follows_the_finger(page: Page) -> None:
    open_map_page(page)
    open_map(page)
    low = height(page)

    drag_handle(page, by=-200)
    half = height(page)
    drag_handle(page, by=200)

    assert half > low
    assert height(page) == low


def test_back_lowers_a_raised_list_then_leaves_the_map(page: Page) -> None:
    open_map_page(page)
    open_map(page)
    low = height(page)
    page.get_by_role("button", name="展开列表").click()

    page.go_back()
    assert height(page) == low
    expect(page.locator(".map-pane")).to_be_visible()
    page.go_back()

    expect(page.locator(".map-pane")).to_be_hidden()
    expect(page.locator("#q")).to_be_visible()


def test_a_raised_list_lowered_by_hand_leaves_no_step_behind(page: Page) -> None:
    open_map_page(page)
    open_map(page)
    page.get_by_role("button", name="展开列表").click()
    page.get_by_role("button", name="收起列表").click()
    page.wait_for_timeout(100)

    page.go_back()

    expect(page.locator(".map-pane")).to_be_hidden()


def test_a_spot_on_the_map_can_be_suggested_as_a_site_without_being_sent(page: Page) -> None:
    open_map_page(page)
    open_map(page)
    expect(markers(page).first).to_be_visible()
    page.locator(".folium-map").click(position={"x": 40, "y": 330})

    suggest = page.get_by_role("link", name="这里该有一个驿站")
    assert suggest.get_attribute("href") == "/suggest"
    suggest.evaluate("node => node.addEventListener('click', (event) => event.preventDefault())")
    suggest.click()

    spot = page.evaluate("JSON.parse(sessionStorage.getItem('stationmap.suggestion'))")
    assert set(spot) == {"lon", "lat"}
    assert 105 < spot["lon"] < 108


def test_the_map_jumps_where_the_visitor_asked_for_stillness(page: Page) -> None:
    open_map_page(page)
    open_map(page)
    expect(markers(page).first).to_be_visible()

    places = page.evaluate(
        """async () => {
          const pane = document.querySelector(".leaflet-map-pane");
          const places = [getComputedStyle(pane).transform];
          const map = document.querySelector(".folium-map");
          map.focus();
          map.dispatchEvent(
            new KeyboardEvent("keydown", { key: "ArrowRight", keyCode: 39, bubbles: true }));
          for (let frame = 0; frame < 30; frame += 1) {
            await new Promise(requestAnimationFrame);
            places.push(getComputedStyle(pane).transform);
          }
          return places;
        }"""
    )

    assert len(set(places)) == 2, "where it was and where it is, and nothing between"


def test_all_stations_are_on_the_map(wide_page: Page) -> None:
    open_map_page(wide_page)
    expect(markers(wide_page).first).to_be_visible()
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


def test_a_marker_follows_its_station_where_newer_data_put_it(wide_page: Page) -> None:
    is_newer = False

    def answer(route: Route) -> None:
        file = route.fetch().json()
        stations, kinds = file["stations"], file["codes"]["kinds"]
        row = stations["code"].index("YC-S0001")
        stations["name"][row] = "独一无二驿站"
        stations["kind"][row] = kinds.index("driver_home" if is_newer else "rest_station")
        stations["lon_e6"][row] += 20_000 if is_newer else 0
        route.fulfill(json=file)

    wide_page.route("**/data/stations.json", answer)
    open_map_page(wide_page, "?q=独一无二驿站")
    mark = wide_page.locator(".map-mark")
    expect(mark).to_have_class(re.compile("kind-rest_station"))
    before = mark.bounding_box()

    is_newer = True
    wide_page.evaluate("dispatchEvent(new Event('online'))")

    expect(mark).to_have_class(re.compile("kind-driver_home"))
    expect(mark).to_have_attribute("aria-label", re.compile("司机之家"))
    after = mark.bounding_box()
    assert before is not None
    assert after is not None
    assert after["x"] - before["x"] > 20
    assert after["y"] == pytest.approx(before["y"], abs=2)


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


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_no_page_needs_sideways_scrolling(context_factory: OpenContext, language: str) -> None:
    """Each page is opened on a phone, and its window then made as wide as others are."""
    page = context_factory(viewport={"width": 360, "height": 740}, locale=language).new_page()

    too_wide = {}
    for path in ("/", "/?view=map", "/stations", "/stations/YC-S0001", "/about"):
        page.set_viewport_size({"width": 360, "height": 740})
        page.goto(path)
        page.wait_for_load_state("networkidle")
        for width in (360, 320, 768, 1440):
            page.set_viewport_size({"width": width, "height": 740})
            needed = page.evaluate("document.documentElement.scrollWidth")
            if needed > width:
                too_wide[path, width] = needed

    assert too_wide == {}


LAY_OUT_EVERY_ROW = """() => {
  for (const row of document.querySelectorAll("#list li")) row.style.contentVisibility = "visible";
}"""
"""Rows far below the screen have no height until they come near it, or sooner, as the browser likes."""


def test_everything_pressed_is_large_enough(page: Page) -> None:
    open_map_page(page)
    open_filters(page)

    page.evaluate(LAY_OUT_EVERY_ROW)
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
