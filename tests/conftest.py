"""Fixtures that several folders of tests share, and what the whole run says at its end.

The application is imported inside the fixtures: tests of geodata need no web.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import hypothesis
import pytest

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

    from geodata.places import Place
    from mapapp.settings import Settings
    from mapapp.store import Store

PROJECT_DIR: Final = Path(__file__).resolve().parent.parent
TESTCITY_DIR: Final = PROJECT_DIR / "tests" / "places" / "testcity"
FROZEN_AT: Final = datetime(2026, 11, 18, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
"""A Wednesday at ten in the morning."""

OpenApp = Callable[..., "Flask"]

LONGEST: Final = frozenset(
    {
        "tests/browser/hostile/test_hostile_walk.py",
        "tests/browser/planner/test_afternoon.py",
        "tests/browser/staff/test_a_clerks_week.py",
        "tests/browser/test_accessibility.py",
        "tests/browser/test_lighthouse.py",
        "tests/browser/test_same_as_server.py",
        "tests/mapapp/api/test_against_document.py",
        "tests/mapapp/store/test_concurrent_puts.py",
        "tests/mapapp/store/test_killed_writers.py",
        "tests/scripts/test_bench.py",
        "tests/scripts/test_soak.py",
    }
)
"""Files with single tests of ten seconds and more. They come first: the last of two processes' tests should be short."""

NOTICE_VARIABLE: Final = "STATIONMAP_TEST_NOTICE"
"""Lines from scripts/test.py to be shown above the closing line."""

sys.path.append(str(PROJECT_DIR / "scripts"))  # for the set-up code; last, because scripts/test.py is no stdlib "test"

# A slow machine is no bug, and a run for the record must not depend on chance.
hypothesis.settings.register_profile("here", deadline=None, print_blob=True)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")


@dataclass(slots=True)
class FrozenClock:
    """A clock that stands still until a test moves it."""

    now: datetime = FROZEN_AT

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **duration: float) -> None:
        """Move on, for example ``advance(hours=2)``."""
        self.now += timedelta(**duration)


@pytest.fixture(autouse=True)
def own_log_level() -> None:
    """No application of an earlier test decides what this one logs."""
    logging.getLogger("mapapp").setLevel(logging.NOTSET)


@pytest.fixture
def clock() -> FrozenClock:
    """2026-11-18, a Wednesday, at 10:00 in China."""
    return FrozenClock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The default settings over a database of this test's own."""
    from mapapp.settings import Settings

    return Settings(database_url=f"sqlite:///{_database_file(tmp_path)}", data_dir=str(tmp_path / "data"))


@pytest.fixture(scope="session")
def place() -> Place:
    """The default city."""
    from geodata.places import load_place
    from mapapp.settings import Settings

    return load_place(Settings().place)


@pytest.fixture(scope="session")
def testcity() -> Place:
    """A second city, of plain rectangles, in another province."""
    from geodata.places import load_place

    return load_place(str(TESTCITY_DIR))


@pytest.fixture(scope="session")
def migrated_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file with nothing in it, to be copied and never changed."""
    from mapapp.store import Store

    file = _database_file(tmp_path_factory.mktemp("migrated"))
    store = Store(f"sqlite:///{file}")
    store.migrate()
    store.close()  # the last connection to close folds SQLite's journal into the file
    return file


@pytest.fixture
def store(settings: Settings, clock: FrozenClock, migrated_database: Path) -> Iterator[Store]:
    """A migrated database with nothing in it. Copying one takes a twentieth of making it."""
    from mapapp.store import Store

    if settings.database_url.startswith("sqlite:///"):
        _copy(migrated_database, settings.database_url.removeprefix("sqlite:///"))
    store = Store(settings.database_url, clock=clock)
    store.migrate()
    yield store
    store.close()


@pytest.fixture(scope="session")
def sample_database(tmp_path_factory: pytest.TempPathFactory, place: Place) -> Path:
    """A database file with the sample data, to be copied and never changed."""
    from mapapp.services.load_sample import set_up
    from mapapp.store import Store

    file = _database_file(tmp_path_factory.mktemp("sample"))
    store = Store(f"sqlite:///{file}", clock=FrozenClock())
    set_up(store, place)
    store.close()  # the last connection to close folds SQLite's journal into the file
    return file


@pytest.fixture
def sample_store(settings: Settings, clock: FrozenClock, sample_database: Path, tmp_path: Path) -> Iterator[Store]:
    """A database of this test's own with the sample data."""
    from mapapp.store import Store

    _copy(sample_database, _database_file(tmp_path))
    store = Store(settings.database_url, clock=clock)
    yield store
    store.close()


def shell_of_app(settings: Settings, sample_database: Path) -> Flask:
    """An application without its services: routes, templates and assets, which all databases have in common.

    To make them takes longer than most tests. ``answering`` puts services in.
    """
    from mapapp import create_app

    shutil.copyfile(sample_database, settings.database_url.removeprefix("sqlite:///"))
    app = create_app(settings, start_refresher=False)
    app.config["TESTING"] = True
    app.extensions.pop("stationmap").store.close()
    return app


