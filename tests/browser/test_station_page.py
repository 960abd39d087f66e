"""A station's page on a phone: the answer in the first screenful, the way there under the thumb."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Locator, Page, expect

from geodata.places import Place
from tests.browser.conftest import PHONE, LiveServer, OpenContext, Watch, serving
from tests.browser.real_stations import FULL_CODE, load_real_stations

PATH: Final = f"/stations/{FULL_CODE}"
ANDROID: Final = "Mozilla/5.0 (Linux; Android 13; SM-A125F) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"
IPHONE: Final = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Safari/604.1"
STAY: Final = "addEventListener('click', (event) => event.target.closest('a[rel]') && event.preventDefault())"
"""Links to other hosts do their work and are not followed."""


@pytest.fixture(scope="module")
def live_server(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The service over real stations: a sample leads to no door."""
    folder = tmp_path_factory.mktemp("real")
    load_real_stations(folder / "stations.sqlite3", folder / "data", place)
    with serving(folder / "stations.sqlite3", folder) as server:
        yield server


def is_on_screen(part: Locator) -> bool:
    """Whether all of it can be seen without scrolling, and nothing lies over its middle."""
    return bool(
        part.evaluate(
            """(node) => {
              const box = node.getBoundingClientRect();
              const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
              return box.top >= 0 && box.bottom <= innerHeight && (node.contains(top) || top.contains(node));
            }"""
        )
    )


# --- the first screenful ---------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_the_answer_fits_the_first_screenful_of_a_small_phone(context_factory: OpenContext, language: str) -> None:
    page = context_factory(locale=language).new_page()
    page.goto(PATH)

    parts = ("h1", ".answer > .state", ".today-times, .entry-note", ".ways-in", ".address > span")
    assert [part for part in parts if not is_on_screen(page.locator(part).first)] == []


def test_navigating_lies_under_the_thumb_also_after_scrolling(page: Page) -> None:
    page.goto(PATH)
    button = page.locator(".navigate > summary")

    for top in (0, 900, 100_000):
        page.evaluate("(top) => scrollTo(0, top)", top)
        box = button.bounding_box()
        assert box is not None
        assert box["y"] > PHONE["height"] * 2 / 3
        assert is_on_screen(button)


def test_the_bar_covers_nothing_at_the_pages_end(page: Page) -> None:
    page.goto(PATH)

    page.evaluate("scrollTo(0, document.body.scrollHeight)")

    assert is_on_screen(page.locator(".page-links a").last)


@pytest.mark.parametrize(("width", "font_size"), [(320, "100%"), (360, "200%")])
def test_nothing_is_cut_off_on_narrow_screens_and_with_large_text(
    context_factory: OpenContext, width: int, font_size: str
) -> None:
    page = context_factory(viewport={"width": width, "height": 640}, locale="en-US").new_page()
    page.goto(PATH)
    page.evaluate("(size) => { document.documentElement.style.fontSize = size; }", font_size)

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    too_small = page.locator(".action-bar .button, .icon-button, .nearby a, .crumb a").evaluate_all(
        "nodes => nodes.filter((n) => n.offsetWidth && (n.offsetWidth < 44 || n.offsetHeight < 44)).map((n) => n.outerHTML)"
    )
    assert too_small == []


# --- the way there ---------------------------------------------------------------------------------


def test_the_map_apps_are_offered_and_the_one_chosen_is_one_tap_away_next_time(page: Page) -> None:
    page.add_init_script(STAY)
    page.goto(PATH)
    expect(page.locator(".vendors")).to_be_hidden()

    page.locator(".navigate > summary").click()
    chosen = page.locator("[data-vendor=baidu]")
    href = chosen.get_attribute("href")
    chosen.click()
    expect(page.locator(".vendors")).to_be_hidden()
    page.reload()

    direct = page.locator(".action-bar .direct")
    expect(direct).to_have_text("导航（百度地图）")
    assert direct.get_attribute("href") == href
    expect(page.locator(".navigate > summary")).to_have_text("换地图")


