"""Weight and smoothness of the first screen on a slow phone: a real chromium with its CPU slowed four times.

A visit loads the list, knows where it is, taps filters, and opens the map. Every load is a first visit: a
browser context of its own with nothing kept. Bytes are what the browser itself says came over the wire, headers
included.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from playwright.sync_api import Browser, CDPSession, Page, ViewportSize, sync_playwright

from benchmarks.databases import make_large_database, make_sample_database
from benchmarks.measure import Spread, in_turns
from benchmarks.results import Figure, Section, at_most
from benchmarks.servers import running
from geodata.coordinates import LonLat
from geodata.places import load_place
from installation.debian import CHROMIUM_VARIABLE, chromium_path

TITLE: Final = "First screen on a slow phone"
SLOW_DOWN: Final = 4
LIMIT_KB: Final = 180
DATA_LIMIT_KB: Final = 30
NEXT_PAINT_LIMIT_MS: Final = 200
TASK_LIMIT_MS: Final = 300
DATA_PATH: Final = "/data/stations.json"
TAPPED: Final = ("[data-quick='open=arrival']", "[data-quick='kind=driver_home']", "[data-need=water]")
"""What is tapped on and off: two filters and a shortcut."""
PHONE: Final = ViewportSize(width=360, height=740)
CHROMIUM_ARGUMENTS: Final = ("--disable-gpu", "--no-first-run", "--disable-background-networking")
_PATIENCE_MS: Final = 60_000
_SETTLING_MS: Final = 500

_WATCH: Final = """
window.benchmark = { tasks: [], taps: [], listAt: null, markerAt: null };
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) window.benchmark.tasks.push(task.duration);
}).observe({ type: "longtask", buffered: true });
new PerformanceObserver((list) => {
  for (const event of list.getEntries()) if (event.interactionId) window.benchmark.taps.push(event.duration);
}).observe({ type: "event", durationThreshold: 16, buffered: true });
const seen = (names) => names.some((name) => document.getElementsByClassName(name)[0]?.getClientRects().length > 0);
requestAnimationFrame(function look() {
  const { benchmark } = window;
  if (benchmark.listAt === null && seen(["station"])) benchmark.listAt = performance.now();
  if (benchmark.markerAt === null && seen(["map-mark", "map-cluster"])) benchmark.markerAt = performance.now();
  if (benchmark.markerAt === null) requestAnimationFrame(look);
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
    uncounted_count: int = 1
    """Rounds before those that are counted: the browser and the servers get warm."""


FULL: Final = Effort(7)
QUICK: Final = Effort(2)


@dataclass(frozen=True, slots=True)
class Visit:
    """One first visit: bytes until the list stood still and the map was not asked for; then taps, then the map.

    The longest tasks are 0 where no task took 50 ms; ``yardstick_ms`` is a fixed loop's time.
    """

    all_bytes: int
    data_bytes: int
    list_s: float
    next_paint_ms: float
    task_ms: float
    map_s: float
    map_task_ms: float
    yardstick_ms: float


def measure(place_name: str, effort: Effort) -> Section:
    """First visits to the sample and to a larger database, in turns."""
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
        turns = {kind: _Visitor(browser, server.address.url, place.center) for kind, server in servers.items()}
        if effort.uncounted_count:
            in_turns(turns, effort.uncounted_count)
        visits = in_turns(turns, effort.rounds_count)
    return Section(TITLE, _figures(visits, effort), _notes())


@dataclass(frozen=True, slots=True)
class _Visitor:
    """Visits one server's first screen, each time as if for the first."""

    browser: Browser
    url: str
    here: LonLat

    def __call__(self) -> Visit:
        context = self.browser.new_context(
            viewport=PHONE,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            permissions=["geolocation"],
            geolocation={"longitude": self.here.lon, "latitude": self.here.lat, "accuracy": 20},
            service_workers="block",  # what it keeps for later is no part of the first load
        )
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
    received = _bytes_received(devtools)
    page.goto(url)
    _let_settle(page, "() => window.benchmark.listAt !== null")
    first_load = dict(received)
    page.locator("#near-me").click()
    page.locator("#list ol.stations").wait_for()
    taps_ms = [_tap(page, selector) for selector in TAPPED for _ in ("on", "off")]
    task_ms = _longest(page, "tasks")
    opened_at = page.evaluate("() => performance.now()")
    page.locator("[data-show=map]").click()
    _let_settle(page, "() => window.benchmark.markerAt !== null")
    seen = page.evaluate("() => window.benchmark")
    return Visit(
        all_bytes=int(sum(first_load.values())),
        data_bytes=int(sum(size for address, size in first_load.items() if address.endswith(DATA_PATH))),
        list_s=seen["listAt"] / 1000,
        next_paint_ms=max(taps_ms),
        task_ms=task_ms,
        map_s=(seen["markerAt"] - opened_at) / 1000,
        map_task_ms=_longest(page, "tasks"),
        yardstick_ms=page.evaluate(_YARDSTICK),
    )


def _bytes_received(devtools: CDPSession) -> dict[str, float]:
    """What came over the wire so far, by address; it goes on growing."""
    addresses: dict[str, str] = {}
    received: dict[str, float] = {}

    def on_request(event: dict[str, Any]) -> None:
        addresses[event["requestId"]] = event["request"]["url"]

    def on_finished(event: dict[str, Any]) -> None:
        received[addresses.get(event["requestId"], "")] = event["encodedDataLength"]

    devtools.on("Network.requestWillBeSent", on_request)
    devtools.on("Network.loadingFinished", on_finished)
    return received


def _let_settle(page: Page, condition: str) -> None:
    page.wait_for_function(condition)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(_SETTLING_MS)


def _tap(page: Page, selector: str) -> float:
    """Milliseconds from a tap to the next picture."""
    _longest(page, "taps")
    page.locator(selector).first.click()
    page.wait_for_timeout(_SETTLING_MS)
    return _longest(page, "taps")


def _longest(page: Page, what: str) -> float:
    """The longest of what was watched since the last look."""
    longest: float = page.evaluate(f"() => Math.max(0, ...window.benchmark.{what}.splice(0))")
    return longest


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
        Figure("list visible", _spread(visit.list_s for visit in sample), "s"),
        Figure(
            "tap to next paint, the slowest of six",
            _spread(visit.next_paint_ms for visit in sample),
            "ms",
            at_most(NEXT_PAINT_LIMIT_MS),
        ),
        Figure("longest task until then", _spread(visit.task_ms for visit in sample), "ms"),
        Figure("map opened to first marker", _spread(visit.map_s for visit in sample), "s"),
        Figure("longest task opening the map", _spread(visit.map_task_ms for visit in sample), "ms"),
        Figure(f"{many}: list visible", _spread(visit.list_s for visit in large), "s"),
        Figure(f"{many}: tap to next paint", _spread(visit.next_paint_ms for visit in large), "ms"),
        Figure(
            f"{many}: longest task with the list",
            _spread(visit.task_ms for visit in large),
            "ms",
            at_most(TASK_LIMIT_MS),
        ),
        Figure(f"{many}: map opened to first marker", _spread(visit.map_s for visit in large), "s"),
        Figure(
            f"{many}: longest task opening the map",
            _spread(visit.map_task_ms for visit in large),
            "ms",
            at_most(TASK_LIMIT_MS),
        ),
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
            "loopback, nothing kept from earlier visits; kB are 1,000 bytes, before the map is opened."
        ),
        "A task is what keeps the page from reacting; those shorter than 50 ms are not reported and count as 0.",
        "The yardstick says how fast the slowed page was on this machine.",
    )
