"""A country's coverage as scripts/analyse_national.py works it out, beside bare scipy and beside PostGIS row by row.

The script runs as its users run it, from nothing to the printed answer: stations and demand are made up inside, the
demand is sorted by cell on disk, and every point is judged twice (stations of unknown hours shut, and open). Bare scipy
only finds each point's nearest open station, in chunks, in memory, in the order the points come in. PostGIS finds the
same for a sample of the points in one statement; the whole is extrapolated.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import psycopg
from scipy.spatial import cKDTree

from benchmarks.bulk_nearest import AT, open_at
from benchmarks.measure import Spread, in_turns, seconds_of
from benchmarks.national import invent
from benchmarks.results import Figure, Section
from geodata.coordinates import EARTH_RADIUS_M, Floats, unit_sphere
from geodata.coverage.bulk import DemandPart
from installation.layout import PROJECT_DIR
from national.sources import invented_demand
from tests.postgres_cluster import PostgresCluster, missing_package

TITLE: Final = "National: stations × demand points, from nothing to the answer"
SEED: Final = 1
PROCESSES_COUNT: Final = 2
_EXTRAPOLATED: Final = 1_000_000
_TABLES: Final = """
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE TABLE station (place geography(Point, 4326) NOT NULL);
CREATE TABLE point (place geography(Point, 4326) NOT NULL);
"""
_NEAREST: Final = """
SELECT sum(near.distance_m) FROM point CROSS JOIN LATERAL (
    SELECT ST_Distance(station.place, point.place, false) AS distance_m FROM station
    ORDER BY station.place <-> point.place LIMIT 1
) AS near
"""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured; of the points PostGIS is asked for ``sampled_count``."""

    stations_count: int
    points_count: int
    sampled_count: int
    rounds_count: int


FULL: Final = Effort(200_000, 10_000_000, 20_000, 3)
QUICK: Final = Effort(200_000, 500_000, 2_000, 1)


@dataclass(frozen=True, slots=True)
class _Run:
    """One run of the script: seconds by the clock and of processors, and MiB of its processes at most."""

    seconds: float
    cpu_seconds: float
    peak_mib: float
    worker_peak_mib: float


def measure(effort: Effort) -> Section:
    """The script with one process and with two, and bare scipy, in turns; then PostGIS once."""
    turns = {
        "one": lambda: _run(effort, 0),
        "two": lambda: _run(effort, PROCESSES_COUNT),
        "bare": lambda: _Run(seconds_of(lambda: _bare(effort)), 0.0, 0.0, 0.0),
    }
    runs = in_turns(turns, effort.rounds_count)
    seconds = {name: Spread(tuple(run.seconds for run in each)) for name, each in runs.items()}
    knn, left_out = _knn_figures(effort)
    figures = (
        Figure("whole analysis in one process ÷ bare cKDTree", seconds["one"].over(seconds["bare"])),
        Figure(f"whole analysis in {PROCESSES_COUNT} processes ÷ bare cKDTree", seconds["two"].over(seconds["bare"])),
        Figure("  one process", seconds["one"], "s"),
        Figure(f"  {PROCESSES_COUNT} processes and the one that sorts", seconds["two"], "s"),
        Figure("  bare cKDTree, one thread", seconds["bare"], "s"),
        *_figures("processors, one process", (run.cpu_seconds for run in runs["one"]), "s"),
        *_figures(f"processors, {PROCESSES_COUNT} processes", (run.cpu_seconds for run in runs["two"]), "s"),
        *_figures("memory at most, one process", (run.peak_mib for run in runs["one"]), "MiB"),
        *_figures("memory at most, the process that sorts", (run.peak_mib for run in runs["two"]), "MiB"),
        *_figures("memory at most, each worker", (run.worker_peak_mib for run in runs["two"]), "MiB"),
        *knn,
    )
    notes = (
        (
            f"{effort.stations_count:,} invented stations, {effort.points_count:,} demand points. Ours: from the start "
            "of the script, Python and the cluster's processes included, to the printed answer, by cell and in all."
        ),
        "Bare: degrees to the sphere, tree, query, in this process. Making up the data is inside on both sides.",
    )
    return Section(TITLE, figures, notes, left_out)


def _figures(name: str, values: Iterator[float], unit: str) -> tuple[Figure, ...]:
    return (Figure(f"  {name}", Spread(tuple(values)), unit),)


