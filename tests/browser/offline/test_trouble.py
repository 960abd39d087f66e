"""Servers, networks and phones that fail: what is kept stays good, and nothing foreign gets in."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveServer, Watch
from tests.browser.map_page import open_map_page, rows
from tests.browser.offline.phone import age, eventually, fails_to_install, flight_mode, kept, text_of, versions, visit
from tests.browser.offline.troubled_server import (
    DATA,
    EVERYTHING,
    FOREIGN,
    NOT_FOUND,
    PAGES,
    UNAVAILABLE,
    Answer,
    TroubledServer,
)

STATION = "/stations/YC-S0002"
DATA_PATH = "/data/stations.json"


@pytest.mark.parametrize("trouble", [UNAVAILABLE, FOREIGN], ids=["503", "a log-in page"])
def test_pages_and_data_come_from_the_phone(visited: Page, server: TroubledServer, trouble: Answer) -> None:
    server.answer(EVERYTHING, trouble)

    open_map_page(visited)
    visited.goto(STATION)

    expect(visited.get_by_role("heading", level=1)).not_to_have_text("")
    assert "Wi-Fi" not in visited.title()


@pytest.mark.parametrize("trouble", [UNAVAILABLE, FOREIGN], ids=["503", "a log-in page"])
def test_trouble_is_never_kept(visited: Page, server: TroubledServer, trouble: Answer) -> None:
    server.answer(PAGES + "|" + DATA, trouble)
    open_map_page(visited)
    server.recover()
    flight_mode(visited)

    open_map_page(visited)
    visited.goto(STATION)

    expect(visited.locator("#station h1")).to_be_visible()


def test_what_the_server_says_of_a_page_that_is_not_kept_is_shown(
    visited: Page, server: TroubledServer, watch: Watch
) -> None:
    server.answer("/about", UNAVAILABLE)

    visited.goto("/about")

    expect(visited.get_by_role("heading", level=1)).to_have_text("nginx")
    watch.expect("503")


def test_our_own_refusals_are_shown(visited: Page, watch: Watch) -> None:
    visited.goto("/stations/NOBODY")

    expect(visited.locator(".error-page__status")).to_have_text("404")
    watch.expect("404")


def test_a_network_that_takes_forever_is_not_waited_for(visited: Page, server: TroubledServer) -> None:
    server.asked.clear()

    with server.held(PAGES + "|" + DATA):
        open_map_page(visited)

        expect(age(visited)).to_contain_text("数据更新于")
        assert {"GET /", "GET " + DATA_PATH} <= set(server.asked)  # both are still waiting for their answers


def test_data_that_come_late_are_kept_for_the_next_time(visited: Page, server: TroubledServer) -> None:
    def confirmed_at() -> str:
        return str(
            visited.evaluate(
                "async () => (await caches.match('/data/stations.json?format=2')).headers.get('X-Confirmed-At')"
            )
        )

    before = confirmed_at()
    with server.held(DATA):
        open_map_page(visited)
        assert confirmed_at() == before

    assert eventually(lambda: confirmed_at() != before, visited)


@pytest.mark.parametrize(
    ("path", "trouble"),
    [
        (r"/static/built/map\..*", NOT_FOUND),
        (r"/static/built/report\..*", FOREIGN),
        (r"/static/built/station\..*", Answer("200 OK", "text/javascript", b"half of a fi")),
        (r"/offline/station", FOREIGN),
        (r"/offline/report", UNAVAILABLE),
        (r"/offline/notice", Answer("200 OK", "text/html", b"-", (("X-Stationmap-Release", "another"),))),
        (r"/manifest\.webmanifest", FOREIGN),
    ],
    ids=["missing", "foreign file", "truncated", "foreign page", "503", "another release", "foreign manifest"],
)
def test_an_installation_that_fails_in_the_middle_leaves_nothing_and_the_next_one_succeeds(
    phone: Page, server: TroubledServer, path: str, trouble: Answer
) -> None:
    server.answer(path, trouble)
    open_map_page(phone)
    assert fails_to_install(phone)
    assert any(re.fullmatch("GET " + path, line) for line in server.asked)
    assert versions(phone) == []

    server.recover()
    visit(phone)
    flight_mode(phone)

    open_map_page(phone)


def test_files_that_came_need_not_come_again(phone: Page, server: TroubledServer) -> None:
    server.answer("/offline/notice", UNAVAILABLE)
    open_map_page(phone)
    assert eventually(lambda: "GET /offline/notice" in server.asked, phone)
    server.recover()
    server.asked.clear()

    visit(phone)

    assert not [line for line in server.asked if "leaflet" in line]


def test_a_phone_without_room_still_shows_the_page(phone: Page, live_server: LiveServer) -> None:
    session = phone.context.new_cdp_session(phone)
    session.send("Storage.overrideQuotaForOrigin", {"origin": live_server.url, "quotaSize": 60_000})

    open_map_page(phone)

    assert fails_to_install(phone)
    assert versions(phone) == []
    session.send("Storage.overrideQuotaForOrigin", {"origin": live_server.url})
    visit(phone)
    assert len(versions(phone)) == 1


def test_a_full_phone_still_gets_new_data(visited: Page, live_server: LiveServer, server: TroubledServer) -> None:
    session = visited.context.new_cdp_session(visited)
    session.send("Storage.overrideQuotaForOrigin", {"origin": live_server.url, "quotaSize": 1})
    server.asked.clear()

    open_map_page(visited)

    assert "GET /data/stations.json" in server.asked
    flight_mode(visited)
    open_map_page(visited)


def test_what_the_browser_threw_away_is_brought_back(visited: Page) -> None:
    visited.evaluate("async () => { for (const name of await caches.keys()) await caches.delete(name); }")

    visited.goto("/about")

    assert eventually(
        lambda: any(path.startswith("/offline/complete") for paths in kept(visited).values() for path in paths), visited
    )
    flight_mode(visited)
    open_map_page(visited)


def test_a_page_of_another_format_is_not_given_what_it_cannot_read(visited: Page, server: TroubledServer) -> None:
    newer = Answer("200 OK", "application/json", b'{"format":99,"stations":{}}', (("X-Stationmap-Release", "newer"),))
    server.answer(DATA, newer)

    open_map_page(visited)  # its file is the kept one, in its own format

    assert rows(visited).count() > 10
    assert text_of(visited, "/data/stations.json", headers={"Accept": "application/json;format=99"}).startswith(
        '{"format":99'
    )


def test_a_page_without_kept_data_is_told_that_they_cannot_be_had(
    visited: Page, server: TroubledServer, watch: Watch
) -> None:
    visited.evaluate("() => caches.delete('stationmap-data')")
    server.answer(DATA, UNAVAILABLE)

    visited.goto("/")

    expect(visited.locator("#list").get_by_role("alert")).to_be_visible()
    watch.expect("503")
