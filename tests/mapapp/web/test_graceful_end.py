"""The web server as it runs: who is being answered when it is reloaded or stopped gets the whole answer."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from mapapp.settings import Settings
from mapapp.store import Store
from tests.conftest import PROJECT_DIR
from tests.mapapp.staff.world import SECRET
from tests.mapapp.store.served import free_port
from tests.patience import PATIENCE_S, wait_until

RELOADS_COUNT: Final = 50
SLOW_APP: Final = """
import os, time
from functools import partial
from pathlib import Path
from flask import request
from mapapp import create_app
from mapapp.web import access

def make():
    from mapapp.api import health
    folder = Path(os.environ["SLOW_FOLDER"])
    @health.get("/slow")
    def slow():
        (folder / "begun").touch()
        while not (folder / "go_on").exists():
            time.sleep(0.01)
        return "the whole answer", 200, {"X-Process": str(os.getpid())}
    access.ACCESS["health.slow"] = access.ACCESS["health.healthz"]
    return create_app()
"""


@dataclass(slots=True)
class Gunicorn:
    """A running server: its master, its port and the folder by which a slow answer is held up."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path

    def get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@contextmanager
def running(settings: Settings, folder: Path, application: str = "slow_app:make()") -> Iterator[Gunicorn]:
    (folder / "slow_app.py").write_text(SLOW_APP, encoding="utf-8")
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("MAPAPP_")},
        "MAPAPP_DATABASE_URL": settings.database_url,
        "MAPAPP_DATA_DIR": settings.data_dir,
        "MAPAPP_SECRET_KEY": SECRET,
        "SLOW_FOLDER": str(folder),
        "PYTHONPATH": f"{PROJECT_DIR}{os.pathsep}{folder}",
    }
    command = [sys.executable, "-m", "gunicorn", "-c", str(PROJECT_DIR / "mapapp" / "gunicorn_conf.py")]
    command += ["--graceful-timeout", str(10 * round(PATIENCE_S))]  # how long it waits is not what is tested
    command += ["--workers", "1", "--bind", f"127.0.0.1:{port}", application]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=PROJECT_DIR, env=environment, stdout=log, stderr=log)
    try:
        yield Gunicorn(process, port, folder)
    finally:
        process.send_signal(signal.SIGTERM)
        (folder / "go_on").touch()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def until(is_so: Callable[[], bool], what: str, folder: Path) -> None:
    wait_until(is_so, lambda: f"{what}\n{log_of(folder)}")


def says(folder: Path, words: str) -> bool:
    return words in log_of(folder)


def processes_of(folder: Path) -> list[int]:
    """Those that were begun to answer, in their order."""
    return [int(number) for number in re.findall(r"Booting worker with pid: (\d+)", log_of(folder))]


def has_ended(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def answers(server: Gunicorn) -> bool:
    try:
        return server.get("/readyz")[0] == 200
    except (OSError, http.client.HTTPException):
        return False


def test_whoever_is_being_answered_while_it_is_reloaded_and_stopped_gets_the_whole_answer(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    folder = tmp_path / "slow"
    folder.mkdir()
    with running(settings, folder) as server:
        until(lambda: answers(server), "the server does not answer", folder)
        for how, has_begun in ((signal.SIGHUP, "Handling signal: hup"), (signal.SIGTERM, "Handling signal: term")):
            for mark in ("begun", "go_on"):
                (folder / mark).unlink(missing_ok=True)
            got: list[tuple[int, bytes]] = []
            asking = threading.Thread(target=lambda got=got: got.append(server.get("/slow")))
            asking.start()
            until((folder / "begun").exists, "the slow answer was not begun", folder)

            server.process.send_signal(how)
            until(partial(says, folder, has_begun), "the signal was not taken", folder)
            if how is signal.SIGHUP:
                until(lambda: answers(server), "nobody answers beside the slow one", folder)
            else:  # rather than let in by the system, to wait for nobody
                until(lambda: is_turned_away(server), "the door stays open", folder)
                assert asking.is_alive()
            (folder / "go_on").touch()
            asking.join(PATIENCE_S)

            assert got == [(200, b"the whole answer")]
            if how is signal.SIGHUP:  # until it has gone, the old process may be who answers
                until(partial(has_ended, processes_of(folder)[0]), "the old process stays", folder)
        assert server.process.wait(PATIENCE_S) == 0


def is_turned_away(server: Gunicorn) -> bool:
    try:
        socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S).close()
    except ConnectionRefusedError:
        return True
    return False


@dataclass(slots=True)
class Crowd:
    """Visitors who ask without a pause; ``lost`` are answers that did not come, or not whole."""

    server: Gunicorn
    is_over: threading.Event = field(default_factory=threading.Event)
    answered: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)

    def has_met(self, count: int) -> bool:
        """Whether so many processes have answered."""
        return len(self.answered) >= count

    def visit(self, keeps_connection: bool) -> None:
        connection: http.client.HTTPConnection | None = None
        while not self.is_over.is_set():
            connection = connection or http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE_S)
            try:
                connection.request("GET", "/who")
                answer = connection.getresponse()
                whole = (answer.status, len(answer.read())) == (200, 100_000)
                self.answered[answer.headers["X-Process"]] += whole
                if not whole:
                    self.lost.append(str(answer.status))
                is_kept = keeps_connection and not answer.will_close
            except (OSError, http.client.HTTPException) as error:
                self.lost.append(repr(error))
                is_kept = False
            if not is_kept:
                connection.close()
                connection = None
        if connection is not None:
            connection.close()


@pytest.mark.long
@pytest.mark.usefixtures("store")  # a reload asks the database
def test_reloading_under_load_loses_no_answer(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "slow"
    folder.mkdir()
    with running(settings, folder, "tests.mapapp.web.hasty_worker:who") as server:
        until(lambda: answers(server), "the server does not answer", folder)
        crowd = Crowd(server)
        visitors = [threading.Thread(target=crowd.visit, args=(number % 2 == 0,)) for number in range(2)]
        for visitor in visitors:
            visitor.start()
        for number in range(1, RELOADS_COUNT + 1):
            until(partial(crowd.has_met, number), "no new process answers", folder)
            server.process.send_signal(signal.SIGHUP)
        until(partial(crowd.has_met, RELOADS_COUNT + 1), "no new process answers", folder)
        crowd.is_over.set()
        for visitor in visitors:
            visitor.join(PATIENCE_S)

    print(f"{RELOADS_COUNT} reloads: {crowd.answered.total()} answers of {len(crowd.answered)} processes, none lost")
    assert crowd.lost == []


def log_of(folder: Path) -> str:
    return (folder / "log").read_text(encoding="utf-8")
