"""Fixtures of the planner's tests."""

from __future__ import annotations

import pytest

from geodata.places import Place
from mapapp.settings import Settings
from mapapp.store import Store
from tests.conftest import FrozenClock
from tests.mapapp.services.planning.small_town import Town


@pytest.fixture
def town(store: Store, testcity: Place, settings: Settings, clock: FrozenClock) -> Town:
    """The small town in a database of this test's own."""
    return Town.of(store, testcity, settings, clock)
