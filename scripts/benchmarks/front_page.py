"""Weight and smoothness of the map page on a slow phone: a real chromium with its CPU slowed four times.

Every load is a first visit: a browser context of its own with nothing kept. Bytes are what the browser itself
says came over the wire, headers included.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from benchmarks.databases import make_large_database, make_sample_database
from benchmarks.measure import Spread, in_turns
from benchmarks.results import Figure, Section, at_most
from benchmarks.servers import running
from geodata.places import load_place
from installation.debian import CHROMIUM_VARIABLE, chromium_path

TITLE: Final = "Front page on a slow phone"
SLOW_DOWN: Final = 4
LIMIT_KB: Final = 250
DATA_LIMIT_KB: Final = 40
TASK_LIMIT_MS: Final = 200
MARKER_LIMIT_S: Final = 1.5
DATA_PATH: Final = "/data/stations.json"
MAP_VIEW: Final = "/?view=map"
PHONE: Final = ViewportSize(width=360, height=740)
CHROMIUM_ARGUMENTS: Final = ("--disable-gpu", "--no-first-run", "--disable-background-networking")
_PATIENCE_MS: Final = 60_000
_SETTLING_MS: Final = 500

_WATCH: Final = """
window.benchmark = { tasks: [], markerAt: null };
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) window.benchmark.tasks.push(task.duration);
}).observe({ type: "longtask", buffered: true });
const marks = ["map-mark", "map-cluster"].map((name) => document.getElementsByClassName(name));
requestAnimationFrame(function look() {
  const isThere = marks.some((each) => each.length > 0 && each[0].getClientRects().length > 0);
  if (isThere) window.benchmark.markerAt = performance.now();
  else requestAnimationFrame(look);
});
"""
_YARDSTICK: Final = """
() => { const start = performance.now(); let sum = 0;
  for (let i = 0; i < 5e6; i += 1) sum += Math.sqrt(i) % 7;
  return performance.now() - start + 0 * sum; }
"""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured."""

    rounds_count: int
    stations_count: int = 5000


FULL: Final = Effort(7)
QUICK: Final = Effort(2)


@dataclass(frozen=True, slots=True)
class Visit:
    """One first visit. ``longest_task_ms`` is 0 where no task took 50 ms; ``yardstick_ms`` a fixed loop's time."""

    all_bytes: int
    data_bytes: int
    first_marker_s: float
    longest_task_ms: float
    yardstick_ms: float


def measure(place_name: str, effort: Effort) -> Section:
    """First visits to the sample and to a larger database, in turns; after one that is not counted."""
    chromium = chromium_path()
    if not chromium.exists():
        return Section(
            TITLE, (), (), (f"chromium is missing: there is no {chromium}; {CHROMIUM_VARIABLE} may name another.",)
        )
    place = load_place(place_name)
    with TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        urls = {
            "sample": make_sample_database(folder / "sample.sqlite3", place),
            "large": make_large_database(folder / "large.sqlite3", place, effort.stations_count),
        }
        browser = stack.enter_context(_chromium(chromium))
        servers = {
            kind: stack.enter_context(running(folder, _settings(url, place_name), workers_count=1))
            for kind, url in urls.items()
        }
        turns = {kind: _Visitor(browser, server.address.url.rstrip("/")) for kind, server in servers.items()}
        in_turns(turns, 1)
        visits = in_turns(turns, effort.rounds_count)
    return Section(TITLE, _figures(visits, effort), _notes())


@dataclass(frozen=True, slots=True)
class _Visitor:
    """Visits one server's map page, each time as if for the first."""

    browser: Browser
    url: str

    def __call__(self) -> Visit:
        context = self.browser.new_context(viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai")
        try:
            context.set_default_timeout(_PATIENCE_MS)
            context.add_init_script(_WATCH)
            return _visit(context.new_page(), self.url)
        finally:
            context.close()


def _visit(page: Page, url: str) -> Visit:
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_DOWN})
    addresses: dict[str, str] = {}
    received: dict[str, float] = {}

    def on_request(event: dict[str, Any]) -> None:
        addresses[event["requestId"]] = event["request"]["url"]

    def on_finished(event: dict[str, Any]) -> None:
        received[addresses.get(event["requestId"], "")] = event["encodedDataLength"]

    devtools.on("Network.requestWillBeSent", on_request)
    devtools.on("Network.loadingFinished", on_finished)
    page.goto(url + MAP_VIEW)
    page.wait_for_function("() => window.benchmark.markerAt !== null")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(_SETTLING_MS)
    seen = page.evaluate("() => window.benchmark")
    return Visit(
        all_bytes=int(sum(received.values())),
        data_bytes=int(sum(size for address, size in received.items() if address.endswith(DATA_PATH))),
        first_marker_s=seen["markerAt"] / 1000,
        longest_task_ms=max(seen["tasks"], default=0.0),
        yardstick_ms=page.evaluate(_YARDSTICK),
    )


@contextmanager
def _chromium(path: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=list(CHROMIUM_ARGUMENTS), chromium_sandbox=os.geteuid() != 0
        )
        yield browser
        browser.close()


def _settings(database_url: str, place_name: str) -> dict[str, str]:
    return {"MAPAPP_DATABASE_URL": database_url, "MAPAPP_PLACE": place_name, "MAPAPP_RATE_LIMIT": ""}


def _figures(visits: Mapping[str, tuple[Visit, ...]], effort: Effort) -> tuple[Figure, ...]:
    sample, large = visits["sample"], visits["large"]
    many = f"{effort.stations_count:,} stations"
    return (
        Figure("all transfers of a first visit", _kb(visit.all_bytes for visit in sample), "kB", at_most(LIMIT_KB)),
        Figure("all stations' data", _kb(visit.data_bytes for visit in sample), "kB", at_most(DATA_LIMIT_KB)),
        Figure("longest task", _spread(visit.longest_task_ms for visit in sample), "ms", at_most(TASK_LIMIT_MS)),
        Figure("first marker", _spread(visit.first_marker_s for visit in sample), "s"),
        Figure(f"{many}: first marker", _spread(visit.first_marker_s for visit in large), "s", at_most(MARKER_LIMIT_S)),
        Figure(f"{many}: longest task", _spread(visit.longest_task_ms for visit in large), "ms"),
        Figure(f"{many}: their data", _kb(visit.data_bytes for visit in large), "kB"),
        Figure(
            "yardstick: five million square roots in the page", _spread(visit.yardstick_ms for visit in sample), "ms"
        ),
    )


def _spread(values: Iterator[float]) -> Spread:
    return Spread(tuple(values))


def _kb(sizes: Iterator[int]) -> Spread:
    return Spread(tuple(size / 1000 for size in sizes))


def _notes() -> tuple[str, ...]:
    return (
        (
            f"chromium at {PHONE['width']} × {PHONE['height']} px with its CPU slowed {SLOW_DOWN} times, "
            f"loopback, the map in view (`{MAP_VIEW}`), nothing kept from earlier visits; kB are 1,000 bytes."
        ),
        "A task is what keeps the page from reacting; those shorter than 50 ms are not reported and count as 0.",
        "The yardstick says how fast the slowed page was on this machine.",
    )
