"""A real streaming replica: it follows, falls behind, goes away and comes back, and nobody notices."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import URL

from geodata.places import Place
from mapapp.services.snapshot_keeper import SnapshotKeeper
from mapapp.store import Store
from tests.conftest import FrozenClock
from tests.mapapp.store.databases import on_postgresql
from tests.mapapp.store.served import free_port
from tests.mapapp.store.station_writing import add, real
from tests.patience import PATIENCE_S, wait_until
from tests.postgres_cluster import ADMINISTRATOR, SYSTEM_USER, PostgresCluster, programs_dir

pytestmark = [pytest.mark.long, on_postgresql]


@dataclass(slots=True)
class Standby:
    """A hot standby in a folder of its own."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def url(self, database: str) -> str:
        where = {"host": str(self.folder), "port": str(self.port)}
        return str(URL.create("postgresql+psycopg", ADMINISTRATOR, database=database, query=where))

    def start(self) -> None:
        command = [
            "setpriv",
            "--pdeathsig=INT",
            "--",
            str(programs_dir() / "postgres"),
            "-D",
            str(self.folder / "data"),
        ]
        command += [
            "-c",
            f"port={self.port}",
            "-c",
            f"unix_socket_directories={self.folder}",
            "-c",
            "listen_addresses=",
        ]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, **as_its_user(self.folder))
        wait_until(self.answers)

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(PATIENCE_S)
            self.process = None

    def answers(self) -> bool:
        try:
            self.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def execute(self, words: str) -> None:
        with psycopg.connect(
            host=str(self.folder), port=self.port, dbname="postgres", user=ADMINISTRATOR, autocommit=True
        ) as connection:
            connection.execute(words)


def as_its_user(folder: Path) -> dict[str, Any]:
    if os.geteuid() != 0:
        return {"cwd": folder}
    return {"cwd": folder, "user": SYSTEM_USER, "group": SYSTEM_USER, "extra_groups": []}


@contextmanager
def standby_of(cluster: PostgresCluster) -> Iterator[Standby]:
    folder = Path(tempfile.mkdtemp(prefix="stationmap-standby-"))
    if os.geteuid() == 0:
        shutil.chown(folder, SYSTEM_USER, SYSTEM_USER)
    standby = Standby(folder, free_port())
    try:
        words = ["-h", str(cluster._folder), "-p", str(cluster._port), "-U", ADMINISTRATOR]
        words += ["-D", str(folder / "data"), "-R", "-X", "stream", "--checkpoint=fast", "--no-sync"]
        subprocess.run(
            [programs_dir() / "pg_basebackup", *words], check=True, capture_output=True, **as_its_user(folder)
        )
        standby.start()
        yield standby
    finally:
        standby.stop()
        shutil.rmtree(folder)


def test_a_replica_follows_falls_behind_goes_away_and_comes_back(
    store: Store, cluster: PostgresCluster, postgresql_name: str, testcity: Place, clock: FrozenClock
) -> None:
    with standby_of(cluster) as standby:
        both = Store(cluster.url(postgresql_name), clock=clock, replica_url=standby.url(postgresql_name))
        keeper = SnapshotKeeper(both, testcity, clock, 0.05)
        keeper.refresh()
        keeper.start()
        revisions: list[int] = []

        def shows(count: int) -> bool:
            revisions.append(keeper.current.revision)
            return len(keeper.current.stations) == count

        try:
            add(both, real("TC-0001"))
            wait_until(lambda: shows(1))
            wait_until(lambda: both.replica_revision() == 1)

            standby.execute("SELECT pg_wal_replay_pause()")
            add(both, real("TC-0002"))
            wait_until(lambda: shows(2))  # from the primary: the replica stands still
            assert both.replica_revision() == 1
            standby.execute("SELECT pg_wal_replay_resume()")
            wait_until(lambda: both.replica_revision() == 2)

            standby.stop()
            add(both, real("TC-0003"))
            wait_until(lambda: shows(3))
            standby.start()
            wait_until(lambda: both.replica_revision() == 3)

            with cluster.away():
                wait_until(lambda: not keeper.database_answers)
                shows(3)
                with both.public_reading(at_least=3) as reader:
                    assert len(reader.stations()) == 3
            wait_until(lambda: keeper.database_answers)
            add(both, real("TC-0004"))
            wait_until(lambda: shows(4))
        finally:
            keeper.stop()
            both.close()
        assert revisions == sorted(revisions)
