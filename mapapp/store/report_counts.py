"""Counts over the reports: what is open where, who got in, what came and went in a month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Select, case, func, select

from geodata.reports.vocabulary import ReportKind, ReportState
from mapapp.store.report_case_tables import report_cases
from mapapp.store.report_pages import district_of_row
from mapapp.store.schema import reports, station_revisions, stations

_OPEN: Final = tuple(state.value for state in ReportState if not state.is_closed)


@dataclass(frozen=True, slots=True)
class OpenReports:
    """The open reports of one kind about one station; ``outside_hours_count`` of them contradict nothing."""

    station_code: str
    kind: ReportKind
    count: int
    oldest_at: datetime
    outside_hours_count: int = 0


class ReportCounts:
    """Counts in one state of the database; each is one statement."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open_by_station(self) -> tuple[OpenReports, ...]:
        """What is open, by station and kind."""
        column = reports.c
        outside = func.count(case((column.outside_hours.is_(True), 1)))
        query = (
            select(column.station_code, column.kind, func.count(), func.min(column.received_at), outside)
            .where(column.state.in_(_OPEN), column.station_code.is_not(None), column.id.not_in(_merged()))
            .group_by(column.station_code, column.kind)
        )
        rows = self._connection.execute(query)
        return tuple(OpenReports(row[0], ReportKind(row[1]), int(row[2]), row[3], int(row[4])) for row in rows)

    def open_by_district(self) -> Mapping[str | None, int]:
        """How many reports wait, by the district they are from; None for those from nowhere."""
        district = district_of_row()
        query = (
            select(district, func.count())
            .select_from(reports)
            .join(report_cases, report_cases.c.report_id == reports.c.id)
            .outerjoin(stations, stations.c.code == reports.c.station_code)
            .where(reports.c.state.in_(_OPEN), report_cases.c.merged_into.is_(None))
            .group_by(district)
        )
        return {row[0]: int(row[1]) for row in self._connection.execute(query)}

    def open_received(self) -> tuple[tuple[str | None, datetime], ...]:
        """The station (None for a suggested site) and the reception of every open report."""
        column = reports.c
        query = select(column.station_code, column.received_at).where(
            column.state.in_(_OPEN), column.id.not_in(_merged())
        )
        return tuple((code, at) for code, at in self._connection.execute(query))

    def got_in_by_station(self, since: datetime, until: datetime | None = None) -> Mapping[str, datetime]:
        """When somebody last got in at each station, of what happened within [since, until)."""
        column = reports.c
        query = (
            select(column.station_code, func.max(column.happened_at))
            .where(column.kind == ReportKind.GOT_IN.value, column.happened_at >= since)
            .where(column.station_code.is_not(None))
            .group_by(column.station_code)
        )
        if until is not None:
            query = query.where(column.happened_at < until)
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def last_got_in(self, station_code: str) -> datetime | None:
        """When somebody of the public last got in at the station."""
        column = reports.c
        query = select(func.max(column.happened_at)).where(
            column.kind == ReportKind.GOT_IN.value, column.station_code == station_code
        )
        at: datetime | None = self._connection.execute(query).scalar_one()
        return at

    def came_and_went(self, bounds: Sequence[tuple[datetime, datetime]]) -> list[tuple[int, int]]:
        """How many reports that ask for something came, and how many were closed, within each span [since, until)."""
        column = reports.c
        counts = [
            func.count(case(((at >= since) & (at < until), 1)))
            for since, until in bounds
            for at in (column.received_at, column.closed_at)
        ]
        query = select(*counts).where(column.kind != ReportKind.GOT_IN.value)
        found = [int(count) for count in self._connection.execute(query).one()]
        return list(zip(found[::2], found[1::2], strict=True))

    def by_station(self, since: datetime, until: datetime) -> Mapping[str, tuple[int, int]]:
        """How many reports that ask for something came and were closed within the span, by station."""
        column = reports.c
        came = func.count(case(((column.received_at >= since) & (column.received_at < until), 1)))
        went = func.count(case(((column.closed_at >= since) & (column.closed_at < until), 1)))
        query = (
            select(column.station_code, came, went)
            .where(column.kind != ReportKind.GOT_IN.value, column.station_code.is_not(None))
            .group_by(column.station_code)
        )
        return {code: (int(came), int(went)) for code, came, went in self._connection.execute(query)}

    def stations_changed(self, bounds: Sequence[tuple[datetime, datetime]]) -> list[int]:
        """How many changes of stations were saved within each span, their first versions left out."""
        column = station_revisions.c
        counts = [
            select(func.count()).where(column.at >= since, column.at < until, column.number > 1).scalar_subquery()
            for since, until in bounds
        ]
        return [int(count) for count in self._connection.execute(select(*counts)).one()]

    def changes_by_station(self, since: datetime, until: datetime) -> Mapping[str, int]:
        """How often each station was changed within the span, its first version left out."""
        column = station_revisions.c
        query = (
            select(column.code, func.count())
            .where(column.number > 1, column.at >= since, column.at < until)
            .group_by(column.code)
        )
        return {code: int(count) for code, count in self._connection.execute(query)}


def _merged() -> Select[tuple[int]]:
    """The reports that repeat another one: they wait with it and are counted with it."""
    return select(report_cases.c.report_id).where(report_cases.c.merged_into.is_not(None))
