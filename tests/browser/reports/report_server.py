"""A server whose clock a test moves, and people with phones before it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from geodata.reports.report import Report
from mapapp.settings import Settings
from tests.browser.conftest import PHONE, Watch
from tests.browser.whole_answers import whole
from tests.conftest import FrozenClock, answering
from tests.patience import PATIENCE_MS

STATION = "YC-S0001"
OTHER_STATION = "YC-S0002"
THIRD_STATION = "YC-S0003"
OpenPhone = Callable[..., BrowserContext]


@dataclass
class ReportServer:
    """The service in this process: its address, its clock, what it was told."""

    url: str
    clock: FrozenClock
    services: Any
    watch: Watch = field(init=False)

    def __post_init__(self) -> None:
        self.watch = Watch(urlsplit(self.url).netloc)

    def problems(self) -> list[str]:
        """What went wrong in its pages, but for what the browser says of a worker that the test forbids."""
        return [problem for problem in self.watch.problems if "registration blocked by Playwright" not in problem]

    def reports(self) -> list[Report]:
        """What has been reported, in the order it arrived."""
        with self.services.store.reading() as reader:
            return list(reversed(reader.reports.all()))

    def settle(self) -> None:
        """Let the pages see what was written."""
        self.services.keeper.refresh()


@contextmanager
def report_server(shell: Flask, sample_database: Path, folder: Path) -> Iterator[ReportServer]:
    """The service over the sample data, on a Wednesday at ten until the test moves the clock."""
    settings = settings_in(folder)
    shutil.copyfile(sample_database, settings.database_url.removeprefix("sqlite:///"))
    clock = FrozenClock()
    with answering(shell, settings, clock) as app:
        server = make_server("127.0.0.1", 0, lambda environ, start: whole(app(environ, start)), threaded=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield ReportServer(f"http://127.0.0.1:{server.server_port}", clock, app.extensions["stationmap"])
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def settings_in(folder: Path) -> Settings:
    """Settings with all data in a folder."""
    return Settings(
        database_url=f"sqlite:///{folder / 'stations.sqlite3'}", data_dir=str(folder / "data"), rate_limit=""
    )


@contextmanager
def phones(browser: Browser, server: ReportServer) -> Iterator[OpenPhone]:
    """Opens phones of different people; without a service worker unless asked for one."""
    opened: list[BrowserContext] = []

    def open_phone(**options: Any) -> BrowserContext:
        defaults = {
            "base_url": server.url,
            "viewport": PHONE,
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            "reduced_motion": "reduce",
            "service_workers": "block",
        }
        context = browser.new_context(**{**defaults, **options})
        context.set_default_timeout(PATIENCE_MS)
        context.on("page", server.watch.follow)
        opened.append(context)
        return context

    yield open_phone
    for context in opened:
        context.close()


def open_form(page: Page, kind: str = "locked", station: str = STATION) -> None:
    """Open the form about a station and choose what is wrong."""
    page.goto(f"/stations/{station}/report")
    page.locator(f"[data-kind={kind}]").click()
    expect(page.locator("[data-report-send]")).to_be_visible()


def press_send(page: Page) -> None:
    """Press the form's one primary button."""
    page.get_by_role("button", name="发送", exact=True).click()


def report(page: Page, kind: str = "locked", station: str = STATION, text: str = "") -> None:
    """Send a report and wait until it has arrived."""
    open_form(page, kind, station)
    if text:
        page.locator("#report-text").fill(text)
    press_send(page)
    page.wait_for_url("**/reports/*")
