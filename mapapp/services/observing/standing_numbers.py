"""What the database says of the work, asked when Prometheus asks: jobs, reports, stale stations, the last backup."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final

import numpy as np
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from mapapp.services.container import Services
from mapapp.services.jobs.kinds import KINDS
from mapapp.services.observing.database_looks import UNREACHABLE, Finding
from mapapp.services.observing.marks import Mark, marked_at
from mapapp.services.readiness import readiness
from mapapp.services.snapshot import StationSnapshot
from mapapp.services.truth.ages import GROUPS
from mapapp.store.jobs import JobState

STALE_KEPT_S: Final = 60.0
"""For so long the number of stale stations is taken from before: it is worked out from the whole register."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Stale:
    snapshot: StationSnapshot
    at: datetime
    counts: tuple[tuple[str, int], ...]


class StandingCollector(Collector):
    """Tells how the database stands at each collection; where that is away, says so and nothing else."""

    def __init__(self, services: Services, memory: StaleMemory) -> None:
        self._services = services
        self._memory = memory

    def collect(self) -> Iterable[Metric]:
        """The families of this moment."""
        finding = self._services.looks.finding(self._services.clock())
        try:
            families = list(self._told(finding))
        except Exception as error:  # whatever a database can do, it is not up
            _log.warning("the database could not be read for the metrics (%s)", type(error).__name__)
            families = [_up(is_up=False)]
        state = readiness(self._services, finding)
        families.append(_family("stationmap_ready", "1 where /readyz says so.", 1 if state.is_ready else 0))
        if state.worker_seen_at is not None:
            what = "When a worker last gave a sign of life."
            families.append(_family("stationmap_worker_seen_timestamp_seconds", what, state.worker_seen_at.timestamp()))
        backup_at = marked_at(self._services.settings, Mark.BACKUP)
        if backup_at is not None:
            what = "When the last backup of this data directory was complete."
            families.append(_family("stationmap_backup_timestamp_seconds", what, backup_at.timestamp()))
        return families

    def _told(self, finding: Finding) -> Iterator[Metric]:
        services, now = self._services, self._services.clock()
        yield _up(is_up=finding.problem != UNREACHABLE)
        if finding.work is None or finding.data_revision is None:
            return
        standing = finding.work.jobs
        yield _family("stationmap_data_revision", "The data revision in the database.", finding.data_revision)
        jobs = GaugeMetricFamily("stationmap_jobs", "Jobs by kind and state.", labels=("kind", "state"))
        for kind in sorted(KINDS.keys() | {kind for kind, _state in standing.counts}):
            for state in JobState:
                jobs.add_metric((kind, state), standing.counts.get((kind, state), 0))
        yield jobs
        yield _family(
            "stationmap_jobs_waiting_seconds",
            "For how long the oldest job that could be begun waits; 0 where none does.",
            _seconds_since(standing.waiting_since, now),
        )
        yield _family(
            "stationmap_jobs_abandoned_seconds",
            "How long ago the first lease of a running job ended that nobody took over; 0 where none did.",
            _seconds_since(standing.late_lease_until, now),
        )
        yield _family("stationmap_reports_open", "Reports that nobody has closed.", finding.work.open_reports_count)
        stale = GaugeMetricFamily(
            "stationmap_stale_stations", "Public stations whose facts of a group are too old.", labels=("group",)
        )
        for group, count in self._memory.stale_counts(services, now):
            stale.add_metric((group,), count)
        yield stale


class StaleMemory:
    """The numbers of stale stations, worked out at most once a minute a process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: _Stale | None = None

    def stale_counts(self, services: Services, now: datetime) -> tuple[tuple[str, int], ...]:
        """How many stations have stale facts, by group, and ``any``."""
        with self._lock:
            kept, snapshot = self._kept, services.snapshot
            if kept is None or abs((now - kept.at).total_seconds()) > STALE_KEPT_S:
                stale = services.truth.register(snapshot, now).stale
                counts = [(group.value, int(np.count_nonzero(stale[:, i]))) for i, group in enumerate(GROUPS)]
                counts.append(("any", int(np.count_nonzero(stale.any(axis=1)))))
                kept = self._kept = _Stale(snapshot, now, tuple(counts))
            return kept.counts


def _seconds_since(moment: datetime | None, now: datetime) -> float:
    return max((now - moment).total_seconds(), 0.0) if moment is not None else 0.0


def _up(*, is_up: bool) -> Metric:
    return _family("stationmap_database_up", "1 where the database answers.", 1 if is_up else 0)


def _family(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(name, what, value=value)
