"""A real server and a real browser.

Every page opened here is watched: an error in its console, an exception in its scripts or a request to
any other host fails the test that caused it.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from installation.debian import CHROMIUM_VARIABLE, light_chromium_path
from installation.layout import BUILT_DIR
from installation.web_server import Address, WebServer
from tests.patience import PATIENCE_MS, PATIENCE_S

PHONE: Final = {"width": 360, "height": 740}
OWN_SCHEMES: Final = frozenset({"data", "blob", "about"})
ADDRESS_BAR: Final = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup")
"""What chromium makes ready below the address bar of every window: pages of its own that nobody here will see.

They cost as much again as the page that a test opens.
"""

WITHOUT_FEATURES: Final = (
    *ADDRESS_BAR,
    # Playwright's own list, which ours takes the place of: chromium heeds the last one.
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
)
CHROMIUM_ARGUMENTS: Final = (
    f"--disable-features={','.join(WITHOUT_FEATURES)}",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

WITHOUT_WORKER: Final = "delete Navigator.prototype.serviceWorker"
"""A service worker answers requests that a test means to count or to fail; only tests of the worker let it in."""

AXE_IS_THERE: Final = "'axe' in window"
AXE_VIOLATIONS: Final = "async () => (await axe.run({ resultTypes: ['violations'] })).violations"
"""Every rule, as ``Axe.run`` has it; what passed stays in the page, where nobody need write it down."""

OpenContext = Callable[..., BrowserContext]


@dataclass(frozen=True, slots=True)
class LiveServer:
    """The running service: its address without a slash, its database, and what it printed so far."""

    url: str
    database_file: Path
    log_file: Path

    def log(self) -> str:
        """Everything the server has printed."""
        return self.log_file.read_text(encoding="utf-8")


@dataclass  # without slots: Playwright remembers its listeners on the objects they belong to
class Watch:
    """What went wrong in the pages of one test. A test that provokes errors says so with ``expect``."""

    own_host: str
    problems: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        """Listen to a page from its first byte."""
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.problems.append(f"exception: {error}"))
        page.on("request", self._on_request)

    def expect(self, part: str) -> None:
        """Forget the problems that contain ``part``; there must be some."""
        assert any(part in problem for problem in self.problems), f"no problem with {part!r} in {self.problems}"
        self.problems = [problem for problem in self.problems if part not in problem]

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.problems.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in OWN_SCHEMES and address.netloc != self.own_host:
            self.problems.append(f"request to another host: {request.url}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def live_server(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The service as it is run for people: gunicorn, built assets, the sample data, the real time."""
    folder = tmp_path_factory.mktemp("live")
    database_file = folder / "stations.sqlite3"
    shutil.copyfile(sample_database, database_file)
    with serving(database_file, folder) as server:
        yield server


@contextmanager
def serving(database_file: Path, folder: Path, **settings: str) -> Iterator[LiveServer]:
    """The service over a database; its photos and its log lie in the folder. ``settings`` by their full names."""
    assert (BUILT_DIR / "manifest.json").is_file(), "The front end is not built: python3 scripts/test.py builds it."
    log_file = folder / "server.log"
    environment = {
        "MAPAPP_DATABASE_URL": f"sqlite:///{database_file}",
        "MAPAPP_DATA_DIR": str(folder / "data"),
        "MAPAPP_RATE_LIMIT": "",
        **settings,
    }
    address = Address("127.0.0.1", _free_port())
    with log_file.open("w", encoding="utf-8") as log:
        server = WebServer(address, workers_count=1, environment=environment, log=log)
        server.start()
        try:
            answers = server.wait_until_answering(PATIENCE_S)
            assert answers, f"The server did not start:\n{log_file.read_text(encoding='utf-8')}"
            yield LiveServer(address.url.rstrip("/"), database_file, log_file)
        finally:
            server.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One chromium for all tests."""
    chromium = light_chromium_path()
    if not chromium.exists():
        pytest.skip(f"chromium is missing: there is no {chromium}; {CHROMIUM_VARIABLE} may name another")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=list(CHROMIUM_ARGUMENTS), chromium_sandbox=os.geteuid() != 0
        )
        yield browser
        browser.close()


@pytest.fixture
def watch(live_server: LiveServer) -> Iterator[Watch]:
    """What went wrong in this test's pages; anything left over fails the test."""
    watch = Watch(urlsplit(live_server.url).netloc)
    yield watch
    assert not watch.problems, "\n".join(watch.problems)


@pytest.fixture
def context_factory(browser: Browser, live_server: LiveServer, watch: Watch) -> Iterator[OpenContext]:
    """Opens browser contexts; takes Playwright's options (viewport, color_scheme, java_script_enabled …).

    A context has no service worker unless it asks for one with ``service_workers="allow"``.
    """
    contexts: list[BrowserContext] = []

    def open_context(**options: Any) -> BrowserContext:
        defaults = {
            "base_url": live_server.url,
            "viewport": PHONE,
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            "reduced_motion": "reduce",
        }
        context = browser.new_context(**{**defaults, **options})
        context.set_default_timeout(PATIENCE_MS)
        if options.get("service_workers") != "allow":
            context.add_init_script(WITHOUT_WORKER)
        context.on("page", watch.follow)
        contexts.append(context)
        return context

    yield open_context
    for context in contexts:
        context.close()


@pytest.fixture
def page(context_factory: OpenContext) -> Page:
    """A page on a small phone in Chinese; ``page.goto("/")`` opens the map."""
    return context_factory().new_page()


@pytest.fixture(scope="session")
def accessibility_problems() -> Callable[[Page], list[str]]:
    """What axe finds wrong with a page, one line for each element at fault."""
    axe_script = Axe().axe_script

    def find(page: Page) -> list[str]:
        if not page.evaluate(AXE_IS_THERE):
            page.evaluate(axe_script)
        violations = page.evaluate(AXE_VIOLATIONS)
        return [
            f"{violation['id']} ({violation['impact']}): {json.dumps(node['target'])} {node['failureSummary']}"
            for violation in violations
            for node in violation["nodes"]
        ]

    return find


@pytest.fixture
def stop_clock() -> Callable[[Page, datetime], None]:
    """Makes a page believe that it is always that instant; timers go on. To be called before ``goto``."""

    def stop(page: Page, instant: datetime) -> None:
        page.clock.set_fixed_time(instant)

    return stop


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
