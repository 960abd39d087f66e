"""Stations as columns: what the index searches, one array a fact.

The same arrays serve a city (made from Station values) and a national benchmark (made directly), and
an analysis can reuse them: one travel computation gives (origin, station) pairs, ``schedule_ids``
turns the stations into their few shared schedules, and a schedule's 168 bits answer every hour.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import PUBLISHED_DECIMALS, Floats
from geodata.errors import InvalidValue
from geodata.stations.ordering import Rows
from geodata.stations.schedule import Schedule, ScheduleBook
from geodata.stations.station import Station
from geodata.stations.vocabulary import EntryMethod, LifeCycle, Service, StationKind

Bits = NDArray[np.uint64]
MONTHS_COUNT: Final = 12
_BIT_OF: Final = {
    member: 1 << place for vocabulary in (StationKind, Service, EntryMethod) for place, member in enumerate(vocabulary)
}


def bits_of(members: Iterable[StationKind | Service | EntryMethod]) -> np.uint64:
    """A set of one vocabulary's members as bits, in the vocabulary's order."""
    bits = 0
    for member in members:
        bits |= _BIT_OF[member]
    return np.uint64(bits)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class StationColumns:
    """n stations as arrays; row i of every array is one station. The arrays become read-only.

    Attributes
    ----------
    codes : tuple of str
        Unique.
    lon, lat : float64 (n,)
        WGS-84 degrees as published (6 decimals); NaN where a station is unplaced.
    kinds, entry_bits : uint64 (n,)
        ``bits_of`` the kind and the entry methods.
    service_bits : uint64 (12, n)
        ``bits_of`` the services a visitor can count on in each month, January first.
    district_ids : int64 (n,)
        Indices into ``districts``; -1 for none.
    active : bool (n,)
        Whether the life cycle lets the hours count.
    schedule_ids : int64 (n,)
        Indices into ``schedules``.
    timezone : ZoneInfo
        The place's, for the month of an arrival.
    """

    codes: tuple[str, ...]
    lon: Floats
    lat: Floats
    kinds: Bits
    entry_bits: Bits
    service_bits: Bits
    district_ids: Rows
    districts: tuple[str, ...]
    active: NDArray[np.bool_]
    schedule_ids: Rows
    schedules: tuple[Schedule, ...]
    timezone: ZoneInfo

    @property
    def always_open(self) -> NDArray[np.bool_]:
        """Which stations are in use and, by their hours, open around the clock; (n,), worked out anew."""
        around_the_clock = np.array([schedule.is_24h for schedule in self.schedules], dtype=np.bool_)
        always_open: NDArray[np.bool_] = around_the_clock[self.schedule_ids] & self.active
        return always_open

    def __post_init__(self) -> None:
        n = len(self.codes)
        for name in ("lon", "lat", "kinds", "entry_bits", "district_ids", "active", "schedule_ids"):
            self._seal(name, (n,))
        self._seal("service_bits", (MONTHS_COUNT, n))
        if len(set(self.codes)) != n:
            raise InvalidValue("Two stations share a code.", field="code", code="repeated")
        if not np.array_equal(np.isnan(self.lon), np.isnan(self.lat)):
            raise InvalidValue("A station has only half a position.", field="position", code="half_position")
        if (np.abs(self.lon) > 180).any() or (np.abs(self.lat) > 90).any():
            raise InvalidValue("A station lies outside the globe.", field="position", code="out_of_range")
        _check_ids("district_ids", self.district_ids, -1, len(self.districts))
        _check_ids("schedule_ids", self.schedule_ids, 0, len(self.schedules))

    def _seal(self, name: str, shape: tuple[int, ...]) -> None:
        array = getattr(self, name)
        if array.shape != shape:
            raise InvalidValue(f"{name} has shape {array.shape}, not {shape}.", field=name, code="shape")
        view = array.view()
        view.flags.writeable = False
        object.__setattr__(self, name, view)

    @classmethod
    def of(cls, stations: Sequence[Station], book: ScheduleBook) -> StationColumns:
        """The columns of some stations; row i is ``stations[i]``."""
        points = [
            station.position.point.rounded(PUBLISHED_DECIMALS) if station.position else None for station in stations
        ]
        districts = tuple(sorted({station.district_code for station in stations if station.district_code}))
        district_ids = {code: number for number, code in enumerate(districts)}
        schedules: dict[Schedule, int] = {}
        schedule_ids = [schedules.setdefault(book.of(station.hours), len(schedules)) for station in stations]
        monthly = [[bits_of(s.services_in(month)) for s in stations] for month in range(1, MONTHS_COUNT + 1)]
        return cls(
            codes=tuple(station.code for station in stations),
            lon=np.array([point.lon if point else np.nan for point in points], dtype=np.float64),
            lat=np.array([point.lat if point else np.nan for point in points], dtype=np.float64),
            kinds=np.array([bits_of((station.kind,)) for station in stations], dtype=np.uint64),
            entry_bits=np.array([bits_of(station.entry_methods) for station in stations], dtype=np.uint64),
            service_bits=np.array(monthly, dtype=np.uint64).reshape(MONTHS_COUNT, len(stations)),
            district_ids=np.array([district_ids.get(s.district_code or "", -1) for s in stations], dtype=np.int64),
            districts=districts,
            active=np.array([s.life_cycle is LifeCycle.ACTIVE for s in stations], dtype=np.bool_),
            schedule_ids=np.array(schedule_ids, dtype=np.int64),
            schedules=tuple(schedules),
            timezone=book.tz,
        )


def _check_ids(name: str, ids: Rows, least: int, end: int) -> None:
    if len(ids) and not (ids.min() >= least and ids.max() < end):
        raise InvalidValue(f"{name} must be {least} to {end - 1}.", field=name, code="out_of_range")
