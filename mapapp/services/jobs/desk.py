"""Use case: jobs are asked for, watched and cancelled."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from mapapp.services.jobs.kinds import (
    ANALYSE_COVERAGE,
    DEMAND_CHECK,
    DEMAND_SAVE,
    IMPORT_COMMIT,
    IMPORT_PLAN,
    MAKE_CORRECTED_SHEET,
    MAKE_EXPORT,
    MAKE_PLANNING_REPORT,
    MAKE_POSTERS,
    PLAN_INTERVENTIONS,
    UNDO_BATCH,
)
from mapapp.services.rights import Actor, Forbidden, Right, require
from mapapp.store import Job, JobDraft, JobResult, JobState, Origin, Reader, Store, UnknownJob, Writer
from mapapp.store.accounts import Role

_log: Final = logging.getLogger(__name__)

_RIGHTS: Final[Mapping[str, Right]] = {
    IMPORT_PLAN: Right.IMPORT_STATIONS,
    IMPORT_COMMIT: Right.IMPORT_STATIONS,
    UNDO_BATCH: Right.IMPORT_STATIONS,
    MAKE_POSTERS: Right.READ_REGISTER,
    MAKE_EXPORT: Right.READ_REGISTER,
    MAKE_CORRECTED_SHEET: Right.IMPORT_STATIONS,
    DEMAND_CHECK: Right.RUN_ANALYSES,
    DEMAND_SAVE: Right.RUN_ANALYSES,
    MAKE_PLANNING_REPORT: Right.RUN_ANALYSES,
    PLAN_INTERVENTIONS: Right.RUN_ANALYSES,
    ANALYSE_COVERAGE: Right.RUN_ANALYSES,
}


MOST_UNDER_WAY: Final = 10
"""Jobs of one account that wait or run: one worker does one after another, and the others have some too."""
_UNDER_WAY: Final = (JobState.QUEUED, JobState.RUNNING)


class TooManyJobs(RuntimeError):
    """So many jobs of the actor's wait or run that no more are taken; ``most`` is how many may."""

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} jobs of this account are under way.")
        self.most = most


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """Some of what a job found out; ``counts`` are of all of it, by topic."""

    rows: tuple[JobResult, ...]
    counts: Mapping[str, int]


def submit(
    store: Store, actor: Actor, kind: str, parameters: Mapping[str, Any], now: datetime, *, max_attempts: int = 3
) -> Job:
    """Put a job in the queue; whoever asks for the same while it waits or runs gets the same job.

    Raises
    ------
    Forbidden
        The actor may not ask for such a job, or is a machine: jobs look their account up again.
    TooManyJobs
        Too many of the actor's wait or run.
    """
    with store.writing(Origin.FORM, at=now) as writer:
        return submitted(writer, actor, kind, parameters, now, max_attempts=max_attempts)


def submitted(
    writer: Writer, actor: Actor, kind: str, parameters: Mapping[str, Any], now: datetime, *, max_attempts: int = 3
) -> Job:
    """The same within a transaction, for those who first look whether there is anything to do."""
    require(actor, _RIGHTS[kind])
    if actor.scopes is not None:
        raise Forbidden(actor, _RIGHTS[kind])
    draft = JobDraft(
        kind=kind,
        parameters=parameters,
        created_by=actor.name,
        account_id=actor.account_id,
        max_attempts=max_attempts,
    )
    if actor.account_id is not None:
        under_way = writer.jobs.latest(states=_UNDER_WAY, account_id=actor.account_id, limit=MOST_UNDER_WAY)
        same = [job for job in under_way if job.kind == kind and dict(job.parameters) == dict(parameters)]
        if same:
            return same[0]
        if len(under_way) >= MOST_UNDER_WAY:
            raise TooManyJobs(MOST_UNDER_WAY)
    job = writer.jobs.add(draft, now)
    about = {"job": job.id, "kind": job.kind}
    _log.info("job %d (%s) is asked for", job.id, job.kind, extra=about)  # under the request's name, if one asks
    return job


def job_of(store: Store, actor: Actor, job_id: int) -> Job:
    """A job of the actor's own; administrators see all.

    Raises
    ------
    UnknownJob
        There is none of that number, or it is somebody else's.
    """
    with store.reading() as reader:
        return _own(reader, actor, job_id)


def jobs_of(store: Store, actor: Actor, *, states: tuple[JobState, ...] = (), limit: int = 100) -> tuple[Job, ...]:
    """The actor's own jobs, newest first; administrators see all."""
    account_id = None if actor.role is Role.ADMIN else actor.account_id
    with store.reading() as reader:
        return reader.jobs.latest(states=states, account_id=account_id, limit=limit)


def results_of(
    store: Store, actor: Actor, job_id: int, *, topics: tuple[str, ...] = (), offset: int = 0, limit: int = 100
) -> ResultsPage:
    """A page of what a job of the actor's found out.

    Raises
    ------
    UnknownJob
        There is none of that number, or it is somebody else's.
    """
    with store.reading() as reader:
        _own(reader, actor, job_id)
        rows = reader.jobs.results(job_id, topics=topics, offset=offset, limit=limit)
        return ResultsPage(rows, reader.jobs.result_counts(job_id))


def cancel(store: Store, actor: Actor, job_id: int, now: datetime) -> Job:
    """Ask for a job of the actor's to be cancelled; the job as it is then, perhaps done already.

    Raises
    ------
    UnknownJob
        There is none of that number, or it is somebody else's.
    """
    with store.writing(Origin.FORM, at=now) as writer:
        _own(writer, actor, job_id)
        return writer.jobs.ask_cancel(job_id, now)


def _own(reader: Reader, actor: Actor, job_id: int) -> Job:
    job = reader.jobs.get(job_id)
    if actor.role is not Role.ADMIN and (actor.account_id is None or job.account_id != actor.account_id):
        raise UnknownJob(job_id)
    return job