def _run(effort: Effort, workers_count: int) -> _Run:
    before_s = _children_cpu_s()
    document: dict[str, Any] = {}
    seconds = seconds_of(lambda: document.update(_printed(effort, workers_count)))
    run = document["run"]
    peaks = run.get("workers_peak_mib", [0.0])
    return _Run(seconds, _children_cpu_s() - before_s, run["peak_mib"], max(peaks))


def _printed(effort: Effort, workers_count: int) -> dict[str, Any]:
    """What the script says of this many stations and points at the benchmark's moment."""
    done = subprocess.run(
        [
            *(sys.executable, str(PROJECT_DIR / "scripts" / "analyse_national.py"), "--at", AT.isoformat()),
            *("--stations", f"invented:{effort.stations_count}", "--demand", f"invented:{effort.points_count}"),
            *("--seed", str(SEED), "--workers", str(workers_count)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"The analysis failed:\n{done.stderr[-2000:]}")
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _bare(effort: Effort) -> float:
    """The sum of the chords, so that nothing is left undone."""
    lon, lat = open_places(effort)
    tree = cKDTree(unit_sphere(lon, lat))
    total = 0.0
    for part in _demand(effort):
        chords, _rows = tree.query(unit_sphere(part.lon, part.lat), k=1, workers=1)
        total += float(np.sum(chords))
    return total


def _demand(effort: Effort) -> Iterator[DemandPart]:
    return invented_demand(effort.points_count, SEED)


def open_places(effort: Effort) -> tuple[Floats, Floats]:
    """Where the stations are that are surely open at the benchmark's moment."""
    country = invent(effort.stations_count)
    is_open = open_at(country)
    return country.columns.lon[is_open], country.columns.lat[is_open]


def _knn_figures(effort: Effort) -> tuple[tuple[Figure, ...], tuple[str, ...]]:
    missing = missing_package()
    if missing is not None:
        return (), (f"PostGIS row by row: {missing} is missing.",)
    seconds, mean_m, expected_m = knn(effort)
    if not np.isclose(mean_m, expected_m, rtol=1e-3):
        raise RuntimeError(f"PostGIS finds stations {mean_m:.1f} m away on average, scipy {expected_m:.1f} m.")
    per_million = Spread.of(seconds / effort.sampled_count * _EXTRAPOLATED)
    return (
        Figure(f"  PostGIS, nearest by GiST `<->`, {effort.sampled_count:,} of the points", Spread.of(seconds), "s"),
        Figure("  PostGIS, extrapolated to 1,000,000 points on one processor", per_million, "s"),
    ), ()


def knn(effort: Effort) -> tuple[float, float, float]:
    """Seconds of one statement over the sample, and the mean distance by PostGIS and by scipy, metres."""
    lon, lat = open_places(effort)
    sample = _sample(effort)
    with PostgresCluster() as cluster:
        cluster.create_database("national")
        url = cluster.url("national").replace("postgresql+psycopg://", "postgresql://", 1)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(_TABLES)
            for table, points in (("station", np.column_stack((lon, lat))), ("point", sample)):
                with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    for each in points.tolist():
                        copy.write_row([f"SRID=4326;POINT({each[0]} {each[1]})"])
            connection.execute("CREATE INDEX ON station USING gist (place)")
            connection.execute("VACUUM ANALYZE")
            connection.execute("SET jit = off")
            connection.execute("SET max_parallel_workers_per_gather = 0")
            answer: list[float] = []
            seconds = seconds_of(lambda: answer.append(_sum_of(connection)))
    chords = cKDTree(unit_sphere(lon, lat)).query(unit_sphere(sample[:, 0], sample[:, 1]))[0]
    return seconds, answer[0] / len(sample), float((2 * EARTH_RADIUS_M * np.arcsin(chords / 2)).mean())


def _sum_of(connection: psycopg.Connection[Any]) -> float:
    row = connection.execute(_NEAREST).fetchone()
    assert row is not None  # noqa: S101 - an aggregate always has its row
    return float(row[0])


def _sample(effort: Effort) -> Floats:
    """Some of the points, the same each time, (n, 2)."""
    first = next(_demand(effort))
    rows = random.Random(SEED).sample(range(len(first.lon)), effort.sampled_count)
    return np.column_stack((first.lon[rows], first.lat[rows]))
