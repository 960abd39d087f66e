"""The thread that keeps a process's snapshot fresh.

It is woken by the database where that can tell (PostgreSQL), and looks for a new data revision several times a second
besides. The next snapshot is built off the request path and swapped in whole; when that fails the last good one stays.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from threading import Event, Lock, Thread

from geodata.places import Place
from mapapp.services.snapshot import OtherPlace, SnapshotNotReady, StationSnapshot, build_snapshot
from mapapp.store import RevisionBell, Store, StoreBusy

_log = logging.getLogger(__name__)


class SnapshotKeeper:
    """The current snapshot of one process.

    Parameters
    ----------
    clock
        Answers aware instants.
    poll_s
        How often the thread looks for a new data revision by itself.
    warm
        Called with each new snapshot before it is swapped in, and again when a new day begins at the
        place: it may build payloads that the first request would otherwise wait for.
    daily
        Called in the thread when it starts and when a new day begins at the place; it may fail.
    steady_s
        Seconds of a clock that nobody sets, for ages.
    """

    def __init__(
        self,
        store: Store,
        place: Place,
        clock: Callable[[], datetime],
        poll_s: float,
        warm: Callable[[StationSnapshot], None] | None = None,
        daily: Callable[[], object] | None = None,
        steady_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._place = place
        self._clock = clock
        self._poll_s = poll_s
        self._warm = warm
        self._daily = daily
        self._steady_s = steady_s
        self._daily_done_for: date | None = None
        self._snapshot: StationSnapshot | None = None
        self._warmed_for: date | None = None
        self._refreshing = Lock()
        self._stop = Event()
        self._bell: RevisionBell | None = None
        self._thread: Thread | None = None
        self._checked_s: float | None = None
        self.last_error: str | None = None
        self.holds_other_place = False
        self.database_answers = False
        """Whether the database answered the last time it was asked."""
        self.last_checked_at: datetime | None = None
        self.build_cpu_s: float | None = None
        """What building the current snapshot took of the processor, in the thread that did it."""

    @property
    def current(self) -> StationSnapshot:
        """The newest complete snapshot; raises SnapshotNotReady before there is one."""
        snapshot = self._snapshot
        if snapshot is None:
            raise SnapshotNotReady(self.last_error or "The stations have not been read yet.")
        return snapshot

    @property
    def age(self) -> timedelta | None:
        """How long ago the database was last found unchanged or read; None before the first time.

        Counted by a clock that nobody sets: setting the machine's makes no snapshot older or younger.
        """
        return timedelta(seconds=self._steady_s() - self._checked_s) if self._checked_s is not None else None

    def stands_since(self, older_than_s: float) -> datetime | None:
        """Up to when the snapshot is known to be all there was, if that is longer ago than so many seconds.

        None for a snapshot that nobody follows, as in commands and tests.
        """
        if self._thread is None and self.last_error is None:
            return None
        age = self.age
        return self._clock() - age if age is not None and age.total_seconds() > older_than_s else None

    def refresh(self) -> bool:
        """Look for a new data revision and take it over; whether there was one.

        Errors of the database pass through. The snapshot stays what it was, or becomes what a replica knows.
        """
        with self._refreshing:
            try:
                changed = self._take_over()
            except Exception as error:
                self.last_error = f"{type(error).__name__}: {error}"
                self.holds_other_place = isinstance(error, OtherPlace)
                raise
            self.last_error = None
            self.holds_other_place = False
            self.last_checked_at = self._clock()
            self._checked_s = self._steady_s()
            return changed

    def start(self) -> None:
        """Follow the data revision in a daemon thread until `stop`; a second start does nothing."""
        if self._thread is not None:
            return
        self._stop.clear()
        self._bell = self._store.bell()
        self._thread = Thread(target=self._follow, args=(self._bell,), name="snapshot-keeper", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; returns when it has ended."""
        self._stop.set()
        if self._bell is not None:
            self._bell.ring()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _take_over(self) -> bool:
        """Read what is new, if anything is. Raises what the primary says, after a replica was asked instead."""
        snapshot = self._snapshot
        trouble: StoreBusy | None = None
        try:
            revision = self._store.data_revision()
            self.database_answers = True
        except StoreBusy as error:
            self.database_answers = False
            known = self._store.replica_revision()
            if known is None:
                raise
            trouble, revision = error, known
        except Exception:
            self.database_answers = False
            raise
        is_behind = trouble is not None and snapshot is not None and revision < snapshot.revision
        changed = not is_behind and self._is_due(snapshot, revision)
        if snapshot is None or changed:
            snapshot = self._build(snapshot, revision)
        self._swap(snapshot, changed=changed)
        if trouble is not None:
            raise trouble
        return changed

    def _is_due(self, snapshot: StationSnapshot | None, revision: int) -> bool:
        """Whether there is anything new: data, or a warning at a door that differs because time passed or was set."""
        now = self._clock()
        return (
            snapshot is None
            or snapshot.revision != revision
            or (snapshot.doors_change_at is not None and now >= snapshot.doors_change_at)
            or now < snapshot.built_at
        )

    def _build(self, after: StationSnapshot | None, revision: int) -> StationSnapshot:
        begun_s = time.thread_time()
        went_back = after is not None and revision < after.revision  # a backup was restored
        snapshot = build_snapshot(
            self._store, self._place, self._clock(), None if went_back else after, at_least=revision
        )
        self.build_cpu_s = time.thread_time() - begun_s
        _log.info("snapshot of data revision %d: %d stations", snapshot.revision, len(snapshot.stations))
        return snapshot

    def _swap(self, snapshot: StationSnapshot, *, changed: bool) -> None:
        today = self._clock().astimezone(self._place.timezone).date()
        if self._warm is not None and (changed or today != self._warmed_for):
            self._warm(snapshot)
        self._warmed_for = today
        self._snapshot = snapshot

    def _follow(self, bell: RevisionBell) -> None:
        while not self._stop.is_set():
            bell.wait(self._poll_s)
            if self._stop.is_set():
                break
            self._look()
        bell.close()

    def _look(self) -> None:
        known_error = self.last_error
        try:
            self.refresh()
        except Exception as error:  # the thread must outlive whatever a database can do
            if self.last_error != known_error:
                _log.exception("the stations could not be read again; answering from the last snapshot")
            else:
                _log.debug("still failing: %s", error)
        else:
            if known_error is not None:
                _log.warning("the stations can be read again")
            self._do_daily()

    def _do_daily(self) -> None:
        today = self._clock().astimezone(self._place.timezone).date()
        if self._daily is None or today == self._daily_done_for:
            return
        self._daily_done_for = today
        try:
            self._daily()
        except Exception:  # the thread must outlive it; tomorrow is another day
            _log.exception("the daily tidying failed")
