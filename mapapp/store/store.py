"""The store: one per process, made from the database's URL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from mapapp.store.data_position import read_position
from mapapp.store.engine import (
    LOOK_LIMITS,
    PATIENCE_S,
    PoolLimits,
    ReadingLimits,
    begin_writing,
    database_file,
    make_engine,
    make_looking_engine,
    pool_counts,
    reading_connection,
    shown_url,
    writing_connection,
)
from mapapp.store.errors import StoreUnusable
from mapapp.store.migrations import HEAD
from mapapp.store.reader import Reader
from mapapp.store.replica import Replica, ReplicaState
from mapapp.store.revision_bell import RevisionBell
from mapapp.store.revisions import Origin
from mapapp.store.slow_statements import OnSlow, watch_statements
from mapapp.store.standing_rows import read_schema_revision
from mapapp.store.trouble import telling_trouble
from mapapp.store.writer import Writer


def _now() -> datetime:
    return datetime.now(UTC)


class Store:
    """Transactions on one database.

    Parameters
    ----------
    database_url
        A SQLAlchemy URL; a SQLite database must be a file.
    clock
        Where revisions take their time from.
    reading_limits
        How long readers wait in PostgreSQL; by default as long as the server lets them.
    """

    def __init__(
        self,
        database_url: str,
        *,
        clock: Callable[[], datetime] = _now,
        pool: PoolLimits = PoolLimits(),  # noqa: B008 - frozen
        replica_url: str = "",
        reading_limits: ReadingLimits | None = None,
    ) -> None:
        self._engine = make_engine(database_url, pool)
        self._looking_engine = make_looking_engine(database_url)
        self._reading_limits = reading_limits
        self._replica: Replica | None = None
        if replica_url:
            copy = make_engine(replica_url, pool, variable="MAPAPP_DATABASE_REPLICA_URL")
            self._replica = Replica(copy, limits=reading_limits)
        self._clock = clock

    @property
    def _engines(self) -> tuple[Engine, ...]:
        return (self._engine,) if self._looking_engine is None else (self._engine, self._looking_engine)

    @property
    def shown_url(self) -> str:
        """The database's URL without its password."""
        return shown_url(self._engine)

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """One transaction that sees one state of the data, with all that was written before.

        Raises
        ------
        StoreAway
            The database does not answer.
        """
        with (
            telling_trouble(is_writing=False),
            reading_connection(self._engine, self._reading_limits) as connection,
            connection.begin(),
        ):
            yield Reader(connection)

    @contextmanager
    def looking(self) -> Iterator[Reader]:
        """The same for a look at how things stand: it gives up within seconds, and has a connection of its own.

        Raises
        ------
        StoreAway, StoreBusy
            The database does not answer, or not within that time.
        """
        with (
            telling_trouble(is_writing=False),
            reading_connection(self._looking_engine or self._engine, LOOK_LIMITS) as connection,
            connection.begin(),
        ):
            yield Reader(connection)

    @contextmanager
    def public_reading(self, *, at_least: int) -> Iterator[Reader]:
        """The same for what the public may read: from the replica if it has come as far as that data revision."""
        if self._replica is not None:
            with telling_trouble(is_writing=False), self._replica.connection(at_least) as copy:
                if copy is not None:
                    yield Reader(copy)
                    return
        with self.reading() as reader:
            yield reader

    @property
    def replica_state(self) -> ReplicaState | None:
        """How the replica was found the last time; None where there is none."""
        return self._replica.state if self._replica is not None else None

    def replica_revision(self) -> int | None:
        """The replica's data revision; None where there is no replica or it does not answer."""
        if self._replica is None:
            return None
        with self._replica.connection(at_least=0) as copy:
            return read_position(copy).revision if copy is not None else None

    def bell(self) -> RevisionBell:
        """What wakes a thread when the data revision grows, as far as the database can."""
        return RevisionBell(self._engine)

    @contextmanager
    def writing(self, origin: str, *, at: datetime | None = None, patience_s: float = PATIENCE_S) -> Iterator[Writer]:
        """One transaction that may write: all of it is kept when the block ends well, else nothing.

        ``origin`` (an `Origin`) is where the writes come from; ``at`` is their time, by default now.
        ``patience_s`` is how long to wait for another writer to finish.

        Raises
        ------
        StoreBusy
            Another writer did not finish in that time.
        StoreAway, StoreFull
            The database does not answer, or has no room left.
        """
        with (
            telling_trouble(is_writing=True),
            writing_connection(self._engine, patience_s) as connection,
            begin_writing(connection),
        ):
            yield Writer(connection, Origin(origin), at or self._clock())

    def data_revision(self) -> int:
        """The data revision: cheap enough to be asked several times a second."""
        with self.reading() as reader:
            return reader.data_revision()

    def schema_revision(self) -> str | None:
        """The migration the database stands at, or None before the first.

        Raises
        ------
        StoreUnusable
            The file is no database, or the server does not answer.
        """
        file = database_file(self._engine)
        if file is not None and not file.exists():
            return None
        try:
            with reading_connection(self._engine) as connection, connection.begin():
                return read_schema_revision(connection)
        except DBAPIError as error:
            raise StoreUnusable(
                f"The database {self.shown_url} cannot be read: {error.orig}",
                f"数据库 {self.shown_url} 无法读取:{error.orig}",
            ) from error

    def is_migrated(self) -> bool:
        """Whether the database has exactly the tables this program knows."""
        return self.schema_revision() == HEAD

    def require_migrated(self) -> None:
        """Raise StoreUnusable, with what to do, unless the database is migrated."""
        revision = self.schema_revision()
        if revision != HEAD:
            raise StoreUnusable(
                f"The database stands at {revision or 'nothing'} and this program needs {HEAD}. "
                "Run: python -m mapapp db upgrade",
                f"数据库的版本是 {revision or '无'},本程序需要 {HEAD}。请运行:python -m mapapp db upgrade",
            )

    def migrate(self) -> bool:
        """Bring the tables to this program's state; a SQLite file is made if there is none.

        Safe to call from several processes at once: one does the work, the others wait and find it
        done. Returns whether there was anything to do.

        Raises
        ------
        StoreUnusable
            The database cannot be reached or written, lacks what the tables need, or is newer.
        """
        if self.is_migrated():
            return False
        file = database_file(self._engine)
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()  # nothing is a database too: the one with no tables
        # Alembic takes 0.3 s to import: only when there is something to do.
        from mapapp.store.migrations.upgrade import upgrade_to_head

        try:
            with writing_connection(self._engine) as connection, connection.begin():
                upgrade_to_head(connection)
        except DBAPIError as error:
            raise StoreUnusable(
                f"The tables of {self.shown_url} cannot be made: {error.orig}",
                f"无法在 {self.shown_url} 中建表:{error.orig}",
            ) from error
        return True

    def watch_statements(self, slower_than_s: float, on_slow: OnSlow) -> None:
        """Tell of every statement that takes longer, without its values."""
        for engine in self._engines:
            watch_statements(engine, slower_than_s, on_slow)

    def connection_counts(self) -> tuple[int, int]:
        """How many connections are in use and how many stand ready in this process."""
        counts = [pool_counts(engine) for engine in self._engines]
        if self._replica is not None:
            counts.append(self._replica.connection_counts())
        return sum(in_use for in_use, _ready in counts), sum(ready for _in_use, ready in counts)

    def close(self) -> None:
        """Give the connections back."""
        for engine in self._engines:
            engine.dispose()
        if self._replica is not None:
            self._replica.close()
