"""The parts of a country's coverage on a dask cluster: stations sent to every worker once, parts as they are wanted.

Only a few parts are under way at once, so memory stays flat here, at the scheduler and at the workers. A worker that
dies costs time and nothing else: the scheduler has its parts done elsewhere, and where the stations went with it
they are sent again. A part's numbers count once, however often it was worked on.
"""

from __future__ import annotations

import logging
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from queue import Empty, Queue
from typing import Any, Final

import distributed
import numpy as np
import scipy
from distributed import Client, Future, KilledWorker
from distributed.client import FutureCancelledError

from geodata.coverage.bulk import BulkCoverage
from geodata.coverage.national.sorting import CellPart
from geodata.coverage.national.tally import PartTally, tally_part

MOST_TRIES: Final = 5
"""Of a part whose data went with a worker; a worker's mere death is the scheduler's to repair, three times."""
PATIENCE_S: Final = 120.0
"""How long to wait for a worker when there is none."""
_LOOK_EVERY_S: Final = 2.0
_PARTS_A_THREAD: Final = 2
_SEND_AGAIN_S: Final = 0.5


class ClusterFailed(RuntimeError):
    """The cluster cannot do it; the message says what to do."""


@dataclass(slots=True)
class _UnderWay:
    """Parts that are being worked on, by number, with how often they were sent."""

    parts: dict[int, CellPart] = field(default_factory=dict)
    futures: dict[int, Future[PartTally]] = field(default_factory=dict)
    tries: dict[int, int] = field(default_factory=dict)

    def forget(self, number: int) -> None:
        """A part is done."""
        for kept in (self.parts, self.futures, self.tries):
            kept.pop(number, None)


class ClusterRun:
    """One coverage worked out on the workers of ``client``."""

    def __init__(self, client: Client, coverage: BulkCoverage, *, patience_s: float = PATIENCE_S) -> None:
        self._client: Any = client  # some of its methods have no types
        self._coverage = coverage
        self._patience_s = patience_s
        self._ended: Queue[tuple[int, Future[PartTally]]] = Queue()
        self._under_way = _UnderWay()
        self._stations: Any = None
        self.sent_count = 0
        """How often the stations were sent to the workers: once, if none of them vanished with all copies."""

    def tallied(self, parts: Iterable[CellPart], on_part: Callable[[int], None] = lambda done: None) -> list[PartTally]:
        """Every part, in no order; ``on_part`` is told how many are done.

        Raises
        ------
        ClusterFailed
            There are no workers, they are of other versions, or a part ends every worker that has it.
        """
        require_workers_like_us(self._client, self._patience_s)
        self._send_stations()
        tallies: list[PartTally] = []
        left = iter(parts)
        self._fill(left)
        while self._under_way.futures:
            number, tally = self._next()
            self._under_way.forget(number)
            tallies.append(tally)
            on_part(len(tallies))
            self._fill(left)
        return tallies

    def _send_stations(self) -> None:
        """To every worker there is; should they vanish meanwhile, to those that come instead."""
        give_up_s = time.monotonic() + self._patience_s
        while True:
            wait_for_a_worker(self._client, self._patience_s)
            try:
                self._stations = self._client.scatter(self._coverage, broadcast=True, hash=False)
            except (OSError, TimeoutError, ValueError) as error:  # a worker vanished while it was sent to it
                if time.monotonic() > give_up_s:
                    raise ClusterFailed("The workers vanish before they have the stations.") from error
                time.sleep(_SEND_AGAIN_S)
            else:
                self.sent_count += 1
                return

    def _fill(self, left: Iterator[CellPart]) -> None:
        """Send parts until every thread has its next one waiting."""
        threads_count = max(sum(self._client.nthreads().values()), 1)
        while len(self._under_way.futures) < threads_count * _PARTS_A_THREAD:
            part = next(left, None)
            if part is None:
                return
            self._under_way.parts[part.number] = part
            self._send(part)

    def _send(self, part: CellPart) -> None:
        future: Any = self._client.submit(tally_part, self._stations, part, pure=False)
        self._under_way.futures[part.number] = future
        self._under_way.tries[part.number] = self._under_way.tries.get(part.number, 0) + 1
        future.add_done_callback(lambda done, number=part.number: self._ended.put((number, done)))

    def _next(self) -> tuple[int, PartTally]:
        """The next part that is done, and its tally."""
        waiting_since: float | None = None
        while True:
            try:
                number, future = self._ended.get(timeout=_LOOK_EVERY_S)
            except Empty:
                waiting_since = self._waiting_since(waiting_since)
                continue
            if self._under_way.futures.get(number) is not future:
                continue  # an earlier try of a part that was sent again
            try:
                return number, future.result()
            except KilledWorker as killed:
                raise ClusterFailed(
                    f"Part {number} ended every worker that had it; the last was {killed.last_worker.address}. "
                    "Most likely they lack memory: fewer workers, or smaller parts (--part-points)."
                ) from killed
            except (FutureCancelledError, OSError):
                self._send_again(number)

    def _send_again(self, number: int) -> None:
        """The part's data went with its worker."""
        if self._under_way.tries[number] >= MOST_TRIES:
            raise ClusterFailed(f"Part {number} was lost {MOST_TRIES} times with the worker that had it.")
        if self._stations.status != "finished":
            self._send_stations()
        self._send(self._under_way.parts[number])

    def _waiting_since(self, since: float | None) -> float | None:
        """Since when there is no worker at all; None while there is one."""
        if self._client.nthreads():
            return None
        now = time.monotonic()
        if since is not None and now - since > self._patience_s:
            raise ClusterFailed(f"The cluster has had no worker for {self._patience_s:g} seconds.")
        return since if since is not None else now


