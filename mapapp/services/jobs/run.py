"""What a job's own code sees: what it is given, how it says how far it is, and how it is told to stop.

A job is done in two parts. Its ``work`` reads and computes for as long as it takes, outside any
transaction, and returns an `Effect`: a function that writes what was found. The worker calls that in
one transaction, together with the mark that the job is done. So a job that is killed at any moment has
either done all it does, once, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from geodata.places import Place
from mapapp.settings import Settings
from mapapp.store import Job, JobError, LeaseLost, Progress, Store, Writer

Effect = Callable[[Writer], Mapping[str, Any]]
"""Writes what a job found, and returns its result: a small JSON object. Short, because others wait."""


class JobRefused(Exception):
    """The job cannot be done as it was asked for; trying again would not help. The sentences are for people."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(code)
        self.error = JobError(code, zh, en)


class JobCancelled(Exception):
    """Somebody asked for the job to be cancelled."""


class WorkerStopping(Exception):
    """The worker was told to stop; the job goes back into the queue."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What every job may use. ``clock`` answers aware instants."""

    store: Store
    place: Place
    settings: Settings
    clock: Callable[[], datetime]

    def now(self) -> datetime:
        """The present instant in the place's time zone."""
        return self.clock().astimezone(self.place.timezone)


@dataclass(slots=True)
class Signals:
    """What passes between the thread that does the work and the one that keeps the lease."""

    progress: Progress = field(default_factory=Progress)
    is_cancelled: bool = False
    is_lost: bool = False
    is_stopping: bool = False
    lock: Lock = field(default_factory=Lock)


@dataclass(frozen=True, slots=True)
class JobRun:
    """One attempt at a job."""

    job: Job
    workshop: Workshop
    signals: Signals

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What the job was asked for with."""
        return self.job.parameters

    def progress(self, phase: str, done_count: int = 0, total_count: int | None = None) -> None:
        """Say how far the work is. Costs next to nothing, so say it every few hundred rows.

        Raises
        ------
        JobCancelled, WorkerStopping, LeaseLost
            The work is to end here; nothing need be undone.
        """
        self.signals.progress = Progress(phase, done_count, total_count)
        if self.signals.is_cancelled:
            raise JobCancelled
        if self.signals.is_lost:
            raise LeaseLost(self.job.id)
        if self.signals.is_stopping:
            raise WorkerStopping


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of job: its name, where its writes come from, and its work.

    ``max_run`` is how long one attempt may take before the worker takes it for stuck.
    """

    name: str
    origin: str
    work: Callable[[JobRun], Effect]
    max_run: timedelta = timedelta(minutes=30)
