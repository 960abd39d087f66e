"""One application over the sample data for the planners' pages; it is a Wednesday at noon, for ever."""

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


@pytest.fixture(scope="package")
def planner_app(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application; nothing in these tests writes to its database."""
    file = tmp_path_factory.mktemp("planner") / "stations.sqlite3"
    shutil.copyfile(sample_database, file)
    app = create_app(
        Settings(database_url=f"sqlite:///{file}", rate_limit=""), clock=lambda: NOON, start_refresher=False
    )
    yield app
    app.extensions["stationmap"].store.close()


@pytest.fixture
def visitor(planner_app: Flask) -> FlaskClient:
    """A planner without script who reads English."""
    client = planner_app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client
