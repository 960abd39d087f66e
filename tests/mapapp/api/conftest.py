"""One application over the sample data for all tests that only read, so that each need not build its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mapapp import create_app
from mapapp.settings import Settings

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="session")
def reading_app(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application over the sample data; it is a Wednesday at noon, for ever."""
    file = tmp_path_factory.mktemp("reading") / "stations.sqlite3"
    shutil.copyfile(sample_database, file)
    app = create_app(
        Settings(database_url=f"sqlite:///{file}", rate_limit=""), clock=lambda: NOON, start_refresher=False
    )
    yield app
    app.extensions["stationmap"].store.close()


@pytest.fixture
def reader(reading_app: Flask) -> FlaskClient:
    """A machine that only reads; it keeps no cookie from test to test."""
    return reading_app.test_client()
