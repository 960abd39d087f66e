"""What works without a network after one visit: everything a worker in the street needs."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveServer, OpenContext, Watch
from tests.browser.map_page import HERE, markers, open_map_page, rows, use_coordinates
from tests.browser.offline.phone import age, eventually, flight_mode, kept, visit
from tests.browser.offline.troubled_server import TroubledServer

STATION = "/stations/YC-S0002"
# How many things of the page itself have their turn or wait for it, the worker's left out.
TURNS_OF_THE_PAGE = """() => navigator.locks.request("test", async () => {
  const { held, pending } = await navigator.locks.query();
  const { clientId } = held.find(({ name }) => name === "test");
  return [...held, ...pending].filter((lock) => lock.clientId === clientId && lock.name !== "test").length;
})"""


def release_of(server: TroubledServer) -> dict[str, Any]:
    """What the worker says that it keeps."""
    first_line = server.application.test_client().get("/sw.js").get_data(as_text=True).partition("\n")[0]
    release: dict[str, Any] = json.loads(first_line.removeprefix("self.release=").removesuffix(";"))
    return release


def addresses_kept(page: Page) -> set[str]:
    return {address for addresses in kept(page).values() for address in addresses}


def test_the_list_is_there_and_says_how_old_it_is(visited: Page, server: TroubledServer) -> None:
    flight_mode(visited)
    server.asked.clear()

    open_map_page(visited)

    expect(age(visited)).to_contain_text("没有网络")
    assert re.search(r"\d\d:\d\d", age(visited).inner_text())
    assert set(server.asked) <= {"GET /sw.js"}  # which the browser itself asks for, flight mode or not


def test_search_filters_and_distances_work(visited: Page) -> None:
    flight_mode(visited)
    open_map_page(visited, "?kind=driver_home&open=any")

    use_coordinates(visited, f"{HERE['longitude']}, {HERE['latitude']}")
    expect(visited.locator("#list ol.stations")).to_be_visible()
    name = visited.locator("#list .station-name").first.inner_text()
    visited.locator("#q").fill(name)

    expect(rows(visited)).to_have_count(1)
    expect(rows(visited).locator(".station-name")).to_have_text(name)
    expect(rows(visited).locator(".kind-driver_home")).to_be_visible()


def test_our_own_map_is_drawn_with_the_stations(visited: Page) -> None:
    flight_mode(visited)

    open_map_page(visited)
    visited.get_by_role("button", name="地图", exact=True).click()

    expect(markers(visited).first).to_be_visible()
    expect(visited.locator(".unit-outline").first).to_be_visible()


def test_a_stations_page_is_drawn_from_the_file(visited: Page) -> None:
    flight_mode(visited)
    open_map_page(visited)
    link = visited.locator("#list .station-name a").first
    name = link.inner_text()

    link.click()

    expect(visited.get_by_role("heading", level=1)).to_have_text(name)
    assert re.fullmatch(r"/stations/[^/]+", urlsplit(visited.url).path)


def test_the_page_of_a_scanned_code_is_drawn_too(visited: Page) -> None:
    visited.goto(STATION)
    name = visited.get_by_role("heading", level=1).inner_text()
    flight_mode(visited)

    visited.goto("/s/YC-S0002")

    expect(visited.get_by_role("heading", level=1)).to_have_text(name)


def test_a_code_that_the_file_does_not_know_is_said(visited: Page) -> None:
    flight_mode(visited)

    visited.goto("/stations/NOBODY")

    expect(visited.get_by_role("alert")).to_contain_text("NOBODY")
    expect(visited.get_by_role("link", name="返回列表").or_(visited.locator("main a.button"))).to_be_visible()


def test_a_report_waits_and_is_sent_once_though_the_page_comes_anew_with_the_network(
    visited: Page, server: TroubledServer, watch: Watch
) -> None:
    flight_mode(visited)
    visited.goto(STATION)

    visited.get_by_role("button", name="我刚进去了").click()
    expect(visited.locator("#outbox")).to_contain_text("1 条")
    assert not [line for line in server.asked if line.startswith("POST")]
    server.asked.clear()
    with server.held("/reports"):
        flight_mode(visited, is_on=False)
        assert eventually(lambda: {"POST /reports", "GET /data/stations.json"} <= set(server.asked), visited)
        assert eventually(lambda: visited.evaluate(TURNS_OF_THE_PAGE) == 2, visited)  # the delivery; the reload

    assert eventually(lambda: f"GET {STATION}" in server.asked, visited)
    visited.wait_for_load_state("networkidle")
    expect(visited.locator("#outbox")).to_be_hidden()
    assert server.asked.count("POST /reports") == 1
    watch.expect("ERR_INTERNET_DISCONNECTED")


def test_the_form_for_a_problem_opens_and_queues(visited: Page, watch: Watch) -> None:
    flight_mode(visited)

    visited.goto(STATION + "/report?kind=other")
    visited.locator("[data-report-form] textarea").fill("门口的灯坏了")
    visited.locator("[data-report-form] button[type=submit]").click()

    expect(visited.locator("#outbox")).to_contain_text("1 条")
    watch.expect("ERR_INTERNET_DISCONNECTED")


def test_the_language_can_be_changed_and_the_server_learns_of_it_later(visited: Page) -> None:
    flight_mode(visited)
    open_map_page(visited, "?kind=rest_station")

    visited.get_by_role("link", name="English").click()

    expect(visited.locator("html")).to_have_attribute("lang", "en")
    assert "lang=" not in visited.url
    visited.goto(STATION)
    expect(visited.locator("html")).to_have_attribute("lang", "en")
    visited.goto("/")
    flight_mode(visited, is_on=False)
    visited.goto("/about")
    expect(visited.locator("html")).to_have_attribute("lang", "en")


def test_the_language_link_of_a_stations_page_leads_back_to_it(visited: Page) -> None:
    flight_mode(visited)
    visited.goto(STATION)
    expect(visited.get_by_role("heading", level=1)).to_be_visible()

    visited.get_by_role("link", name="English").click()

    expect(visited.locator("html")).to_have_attribute("lang", "en")
    assert urlsplit(visited.url).path == STATION


def test_a_language_chosen_on_the_server_is_that_of_the_kept_pages(visited: Page) -> None:
    visited.goto("/?lang=en")
    expect(visited.locator("html")).to_have_attribute("lang", "en")
    flight_mode(visited)

    visited.goto("/")

    expect(visited.locator("html")).to_have_attribute("lang", "en")


def test_a_first_visit_anywhere_keeps_everything(phone: Page) -> None:
    visit(phone, "/about")
    flight_mode(phone)

    open_map_page(phone)


def test_a_page_that_needs_the_network_says_so_and_leads_on(visited: Page) -> None:
    flight_mode(visited)

    visited.goto("/planner/coverage")

    expect(visited.get_by_role("heading", level=1)).to_have_text("没有网络")
    visited.locator("main a.button").click()
    expect(rows(visited).first).to_be_visible()


def test_no_page_that_was_opened_is_kept(visited: Page) -> None:
    before = addresses_kept(visited)

    for path in (STATION, "/about", "/stations", "/reports", "/planner/coverage"):
        visited.goto(path)

    assert addresses_kept(visited) - before <= {"/offline/language"}


@pytest.mark.parametrize("locale", ["zh-CN", pytest.param("en-US", marks=pytest.mark.long)])
def test_everything_that_the_kept_pages_request_is_kept(
    context_factory: OpenContext, server: TroubledServer, locale: str
) -> None:
    page = context_factory(locale=locale).new_page()
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).path))
    release = release_of(server)
    answered = [page["url"] for page in release["pages"]]

    open_map_page(page, "?view=map")
    expect(markers(page).first).to_be_visible()
    for path in answered:
        page.goto(path if not path.endswith(".webmanifest") else "/")
        page.wait_for_load_state("networkidle")
        asked |= {
            urlsplit(url).path for url in page.locator("head link[href]").evaluate_all("all => all.map(e => e.href)")
        }

    assert asked - {*release["files"], *answered, "/data/stations.json"} == set()
    assert len(asked) > 10


def test_nobody_else_is_asked_for_anything(phone: Page, live_server: LiveServer) -> None:
    hosts: set[str] = set()
    phone.context.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))

    visit(phone)
    phone.goto(STATION)

    assert hosts == {urlsplit(live_server.url).netloc}
