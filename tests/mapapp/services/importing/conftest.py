"""Fixtures of the import's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.coordinates import Crs
from geodata.places import Place
from mapapp.services.import_stations import import_stations
from mapapp.services.importing.report import ImportReport
from mapapp.settings import Settings
from mapapp.store import Store
from tests.conftest import FrozenClock
from tests.mapapp.services.importing.stations import NOW, Import
from tests.mapapp.services.jobs.at_work import Bench


@pytest.fixture
def load(store: Store, testcity: Place) -> Import:
    """Import a file into the test city."""

    def run(path: Path, *, crs: Crs | None = None, dry_run: bool = False) -> ImportReport:
        return import_stations(store, testcity, path, crs=crs, dry_run=dry_run, actor="test", now=NOW)

    return run


@pytest.fixture
def bench(store: Store, testcity: Place, settings: Settings, clock: FrozenClock) -> Bench:
    """An empty database of the test city with a worker beside it."""
    return Bench(store, testcity, settings, clock)
