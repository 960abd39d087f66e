"""The place a search starts from: asked, tapped, typed, pasted; every refusal leads on."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect

from installation.debian import light_chromium_path
from tests.browser.conftest import CHROMIUM_ARGUMENTS, LiveServer, OpenContext, Watch
from tests.browser.map_page import HERE, WIDE, names, open_map_page, rows, use_coordinates

PIXEL: Final[dict[str, Any]] = {
    "viewport": {"width": 412, "height": 839},
    "device_scale_factor": 2.625,
    "is_mobile": True,
    "has_touch": True,
    "user_agent": "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.0.0 Mobile Safari/537.36",
}
MESSENGER: Final = "Mozilla/5.0 (Linux; Android 14; M2102J2SC) AppleWebKit/537.36 Chrome/116.0 Mobile Safari/537.36 {}"
WAYS: Final = "#place-ways button"


@pytest.fixture
def pixel_here(context_factory: OpenContext) -> Page:
    """A phone that knows where it is and may say so."""
    return context_factory(**PIXEL, geolocation=HERE, permissions=["geolocation"]).new_page()


def near_me(page: Page) -> None:
    page.get_by_role("button", name="在我附近").click()


def place(page: Page) -> dict[str, Any]:
    """The place this tab keeps."""
    kept: dict[str, Any] = json.loads(page.evaluate("sessionStorage.getItem('stationmap.place')"))
    return kept


def distances_m(page: Page) -> list[float]:
    """The distances of the rows, as far as they are rounded."""
    facts = page.locator("#list .station-distance").all_inner_texts()
    found = [re.search(r"([\d.]+) (公里|米)", text) for text in facts]
    return [float(match[1]) * (1000 if match[2] == "公里" else 1) for match in found if match]


def paste(page: Page, text: str) -> None:
    """Paste a text into the search box, as the browser does it."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("(text) => navigator.clipboard.writeText(text)", text)
    page.locator("#q").focus()
    page.keyboard.press("Control+V")


# --- the device --------------------------------------------------------------------------------------


def test_the_reason_stands_beside_the_button_before_anything_is_asked(context_factory: OpenContext) -> None:
    page = context_factory(**PIXEL, permissions=[]).new_page()
    page.add_init_script("navigator.geolocation.getCurrentPosition = () => { window.hasAsked = true; }")
    open_map_page(page)

    expect(page.locator("#near-me-why")).to_contain_text("用来按远近排列")
    described_by = page.get_by_role("button", name="在我附近").get_attribute("aria-describedby")
    assert described_by == "near-me-why"
    assert page.evaluate("window.hasAsked") is None


def test_near_me_lists_what_is_open_on_arrival_nearest_first(pixel_here: Page) -> None:
    open_map_page(pixel_here, "?order=distance")

    near_me(pixel_here)

    expect(pixel_here.locator("#place-words")).to_have_text("从你的位置出发（误差 30 米）")
    expect(pixel_here.locator("#near-me-why")).to_be_hidden()
    expect(pixel_here.locator("#list ol.stations")).to_be_visible()
    shown = distances_m(pixel_here)
    assert shown == sorted(shown)
    assert len(shown) > 5
    expect(pixel_here.locator("#list .station:not(.state-open, .state-closing_soon)")).to_have_count(0)


def test_the_device_is_asked_once_however_often_the_button_is_pressed(page: Page) -> None:
    page.add_init_script(
        "window.askedCount = 0; navigator.geolocation.getCurrentPosition = () => { window.askedCount += 1; }"
    )
    open_map_page(page)

    for _ in range(3):
        near_me(page)

    expect(page.locator("#place-message")).to_have_text("正在获取你的位置……")
    assert page.evaluate("window.askedCount") == 1


def test_a_set_place_can_be_cleared(pixel_here: Page) -> None:
    open_map_page(pixel_here)
    near_me(pixel_here)
    expect(pixel_here.locator("#list ol.stations")).to_be_visible()

    pixel_here.get_by_role("button", name="清除", exact=True).click()

    expect(pixel_here.locator("#place-shown")).to_be_hidden()
    expect(pixel_here.locator("#near-me-why")).to_be_visible()
    expect(pixel_here.locator("#list .district").first).to_be_visible()
    expect(pixel_here.get_by_role("button", name="在我附近")).to_be_focused()
    assert pixel_here.evaluate("sessionStorage.getItem('stationmap.place')") is None


