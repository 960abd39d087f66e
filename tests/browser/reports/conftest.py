"""A service of each test's own, because reports stay, and phones before it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.browser.reports.report_server import OpenPhone, ReportServer, phones, report_server, settings_in
from tests.conftest import shell_of_app


@pytest.fixture(scope="session")
def report_shell(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application of these tests without its services."""
    return shell_of_app(settings_in(tmp_path_factory.mktemp("reports")), sample_database)


@pytest.fixture
def server(report_shell: Flask, sample_database: Path, tmp_path: Path) -> Iterator[ReportServer]:
    """A service of this test's own; whatever goes wrong in its pages fails the test."""
    with report_server(report_shell, sample_database, tmp_path) as server:
        yield server
        assert not server.problems(), "\n".join(server.problems())


@pytest.fixture
def open_phone(browser: Browser, server: ReportServer) -> Iterator[OpenPhone]:
    """Opens phones before that service."""
    with phones(browser, server) as open_phone:
        yield open_phone


@pytest.fixture
def phone(open_phone: OpenPhone) -> Page:
    """A page on somebody's phone."""
    return open_phone().new_page()
