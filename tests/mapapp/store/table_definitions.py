"""What tables a database really has, in its own words, so that two ways to make them can be compared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, create_engine, text

_SQLITE: Final = "SELECT name, sql FROM sqlite_master WHERE sql NOT NULL"

_POSTGRESQL: Final = """
    SELECT table_name AS of_table, concat_ws(' ', column_name, data_type, character_maximum_length,
           datetime_precision, is_nullable, column_default) AS words
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL
    SELECT relname, concat_ws(' ', conname, pg_get_constraintdef(pg_constraint.oid))
    FROM pg_constraint JOIN pg_class ON conrelid = pg_class.oid WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'
"""

NOT_OURS: Final = frozenset({"alembic_version", "spatial_ref_sys", "geometry_columns", "geography_columns"})
"""Alembic's and PostGIS's own."""


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A transaction on the database, by none of our own code."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def table_definitions(connection: Connection) -> set[str]:
    """Every column, constraint and index in words, white space and order aside."""
    if connection.dialect.name == "sqlite":
        return {
            "|".join(sorted(_parts_of_statement(sql)))
            for name, sql in connection.execute(text(_SQLITE))
            if name not in NOT_OURS
        }
    return {f"{table}: {words}" for table, words in connection.execute(text(_POSTGRESQL)) if table not in NOT_OURS}


def _parts_of_statement(sql: str) -> list[str]:
    """What a CREATE statement says, part by part: a column that was added later stands at the end of its line."""
    head, _, body = " ".join(sql.split()).partition("(")
    parts, depth, part = [head.strip()], 0, ""
    for character in body.rstrip().removesuffix(")"):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append(part.strip())
            part = ""
        else:
            part += character
    return [*parts, part.strip()]
