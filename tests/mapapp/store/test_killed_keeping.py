"""kill -9 of a backup, a restore or a move at random moments: nothing half is left, and doing it again does it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import column

from mapapp.services.keeping.backing_up import make_backup
from mapapp.services.keeping.bringing_back import restore_backup, verify_backup
from mapapp.settings import Settings
from mapapp.store import DataAction, Store
from mapapp.store.engine import begin_writing, make_engine, writing_connection
from mapapp.store.fingerprints import fingerprint, fingerprints
from mapapp.store.moving import move_data
from tests.conftest import PROJECT_DIR
from tests.mapapp.store.every_row import write_every_row
from tests.mapapp.store.station_writing import NOW, add, real
from tests.mapapp.store.table_definitions import connected
from tests.postgres_cluster import programs_dir

ROUNDS: Final = 8
STATIONS_COUNT: Final = 500
"""So many that there is time to be killed in."""

pytestmark = pytest.mark.long


@pytest.fixture(autouse=True)
def programs_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """The programs of the server's own version."""
    monkeypatch.setenv("PATH", f"{programs_dir()}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def full(store: Store, settings: Settings) -> Settings:
    """An installation with rows in every table, and many in one."""
    engine = make_engine(settings.database_url)
    with writing_connection(engine) as connection, begin_writing(connection):
        write_every_row(connection)
    engine.dispose()
    add(store, *(real(f"TC-1{number:05d}") for number in range(STATIONS_COUNT)))
    store.close()
    return settings


def held(url: str) -> dict[str, tuple[int, str]]:
    with connected(url) as connection:
        return {name: (table.row_count, table.checksum) for name, table in fingerprints(connection).items()}


def held_apart_from_restoring(url: str) -> dict[str, tuple[int, str]]:
    """All of it but the data revision and the events of restorings, in which no two restorings are alike."""
    with connected(url) as connection:
        events = fingerprint(connection, "data_events", only=column("action") != DataAction.DATA_RESTORED.value)
    kept = {name: table for name, table in held(url).items() if name != "data_revision"}
    return kept | {"data_events": (events.row_count, events.checksum)}


def revision(url: str) -> int:
    with closing(Store(url)) as store:
        return store.data_revision()


@contextmanager
def at_work(what: str, settings: Settings, argument: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of its own that begins with it now; its end is waited for."""
    words = [what, settings.database_url, settings.data_dir, argument]
    command = [sys.executable, "-m", "tests.mapapp.store.other_process_keeping", *words]
    with subprocess.Popen(command, cwd=PROJECT_DIR, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begins\n"
        yield process
        process.stdout.read()


def killed(what: str, settings: Settings, argument: str, after_s: float) -> bool:
    """Let it begin and kill it and its children so long after; whether it had not ended by then."""
    with at_work(what, settings, argument) as process:
        time.sleep(after_s)  # this is the test: at any moment of the work
        was_at_work = process.poll() is None
        if was_at_work:
            os.killpg(process.pid, signal.SIGKILL)
    return was_at_work


def needed_s(what: str, settings: Settings, argument: str) -> float:
    """How long it takes on this machine, as busy as it is, when nobody kills it."""
    with at_work(what, settings, argument) as process:
        before_s = time.monotonic()
        assert process.wait() == 0
    return time.monotonic() - before_s


def test_a_killed_backup_leaves_no_backup(full: Settings, tmp_path: Path) -> None:
    chance, killed_count = random.Random(1), 0
    most_s = needed_s("backup", full, str(tmp_path / "first.backup"))
    for number in range(ROUNDS):
        file = tmp_path / f"{number}.backup"
        killed_count += killed("backup", full, str(file), chance.uniform(0, most_s))
        if file.exists():
            verify_backup(full, file, None)

    made = make_backup(full, tmp_path / "last.backup", None, NOW)

    assert held(full.database_url) == {n: (t.row_count, t.checksum) for n, t in made.manifest.content.tables.items()}
    print(f"{killed_count} of {ROUNDS} backups killed")
    assert killed_count


def test_a_killed_restore_leaves_the_old_or_the_new(full: Settings, tmp_path: Path) -> None:
    chance, killed_count = random.Random(2), 0
    new = held_apart_from_restoring(full.database_url)
    file = make_backup(full, tmp_path / "new.backup", None, NOW).file
    most_s = needed_s("restore", full, str(file))
    for number in range(ROUNDS):
        with closing(Store(full.database_url)) as store:
            add(store, real(f"TC-9{number:05d}"))
        old, revision_before = held_apart_from_restoring(full.database_url), revision(full.database_url)
        killed_count += killed("restore", full, str(file), chance.uniform(0, most_s))
        is_old = revision(full.database_url) == revision_before
        assert held_apart_from_restoring(full.database_url) == (old if is_old else new)
        assert revision(full.database_url) >= revision_before

    restore_backup(full, file, None, NOW, replace=True)

    assert held_apart_from_restoring(full.database_url) == new
    print(f"{killed_count} of {ROUNDS} restores killed")
    assert killed_count


def test_a_killed_move_leaves_nothing(full: Settings, migrated_database: Path, tmp_path: Path) -> None:
    chance, killed_count = random.Random(3), 0
    wanted = held(full.database_url)
    most_s = needed_s("move", full, f"sqlite:///{shutil.copyfile(migrated_database, tmp_path / 'first.sqlite3')}")
    for number in range(ROUNDS):
        url = f"sqlite:///{shutil.copyfile(migrated_database, tmp_path / f'{number}.sqlite3')}"
        empty = held(url)
        killed_count += killed("move", full, url, chance.uniform(0, most_s))
        assert held(url) in (empty, wanted)
        move_data(full.database_url, url)
        assert held(url) == wanted
    print(f"{killed_count} of {ROUNDS} moves killed")
    assert killed_count
