"""A server of each test's own, whose answers it can spoil, and a phone that lets the service worker in."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page

from mapapp.settings import Settings
from tests.browser.conftest import LiveServer, OpenContext
from tests.browser.offline.phone import visit
from tests.browser.offline.troubled_server import TroubledServer, serving
from tests.conftest import answering, shell_of_app


@pytest.fixture(scope="session")
def offline_shell(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application of these tests without its services."""
    return shell_of_app(_settings_in(tmp_path_factory.mktemp("offline")), sample_database)


@pytest.fixture
def server(offline_shell: Flask, sample_database: Path, tmp_path: Path) -> Iterator[TroubledServer]:
    """The service in the present, over sample data."""
    shutil.copyfile(sample_database, tmp_path / "stations.sqlite3")
    of_every_release = dict(offline_shell.extensions)
    with (
        answering(offline_shell, _settings_in(tmp_path), None) as application,
        serving(TroubledServer(application)) as server,
    ):
        yield server
    offline_shell.extensions.clear()
    offline_shell.extensions.update(of_every_release)


def _settings_in(folder: Path) -> Settings:
    file = folder / "stations.sqlite3"
    return Settings(database_url=f"sqlite:///{file}", data_dir=str(folder), rate_limit="", log_level="ERROR")


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
