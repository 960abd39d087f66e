"""The stations nobody has put on the map yet: how many, and which comes next. Rows in, values out.

One that has no place at all (a van, a tent) is put aside: its position is confirmed while there is none. That
holds for a while, and until its position or address is written anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, or_, select

from geodata.stations.freshness import ConfirmedHow, FieldGroup
from geodata.stations.vocabulary import LifeCycle
from mapapp.store.confirmation_tables import confirmations
from mapapp.store.schema import stations
from mapapp.store.sorting import by_characters

_BY_PEOPLE: Final = (ConfirmedHow.ON_SITE.value, ConfirmedHow.PHONE.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnplacedQuestion:
    """Which unplaced stations: of these districts (None: of all), with those of none or not.

    ``aside_since``: who was put aside at or after that instant is not asked for.
    """

    aside_since: datetime
    district_codes: frozenset[str] | None = None
    without_district: bool = True


@dataclass(frozen=True, slots=True)
class AsideRow:
    """A station that was put aside. ``at`` is aware."""

    code: str
    name: str
    district_code: str | None
    at: datetime
    actor: str


class UnplacedReader:
    """Read access to one state of the database. Delisted stations need no place any more."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def counts(self, question: UnplacedQuestion) -> Mapping[str | None, int]:
        """How many are left by district; None for those of no district. Districts without any are left out."""
        column = stations.c.district_code
        query = select(column, func.count()).where(*_left(question)).group_by(column)
        return {code: int(count) for code, count in self._connection.execute(query)}

    def next_code(self, question: UnplacedQuestion, after: str = "") -> str | None:
        """The first code after ``after``, by the numbers of its characters; None behind the last."""
        code = by_characters(stations.c.code, self._connection.dialect.name)
        query = select(stations.c.code).where(*_left(question), code > after).order_by(code).limit(1)
        return self._connection.execute(query).scalar_one_or_none()

    def aside(self, question: UnplacedQuestion, *, limit: int = 200) -> tuple[AsideRow, ...]:
        """Those that were put aside, the last first; each with its newest word on it."""
        said, later = confirmations.alias("said"), confirmations.alias("later")
        newest = ~exists().where(later.c.station_code == said.c.station_code, _of_people(later), later.c.id > said.c.id)
        query = (
            select(stations.c.code, stations.c.name, stations.c.district_code, said.c.at, said.c.actor)
            .join(said, said.c.station_code == stations.c.code)
            .where(*_unplaced(question), _is_aside(question.aside_since), _of_people(said), newest)
            .order_by(said.c.at.desc(), stations.c.code)
            .limit(limit)
        )
        return tuple(AsideRow(*row) for row in self._connection.execute(query))


class UnplacedWriter(UnplacedReader):
    """Read and write access."""

    def ask_again(self, code: str) -> None:
        """Forget that the station was said to have no place."""
        mine = and_(confirmations.c.station_code == code, _of_people(confirmations))
        self._connection.execute(delete(confirmations).where(mine))


def _left(question: UnplacedQuestion) -> tuple[ColumnElement[bool], ...]:
    return (*_unplaced(question), ~_is_aside(question.aside_since))


def _unplaced(question: UnplacedQuestion) -> tuple[ColumnElement[bool], ...]:
    column = stations.c
    found: tuple[ColumnElement[bool], ...] = (column.lon.is_(None), column.life_cycle != LifeCycle.DELISTED.value)
    if question.district_codes is None:
        return found if question.without_district else (*found, column.district_code.is_not(None))
    within: ColumnElement[bool] = column.district_code.in_(sorted(question.district_codes))
    return (*found, or_(within, column.district_code.is_(None)) if question.without_district else within)


def _is_aside(since: datetime) -> ColumnElement[bool]:
    """Whether somebody said so since then, and nothing about the place was written after that."""
    said, later = confirmations.alias("word"), confirmations.alias("writing")
    is_written = exists().where(
        later.c.station_code == said.c.station_code,
        later.c.field_group == FieldGroup.POSITION.value,
        later.c.how.not_in(_BY_PEOPLE),
        later.c.id > said.c.id,
    )
    return exists().where(said.c.station_code == stations.c.code, _of_people(said), said.c.at >= since, ~is_written)


def _of_people(table: object) -> ColumnElement[bool]:
    column = table.c  # type: ignore[attr-defined]  # a table or an alias of it
    result: ColumnElement[bool] = and_(column.field_group == FieldGroup.POSITION.value, column.how.in_(_BY_PEOPLE))
    return result
