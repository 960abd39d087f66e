"""Stations as columns: what the index searches, one array a fact.

The same arrays serve a city (made from Station values) and a national benchmark (made directly), and
an analysis can reuse them: one travel computation gives (origin, station) pairs, ``schedule_ids``
turns the stations into their few shared schedules, and a schedule's 168 bits answer every hour.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final, TypeVar
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
_Word = TypeVar("_Word")
_Value = TypeVar("_Value")
_Made = TypeVar("_Made")
_MONTHS: Final = range(1, MONTHS_COUNT + 1)
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
        schedule_ids = _of_each(
            [station.hours for station in stations], lambda hours: schedules.setdefault(book.of(hours), len(schedules))
        )
        points = [station.position.point if station.position is not None else None for station in stations]
        return cls(
            codes=tuple(station.code for station in stations),
            lon=_published([point.lon if point is not None else math.nan for point in points]),
            lat=_published([point.lat if point is not None else math.nan for point in points]),
            kinds=np.array(_of_each([s.kind for s in stations], _BIT_OF.__getitem__), dtype=np.uint64),
            entry_bits=np.array(_of_each([s.entry_methods for s in stations], bits_of), dtype=np.uint64),
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


def _of_each(values: Sequence[_Value], make: Callable[[_Value], _Made]) -> list[_Made]:
    """What is made of each value; values that are the same object are looked at once."""
    addresses = list(map(id, values))
    made = {address: make(value) for address, value in dict(zip(addresses, values, strict=True)).items()}
    return list(map(made.__getitem__, addresses))


def _published(degrees: Sequence[float]) -> Floats:
    """Longitudes or latitudes as everybody gets them: rounded as ``round`` does, which few of them need."""
    given = np.array(degrees, dtype=np.float64)
    scale = 10.0**PUBLISHED_DECIMALS
    for row in np.flatnonzero((np.rint(given * scale) / scale != given) & ~np.isnan(given)).tolist():
        given[row] = round(degrees[row], PUBLISHED_DECIMALS)
    return given


def _service_bits(stations: Sequence[Station]) -> Bits:
    """Per month the bits of the services one can count on, (12, n).

    Stations of one register share their offers, so each is looked at once, and once for all months if it has no season.
    """
    lists = [station.services for station in stations]
    counts = np.fromiter(map(len, lists), dtype=np.int64, count=len(lists))
    monthly = np.zeros((MONTHS_COUNT, len(lists)), dtype=np.uint64)
    if not counts.any():
        return monthly
    every = list(chain.from_iterable(lists))
    addresses = np.fromiter(map(id, every), dtype=np.int64, count=len(every))
    ordered = np.sort(addresses)  # ten times as quick as numpy's own ``unique``
    distinct = ordered[np.append(True, ordered[1:] != ordered[:-1])]
    numbers = np.searchsorted(distinct, addresses)
    one_of_each = np.empty(len(distinct), dtype=np.int64)
    one_of_each[numbers] = np.arange(len(every))
    offers = [every[place] for place in one_of_each.tolist()]
    starts = (np.cumsum(counts) - counts)[counts > 0]
    bits = np.array(
        [_BIT_OF[offer.service] if offer.matches_in(_MONTHS[0]) else 0 for offer in offers], dtype=np.uint64
    )
    seasonal = [(number, offer) for number, offer in enumerate(offers) if offer.season is not None]
    for place, month in enumerate(_MONTHS):
        before = bits.copy()
        for number, offer in seasonal:
            bits[number] = _BIT_OF[offer.service] if offer.matches_in(month) else 0
        if place > 0 and np.array_equal(bits, before):
            monthly[place] = monthly[place - 1]
        else:
            monthly[place, counts > 0] = np.bitwise_or.reduceat(bits[numbers], starts)
    return monthly


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
