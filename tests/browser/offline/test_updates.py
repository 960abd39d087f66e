"""A new release comes silently and whole; a broken one never takes the old one away."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.map_page import markers, open_map_page
from tests.browser.offline.phone import eventually, flight_mode, kept, look_for_update, versions
from tests.browser.offline.troubled_server import FOREIGN, NOT_FOUND, UNAVAILABLE, Answer, TroubledServer

NEW_MAP = b"export async function drawMap() { document.body.dataset.map = 'new'; return { shown() {}, focus() {} }; }"
NEW_FILE = r"/static/built/map\..*"


def update(page: Page) -> None:
    """Take the server's present release over and wait until it is the only one."""
    (before,) = versions(page)
    look_for_update(page)
    assert eventually(lambda: len(versions(page)) == 1 and versions(page) != [before], page)


def test_opening_a_page_is_enough(visited: Page, server: TroubledServer) -> None:
    (before,) = versions(visited)
    server.release("newer")

    open_map_page(visited)

    assert eventually(lambda: versions(visited) not in ([before], []) and len(versions(visited)) == 1, visited)
    flight_mode(visited)
    open_map_page(visited)


def test_the_same_release_is_not_fetched_twice(visited: Page, server: TroubledServer) -> None:
    server.asked.clear()

    look_for_update(visited)
    visited.reload()

    assert not [line for line in server.asked if "/offline/" in line]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_change_of_language_is_no_new_release(visited: Page, server: TroubledServer, language: str) -> None:
    before = versions(visited)
    visited.goto(f"/?lang={language}")

    look_for_update(visited)

    assert versions(visited) == before


@pytest.mark.parametrize(
    "worker",
    [
        NOT_FOUND,
        UNAVAILABLE,
        FOREIGN,
        Answer("200 OK", "text/javascript", b"this is no script"),
        Answer("200 OK", "text/javascript", b"throw new Error('broken')"),
    ],
    ids=["404", "503", "a log-in page", "no script", "throws"],
)
def test_a_broken_worker_leaves_the_old_one(visited: Page, server: TroubledServer, worker: Answer) -> None:
    before = versions(visited)
    server.answer(r"/sw\.js", worker)

    look_for_update(visited)

    assert versions(visited) == before
    flight_mode(visited)
    open_map_page(visited)


@pytest.mark.parametrize("path", [NEW_FILE, "/offline/report", "/"])
def test_an_update_that_fails_in_the_middle_leaves_the_old_release(
    visited: Page, server: TroubledServer, path: str
) -> None:
    before = versions(visited)
    server.answer(path, NOT_FOUND)
    server.release("newer", {"map.js": NEW_MAP})

    look_for_update(visited)
    assert versions(visited) == before
    flight_mode(visited)
    open_map_page(visited)
    flight_mode(visited, is_on=False)

    server.recover()
    update(visited)
    flight_mode(visited)
    open_map_page(visited)


def test_a_page_that_is_open_keeps_its_own_files_through_an_update(visited: Page, server: TroubledServer) -> None:
    other = visited.context.new_page()
    other.goto("/about")
    server.release("newer", {"map.js": NEW_MAP})

    update(other)
    visited.get_by_role("button", name="地图", exact=True).click()  # whose code the server has no longer

    expect(markers(visited).first).to_be_visible()
    flight_mode(visited)
    visited.goto("/?view=map")
    expect(visited.locator("body")).to_have_attribute("data-map", "new")


def test_files_of_the_release_before_the_last_are_thrown_away(visited: Page, server: TroubledServer) -> None:
    def maps() -> int:
        return len([path for path in kept(visited)["stationmap-files"] if path.startswith("/static/built/map.")])

    for number, script in enumerate((NEW_MAP, NEW_MAP + b"// 2", NEW_MAP + b"// 3")):
        server.release(f"release {number}", {"map.js": script})
        update(visited)

    assert maps() == 2


def test_a_kept_page_and_its_headers_are_of_one_answer(visited: Page) -> None:
    flight_mode(visited)
    visited.goto("/")

    nonces = visited.evaluate("() => [...document.scripts].map((script) => script.nonce)")
    policy = visited.evaluate("async () => (await caches.match('/?kept-in=zh')).headers.get('Content-Security-Policy')")

    assert len(set(nonces)) == 1
    assert f"'nonce-{nonces[0]}'" in policy, json.dumps(nonces)
