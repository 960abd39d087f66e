"""``scripts/serve.py`` as people run it: from anywhere, stopped by a signal, leaving nothing behind."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from installation.front_end import built_assets, front_end_packages
from installation.layout import PROJECT_DIR
from installation.python_packages import run_time_packages
from installation.translations import compiled_translations
from tests.patience import PATIENCE_S, wait_until

SERVE: Final = "scripts/serve.py"
NOT_COPIED: Final = (".venv", "node_modules", "built", "instance", ".git", "*.mo", "__pycache__", ".*_cache")


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "new" / "stations.sqlite3"


@pytest.fixture
def server(port: int, database: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The service in a checkout that is set up, with a database that does not exist yet."""
    steps = [run_time_packages(), front_end_packages(), built_assets(), compiled_translations()]
    if not all(step.is_done() for step in steps):
        pytest.skip("set-up is missing: python3 scripts/test.py brings it")
    database.parent.mkdir()
    with started(PROJECT_DIR, port, database, working_dir=tmp_path) as process:
        yield process
        process.kill()


def started(checkout: Path, port: int, database: Path, *, working_dir: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, checkout / SERVE, "--port", str(port), "--workers", "1"],
        cwd=working_dir,
        env={**os.environ, "MAPAPP_DATABASE_URL": f"sqlite:///{database}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_until_announced(process: subprocess.Popen[str]) -> str:
    """The line with the address, which comes when the service answers."""
    assert process.stdout is not None
    for line in process.stdout:
        if "http://" in line:
            return line
    raise AssertionError("the server ended without announcing its address")


def answers(port: int, path: str = "/healthz") -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def worker_beside(server: subprocess.Popen[str], *, besides: int = 0) -> int:
    """The number of the worker's process, once there is one."""
    found: list[int] = []

    def is_there() -> bool:
        children = Path(f"/proc/{server.pid}/task").glob("*/children")
        found.extend(child for each in children for child in map(int, each.read_text().split()) if is_running(child))
        return any(child != besides for child in found)

    wait_until(is_there, lambda: "no worker was started")
    return next(child for child in found if child != besides)


def command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def is_running(pid: int) -> bool:
    return b"worker\0" in command_of(pid)


def test_an_announced_address_answers(server: subprocess.Popen[str], port: int) -> None:
    line = wait_until_announced(server)

    assert f"http://127.0.0.1:{port}/" in line
    assert answers(port)
    assert answers(port, "/")


@pytest.mark.parametrize("number", [pytest.param(signal.SIGINT, marks=pytest.mark.long), signal.SIGTERM])
def test_a_signal_stops_everything(server: subprocess.Popen[str], port: int, number: signal.Signals) -> None:
    wait_until_announced(server)

    server.send_signal(number)

    assert server.wait(timeout=PATIENCE_S) == 0
    assert not answers(port)


def test_a_worker_runs_beside_the_server_and_ends_with_it(server: subprocess.Popen[str], database: Path) -> None:
    wait_until_announced(server)
    worker = worker_beside(server)

    server.send_signal(signal.SIGTERM)

    assert server.wait(timeout=PATIENCE_S) == 0
    assert not is_running(worker)


def test_a_worker_that_dies_is_started_again(server: subprocess.Popen[str], port: int) -> None:
    wait_until_announced(server)
    first = worker_beside(server)

    os.kill(first, signal.SIGKILL)

    assert worker_beside(server, besides=first) != first
    assert answers(port)


def test_a_taken_port_is_reported_at_once(server: subprocess.Popen[str], port: int, database: Path) -> None:
    wait_until_announced(server)

    with started(PROJECT_DIR, port, database, working_dir=PROJECT_DIR) as second:
        output, _ = second.communicate(timeout=PATIENCE_S)

    assert second.returncode == 1
    assert f"127.0.0.1:{port}" in output
    assert "--port" in output
    assert answers(port)


@pytest.mark.parametrize("port_text", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none_is_refused(port_text: str) -> None:
    done = subprocess.run(
        [sys.executable, SERVE, f"--port={port_text}"], cwd=PROJECT_DIR, capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert "is no port" in done.stderr


def test_setting_up_alone_touches_no_database_and_ends(database: Path) -> None:
    steps = [run_time_packages(), front_end_packages(), built_assets(), compiled_translations()]
    if not all(step.is_done() for step in steps):
        pytest.skip("set-up is missing: python3 scripts/test.py brings it")
    done = subprocess.run(
        [sys.executable, SERVE, "--only-set-up"],
        cwd=PROJECT_DIR,
        env={**os.environ, "MAPAPP_DATABASE_URL": f"sqlite:///{database}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "http://" not in done.stdout
    assert not database.parent.exists()


@pytest.mark.long
def test_a_fresh_copy_is_served_by_one_command(port: int, tmp_path: Path) -> None:
    """Needs the package registries. The second start does no set-up work."""
    copy = tmp_path / "copy"
    shutil.copytree(PROJECT_DIR, copy, ignore=shutil.ignore_patterns(*NOT_COPIED))
    database = copy / "instance" / "stations.sqlite3"
    took_s: list[float] = []

    for _start in range(2):
        started_s = time.monotonic()
        with started(copy, port, database, working_dir=tmp_path) as process:
            wait_until_announced(process)
            took_s.append(time.monotonic() - started_s)
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=PATIENCE_S) == 0

    assert took_s[1] < took_s[0] / 3
