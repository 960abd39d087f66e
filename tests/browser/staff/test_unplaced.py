"""The queue of unplaced stations in a browser: the map stands open, a pin is set, the next one comes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from mapapp.store import Store
from tests.browser.conftest import PHONE, LiveServer, Watch, serving
from tests.browser.staff.conftest import StaffPage
from tests.mapapp.staff.world import UNPLACED_STATION, StaffDatabase, account_desk, signed_in_as
from tests.patience import PATIENCE_MS

PAGE: Final = f"/staff/unplaced/{UNPLACED_STATION}"
KEY: Final = "k3y-of-the-tests"
STATES: Final = [
    {"color_scheme": "light", "locale": "zh-CN"},
    {"color_scheme": "dark", "locale": "en", "viewport": {"width": 1440, "height": 900}},
]
ANSWER: Final = {
    "status": "1",
    "info": "OK",
    "infocode": "10000",
    "geocodes": [
        {"formatted_address": "某街1号", "location": "106.280000,38.470000", "level": "门牌号"},
        {"formatted_address": "`${alert(1)}`<img src=x>", "location": "106.290000,38.480000", "level": "乡镇"},
    ],
}


def map_of(page: Page) -> None:
    """Wait until the map stands open."""
    page.locator(".leaflet-container").wait_for()
    expect(page.locator("[data-open-map]")).to_be_hidden()


def test_by_keyboard_a_pin_is_set_and_the_queue_goes_on(staff_page: StaffPage) -> None:
    page = staff_page("editor_own")
    page.goto(PAGE)
    map_of(page)

    page.fill("#lon", "106.29")
    page.fill("#lat", "38.47")
    page.select_option("#crs", "wgs84")
    page.locator(".map-place").press("ArrowRight")
    expect(page.locator("[data-found-district]")).to_have_text("区县：兴庆区")
    page.locator("#lat").press("Enter")

    expect(page.locator(".saved-notice")).to_contain_text(UNPLACED_STATION)


def test_a_tap_on_the_map_sets_the_pin(staff_page: StaffPage) -> None:
    page = staff_page("editor_own")
    page.goto(PAGE)
    map_of(page)

    page.locator(".leaflet-container").click(position={"x": 120, "y": 100})

    expect(page.locator("#lon")).not_to_have_value("")
    expect(page.locator(".map-place")).to_be_visible()


def test_without_scripts_a_station_is_placed_and_taken_back(staff_page: StaffPage) -> None:
    page = staff_page("editor_own", java_script_enabled=False)
    page.goto(PAGE)
    page.fill("#lon", "106.29")
    page.fill("#lat", "38.47")

    page.locator(".save-bar button").click()
    expect(page.locator(".saved-notice")).to_contain_text(UNPLACED_STATION)


@pytest.mark.parametrize("state", STATES, ids=["light phone", "dark desk"])
def test_no_page_of_the_queue_has_a_barrier(
    staff_page: StaffPage, accessibility_problems: Callable[[Page], list[str]], watch: Watch, state: dict[str, Any]
) -> None:
    page = staff_page("editor_own", **state)

    page.goto("/staff/unplaced")
    problems = found_on(page, accessibility_problems)
    page.goto(PAGE)
    map_of(page)
    problems += found_on(page, accessibility_problems)
    page.locator(".no-place summary").click()
    page.fill("#lon", "116.4")
    page.fill("#lat", "39.9")
    page.locator(".save-bar button").click()
    expect(page.locator(".notice.warning")).to_be_focused()
    map_of(page)
    problems += found_on(page, accessibility_problems)
    page.locator(".save-bar button").click()
    page.locator(".saved-notice").wait_for()
    page.goto(PAGE)
    problems += found_on(page, accessibility_problems)

    assert not problems
    watch.expect("409")


@pytest.fixture
def asking_city(live_staff_database: StaffDatabase, tmp_path: Path) -> Iterator[LiveServer]:
    """The service with a map service to ask: a stand-in on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(ANSWER).encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            pass

    stand_in = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=stand_in.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    origin = f"http://127.0.0.1:{stand_in.server_address[1]}"
    file = tmp_path / "stations.sqlite3"
    file.write_bytes(live_staff_database.file.read_bytes())
    with serving(
        file, tmp_path, MAPAPP_GEOCODER="gaode", MAPAPP_GEOCODER_KEY=KEY, MAPAPP_GEOCODER_URL=origin
    ) as server:
        yield server
    stand_in.shutdown()
    thread.join()
    stand_in.server_close()


def test_what_a_map_service_knows_is_shown_and_taken_and_not_saved_by_itself(
    asking_city: LiveServer, browser: Browser, accessibility_problems: Callable[[Page], list[str]]
) -> None:
    watch = Watch(urlsplit(asking_city.url).netloc)
    page = signed_in_page(asking_city, browser, watch)
    page.goto(PAGE)
    map_of(page)
    page.locator("button[value=search]").click()
    expect(page.locator(".candidate-list li")).to_have_count(2)
    map_of(page)
    expect(page.locator(".map-sign.round")).to_have_count(2)
    problems = found_on(page, accessibility_problems)

    page.locator("[data-candidate='0']").click()

    expect(page.locator("#accuracy")).to_have_value("geocoded")
    assert abs(float(page.input_value("#lon")) - 106.28) < 2e-6
    page.locator(".map-sign.round").nth(1).press("Enter")
    expect(page.locator("#accuracy")).to_have_value("approximate")
    assert KEY not in page.content()
    assert not [*problems, *watch.problems]
    page.context.close()
    store = Store(f"sqlite:///{asking_city.database_file}")
    with store.reading() as reader:
        station = reader.station(UNPLACED_STATION)
    store.close()
    assert station is not None
    assert station.version == 1


def found_on(page: Page, accessibility_problems: Callable[[Page], list[str]]) -> list[str]:
    """What axe finds, and whether the page is wider than the screen."""
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [*accessibility_problems(page), *(["the page is wider than the screen"] if wide else [])]


def signed_in_page(server: LiveServer, browser: Browser, watch: Watch) -> Page:
    """A page in which the own editor is signed in at that server."""
    store = Store(f"sqlite:///{server.database_file}")
    token = signed_in_as(account_desk(store), "editor_own", datetime.now(UTC))
    store.close()
    context = browser.new_context(
        base_url=server.url, viewport={"width": PHONE["width"], "height": PHONE["height"]}, locale="zh-CN"
    )
    context.set_default_timeout(PATIENCE_MS)
    context.on("page", watch.follow)
    context.add_cookies([{"name": "session", "value": token, "url": server.url, "httpOnly": True, "sameSite": "Lax"}])
    return context.new_page()
