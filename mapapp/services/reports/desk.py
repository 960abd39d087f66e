"""Use case: reports from the public come in, are answered, and are forgotten in time."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final
from zoneinfo import ZoneInfo

from geodata.coordinates import LonLat
from geodata.errors import InvalidReport
from geodata.reports.door_hours import was_outside_hours
from geodata.reports.door_warning import happened_at
from geodata.reports.report import Report, ReportDraft, StateChange
from geodata.reports.sender import SenderKeys
from geodata.reports.tracking import new_tracking
from geodata.reports.vocabulary import ReportKind, ReportState
from geodata.stations.schedule import ScheduleBook
from mapapp.services.photos import keep_photo
from mapapp.services.reports.answering import (
    Answer,
    InvalidMove,
    UnknownReport,
    end_door_warning,
    find_report,
    move_report,
)
from mapapp.services.reports.door import clear_where_somebody_got_in, note_change, standing_warning
from mapapp.services.reports.limits import TooManyReports, refuse_too_many
from mapapp.services.reports.sender import Sender, device_of, keys_of
from mapapp.services.reports.tidying import Tidied, tidy
from mapapp.services.rights import Actor
from mapapp.settings import Settings
from mapapp.store import Origin, Reader, ReportReader, Store, StoreBusy, UnknownStation, Writer

__all__ = [
    "InvalidMove",
    "InvalidReport",
    "ReportDesk",
    "Sender",
    "StoreBusy",
    "Submission",
    "Tidied",
    "TooManyReports",
    "UnknownReport",
    "UnknownStation",
]

PATIENCE_S: Final = 4.0
"""How long a visitor waits for others who write or send photos before being asked to come back."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A report that was taken in, now or by an earlier delivery; ``device`` belongs into the sender's cookie."""

    report: Report
    device: str
    is_new: bool


