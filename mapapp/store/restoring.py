"""A copy of the database put in the place of one: whole, or not at all."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from mapapp.store.dumping import POSTGRESQL, SQLITE, DatabaseContent
from mapapp.store.engine import OUR_NAME, database_file, make_engine, reading_connection
from mapapp.store.errors import StoreUnusable
from mapapp.store.fingerprints import ALEMBIC_TABLE, migration_of, tables_with_data
from mapapp.store.fresh_numbers import Restoration, unmarked_fingerprints
from mapapp.store.migrations.preconditions import bring_extension, require_utf8
from mapapp.store.postgres_programs import restore_tables
from mapapp.store.revision_bell import LISTEN
from mapapp.store.schema import metadata

_BESIDE: Final = ("-wal", "-shm")
_OTHERS: Final = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND ("
    "application_name IN (:our_name, current_setting('application_name')) OR query = :listen)"
)
"""Connections under our name, under the one that the URL sets, and a service's that listens, whatever its name is."""


def sqlite_file(database_url: str) -> Path | None:
    """The file of a SQLite database, whether or not it is there; None for a PostgreSQL one."""
    engine = make_engine(database_url)
    engine.dispose()
    file = database_file(engine)
    return None if file is None else file.resolve()  # what a link leads to is replaced, not the link


def kind_of(database_url: str) -> str:
    """``sqlite`` or ``postgresql``."""
    return POSTGRESQL if sqlite_file(database_url) is None else SQLITE


def held_tables(database_url: str) -> Sequence[str]:
    """The tables of a database that hold data; none if there is no database, its file's name if it is unreadable."""
    engine = make_engine(database_url)
    file = database_file(engine)
    try:
        if file is not None and (not file.exists() or file.stat().st_size == 0):
            return []
        with reading_connection(engine) as connection, connection.begin():
            return tables_with_data(connection)
    except DBAPIError as error:
        if file is not None:
            return [file.name]
        raise StoreUnusable(f"The database cannot be reached: {error.orig}", f"无法连接数据库：{error.orig}") from error
    finally:
        engine.dispose()


def standing_migration(database_url: str) -> str | None:
    """The migration a database stands at; None where there is none, or no database that can be read."""
    engine = make_engine(database_url)
    file = database_file(engine)
    try:
        if file is not None and (not file.exists() or file.stat().st_size == 0):
            return None
        with reading_connection(engine) as connection, connection.begin():
            return migration_of(connection)
    except DBAPIError as error:
        if file is not None:
            return None
        raise StoreUnusable(f"The database cannot be reached: {error.orig}", f"无法连接数据库：{error.orig}") from error
    finally:
        engine.dispose()


def restore_database(
    database_url: str, copy: Path, content: DatabaseContent, restoration: Restoration, *, aside: str, work: Path
) -> Path | None:
    """Put a checked copy in the place of the database; where a SQLite file that was there is now.

    Parameters
    ----------
    copy
        Of the database's own kind; a SQLite file in the database's own folder, which is moved, and already marked with
        the restoration's numbers.
    aside
        What is added to the name of a SQLite file that makes room.
    work
        A folder for what is written on the way.

    Raises
    ------
    StoreUnusable
        Somebody else has the database open, it cannot be written, or a program is missing. It is as it was.
    """
    file = sqlite_file(database_url)
    if file is not None:
        return _put_file(file, copy, aside)
    _put_tables(database_url, copy, content, restoration, work)
    return None


def _put_file(file: Path, copy: Path, aside: str) -> Path | None:
    kept: Path | None = None
    if file.exists():
        _require_alone(file)
        kept = file.with_name(file.name + aside)
        for ending in _BESIDE:  # of a file so damaged that SQLite could not fold them in
            beside = file.with_name(file.name + ending)
            if beside.exists():
                beside.replace(kept.with_name(kept.name + ending))
        _give_owner(copy, file)
        os.link(file, kept)
    copy.replace(file)
    _keep_names(file.parent)
    return kept


def _give_owner(copy: Path, file: Path) -> None:
    """Whoever may use the old file may use the new one, whoever restores it."""
    old = file.stat()
    if os.geteuid() == 0:
        os.chown(copy, old.st_uid, old.st_gid)
    copy.chmod(stat.S_IMODE(old.st_mode))


def _require_alone(file: Path) -> None:
    """Fold the journal into the file, which SQLite does for nobody who is not alone with it."""
    try:
        with closing(sqlite3.connect(file, timeout=1)) as database:
            (mode,) = database.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return
        mode = "busy"
    except sqlite3.DatabaseError:
        return  # it is no database any more: there is nothing to fold
    if mode != "delete":
        raise StoreUnusable(
            "Some program has the database open. Stop the service and its worker, and try again.",
            "数据库正被其他程序使用。请停止服务和后台任务进程后重试。",
        )


def _put_tables(database_url: str, copy: Path, content: DatabaseContent, restoration: Restoration, work: Path) -> None:
    engine = make_engine(database_url)
    try:
        with engine.connect() as connection, connection.begin():
            if connection.execute(text(_OTHERS), {"our_name": OUR_NAME, "listen": LISTEN}).scalar_one():
                raise StoreUnusable(
                    "The service is connected to the database. Stop it and its worker, and try again.",
                    "服务仍连接着数据库。请停止服务和后台任务进程后重试。",
                )
            require_utf8(connection)
            bring_extension(connection, "postgis")
            present = set(inspect(connection).get_table_names())
        ours = sorted(present & {*metadata.tables, *content.tables, ALEMBIC_TABLE})
        counts = {name: table.row_count for name, table in content.tables.items()}
        restore_tables(engine.url, copy, instead_of=ours, counts=counts, then=restoration.script, work=work)
        with reading_connection(engine) as connection, connection.begin():
            restored = unmarked_fingerprints(connection)
        differing = [name for name in restored if name in content.tables and restored[name] != content.tables[name]]
        if differing:
            raise StoreUnusable(
                f"The database was restored, but is not what was backed up, in {', '.join(differing)}: do not use it.",
                f"数据库已恢复，但与备份时不一致（{', '.join(differing)}）：请勿使用。",
            )
    except DBAPIError as error:
        raise StoreUnusable(
            f"The database could not be restored; nothing was changed: {error.orig}",
            f"数据库恢复失败，未作任何改动：{error.orig}",
        ) from error
    finally:
        engine.dispose()


def _keep_names(folder: Path) -> None:
    """See that the new names of files outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
