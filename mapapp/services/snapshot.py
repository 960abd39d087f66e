"""What the public sees, as one immutable value in memory.

A `StationSnapshot` is built from one read transaction and never changes; requests answer from it without asking the
database. The next one takes over what did not change: the stations, the parts of the index, the compiled hours.
`mapapp.services.snapshot_keeper` builds it off the request path and swaps it in whole.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final

from geodata.places import Place
from geodata.reports.door_warning import DoorWarning
from geodata.stations.holidays import HolidayTable
from geodata.stations.index import StationIndex
from geodata.stations.schedule import ScheduleBook
from geodata.stations.station import Station, Verification
from mapapp.services.payload import Payload, PayloadShelf
from mapapp.services.reports.door import DoorWarnings, door_warnings
from mapapp.services.shelf import PartShelf, Shelf
from mapapp.services.station_patch import StationPatch
from mapapp.services.truth.public_date import last_looks, last_verified
from mapapp.store import DataPosition, Reader, Store

__all__ = ["OtherPlace", "Payload", "SnapshotNotReady", "StationSnapshot", "build_snapshot", "read_snapshot"]

MAX_PAYLOADS: Final = 48
"""Keys may hold a date or a filter; a dozen pages and files over a few days fit."""

MAX_PARTS: Final = 4096
"""At 2.5 kB a station 10 MB: every station of a city, and of a country those asked for last."""

MAX_PAGES: Final = 384
"""At 45 kB a station's page 17 MB."""

_FEW_CHANGES: Final = 500
"""So many changed stations are always read one by one; else at most a quarter of all."""


class SnapshotNotReady(RuntimeError):
    """No snapshot could be built yet; the message says why."""


class OtherPlace(RuntimeError):
    """The database's stations are of another place than the settings name; the message says what to do."""

    def __init__(self, district_codes: Iterable[str], place: Place) -> None:
        super().__init__(
            f"The database holds stations of districts that {place.name_en} does not have "
            f"({', '.join(sorted(district_codes))}): it was loaded for another place. "
            "Set MAPAPP_PLACE to that place, or MAPAPP_DATABASE_URL to another database."
        )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class StationSnapshot:
    """The public stations at one data revision, with everything answers are made from.

    ``stations`` have a public life cycle and stand by code; row i of ``index`` is ``stations[i]``.
    """

    revision: int
    position: DataPosition
    built_at: datetime
    place: Place
    holidays: HolidayTable
    stations: tuple[Station, ...]
    by_code: Mapping[str, Station]
    index: StationIndex
    book: ScheduleBook
    is_sample: bool
    unplaced_count: int
    photos: frozenset[str]
    """The digests of the photos that the public may see."""
    alert_ends: tuple[datetime, ...]
    """When the stations' alerts end, earliest first."""
    door_warnings: Mapping[str, DoorWarning] = field(default_factory=dict)
    """The locked-door warnings by station; one whose ``until`` has passed stands no more."""
    doors_change_at: datetime | None = None
    """When the first of the warnings differs because time passes."""
    looks: Mapping[str, Verification] = field(default_factory=dict)
    """When somebody of staff last looked at each station, and how."""
    _parts: PartShelf = field(default_factory=lambda: PartShelf(MAX_PARTS), repr=False)
    _shelf: PayloadShelf = field(default_factory=lambda: PayloadShelf(MAX_PAYLOADS), repr=False)
    _pages: Shelf[Hashable, tuple[bytes, ...]] = field(default_factory=lambda: Shelf(MAX_PAGES), repr=False)

    def last_verified(self, station: Station) -> Verification | None:
        """What the public reads as the day the station's facts were last found to be so."""
        return last_verified(station, self.looks.get(station.code))

    def payload(self, key: str, content_type: str, build: Callable[[StationSnapshot], bytes]) -> Payload:
        """The compressed body under ``key``, built on the first call and then kept.

        A body that depends on anything but the snapshot must name it in its key: the compact file,
        whose schedules start today, has today's date in it.
        """
        return self._shelf.get(key, lambda: Payload.of(content_type, build(self)))

    def part(self, key: Hashable, build: Callable[[], bytes]) -> bytes:
        """A part of many bodies, such as one station's JSON, made on the first call and kept for a while."""
        return self._parts.get(key, build)

    def page(self, key: Hashable, build: Callable[[], tuple[bytes, ...]]) -> tuple[bytes, ...]:
        """A page in parts, made on the first call and kept for a while; ``key`` names what else it depends on."""
        return self._pages.get(key, build)