def test_the_place_survives_a_visit_to_a_stations_page(pixel_here: Page) -> None:
    open_map_page(pixel_here)
    near_me(pixel_here)
    expect(pixel_here.locator("#list ol.stations")).to_be_visible()
    first = names(pixel_here)[0]
    pixel_here.get_by_role("link", name=first).click()
    pixel_here.wait_for_url("**/stations/*")

    pixel_here.go_back()

    expect(pixel_here.locator("#list ol.stations")).to_be_visible()
    assert names(pixel_here)[0] == first


# --- refusals ----------------------------------------------------------------------------------------


def test_denied_says_how_to_allow_it_and_leads_on_without(context_factory: OpenContext) -> None:
    page = context_factory(**PIXEL, permissions=[]).new_page()
    open_map_page(page)

    near_me(page)

    expect(page.locator("#place-message")).to_contain_text("浏览器没有允许定位")
    expect(page.locator("#near-me-why")).to_be_hidden()
    expect(page.locator(WAYS)).to_have_text(["按名称查找", "在地图上点", "输入坐标"])
    expect(page.locator("#place-shown")).to_be_hidden()
    expect(rows(page).first).to_be_visible()
    page.get_by_role("button", name="输入坐标").click()
    expect(page.locator("#coordinates")).to_be_focused()
    page.get_by_role("button", name="按名称查找").click()
    expect(page.locator("#q")).to_be_focused()


@pytest.mark.parametrize(
    ("stub", "sentence", "first_way"),
    [
        ("navigator.geolocation.getCurrentPosition = (ok, fail) => fail({ code: 3 })", "定位用时太久", "再试一次定位"),
        (
            "navigator.geolocation.getCurrentPosition = (ok, fail) => fail({ code: 2 })",
            "打开手机的定位服务",
            "再试一次定位",
        ),
        ("Object.defineProperty(navigator, 'geolocation', { value: undefined })", "这个浏览器不支持定位", "按名称查找"),
        ("Object.defineProperty(window, 'isSecureContext', { value: false })", "只向 https 开头", "按名称查找"),
    ],
    ids=["timeout", "unavailable", "unsupported", "insecure"],
)
def test_every_other_failure_has_its_own_sentence_and_way_on(
    page: Page, stub: str, sentence: str, first_way: str
) -> None:
    page.add_init_script(stub)
    open_map_page(page)

    near_me(page)

    expect(page.locator("#place-message")).to_contain_text(sentence)
    expect(page.locator(WAYS).first).to_have_text(first_way)
    assert page.evaluate("sessionStorage.getItem('stationmap.place')") is None


def test_asking_again_after_a_timeout_can_succeed(page: Page) -> None:
    page.add_init_script(
        """let count = 0;
        navigator.geolocation.getCurrentPosition = (ok, fail) => (count += 1) === 1
          ? fail({ code: 3 })
          : ok({ coords: { longitude: 106.231357, latitude: 38.487246, accuracy: 1234 } });"""
    )
    open_map_page(page)
    near_me(page)

    page.get_by_role("button", name="再试一次定位").click()

    expect(page.locator("#place-words")).to_have_text("从你的位置出发（误差 1235 米）")
    expect(page.locator("#place-message")).to_be_empty()
    expect(page.locator("#place-ways")).to_be_hidden()


def test_plain_http_is_said_to_be_the_reason(browser: Browser, live_server: LiveServer) -> None:
    """A real insecure page: over http, under a host name that is not this machine's."""
    port = live_server.url.rsplit(":", 1)[1]
    browser_of_its_own = browser.browser_type.launch(
        executable_path=light_chromium_path(),
        args=[*CHROMIUM_ARGUMENTS, "--host-resolver-rules=MAP insecure.test 127.0.0.1"],
        chromium_sandbox=os.geteuid() != 0,
    )
    try:
        page = browser_of_its_own.new_page(locale="zh-CN")
        page.goto(f"http://insecure.test:{port}/")
        expect(rows(page).first).to_be_visible()

        near_me(page)

        expect(page.locator("#place-message")).to_contain_text("只向 https 开头")
        expect(rows(page).first).to_be_visible()
    finally:
        browser_of_its_own.close()


