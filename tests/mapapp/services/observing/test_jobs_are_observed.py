"""A job can be followed from outside: from the request that asked for it to how it ended."""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner

from mapapp.commands import cli
from mapapp.commands.worker import _marker
from mapapp.services.jobs import desk
from mapapp.services.jobs.kinds import MAKE_EXPORT
from mapapp.services.jobs.run import Effect, JobCancelled, JobKind, JobRefused, JobRun, WorkerStopping
from mapapp.services.observing.log_lines import current_request, set_request
from mapapp.services.observing.marks import Mark, marked_at
from mapapp.services.rights import COMMAND_LINE
from mapapp.settings import PROJECT_DIR, Settings
from mapapp.store import Store
from tests.conftest import FrozenClock
from tests.mapapp.services.jobs.at_work import Bench

KIND: Final = "tried"
ENDS: Final[dict[str, BaseException | None]] = {
    "done": None,
    "refused": JobRefused("no", "不行", "no"),
    "crashed": ValueError("broken at 106.230912"),
    "cancelled": JobCancelled(),
    "given_back": WorkerStopping(),
}


class Noted(logging.Handler):
    """Lines with the request each belongs to."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append((current_request(), record.getMessage()))


@pytest.fixture
def noted() -> Iterator[Noted]:
    handler, logger = Noted(), logging.getLogger("mapapp")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler
    logger.removeHandler(handler)
    set_request("")


@pytest.fixture
def bench(store: Store, settings: Settings, clock: FrozenClock, testcity: Any) -> Bench:
    """An empty database with a worker beside it."""
    return Bench(store, testcity, settings, clock)


def ending(error: BaseException | None) -> JobKind:
    def work(_run: JobRun) -> Effect:
        if error is not None:
            raise error
        return lambda _writer: {}

    return JobKind(KIND, "command", work)


@pytest.mark.parametrize("outcome", ENDS)
def test_how_an_attempt_ended_is_told(bench: Bench, outcome: str) -> None:
    told: list[tuple[str, str]] = []
    bench.kinds = {KIND: ending(ENDS[outcome])}
    bench.ask(KIND)

    bench.worker(on_attempt=lambda kind, how, _seconds: told.append((kind, how))).run_one()

    assert told == [(KIND, outcome)]


def test_a_job_leads_back_to_the_request_that_asked_for_it(bench: Bench, noted: Noted) -> None:
    set_request("0123456789abcdef")
    job = desk.submit(bench.store, COMMAND_LINE, MAKE_EXPORT, {}, bench.clock())
    set_request("")
    bench.kinds = {MAKE_EXPORT: ending(None)}

    bench.worker().run_one()

    assert ("0123456789abcdef", f"job {job.id} ({MAKE_EXPORT}) is asked for") in noted.lines
    assert (f"job-{job.id}", f"job {job.id} is done") in noted.lines
    assert current_request() == ""


def test_a_worker_that_finds_nothing_to_do_gives_a_sign_all_the_same(bench: Bench) -> None:
    given: list[str] = []

    def sign() -> None:
        given.append("at work")
        worker.stop()

    worker = bench.worker(on_round=sign)
    worker.run()

    assert given == ["at work"]


def test_the_sign_is_not_written_at_every_round(settings: Settings) -> None:
    mark = _marker(settings)

    mark()
    first = marked_at(settings, Mark.WORKER)
    (Path(settings.data_dir) / Mark.WORKER).unlink()
    mark()

    assert first is not None
    assert marked_at(settings, Mark.WORKER) is None


def of_the_worker(settings: Settings, **more: str) -> dict[str, str]:
    given = {"MAPAPP_DATABASE_URL": settings.database_url, "MAPAPP_DATA_DIR": settings.data_dir, "LANG": "en_US.UTF-8"}
    return given | more


def test_the_workers_own_process_writes_json_too(settings: Settings, clock: FrozenClock, store: Store) -> None:
    with store.writing("form", at=clock()) as writer:
        job = desk.submitted(writer, COMMAND_LINE, MAKE_EXPORT, {"format": "none"}, clock())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"

    others = {name: value for name, value in os.environ.items() if not name.startswith("MAPAPP_")}
    ours = of_the_worker(settings, MAPAPP_LOG_FORMAT="json", MAPAPP_WORKER_METRICS=address)

    command = [sys.executable, "-m", "mapapp", "worker", "--once"]
    done = subprocess.run(command, cwd=PROJECT_DIR, env=others | ours, capture_output=True, text=True, check=False)

    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert done.returncode == 0
    assert any(line.get("request") == f"job-{job.id}" and line.get("kind") == MAKE_EXPORT for line in lines)


def test_a_worker_whose_address_is_taken_says_so(settings: Settings, store: Store) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = CliRunner().invoke(cli, ["worker", "--once"], obj=of_the_worker(settings, MAPAPP_WORKER_METRICS=address))

    assert done.exit_code == 1
    assert f"Cannot listen on {address}" in done.output
