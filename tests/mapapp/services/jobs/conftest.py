"""Fixtures of the jobs' tests."""

from __future__ import annotations

import pytest

from geodata.places import Place
from mapapp.settings import Settings
from mapapp.store import Store
from tests.conftest import FrozenClock
from tests.mapapp.services.jobs.at_work import Bench


@pytest.fixture
def bench(store: Store, testcity: Place, settings: Settings, clock: FrozenClock) -> Bench:
    """An empty database with a worker beside it."""
    return Bench(store, testcity, settings, clock)
