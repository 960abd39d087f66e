"""The service over the small city of the planners' tests, and browsers in which a planner is signed in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page

from geodata.places import Place
from mapapp.services.accounts.desk import AccountDesk
from mapapp.store import Store
from tests.browser.conftest import LiveServer, OpenContext, serving
from tests.browser.staff.conftest import StaffPage
from tests.mapapp.planner.planning_world import add_demand
from tests.mapapp.staff.world import StaffDatabase, account_desk, build_staff_database, signed_in_as


@pytest.fixture(scope="session")
def live_planning_database(tmp_path_factory: pytest.TempPathFactory, place: Place) -> StaffDatabase:
    """The small city with workers as of today, to be copied and never changed."""
    database = build_staff_database(tmp_path_factory.mktemp("planning") / "stations.sqlite3", place, datetime.now(UTC))
    store = Store(f"sqlite:///{database.file}")
    add_demand(store, place)
    store.close()
    return database


@pytest.fixture(scope="session")
def live_server(
    live_planning_database: StaffDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """The service as it is run for people, over a copy of that city."""
    folder = tmp_path_factory.mktemp("live_planning")
    file = folder / "stations.sqlite3"
    with closing(sqlite3.connect(live_planning_database.file)) as source, closing(sqlite3.connect(file)) as to:
        source.backup(to)
    with serving(file, folder) as server:
        yield server


@pytest.fixture(scope="session")
def live_desk(live_server: LiveServer) -> Iterator[AccountDesk]:
    """The account desk over the running service's database."""
    store = Store(f"sqlite:///{live_server.database_file}")
    yield account_desk(store)
    store.close()


@pytest.fixture
def staff_page(live_server: LiveServer, context_factory: OpenContext, live_desk: AccountDesk) -> StaffPage:
    """Opens a page in a browser of its own in which that person is signed in; takes Playwright's options."""

    def open_page(name: str, **options: Any) -> Page:
        context = context_factory(**options)
        token = signed_in_as(live_desk, name, datetime.now(UTC))
        context.add_cookies(
            [{"name": "session", "value": token, "url": live_server.url, "httpOnly": True, "sameSite": "Lax"}]
        )
        return context.new_page()

    return open_page
