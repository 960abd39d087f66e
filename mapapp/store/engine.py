"""The database engine: the one place that knows which database it talks to.

In both databases a reading transaction sees one state of the data, and writing transactions queue at
their beginning, for ``_BUSY_TIMEOUT_MS``, so that none is refused at its end for what others wrote.

SQLite runs in WAL mode with foreign keys on and ``synchronous=FULL``; a writing transaction begins
with ``BEGIN IMMEDIATE``. PostgreSQL reads at REPEATABLE READ, READ ONLY; a writing transaction begins
with an advisory lock and holds it to its end. Its holder alone writes, so it too sees one state.
"""

from __future__ import annotations

import os
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Dialect, Engine, RootTransaction, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from mapapp.store.column_types import to_json
from mapapp.store.errors import StoreBusy, StoreUnusable

URL_VARIABLE: Final = "MAPAPP_DATABASE_URL"
PATIENCE_S: Final = 15.0
"""How long a writing transaction waits for the one before it."""
_WAL_RETRY_S: Final = 0.05
_WRITES: Final = "stationmap_writes"
_READS: Final = "stationmap_reads"
_FILE: Final = "stationmap_file"
_FILE_IDENTITY: Final = "stationmap_file_identity"
_LOCK_NOT_AVAILABLE: Final = "55P03"
"""PostgreSQL's code for a lock that was not had in time."""
_WRITERS_QUEUE: Final = int.from_bytes(b"stations")
"""The advisory lock's number; PostgreSQL keeps the locks of each database apart."""

OUR_NAME: Final = "stationmap"
"""What the server calls our connections where the URL does not name them."""
_PATIENCE: Final = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
    "application_name": OUR_NAME,
}
"""libpq's parameters where the URL sets none: a server that vanished is given up within a minute."""


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """How many connections to a PostgreSQL server one process keeps, and for how long."""

    size: int = 5
    """Kept open."""
    overflow: int = 10
    """More than these at most, for as long as they are needed."""
    timeout_s: float = 15.0
    """How long somebody waits for one to become free."""
    recycle_s: float = 1800.0
    """One that is older is opened anew: routers forget quiet connections."""


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """How long a reading transaction waits in PostgreSQL; SQLite's readers wait for nobody."""

    lock_s: float
    """For a lock, such as that of somebody who changes the table."""
    statement_s: float
    """For each statement."""


LOOK_GIVEN_UP_S: Final = 3
"""So long whoever only asks how things stand waits for a connection, for an old one that is dead, for a statement."""
LOOK_LIMITS: Final = ReadingLimits(lock_s=2.0, statement_s=float(LOOK_GIVEN_UP_S))
_LOOK_PATIENCE: Final = {"connect_timeout": str(LOOK_GIVEN_UP_S), "tcp_user_timeout": str(LOOK_GIVEN_UP_S * 1000)}
"""Its parameters of libpq, whatever the URL says."""


def make_looking_engine(database_url: str) -> Engine | None:
    """An engine that keeps one connection for looks, given up within seconds; None for SQLite, which needs none."""
    url = make_url(database_url)
    if url.get_backend_name() != "postgresql":
        return None
    url = url.update_query_dict(_LOOK_PATIENCE)
    return _postgresql_engine(url, PoolLimits(size=1, overflow=0, timeout_s=LOOK_LIMITS.statement_s))


def make_engine(database_url: str, pool: PoolLimits = PoolLimits(), *, variable: str = URL_VARIABLE) -> Engine:
    """An engine for the URL; nothing is opened yet. ``variable`` is what complaints call it.

    Raises
    ------
    StoreUnusable
        The URL is none, names another kind of database, or one in memory, which threads and
        processes could not share; or its driver is not installed.
    """
    try:
        url = make_url(database_url)
        kind = url.get_backend_name()
        if kind == "postgresql":
            return _postgresql_engine(url, pool)
        if kind == "sqlite":
            return _sqlite_engine(url)
    except (ArgumentError, ImportError, ValueError) as error:
        raise StoreUnusable(f"{variable} cannot be used: {error}", f"{variable} 无法使用:{error}") from error
    raise StoreUnusable(
        f"{variable} must begin with sqlite:/// or postgresql+psycopg://, not with {kind}:",
        f"{variable} 必须以 sqlite:/// 或 postgresql+psycopg:// 开头,而不是 {kind}:",
    )


def shown_address(database_url: str, *, variable: str = URL_VARIABLE) -> str:
    """A database's URL with its password hidden; raises StoreUnusable where `make_engine` would."""
    return shown_url(make_engine(database_url, variable=variable))


def shown_url(engine: Engine) -> str:
    """The engine's URL with its password hidden, wherever in the URL it stands."""
    url = engine.url
    secrets = {name: "***" for name in url.query if "password" in name.lower()}
    return url.update_query_dict(secrets).render_as_string(hide_password=True).replace("%2A%2A%2A", "***")


def database_file(engine: Engine) -> Path | None:
    """The SQLite file behind the engine, or None for a database server."""
    if engine.dialect.name != "sqlite":
        return None
    return Path(engine.url.database or "")


