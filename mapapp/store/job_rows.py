"""Jobs in their tables: read and written within one transaction of the store.

Writing transactions queue (see ``engine``), so a claim is nobody else's. The rows are locked as well, with
``SKIP LOCKED`` where the database has it, so that this does not hang on the queue alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, delete, exists, func, insert, or_, select, update

from mapapp.store.job_tables import job_results, jobs
from mapapp.store.jobs import (
    AlreadyUsed,
    Job,
    JobDraft,
    JobError,
    JobResult,
    JobState,
    Lease,
    LeaseLost,
    Progress,
    UnknownJob,
)

_FREE: Mapping[str, Any] = {"worker": None, "lease_until": None}
_CLOCKS_AGREE_WITHIN = timedelta(minutes=5)
"""Workers on several machines; and longer than any wait between two attempts."""
_WORKER_LOST = JobError(
    "worker_lost",
    "处理这项任务的进程多次意外结束，已停止重试。",
    "The process doing this job ended unexpectedly several times; it is not tried again.",
)


class JobReader:
    """Read access to the jobs in one state of the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, job_id: int) -> Job | None:
        """The job with that number, or None."""
        row = self._connection.execute(select(jobs).where(jobs.c.id == job_id)).mappings().one_or_none()
        return _job_of_row(row) if row is not None else None

    def get(self, job_id: int) -> Job:
        """The job with that number.

        Raises
        ------
        UnknownJob
            There is none.
        """
        job = self.find(job_id)
        if job is None:
            raise UnknownJob(job_id)
        return job

    def several(self, job_ids: Collection[int]) -> dict[int, Job]:
        """Those jobs by number; numbers nobody has are left out."""
        rows = self._connection.execute(select(jobs).where(jobs.c.id.in_(sorted(job_ids)))).mappings()
        return {row["id"]: _job_of_row(row) for row in rows}

    def latest(
        self,
        *,
        kinds: Sequence[str] = (),
        states: Sequence[JobState] = (),
        account_id: int | None = None,
        after_id: int = 0,
        limit: int = 100,
    ) -> tuple[Job, ...]:
        """Jobs of later numbers than ``after_id``, newest first; without kinds or states those of all."""
        query = select(jobs).where(jobs.c.id > after_id).order_by(jobs.c.id.desc()).limit(limit)
        if kinds:
            query = query.where(jobs.c.kind.in_(kinds))
        if states:
            query = query.where(jobs.c.state.in_([state.value for state in states]))
        if account_id is not None:
            query = query.where(jobs.c.account_id == account_id)
        return tuple(_job_of_row(row) for row in self._connection.execute(query).mappings())

    def any_claimable(self, kinds: Iterable[str], now: datetime) -> bool:
        """Whether there is something to do for a worker of these kinds."""
        return bool(self._connection.execute(select(exists().where(_claimable(kinds, now)))).scalar_one())

    def results(
        self, job_id: int, *, topics: Sequence[str] = (), offset: int = 0, limit: int | None = None
    ) -> tuple[JobResult, ...]:
        """What the job found out, in its order."""
        column = job_results.c
        query = select(job_results).where(column.job_id == job_id).order_by(column.number).offset(offset).limit(limit)
        if topics:
            query = query.where(column.topic.in_(topics))
        return tuple(_result_of_row(row) for row in self._connection.execute(query).mappings())

    def last_number(self, job_id: int) -> int:
        """The highest number of what the job found out; 0 while it found nothing."""
        query = select(func.max(job_results.c.number)).where(job_results.c.job_id == job_id)
        return self._connection.execute(query).scalar_one() or 0

    def result_counts(self, job_id: int) -> dict[str, int]:
        """How many results of each topic there are."""
        column = job_results.c
        query = select(column.topic, func.count()).where(column.job_id == job_id).group_by(column.topic)
        return {topic: int(count) for topic, count in self._connection.execute(query)}

    def old_count(self, finished_before: datetime) -> int:
        """How many jobs ended before that."""
        query = select(func.count()).select_from(jobs).where(jobs.c.finished_at < finished_before)
        return int(self._connection.execute(query).scalar_one())


