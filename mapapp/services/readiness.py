"""Use case: how does this process stand, and can it answer from current data?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mapapp.services.container import Services
from mapapp.services.observing.database_looks import Finding
from mapapp.services.observing.marks import Mark, later, marked_at
from mapapp.services.snapshot import SnapshotNotReady


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """How one process stands at one moment.

    Attributes
    ----------
    problem
        Why it is not ready, as a short stable word; empty while it is. ``database_unreachable``,
        ``not_migrated`` (the database is of another version than the program), ``other_place``,
        ``no_snapshot``, or ``snapshot_failing`` (the last good one answers).
    data_revision, schema_revision
        The database's; None where it does not answer.
    snapshot_revision, snapshot_built_at, stations_count, is_sample
        Of the snapshot that answers; None (0, False) before there is one.
    checked_age_s
        How long ago the snapshot was last found to be all there is.
    snapshot_error
        What kind of thing the last try to look for something new ended with; empty where it went well.
    build_cpu_s
        What building the snapshot took of a processor.
    replica_revision, replica_away
        The replica's data revision when it was last asked, and whether it failed to answer; None without one.
    worker_seen_at
        When a worker last looked for work or was at a job; None where none has, or nobody can tell.
    """

    problem: str
    data_revision: int | None
    schema_revision: str | None
    snapshot_revision: int | None
    snapshot_built_at: datetime | None
    stations_count: int
    is_sample: bool
    checked_age_s: float | None
    snapshot_error: str
    build_cpu_s: float | None
    replica_revision: int | None
    replica_away: bool | None
    worker_seen_at: datetime | None

    @property
    def is_ready(self) -> bool:
        """Whether everything works: reading and writing, on current data."""
        return not self.problem


def readiness(services: Services, finding: Finding | None = None) -> Readiness:
    """How the process stands; whatever a database can do, this question has an answer.

    ``finding`` is how the database stands, for whoever has found out; it is looked for without one.
    """
    keeper, store = services.keeper, services.store
    try:
        snapshot = services.snapshot
    except SnapshotNotReady:
        snapshot = None
    base = finding if finding is not None else services.looks.finding(services.clock())
    replica = store.replica_state
    age = keeper.age
    error = keeper.last_error or ""
    problem = base.problem
    if not problem and keeper.holds_other_place:
        problem = "other_place"
    if not problem and snapshot is None:
        problem = "no_snapshot"
    if not problem and error and snapshot is not None and snapshot.revision != base.data_revision:
        problem = "snapshot_failing"
    return Readiness(
        problem=problem,
        data_revision=base.data_revision,
        schema_revision=base.schema_revision,
        snapshot_revision=snapshot.revision if snapshot is not None else None,
        snapshot_built_at=snapshot.built_at if snapshot is not None else None,
        stations_count=len(snapshot.stations) if snapshot is not None else 0,
        is_sample=snapshot is not None and snapshot.is_sample,
        checked_age_s=age.total_seconds() if age is not None else None,
        snapshot_error=error.partition(":")[0],
        build_cpu_s=keeper.build_cpu_s,
        replica_revision=replica.revision if replica is not None else None,
        replica_away=replica.is_away if replica is not None else None,
        worker_seen_at=later(base.worker_seen_at, marked_at(services.settings, Mark.WORKER)),
    )
