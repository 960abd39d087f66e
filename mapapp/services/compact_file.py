"""The compact station file: all the phone needs to search by itself, in one small JSON document.

The format, number 2, is described field by field in docs/compact-file.md; mapapp/static/js/data.js reads
it. Stations are columns (``compact_columns``); schedules are spans of minutes, shared between stations with
the same rule; services and entry methods are bits in the order of the code lists. Labels are not in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from geodata.places import Unit
from geodata.stations.schedule import Schedule
from geodata.stations.station import Station
from geodata.stations.vocabulary import EntryMethod, Service, StationKind, VerifiedHow
from mapapp.services.compact_columns import NONE, PUBLIC_LIFE_CYCLES, SharedTexts, station_columns
from mapapp.services.payload import Payload
from mapapp.services.pinyin import readings_of
from mapapp.services.snapshot import StationSnapshot
from mapapp.settings import Settings

FORMAT: Final = 2
CONTENT_TYPE: Final = "application/json"
DAYS_BACK: Final = 1
DAYS_AHEAD: Final = 15


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
    return written_file(compact_document(snapshot, settings, today))


def written_file(document: Mapping[str, Any]) -> bytes:
    """The document as the phone reads it: without a space, ``format`` first."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def compact_document(snapshot: StationSnapshot, settings: Settings, today: date) -> dict[str, Any]:
    """The file's content before it is written as JSON."""
    units = snapshot.place.units
    document = document_of(snapshot, snapshot.stations, units, settings, today)
    return {"format": FORMAT, "revision": snapshot.revision} | document


def document_of(
    snapshot: StationSnapshot, stations: Sequence[Station], units: Sequence[Unit], settings: Settings, today: date
) -> dict[str, Any]:
    """The same of some of the stations, and of the units they may lie in: it depends on no data revision."""
    window = Window.around(today, snapshot.place.timezone)
    schedules = _SharedSchedules(snapshot, window)
    hours_texts = SharedTexts()
    columns = station_columns(snapshot, stations, units, schedules.row, hours_texts)
    return {
        "format": FORMAT,
        "place": snapshot.place.id,
        "is_sample": snapshot.is_sample,
        "holidays_known": all(snapshot.holidays.covers(day) for day in (today, today + timedelta(days=DAYS_AHEAD))),
        "window": {
            "first_day": window.first_day.isoformat(),
            "days": window.days,
            "starts_at_s": int(window.start.timestamp()),
            "utc_offset_min": _utc_offset_min(window.start),
        },
        "special_days": _special_days(snapshot, window),
        "travel": {name: getattr(settings, name) for name in ("walk_kmh", "ebike_kmh", "car_kmh", "detour_factor")},
        "rules": {"min_stay_min": settings.min_stay_min, "closing_soon_min": settings.closing_soon_min},
        "codes": {
            "kinds": list(StationKind),
            "services": list(Service),
            "entry_methods": list(EntryMethod),
            "life_cycles": list(PUBLIC_LIFE_CYCLES),
            "verified_hows": list(VerifiedHow),
        },
        "districts": [[unit.code, unit.name_zh, unit.name_en] for unit in units],
        "readings": _characters_by_syllable(readings_of(_searched_texts(stations, units))),
        "schedules": schedules.written,
        "hours_texts": hours_texts.written,
        "stations": columns,
    }


def _special_days(snapshot: StationSnapshot, window: Window) -> list[list[Any]]:
    """The holidays and make-up days in the window: the day's number in it, and what it is called."""
    days = ((number, window.first_day + timedelta(days=number)) for number in range(window.days))
    special = ((number, snapshot.holidays.special(day)) for number, day in days)
    return [[number, found.name_zh, found.name_en] for number, found in special if found is not None]


class _SharedSchedules:
    """The distinct schedules in the order they first occur, each written once."""

    def __init__(self, snapshot: StationSnapshot, window: Window) -> None:
        self._book = snapshot.book
        self._window = window
        self._row_of: dict[str, int] = {}
        self.written: list[dict[str, Any]] = []

    def row(self, station: Station) -> int:
        """The row of the station's schedule in the file, or NONE for unknown hours."""
        schedule = self._book.of(station.hours)
        if schedule.rule is None:
            return NONE
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
    if schedule.is_24h:
        written["is_24h"] = True
    return written


def _searched_texts(stations: Sequence[Station], units: Sequence[Unit]) -> Iterator[str]:
    """Everything that is searched by its sound."""
    yield from (unit.name_zh for unit in units)
    for station in stations:
        yield from (station.name, *station.other_names, station.town, station.address)


def _characters_by_syllable(readings: Mapping[str, str]) -> dict[str, str]:
    """How characters sound, turned round: {"yin": "银音", …} is a quarter smaller than a key a character."""
    by_syllable: dict[str, list[str]] = {}
    for character, syllables in sorted(readings.items()):
        for syllable in syllables.split():
            by_syllable.setdefault(syllable, []).append(character)
    return {syllable: "".join(characters) for syllable, characters in sorted(by_syllable.items())}


def _utc_offset_min(instant: datetime) -> int:
    offset = instant.utcoffset()
    assert offset is not None  # noqa: S101 - the window's start has a time zone
    return int(offset.total_seconds() // 60)