def test_the_map_apps_open_and_close_by_keyboard(page: Page) -> None:
    page.goto(PATH)
    summary = page.locator(".navigate > summary")

    summary.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("[data-vendor=amap]")).to_be_focused()
    page.keyboard.press("Escape")

    expect(page.locator(".vendors")).to_be_hidden()
    expect(summary).to_be_focused()


@pytest.mark.parametrize(
    ("device", "offered"),
    [
        (ANDROID, ["amap", "baidu", "tencent", "system"]),
        (IPHONE, ["amap", "baidu", "tencent", "apple"]),
    ],
)
def test_only_maps_that_the_device_can_open_are_offered(
    context_factory: OpenContext, device: str, offered: list[str]
) -> None:
    page = context_factory(user_agent=device).new_page()
    page.goto(PATH)
    page.locator(".navigate > summary").click()

    vendors = page.locator(".vendors [data-vendor]:visible")
    assert vendors.evaluate_all("nodes => nodes.map((node) => node.dataset.vendor)") == offered


def test_without_script_the_map_apps_and_the_phone_are_there(context_factory: OpenContext) -> None:
    page = context_factory(java_script_enabled=False).new_page()
    page.goto(PATH)
    page.locator(".navigate > summary").click()

    expect(page.locator("[data-vendor=amap]")).to_be_visible()
    expect(page.get_by_role("link", name="打电话")).to_have_attribute("href", "tel:09511234567")
    expect(page.locator("[data-share], [data-copy], [data-open-map], [data-print]").filter(visible=True)).to_have_count(
        0
    )


# --- copy, share, print ----------------------------------------------------------------------------


