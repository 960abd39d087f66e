"""Stations that are known before a test's import, and what is known after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from geodata.stations.station import Position, Station
from geodata.stations.vocabulary import StationKind
from mapapp.services.importing.report import ImportReport
from mapapp.store import Store

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
HEADINGS = ("站点名称", "地址", "经度", "纬度")
LON, LAT = 113.6, 34.75

Import = Callable[..., ImportReport]


def stations_of(store: Store) -> tuple[Station, ...]:
    """All stations, by code."""
    with store.reading() as reader:
        return reader.stations()


def add(store: Store, station: Station) -> None:
    """Make the station known."""
    with store.writing("form") as writer:
        writer.add_station(station, actor="staff", reason="by hand")


def known(name: str = "甲驿站", **fields: Any) -> Station:
    """A station at (LON, LAT) with these fields."""
    station = Station(code="TC-0500", kind=StationKind.REST_STATION, name=name, position=Position.wgs84(LON, LAT))
    return replace(station, **fields)


def rejected(report: ImportReport) -> list[tuple[int, str]]:
    """Line and code of each problem that kept a row out."""
    return [(problem.line, problem.code) for problem in report.rejections]
