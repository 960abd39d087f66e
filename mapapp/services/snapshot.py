"""What the public sees, as one immutable value in memory, and the thread that keeps it fresh.

A `StationSnapshot` is built from one read transaction and never changes; requests answer from it
without asking the database. `SnapshotKeeper` looks for a new data revision several times a second,
builds the next snapshot off the request path and swaps it in whole.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import Event, Lock, Thread
from types import MappingProxyType
from typing import Final

from geodata.places import Place
from geodata.reports.door_warning import DoorWarning
from geodata.stations.holidays import HolidayTable
from geodata.stations.index import StationIndex
from geodata.stations.schedule import ScheduleBook
from geodata.stations.station import Station, Verification
from mapapp.services.payload import Payload, PayloadShelf
from mapapp.services.reports.door import door_warnings
from mapapp.services.shelf import PartShelf
from mapapp.services.truth.public_date import last_looks, last_verified
from mapapp.store import Store

__all__ = ["OtherPlace", "Payload", "SnapshotKeeper", "SnapshotNotReady", "StationSnapshot", "build_snapshot"]

MAX_PAYLOADS: Final = 48
"""Keys may hold a date or a filter; a dozen pages and files over a few days fit."""

MAX_PARTS: Final = 4096
"""At 2.5 kB a station 10 MB: every station of a city, and of a country those asked for last."""

_log = logging.getLogger(__name__)


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
    built_at: datetime
    place: Place
    holidays: HolidayTable
    stations: tuple[Station, ...]
    by_code: Mapping[str, Station]
    index: StationIndex
    book: ScheduleBook
    is_sample: bool
    unplaced_count: int
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


def build_snapshot(store: Store, place: Place, now: datetime) -> StationSnapshot:
    """A snapshot of what the store holds now, from one transaction."""
    with store.reading() as reader:
        revision = reader.data_revision()
        holidays = reader.holidays()
        stations = reader.stations(include_hidden=False)
        doors = door_warnings(reader, now)
        by_code = {station.code: station for station in stations}
        looks = last_looks(reader, place.timezone)
    _refuse_other_place(stations, place)
    book = ScheduleBook(holidays, place.timezone)
    return StationSnapshot(
        revision=revision,
        built_at=now,
        place=place,
        holidays=holidays,
        stations=stations,
        by_code=MappingProxyType(by_code),
        index=StationIndex.of(stations, book),
        book=book,
        is_sample=any(station.is_sample for station in stations),
        unplaced_count=sum(station.position is None for station in stations),
        alert_ends=tuple(sorted(station.alert.expires_at for station in stations if station.alert is not None)),
        door_warnings=MappingProxyType({code: doors.by_station[code] for code in doors.by_station if code in by_code}),
        doors_change_at=doors.change_at,
        looks=MappingProxyType(looks),
    )


def _refuse_other_place(stations: tuple[Station, ...], place: Place) -> None:
    known = {unit.code for unit in place.units}
    strangers = {station.district_code for station in stations if station.district_code is not None} - known
    if strangers:
        raise OtherPlace(strangers, place)


class SnapshotKeeper:
    """The current snapshot of one process.

    Parameters
    ----------
    clock
        Answers aware instants.
    poll_s
        How often the thread looks for a new data revision.
    warm
        Called with each new snapshot before it is swapped in, and again when a new day begins at the
        place: it may build payloads that the first request would otherwise wait for.
    daily
        Called in the thread when it starts and when a new day begins at the place; it may fail.
    """

    def __init__(
        self,
        store: Store,
        place: Place,
        clock: Callable[[], datetime],
        poll_s: float,
        warm: Callable[[StationSnapshot], None] | None = None,
        daily: Callable[[], object] | None = None,
    ) -> None:
        self._store = store
        self._place = place
        self._clock = clock
        self._poll_s = poll_s
        self._warm = warm
        self._daily = daily
        self._daily_done_for: date | None = None
        self._snapshot: StationSnapshot | None = None
        self._warmed_for: date | None = None
        self._refreshing = Lock()
        self._stop = Event()
        self._thread: Thread | None = None
        self.last_error: str | None = None
        self.holds_other_place = False
        self.last_checked_at: datetime | None = None

    @property
    def current(self) -> StationSnapshot:
        """The newest complete snapshot; raises SnapshotNotReady before there is one."""
        snapshot = self._snapshot
        if snapshot is None:
            raise SnapshotNotReady(self.last_error or "The stations have not been read yet.")
        return snapshot

    @property
    def age(self) -> timedelta | None:
        """How long ago the database was last found unchanged or read; None before the first time."""
        return self._clock() - self.last_checked_at if self.last_checked_at is not None else None

    def refresh(self) -> bool:
        """Look for a new data revision and take it over; whether there was one.

        Errors of the database pass through, and the snapshot stays what it was.
        """
        with self._refreshing:
            try:
                changed = self._take_over()
            except Exception as error:
                self.last_error = f"{type(error).__name__}: {error}"
                self.holds_other_place = isinstance(error, OtherPlace)
                raise
            self.last_error = None
            self.holds_other_place = False
            self.last_checked_at = self._clock()
            return changed

    def start(self) -> None:
        """Follow the data revision in a daemon thread until `stop`; a second start does nothing."""
        if self._thread is not None:
            return
        self._stop.clear()
        self._thread = Thread(target=self._follow, name="snapshot-keeper", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; returns when it has ended."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _take_over(self) -> bool:
        now = self._clock()
        snapshot = self._snapshot
        changed = (
            snapshot is None
            or snapshot.revision != self._store.data_revision()
            or (snapshot.doors_change_at is not None and now >= snapshot.doors_change_at)
        )
        if snapshot is None or changed:
            snapshot = build_snapshot(self._store, self._place, now)
            _log.info("snapshot of data revision %d: %d stations", snapshot.revision, len(snapshot.stations))
        today = now.astimezone(self._place.timezone).date()
        if self._warm is not None and (changed or today != self._warmed_for):
            self._warm(snapshot)
        self._warmed_for = today
        self._snapshot = snapshot
        return changed

    def _follow(self) -> None:
        while not self._stop.wait(self._poll_s):
            known_error = self.last_error
            try:
                self.refresh()
            except Exception as error:  # the thread must outlive whatever a database can do
                if self.last_error != known_error:
                    _log.exception("the stations could not be read again; answering from the last snapshot")
                else:
                    _log.debug("still failing: %s", error)
            else:
                if known_error is not None:
                    _log.warning("the stations can be read again")
                self._do_daily()

    def _do_daily(self) -> None:
        today = self._clock().astimezone(self._place.timezone).date()
        if self._daily is None or today == self._daily_done_for:
            return
        self._daily_done_for = today
        try:
            self._daily()
        except Exception:  # the thread must outlive it; tomorrow is another day
            _log.exception("the daily tidying failed")
