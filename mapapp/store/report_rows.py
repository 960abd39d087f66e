"""Reports in their tables: read and written within one transaction of the store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, func, insert, or_, select, update

from geodata.coordinates import LonLat
from geodata.reports.door_warning import LockedDoor
from geodata.reports.report import Report, StateChange
from geodata.reports.sender import SenderKeys
from geodata.reports.vocabulary import ReportKind, ReportState
from geodata.stations.vocabulary import Service
from mapapp.store.errors import UnstorableText
from mapapp.store.report_case_rows import CANDIDATE, ReportCase, read_case, write_case
from mapapp.store.report_case_tables import report_cases
from mapapp.store.report_pages import ReportRow, ReportsQuestion, read_page
from mapapp.store.schema import door_clearings, report_changes, reports, stations

_NO_SENDER: Final[Mapping[str, None]] = {"device_key": None, "address_key": None, "agent_key": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletions:
    """How many rows are past their time."""

    sender_key_count: int = 0
    contact_count: int = 0
    photo_count: int = 0
    words_count: int = 0

    @property
    def count(self) -> int:
        """All of them."""
        return self.sender_key_count + self.contact_count + self.photo_count + self.words_count


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """What is past its time: sender keys received before, the others closed before."""

    sender_keys: datetime
    contacts: datetime
    photos: datetime
    words: datetime


class ReportReader:
    """Read access to the reports in one state of the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, tracking: str) -> Report | None:
        """The report with that tracking code, in its usual form; any text may be asked."""
        return self._one(select(reports).where(reports.c.tracking == tracking))

    def with_key(self, key: str) -> Report | None:
        """The report its sender gave that key."""
        return self._one(select(reports).where(reports.c.key == key))

    def all(
        self, *, states: Sequence[ReportState] = (), station_code: str | None = None, limit: int | None = None
    ) -> tuple[Report, ...]:
        """Reports, newest first; without states those of every state."""
        query = select(reports).order_by(reports.c.received_at.desc(), reports.c.id.desc()).limit(limit)
        if states:
            query = query.where(reports.c.state.in_([state.value for state in states]))
        if station_code is not None:
            query = query.where(reports.c.station_code == station_code)
        rows = self._connection.execute(query).mappings().all()
        histories = self._histories([row["id"] for row in rows])
        return tuple(_report_of_row(row, histories[row["id"]]) for row in rows)

    def page(self, question: ReportsQuestion) -> tuple[tuple[ReportRow, ...], int]:
        """A page of the inbox, and how many reports match in all."""
        return read_page(self._connection, question)

    def case(self, tracking: str) -> ReportCase:
        """What staff know of the report with that tracking code beside its own facts."""
        return read_case(self._connection, tracking)

    def candidates(self) -> tuple[Report, ...]:
        """The suggested sites that staff kept for planners, newest first; each once, however often suggested."""
        kept = (report_cases.c.outcome == CANDIDATE) & report_cases.c.merged_into.is_(None)
        query = (
            select(reports)
            .join(report_cases, report_cases.c.report_id == reports.c.id)
            .where(kept, reports.c.state == ReportState.RESOLVED.value)
        )
        query = query.order_by(reports.c.received_at.desc(), reports.c.id.desc())
        rows = self._connection.execute(query).mappings().all()
        histories = self._histories([row["id"] for row in rows])
        return tuple(_report_of_row(row, histories[row["id"]]) for row in rows)

    def received_since(
        self,
        since: datetime,
        *,
        device_key: str | None = None,
        address_key: str | None = None,
        station_code: str | None = None,
        kind: ReportKind | None = None,
        with_photo: bool = False,
    ) -> list[datetime]:
        """When the reports of a device or address after ``since`` were received, earliest first."""
        column = reports.c
        query = select(column.received_at).where(column.received_at > since).order_by(column.received_at)
        for name, value in (("device_key", device_key), ("address_key", address_key), ("station_code", station_code)):
            if value is not None:
                query = query.where(column[name] == value)
        if kind is not None:
            query = query.where(column.kind == kind.value)
        if with_photo:
            query = query.where(column.photo.is_not(None))
        return list(self._connection.execute(query).scalars())

    def locked_doors(self, since: datetime, station_code: str | None = None) -> Mapping[str, list[LockedDoor]]:
        """The reports of locked doors that happened after ``since``, by station; those outside its hours left out."""
        column = reports.c
        query = _happened(select(reports), ReportKind.LOCKED, since, station_code).where(
            column.device_key.is_not(None), column.address_key.is_not(None), column.agent_key.is_not(None)
        )
        query = query.where(column.outside_hours.is_not(True))
        found: dict[str, list[LockedDoor]] = defaultdict(list)
        for row in self._connection.execute(query).mappings():
            sender = SenderKeys(row["device_key"], row["address_key"], row["agent_key"])
            found[row["station_code"]].append(LockedDoor(sender, row["happened_at"], row["received_at"]))
        return found

    def got_in_at(self, since: datetime, station_code: str) -> list[datetime]:
        """When people got in after ``since``."""
        query = _happened(select(reports.c.happened_at), ReportKind.GOT_IN, since, station_code)
        return list(self._connection.execute(query).scalars())

    def door_clearings(self, station_code: str | None = None) -> Mapping[str, datetime]:
        """The last clearing of each station, or of one, where there was any."""
        column = door_clearings.c
        query = select(column.station_code, func.max(column.at).label("at")).group_by(column.station_code)
        if station_code is not None:
            query = query.where(column.station_code == station_code)
        return {row["station_code"]: row["at"] for row in self._connection.execute(query).mappings()}

    def photos(self) -> frozenset[str]:
        """The photos that reports and stations refer to."""
        named = (
            select(reports.c.photo)
            .where(reports.c.photo.is_not(None))
            .union(select(stations.c.photo).where(stations.c.photo.is_not(None)))
        )
        return frozenset(self._connection.execute(named).scalars())

    def has_sender_keys(self, tracking: str) -> bool:
        """Whether hashes of the sender's device, address or user agent are still kept with the report."""
        query = select(reports.c.id).where(reports.c.tracking == tracking, _has_keys())
        return self._connection.execute(query).first() is not None

    def deletable(self, deadlines: Deadlines) -> Deletions:
        """How much is past its time."""
        count = select(func.count()).select_from(reports)

        def counted(conditions: tuple[Any, ...]) -> int:
            return int(self._connection.execute(count.where(*conditions)).scalar_one())

        return Deletions(
            sender_key_count=counted(_old_senders(deadlines.sender_keys)),
            contact_count=counted(_old_contacts(deadlines.contacts)),
            photo_count=counted(_old_photos(deadlines.photos)),
            words_count=counted(_old_words(deadlines.words)),
        )

    def _one(self, query: Select[Any]) -> Report | None:
        try:
            row = self._connection.execute(query).mappings().one_or_none()
        except UnstorableText:
            return None
        return _report_of_row(row, self._histories([row["id"]])[row["id"]]) if row is not None else None

    def _histories(self, ids: list[int]) -> Mapping[int, list[StateChange]]:
        query = select(report_changes).where(report_changes.c.report_id.in_(ids)).order_by(report_changes.c.id)
        found: dict[int, list[StateChange]] = defaultdict(list)
        for row in self._connection.execute(query).mappings():
            found[row["report_id"]].append(_change_of_row(row))
        return found


