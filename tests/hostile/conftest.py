"""The application over the small city of the staff tests, with workers in it; it is changed as these tests like."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from geodata.places import Place
from mapapp import create_app
from mapapp.settings import Settings
from mapapp.store import Store
from tests.conftest import FROZEN_AT
from tests.mapapp.planner.planning_world import add_demand
from tests.mapapp.staff.world import CHEAP_HASHER, SECRET, StaffClient, StaffDatabase, build_staff_database

ClientOf = Callable[[str], StaffClient]


@pytest.fixture(scope="session")
def hostile_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Where these tests keep their data."""
    folder = tmp_path_factory.mktemp("hostile")
    return Settings(
        database_url=f"sqlite:///{folder / 'stations.sqlite3'}",
        data_dir=str(folder / "data"),
        secret_key=SECRET,
        rate_limit="",
    )


@pytest.fixture(scope="session")
def hostile_database(hostile_settings: Settings, place: Place) -> StaffDatabase:
    """The small city and its people."""
    database = build_staff_database(_file_of(hostile_settings), place, FROZEN_AT)
    store = Store(hostile_settings.database_url, clock=now)
    add_demand(store, place)
    store.close()
    shutil.copyfile(database.file, database.file.with_suffix(".made"))
    return database


@pytest.fixture(scope="session")
def hostile_app(hostile_settings: Settings, hostile_database: StaffDatabase) -> Iterator[Flask]:
    """The application; what one test leaves behind, the next finds."""
    app = create_app(hostile_settings, clock=now, start_refresher=False, hasher=CHEAP_HASHER)
    yield app
    app.extensions["stationmap"].store.close()


@pytest.fixture(scope="session")
def client_of(hostile_app: Flask, hostile_database: StaffDatabase) -> ClientOf:
    """Opens a browser in which that person is signed in, or nobody."""
    return lambda name: StaffClient(hostile_app, hostile_database.sessions.get(name))


def now() -> datetime:
    """A Wednesday at ten, for ever."""
    return FROZEN_AT


def _file_of(settings: Settings) -> Path:
    return Path(settings.database_url.removeprefix("sqlite:///"))
