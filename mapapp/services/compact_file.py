"""The compact station file: all the phone needs to search by itself, in one small JSON document.

The format, number 1, is described field by field in docs/compact-file.md; mapapp/static/js/data.js reads
it. Stations are columns; schedules are spans of minutes, shared between stations with the same rule;
services and entry methods are bits in the order of the code lists. No language is in it but names.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from geodata.coordinates import PUBLISHED_DECIMALS
from geodata.stations.schedule import Schedule
from geodata.stations.station import ServiceOffer, Station
from geodata.stations.vocabulary import EntryMethod, LifeCycle, Service, ServiceState, StationKind
from mapapp.services.payload import Payload
from mapapp.services.snapshot import StationSnapshot
from mapapp.settings import Settings

FORMAT: Final = 1
CONTENT_TYPE: Final = "application/json"
DAYS_BACK: Final = 1
DAYS_AHEAD: Final = 15
UNKNOWN_HOURS: Final = -1
NO_DISTRICT: Final = -1

_DEGREE: Final = 10**PUBLISHED_DECIMALS
_LIFE_CYCLES: Final = tuple(each for each in LifeCycle if each.is_public)


@dataclass(frozen=True, slots=True)
class Window:
    """The days whose hours the file knows: ``days`` of them from ``first_day`` 00:00 at the place."""

    first_day: date
    days: int
    timezone: ZoneInfo

    @classmethod
    def around(cls, today: date, timezone: ZoneInfo) -> Window:
        """Yesterday (its nights may still run) to 15 days ahead."""
        return cls(today - timedelta(days=DAYS_BACK), DAYS_BACK + 1 + DAYS_AHEAD, timezone)

    @property
    def start(self) -> datetime:
        """The window's first instant."""
        return datetime.combine(self.first_day, time(), self.timezone)

    @property
    def end(self) -> datetime:
        """The first instant after the window."""
        return datetime.combine(self.first_day + timedelta(days=self.days), time(), self.timezone)


def compact_payload(snapshot: StationSnapshot, settings: Settings, today: date) -> Payload:
    """The file for ``today`` at the place, compressed once a snapshot and day."""
    return snapshot.payload(
        f"compact-file:{today.isoformat()}", CONTENT_TYPE, lambda whole: compact_file(whole, settings, today)
    )


def compact_file(snapshot: StationSnapshot, settings: Settings, today: date) -> bytes:
    """The file's bytes; the same snapshot, settings and day give the same bytes."""
    document = compact_document(snapshot, settings, today)
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def compact_document(snapshot: StationSnapshot, settings: Settings, today: date) -> dict[str, Any]:
    """The file's content before it is written as JSON."""
    window = Window.around(today, snapshot.place.timezone)
    schedules = _SharedSchedules(snapshot, window)
    stations = _columns(snapshot, schedules)
    return {
        "format": FORMAT,
        "revision": snapshot.revision,
        "place": snapshot.place.id,
        "is_sample": snapshot.is_sample,
        "holidays_known": all(snapshot.holidays.covers(day) for day in (today, today + timedelta(days=DAYS_AHEAD))),
        "window": {
            "first_day": window.first_day.isoformat(),
            "days": window.days,
            "starts_at_s": int(window.start.timestamp()),
            "utc_offset_min": _utc_offset_min(window.start),
        },
        "travel": {name: getattr(settings, name) for name in ("walk_kmh", "ebike_kmh", "car_kmh", "detour_factor")},
        "rules": {"min_stay_min": settings.min_stay_min, "closing_soon_min": settings.closing_soon_min},
        "codes": {
            "kinds": list(StationKind),
            "services": list(Service),
            "entry_methods": list(EntryMethod),
            "life_cycles": list(_LIFE_CYCLES),
        },
        "districts": [[unit.code, unit.name_zh, unit.name_en] for unit in snapshot.place.units],
        "schedules": schedules.written,
        "stations": stations,
    }


