"""Jobs as values: work that a worker process does beside the web server.

::

    queued ── claim ──> running ── finish ──> done
       │ ^                 │ │ └── fail ────> failed
       │ └── give back ────┘ └── cancel ────> cancelled
       └──────────── cancel ────────────────> cancelled

A running job is leased to one worker for a short while, and the worker renews the lease. A lease that runs
out is claimed by another worker as the next attempt; whoever held it before can write nothing any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from mapapp.store.errors import StoreError

MAX_ATTEMPTS: Final = 3


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self not in {JobState.QUEUED, JobState.RUNNING}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is. ``phase`` is a word's code; ``total_count`` is None where nobody can know."""

    phase: str = ""
    done_count: int = 0
    total_count: int | None = None


@dataclass(frozen=True, slots=True)
class JobError:
    """Why a job failed: a code, and a sentence for the person who asked for it."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDraft:
    """A job to be done. ``created_by`` is the actor's name; the command line has no ``account_id``."""

    kind: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    created_by: str
    account_id: int | None = None
    max_attempts: int = MAX_ATTEMPTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as it stands. ``attempts`` counts the times it was begun; ``used_by`` the job that made use of it."""

    id: int
    kind: str
    parameters: Mapping[str, Any]
    state: JobState
    attempts: int
    max_attempts: int
    not_before: datetime
    worker: str | None
    lease_until: datetime | None
    heartbeat_at: datetime | None
    progress: Progress
    cancel_asked: bool
    result: Mapping[str, Any] | None
    error: JobError | None
    used_by: int | None
    created_by: str
    account_id: int | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def lease(self) -> Lease:
        """What the worker that runs it holds; raises LeaseLost where none does."""
        if self.worker is None:
            raise LeaseLost(self.id)
        return Lease(self.id, self.worker, self.attempts)


@dataclass(frozen=True, slots=True)
class Lease:
    """One worker's hold on one job during one attempt."""

    job_id: int
    worker: str
    attempt: int


@dataclass(frozen=True, slots=True)
class JobResult:
    """One row of what a job found out; ``line`` is the row of a file it is about."""

    number: int
    topic: str
    document: Mapping[str, Any]
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that was sent in. ``token`` is its random name; ``file_name`` what its sender called it."""

    token: str
    file_name: str
    file_kind: str
    size_bytes: int
    sha256: str
    sent_by: str
    account_id: int | None
    sent_at: datetime


class LeaseLost(StoreError, RuntimeError):
    """The job is no longer this worker's: another one has it, or it has ended."""

    def __init__(self, job_id: int) -> None:
        super().__init__(f"Job {job_id} is no longer this worker's.")
        self.job_id = job_id


class UnknownJob(StoreError, LookupError):
    """No job with that number."""

    def __init__(self, job_id: int) -> None:
        super().__init__(f"There is no job {job_id}.")
        self.job_id = job_id


class AlreadyUsed(StoreError, RuntimeError):
    """Another job made use of that one's result already."""

    def __init__(self, job_id: int, used_by: int) -> None:
        super().__init__(f"Job {job_id} was used by job {used_by} already.")
        self.job_id = job_id
        self.used_by = used_by
