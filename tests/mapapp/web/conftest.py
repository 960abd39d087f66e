"""An application of each test's own: these tests add routes to it and change what it was made with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mapapp import create_app
from mapapp.settings import Settings
from mapapp.store import Store
from tests.conftest import FrozenClock

Build = Callable[..., FlaskClient]


@pytest.fixture
def app(settings: Settings, sample_store: Store, clock: FrozenClock) -> Iterator[Flask]:
    """The application over the sample data, its clock standing still."""
    app = create_app(settings, clock=clock)
    app.config["TESTING"] = True
    yield app
    parts = app.extensions["stationmap"]
    parts.keeper.stop()
    parts.store.close()


@pytest.fixture
def build(settings: Settings, sample_store: Store, clock: FrozenClock) -> Iterator[Build]:
    """Clients of applications with other settings, which are its arguments; each stands for a process."""
    built: list[Flask] = []

    def one(**changes: Any) -> FlaskClient:
        built.append(create_app(replace(settings, **changes), clock=clock, start_refresher=False))
        return built[-1].test_client()

    yield one
    for app in built:
        app.extensions["stationmap"].store.close()
