"""A city where phones say that there is no suitable station near."""

from __future__ import annotations

import pytest

from geodata.places import Place
from mapapp.store import Store
from tests.mapapp.services.unmet.phones import City


@pytest.fixture
def city(store: Store, place: Place) -> City:
    """Nobody has said anything yet."""
    return City(store, place)
