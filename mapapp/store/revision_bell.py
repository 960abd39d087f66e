"""Being told of a new data revision the moment it is there, where the database can tell: PostgreSQL's LISTEN.

A bell wakes its owner; it is no proof of anything. Whoever is woken looks at the data revision, and looks now and then
without being woken: a bell that has lost its connection, or hangs on SQLite, only counts the time.
"""

from __future__ import annotations

import logging
import selectors
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from sqlalchemy import Engine

CHANNEL: Final = "stationmap_data_revision"
LISTEN: Final = f"LISTEN {CHANNEL}"
_TRY_AGAIN_S: Final = 5.0
_log = logging.getLogger(__name__)


class RevisionBell:
    """Wakes one thread. ``ring`` may be called by any."""

    def __init__(self, engine: Engine, steady_s: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine if engine.dialect.name == "postgresql" else None
        self._steady_s = steady_s
        self._here, self._there = socket.socketpair()
        for end in (self._here, self._there):
            end.setblocking(False)
        self._connection: Any = None
        self._try_at_s = -1.0

    @property
    def listens(self) -> bool:
        """Whether the database tells this bell of new revisions at the moment."""
        return self._connection is not None

    def wait(self, seconds: float) -> bool:
        """Return when something may be new, on `ring`, or after that time; whether the database said it."""
        if self._began_to_listen():
            return True  # what was said before nobody has heard
        with selectors.DefaultSelector() as selector:
            selector.register(self._here, selectors.EVENT_READ)
            if self._connection is not None:
                selector.register(self._connection.fileno(), selectors.EVENT_READ)
            selector.select(seconds)
        with suppress(BlockingIOError):
            self._here.recv(4096)
        return self._heard()

    def ring(self) -> None:
        """Wake whoever waits, now or the next time."""
        with suppress(BlockingIOError, OSError):
            self._there.send(b".")

    def close(self) -> None:
        """Let go of everything; ringing it then does nothing."""
        self._forget_connection()
        self._here.close()
        self._there.close()

    def _forget_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):
                connection.close()

    def _began_to_listen(self) -> bool:
        if self._engine is None or self._connection is not None or self._steady_s() < self._try_at_s:
            return False
        self._try_at_s = self._steady_s() + _TRY_AGAIN_S
        try:
            pooled = self._engine.raw_connection()
            connection: Any = pooled.driver_connection
            pooled.detach()  # it is not the pool's any more
            connection.autocommit = True
            connection.execute(LISTEN)
        except Exception as error:  # whatever a server can do, the looks now and then go on
            _log.debug("no bell: %s", error)
            return False
        self._connection = connection
        return True

    def _heard(self) -> bool:
        if self._connection is None:
            return False
        try:
            heard = False
            self._connection.pgconn.consume_input()
            while self._connection.pgconn.notifies() is not None:
                heard = True
        except Exception as error:  # the connection is lost; a new one is made after a while
            _log.debug("the bell fell silent: %s", error)
            self._forget_connection()
            heard = True
        return heard