class _SharedSchedules:
    """The distinct schedules in the order they first occur, each written once."""

    def __init__(self, snapshot: StationSnapshot, window: Window) -> None:
        self._book = snapshot.book
        self._window = window
        self._row_of: dict[str, int] = {}
        self.written: list[dict[str, Any]] = []

    def row(self, station: Station) -> int:
        """The row of the station's schedule in the file, or UNKNOWN_HOURS."""
        schedule = self._book.of(station.hours)
        if schedule.rule is None:
            return UNKNOWN_HOURS
        if schedule.rule not in self._row_of:
            self._row_of[schedule.rule] = len(self.written)
            self.written.append(_written(schedule, self._window))
        return self._row_of[schedule.rule]


def _written(schedule: Schedule, window: Window) -> dict[str, Any]:
    """Spans as gap, length, gap, length … minutes from the window's start, and what follows the window."""
    start_s = int(window.start.timestamp())
    spans: list[int] = []
    minute = 0
    for open_s, close_s in schedule.epoch_spans(window.first_day, window.days).tolist():
        open_min, close_min = (open_s - start_s) // 60, (close_s - start_s) // 60
        spans += [open_min - minute, close_min - open_min]
        minute = close_min
    written: dict[str, Any] = {"spans": spans}
    after = schedule.state_at(window.end)
    if not after.is_open and after.changes_at is not None:
        written["reopens_min"] = int((after.changes_at.timestamp() - start_s) // 60)
    return written


def _columns(snapshot: StationSnapshot, schedules: _SharedSchedules) -> dict[str, Any]:
    stations = snapshot.stations
    district_row = {unit.code: row for row, unit in enumerate(snapshot.place.units)}
    points = [station.position.point.rounded() if station.position else None for station in stations]
    return {
        "code": [station.code for station in stations],
        "name": [station.name for station in stations],
        "name_en": _sparse([station.name_en for station in stations]),
        "other_names": _sparse([list(station.other_names) for station in stations]),
        "kind": [list(StationKind).index(station.kind) for station in stations],
        "district": [district_row.get(station.district_code or "", NO_DISTRICT) for station in stations],
        "town": [station.town for station in stations],
        "address": [station.address for station in stations],
        "lon_e6": [None if point is None else round(point.lon * _DEGREE) for point in points],
        "lat_e6": [None if point is None else round(point.lat * _DEGREE) for point in points],
        "schedule": [schedules.row(station) for station in stations],
        "life_cycle": [_LIFE_CYCLES.index(station.life_cycle) for station in stations],
        "services": [_bits(_available(station), Service) for station in stations],
        "seasonal": _sparse([_seasonal(station) for station in stations]),
        "entry": [_bits(station.entry_methods, EntryMethod) for station in stations],
        "alert": _sparse([_alert(station) for station in stations]),
    }


def _sparse(values: Sequence[Any]) -> dict[str, Any]:
    """The values that say something, by row."""
    return {str(row): value for row, value in enumerate(values) if value}


def _available(station: Station) -> list[Service]:
    return [offer.service for offer in station.services if offer.state is ServiceState.AVAILABLE]


def _seasonal(station: Station) -> list[list[int]]:
    return [
        [list(Service).index(offer.service), _month_bits(offer)]
        for offer in station.services
        if offer.state is ServiceState.SEASONAL
    ]


def _month_bits(offer: ServiceOffer) -> int:
    return sum(1 << (month - 1) for month in range(1, 13) if offer.matches_in(month))


def _bits(codes: Sequence[StrEnum], vocabulary: type[StrEnum]) -> int:
    order = list(vocabulary)
    return sum(1 << order.index(code) for code in codes)


def _alert(station: Station) -> list[Any] | None:
    if station.alert is None:
        return None
    return [station.alert.text, int(station.alert.expires_at.timestamp())]


def _utc_offset_min(instant: datetime) -> int:
    offset = instant.utcoffset()
    assert offset is not None  # noqa: S101 - the window's start has a time zone
    return int(offset.total_seconds() // 60)