@pytest.mark.parametrize(
    ("sign", "app"),
    [
        ("MicroMessenger/8.0.42(0x28002A37) MMWEBSDK/20230805", "微信"),
        ("wxwork/4.1.10 MicroMessenger/7.0.1", "企业微信"),
        ("AliApp(AP/10.5.20) AlipayClient/10.5.20.8000", "支付宝"),
        ("AliApp(DingTalk/7.5.0) com.alibaba.android.rimet", "钉钉"),
        ("V1_AND_SQ_8.9.90 QQ/8.9.90.12290 NetType/WIFI", "QQ"),
    ],
)
def test_inside_another_app_the_app_is_named_and_the_browser_offered(
    context_factory: OpenContext, sign: str, app: str
) -> None:
    options = {**PIXEL, "user_agent": MESSENGER.format(sign)}
    page = context_factory(**options, permissions=["clipboard-write", "clipboard-read"]).new_page()
    page.add_init_script("navigator.geolocation.getCurrentPosition = (ok, fail) => fail({ code: 1 })")
    open_map_page(page, "?services=toilet")

    near_me(page)

    expect(page.locator("#place-message")).to_contain_text(f"{app}没有把位置交给这个页面")
    expect(page.locator("#place-message")).to_contain_text("在浏览器打开")
    page.get_by_role("button", name="复制本页网址").click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_the_phones_own_browser_is_no_app(context_factory: OpenContext) -> None:
    """QQ's browser and Baidu's are browsers with an address bar; only the messengers are not."""
    page = context_factory(user_agent=MESSENGER.format("MQQBrowser/14.5 TBS/046295")).new_page()
    open_map_page(page)

    app = page.evaluate("import('/static/js/places/in_app.js').then((module) => module.appAround(navigator.userAgent))")

    assert app is None


# --- the map, typed coordinates, pasted links ----------------------------------------------------------


def test_a_tap_on_the_map_and_a_second_one_set_the_place(context_factory: OpenContext) -> None:
    page = context_factory(viewport=WIDE).new_page()
    open_map_page(page)
    page.locator(".folium-map .leaflet-tile-pane, .folium-map .leaflet-overlay-pane").first.wait_for(state="attached")
    page.locator(".folium-map").click(position={"x": 700, "y": 60})

    page.get_by_role("button", name="查找这里附近的站点").click()

    expect(page.locator("#place-words")).to_have_text("从你在地图上点的地方出发")
    expect(page.locator("#list ol.stations")).to_be_visible()


@pytest.mark.parametrize(
    "typed",
    [
        "106.231357, 38.487246",
        "38.487246，106.231357",
        "１０６．２３１３５７ ３８．４８７２４６",
        "北纬38.487246度 东经106.231357度",
        "geo:38.487246,106.231357",
    ],
)
def test_typed_coordinates_are_understood_in_many_ways(page: Page, typed: str) -> None:
    open_map_page(page)

    use_coordinates(page, typed)

    expect(page.locator("#place-shown")).to_be_visible()
    assert place(page)["lon"] == pytest.approx(HERE["longitude"], abs=1e-9)
    assert place(page)["lat"] == pytest.approx(HERE["latitude"], abs=1e-9)


def test_typed_coordinates_of_another_system_are_moved(page: Page) -> None:
    open_map_page(page)

    use_coordinates(page, "106.231357, 38.487246", "gcj02")

    assert 0.003 < HERE["longitude"] - place(page)["lon"] < 0.008


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


