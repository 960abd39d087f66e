"""The application over a small city with somebody of every role, each signed in when asked for.

Starting an application takes most of a second, so the tests share one: its database is put back to how
it was before each of them. A test that needs other settings opens its own with ``open_staff_app``.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from geodata.places import Place
from mapapp import create_app
from mapapp.services.accounts.desk import AccountDesk
from mapapp.settings import Settings
from mapapp.store.accounts import Account
from tests.conftest import FROZEN_AT, FrozenClock
from tests.mapapp.staff.world import (
    CHEAP_HASHER,
    SECRET,
    StaffClient,
    StaffDatabase,
    build_staff_database,
    signed_in_as,
)
from tests.putting_back import put_back_under

OpenStaffApp = Callable[..., Flask]


@dataclass(slots=True)
class ClockOfTest:
    """The clock of the shared application: that of whichever test is running."""

    clock: FrozenClock = field(default_factory=FrozenClock)

    def __call__(self) -> datetime:
        return self.clock()


@dataclass(frozen=True, slots=True)
class SharedApp:
    """An application that outlives a test, its database and its clock."""

    app: Flask
    file: Path
    clock: ClockOfTest


@pytest.fixture(scope="session")
def staff_database(tmp_path_factory: pytest.TempPathFactory, place: Place) -> StaffDatabase:
    """The small city, to be copied and never changed."""
    return build_staff_database(tmp_path_factory.mktemp("staff") / "stations.sqlite3", place, FROZEN_AT)


@pytest.fixture(scope="session")
def shared_staff_app(staff_database: StaffDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedApp]:
    """The application that the tests share; they take ``staff_app``."""
    folder = tmp_path_factory.mktemp("shared_staff")
    clock = ClockOfTest()
    app = _started(_settings_in(folder, staff_database), clock)
    yield SharedApp(app, folder / "staff.sqlite3", clock)
    _stop(app)


@pytest.fixture
def staff_app(shared_staff_app: SharedApp, staff_database: StaffDatabase, clock: FrozenClock) -> Flask:
    """The application over the small city as it was made, its clock standing still."""
    shared_staff_app.clock.clock = clock
    put_back_under(shared_staff_app.app, staff_database.file, shared_staff_app.file)
    return shared_staff_app.app


@pytest.fixture
def open_staff_app(staff_database: StaffDatabase, clock: FrozenClock, tmp_path: Path) -> Iterator[OpenStaffApp]:
    """Starts an application of this test's own over the small city, with these settings."""
    apps: list[Flask] = []

    def open_app(**settings: Any) -> Flask:
        folder = tmp_path / f"staff_{len(apps)}"
        folder.mkdir()
        apps.append(_started(replace(_settings_in(folder, staff_database), **settings), clock))
        return apps[-1]

    yield open_app
    for app in apps:
        _stop(app)


@pytest.fixture
def people(staff_database: StaffDatabase) -> dict[str, Account]:
    """Everybody's account: admin, editor_own, editor_other, planner, keeper_own, keeper_other."""
    return staff_database.people


@pytest.fixture
def desk(staff_app: Flask) -> AccountDesk:
    """The account desk of the application."""
    accounts: AccountDesk = staff_app.extensions["stationmap"].accounts
    return accounts


@pytest.fixture
def client_of(
    staff_app: Flask, desk: AccountDesk, clock: FrozenClock, staff_database: StaffDatabase
) -> Callable[[str], StaffClient]:
    """Opens a browser in which that person is signed in since just now; another one each time."""
    ready = dict(staff_database.sessions)

    def open_client(name: str) -> StaffClient:
        just_now = ready.pop(name, None) if clock() == FROZEN_AT else None
        return StaffClient(staff_app, just_now or signed_in_as(desk, name, clock()))

    return open_client


@pytest.fixture
def visitor(staff_app: Flask) -> StaffClient:
    """A browser in which nobody is signed in."""
    return StaffClient(staff_app)


def _settings_in(folder: Path, database: StaffDatabase) -> Settings:
    """Settings over a copy of the database in a folder."""
    file = folder / "staff.sqlite3"
    shutil.copyfile(database.file, file)
    return Settings(database_url=f"sqlite:///{file}", data_dir=str(folder / "data"), secret_key=SECRET, rate_limit="")


def _started(settings: Settings, clock: Callable[[], datetime]) -> Flask:
    app = create_app(settings, clock=clock, start_refresher=False, hasher=CHEAP_HASHER)
    app.config["TESTING"] = True
    return app


def _stop(app: Flask) -> None:
    app.extensions["stationmap"].store.close()
