"""kill -9 of an upgrade at any moment: the database is as it was or as it should be, and the next upgrade does it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import text

from mapapp.store import Store
from mapapp.store.engine import make_engine
from tests.conftest import PROJECT_DIR
from tests.mapapp.store.other_process_upgrading import DONE, ENDED
from tests.mapapp.store.test_upgrades import VERSIONS, migrated_to, rows_of
from tests.postgres_cluster import PostgresCluster

OLDER: Final = VERSIONS[:-1]
Columns = dict[str, list[str]]
CopyOf = Callable[[str], tuple[str, Columns]]


class Upgraders:
    """Processes that upgrade, to be killed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process, self._input, self._output = process, process.stdin, process.stdout

    def upgrade(self, url: str, kill_after_s: float | None = None) -> tuple[bool, float]:
        """Let one begin, and kill it so long after; whether it was still at work, and how long it took."""
        self._tell(url)
        pid, began_s = int(self._output.readline()), time.monotonic()
        if kill_after_s is not None:
            time.sleep(kill_after_s)  # this is the test: at any moment of the work
            os.kill(pid, signal.SIGKILL)  # waited for only when we say so: the number is still its own
        self._tell("")
        said = self._output.readline().strip()
        took_s = time.monotonic() - began_s
        if said == DONE:
            assert self._output.readline().strip() == ENDED
        return said == ENDED, took_s

    def _tell(self, line: str) -> None:
        self._input.write(line + "\n")
        self._input.flush()


@pytest.fixture
def upgraders() -> Iterator[Upgraders]:
    command = [sys.executable, "-m", "tests.mapapp.store.other_process_upgrading"]
    with subprocess.Popen(
        command, cwd=PROJECT_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Upgraders(process)
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def copy_of(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CopyOf]:
    """Makes a database of an earlier version with rows in every table it has, and the columns that were written."""
    made: dict[str, tuple[str, Columns]] = {}
    names: list[str] = []
    cluster: PostgresCluster | None = request.getfixturevalue("cluster") if kind == "postgresql" else None

    def new_url() -> tuple[str, str]:
        name = f"upgrade_{len(names)}_{os.getpid()}"
        names.append(name)
        return name, cluster.url(name) if cluster else f"sqlite:///{tmp_path / name}.sqlite3"

    def copied(version: str) -> tuple[str, Columns]:
        if version not in made:
            pattern, url = new_url()
            if cluster:
                cluster.create_database(pattern)
            made[version] = (pattern, migrated_to(url, version))
        pattern, columns = made[version]
        name, url = new_url()
        if cluster:
            cluster.create_database(name, template=pattern)
        else:
            shutil.copyfile(tmp_path / f"{pattern}.sqlite3", tmp_path / f"{name}.sqlite3")
        return url, columns

    yield copied
    if cluster:
        for name in names:
            cluster.drop_database(name)


@pytest.mark.parametrize("rounds", [5, pytest.param(50, marks=pytest.mark.long)])
def test_a_killed_upgrade_leaves_the_old_or_the_new_and_is_done_by_the_next(
    copy_of: CopyOf, upgraders: Upgraders, kind: str, rounds: int
) -> None:
    chance = random.Random(7)
    needs_s: dict[str, float] = {}
    killed_count = finished_count = done_count = 0
    while done_count < rounds or (not killed_count and done_count < 4 * rounds):
        version = chance.choice(OLDER)
        if version not in needs_s:
            _, needs_s[version] = upgraders.upgrade(copy_of(version)[0])
        url, columns = copy_of(version)
        before = held(url, columns)

        was_at_work, _ = upgraders.upgrade(url, kill_after_s=chance.uniform(0, needs_s[version]))

        done_count += 1
        killed_count += was_at_work
        assert held(url, columns) == before
        store = Store(url)
        finished_count += was_at_work and not store.migrate()
        assert store.is_migrated()
        store.close()
        assert held(url, columns) == before
    print(
        f"{done_count} upgrades on {kind}: {killed_count} killed at work, {finished_count} of them had just committed"
    )
    assert killed_count


def held(url: str, columns: Columns) -> dict[str, list[str]]:
    """The rows as far as they were written by the old version; SQLite's file is whole."""
    engine = make_engine(url)
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA integrity_check")).all() == [("ok",)]
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        rows = rows_of(connection, columns)
    engine.dispose()
    return rows
