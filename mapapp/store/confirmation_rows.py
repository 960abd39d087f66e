"""Confirmations of stations' facts, and who goes to look at which station: rows in, values out.

A confirmation is written once and stays; the newest of a group is what counts. It is no revision: neither
the station's version nor its history knows of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, RowMapping, Select, case, delete, distinct, func, insert, select, update

from geodata.stations.freshness import ConfirmedHow, FieldGroup, groups_of
from mapapp.store.confirmation_tables import confirmations, verification_tasks
from mapapp.store.revisions import Origin
from mapapp.store.schema import accounts, stations

_Item = TypeVar("_Item")
_MOST_CODES: Final = 500
_HOW_OF_ORIGIN: Final = {
    Origin.FORM: ConfirmedHow.EDIT,
    Origin.API: ConfirmedHow.EDIT,
    Origin.COMMAND: ConfirmedHow.EDIT,
    Origin.IMPORT: ConfirmedHow.IMPORT,
}
"""How a change of a group's fields confirms it. What came with the sample or from the public confirms nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """Somebody found a group's facts to be so. ``at`` is aware; ``actor`` a name as revisions carry it."""

    id: int = 0
    station_code: str
    group: FieldGroup
    at: datetime
    actor: str
    how: ConfirmedHow


@dataclass(frozen=True, slots=True)
class ConfirmationMark:
    """How far the confirmations reach: equal marks mean that none was added or removed in between.

    ``last`` is the newest row in words, so that another database's marks (a backup's) are other marks.
    """

    last_id: int
    count: int
    last: str = ""


@dataclass(frozen=True, slots=True)
class LatestConfirmation:
    """When a group of a station was last confirmed."""

    station_code: str
    group: FieldGroup
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationTask:
    """Somebody is to look at a station again."""

    station_code: str
    account_id: int
    account_name: str
    display_name: str
    assigned_by: str
    assigned_at: datetime


class ConfirmationReader:
    """Read access to the confirmations in one state of the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def mark(self) -> ConfirmationMark:
        """How far they reach."""
        newest = select(confirmations).order_by(confirmations.c.id.desc()).limit(1)
        row = self._connection.execute(newest).mappings().one_or_none()
        if row is None:
            return ConfirmationMark(0, 0)
        count = int(self._connection.execute(select(func.count()).select_from(confirmations)).scalar_one())
        return ConfirmationMark(row["id"], count, _words(row))

    def holds(self, mark: ConfirmationMark) -> bool:
        """Whether the mark's newest row is still there, as it was."""
        query = select(confirmations).where(confirmations.c.id == mark.last_id)
        row = self._connection.execute(query).mappings().one_or_none()
        return row is not None and _words(row) == mark.last

    def latest(self, *, after_id: int = 0) -> Iterator[LatestConfirmation]:
        """The newest of each group of each station, of those with a larger number than ``after_id``."""
        column = confirmations.c
        query = select(column.station_code, column.field_group, func.max(column.at)).group_by(
            column.station_code, column.field_group
        )
        if after_id:
            query = query.where(column.id > after_id)
        groups = {group.value: group for group in FieldGroup}
        for code, group, at in self._connection.execute(query):
            if group in groups:
                yield LatestConfirmation(code, groups[group], at)

    def of_station(self, code: str, *, limit: int = 200) -> tuple[Confirmation, ...]:
        """The confirmations of a station, newest first."""
        column = confirmations.c
        query = select(confirmations).where(column.station_code == code).order_by(column.at.desc(), column.id.desc())
        return tuple(_confirmation(row) for row in self._connection.execute(query.limit(limit)).mappings())

    def newest_by(
        self, hows: Collection[ConfirmedHow], codes: Collection[str] | None = None
    ) -> Iterator[tuple[str, datetime, ConfirmedHow]]:
        """The newest of each station, or of some, in each of these ways; not that one was found to have no place."""
        if codes is None:
            yield from self._newest_by(hows)
            return
        ordered = sorted(codes)
        for start in range(0, len(ordered), _MOST_CODES):
            yield from self._newest_by(hows, ordered[start : start + _MOST_CODES])

    def _newest_by(
        self, hows: Collection[ConfirmedHow], codes: Sequence[str] | None = None
    ) -> Iterator[tuple[str, datetime, ConfirmedHow]]:
        column = confirmations.c
        unplaced = select(stations.c.code).where(stations.c.lon.is_(None))
        is_of_no_place = (column.field_group == FieldGroup.POSITION.value) & column.station_code.in_(unplaced)
        query = (
            select(column.station_code, func.max(column.at), column.how)
            .where(column.how.in_(sorted(how.value for how in hows)), ~is_of_no_place)
            .group_by(column.station_code, column.how)
        )
        if codes is not None:
            query = query.where(column.station_code.in_(codes))
        for code, at, how in self._connection.execute(query):
            yield code, at, ConfirmedHow(how)

    def latest_by(
        self, hows: Collection[ConfirmedHow], after: datetime, code: str | None = None
    ) -> Mapping[tuple[str, FieldGroup], datetime]:
        """The newest of each group of each station, or of one, that came in these ways after a moment."""
        column = confirmations.c
        query = select(column.station_code, column.field_group, func.max(column.at)).where(
            column.at > after, column.how.in_(sorted(how.value for how in hows))
        )
        if code is not None:
            query = query.where(column.station_code == code)
        rows = self._connection.execute(query.group_by(column.station_code, column.field_group))
        return {(found, FieldGroup(group)): at for found, group, at in rows}

    def counts_between(self, since: datetime, until: datetime) -> Mapping[str, tuple[int, bool]]:
        """By station how many there were within [since, until), and whether one was of the door, on site."""
        column = confirmations.c
        is_of_door = (column.field_group == FieldGroup.DOOR.value) & (column.how == ConfirmedHow.ON_SITE.value)
        query = (
            select(column.station_code, func.count(), func.count(case((is_of_door, 1))))
            .where(column.at >= since, column.at < until)
            .group_by(column.station_code)
        )
        return {code: (int(count), doors > 0) for code, count, doors in self._connection.execute(query)}

    def latest_before(self, until: datetime) -> Mapping[tuple[str, FieldGroup], datetime]:
        """The newest before ``until`` of each group of each station."""
        column = confirmations.c
        query = select(column.station_code, column.field_group, func.max(column.at)).where(column.at < until)
        rows = self._connection.execute(query.group_by(column.station_code, column.field_group))
        return {(code, FieldGroup(group)): at for code, group, at in rows}

    def station_counts(self, bounds: Sequence[tuple[datetime, datetime]]) -> list[int]:
        """How many stations had a confirmation within each of the spans [since, until), in one look."""
        column = confirmations.c
        counts = [
            select(func.count(distinct(column.station_code)))
            .where(column.at >= since, column.at < until)
            .scalar_subquery()
            for since, until in bounds
        ]
        return [int(count) for count in self._connection.execute(select(*counts)).one()]

    def tasks(self) -> tuple[VerificationTask, ...]:
        """Who is to look at what, by station."""
        rows = self._connection.execute(_tasks().order_by(verification_tasks.c.station_code)).mappings()
        return tuple(_task(row) for row in rows)

    def task(self, code: str) -> VerificationTask | None:
        """Who is to look at the station."""
        query = _tasks().where(verification_tasks.c.station_code == code)
        row = self._connection.execute(query).mappings().one_or_none()
        return _task(row) if row is not None else None


