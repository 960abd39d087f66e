"""A server of each test's own, whose answers it can spoil, and a phone that lets the service worker in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from mapapp import create_app
from mapapp.settings import Settings
from tests.browser.conftest import LiveServer, OpenContext
from tests.browser.offline.phone import visit
from tests.browser.offline.troubled_server import TroubledServer, serving


@pytest.fixture
def server(sample_database: Path, tmp_path: Path) -> Iterator[TroubledServer]:
    """The service in the present, over sample data."""
    database_file = tmp_path / "stations.sqlite3"
    shutil.copyfile(sample_database, database_file)
    settings = Settings(
        database_url=f"sqlite:///{database_file}", data_dir=str(tmp_path), rate_limit="", log_level="ERROR"
    )
    application = create_app(settings, start_refresher=False)
    with serving(TroubledServer(application)) as server:
        yield server
    application.extensions["stationmap"].store.close()


@pytest.fixture
def live_server(server: TroubledServer, tmp_path: Path) -> LiveServer:
    """The same server, for the fixtures that open and watch pages."""
    return LiveServer(server.url, tmp_path / "stations.sqlite3", tmp_path / "server.log")


@pytest.fixture
def phone(context_factory: OpenContext) -> Page:
    """A page on a phone that has never been here."""
    return context_factory(service_workers="allow").new_page()


@pytest.fixture
def visited(phone: Page) -> Page:
    """The phone after one visit of the first page."""
    visit(phone)
    return phone