def test_the_address_is_copied(context_factory: OpenContext) -> None:
    context = context_factory(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(PATH)

    page.get_by_role("button", name="复制地址").click()

    expect(page.locator(".copy-status")).to_have_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == "测试区测试路 1 号，一层：东侧"


def test_copying_works_in_a_browser_without_a_clipboard(page: Page) -> None:
    page.add_init_script(
        "delete Navigator.prototype.clipboard;"
        "addEventListener('copy', () => { window.copied = document.activeElement.value; });"
    )
    page.goto(PATH)

    page.get_by_role("button", name="复制地址").click()

    expect(page.locator(".copy-status")).to_have_text("已复制")
    assert page.evaluate("window.copied") == "测试区测试路 1 号，一层：东侧"


def test_where_nothing_may_be_copied_the_text_is_shown(page: Page) -> None:
    page.add_init_script("delete Navigator.prototype.clipboard; Document.prototype.execCommand = () => false;")
    page.goto(PATH)

    page.get_by_role("button", name="复制地址").click()

    expect(page.locator(".copy-status")).to_contain_text("测试区测试路 1 号，一层：东侧")


def test_sharing_uses_the_phones_own_way(page: Page, live_server: LiveServer) -> None:
    page.add_init_script("navigator.share = async (what) => { window.shared = what; };")
    page.goto(PATH)

    page.get_by_role("button", name="分享").click()

    shared = page.evaluate("window.shared")
    assert shared["title"] == "测试(一)号驿站"
    assert shared["url"] == live_server.url + PATH
    assert "测试区测试路 1 号" in shared["text"]


def test_where_there_is_no_sharing_the_link_is_copied(context_factory: OpenContext, live_server: LiveServer) -> None:
    context = context_factory(permissions=["clipboard-read", "clipboard-write"])
    context.add_init_script("delete Navigator.prototype.share")
    page = context.new_page()
    page.goto(PATH)

    page.get_by_role("button", name="分享").click()

    expect(page.locator(".copy-status")).to_have_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == live_server.url + PATH


def test_the_printed_page_is_a_notice_with_the_code_to_scan(page: Page) -> None:
    page.goto(PATH)

    page.emulate_media(media="print")

    expect(page.locator("svg.qr")).to_be_visible()
    expect(page.locator(".week").first).to_be_visible()
    for part in (".action-bar", ".site-nav", ".where", ".tools", ".report-buttons"):
        expect(page.locator(part).first).to_be_hidden()


# --- the map ---------------------------------------------------------------------------------------


def is_of_the_map(url: str) -> bool:
    return re.search(r"leaflet|markercluster|/map[./]|stations\.json", url) is not None


def test_the_map_is_fetched_when_it_is_asked_for_and_shows_this_station(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(PATH)
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if is_of_the_map(url)] == []
    expect(page.locator(".where .static-map")).to_be_visible()

    page.get_by_role("button", name="打开地图").click()

    expect(page.locator(".where .leaflet-popup .station-name")).to_have_text("测试(一)号驿站")
    expect(page.locator(".where .static-map")).to_be_hidden()
    expect(page.locator("[data-open-map]")).to_be_hidden()
    expect(page.locator(".where .leaflet-container")).to_be_focused()


def test_a_map_that_does_not_arrive_can_be_asked_for_again(page: Page, watch: Watch) -> None:
    page.route("**/*leaflet*.js", lambda route: route.abort())
    page.goto(PATH)
    page.get_by_role("button", name="打开地图").click()
    expect(page.locator(".map-status")).to_contain_text("地图没有取到")
    expect(page.locator(".where .static-map")).to_be_visible()

    page.unroute("**/*leaflet*.js")
    page.get_by_role("button", name="打开地图").click()

    expect(page.locator(".where .leaflet-popup")).to_be_visible()
    watch.expect("TypeError: Failed to fetch")
    watch.expect("ERR_FAILED")


# --- the station as the origin ---------------------------------------------------------------------


def kept_place(page: Page) -> dict[str, Any] | None:
    place: dict[str, Any] | None = json.loads(page.evaluate("sessionStorage.getItem('stationmap.place')") or "null")
    return place


def test_a_scanned_code_starts_the_search_from_the_station(page: Page) -> None:
    page.goto(f"/s/{FULL_CODE}")
    expect(page.get_by_role("heading", level=1)).to_have_text("测试(一)号驿站")
    expect(page.locator(".origin-note")).to_be_visible()

    page.locator(".origin-note a").click()

    expect(page.locator("#list ol.stations .station").first).to_be_visible()
    place = kept_place(page)
    assert place is not None
    assert (place["source"], place["code"]) == ("station", FULL_CODE)
    assert "106.23" not in page.url


def test_looking_at_a_station_leaves_the_origin_alone(page: Page) -> None:
    page.goto(PATH)

    assert kept_place(page) is None


def test_the_stations_near_a_station_are_one_tap_away(page: Page) -> None:
    page.goto(PATH)

    page.get_by_role("button", name="看附近的站点").click()

    expect(page.locator("#list ol.stations .station").first).to_be_visible()
    place = kept_place(page)
    assert place is not None
    assert (place["lon"], place["lat"], place["source"]) == (106.231357, 38.487246, "station")


# --- pictures and reach ----------------------------------------------------------------------------


def test_the_photo_is_shown_with_words_for_those_who_cannot_see_it(page: Page) -> None:
    page.goto(PATH)
    photo = page.get_by_role("img", name="测试(一)号驿站的照片")

    photo.scroll_into_view_if_needed()

    expect(photo).to_have_js_property("complete", True)
    assert photo.evaluate("(node) => node.naturalWidth") == 640


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (360, "dark"), (1440, "light"), (1440, "dark")])
def test_axe_finds_nothing_with_the_map_apps_and_the_map_open(
    context_factory: OpenContext, accessibility_problems: Callable[[Page], list[str]], width: int, scheme: str
) -> None:
    page = context_factory(viewport={"width": width, "height": 740}, color_scheme=scheme).new_page()
    page.goto(PATH)
    page.get_by_role("button", name="打开地图").click()
    expect(page.locator(".where .leaflet-popup")).to_be_visible()
    page.locator(".navigate > summary").click()

    assert accessibility_problems(page) == []