def test_a_link_pasted_into_the_search_box_is_where_the_search_starts(page: Page) -> None:
    open_map_page(page)

    paste(page, "[位置] 示例路口 https://uri.amap.com/marker?position=106.237,38.488&name=示例路口 快来")

    expect(page.locator("#place-words")).to_have_text("从“示例路口”出发（高德地图链接）")
    expect(page.locator("#q")).to_have_value("")
    expect(page.locator("#list ol.stations")).to_be_visible()
    assert "106" not in page.url
    assert place(page)["source"] == "link"


def test_pasted_coordinates_are_a_place_and_their_system_is_said(page: Page) -> None:
    open_map_page(page)

    paste(page, "38.487246,106.231357")

    expect(page.locator("#place-words")).to_have_text("从你输入的坐标出发")
    expect(page.locator("#place-message")).to_contain_text("已按 GPS 坐标理解")
    expect(page.locator("#q")).to_have_value("")
    assert page.url.endswith("/")


def test_coordinates_typed_into_the_search_box_wait_for_enter(page: Page) -> None:
    open_map_page(page)

    page.locator("#q").press_sequentially("106.231357, 38.487246")

    expect(page.locator("#place-shown")).to_be_hidden()
    expect(page.locator("#place-message")).to_have_text("这是一个位置。按回车键，或者：")
    expect(page.get_by_role("button", name="从这个位置出发")).to_be_visible()
    expect(rows(page).first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#place-words")).to_have_text("从你输入的坐标出发")
    assert place(page)["lat"] == HERE["latitude"]
    assert page.url.endswith("/")


def test_a_short_link_is_explained_and_asks_nobody(page: Page, watch: Watch) -> None:
    open_map_page(page)

    paste(page, "[位置] 示例路口 https://surl.amap.com/4mkKGuyJ2bz")

    expect(page.locator("#place-message")).to_contain_text("这是高德地图的短链接，里面没有位置")
    expect(page.locator("#place-shown")).to_be_hidden()
    expect(rows(page).first).to_be_visible()
    assert "surl" not in page.url
    assert not watch.problems  # a request to another host would be one


def test_a_name_pasted_into_the_search_box_is_searched_for(page: Page) -> None:
    open_map_page(page)

    paste(page, "户外司机之家，示例司机之家")

    expect(page.locator("#q")).to_have_value("户外司机之家，示例司机之家")
    expect(page.locator("#place-shown")).to_be_hidden()


def test_a_link_to_a_stations_page_starts_from_that_station(page: Page) -> None:
    open_map_page(page)
    name = names(page)[0]
    code = rows(page).first.get_attribute("data-code")

    paste(page, f"https://stations.example.org/s/{code}")

    expect(page.locator("#place-words")).to_have_text(f"从“{name}”出发")
    assert place(page)["code"] == code


def test_a_station_is_a_place_to_start_from(page: Page) -> None:
    kept = {"lon": 106.23, "lat": 38.48, "source": "station", "code": "YC-0001", "name": "示例驿站"}
    page.add_init_script(f"sessionStorage.setItem('stationmap.place', {json.dumps(json.dumps(kept))})")

    open_map_page(page)

    expect(page.locator("#place-words")).to_have_text("从“示例驿站”出发")
    expect(page.locator("#list ol.stations")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_a_refusal_and_its_ways_on_are_accessible(
    context_factory: OpenContext, accessibility_problems: Callable[[Page], list[str]], scheme: str, locale: str
) -> None:
    page = context_factory(**PIXEL, permissions=[], color_scheme=scheme, locale=locale).new_page()
    open_map_page(page)
    page.locator("#near-me").click()
    expect(page.locator(WAYS).first).to_be_visible()
    page.locator("#other-ways summary").click()

    assert accessibility_problems(page) == []


def test_the_controls_fit_a_very_small_phone_with_large_text(context_factory: OpenContext) -> None:
    page = context_factory(viewport={"width": 320, "height": 640}, permissions=[]).new_page()
    open_map_page(page)
    page.evaluate("document.documentElement.style.fontSize = '200%'")

    near_me(page)

    expect(page.locator("#place-message")).not_to_be_empty()
    for part in page.locator(f"{WAYS}, #near-me, #place-message").all():
        box = part.bounding_box()
        assert box is not None
        assert box["height"] >= 48
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
