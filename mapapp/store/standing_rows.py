"""How the work stands, in numbers: jobs by kind and state, the oldest that waits, reports that are open.

Read for the metrics a few times a minute: every statement is one pass over a small table or an index.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, inspect, select, text

from mapapp.store.job_tables import jobs
from mapapp.store.jobs import JobState


@dataclass(frozen=True, slots=True)
class JobsStanding:
    """The jobs as they stand at one moment.

    Attributes
    ----------
    counts
        How many by kind and state; ended ones are those that are not deleted yet.
    waiting_since
        Since when the oldest job that could be begun waits; None where none does.
    late_lease_until
        When the lease of a running job ended first, if it has: its worker has vanished and no other took over.
    """

    counts: Mapping[tuple[str, JobState], int]
    waiting_since: datetime | None
    late_lease_until: datetime | None


def read_jobs_standing(connection: Connection, now: datetime) -> JobsStanding:
    """The jobs' standing, in two statements."""
    by_kind_and_state = select(jobs.c.kind, jobs.c.state, func.count()).group_by(jobs.c.kind, jobs.c.state)
    counts = {(kind, JobState(state)): count for kind, state, count in connection.execute(by_kind_and_state)}
    is_due = (jobs.c.state == JobState.QUEUED) & (jobs.c.not_before <= now)
    is_late = (jobs.c.state == JobState.RUNNING) & (jobs.c.lease_until < now)
    moments = select(
        func.min(jobs.c.not_before).filter(is_due),
        func.min(jobs.c.lease_until).filter(is_late),
    )
    waiting_since, late_lease_until = connection.execute(moments).one()
    return JobsStanding(counts, waiting_since, late_lease_until)


def read_beat_at(connection: Connection) -> datetime | None:
    """When a worker last said of any job that it is at it."""
    beat_at: datetime | None = connection.execute(select(func.max(jobs.c.heartbeat_at))).scalar_one()
    return beat_at


def read_schema_revision(connection: Connection) -> str | None:
    """The migration the database stands at, or None before the first."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