class JobWriter(JobReader):
    """Read and write access to the jobs."""

    def add(self, draft: JobDraft, now: datetime) -> Job:
        """Put a job in the queue."""
        row = {
            **asdict(draft),
            "parameters": dict(draft.parameters),
            "state": JobState.QUEUED.value,
            "attempts": 0,
            "not_before": now,
            "cancel_asked": False,
            "created_at": now,
            **_columns_of(Progress()),
        }
        query = insert(jobs).values(row).returning(jobs.c.id)
        return self.get(int(self._connection.execute(query).scalar_one()))

    def claim(self, kinds: Iterable[str], worker: str, now: datetime, lease: timedelta) -> Job | None:
        """Lease the oldest job that waits, or whose worker has vanished; None if there is none.

        A job whose worker vanished is cancelled if that was asked for, and failed after its last attempt.
        """
        query = select(jobs).where(_claimable(kinds, now)).order_by(jobs.c.id).limit(1)
        while True:
            row = self._connection.execute(query.with_for_update(skip_locked=True)).mappings().one_or_none()
            if row is None:
                return None
            if row["cancel_asked"]:
                self._end(row["id"], JobState.CANCELLED, now)
            elif row["attempts"] >= row["max_attempts"]:
                self._end(row["id"], JobState.FAILED, now, error=asdict(_WORKER_LOST))
            else:
                begun = {
                    "state": JobState.RUNNING.value,
                    "attempts": row["attempts"] + 1,
                    "worker": worker,
                    "lease_until": now + lease,
                    "heartbeat_at": now,
                    "started_at": now,
                    "error": None,
                    **_columns_of(Progress()),
                }
                self._connection.execute(update(jobs).where(jobs.c.id == row["id"]).values(begun))
                return self.get(row["id"])

    def beat(self, lease: Lease, now: datetime, until: datetime, progress: Progress) -> bool:
        """Renew the lease and say how far the job is; whether somebody asked to cancel it.

        Raises
        ------
        LeaseLost
            The job is no longer this worker's.
        """
        self._change(lease, {"heartbeat_at": now, "lease_until": until, **_columns_of(progress)})
        return self.get(lease.job_id).cancel_asked

    def hold(self, lease: Lease) -> None:
        """Make sure, to the end of the transaction, that the job is this worker's; else raise LeaseLost."""
        query = select(jobs.c.id).where(*_held(lease)).with_for_update()
        if self._connection.execute(query).scalar_one_or_none() is None:
            raise LeaseLost(lease.job_id)

    def finish(self, lease: Lease, result: Mapping[str, Any], now: datetime) -> None:
        """Mark the job done, in the transaction that writes its effects."""
        self._change(
            lease, {"state": JobState.DONE.value, "finished_at": now, "result": dict(result), "error": None, **_FREE}
        )

    def fail(self, lease: Lease, error: JobError, now: datetime, *, retry_at: datetime | None = None) -> JobState:
        """Write down why the attempt failed: the job waits for the next one, or has failed for good."""
        job = self.get(lease.job_id)
        columns = {"error": asdict(error), **_FREE}
        if retry_at is not None and job.attempts < job.max_attempts:
            state = JobState.QUEUED
            self._change(lease, {"state": state.value, "not_before": retry_at, **columns})
        else:
            state = JobState.FAILED
            self._change(lease, {"state": state.value, "finished_at": now, **columns})
        return state

    def give_back(self, lease: Lease, not_before: datetime) -> None:
        """Put the job back into the queue as if this attempt had never begun."""
        waiting = {"state": JobState.QUEUED.value, "attempts": lease.attempt - 1, "not_before": not_before, **_FREE}
        self._change(lease, waiting)

    def stop(self, lease: Lease, now: datetime) -> None:
        """End the job as cancelled, as was asked."""
        self.hold(lease)
        self._end(lease.job_id, JobState.CANCELLED, now)

    def ask_cancel(self, job_id: int, now: datetime) -> Job:
        """Cancel a job: at once while it waits, soon while it runs, not at all once it has ended; the job then.

        Raises
        ------
        UnknownJob
            There is none of that number.
        """
        job = self.get(job_id)
        if job.state is JobState.QUEUED:
            self._end(job_id, JobState.CANCELLED, now)
        elif job.state is JobState.RUNNING:
            self._connection.execute(update(jobs).where(jobs.c.id == job_id).values(cancel_asked=True))
        return self.get(job_id)

    def add_results(self, job_id: int, results: Iterable[JobResult]) -> None:
        """Keep what the job found out."""
        rows = [
            {
                "job_id": job_id,
                "number": result.number,
                "topic": result.topic,
                "line": result.line,
                "document": result.document,
            }
            for result in results
        ]
        if rows:
            self._connection.execute(insert(job_results), rows)

    def use(self, job_id: int, used_by: int) -> None:
        """Write down that another job makes use of this one's result, which only one may.

        Raises
        ------
        AlreadyUsed
            One does already.
        UnknownJob
            There is none of that number.
        """
        job = self.get(job_id)
        if job.used_by is not None:
            raise AlreadyUsed(job_id, job.used_by)
        self._connection.execute(update(jobs).where(jobs.c.id == job_id).values(used_by=used_by))

    def delete_old(self, finished_before: datetime) -> int:
        """Forget jobs that ended before that, with their results; how many."""
        count = self.old_count(finished_before)
        if count:
            old = select(jobs.c.id).where(jobs.c.finished_at < finished_before)
            self._connection.execute(delete(job_results).where(job_results.c.job_id.in_(old)))
            self._connection.execute(delete(jobs).where(jobs.c.finished_at < finished_before))
        return count

    def _end(self, job_id: int, state: JobState, now: datetime, **columns: Any) -> None:
        ended = {"state": state.value, "finished_at": now, **_FREE, **columns}
        self._connection.execute(update(jobs).where(jobs.c.id == job_id).values(ended))

    def _change(self, lease: Lease, columns: Mapping[str, Any]) -> None:
        changed = self._connection.execute(update(jobs).where(*_held(lease)).values(columns))
        if changed.rowcount != 1:
            raise LeaseLost(lease.job_id)


