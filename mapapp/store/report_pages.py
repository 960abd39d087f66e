"""Pages of the reports' inbox: found, sorted and cut in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, func, or_, select, true

from geodata.coordinates import LonLat
from geodata.reports.vocabulary import ReportKind, ReportState
from mapapp.store.column_types import refuse_unstorable
from mapapp.store.errors import UnstorableText
from mapapp.store.report_case_rows import CANDIDATE
from mapapp.store.report_case_tables import report_cases
from mapapp.store.schema import accounts, reports, stations
from mapapp.store.sorting import by_characters, missing_outside

_MOST_AT_ONCE: Final = 500


class ReportSort(StrEnum):
    """A column a page can be sorted by; ties go by age, the oldest first."""

    RECEIVED = "received"
    KIND = "kind"
    STATE = "state"
    STATION = "station"
    ASSIGNEE = "assignee"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsQuestion:
    """Which reports, and which page of them. None and empty are no filter.

    Attributes
    ----------
    within
        The districts whose reports may be seen at all, those without a district too; None for all.
    district_codes, without_district
        The districts asked for.
    assignee_id, unassigned
        Whose; nobody's.
    received_before
        Only those that came before.
    only_candidates
        Only suggested sites that are kept for planners.
    with_repeats
        Also those that repeat another one.
    """

    within: frozenset[str] | None = None
    states: frozenset[ReportState] = frozenset()
    kinds: frozenset[ReportKind] = frozenset()
    district_codes: frozenset[str] = frozenset()
    without_district: bool = False
    station_code: str = ""
    assignee_id: int | None = None
    unassigned: bool = False
    received_before: datetime | None = None
    only_candidates: bool = False
    with_repeats: bool = False
    sort: ReportSort = ReportSort.RECEIVED
    descending: bool = False
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """One line of the inbox. ``repeat_count`` reports repeat this one; it repeats one itself if ``is_repeat``."""

    tracking: str
    kind: ReportKind
    state: ReportState
    station_code: str | None
    station_name: str
    district_code: str | None
    place: LonLat | None
    text: str
    has_photo: bool
    has_contact: bool
    received_at: datetime
    closed_at: datetime | None
    assignee_id: int | None
    assignee_name: str
    repeat_count: int
    is_repeat: bool
    outcome: str


def read_page(connection: Connection, question: ReportsQuestion) -> tuple[tuple[ReportRow, ...], int]:
    """The page's rows, and how many reports match in all."""
    try:
        refuse_unstorable(question.station_code)
        condition = and_(true(), *_conditions(question))
        counted = _joined(select(func.count(reports.c.id))).where(condition)
        total = int(connection.execute(counted).scalar_one())
        rows = connection.execute(_page(question, condition, connection.dialect.name)).mappings()
        return tuple(_row(row) for row in rows), total
    except UnstorableText:
        return (), 0


def district_of_row() -> ColumnElement[str | None]:
    """Where a report is: where its station is now, or where a site is suggested."""
    return func.coalesce(stations.c.district_code, report_cases.c.district_code)


def _joined(query: Select[Any]) -> Select[Any]:
    return (
        query.select_from(reports)
        .join(report_cases, report_cases.c.report_id == reports.c.id)
        .outerjoin(stations, stations.c.code == reports.c.station_code)
    )


def _page(question: ReportsQuestion, condition: ColumnElement[bool], dialect: str) -> Select[Any]:
    repeats = report_cases.alias("repeats")
    repeat_count = select(func.count()).where(repeats.c.merged_into == reports.c.id).scalar_subquery()
    query = _joined(
        select(
            reports,
            stations.c.name.label("station_name"),
            district_of_row().label("district"),
            report_cases.c.assignee_id,
            func.coalesce(func.nullif(accounts.c.display_name, ""), accounts.c.name).label("assignee_name"),
            report_cases.c.merged_into,
            report_cases.c.outcome,
            repeat_count.label("repeat_count"),
        )
    ).outerjoin(accounts, accounts.c.id == report_cases.c.assignee_id)
    return query.where(reports.c.id.in_(_keys(question, condition, dialect))).order_by(*_order(question, dialect))


def _keys(question: ReportsQuestion, condition: ColumnElement[bool], dialect: str) -> Select[Any]:
    """The page's reports: sorted and cut before anything of them is read."""
    keys = _joined(select(reports.c.id)).where(condition)
    if question.sort is ReportSort.ASSIGNEE:
        keys = keys.outerjoin(accounts, accounts.c.id == report_cases.c.assignee_id)
    limit = min(question.limit, _MOST_AT_ONCE)
    return keys.order_by(*_order(question, dialect)).limit(limit).offset(question.offset)


def _order(question: ReportsQuestion, dialect: str) -> list[ColumnElement[Any]]:
    """By the column, then by age."""
    columns: dict[ReportSort, ColumnElement[Any]] = {
        ReportSort.RECEIVED: reports.c.received_at,
        ReportSort.KIND: reports.c.kind,
        ReportSort.STATE: reports.c.state,
        ReportSort.STATION: reports.c.station_code,
        ReportSort.ASSIGNEE: accounts.c.name,
    }
    column = columns[question.sort]
    if question.sort is not ReportSort.RECEIVED:
        column = by_characters(column, dialect)
    return [missing_outside(column, question.descending), reports.c.received_at.asc(), reports.c.id.asc()]


def _conditions(question: ReportsQuestion) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    district = district_of_row()
    if question.within is not None:
        conditions.append(or_(district.in_(sorted(question.within)), district.is_(None)))
    asked = [district.in_(sorted(question.district_codes))] if question.district_codes else []
    if question.without_district:
        asked.append(district.is_(None))
    if asked:
        conditions.append(or_(*asked))
    if question.states:
        conditions.append(reports.c.state.in_([state.value for state in question.states]))
    if question.kinds:
        conditions.append(reports.c.kind.in_([kind.value for kind in question.kinds]))
    if question.station_code:
        conditions.append(reports.c.station_code == question.station_code)
    if question.received_before is not None:
        conditions.append(reports.c.received_at < question.received_before)
    return conditions + _conditions_of_case(question)


def _conditions_of_case(question: ReportsQuestion) -> list[ColumnElement[bool]]:
    column = report_cases.c
    conditions: list[ColumnElement[bool]] = []
    if question.assignee_id is not None:
        conditions.append(column.assignee_id == question.assignee_id)
    if question.unassigned:
        conditions.append(column.assignee_id.is_(None))
    if question.only_candidates:
        conditions.append(and_(column.outcome == CANDIDATE, reports.c.state == ReportState.RESOLVED.value))
    if not question.with_repeats:
        conditions.append(column.merged_into.is_(None))
    return conditions


def _row(row: RowMapping) -> ReportRow:
    return ReportRow(
        tracking=row["tracking"],
        kind=ReportKind(row["kind"]),
        state=ReportState(row["state"]),
        station_code=row["station_code"],
        station_name=row["station_name"] or "",
        district_code=row["district"],
        place=LonLat(row["lon"], row["lat"]) if row["lon"] is not None else None,
        text=row["text"],
        has_photo=row["photo"] is not None,
        has_contact=bool(row["contact"]),
        received_at=row["received_at"],
        closed_at=row["closed_at"],
        assignee_id=row["assignee_id"],
        assignee_name=row["assignee_name"] or "",
        repeat_count=int(row["repeat_count"]),
        is_repeat=row["merged_into"] is not None,
        outcome=row["outcome"] or "",
    )
