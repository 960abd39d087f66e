"""One application over the sample data for the planners' pages; it is a Wednesday at noon, for ever."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geodata.places import Place
from mapapp import create_app
from mapapp.settings import Settings
from mapapp.store import Store
from tests.conftest import FROZEN_AT
from tests.mapapp.planner.planning_world import add_demand
from tests.mapapp.staff.world import CHEAP_HASHER, SECRET, StaffClient, StaffDatabase, build_staff_database
from tests.putting_back import put_back_under

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


@pytest.fixture(scope="session")
def planning_database(tmp_path_factory: pytest.TempPathFactory, place: Place) -> StaffDatabase:
    """The small city with workers around its stations, to be copied and never changed."""
    database = build_staff_database(tmp_path_factory.mktemp("planning") / "stations.sqlite3", place, FROZEN_AT)
    store = Store(f"sqlite:///{database.file}", clock=lambda: FROZEN_AT)
    add_demand(store, place)
    store.close()
    return database


@pytest.fixture(scope="session")
def planning_app(
    planning_database: StaffDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, Path]]:
    """The application that the tests of questions and runs share, and its database; they take ``client_of``."""
    folder = tmp_path_factory.mktemp("planning_app")
    file = folder / "stations.sqlite3"
    shutil.copyfile(planning_database.file, file)
    settings = Settings(
        database_url=f"sqlite:///{file}", data_dir=str(folder / "data"), secret_key=SECRET, rate_limit=""
    )
    app = create_app(settings, clock=lambda: FROZEN_AT, start_refresher=False, hasher=CHEAP_HASHER)
    yield app, file
    app.extensions["stationmap"].store.close()


@pytest.fixture
def planning_city(planning_app: tuple[Flask, Path], planning_database: StaffDatabase) -> Flask:
    """The application, its database as it was made."""
    app, file = planning_app
    put_back_under(app, planning_database.file, file)
    return app


@pytest.fixture
def client_of(planning_city: Flask, planning_database: StaffDatabase) -> Callable[[str], StaffClient]:
    """Opens a browser in which that person is signed in, and reads English."""

    def open_client(name: str) -> StaffClient:
        client = StaffClient(planning_city, planning_database.sessions[name])
        client.browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client

    return open_client


@pytest.fixture
def planner(client_of: Callable[[str], StaffClient]) -> StaffClient:
    """A planner's browser."""
    return client_of("planner")