def _claimable(kinds: Iterable[str], now: datetime) -> ColumnElement[bool]:
    """Jobs that wait, or whose worker has vanished.

    A clock that was set back must not keep a job for as long: nobody is to wait for minutes, and whoever still
    works writes the hour anew every second.
    """
    set_back = now + _CLOCKS_AGREE_WITHIN
    waiting = and_(jobs.c.state == JobState.QUEUED.value, or_(jobs.c.not_before <= now, jobs.c.not_before > set_back))
    vanished = and_(
        jobs.c.state == JobState.RUNNING.value, or_(jobs.c.lease_until <= now, jobs.c.heartbeat_at > set_back)
    )
    return and_(jobs.c.kind.in_(list(kinds)), or_(waiting, vanished))


def _held(lease: Lease) -> tuple[ColumnElement[bool], ...]:
    return (
        jobs.c.id == lease.job_id,
        jobs.c.state == JobState.RUNNING.value,
        jobs.c.worker == lease.worker,
        jobs.c.attempts == lease.attempt,
    )


def _columns_of(progress: Progress) -> dict[str, Any]:
    return asdict(progress)


def _job_of_row(row: RowMapping) -> Job:
    plain = {name: row[name] for name in row if name not in {"phase", "done_count", "total_count"}}
    return Job(
        **plain
        | {
            "state": JobState(row["state"]),
            "progress": Progress(row["phase"], row["done_count"], row["total_count"]),
            "error": JobError(**row["error"]) if row["error"] is not None else None,
        }
    )


def _result_of_row(row: RowMapping) -> JobResult:
    return JobResult(row["number"], row["topic"], row["document"], row["line"])