class ReportDesk:
    """Takes reports in and moves them on, each in one transaction.

    Parameters
    ----------
    secret
        What senders are hashed with.
    district_of
        The district a point lies in: whose editors see a suggested site.
    timezone
        Where the stations' hours hold. Without one every locked door counts towards the warning.
    random_below
        Answers 0 to n - 1; tracking codes come from it.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        secret: str,
        *,
        district_of: Callable[[LonLat], str | None] = lambda _point: None,
        timezone: ZoneInfo | None = None,
        random_below: Callable[[int], int] = secrets.randbelow,
    ) -> None:
        self._store = store
        self._settings = settings
        self._secret = secret
        self._district_of = district_of
        self._timezone = timezone
        self._random_below = random_below
        self._one_photo = Lock()

    def submit(self, draft: ReportDraft, sender: Sender, now: datetime) -> Submission:
        """Take a report in. The same report delivered again gives the first one back and changes nothing.

        Raises
        ------
        InvalidReport
            The photo cannot be taken, or another report has that key.
        UnknownStation
            No public station has that code.
        TooManyReports
            The sender sent enough for now.
        StoreBusy
            Others have been writing for too long, or sending photos.
        """
        device = device_of(sender, draft.key, self._secret)
        keys = keys_of(sender, device, self._secret)
        with self._store.reading() as reader:
            known = _first_delivery(reader.reports, draft)
            if known is None:
                self._refuse(reader, draft, keys, now)
            is_outside = known is None and self._is_outside_hours(reader, draft, now)
        photo_hash = self._kept_photo(draft) if known is None else None
        if known is None:
            with self._store.writing(Origin.PUBLIC, at=now, patience_s=PATIENCE_S) as writer:
                known = _first_delivery(writer.reports, draft)
                if known is None:
                    self._refuse(writer, draft, keys, now)
                    report = self._new_report(writer.reports, draft, photo_hash, now, is_outside=is_outside)
                    self._add(writer, report, draft, keys, now)
                    return Submission(report, device, is_new=True)
        return Submission(known, device, is_new=False)

    def find(self, tracking: str) -> Report | None:
        """The report with that tracking code, however it is written, or None."""
        return find_report(self._store, tracking)

    def move(self, tracking: str, to: ReportState, reply: str, actor: Actor, reason: str, now: datetime) -> Report:
        """Move a report on, with a reply; see `mapapp.services.reports.answering`."""
        return move_report(self._store, tracking, Answer(to, reply, reason), actor, now)

    def end_warning(self, station_code: str, actor: Actor, reason: str, now: datetime) -> bool:
        """End the station's locked-door warning; see `mapapp.services.reports.answering`."""
        return end_door_warning(self._store, station_code, actor, reason, now)

    def tidy(self, now: datetime) -> Tidied:
        """Forget what has served its purpose; see `mapapp.services.reports.tidying`."""
        return tidy(self._store, self._settings, now)

    def _refuse(self, reader: Reader, draft: ReportDraft, sender: SenderKeys, now: datetime) -> None:
        """Raise what stands against the report."""
        if draft.station_code is not None:
            station = reader.station(draft.station_code)
            if station is None or not station.life_cycle.is_public:
                raise UnknownStation(draft.station_code)
        per_hour = self._settings.reports_per_address_h
        refuse_too_many(reader.reports, draft, sender, now, address_per_hour=per_hour)

    def _kept_photo(self, draft: ReportDraft) -> str | None:
        if draft.photo is None:
            return None
        if not self._one_photo.acquire(timeout=PATIENCE_S):  # a large one takes 300 MB for a moment
            raise StoreBusy
        try:
            return keep_photo(self._settings, draft.photo)
        finally:
            self._one_photo.release()

    def _is_outside_hours(self, reader: Reader, draft: ReportDraft, now: datetime) -> bool:
        """Whether the draft tells of a door that was locked as it should be."""
        if draft.kind is not ReportKind.LOCKED or draft.station_code is None or self._timezone is None:
            return False
        station = reader.station(draft.station_code)
        if station is None:
            return False
        schedule = ScheduleBook(reader.holidays(), self._timezone).of(station.hours)
        return was_outside_hours(station.life_cycle, schedule, happened_at(draft.made_at, now))

    def _new_report(
        self, reports: ReportReader, draft: ReportDraft, photo_hash: str | None, now: datetime, *, is_outside: bool
    ) -> Report:
        # Somebody who got in asks for nothing, so there is nothing to wait for.
        state = ReportState.RESOLVED if draft.kind is ReportKind.GOT_IN else ReportState.OPEN
        return Report(
            tracking=self._new_tracking(reports),
            kind=draft.kind,
            station_code=draft.station_code,
            services=draft.services,
            text=draft.text,
            contact=draft.contact,
            photo_hash=photo_hash,
            place=draft.place,
            state=state,
            received_at=now,
            made_at=draft.made_at,
            was_outside_hours=is_outside,
            history=(StateChange(at=now, from_state=None, to_state=state),),
        )

    def _add(self, writer: Writer, report: Report, draft: ReportDraft, sender: SenderKeys, now: datetime) -> None:
        happened = happened_at(draft.made_at, now)
        if draft.station_code is None or draft.kind not in {ReportKind.LOCKED, ReportKind.GOT_IN}:
            site = draft.place if draft.kind is ReportKind.SUGGEST_SITE else None
            district = self._district_of(site) if site is not None else None
            writer.reports.add(report, key=draft.key, happened_at=happened, sender=sender, district_code=district)
            return
        before = standing_warning(writer.reports, draft.station_code, now)
        writer.reports.add(report, key=draft.key, happened_at=happened, sender=sender)
        clear_where_somebody_got_in(writer, draft.station_code, now)
        note_change(writer, draft.station_code, before, now, actor="")

    def _new_tracking(self, reports: ReportReader) -> str:
        """A code no report has: of 10^15 the next one is free, nearly always."""
        while True:
            code = new_tracking(self._random_below)
            if reports.find(code) is None:
                return code


def _first_delivery(reports: ReportReader, draft: ReportDraft) -> Report | None:
    """The report of an earlier delivery; a key belongs to one report."""
    known = reports.with_key(draft.key)
    if known is not None and (known.kind, known.station_code) != (draft.kind, draft.station_code):
        raise InvalidReport({"key": "taken"})
    return known
