"""The service over the small city of the staff tests, and browsers in which somebody is signed in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page

from geodata.places import Place
from mapapp.services.accounts.desk import AccountDesk
from mapapp.store import Store
from tests.browser.conftest import LiveServer, OpenContext, serving
from tests.mapapp.staff.world import StaffDatabase, account_desk, build_staff_database, signed_in_as
from tests.putting_back import put_back

StaffPage = Callable[..., Page]


@pytest.fixture(scope="session")
def live_staff_database(tmp_path_factory: pytest.TempPathFactory, place: Place) -> StaffDatabase:
    """The small city as of today, to be copied and never changed."""
    return build_staff_database(tmp_path_factory.mktemp("staff") / "stations.sqlite3", place, datetime.now(UTC))


@pytest.fixture(scope="session")
def live_server(live_staff_database: StaffDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The service as it is run for people, over a copy of the small city."""
    folder = tmp_path_factory.mktemp("live_staff")
    file = folder / "stations.sqlite3"
    shutil.copyfile(live_staff_database.file, file)
    with serving(file, folder) as server:
        yield server


@pytest.fixture(scope="session")
def live_desk(live_server: LiveServer) -> Iterator[AccountDesk]:
    """The account desk over the running service's database."""
    store = Store(f"sqlite:///{live_server.database_file}")
    yield account_desk(store)
    store.close()


@pytest.fixture
def staff_city(live_server: LiveServer, live_staff_database: StaffDatabase) -> LiveServer:
    """The running service, its database as it was made."""
    put_back(live_staff_database.file, live_server.database_file)
    return live_server


@pytest.fixture
def staff_page(staff_city: LiveServer, context_factory: OpenContext, live_desk: AccountDesk) -> StaffPage:
    """Opens a page in a browser of its own in which that person is signed in; takes Playwright's options.

    The session is made below the web, which is quick; the password counts as just given.
    """

    def open_page(name: str, **options: Any) -> Page:
        context = context_factory(**options)
        token = signed_in_as(live_desk, name, datetime.now(UTC))
        context.add_cookies(
            [{"name": "session", "value": token, "url": staff_city.url, "httpOnly": True, "sameSite": "Lax"}]
        )
        return context.new_page()

    return open_page
