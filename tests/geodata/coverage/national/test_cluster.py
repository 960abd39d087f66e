"""Parts done by workers: the same numbers, whatever happens to the workers."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import distributed
import numpy as np
import pytest

from geodata.coverage.bulk import BulkCoverage, BulkTally, DemandPart, Judged
from geodata.coverage.national.answer import NationalCoverage, tallied_here
from geodata.coverage.national.cluster import ClusterFailed, ClusterRun, local_cluster
from geodata.coverage.national.sorting import SortedDemand
from tests.geodata.coverage.national.country import chunks, coverage, sorted_on_disk

dask: Any = distributed  # its constructors have no types


@pytest.fixture
def client() -> Iterator[Any]:
    """Two workers, as threads of this process."""
    with dask.Client(
        processes=False, n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", set_as_default=False
    ) as client:
        yield client


def require_same(ours: NationalCoverage, theirs: NationalCoverage) -> None:
    """To the last bit."""
    for name in ("points_count", "workers", "low", "high"):
        assert getattr(ours.total, name) == getattr(theirs.total, name)
    assert ours.total.by_distance.tolist() == theirs.total.by_distance.tolist()
    for name in ("cells", "points", "workers", "low", "high"):
        assert np.array_equal(getattr(ours.by_cell, name), getattr(theirs.by_cell, name))


def test_workers_give_the_numbers_of_one_process(client: Any, tmp_path: Path) -> None:
    stations, demand = coverage(), sorted_on_disk(tmp_path, chunks(4, 2_000), part_points=500)
    told: list[int] = []

    run = ClusterRun(client, stations)
    shared = NationalCoverage.of(stations, run.tallied(demand.parts(), told.append))

    require_same(shared, NationalCoverage.of(stations, tallied_here(stations, demand.parts())))
    assert told == list(range(1, demand.parts_count + 1))
    assert run.sent_count == 1


def test_only_a_few_parts_are_under_way_at_once(client: Any, tmp_path: Path) -> None:
    stations, demand = coverage(), sorted_on_disk(tmp_path, chunks(4, 2_000), part_points=200)
    asked, done, ahead = 0, 0, []

    def parts() -> Iterator[Any]:
        nonlocal asked
        for part in demand.parts():
            asked += 1
            ahead.append(asked - done)
            yield part

    def on_part(count: int) -> None:
        nonlocal done
        done = count

    ClusterRun(client, stations).tallied(parts(), on_part)

    assert demand.parts_count > 20
    assert max(ahead) <= 5


def test_without_workers_it_says_so() -> None:
    with (
        dask.LocalCluster(processes=False, n_workers=0, dashboard_address="127.0.0.1:0") as cluster,
        dask.Client(cluster, set_as_default=False) as client,
        pytest.raises(ClusterFailed, match="No worker joined"),
    ):
        ClusterRun(client, coverage(), patience_s=0.1).tallied([])


@dataclass(frozen=True, slots=True, eq=False)
class Deadly(BulkCoverage):
    """Ends whichever process works with it."""

    def judged(self, part: DemandPart) -> Judged:
        os._exit(9)

    def tallied(self, part: DemandPart, judged: Judged) -> BulkTally:
        raise AssertionError


@pytest.fixture
def processes() -> Iterator[Any]:
    """A cluster of two processes that are started again when they die."""
    with local_cluster(2) as cluster:
        yield cluster


@pytest.mark.long
@pytest.mark.parametrize("victims_count", [1, 2])
def test_workers_killed_again_and_again_change_no_number(processes: Any, tmp_path: Path, victims_count: int) -> None:
    stations, demand = coverage(20_000), sorted_on_disk(tmp_path, chunks(40, 50_000), part_points=25_000)
    rounds = 0

    def kill(done: int) -> None:
        nonlocal rounds
        if done % 12 == 5:
            rounds += 1
            for nanny in list(processes.workers.values())[:victims_count]:
                if nanny.pid:
                    os.kill(nanny.pid, signal.SIGKILL)

    with dask.Client(processes, set_as_default=False) as client:
        shared = NationalCoverage.of(stations, ClusterRun(client, stations).tallied(demand.parts(), kill))

    require_same(shared, NationalCoverage.of(stations, tallied_here(stations, demand.parts())))
    print(
        f"{shared.total.points_count:,} points in {demand.parts_count} parts: {victims_count} of 2 workers killed {rounds} times"
    )


@pytest.mark.long
def test_a_part_that_ends_every_worker_stops_the_run_with_a_reason(processes: Any, tmp_path: Path) -> None:
    whole = coverage(10)
    deadly = Deadly(whole.surely, whole.perhaps, whole.rule)
    demand: SortedDemand = sorted_on_disk(tmp_path, chunks(1, 100))

    with (
        dask.Client(processes, set_as_default=False) as client,
        pytest.raises(ClusterFailed, match=r"ended every worker|was lost"),
    ):
        ClusterRun(client, deadly).tallied(demand.parts())