@contextmanager
def answering(
    shell: Flask, settings: Settings, clock: Callable[[], datetime] | None, *, start_refresher: bool = False
) -> Iterator[Flask]:
    """The application over a database, as ``create_app`` makes it, in a shell made for settings like these."""
    from mapapp.services.container import build_services

    before = shell.extensions.get("stationmap")
    services = build_services(settings, clock, start_refresher=start_refresher)
    shell.extensions["stationmap"] = services
    try:
        yield shell
    finally:
        shell.extensions["stationmap"] = before
        services.keeper.stop()
        services.store.close()


@pytest.fixture(scope="session")
def app_shell(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """What ``open_app`` puts services in."""
    from mapapp.settings import Settings

    folder = tmp_path_factory.mktemp("shell")
    return shell_of_app(
        Settings(database_url=f"sqlite:///{_database_file(folder)}", data_dir=str(folder)), sample_database
    )


@pytest.fixture
def open_app(app_shell: Flask) -> Iterator[OpenApp]:
    """Opens the application over a database, for settings that differ from the default in where data lie.

    The newest one answers: tests that need two at once, or add routes, make their own with ``create_app``.
    """
    from mapapp.settings import Settings

    with ExitStack() as opened:

        def open_one(settings: Settings, clock: Callable[[], datetime], *, start_refresher: bool = False) -> Flask:
            where = Settings(database_url=settings.database_url, data_dir=settings.data_dir)
            assert settings == where, "the shell was made with the default settings"
            return opened.enter_context(answering(app_shell, settings, clock, start_refresher=start_refresher))

        yield open_one


@pytest.fixture
def app(settings: Settings, sample_store: Store, clock: FrozenClock, open_app: OpenApp) -> Flask:
    """The application over the sample data, its clock standing still."""
    return open_app(settings, clock, start_refresher=True)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor without a browser."""
    return app.test_client()


@dataclass(frozen=True, slots=True)
class SharedApp:
    """An application that many tests read from, one after the other, and the clock it goes by."""

    app: Flask
    clock: FrozenClock


@pytest.fixture(scope="session")
def lasting_app(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedApp]:
    """The application over the sample data, made once: most of a short test's time goes into making one."""
    from mapapp import create_app
    from mapapp.settings import Settings

    folder = tmp_path_factory.mktemp("lasting")
    shutil.copyfile(sample_database, _database_file(folder))
    settings = Settings(database_url=f"sqlite:///{_database_file(folder)}", data_dir=str(folder), rate_limit="")
    clock = FrozenClock()
    app = create_app(settings, clock=clock, start_refresher=False)
    app.config["TESTING"] = True
    yield SharedApp(app, clock)
    app.extensions["stationmap"].store.close()


@pytest.fixture
def shared_app(lasting_app: SharedApp) -> SharedApp:
    """An application for a test that only reads, its clock set back; it knows no limit to what one may ask."""
    lasting_app.clock.now = FROZEN_AT
    return lasting_app


def _copy(database: Path, file: str | Path) -> None:
    assert not Path(file).exists(), "a test has one database: an empty one or the sample"
    shutil.copyfile(database, file)


def _database_file(folder: Path) -> Path:
    return folder / "stations.sqlite3"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="also run the tests that take minutes")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.nodeid.partition("::")[0] not in LONGEST)
    if not config.getoption("--long"):
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(pytest.mark.skip(reason="runs only under --long"))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Generator[None, None, None]:
    """After everything else, just above the closing line: what long tests counted; what did not run, and why."""
    yield
    if terminalreporter.config.getoption("--long"):
        _say_what_was_counted(terminalreporter)
    not_run = [
        report.nodeid for report in terminalreporter.stats.get("skipped", []) if "is missing" in str(report.longrepr)
    ]
    notices = [line for line in os.environ.get(NOTICE_VARIABLE, "").splitlines() if line]
    if not not_run and not notices:
        return
    terminalreporter.section("ATTENTION", sep="!", red=True, bold=True)
    for test in sorted(not_run):
        terminalreporter.write_line(f"NOT RUN: {test}", red=True)
    for notice in notices:
        terminalreporter.write_line(notice, red=True, bold=True)


def _say_what_was_counted(terminalreporter: pytest.TerminalReporter) -> None:
    """What the tests of ``--long`` printed of the rounds, cases and requests they really did."""
    reports = [each for kind in ("", "passed", "failed") for each in terminalreporter.stats.get(kind, [])]
    counted: dict[str, str] = {}
    for each in reports:  # a fixture prints when it is torn down, which has a report of its own
        words = each.capstdout.strip() if "long" in each.keywords else ""
        if len(words) > len(counted.get(each.nodeid, "")):
            counted[each.nodeid] = words
    terminalreporter.section("really done", sep="-")
    for test, words in sorted(counted.items()):
        terminalreporter.write_line(f"{test}\n  " + words.replace("\n", "\n  "))
