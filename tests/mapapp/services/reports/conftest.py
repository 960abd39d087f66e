"""A desk over one station, and three people before its door."""

from __future__ import annotations

import pytest

from mapapp.services.reports.desk import ReportDesk
from mapapp.settings import Settings
from mapapp.store import Store
from tests.mapapp.services.reports.reporting import Person, add_station


@pytest.fixture
def desk(store: Store, settings: Settings) -> ReportDesk:
    """A desk that knows one station."""
    add_station(store)
    return ReportDesk(store, settings, "the tests' secret")


@pytest.fixture
def an(desk: ReportDesk) -> Person:
    """The first of three people; each has a phone and an address of their own."""
    return Person(desk, "10.0.0.1")


@pytest.fixture
def bo(desk: ReportDesk) -> Person:
    """The second."""
    return Person(desk, "10.0.0.2")


@pytest.fixture
def chen(desk: ReportDesk) -> Person:
    """The third."""
    return Person(desk, "10.0.0.3")
