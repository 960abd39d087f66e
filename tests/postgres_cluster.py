"""A private PostgreSQL server in a folder of its own, for as long as somebody needs it.

PostgreSQL refuses to run as root; then it runs as Debian's user ``postgres``. It listens on a socket
in that folder (no password; nobody else can enter the folder) and on a free port of 127.0.0.1 (with a
password made for it). It does not wait for the disk, so nothing in it is worth keeping. The kernel
stops it if this process is killed.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

import psycopg
from psycopg import sql
from sqlalchemy import URL

from tests.patience import PATIENCE_S, eventually

PROGRAMS_VARIABLE: Final = "STATIONMAP_POSTGRES_BIN"
"""The folder of ``initdb`` and ``postgres``, if not where Debian puts it."""

DEBIAN_DIR: Final = Path("/usr/lib/postgresql")
SYSTEM_USER: Final = "postgres"
ADMINISTRATOR: Final = "administrator"

_PORTS_TRIED_COUNT: Final = 5
_NOT_WORTH_KEEPING: Final = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=256MB")


class ServerFailed(RuntimeError):
    """The server did not start; the message ends with what it said."""


def programs_dir() -> Path:
    """The folder of PostgreSQL's programs, whether or not it exists."""
    named = os.environ.get(PROGRAMS_VARIABLE)
    if named:
        return Path(named)
    versions = sorted(DEBIAN_DIR.glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    return versions[-1].parent if versions else DEBIAN_DIR / "15" / "bin"


def missing_package() -> str | None:
    """The Debian package without which there is no server with PostGIS, or None."""
    if not all((programs_dir() / name).exists() for name in ("initdb", "postgres", "pg_config")):
        return "postgresql-15"
    asked = subprocess.run([programs_dir() / "pg_config", "--sharedir"], capture_output=True, text=True, check=True)
    if not (Path(asked.stdout.strip()) / "extension" / "postgis.control").exists():
        return "postgresql-15-postgis-3"
    return None


class PostgresCluster:
    """One server and its databases; a context manager that stops it and removes its folder."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="stationmap-pg-"))
        self._password = secrets.token_hex(16)
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    def __enter__(self) -> Self:
        try:
            self._make()
            self._start_on_a_free_port()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the server, if it runs, and remove everything."""
        self.stop(signal.SIGQUIT)  # at once: what it would write down first is not worth keeping
        shutil.rmtree(self._folder)

    def url(self, database: str, user: str = ADMINISTRATOR) -> str:
        """The database's URL by way of the socket."""
        where = {"host": str(self._folder), "port": str(self._port)}
        return str(URL.create("postgresql+psycopg", user, database=database, query=where))

    def network_url(self, database: str) -> str:
        """The database's URL by way of the network, with the administrator's password in it."""
        url = URL.create("postgresql+psycopg", ADMINISTRATOR, self._password, "127.0.0.1", self._port, database)
        return url.render_as_string(hide_password=False)

    def create_database(self, name: str, *, template: str = "template1", encoding: str = "UTF8") -> None:
        """Make a database, a copy of ``template``; nobody may be connected to that."""
        # A few blocks are copied faster as files than by way of the write-ahead log.
        words = "CREATE DATABASE {} TEMPLATE {} ENCODING {} STRATEGY FILE_COPY"
        self.execute(sql.SQL(words).format(sql.Identifier(name), sql.Identifier(template), sql.Literal(encoding)))

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def execute(self, statement: sql.Composed | sql.SQL, database: str = "postgres") -> None:
        """Run one statement as the administrator, outside a transaction."""
        with self._connect(database) as connection:
            connection.execute(statement)

    @contextmanager
    def away(self) -> Iterator[None]:
        """The server is down within the block, and back after it with what it held."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def start(self) -> None:
        """Start the server on its port; returns when it answers."""
        log_file = self._folder / "log"
        with log_file.open("ab") as log:
            self._process = subprocess.Popen(self._server_command(), stdout=log, stderr=log, **self._as_its_user())
        process = self._process
        if not (eventually(lambda: process.poll() is not None or self._answers()) and process.poll() is None):
            self.stop()
            raise ServerFailed(log_file.read_text(encoding="utf-8", errors="replace")[-2_000:])

    def stop(self, first: signal.Signals = signal.SIGINT) -> None:
        """Stop the server, ending its sessions; does nothing if it does not run."""
        process, self._process = self._process, None
        if process is None:
            return
        for how in (first, signal.SIGQUIT, signal.SIGKILL):
            process.send_signal(how)
            try:
                process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                continue
            return

    def _make(self) -> None:
        password_file = self._folder / "password"
        password_file.write_text(self._password, encoding="ascii")
        if os.geteuid() == 0:
            for path in (self._folder, password_file):
                shutil.chown(path, SYSTEM_USER, SYSTEM_USER)
        words = ["--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={password_file}", "--no-sync"]
        words += [f"--username={ADMINISTRATOR}", "--encoding=UTF8", "--locale=C.UTF-8", f"--pgdata={self._data_dir}"]
        made = subprocess.run(
            [programs_dir() / "initdb", *words], capture_output=True, text=True, check=False, **self._as_its_user()
        )
        if made.returncode != 0:
            raise ServerFailed(made.stdout + made.stderr)
        password_file.unlink()

    def _start_on_a_free_port(self) -> None:
        for _ in range(_PORTS_TRIED_COUNT):
            self._port = _free_port()
            try:
                self.start()
            except ServerFailed as failure:
                if "could not bind" not in str(failure):
                    raise
            else:
                return
        raise ServerFailed("No port was free for long enough.")

    @property
    def _data_dir(self) -> Path:
        return self._folder / "data"

    def _server_command(self) -> list[str | Path]:
        settings = [f"port={self._port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={self._folder}"]
        command: list[str | Path] = ["setpriv", "--pdeathsig=INT", "--"]
        command += [programs_dir() / "postgres", "-D", self._data_dir]
        for setting in (*settings, *_NOT_WORTH_KEEPING):
            command += ["-c", setting]
        return command

    def _as_its_user(self) -> Mapping[str, Any]:
        if os.geteuid() != 0:
            return {"cwd": self._folder}
        return {"cwd": self._folder, "user": SYSTEM_USER, "group": SYSTEM_USER, "extra_groups": []}

    def _connect(self, database: str) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=str(self._folder), port=self._port, dbname=database, user=ADMINISTRATOR, autocommit=True
        )

    def _answers(self) -> bool:
        try:
            self._connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
