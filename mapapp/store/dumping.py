"""A copy of the whole database as one file, of one moment, while others go on writing.

SQLite copies itself (its online backup, in one step: writers need not wait, and it sees one state of the data).
PostgreSQL is copied by its own program ``pg_dump`` in the custom format: our tables alone, of the very state that
the checksums are worked out from.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError

from mapapp.store.engine import PATIENCE_S, database_file, make_engine, reading_connection
from mapapp.store.errors import StoreUnusable
from mapapp.store.fingerprints import (
    ALEMBIC_TABLE,
    TableFingerprint,
    data_revision_of,
    fingerprints,
    migration_of,
    named_photos,
    table_names,
)
from mapapp.store.postgres_programs import dump_tables, row_counts

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"
_ALL_PAGES: Final = -1


@dataclass(frozen=True, slots=True)
class DatabaseContent:
    """What a database held at the moment it was copied, and of which kind it is."""

    kind: str
    migration: str
    data_revision: int
    tables: Mapping[str, TableFingerprint]
    photos: frozenset[str]
    """The photos it refers to, by their hashes."""


def dump_database(database_url: str, file: Path) -> DatabaseContent:
    """Copy the database into a new file; what that holds.

    Raises
    ------
    StoreUnusable
        There is no database, its tables were never made, it is damaged, or a program it takes is missing.
    """
    engine = make_engine(database_url)
    try:
        source = database_file(engine)
        if source is not None:
            _copy_sqlite(source, file)
            return content_of_sqlite(file)
        with reading_connection(engine) as connection, connection.begin():
            content = _content(connection, POSTGRESQL)
            snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
            dump_tables(engine.url, file, [*content.tables, ALEMBIC_TABLE], snapshot)
            return content
    except DBAPIError as error:
        raise StoreUnusable(
            f"The database could not be copied: {error.orig}", f"数据库无法复制：{error.orig}"
        ) from error
    finally:
        engine.dispose()


def check_dump(file: Path, kind: str) -> Mapping[str, TableFingerprint] | Mapping[str, int]:
    """Read a copy from its first byte to its last; the fingerprints of its tables (SQLite), or their numbers of rows.

    Raises
    ------
    StoreUnusable
        It is damaged, or ``pg_restore`` is missing.
    """
    return content_of_sqlite(file).tables if kind == SQLITE else row_counts(file)


def content_of_sqlite(file: Path) -> DatabaseContent:
    """What a copy holds, found sound by SQLite itself; the file is not changed.

    Raises
    ------
    StoreUnusable
        It is no database of ours, or damaged.
    """
    try:
        with _read_alone(file) as connection:
            problems = [*connection.exec_driver_sql("PRAGMA integrity_check").scalars()]
            if problems != ["ok"]:
                raise StoreUnusable(
                    f"The database is damaged: {'; '.join(problems[:3])}", f"数据库已损坏：{'; '.join(problems[:3])}"
                )
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise StoreUnusable(
                    "The database is damaged: rows refer to rows that are not there.",
                    "数据库已损坏：有记录指向不存在的记录。",
                )
            return _content(connection, SQLITE)
    except DBAPIError as error:
        raise StoreUnusable(f"The database is damaged: {error.orig}", f"数据库已损坏：{error.orig}") from error


def _content(connection: Connection, kind: str) -> DatabaseContent:
    migration = migration_of(connection)
    if migration is None:
        raise StoreUnusable(
            "The database has no tables yet: there is nothing to back up.", "数据库中尚未建表，没有可备份的内容。"
        )
    if table_names(connection) == []:
        raise StoreUnusable("The database holds no table of ours.", "数据库中没有本程序的表。")
    return DatabaseContent(
        kind, migration, data_revision_of(connection), fingerprints(connection), named_photos(connection)
    )


def _copy_sqlite(source: Path, file: Path) -> None:
    if not source.is_file():
        raise StoreUnusable(f"There is no database {source}.", f"没有数据库 {source}。")
    try:
        with closing(sqlite3.connect(source, timeout=PATIENCE_S)) as database, closing(sqlite3.connect(file)) as copy:
            database.backup(copy, pages=_ALL_PAGES)
    except sqlite3.Error as error:
        raise StoreUnusable(f"The database could not be copied: {error}", f"数据库无法复制：{error}") from error


@contextmanager
def _read_alone(file: Path) -> Iterator[Connection]:
    """A transaction on a file that nobody else has open, which leaves nothing beside it."""
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True),
        hide_parameters=True,
    )
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
