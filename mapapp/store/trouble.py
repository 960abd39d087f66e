"""When a database cannot do what it is asked: which of its errors mean "away", "full" or "busy" rather than a mistake.

Whoever reads or writes is told `StoreBusy`, or one of its kinds, and may try again; nothing was changed.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as NoConnectionInTime

from mapapp.store.errors import FilesUnkept, StoreAway, StoreBusy, StoreFull

SQLITE_CANTOPEN: Final = sqlite3.SQLITE_CANTOPEN
_SQLITE: Final = {
    sqlite3.SQLITE_BUSY: StoreBusy,
    sqlite3.SQLITE_LOCKED: StoreBusy,
    sqlite3.SQLITE_FULL: StoreFull,
    sqlite3.SQLITE_CANTOPEN: StoreAway,
    sqlite3.SQLITE_IOERR: StoreAway,
    sqlite3.SQLITE_NOTADB: StoreAway,
    sqlite3.SQLITE_CORRUPT: StoreAway,
    sqlite3.SQLITE_PROTOCOL: StoreAway,
}
_POSTGRESQL: Final = {
    "40001": StoreBusy,  # serialization failure
    "40P01": StoreBusy,  # deadlock
    "55P03": StoreBusy,  # lock not had in time
    "53100": StoreFull,  # disk full
    "53200": StoreAway,  # out of memory
    "53300": StoreAway,  # too many connections
    "57014": StoreBusy,  # a statement took longer than it may
    "57P01": StoreAway,  # ended by an administrator
    "57P02": StoreAway,  # a crash of another session
    "57P03": StoreAway,  # starting, or shutting down
    "57P05": StoreAway,  # idle for too long
    "58030": StoreAway,  # the server cannot read or write its files
}
FULL_DISK: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What a disk says that has no room for a file: none at all, none for this user, none for one so large."""
_CONNECTION_TROUBLE: Final = "08"
_READ_ONLY: Final = "25006"
"""A server that was the primary and is none any more."""


@contextmanager
def telling_trouble(*, is_writing: bool) -> Iterator[None]:
    """Within the block an error of the database that passes with time is told as what it means.

    Raises
    ------
    StoreBusy
        The database is away, full, or busy with others (`StoreAway`, `StoreFull` say which).
    """
    try:
        yield
    except DBAPIError as error:
        kind = _kind_of(error, is_writing=is_writing)
        if kind is None:
            raise
        raise kind from error
    except NoConnectionInTime as error:
        raise StoreBusy from error
    except PendingRollbackError as error:  # the connection was lost, and somebody went on after the first complaint
        raise StoreAway from error


@contextmanager
def telling_file_trouble() -> Iterator[None]:
    """Within the block a file that cannot be written is told as what it means.

    Raises
    ------
    FilesUnkept
        The disk is full or fails, or nobody may write to it.
    """
    try:
        yield
    except OSError as error:
        raise FilesUnkept(is_full=error.errno in FULL_DISK) from error


def _kind_of(error: DBAPIError, *, is_writing: bool) -> type[StoreBusy] | None:
    if isinstance(error.orig, sqlite3.Error):
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_READONLY:
            return StoreAway if is_writing else None
        return _SQLITE.get(code)
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        return StoreAway if error.connection_invalidated or _is_about_connecting(error) else None
    if state == _READ_ONLY:
        return StoreAway if is_writing else None
    return StoreAway if state.startswith(_CONNECTION_TROUBLE) else _POSTGRESQL.get(state)


def _is_about_connecting(error: DBAPIError) -> bool:
    """Psycopg gives no code where no server answered; its own mistakes are of another class."""
    return type(error.orig).__name__ in {"OperationalError", "ConnectionTimeout"}