def local_cluster(processes_count: int) -> Any:
    """So many worker processes on this machine, to be used in a ``with`` block; one that dies is replaced."""
    dask: Any = distributed  # its constructors have no types
    cluster = dask.LocalCluster(
        n_workers=processes_count,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL,
    )
    # A worker that is killed is started again by its nanny; one that is killed while it starts takes its nanny along.
    cluster.adapt(minimum=processes_count, maximum=processes_count, interval="1s")
    return cluster


def wait_for_a_worker(client: Client, patience_s: float) -> None:
    """Return when there is one; else raise ClusterFailed."""
    try:
        client.wait_for_workers(1, timeout=patience_s)
    except TimeoutError:
        raise ClusterFailed(f"No worker joined the cluster within {patience_s:g} seconds.") from None


def require_workers_like_us(client: Any, patience_s: float = PATIENCE_S) -> None:
    """Wait for a worker; the scheduler and all of them must have this program, with the versions that we have.

    Raises
    ------
    ClusterFailed
        No worker came, or one is different.
    """
    wait_for_a_worker(client, patience_s)
    ours = versions()
    found = client.run(versions, on_error="ignore")
    try:
        found["scheduler"] = client.run_on_scheduler(versions)
    except (ImportError, AttributeError):
        found = {}
    others = {address: theirs for address, theirs in found.items() if theirs != ours}
    if others:
        address, theirs = next(iter(others.items()))
        raise ClusterFailed(f"On the cluster {address} has {theirs}, here are {ours}: the numbers could differ.")
    if len(found) < 2:
        raise ClusterFailed(
            "The scheduler or the workers do not have this program: start them in the project's folder, with its own "
            "Python and PYTHONPATH=. (docs/national.md)."
        )


def versions() -> str:
    """What the numbers hang on besides the program itself."""
    return (
        f"Python {sys.version_info.major}.{sys.version_info.minor}, numpy {np.__version__}, scipy {scipy.__version__}"
    )


def peak_mib() -> float:
    """The most memory this process has had, resident, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
