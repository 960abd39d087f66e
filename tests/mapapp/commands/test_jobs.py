"""The commands about jobs, and the worker as a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mapapp.commands import cli
from mapapp.services.jobs import desk
from mapapp.services.jobs.kinds import UNDO_BATCH
from mapapp.services.rights import COMMAND_LINE
from mapapp.settings import Settings
from mapapp.store import Job, JobState, Store
from tests.conftest import PROJECT_DIR, TESTCITY_DIR
from tests.patience import PATIENCE_S

Run = Callable[..., Result]


def environment_of(settings: Settings, lang: str = "zh_CN.UTF-8") -> dict[str, str]:
    return {
        "MAPAPP_DATABASE_URL": settings.database_url,
        "MAPAPP_DATA_DIR": settings.data_dir,
        "MAPAPP_PLACE": str(TESTCITY_DIR),
        "LANG": lang,
    }


@pytest.fixture
def run(settings: Settings) -> Run:
    def run(*words: str) -> Result:
        return CliRunner().invoke(cli, list(words), obj=environment_of(settings))

    return run


def asked(store: Store) -> Job:
    return desk.submit(store, COMMAND_LINE, UNDO_BATCH, {"batch": "b"}, datetime.now(UTC))


def test_jobs_are_listed_one_a_line(run: Run, store: Store) -> None:
    asked(store)

    result = run("jobs", "list")

    assert result.exit_code == 0
    assert result.output.splitlines()[1].split("\t")[:6] == ["1", "undo_batch", "等待中", "-", "0/3", "command line"]


def test_a_worker_does_what_there_is_and_the_reason_of_a_failure_is_shown(run: Run, store: Store) -> None:
    job = asked(store)

    assert run("worker", "--once").exit_code == 0
    result = run("jobs", "show", str(job.id))

    assert "失败" in result.output
    assert "no_batch\t没有这次导入" in result.output


def test_a_waiting_job_is_cancelled(run: Run, store: Store) -> None:
    job = asked(store)

    assert run("jobs", "cancel", str(job.id)).exit_code == 0

    with store.reading() as reader:
        assert reader.jobs.get(job.id).state is JobState.CANCELLED


def test_a_job_that_ended_is_not_cancelled(run: Run, store: Store) -> None:
    job = asked(store)
    run("worker", "--once")

    assert run("jobs", "cancel", str(job.id)).exit_code == 1


@pytest.mark.parametrize("words", [("show", "7"), ("cancel", "7")])
def test_a_job_there_is_none_of_is_refused(run: Run, store: Store, words: tuple[str, ...]) -> None:
    result = run("jobs", *words)

    assert result.exit_code == 1
    assert "没有编号为 7 的任务" in result.output


def test_undoing_an_import_is_put_into_the_queue(run: Run, store: Store) -> None:
    assert run("jobs", "undo-import", "b7", "--reason", "误传").exit_code == 0

    (job,) = desk.jobs_of(store, COMMAND_LINE)
    assert (job.kind, dict(job.parameters)) == (UNDO_BATCH, {"batch": "b7", "reason": "误传"})


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_ends_when_told_to(settings: Settings, store: Store, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "mapapp", "worker"]
    environment = {**os.environ, **environment_of(settings)}
    with subprocess.Popen(command, cwd=PROJECT_DIR, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "begins" in process.stderr.readline()

        process.send_signal(number)

        assert process.wait(timeout=PATIENCE_S) == 0
        assert "ends" in process.stderr.read()


def test_a_worker_without_tables_says_how_to_make_them(run: Run, tmp_path: Path) -> None:
    result = run("worker")

    assert result.exit_code == 1
    assert "python -m mapapp db upgrade" in result.output
