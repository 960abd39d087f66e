"""An application of each test's own: these tests add routes to it and change what it was made with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from mapapp import create_app
from mapapp.settings import Settings
from mapapp.store import Store
from tests.conftest import FrozenClock


@pytest.fixture
def app(settings: Settings, sample_store: Store, clock: FrozenClock) -> Iterator[Flask]:
    """The application over the sample data, its clock standing still."""
    app = create_app(settings, clock=clock)
    app.config["TESTING"] = True
    yield app
    parts = app.extensions["stationmap"]
    parts.keeper.stop()
    parts.store.close()
