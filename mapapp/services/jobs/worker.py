"""The worker: takes one job after another from the queue and does it, until it is told to stop."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from threading import Event
from typing import Final

from mapapp.services.jobs.heartbeat import Heartbeat
from mapapp.services.jobs.run import (
    Effect,
    JobCancelled,
    JobKind,
    JobRefused,
    JobRun,
    Signals,
    WorkerStopping,
    Workshop,
)
from mapapp.services.jobs.tidying import tidy
from mapapp.services.observing.log_lines import lines_of
from mapapp.services.unmet.months import close_ended_months
from mapapp.store import Job, JobError, JobWriter, Lease, LeaseLost, Origin, StoreBusy

_log = logging.getLogger(__name__)

LEASE: Final = timedelta(seconds=30)
"""How long a job waits for a worker that vanished."""
POLL_S: Final = 0.5
_BEAT_S: Final = 1.0
_PATIENCE_S: Final = 20.0
"""Less than a lease."""
_RETRY_AFTER: Final = timedelta(seconds=5)
"""Grows with each attempt."""
_TIDY_EVERY: Final = timedelta(hours=1)
_TROUBLE_S: Final = 5.0

_CRASHED: Final = JobError(
    "crashed",
    "处理时发生意外错误，没有保存任何内容。请重试；如再次发生，请联系管理员。",
    "Something unexpected happened and nothing was saved. Try again; tell the administrator if it comes back.",
)


class Worker:
    """Does jobs, one at a time.

    Parameters
    ----------
    kinds
        The kinds it takes, by name.
    lease
        How long others wait before they take over a job of a worker that has vanished.
    on_overtime
        Called from another thread when a job takes longer than its kind may; by default nothing more is done
        than to let the lease run out.
    on_attempt
        Called when an attempt at a job has ended: the job's kind, how it ended, and the seconds it took.
    on_round
        Called each time the queue was looked at without trouble.
    ticks
        Seconds that only go forward: how long a job takes does not hang on the clock, which may be set.
    """

    def __init__(
        self,
        workshop: Workshop,
        kinds: Mapping[str, JobKind],
        *,
        lease: timedelta = LEASE,
        poll_s: float = POLL_S,
        on_overtime: Callable[[Lease], None] = lambda lease: None,
        on_attempt: Callable[[str, str, float], None] = lambda kind, outcome, seconds: None,
        on_round: Callable[[], None] = lambda: None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._workshop = workshop
        self._kinds = kinds
        self._lasts = lease
        self._poll_s = poll_s
        self._on_overtime = on_overtime
        self._on_attempt = on_attempt
        self._on_round = on_round
        self._ticks = ticks
        self._stop = Event()
        self._running: Signals | None = None
        self._tidied_at: datetime | None = None

    def stop(self) -> None:
        """Make `run` end soon: a job that is not writing yet goes back into the queue. Safe in a signal handler."""
        self._stop.set()
        running = self._running
        if running is not None:
            running.is_stopping = True

    def run(self) -> None:
        """Do jobs until `stop`; whatever a database can do, go on afterwards."""
        _log.info("worker %s begins", self.name)
        in_trouble = False
        while not self._stop.is_set():
            try:
                found = self.run_one()
                if not found:
                    self._tidy_if_due()
                in_trouble = False
                self._on_round()
            except Exception as error:  # the worker must outlive it: the next round may go well
                if not in_trouble:
                    _log.exception("the queue cannot be read now")
                else:
                    _log.debug("still failing: %s", error)
                in_trouble, found = True, False
            if not found:
                self._stop.wait(_TROUBLE_S if in_trouble else self._poll_s)
        _log.info("worker %s ends", self.name)

    def run_one(self) -> bool:
        """Do the next job, if there is one; whether there was. A worker that was told to stop begins none."""
        if self._stop.is_set():
            return False
        job = self._claim()
        if job is None:
            return False
        begun_s = time.monotonic()
        with lines_of(f"job-{job.id}"):
            about = {"job": job.id, "kind": job.kind, "attempt": job.attempts}
            _log.info("job %d (%s) begins, attempt %d", job.id, job.kind, job.attempts, extra=about)
            outcome = self._carry_out(job, self._kinds[job.kind])
        self._on_attempt(job.kind, outcome, time.monotonic() - begun_s)
        return True

    def _claim(self) -> Job | None:
        store, now = self._workshop.store, self._workshop.now()
        with store.reading() as reader:
            if not reader.jobs.any_claimable(self._kinds, now):
                return None
        with store.writing(Origin.COMMAND, at=now) as writer:
            return writer.jobs.claim(self._kinds, self.name, now, self._lasts)

    def _carry_out(self, job: Job, kind: JobKind) -> str:
        """Do the job as far as it goes; how the attempt ended, in a word."""
        lease = job.lease
        signals = self._running = Signals()
        signals.is_stopping = self._stop.is_set()  # whoever asks from here on finds the signals
        try:
            effect = self._work(job, kind, signals)
            self._write(lease, kind, effect)
            _log.info("job %d is done", job.id)
        except JobCancelled:
            self._settle(lease, lambda jobs, now: jobs.stop(lease, now))
            _log.info("job %d was cancelled", job.id)
            return "cancelled"
        except (WorkerStopping, StoreBusy):
            wait = timedelta() if signals.is_stopping else _RETRY_AFTER
            self._settle(lease, lambda jobs, now: jobs.give_back(lease, now + wait))
            _log.info("job %d goes back into the queue", job.id)
            return "given_back"
        except LeaseLost:
            _log.warning("job %d is somebody else's by now, or has ended; nothing was written", job.id)
            return "lost"
        except JobRefused as refusal:
            error = refusal.error
            self._settle(lease, lambda jobs, now: jobs.fail(lease, error, now))
            _log.info("job %d was refused: %s", job.id, error.code)
            return "refused"
        except Exception as error:  # a job's own mistake must not end the worker
            _log_crash(job, error)
            self._settle(
                lease, lambda jobs, now: jobs.fail(lease, _CRASHED, now, retry_at=now + _RETRY_AFTER * job.attempts)
            )
            return "crashed"
        else:
            return "done"
        finally:
            self._running = None

    def _work(self, job: Job, kind: JobKind, signals: Signals) -> Effect:
        with Heartbeat(
            self._workshop.store,
            job.lease,
            signals,
            self._workshop.clock,
            lasts=self._lasts,
            beat_s=min(_BEAT_S, self._lasts.total_seconds() / 3),
            ticks=self._ticks,
            give_up_at_s=self._ticks() + kind.max_run.total_seconds(),
            on_overtime=self._on_overtime,
        ):
            return kind.work(JobRun(job, self._workshop, signals))

    def _write(self, lease: Lease, kind: JobKind, effect: Effect) -> None:
        """The effects of the job and the mark that it is done: both or neither, and only by whoever holds it."""
        now = self._workshop.now()
        _log.info("job %d is being saved", lease.job_id)
        with self._workshop.store.writing(kind.origin, at=now, patience_s=_PATIENCE_S) as writer:
            writer.jobs.hold(lease)
            if writer.jobs.get(lease.job_id).cancel_asked:
                raise JobCancelled
            result = effect(writer)
            writer.jobs.finish(lease, result, self._workshop.now())

    def _settle(self, lease: Lease, change: Callable[[JobWriter, datetime], object]) -> None:
        now = self._workshop.now()
        try:
            with self._workshop.store.writing(Origin.COMMAND, at=now) as writer:
                change(writer.jobs, now)
        except LeaseLost:
            _log.warning("job %d is somebody else's by now", lease.job_id)

    def _tidy_if_due(self) -> None:
        now = self._workshop.now()
        if self._tidied_at is None or abs(now - self._tidied_at) >= _TIDY_EVERY:  # clocks are set back, too
            self._tidied_at = now
            tidy(self._workshop.store, self._workshop.settings, now)
            close_ended_months(self._workshop.store, self._workshop.place.timezone, now)


def _log_crash(job: Job, error: Exception) -> None:
    """Where it happened, without the message: it may repeat what stands in somebody's file."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    _log.error("job %d (%s) failed with %s\n%s", job.id, job.kind, type(error).__name__, frames)
