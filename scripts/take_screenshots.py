#!/usr/bin/env python3
"""Take the pictures in docs/images and the two guides' images anew, from the sample data on a Wednesday morning.

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

from playwright.sync_api import Browser, Geolocation, Page, ViewportSize, sync_playwright
from werkzeug.serving import make_server

from installation.debian import chromium_path
from installation.layout import PROJECT_DIR

sys.path.insert(0, str(PROJECT_DIR))
from geodata.places import Place, load_place
from guide_scene import SECRET, Scene, make_scene
from mapapp import create_app
from mapapp.services.jobs.kinds import KINDS
from mapapp.services.jobs.run import Workshop
from mapapp.services.jobs.worker import Worker
from mapapp.services.load_sample import set_up
from mapapp.settings import Settings
from mapapp.store import Store
from planner_scene import PICTURES as PLANNER_PICTURES
from planner_scene import PLANNER_IMAGES_DIR, PlannerScene, make_planning

IMAGES_DIR: Final = PROJECT_DIR / "docs" / "images"
GUIDE_IMAGES_DIR: Final = PROJECT_DIR / "docs" / "staff-guide" / "images"
NOW: Final = datetime.fromisoformat("2026-11-18T10:05:00+08:00")
PHONE: Final[ViewportSize] = {"width": 360, "height": 740}
WIDE: Final[ViewportSize] = {"width": 1440, "height": 900}
DESK: Final[ViewportSize] = {"width": 1024, "height": 720}
DESK_OF_PLANNERS: Final[ViewportSize] = {"width": 1280, "height": 860}


@dataclass(frozen=True, slots=True)
class Picture:
    """One page in one window."""

    name: str
    path: str
    window: ViewportSize
    scheme: str = "light"
    locale: str = "zh-CN"
    near_me: bool = False
    tab: str = ""
    clerk: str = ""
    """Who is signed in: ``admin``, ``editor`` or ``planner``."""
    scroll_to: str = ""
    meets_conflict: bool = False
    """The administrator saves another name while the form of this page is open."""

    @property
    def folder(self) -> Path:
        """Where the picture lies: those of a guide beside it."""
        if self.clerk == "planner":
            return PLANNER_IMAGES_DIR
        return GUIDE_IMAGES_DIR if self.path.startswith("/staff/") else IMAGES_DIR


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
    Picture("ask-wide-light", "/planner/ask", WIDE, clerk="admin"),
    *(
        Picture(f"{name}-{language}", path, window, locale=locale, clerk=clerk, scroll_to=scroll_to)
        for language, locale in (("zh", "zh-CN"), ("en", "en"))
        for name, path, window, clerk, scroll_to in (
            ("sign-in", "/staff/sign-in", DESK, "", ""),
            ("home", "/staff/", DESK, "admin", ""),
            ("stations", "/staff/stations?all=1", DESK, "editor", ""),
            ("station", "/staff/stations/{prefix}-S0002", DESK, "editor", ""),
            ("hours", "/staff/stations/{prefix}-S0002", DESK, "editor", "#part-when"),
            ("history", "/staff/stations/{prefix}-S0002/history", DESK, "editor", "#revisions-title"),
            ("imports", "/staff/imports", DESK, "editor", ""),
            ("import-file", "/staff/imports/files/{upload}", DESK, "editor", ".crs-cards"),
            ("import-plan", "/staff/imports/{plan}?show=duplicate", DESK, "editor", "#rows"),
            ("exports", "/staff/exports", DESK, "editor", ""),
            ("unplaced", "/staff/unplaced", DESK, "editor", ""),
            ("reports", "/staff/reports", DESK, "editor", ""),
            ("report", "/staff/reports/{tracking}", DESK, "editor", ""),
            ("verify", "/staff/verify?all=1", DESK, "editor", ""),
            ("verify-phone", "/staff/verify/{prefix}-S0002", PHONE, "editor", ""),
            ("dashboard", "/staff/dashboard", DESK, "editor", ""),
            ("poster", "/staff/stations/{prefix}-S0002/poster", DESK, "editor", ""),
            ("holidays", "/staff/holidays", DESK, "admin", ""),
            ("people", "/staff/people", DESK, "admin", ""),
        )
    ),
    *(
        Picture(f"conflict-{language}", path, DESK, locale=locale, clerk="editor", meets_conflict=True)
        for language, locale, path in (
            ("zh", "zh-CN", "/staff/stations/{prefix}-S0010"),
            ("en", "en", "/staff/stations/{prefix}-S0012"),
        )
    ),
    *(
        Picture(f"{name}-{language}", path, DESK_OF_PLANNERS, locale=locale, clerk="planner", scroll_to=scroll_to)
        for language, locale in (("zh", "zh-CN"), ("en", "en"))
        for name, path, scroll_to in PLANNER_PICTURES
    ),
)


def main() -> int:
    """Take all pictures, or those named."""
    parser = argparse.ArgumentParser(description="Take the pictures in docs/images anew.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(picture.name for picture in PICTURES))
    wanted = parser.parse_args().names
    pictures = [picture for picture in PICTURES if not wanted or picture.name in wanted]
    for folder in (IMAGES_DIR, GUIDE_IMAGES_DIR, PLANNER_IMAGES_DIR):
        folder.mkdir(exist_ok=True, parents=True)
    place = load_place(Settings().place)
    with sample_service(place) as (address, scene, worker), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(), args=["--disable-gpu"], chromium_sandbox=os.geteuid() != 0
        )
        planning = None
        if any(picture.clerk == "planner" for picture in pictures):
            planning = make_planning(browser, address, scene, place, lambda: do_all(worker))
        for picture in pictures:
            take(browser, address, picture, place, scene, planning)
            print(picture.name)
        browser.close()
    return 0


def do_all(worker: Worker) -> None:
    """Do the jobs that wait."""
    while worker.run_one():
        pass


def take(
    browser: Browser, address: str, picture: Picture, place: Place, scene: Scene, planning: PlannerScene | None
) -> None:
    """Open the page as a visitor would, and keep what the window shows."""
    options: dict[str, Any] = {"viewport": picture.window, "color_scheme": picture.scheme, "locale": picture.locale}
    here: Geolocation = {"longitude": place.center.lon, "latitude": place.center.lat, "accuracy": 20}
    context = browser.new_context(**options, geolocation=here, permissions=["geolocation"])
    context.add_init_script("delete Navigator.prototype.serviceWorker")  # each picture is of a first visit
    if picture.clerk:
        context.add_cookies([{"name": "session", "value": scene.sessions[picture.clerk], "url": address}])
    page = context.new_page()
    page.clock.install(time=NOW)
    path = picture.path
    words = {"prefix": place.code_prefix, "tracking": scene.tracking, "upload": scene.upload, "plan": scene.plan}
    path = path.format(**words) if planning is None or picture.clerk != "planner" else planning.address(path)
    page.goto(address + path, wait_until="networkidle")
    if picture.near_me:
        page.locator("#near-me").click()
    if picture.tab:
        page.locator(f"[data-show={picture.tab}]").click()
    if picture.meets_conflict:
        meet_conflict(page, browser, address + path, scene)
    if picture.scroll_to:
        page.locator(picture.scroll_to).evaluate("part => part.scrollIntoView()")
    page.clock.run_for(2000)
    page.wait_for_timeout(1200)
    page.screenshot(path=picture.folder / f"{picture.name}.png")
    context.close()


def meet_conflict(page: Page, browser: Browser, url: str, scene: Scene) -> None:
    """Have both change the name; the page shows what both wrote."""
    other = browser.new_context(locale="zh-CN", viewport=DESK)
    other.add_cookies([{"name": "session", "value": scene.sessions["admin"], "url": url}])
    theirs = other.new_page()
    theirs.goto(url)
    theirs.locator("#name").fill("示例驿站·东门")
    theirs.locator(".save-bar button").click()
    theirs.locator("#reason").fill("门牌")
    theirs.locator("button[value=save]").click()
    theirs.locator(".saved-notice").wait_for()
    other.close()
    page.locator("#name").fill("示例驿站·东门户外驿站")
    page.locator(".save-bar button").click()
    page.locator(".conflict").wait_for()


@contextmanager
def sample_service(place: Place) -> Iterator[tuple[str, Scene, Worker]]:
    """The application with sample data in a database of its own: its address, what is in it for staff, its worker."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            database_url=f"sqlite:///{Path(folder) / 'stations.sqlite3'}",
            data_dir=folder,
            public_url="https://stations.example",
            secret_key=SECRET,
            log_level="ERROR",
        )
        store = Store(settings.database_url, clock=lambda: NOW)
        set_up(store, place)
        scene = make_scene(store, settings, place, NOW)
        worker = Worker(Workshop(store, place, settings, lambda: NOW), KINDS)
        server = make_server("127.0.0.1", 0, create_app(settings, clock=lambda: NOW), threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", scene, worker
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            store.close()


if __name__ == "__main__":
    sys.exit(main())
