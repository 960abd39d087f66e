"""What tables hold, in one number each: equal where the rows are equal, in either kind of database.

A row becomes one line of canonical text; the sum of the lines' SHA-256 modulo 2^256 is the table's checksum. A sum
knows no order, so no database has to sort, and nothing but one row is held in memory. It finds what was lost,
doubled or changed by accident; against somebody who means to deceive only an encrypted backup helps.

The tables are asked of the database itself, so that one of an earlier migration can be compared too. What the
database makes by itself (the geometry in PostgreSQL), PostGIS's own tables and other programs' are not looked at.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import ColumnClause, ColumnElement, Connection, column, inspect, literal, select, text
from sqlalchemy import table as table_of

from mapapp.store.schema import metadata

ALEMBIC_TABLE: Final = "alembic_version"
_NOT_OURS: Final = frozenset({ALEMBIC_TABLE, "spatial_ref_sys"})
_MADE_WITH_THE_TABLES: Final = "data_revision"
"""The one table that is never empty; it holds nothing as long as its number is 0."""
_ROWS_AT_ONCE: Final = 200
_SPACE: Final = 1 << 256
_WRITTEN_COLUMNS: Final = """
    SELECT column_name FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name = :table AND is_generated = 'NEVER' ORDER BY column_name
"""


@dataclass(frozen=True, slots=True)
class TableFingerprint:
    """How many rows a table has, and a number that differs if any of them does; 64 hex digits."""

    row_count: int
    checksum: str


def fingerprints(connection: Connection) -> dict[str, TableFingerprint]:
    """The fingerprint of every table, by name."""
    return {name: fingerprint(connection, name) for name in table_names(connection)}


def fingerprint(connection: Connection, name: str, *, only: ColumnElement[bool] | None = None) -> TableFingerprint:
    """The fingerprint of a table, or of some of its rows; it may have other columns than this program knows."""
    columns = _columns(connection, name)
    query = select(*columns).select_from(table_of(name))
    if only is not None:
        query = query.where(only)
    row_count = total = 0
    with connection.execute(query, execution_options={"yield_per": _ROWS_AT_ONCE}) as rows:
        for row in rows:
            line = canonical_text([[each.name, value] for each, value in zip(columns, row, strict=True)])
            total += int.from_bytes(hashlib.sha256(line.encode()).digest())
            row_count += 1
    return TableFingerprint(row_count, f"{total % _SPACE:064x}")


def table_names(connection: Connection) -> list[str]:
    """The tables of the database that hold data of ours, in alphabetical order.

    No migration has ever taken a table away, so those of the present one are all there have been.
    """
    return sorted(set(inspect(connection).get_table_names()) & set(metadata.tables))


def other_tables(connection: Connection) -> list[str]:
    """The tables of other programs in the same database, in alphabetical order."""
    return sorted(set(inspect(connection).get_table_names()) - set(metadata.tables) - _NOT_OURS)


def tables_with_data(connection: Connection) -> list[str]:
    """The tables that hold more than what the migrations put there."""
    return [name for name in table_names(connection) if _holds_data(connection, name)]


def migration_of(connection: Connection) -> str | None:
    """The migration the database stands at, or None before the first."""
    if not inspect(connection).has_table(ALEMBIC_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {ALEMBIC_TABLE}")).scalar_one_or_none()  # noqa: S608


def data_revision_of(connection: Connection) -> int:
    """The data revision, in any migration's tables."""
    return int(connection.execute(text("SELECT number FROM data_revision")).scalar_one())


def named_photos(connection: Connection) -> frozenset[str]:
    """The photos that stations and reports refer to, in any migration's tables."""
    named: set[str] = set()
    for name in ("stations", "reports"):
        if name in table_names(connection) and "photo" in {each.name for each in _columns(connection, name)}:
            photo: ColumnClause[str] = column("photo")
            named.update(
                connection.execute(select(photo).select_from(table_of(name)).where(photo.is_not(None))).scalars()
            )
    return frozenset(named)


def canonical_text(value: Any) -> str:
    """One text for equal values, whichever database they come from.

    JSONB keeps numbers, not how they were written: 1e16 comes back as a whole number, and -0.0 without its sign.
    """
    words = _encoded(value)
    return _encoded(_with_plain_numbers(value)) if "e+" in words or "-0.0" in words else words


def _encoded(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_in_words)


def _in_words(value: object) -> str:
    if isinstance(value, datetime):
        return (value if value.tzinfo is None else value.astimezone(UTC)).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return f"sha256:{hashlib.sha256(value).hexdigest()}"
    raise TypeError(f"A {type(value).__name__} has no canonical text.")


def _with_plain_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_plain_numbers(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_plain_numbers(each) for each in value]
    if isinstance(value, float) and "e+" in repr(value):
        return int(Decimal(repr(value)))
    return 0.0 if isinstance(value, float) and value == 0 else value


def _holds_data(connection: Connection, name: str) -> bool:
    if name == _MADE_WITH_THE_TABLES:
        return data_revision_of(connection) != 0
    return connection.execute(select(literal(1)).select_from(table_of(name)).limit(1)).first() is not None


def _columns(connection: Connection, name: str) -> list[ColumnClause[Any]]:
    """The columns that are written, in alphabetical order, with their types where this program knows them."""
    known = {each.name: each.type for each in metadata.tables[name].columns} if name in metadata.tables else {}
    return [column(each, known.get(each)) for each in _column_names(connection, name)]


def _column_names(connection: Connection, name: str) -> Iterator[str]:
    if connection.dialect.name == "postgresql":
        return iter(connection.execute(text(_WRITTEN_COLUMNS), {"table": name}).scalars().all())
    return iter(sorted(each["name"] for each in inspect(connection).get_columns(name)))
