"""Reading from a copy of the database that follows it at a distance, where the copy has come far enough.

A replica serves who says how far the data must have come at least, so that nobody ever goes back in time; when it is
away or behind, the primary serves. Whoever must read what they have just written asks the primary itself.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from mapapp.store.data_position import read_position
from mapapp.store.engine import ReadingLimits, pool_counts, reading_connection

AWAY_FOR_S: Final = 5.0
"""A replica that failed is left alone for so long."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReplicaState:
    """How a replica was found the last time; ``revision`` is None where it did not answer."""

    revision: int | None
    is_away: bool


class Replica:
    """One replica as one process knows it."""

    def __init__(
        self, engine: Engine, steady_s: Callable[[], float] = time.monotonic, limits: ReadingLimits | None = None
    ) -> None:
        self._engine = engine
        self._limits = limits
        self._steady_s = steady_s
        self._away_until_s = -1.0
        self.state = ReplicaState(None, is_away=False)

    @contextmanager
    def connection(self, at_least: int) -> Iterator[Connection | None]:
        """A connection whose transaction reads one state of at least that data revision; None if there is none."""
        if self._steady_s() < self._away_until_s:
            yield None
            return
        connection = self._opened(at_least)
        if connection is None:
            yield None
            return
        with connection:
            try:
                yield connection
            except SQLAlchemyError as error:
                self._gone(error)
                raise

    def connection_counts(self) -> tuple[int, int]:
        """How many connections are in use and how many stand ready."""
        return pool_counts(self._engine)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _opened(self, at_least: int) -> Connection | None:
        """An open connection that stands far enough in its transaction."""
        connection: Connection | None = None
        try:
            connection = reading_connection(self._engine, self._limits)
            connection.begin()
            revision = read_position(connection).revision
        except SQLAlchemyError as error:
            if connection is not None:
                connection.close()
            self._gone(error)
            return None
        if self.state.is_away:
            _log.warning("the replica answers again")
        self.state = ReplicaState(revision, is_away=False)
        if revision >= at_least:
            return connection
        connection.close()
        return None

    def _gone(self, error: SQLAlchemyError) -> None:
        self._away_until_s = self._steady_s() + AWAY_FOR_S
        if not self.state.is_away:
            _log.warning("the replica does not answer (%s); the primary is read", type(error).__name__)
        self.state = ReplicaState(None, is_away=True)
