"""The world of these tests: made once, copied for each."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from geodata.places import Place
from mapapp.services.coverage import CoverageDesk
from mapapp.services.truth.register import TruthDesk
from mapapp.settings import Settings
from mapapp.store import Store
from tests.mapapp.services.truth.world import BARE, BUSY, FULL, NOW, World, workers


@pytest.fixture(scope="session")
def world_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three stations that nobody confirmed, and workers near two of them; to be copied and never changed."""
    file = tmp_path_factory.mktemp("truth") / "stations.sqlite3"
    store = Store(f"sqlite:///{file}", clock=lambda: NOW)
    store.migrate()
    with store.writing("import") as writer:
        for station in (FULL, BUSY, BARE):
            writer.add_station(station, actor="ma", reason="")
        writer.save_demand_layer(workers(), actor="ma")
    store.close()
    return file


@pytest.fixture
def world(world_database: Path, settings: Settings, place: Place) -> Iterator[World]:
    """A register of this test's own."""
    shutil.copyfile(world_database, settings.database_url.removeprefix("sqlite:///"))
    store = Store(settings.database_url, clock=lambda: NOW)
    yield World(store, place, TruthDesk(store, Settings(), CoverageDesk(store)))
    store.close()
