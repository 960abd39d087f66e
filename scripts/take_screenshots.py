#!/usr/bin/env python3
"""Take the pictures in docs/images anew, from the sample data on a Wednesday morning.

Run it after a page has changed: ``.venv/bin/python scripts/take_screenshots.py [NAME …]``. The application runs in
this process with its clock stopped, and so does the browser's, so that the pictures differ only where the
pages do.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Geolocation, sync_playwright
from werkzeug.serving import make_server

from installation.debian import chromium_path
from installation.layout import PROJECT_DIR

sys.path.insert(0, str(PROJECT_DIR))
from geodata.places import Place, load_place
from mapapp import create_app
from mapapp.services.load_sample import set_up
from mapapp.settings import Settings
from mapapp.store import Store

IMAGES_DIR: Final = PROJECT_DIR / "docs" / "images"
NOW: Final = datetime.fromisoformat("2026-11-18T10:05:00+08:00")
PHONE: Final = {"width": 360, "height": 740}
WIDE: Final = {"width": 1440, "height": 900}


@dataclass(frozen=True, slots=True)
class Picture:
    """One page in one window."""

    name: str
    path: str
    window: dict[str, int]
    scheme: str = "light"
    locale: str = "zh-CN"
    near_me: bool = False
    tab: str = ""


PICTURES: Final = (
    Picture("home-wide-light", "/", WIDE, near_me=True),
    Picture("home-wide-dark-en", "/", WIDE, scheme="dark", locale="en"),
    Picture("home-phone-light", "/", PHONE, near_me=True),
    Picture("home-phone-dark", "/", PHONE, scheme="dark", near_me=True),
    Picture("home-phone-map-light", "/", PHONE, near_me=True, tab="map"),
    Picture("home-phone-map-dark", "/", PHONE, scheme="dark", tab="map"),
    Picture("station-phone-light", "/stations/{prefix}-S0002", PHONE),
    Picture("station-phone-dark", "/stations/{prefix}-S0002", PHONE, scheme="dark"),
    Picture("report-phone-light", "/stations/{prefix}-S0002/report", PHONE),
    Picture("report-phone-dark", "/stations/{prefix}-S0002/report?kind=locked", PHONE, scheme="dark"),
    Picture("coverage-wide-light", "/planner/coverage?hour=70", WIDE),
)


def main() -> int:
    """Take all pictures, or those named."""
    parser = argparse.ArgumentParser(description="Take the pictures in docs/images anew.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(picture.name for picture in PICTURES))
    wanted = parser.parse_args().names
    IMAGES_DIR.mkdir(exist_ok=True)
    place = load_place(Settings().place)
    with sample_service(place) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=["--disable-gpu"], chromium_sandbox=os.geteuid() != 0
        )
        for picture in PICTURES:
            if not wanted or picture.name in wanted:
                take(browser, address, picture, place)
                print(picture.name)
        browser.close()
    return 0


def take(browser: Browser, address: str, picture: Picture, place: Place) -> None:
    """Open the page as a visitor would, and keep what the window shows."""
    options: dict[str, Any] = {"viewport": picture.window, "color_scheme": picture.scheme, "locale": picture.locale}
    here: Geolocation = {"longitude": place.center.lon, "latitude": place.center.lat, "accuracy": 20}
    context = browser.new_context(**options, geolocation=here, permissions=["geolocation"])
    context.add_init_script("delete Navigator.prototype.serviceWorker")  # each picture is of a first visit
    page = context.new_page()
    page.clock.install(time=NOW)
    page.goto(address + picture.path.format(prefix=place.code_prefix), wait_until="networkidle")
    if picture.near_me:
        page.locator("#near-me").click()
    if picture.tab:
        page.locator(f"[data-show={picture.tab}]").click()
    page.clock.run_for(2000)
    page.wait_for_timeout(1200)
    page.screenshot(path=IMAGES_DIR / f"{picture.name}.png")
    context.close()


@contextmanager
def sample_service(place: Place) -> Iterator[str]:
    """The application with sample data in a database of its own; its address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            database_url=f"sqlite:///{Path(folder) / 'stations.sqlite3'}", data_dir=folder, log_level="ERROR"
        )
        store = Store(settings.database_url)
        set_up(store, place)
        store.close()
        server = make_server("127.0.0.1", 0, create_app(settings, clock=lambda: NOW), threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


if __name__ == "__main__":
    sys.exit(main())