def build_snapshot(
    store: Store, place: Place, now: datetime, after: StationSnapshot | None = None, *, at_least: int | None = None
) -> StationSnapshot:
    """A snapshot of what the store holds now, from one transaction.

    ``after`` is the snapshot before. Where only some stations changed since, only those are read, and the rest is
    taken over; what is answered is the same as if everything had been read. ``at_least`` is a data revision up to
    which a replica serves too; without one only the primary does.
    """
    with store.reading() if at_least is None else store.public_reading(at_least=at_least) as reader:
        return read_snapshot(reader, place, now, after)


def read_snapshot(reader: Reader, place: Place, now: datetime, after: StationSnapshot | None = None) -> StationSnapshot:
    """The same within a transaction."""
    read = _Read(reader.position(), reader.holidays(), door_warnings(reader, now))
    if after is not None and after.place is place:
        most = max(_FEW_CHANGES, len(after.stations) // 4)
        codes = reader.codes_changed_since(after.position, most=most)
        if codes is not None:
            return _patched(reader, read, after, codes, now)
    return _built(reader, read, place, now, after)


@dataclass(frozen=True, slots=True)
class _Read:
    """What every snapshot reads anew."""

    position: DataPosition
    holidays: HolidayTable
    doors: DoorWarnings


def _built(reader: Reader, read: _Read, place: Place, now: datetime, after: StationSnapshot | None) -> StationSnapshot:
    """A snapshot for which everything is read; stations that are as they were stay the same objects."""
    with _collector_at_rest():
        stations = _all_stations(reader, after.by_code if after is not None else {})
        _refuse_other_place(stations, place)
        book = ScheduleBook(read.holidays, place.timezone)
        index = StationIndex.of(stations, book)
    looks = last_looks(reader, place.timezone)
    return _snapshot(read, place, now, stations, index, book, looks)


def _patched(
    reader: Reader, read: _Read, after: StationSnapshot, codes: frozenset[str], now: datetime
) -> StationSnapshot:
    """A snapshot for which the stations with these codes are read, the others taken over from the one before."""
    place, book = after.place, after.book
    found = reader.stations_of(codes, include_hidden=False)
    patch = StationPatch.of(after.index.columns.codes, codes, found)
    stations = patch.applied(after.stations)
    _refuse_other_place(patch.changed, place)
    if read.holidays != after.holidays:
        book = ScheduleBook(read.holidays, place.timezone)
        index = StationIndex.of(stations, book)
    elif codes:
        index = after.index.patched(patch.changed, patch.sources, book)
    else:
        index = after.index
    if codes:
        kept = {code: look for code, look in after.looks.items() if code not in codes}
        looks: Mapping[str, Verification] = kept | dict(last_looks(reader, place.timezone, codes))
    else:
        looks = after.looks
    return _snapshot(read, place, now, stations, index, book, looks)


def _all_stations(reader: Reader, known: Mapping[str, Station]) -> tuple[Station, ...]:
    """The public stations by code; one that is equal to a known one is that."""
    found: list[Station] = []
    for station in reader.each_station(include_hidden=False):
        before = known.get(station.code)
        found.append(before if before is not None and before == station else station)
    found.sort(key=lambda station: station.code)
    return tuple(found)


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Within the block nothing is collected: it makes a million objects, none of which is garbage.

    At its end they are old ones at a stroke: else the next small collection would walk over all of them.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.unfreeze()
        if was_enabled:
            gc.enable()


def _snapshot(
    read: _Read,
    place: Place,
    now: datetime,
    stations: tuple[Station, ...],
    index: StationIndex,
    book: ScheduleBook,
    looks: Mapping[str, Verification],
) -> StationSnapshot:
    _ = index.tree  # made now, so that no question waits for it
    codes, doors = index.columns.codes, read.doors
    by_code = dict(zip(codes, stations, strict=True))
    return StationSnapshot(
        revision=read.position.revision,
        position=read.position,
        built_at=now,
        place=place,
        holidays=book.holidays,
        stations=stations,
        by_code=MappingProxyType(by_code),
        index=index,
        book=book,
        is_sample=any(station.is_sample for station in stations),
        unplaced_count=len(stations) - index.placed_count,
        photos=frozenset(station.photo for station in stations if station.photo),
        alert_ends=tuple(sorted(station.alert.expires_at for station in stations if station.alert is not None)),
        door_warnings=MappingProxyType({code: doors.by_station[code] for code in doors.by_station if code in by_code}),
        doors_change_at=doors.change_at,
        looks=looks,
    )


def _refuse_other_place(stations: Iterable[Station], place: Place) -> None:
    known = {unit.code for unit in place.units}
    strangers = {station.district_code for station in stations if station.district_code is not None} - known
    if strangers:
        raise OtherPlace(strangers, place)
