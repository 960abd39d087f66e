"""The instruments: every number that Prometheus may read, what it counts and by which labels.

Labels come from fixed sets (endpoints of the access table, states, kinds), so the number of series is bounded
whatever visitors send. ``NAMES`` is what boards, alerts and documents may speak of; tests hold them to it.

prometheus-client decides when it is first imported whether the processes of a web server add up their numbers, by
the variable ``PROMETHEUS_MULTIPROC_DIR``; ``mapapp/gunicorn_conf.py`` sets it before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

OTHER: Final = "other"
_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_LATENCY_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_JOB_S: Final = (1, 5, 15, 60, 180, 600, 1800)

WEB_NAMES: Final = (
    "stationmap_requests_total",
    "stationmap_request_seconds",
    "stationmap_requests_in_progress",
    "stationmap_rate_limited_total",
    "stationmap_snapshot_revision",
    "stationmap_snapshot_stations",
    "stationmap_snapshot_built_timestamp_seconds",
    "stationmap_snapshot_checked_timestamp_seconds",
    "stationmap_snapshot_failing",
    "stationmap_snapshot_build_seconds",
    "stationmap_replica_up",
    "stationmap_rate_limits_shared",
    "stationmap_database_connections",
    "stationmap_slow_statements_total",
    "stationmap_process_started_timestamp_seconds",
    "stationmap_process_resident_bytes",
    "stationmap_process_open_files",
)
DATABASE_NAMES: Final = (
    "stationmap_ready",
    "stationmap_database_up",
    "stationmap_data_revision",
    "stationmap_jobs",
    "stationmap_jobs_waiting_seconds",
    "stationmap_jobs_abandoned_seconds",
    "stationmap_worker_seen_timestamp_seconds",
    "stationmap_stale_stations",
    "stationmap_reports_open",
    "stationmap_backup_timestamp_seconds",
)
WORKER_NAMES: Final = (
    "stationmap_worker_jobs_total",
    "stationmap_worker_job_seconds",
    "stationmap_worker_slow_statements_total",
)
NAMES: Final = WEB_NAMES + DATABASE_NAMES + WORKER_NAMES


class WebInstruments:
    """What one process of the web server counts."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "stationmap_requests", "Answers by endpoint.", ("endpoint", "method", "status"), registry=registry
        )
        self.request_seconds = Histogram(
            "stationmap_request_seconds",
            "Seconds until the last byte was handed over.",
            ("endpoint",),
            buckets=_LATENCY_S,
            registry=registry,
        )
        self.rate_limited = Counter(
            "stationmap_rate_limited", "Requests refused with 429.", ("endpoint",), registry=registry
        )
        self.slow_statements = Counter(
            "stationmap_slow_statements", "Statements slower than MAPAPP_SLOW_STATEMENT_MS.", registry=registry
        )
        gauge = _gauges(registry)
        self.in_progress = gauge("stationmap_requests_in_progress", "Requests being answered.", "livesum")
        self.revision = gauge("stationmap_snapshot_revision", "Data revision answered from, oldest process.", "livemin")
        self.stations = gauge("stationmap_snapshot_stations", "Public stations, smallest process.", "livemin")
        self.built = gauge(
            "stationmap_snapshot_built_timestamp_seconds", "When the oldest snapshot was built.", "livemin"
        )
        self.checked = gauge(
            "stationmap_snapshot_checked_timestamp_seconds",
            "When the database was last found unchanged or read, in the process where that is longest ago.",
            "livemin",
        )
        self.failing = gauge(
            "stationmap_snapshot_failing", "1 where a process could not read the stations the last time.", "livemax"
        )
        self.build = gauge(
            "stationmap_snapshot_build_seconds", "Processor seconds the last snapshot took, slowest process.", "livemax"
        )
        self.replica = gauge("stationmap_replica_up", "0 where the replica is away; 1 without one.", "livemin")
        self.shared = gauge(
            "stationmap_rate_limits_shared", "0 where a process finds Redis away; 1 if none is named.", "livemin"
        )
        self.started = gauge(
            "stationmap_process_started_timestamp_seconds",
            "When the newest process started, whether or not it still lives.",
            "max",
        )
        self.resident = gauge("stationmap_process_resident_bytes", "Resident memory of each process.", "liveall")
        self.open_files = gauge("stationmap_process_open_files", "Open descriptors of each process.", "liveall")
        self.connections = Gauge(
            "stationmap_database_connections",
            "Connections to the database, in use and ready.",
            ("state",),
            registry=registry,
            multiprocess_mode="livesum",
        )
        self._children: dict[tuple[str, str, str], tuple[Counter, Histogram]] = {}

    def count_answer(self, endpoint: str, method: str, status: str, seconds: float) -> None:
        """Count one answer; ``endpoint`` is one of the application's, or a word of ours."""
        key = (endpoint, method, status)
        children = self._children.get(key)
        if children is None:
            known = method if method in _METHODS else OTHER
            counter = self.requests.labels(endpoint, known, status)
            children = counter, self.request_seconds.labels(endpoint)
            if method in _METHODS:
                self._children[key] = children
        children[0].inc()
        children[1].observe(seconds)
        if status == "429":
            self.rate_limited.labels(endpoint).inc()


def _gauges(registry: CollectorRegistry) -> Callable[[str, str, str], Gauge]:
    def gauge(name: str, what: str, mode: str) -> Gauge:
        return Gauge(name, what, registry=registry, multiprocess_mode=mode)  # type: ignore[arg-type]  # one of its words

    return gauge


class WorkerInstruments:
    """What a worker counts."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.jobs = Counter(
            "stationmap_worker_jobs", "Attempts at jobs by how they ended.", ("kind", "outcome"), registry=registry
        )
        self.job_seconds = Histogram(
            "stationmap_worker_job_seconds", "Seconds an attempt took.", ("kind",), buckets=_JOB_S, registry=registry
        )
        self.slow_statements = Counter(
            "stationmap_worker_slow_statements", "Statements slower than MAPAPP_SLOW_STATEMENT_MS.", registry=registry
        )

    def count_attempt(self, kind: str, outcome: str, seconds: float) -> None:
        """Count one attempt at a job that has ended."""
        self.jobs.labels(kind, outcome).inc()
        self.job_seconds.labels(kind).observe(seconds)
