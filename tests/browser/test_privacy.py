"""A position never leaves the browser, and no page asks anybody but us."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import LiveServer, OpenContext
from tests.browser.map_page import HERE, choose_mode, open_map_page, tick, use_coordinates

FIRST_LOAD_BYTES = 180_000
DIGITS = (str(HERE["longitude"])[:7], str(HERE["latitude"])[:6])


def sent_by(request: Request) -> str:
    """Everything a request carries."""
    return " ".join((request.url, request.post_data or "", *request.headers.values()))


def test_no_request_and_no_address_holds_the_position(context_factory: OpenContext, live_server: LiveServer) -> None:
    page = context_factory(geolocation=HERE, permissions=["geolocation"]).new_page()
    sent: list[str] = []
    page.context.on("request", lambda request: sent.append(sent_by(request)))

    open_map_page(page)
    page.get_by_role("button", name="在我附近").click()
    expect(page.locator("#list ol.stations")).to_be_visible()
    tick(page, "kind", "rest_station")
    choose_mode(page, "ebike")
    page.get_by_role("button", name="地图", exact=True).click()
    page.get_by_role("button", name="列表", exact=True).click()
    use_coordinates(page, f"{HERE['longitude']}, {HERE['latitude']}")
    address_after_searching = page.url
    page.locator("#list .station-name a").first.click()
    page.wait_for_url("**/stations/*")
    page.reload()

    everywhere = [*sent, address_after_searching, page.url, live_server.log()]
    assert len(sent) > 8
    assert not [text for text in everywhere if any(digits in text for digits in DIGITS)]


def test_coordinates_in_the_search_field_do_not_reach_the_address(page: Page) -> None:
    open_map_page(page)

    page.locator("#q").fill(f"{HERE['longitude']}, {HERE['latitude']}")
    tick(page, "kind", "driver_home")

    assert page.url.endswith("/?kind=driver_home")


def test_only_the_language_is_kept_in_a_cookie(page: Page) -> None:
    open_map_page(page)
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("link", name="中文")).to_be_visible()

    assert [cookie["name"] for cookie in page.context.cookies()] == ["lang"]


def test_the_whole_first_visit_is_light(page: Page) -> None:
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))

    open_map_page(page)
    page.wait_for_load_state("networkidle")

    assert 0 < sum(sizes) <= FIRST_LOAD_BYTES, sizes


def test_the_access_log_holds_paths_without_queries(page: Page, live_server: LiveServer) -> None:
    page.goto("/?q=logprobe")

    assert "logprobe" not in live_server.log()
    assert re.search(r"GET / 200", live_server.log())
