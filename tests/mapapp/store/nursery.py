"""Workers that cost little, to be killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from mapapp.settings import Settings
from mapapp.store import Job
from tests.conftest import PROJECT_DIR, TESTCITY_DIR, FrozenClock
from tests.mapapp.services.jobs.at_work import Bench
from tests.mapapp.store.worker_nursery import ENDED, LEAVES
from tests.patience import wait_until

LEASE_S: Final = 1.0
"""How long a worker may say nothing: so long a dead one's job waits."""


@dataclass(slots=True)
class Nursery:
    """Makes workers: see ``worker_nursery``."""

    process: subprocess.Popen[str]

    def begin(self, settings: Settings) -> int:
        """A new worker; its process number."""
        told = {"database_url": settings.database_url, "data_dir": settings.data_dir, "place": str(TESTCITY_DIR)}
        self._tell(json.dumps({**told, "lease_s": LEASE_S}))
        return int(self._line())

    def run_through(self, settings: Settings) -> float:
        """A worker that nobody kills; the seconds from its job's beginning to its end."""
        self.begin(settings)
        began_s = ended_s = time.monotonic()
        while (line := self._line()) != LEAVES:
            if "begins, attempt" in line:
                began_s = time.monotonic()
            if "is done" in line:
                ended_s = time.monotonic()
        self._end()
        return ended_s - began_s

    def kill_one(self, settings: Settings, said: str, after_s: float) -> bool:
        """A worker that is killed so long after it said something; whether it had not said that it was done."""
        pid = self.begin(settings)
        while (line := self._line()) != LEAVES:
            if said in line:
                time.sleep(after_s)  # this is the test: at any moment of the work
                break
        os.kill(pid, signal.SIGKILL)
        return not any("is done" in line for line in self._end())

    def _end(self) -> list[str]:
        """Have the dead worker forgotten; what it had said that nobody read."""
        self._tell("")
        said: list[str] = []
        while (line := self._line()) != ENDED:
            said.append(line)
        return said

    def _tell(self, line: str) -> None:
        assert self.process.stdin is not None
        print(line, file=self.process.stdin, flush=True)

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the nursery has ended"
        return line.strip()


class RunningClock(FrozenClock):
    """The time as it is."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


def finish(bench: Bench, job: Job) -> Job:
    """Another worker takes over whatever the dead one left; the job at its end."""
    worker = bench.worker(lease=timedelta(seconds=LEASE_S))

    def is_ended() -> bool:
        return bench.look(job).state.is_ended or (worker.run_one() and bench.look(job).state.is_ended)

    wait_until(is_ended)
    return bench.look(job)


@contextmanager
def open_nursery() -> Iterator[Nursery]:
    """Somewhere workers come from, until the end."""
    command = [sys.executable, "-m", "tests.mapapp.store.worker_nursery"]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(PROJECT_DIR)}
    with subprocess.Popen(
        command,
        cwd=PROJECT_DIR,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        yield Nursery(process)
        assert process.stdin is not None
        process.stdin.close()
