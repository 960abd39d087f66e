"""Stations as columns: what the index searches, one array a fact.

The same arrays serve a city (made from Station values) and a national benchmark (made directly), and
an analysis can reuse them: one travel computation gives (origin, station) pairs, ``schedule_ids``
turns the stations into their few shared schedules, and a schedule's 168 bits answer every hour.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import PUBLISHED_DECIMALS, Floats
from geodata.errors import InvalidValue
from geodata.stations.ordering import Rows
from geodata.stations.schedule import Schedule, ScheduleBook
from geodata.stations.station import ServiceOffer, Station
from geodata.stations.vocabulary import EntryMethod, LifeCycle, Service, StationKind

Bits = NDArray[np.uint64]
MONTHS_COUNT: Final = 12
_Word = TypeVar("_Word")
_MONTHS: Final = range(1, MONTHS_COUNT + 1)
_ALL_YEAR: Final = (1 << MONTHS_COUNT) - 1
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
        districts = tuple(sorted({station.district_code for station in stations if station.district_code}))
        district_ids = {code: number for number, code in enumerate(districts)}
        schedules: dict[Schedule, int] = {}
        schedule_ids = [schedules.setdefault(book.of(station.hours), len(schedules)) for station in stations]
        lon_lat = np.array([_published(station) for station in stations], dtype=np.float64).reshape(len(stations), 2)
        return cls(
            codes=tuple(station.code for station in stations),
            lon=lon_lat[:, 0].copy(),
            lat=lon_lat[:, 1].copy(),
            kinds=np.array([_BIT_OF[station.kind] for station in stations], dtype=np.uint64),
            entry_bits=np.array([bits_of(station.entry_methods) for station in stations], dtype=np.uint64),
            service_bits=_service_bits(stations),
            district_ids=np.array([district_ids.get(s.district_code or "", -1) for s in stations], dtype=np.int64),
            districts=districts,
            active=np.array([s.life_cycle is LifeCycle.ACTIVE for s in stations], dtype=np.bool_),
            schedule_ids=np.array(schedule_ids, dtype=np.int64),
            schedules=tuple(schedules),
            timezone=book.tz,
        )

    def patched(self, changed: Sequence[Station], sources: Rows, book: ScheduleBook) -> StationColumns:
        """These columns with some rows replaced, added or left out, made from few stations.

        Row i of the result is row ``sources[i]`` of these columns followed by those of ``changed``; ``book`` is the
        one these columns were made with. Districts and schedules that no row has any more are forgotten. Codes,
        districts and schedules stay the very same objects where they stay the same.
        """
        more = StationColumns.of(changed, book)
        districts, of_more = _joined_words(self.districts, more.districts)
        schedules, of_more_schedules = _joined_words(self.schedules, more.schedules)
        district_ids = np.concatenate([self.district_ids, np.append(of_more, -1)[more.district_ids]])[sources]
        schedule_ids = np.concatenate([self.schedule_ids, of_more_schedules[more.schedule_ids]])[sources]
        districts, district_ids = _used_words(districts, district_ids)
        schedules, schedule_ids = _used_words(schedules, schedule_ids)
        every_code = self.codes + more.codes
        codes = tuple([every_code[row] for row in sources.tolist()])

        def joined(name: str) -> Any:
            return np.concatenate([getattr(self, name), getattr(more, name)], axis=-1)[..., sources]

        return StationColumns(
            codes=self.codes if codes == self.codes else codes,
            lon=joined("lon"),
            lat=joined("lat"),
            kinds=joined("kinds"),
            entry_bits=joined("entry_bits"),
            service_bits=joined("service_bits"),
            district_ids=district_ids,
            districts=districts,
            active=joined("active"),
            schedule_ids=schedule_ids,
            schedules=schedules,
            timezone=self.timezone,
        )


def _published(station: Station) -> tuple[float, float]:
    """Longitude and latitude as everybody gets them; not a number where there is none."""
    if station.position is None:
        return np.nan, np.nan
    point = station.position.point
    return round(point.lon, PUBLISHED_DECIMALS), round(point.lat, PUBLISHED_DECIMALS)


def _service_bits(stations: Sequence[Station]) -> Bits:
    """Per month the bits of the services one can count on, (12, n).

    Stations of one register share their offers, so each is looked at once; few of them depend on the month.
    """
    always_of: dict[int, int] = {}
    months_of: dict[int, int] = {}
    always: list[int] = []
    rows_at_times: dict[tuple[int, int], list[int]] = {}
    for row, station in enumerate(stations):
        bits = 0
        for offer in station.services:
            number = id(offer)
            bit = always_of.get(number)
            if bit is None:
                bit, months_of[number] = _bit_and_months(offer)
                always_of[number] = bit
            if bit:
                bits |= bit
            elif months_of[number]:
                rows_at_times.setdefault((_BIT_OF[offer.service], months_of[number]), []).append(row)
        always.append(bits)
    monthly = np.tile(np.array(always, dtype=np.uint64), (MONTHS_COUNT, 1))
    for (bit, months), rows in rows_at_times.items():
        for place in range(MONTHS_COUNT):
            if months >> place & 1:
                monthly[place, rows] |= np.uint64(bit)
    return monthly


def _bit_and_months(offer: ServiceOffer) -> tuple[int, int]:
    """The bit of a service one can count on all year, else 0; and the months one can, as bits."""
    if offer.season is None:
        months = _ALL_YEAR if offer.matches_in(_MONTHS[0]) else 0
    else:
        months = sum(1 << place for place, month in enumerate(_MONTHS) if offer.matches_in(month))
    return _BIT_OF[offer.service] if months == _ALL_YEAR else 0, months


def _joined_words(words: tuple[_Word, ...], more: tuple[_Word, ...]) -> tuple[tuple[_Word, ...], Rows]:
    """All of both, and where each of ``more`` stands among them."""
    number_of = {word: number for number, word in enumerate(words)}
    of_more = [number_of.setdefault(word, len(number_of)) for word in more]
    joined = words if len(number_of) == len(words) else tuple(number_of)
    return joined, np.array(of_more, dtype=np.int64)


def _used_words(words: tuple[_Word, ...], ids: Rows) -> tuple[tuple[_Word, ...], Rows]:
    """The words that some row has, and the rows' numbers of them; -1 stays."""
    is_used = np.bincount(ids[ids >= 0], minlength=len(words)) > 0
    if is_used.all():
        return words, ids
    number_of = np.append(np.cumsum(is_used) - 1, -1)
    return tuple(word for word, used in zip(words, is_used.tolist(), strict=True) if used), number_of[ids]


def _check_ids(name: str, ids: Rows, least: int, end: int) -> None:
    if len(ids) and not (ids.min() >= least and ids.max() < end):
        raise InvalidValue(f"{name} must be {least} to {end - 1}.", field=name, code="out_of_range")
