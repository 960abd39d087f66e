"""A reader of pages over the sample data: a Wednesday at ten, for ever."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geodata.stations.station import Station
from geodata.stations.vocabulary import StationKind
from mapapp import create_app
from mapapp.settings import Settings
from mapapp.store import Store
from tests.conftest import OpenApp

TEN = datetime(2026, 11, 18, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
ShowStation = Callable[..., str]


@pytest.fixture(scope="session")
def pages_app(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application for tests that only read."""
    file = tmp_path_factory.mktemp("pages") / "stations.sqlite3"
    shutil.copyfile(sample_database, file)
    settings = Settings(database_url=f"sqlite:///{file}", data_dir=str(file.parent), rate_limit="")
    app = create_app(settings, clock=lambda: TEN, start_refresher=False)
    yield app
    app.extensions["stationmap"].store.close()


@pytest.fixture
def visitor(pages_app: Flask) -> FlaskClient:
    """Somebody who reads Chinese."""
    return pages_app.test_client()


@pytest.fixture
def show_station(store: Store, settings: Settings, open_app: OpenApp) -> ShowStation:
    """Puts one real station into an empty database and returns its page as text."""

    def show(*, language: str = "zh", at: datetime = TEN, **facts: Any) -> str:
        station = replace(Station(code="TC-0001", kind=StationKind.REST_STATION, name="测试驿站"), **facts)
        with store.writing("form") as writer:
            writer.add_station(station, actor="test", reason="test")
        app = open_app(settings, lambda: at)
        answer = app.test_client().get("/stations/TC-0001", headers={"Accept-Language": language})
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    return show
