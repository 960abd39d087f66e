"""Pages of the register for staff: found, sorted and cut in the database, without reading whole stations."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    String,
    and_,
    cast,
    func,
    or_,
    select,
    true,
)

from geodata.stations.vocabulary import LifeCycle, StationKind
from mapapp.store.column_types import refuse_unstorable
from mapapp.store.errors import UnstorableText
from mapapp.store.schema import station_revisions, stations
from mapapp.store.sorting import by_characters, missing_outside

_ESCAPE: Final = "\\"
_MOST_AT_ONCE: Final = 500


class StationSort(StrEnum):
    """A column a page can be sorted by; ties go by code."""

    CODE = "code"
    NAME = "name"
    KIND = "kind"
    DISTRICT = "district"
    LIFE_CYCLE = "life_cycle"
    UPDATED = "updated"
    VERIFIED = "verified"


@dataclass(frozen=True, slots=True, kw_only=True)
class StationsQuestion:
    """Which stations, hidden ones included, and which page of them. None and empty are no filter.

    ``text`` is looked for in code, names, address and town; ASCII case and width make no difference.
    ``codes`` limits the list to a keeper's own stations; an empty set is nobody's. What is missing
    (never verified, no district) stands first, and last where ``descending``.
    """

    text: str = ""
    district_codes: frozenset[str] = frozenset()
    without_district: bool = False
    kinds: frozenset[StationKind] = frozenset()
    life_cycles: frozenset[LifeCycle] = frozenset()
    codes: frozenset[str] | None = None
    only_unplaced: bool = False
    only_unknown_hours: bool = False
    sort: StationSort = StationSort.CODE
    descending: bool = False
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StationRow:
    """One line of the list. ``updated_at`` and ``updated_by`` are of its latest revision."""

    code: str
    name: str
    kind: StationKind
    address: str
    district_code: str | None
    town: str
    life_cycle: LifeCycle
    is_placed: bool
    hours_known: bool
    hours_text: str
    verified_on: date | None
    is_sample: bool
    version: int
    updated_at: datetime
    updated_by: str


def read_page(connection: Connection, question: StationsQuestion) -> tuple[tuple[StationRow, ...], int]:
    """The page's rows, and how many stations match in all."""
    try:
        refuse_unstorable(question.text)
        condition = and_(true(), *_conditions(question))
        total = connection.execute(select(func.count()).select_from(stations).where(condition)).scalar_one()
        rows = connection.execute(_page(question, condition, connection.dialect.name)).mappings()
        return tuple(_row(row) for row in rows), int(total)
    except UnstorableText:
        return (), 0


def _page(question: StationsQuestion, condition: ColumnElement[bool], dialect: str) -> Select[Any]:
    """The keys are sorted and cut first; only the page's own rows are read whole."""
    latest = and_(station_revisions.c.code == stations.c.code, station_revisions.c.number == stations.c.version)
    order = _order(question, dialect)
    keys = select(stations.c.code).where(condition)
    if question.sort is StationSort.UPDATED:
        keys = keys.join(station_revisions, latest)
    keys = keys.order_by(*order).limit(min(question.limit, _MOST_AT_ONCE)).offset(question.offset)
    query = select(stations, station_revisions.c.at.label("updated_at"), station_revisions.c.actor.label("updated_by"))
    return query.join(station_revisions, latest).where(stations.c.code.in_(keys)).order_by(*order)


def _order(question: StationsQuestion, dialect: str) -> tuple[ColumnElement[Any], ...]:
    """By the column, then by code."""
    columns: dict[StationSort, ColumnElement[Any]] = {
        StationSort.CODE: stations.c.code,
        StationSort.NAME: stations.c.name,
        StationSort.KIND: stations.c.kind,
        StationSort.DISTRICT: stations.c.district_code,
        StationSort.LIFE_CYCLE: stations.c.life_cycle,
        StationSort.UPDATED: station_revisions.c.at,
        StationSort.VERIFIED: stations.c.verified_on,
    }
    column = columns[question.sort]
    if question.sort not in {StationSort.UPDATED, StationSort.VERIFIED}:
        column = by_characters(column, dialect)
    return missing_outside(column, question.descending), by_characters(stations.c.code, dialect).asc()


def _conditions(question: StationsQuestion) -> list[ColumnElement[bool]]:
    columns = stations.c
    conditions: list[ColumnElement[bool]] = []
    districts = [columns.district_code.in_(sorted(question.district_codes))] if question.district_codes else []
    if question.without_district:
        districts.append(columns.district_code.is_(None))
    if districts:
        conditions.append(or_(*districts))
    if question.kinds:
        conditions.append(columns.kind.in_([kind.value for kind in question.kinds]))
    if question.life_cycles:
        conditions.append(columns.life_cycle.in_([cycle.value for cycle in question.life_cycles]))
    if question.codes is not None:
        conditions.append(columns.code.in_(sorted(question.codes)))
    if question.only_unplaced:
        conditions.append(columns.lon.is_(None))
    if question.only_unknown_hours:
        conditions.append(columns.hours_rule.is_(None))
    conditions.extend(_holds(word) for word in question.text.split())
    return conditions


def _holds(word: str) -> ColumnElement[bool]:
    """Whether a station has the word, as it is written or in its plain width, anywhere people look."""
    columns = stations.c
    looked_in = (
        columns.code,
        columns.name,
        columns.name_en,
        cast(columns.other_names, String),
        columns.address,
        columns.town,
    )
    spellings = {word.lower(), unicodedata.normalize("NFKC", word).lower()}
    patterns = [f"%{_escaped(spelling)}%" for spelling in sorted(spellings)]
    return or_(*(func.lower(text).like(pattern, escape=_ESCAPE) for text in looked_in for pattern in patterns))


def _escaped(text: str) -> str:
    for character in (_ESCAPE, "%", "_"):
        text = text.replace(character, _ESCAPE + character)
    return text


def _row(row: RowMapping) -> StationRow:
    return StationRow(
        code=row["code"],
        name=row["name"],
        kind=StationKind(row["kind"]),
        address=row["address"],
        district_code=row["district_code"],
        town=row["town"],
        life_cycle=LifeCycle(row["life_cycle"]),
        is_placed=row["lon"] is not None,
        hours_known=row["hours_rule"] is not None,
        hours_text=row["hours_text"],
        verified_on=row["verified_on"],
        is_sample=row["is_sample"],
        version=row["version"],
        updated_at=row["updated_at"],
        updated_by=row["updated_by"],
    )
