"""The service over a small city in which everything that somebody wrote is hostile."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext

from geodata.places import Place
from mapapp import create_app
from mapapp.settings import Settings
from mapapp.store import Store
from tests.browser.conftest import LiveServer, OpenContext, serving
from tests.hostile.planted import Planted, Planter
from tests.mapapp.planner.planning_world import add_demand
from tests.mapapp.staff.world import CHEAP_HASHER, SECRET, StaffClient, StaffDatabase, build_staff_database

OpenAs = Callable[..., BrowserContext]
ClientOf = Callable[[str], StaffClient]


@dataclass(frozen=True, slots=True)
class HostileCity:
    """The application over the city, its people, and what was left behind in it."""

    app: Flask
    database: StaffDatabase
    planted: Planted


@pytest.fixture(scope="session")
def hostile_city(tmp_path_factory: pytest.TempPathFactory, place: Place) -> Iterator[HostileCity]:
    """Made once; the tests only look."""
    folder = tmp_path_factory.mktemp("hostile_city")
    file = folder / "stations.sqlite3"
    settings = Settings(
        database_url=f"sqlite:///{file}", data_dir=str(folder / "data"), secret_key=SECRET, rate_limit=""
    )
    database = build_staff_database(file, place, datetime.now(UTC))
    store = Store(settings.database_url)
    add_demand(store, place)
    store.close()
    app = create_app(settings, start_refresher=False, hasher=CHEAP_HASHER)
    yield HostileCity(app, database, Planter(app, settings, place, database).plant())
    app.extensions["stationmap"].store.close()


@pytest.fixture(scope="session")
def client_of(hostile_city: HostileCity) -> ClientOf:
    """Opens a browser without a screen in which that person is signed in."""
    return lambda name: StaffClient(hostile_city.app, hostile_city.database.sessions.get(name))


@pytest.fixture(scope="session")
def live_server(hostile_city: HostileCity, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The service as it is run for people, over a copy of that city."""
    folder = tmp_path_factory.mktemp("live_hostile")
    file = folder / "stations.sqlite3"
    with closing(sqlite3.connect(hostile_city.database.file)) as source, closing(sqlite3.connect(file)) as to:
        source.backup(to)
    data = Path(hostile_city.app.extensions["stationmap"].settings.data_dir)
    with serving(file, folder, MAPAPP_DATA_DIR=str(data), MAPAPP_SECRET_KEY=SECRET) as server:
        yield server


@pytest.fixture
def signed_in_context(context_factory: OpenContext, live_server: LiveServer, hostile_city: HostileCity) -> OpenAs:
    """Opens a browser in which that person is signed in; takes Playwright's options."""

    def open_as(name: str, **options: object) -> BrowserContext:
        context = context_factory(**options)
        token = hostile_city.database.sessions[name]
        context.add_cookies(
            [{"name": "session", "value": token, "url": live_server.url, "httpOnly": True, "sameSite": "Lax"}]
        )
        return context

    return open_as
