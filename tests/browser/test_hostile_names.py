"""A name can hold any text and stays text: in the list, on the map, on pages, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from geodata.stations.station import Station
from mapapp.store import Store
from tests.browser.conftest import LiveServer, OpenContext
from tests.browser.map_page import WIDE
from tests.patience import wait_until

HOSTILE = '</script><img src=x onerror="window.pwned=1">`${window.pwned=1}`\'"<svg/onload=window.pwned=1>{{7*7}}&amp;'


@pytest.fixture
def hostile_station(live_server: LiveServer) -> Iterator[Station]:
    """A placed station of the running server with hostile text in every field; put back afterwards."""
    store = Store(f"sqlite:///{live_server.database_file}")
    with store.reading() as reader:
        before = next(station for station in reader.stations() if station.position is not None)
    hostile = replace(
        before,
        name=HOSTILE,
        name_en=HOSTILE,
        address=HOSTILE,
        town=HOSTILE,
        entry_note=HOSTILE,
        public_phone=HOSTILE[:60],
        source=HOSTILE,
    )
    _save(store, hostile)
    yield hostile
    _save(store, before)
    store.close()
    _wait_until_shown(live_server, before)


def _wait_until_shown(live_server: LiveServer, station: Station) -> None:
    """Later tests shall not meet what this one planted: the running server takes a change over within a second."""

    def is_shown() -> bool:
        with urlopen(f"{live_server.url}/stations/{station.code}") as answer:  # noqa: S310 - our own server
            return f"<h1>{station.name}</h1>" in answer.read().decode()

    wait_until(is_shown, lambda: "The server still shows the hostile name.")


def _save(store: Store, station: Station) -> None:
    with store.writing("form") as writer:
        writer.update_station(station, expected_version=None, actor="test", reason="hostile names")


def open_when_taken_over(page: Page, code: str, path: str) -> None:
    """Wait until the server has noticed the change, then open the path."""

    def is_taken_over() -> bool:
        page.goto(f"/stations/{code}")
        return page.get_by_role("heading", level=1).inner_text() == HOSTILE

    wait_until(is_taken_over)
    page.goto(path)


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_hostile_names_are_inert_everywhere(
    context_factory: OpenContext, hostile_station: Station, language: str
) -> None:
    page = context_factory(viewport=WIDE, locale=language).new_page()
    open_when_taken_over(page, hostile_station.code, f"/?q={hostile_station.code}")
    row = page.locator("#list .station")
    expect(row).to_have_count(1)
    expect(row.locator(".station-name")).to_have_text(HOSTILE)

    row.get_by_role("button").click()
    expect(page.locator(".leaflet-popup .station-name")).to_have_text(HOSTILE)
    label = page.locator(".map-mark").first.get_attribute("aria-label") or ""
    assert HOSTILE in label

    for path in (f"/stations/{hostile_station.code}", "/stations"):
        page.goto(path)
        expect(page.get_by_text(HOSTILE, exact=True).first).to_be_visible()
    page.wait_for_timeout(200)
    assert page.evaluate("window.pwned") is None
    expect(page.locator("img[src=x]")).to_have_count(0)


def test_hostile_search_words_are_inert(page: Page) -> None:
    page.goto("/?q=" + "%3C%2Fscript%3E%3Cimg%20src%3Dx%20onerror%3Dwindow.pwned%3D1%3E&kind=%22%3E%3Csvg%3E")

    expect(page.locator("#list")).to_contain_text("没有符合全部条件的站点")
    assert page.evaluate("window.pwned") is None
