"""How the database stands, as /readyz and /metrics tell it: one look at a time, whoever asks.

A database that hangs would otherwise keep a thread for everybody who asks, and anybody may ask for /readyz.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final

from mapapp.store import Store
from mapapp.store.migrations import HEAD
from mapapp.store.standing_rows import JobsStanding

FRESH_S: Final = 5.0
"""So long the last finding is told to those who ask while somebody looks again."""
PROMPT_S: Final = 1.0
"""A look that has not taken longer yet says nothing against the database: the last finding holds, however old."""
UNREACHABLE: Final = "database_unreachable"
NOT_MIGRATED: Final = "not_migrated"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Work:
    """What there is to do: jobs, and how many reports are open."""

    jobs: JobsStanding
    open_reports_count: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What the database itself says; ``problem`` is empty where it can be read and is of this program's version."""

    problem: str
    data_revision: int | None = None
    schema_revision: str | None = None
    worker_seen_at: datetime | None = None
    work: Work | None = None


AWAY: Final = Finding(UNREACHABLE)


class DatabaseLooks:
    """The looks of one process.

    Parameters
    ----------
    steady_s
        Seconds of a clock that nobody sets.
    """

    def __init__(self, store: Store, steady_s: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._steady_s = steady_s
        self._looking = Lock()
        self._begun_s: float | None = None
        self._kept: tuple[Finding, float] | None = None

    def finding(self, now: datetime) -> Finding:
        """How the database stands: found now, or told at once while another thread is finding it."""
        if not self._looking.acquire(blocking=False):
            return self._told_meanwhile()
        try:
            self._begun_s = self._steady_s()
            found = self._look(now)
            self._kept = found, self._steady_s()
            return found
        finally:
            self._begun_s = None
            self._looking.release()

    def _told_meanwhile(self) -> Finding:
        begun_s, kept, now_s = self._begun_s, self._kept, self._steady_s()
        if kept is None:
            return AWAY
        is_prompt = begun_s is None or now_s - begun_s <= PROMPT_S
        return kept[0] if is_prompt or now_s - kept[1] <= FRESH_S else AWAY

    def _look(self, now: datetime) -> Finding:
        try:
            with self._store.looking() as reader:
                schema_revision = reader.schema_revision()
                if schema_revision is None:
                    return AWAY
                if schema_revision != HEAD:
                    return Finding(NOT_MIGRATED, schema_revision=schema_revision)
                work = Work(reader.jobs_standing(now), sum(reader.report_counts.open_by_district().values()))
                return Finding("", reader.data_revision(), schema_revision, reader.jobs_beat_at(), work)
        except Exception as error:  # whatever a database can do, it is not up
            _log.debug("the database does not answer (%s)", type(error).__name__)
            return AWAY