class ConfirmationWriter(ConfirmationReader):
    """Read and write access to the confirmations. They are no part of the data revision."""

    def add(
        self, code: str, groups: Iterable[FieldGroup], *, at: datetime, actor: str, how: ConfirmedHow
    ) -> tuple[FieldGroup, ...]:
        """Write down that the groups were found to be so; which they were."""
        found = tuple(groups)
        self._insert([(code, group) for group in found], at=at, actor=actor, how=how)
        return found

    def add_for_changes(
        self, changed: Iterable[tuple[str, Iterable[str]]], *, at: datetime, actor: str, origin: Origin
    ) -> None:
        """Write down what changes of stations confirm, given as codes and the fields that changed."""
        how = _HOW_OF_ORIGIN.get(origin)
        if how is not None:
            touched = [(code, group) for code, fields in changed for group in groups_of(fields)]
            self._insert(touched, at=at, actor=actor, how=how)

    def take_back(self, code: str, *, actor: str, since: datetime) -> tuple[FieldGroup, ...]:
        """Forget what somebody confirmed at a station from ``since`` on, but for what they changed there."""
        column = confirmations.c
        mine = (
            (column.station_code == code)
            & (column.actor == actor)
            & (column.at >= since)
            & (column.how.in_([ConfirmedHow.ON_SITE.value, ConfirmedHow.PHONE.value]))
        )
        groups = frozenset(self._connection.execute(select(column.field_group).where(mine)).scalars())
        self._connection.execute(delete(confirmations).where(mine))
        return tuple(group for group in FieldGroup if group.value in groups)

    def assign(self, codes: Collection[str], *, account_id: int, by: str, at: datetime) -> None:
        """Let somebody look at the stations, whoever was to do so before."""
        column = verification_tasks.c
        values = {"account_id": account_id, "assigned_by": by, "assigned_at": at, "ended_at": None, "ended_by": None}
        for part in _parts(sorted(codes)):
            known = set(
                self._connection.execute(select(column.station_code).where(column.station_code.in_(part))).scalars()
            )
            if known:
                self._connection.execute(
                    update(verification_tasks).where(column.station_code.in_(sorted(known))).values(values)
                )
            new = [{"station_code": code, **values} for code in part if code not in known]
            if new:
                self._connection.execute(insert(verification_tasks), new)

    def end_tasks(self, codes: Collection[str]) -> None:
        """Nobody need look at the stations any more."""
        for part in _parts(sorted(codes)):
            self._connection.execute(delete(verification_tasks).where(verification_tasks.c.station_code.in_(part)))

    def end_task(self, code: str, *, by: str, at: datetime) -> None:
        """The station was looked at. Whoever said so may take that back, so the task is kept until the next one."""
        is_open = (verification_tasks.c.station_code == code) & verification_tasks.c.ended_at.is_(None)
        self._connection.execute(update(verification_tasks).where(is_open).values(ended_at=at, ended_by=by))

    def reopen_task(self, code: str, *, by: str, since: datetime) -> None:
        """Let a task that somebody ended from ``since`` on be open again; any other stays as it is."""
        column = verification_tasks.c
        theirs = (column.station_code == code) & (column.ended_by == by) & (column.ended_at >= since)
        self._connection.execute(update(verification_tasks).where(theirs).values(ended_at=None, ended_by=None))

    def _insert(self, touched: list[tuple[str, FieldGroup]], *, at: datetime, actor: str, how: ConfirmedHow) -> None:
        rows = [
            {"station_code": code, "field_group": group.value, "at": at, "actor": actor, "how": how.value}
            for code, group in touched
        ]
        for part in _parts(rows):
            self._connection.execute(insert(confirmations), list(part))


def _words(row: RowMapping) -> str:
    return " ".join(str(row[name]) for name in ("station_code", "field_group", "at", "actor", "how"))


def _tasks() -> Select[Any]:
    named = (verification_tasks, accounts.c.name, accounts.c.display_name)
    joined = select(*named).join(accounts, accounts.c.id == verification_tasks.c.account_id)
    return joined.where(verification_tasks.c.ended_at.is_(None))


def _confirmation(row: RowMapping) -> Confirmation:
    return Confirmation(
        id=row["id"],
        station_code=row["station_code"],
        group=FieldGroup(row["field_group"]),
        at=row["at"],
        actor=row["actor"],
        how=ConfirmedHow(row["how"]),
    )


def _task(row: RowMapping) -> VerificationTask:
    return VerificationTask(
        station_code=row["station_code"],
        account_id=row["account_id"],
        account_name=row["name"],
        display_name=row["display_name"],
        assigned_by=row["assigned_by"],
        assigned_at=row["assigned_at"],
    )


def _parts(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    return (items[start : start + _MOST_CODES] for start in range(0, len(items), _MOST_CODES))
