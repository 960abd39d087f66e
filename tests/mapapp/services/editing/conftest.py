"""A register of a few real stations, and people with different rights in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from geodata.places import Place
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Position, ServiceOffer, Station
from geodata.stations.vocabulary import Service, StationKind
from mapapp.services.editing.save import save_station
from mapapp.services.rights import Actor
from mapapp.store import Store
from mapapp.store.accounts import Role

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
ADMIN = Actor("ma", Role.ADMIN)
EDITOR = Actor("li", Role.EDITOR, districts=frozenset({"640104"}))
OTHER_EDITOR = Actor("wang", Role.EDITOR, districts=frozenset({"640105"}))
KEEPER = Actor("zhao", Role.KEEPER, stations=frozenset({"YC-0001"}))
PLANNER = Actor("qian", Role.PLANNER)

HOME = Station(
    code="YC-0001",
    kind=StationKind.REST_STATION,
    name="测试驿站",
    district_code="640104",
    position=Position.wgs84(106.29, 38.47),
    services=(ServiceOffer(service=Service.WATER), ServiceOffer(service=Service.TOILET)),
    hours=OpeningHours.from_rule("Mo-Su 09:00-17:00", "每天9:00-17:00"),
    internal_contact="王先生",
)

Save = Callable[..., Station]


@pytest.fixture
def register(store: Store) -> Store:
    """A database with HOME in it, as its version 1."""
    with store.writing("command", at=NOW) as writer:
        writer.add_station(HOME, actor="ma", reason="first")
    return store


@pytest.fixture
def save(register: Store, place: Place) -> Save:
    """Saves a station as the district's editor, from the version it carries."""

    def saved(station: Station, actor: Actor = EDITOR, reason: str = "better known", **more: object) -> Station:
        version = more.get("expected_version", station.version)
        assert isinstance(version, int)
        return save_station(register, place, actor, station.code, station, version, reason, NOW)

    return saved


def now_stored(store: Store, code: str = "YC-0001") -> Station:
    """The station as the database has it."""
    with store.reading() as reader:
        station = reader.station(code)
    assert station is not None
    return station
