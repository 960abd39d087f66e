"""The store: one per process, made from the database's URL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from mapapp.store.engine import (
    PATIENCE_S,
    begin_writing,
    database_file,
    make_engine,
    reading_connection,
    shown_url,
    writing_connection,
)
from mapapp.store.errors import StoreUnusable
from mapapp.store.migrations import HEAD
from mapapp.store.reader import Reader
from mapapp.store.revisions import Origin
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
    """

    def __init__(self, database_url: str, *, clock: Callable[[], datetime] = _now) -> None:
        self._engine = make_engine(database_url)
        self._clock = clock

    @property
    def shown_url(self) -> str:
        """The database's URL without its password."""
        return shown_url(self._engine)

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """One transaction that sees one state of the data."""
        with reading_connection(self._engine) as connection, connection.begin():
            yield Reader(connection)

    @contextmanager
    def writing(self, origin: str, *, at: datetime | None = None, patience_s: float = PATIENCE_S) -> Iterator[Writer]:
        """One transaction that may write: all of it is kept when the block ends well, else nothing.

        ``origin`` (an `Origin`) is where the writes come from; ``at`` is their time, by default now.
        ``patience_s`` is how long to wait for another writer to finish.

        Raises
        ------
        StoreBusy
            Another writer did not finish in that time.
        """
        with writing_connection(self._engine, patience_s) as connection, begin_writing(connection):
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
                if not inspect(connection).has_table("alembic_version"):
                    return None
                return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
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

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()