class ReportWriter(ReportReader):
    """Read and write access to the reports."""

    def add(
        self,
        report: Report,
        *,
        key: str,
        happened_at: datetime,
        sender: SenderKeys,
        district_code: str | None = None,
    ) -> None:
        """Keep a new report with its history; ``district_code`` is that of a suggested site."""
        row = {
            "tracking": report.tracking,
            "key": key,
            "kind": report.kind.value,
            "station_code": report.station_code,
            "services": [service.value for service in report.services],
            "text": report.text,
            "contact": report.contact,
            "photo": report.photo_hash,
            "lon": report.place.lon if report.place else None,
            "lat": report.place.lat if report.place else None,
            "state": report.state.value,
            "public_reply": report.public_reply,
            "received_at": report.received_at,
            "made_at": report.made_at,
            "happened_at": happened_at,
            "closed_at": report.received_at if report.state.is_closed else None,
            "device_key": sender.device,
            "address_key": sender.address,
            "agent_key": sender.agent,
            "outside_hours": report.was_outside_hours or None,
        }
        self._connection.execute(insert(reports), [row])
        report_id = self._connection.execute(_id_of(report.tracking)).scalar_one()
        self._connection.execute(insert(report_cases), [{"report_id": report_id, "district_code": district_code}])
        for change in report.history:
            self._add_change(report.tracking, change)

    def move(self, report: Report, change: StateChange) -> Report:
        """Write the next step of a report, with its reply if there is a new one; the report as it is then."""
        moved = replace(
            report,
            state=change.to_state,
            public_reply=change.reply or report.public_reply,
            history=(*report.history, change),
        )
        columns = {"state": moved.state.value, "public_reply": moved.public_reply, "closed_at": moved.closed_at}
        self._connection.execute(update(reports).where(reports.c.tracking == report.tracking).values(columns))
        self._add_change(report.tracking, change)
        return moved

    def keep_case(self, tracking: str, case: ReportCase) -> None:
        """Write who has the report, what it repeats, its outcome and the edit that solved it."""
        write_case(self._connection, tracking, case)

    def add_clearing(self, station_code: str, at: datetime, *, actor: str, reason: str) -> None:
        """Write down that everything before ``at`` counts no more at that door."""
        row = {"station_code": station_code, "at": at, "actor": actor, "reason": reason}
        self._connection.execute(insert(door_clearings), [row])

    def delete_old(self, deadlines: Deadlines) -> Deletions:
        """Forget what `deletable` counts; how much it was. A photo's file is for whoever tidies files."""
        found = self.deletable(deadlines)
        self._connection.execute(update(reports).where(*_old_senders(deadlines.sender_keys)).values(_NO_SENDER))
        self._connection.execute(update(reports).where(*_old_contacts(deadlines.contacts)).values(contact=""))
        self._connection.execute(update(reports).where(*_old_photos(deadlines.photos)).values(photo=None))
        self._forget_words(select(reports.c.id).where(reports.c.closed_at <= deadlines.words))
        return found

    def forget_person(self, tracking: str, *, words: bool) -> None:
        """Forget sender, contact and photo of a report, with ``words`` also what was written."""
        nobody = {**_NO_SENDER, "contact": "", "photo": None}
        self._connection.execute(update(reports).where(reports.c.tracking == tracking).values(nobody))
        if words:
            self._forget_words(_id_of(tracking))

    def _forget_words(self, ids: Select[tuple[int]]) -> None:
        """Forget what the sender wrote, and staff's notes: they may speak of the sender."""
        self._connection.execute(update(reports).where(reports.c.id.in_(ids), reports.c.text != "").values(text=""))
        noted = update(report_changes).where(report_changes.c.report_id.in_(ids), report_changes.c.reason != "")
        self._connection.execute(noted.values(reason=""))

    def _add_change(self, tracking: str, change: StateChange) -> None:
        row = {
            "report_id": self._connection.execute(_id_of(tracking)).scalar_one(),
            "at": change.at,
            "from_state": change.from_state.value if change.from_state else None,
            "to_state": change.to_state.value,
            "actor": change.actor,
            "reply": change.reply,
            "reason": change.reason,
            "action": change.action or None,
            "detail": change.detail or None,
        }
        self._connection.execute(insert(report_changes), [row])


