"""Keeps a job's lease while its work is done, in a thread of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event, Thread
from types import TracebackType

from mapapp.services.jobs.run import Signals
from mapapp.store import Lease, LeaseLost, Origin, Progress, Store

_log = logging.getLogger(__name__)
_PATIENCE_S = 2.0
"""Somebody's long write is no reason to pile up: the next beat comes soon."""


class Heartbeat:
    """Renews ``lease`` and passes progress and cancellation on, while the ``with`` block runs.

    Parameters
    ----------
    beat_s
        The time between two beats; a lease lasts several.
    ticks
        Seconds that only go forward, whatever is done to the clock.
    give_up_at_s
        When, by ``ticks``, the attempt has taken too long: ``on_overtime`` is called, and the lease is no longer
        renewed.
    """

    def __init__(
        self,
        store: Store,
        lease: Lease,
        signals: Signals,
        clock: Callable[[], datetime],
        *,
        lasts: timedelta,
        beat_s: float,
        ticks: Callable[[], float],
        give_up_at_s: float,
        on_overtime: Callable[[Lease], None],
    ) -> None:
        self._store = store
        self._lease = lease
        self._signals = signals
        self._clock = clock
        self._lasts = lasts
        self._beat_s = beat_s
        self._ticks = ticks
        self._give_up_at_s = give_up_at_s
        self._on_overtime = on_overtime
        self._stop = Event()
        self._thread = Thread(target=self._keep, name=f"heartbeat-{lease.job_id}", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        if error is None:
            self._beat()  # a whole lease for the writing, with nobody left to renew it

    def _keep(self) -> None:
        while not self._stop.wait(self._beat_s) and not self._signals.is_lost:
            if self._ticks() >= self._give_up_at_s:
                self._signals.is_lost = True
                self._on_overtime(self._lease)
                return
            self._beat()

    def _beat(self) -> None:
        now = self._clock()
        progress: Progress = self._signals.progress
        try:
            with self._store.writing(Origin.COMMAND, at=now, patience_s=_PATIENCE_S) as writer:
                if writer.jobs.beat(self._lease, now, now + self._lasts, progress):
                    self._signals.is_cancelled = True
        except LeaseLost:
            self._signals.is_lost = True
        except Exception as error:  # the database may be away for a while; the lease then decides
            _log.warning("job %d: no heartbeat now (%s)", self._lease.job_id, type(error).__name__)
