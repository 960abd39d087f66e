"""Stations to write, and short ways to write them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from geodata.stations.station import Station
from geodata.stations.vocabulary import StationKind
from mapapp.store import Store

NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
"""What the tests' clock shows, in UTC."""


def real(code: str = "TC-0001", **fields: object) -> Station:
    return replace(Station(code=code, kind=StationKind.REST_STATION, name="测试驿站"), **fields)  # type: ignore[arg-type]


def sample(code: str = "TC-S0001", **fields: object) -> Station:
    return replace(real(code, name="示例驿站"), **{"is_sample": True, **fields})  # type: ignore[arg-type]


def add(store: Store, *stations: Station, reason: str = "new") -> None:
    with store.writing("form") as writer:
        for station in stations:
            writer.add_station(station, actor="li", reason=reason)


def change(store: Store, station: Station, expected_version: int | None = None) -> Station:
    with store.writing("form") as writer:
        return writer.update_station(station, expected_version=expected_version, actor="li", reason="better known")