def _id_of(tracking: str) -> Select[tuple[int]]:
    return select(reports.c.id).where(reports.c.tracking == tracking)


def _happened(query: Select[Any], kind: ReportKind, since: datetime, station_code: str | None) -> Select[Any]:
    query = query.where(reports.c.kind == kind.value, reports.c.happened_at > since)
    return query if station_code is None else query.where(reports.c.station_code == station_code)


def _has_keys() -> Any:
    return or_(*(reports.c[name].is_not(None) for name in _NO_SENDER))


def _old_senders(received_before: datetime) -> tuple[Any, ...]:
    return reports.c.received_at <= received_before, _has_keys()


def _old_contacts(closed_before: datetime) -> tuple[Any, ...]:
    return reports.c.closed_at <= closed_before, reports.c.contact != ""


def _old_photos(closed_before: datetime) -> tuple[Any, ...]:
    return reports.c.closed_at <= closed_before, reports.c.photo.is_not(None)


def _old_words(closed_before: datetime) -> tuple[Any, ...]:
    noted = select(report_changes.c.id).where(report_changes.c.report_id == reports.c.id, report_changes.c.reason != "")
    return reports.c.closed_at <= closed_before, or_(reports.c.text != "", noted.exists())


def _report_of_row(row: RowMapping, history: Sequence[StateChange]) -> Report:
    return Report(
        tracking=row["tracking"],
        kind=ReportKind(row["kind"]),
        station_code=row["station_code"],
        services=tuple(Service(code) for code in row["services"]),
        text=row["text"],
        contact=row["contact"],
        photo_hash=row["photo"],
        place=LonLat(row["lon"], row["lat"]) if row["lon"] is not None else None,
        state=ReportState(row["state"]),
        public_reply=row["public_reply"],
        received_at=row["received_at"],
        made_at=row["made_at"],
        was_outside_hours=bool(row["outside_hours"]),
        history=tuple(history),
    )


def _change_of_row(row: RowMapping) -> StateChange:
    return StateChange(
        at=row["at"],
        from_state=ReportState(row["from_state"]) if row["from_state"] else None,
        to_state=ReportState(row["to_state"]),
        actor=row["actor"],
        reply=row["reply"],
        reason=row["reason"],
        action=row["action"] or "",
        detail=row["detail"] or "",
    )