def pool_counts(engine: Engine) -> tuple[int, int]:
    """How many of the engine's connections are in use and how many stand ready."""
    pool = engine.pool
    return (pool.checkedout(), pool.checkedin()) if isinstance(pool, QueuePool) else (0, 0)


def reading_connection(engine: Engine, limits: ReadingLimits | None = None) -> Connection:
    """A connection whose transaction sees one state of the database from its first read on.

    Without ``limits`` it waits for what it reads as long as the server lets it: jobs and backups may.
    """
    if engine.dialect.name == "sqlite":
        return engine.connect()
    options = {_READS: limits} if limits is not None else {}
    return engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True, **options)


def writing_connection(engine: Engine, patience_s: float = PATIENCE_S) -> Connection:
    """A connection whose transaction may write; it begins when no other writing one is under way."""
    return engine.connect().execution_options(**{_WRITES: patience_s})


def begin_writing(connection: Connection) -> RootTransaction:
    """Begin the transaction of a `writing_connection`.

    Raises
    ------
    StoreBusy
        Another one was under way for all its patience.
    """
    try:
        return connection.begin()
    except OperationalError as error:
        if _is_busy(error):
            raise StoreBusy from error
        raise


def _is_busy(error: OperationalError) -> bool:
    if isinstance(error.orig, sqlite3.OperationalError):
        return error.orig.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
    return getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE


def _sqlite_engine(url: URL) -> Engine:
    if url.database in {None, "", ":memory:"}:
        raise StoreUnusable(
            "MAPAPP_DATABASE_URL must name a file: threads and processes share the database.",
            "MAPAPP_DATABASE_URL 必须指向一个文件:数据库由多个线程和进程共用。",
        )
    timeout = {"timeout": PATIENCE_S}
    engine = create_engine(url, json_serializer=to_json, hide_parameters=True, connect_args=timeout)
    event.listen(engine, "do_connect", _refuse_to_make_a_file)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "checkout", _refuse_another_file)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgresql_engine(url: URL, pool: PoolLimits) -> Engine:
    engine = create_engine(
        url,
        json_serializer=to_json,
        hide_parameters=True,  # a station's internal contact must not reach a log by way of an error
        pool_size=pool.size,
        max_overflow=pool.overflow,
        pool_timeout=pool.timeout_s,
        pool_recycle=int(pool.recycle_s),
        pool_pre_ping=True,  # connections from before a restart of the server are replaced unnoticed
        # Without it the driver hands out bytes where the server's encoding is none (SQL_ASCII).
        connect_args={"client_encoding": "utf8"}
        | {name: value for name, value in _PATIENCE.items() if name not in url.query},
    )
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def _refuse_to_make_a_file(_dialect: Dialect, _record: object, words: list[Any], _named: dict[str, Any]) -> None:
    """A database that was moved away is missing; SQLite itself would put an empty one in its place."""
    if not Path(words[0]).exists():
        missing = sqlite3.OperationalError("unable to open database file")
        missing.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
        raise missing


def _refuse_another_file(_connection: sqlite3.Connection, record: ConnectionPoolEntry, _proxy: object) -> None:
    """A kept connection holds on to the file it was opened on, even if another has taken its place."""
    if _identity(record.info[_FILE]) != record.info[_FILE_IDENTITY]:
        raise DisconnectionError("The database file is another one by now.")


def _identity(file: str) -> tuple[int, int] | None:
    try:
        state = os.stat(file)  # noqa: PTH116 - on every use of a connection
    except OSError:
        return None
    return state.st_dev, state.st_ino


def _set_up_sqlite(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
    record.info[_FILE] = connection.execute("PRAGMA database_list").fetchone()[2]
    record.info[_FILE_IDENTITY] = _identity(record.info[_FILE])
    connection.isolation_level = None  # we begin transactions ourselves, see _begin_sqlite
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        _switch_to_wal(connection)


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Turn WAL on; SQLite does not wait by itself while another process does the same."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_WAL_RETRY_S)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    patience_s = _patience_s(connection)
    if patience_s is None:
        connection.exec_driver_sql("BEGIN")
        return
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {patience_s * 1000:.0f}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    """Take the writers' lock, or bound what a reader waits; the driver has begun the transaction itself."""
    limits: ReadingLimits | None = dict(connection.get_execution_options()).get(_READS)
    if limits is not None:
        connection.exec_driver_sql(
            f"SET LOCAL lock_timeout = {limits.lock_s * 1000:.0f};"
            f" SET LOCAL statement_timeout = {limits.statement_s * 1000:.0f}"
        )
    patience_s = _patience_s(connection)
    if patience_s is not None:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {patience_s * 1000:.0f}")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS_QUEUE})")


def _patience_s(connection: Connection) -> float | None:
    """How long a writing transaction may wait to begin; None for a reading one."""
    patience_s: float | None = dict(connection.get_execution_options()).get(_WRITES)
    return patience_s
