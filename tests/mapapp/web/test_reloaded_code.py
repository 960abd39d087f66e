"""A reload runs the code that is on the disk, all of it; where it cannot be loaded or start, the old goes on."""

from __future__ import annotations

import ast
import http.client
import importlib
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pytest
from sqlalchemy import make_url

from mapapp import gunicorn_conf
from mapapp.settings import Settings
from mapapp.store import Store
from mapapp.store.migrations import HEAD
from tests.conftest import PROJECT_DIR
from tests.mapapp.store.served import free_port
from tests.patience import PATIENCE_S, wait_until

CHANGED: Final = "mapapp/services/observing/exposition.py"
"""What the master has imported before it makes processes; ``/metrics`` says what stands there."""

SCHEMA: Final = "mapapp/store/migrations/__init__.py"
STAFF: Final = "mapapp/staff/__init__.py"
"""What it had not always imported."""


class Log:
    """Takes what is said of a failure."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.error_log = logging.getLogger("tests.of_no_server")

    def error(self, words: str) -> None:
        self.said.append(words)

    exception = info = error


class Configuration:
    """As much of gunicorn's as a reload looks at."""

    worker_class = "the worker's class"

    def __init__(self) -> None:
        self.workers = 2

    def set(self, name: str, value: int) -> None:
        setattr(self, name, value)


class Server:
    """As much of gunicorn's master as a reload looks at."""

    def __init__(self) -> None:
        self.log, self.cfg, self.worker_class = Log(), Configuration(), "the old class"
        self.worker_age = 7
        self.WORKERS = {100 + age: SimpleNamespace(age=age) for age in (7, 3, 5)}


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A small project of two modules, loaded, in the place of ours."""
    folder = tmp_path / "small_project"
    folder.mkdir()
    (folder / "__init__.py").write_text("from small_project.other import ANSWER\n", encoding="ascii")
    (folder / "other.py").write_text("ANSWER = 1\n", encoding="ascii")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # it is told apart by second and size, and tests are quick
    monkeypatch.setattr(gunicorn_conf, "_OURS", frozenset({"small_project"}))
    monkeypatch.setattr(gunicorn_conf, "_PARTS", ("small_project",))
    monkeypatch.setattr(gunicorn_conf, "_LOOK_AT_DATABASE", (sys.executable, "-c", ""))
    importlib.import_module("small_project")
    yield folder
    for name in ("small_project", "small_project.other"):
        sys.modules.pop(name, None)


def test_modules_are_loaded_anew(modules: Path) -> None:
    (modules / "other.py").write_text("ANSWER = 'another'\n", encoding="ascii")
    server = Server()

    gunicorn_conf.on_reload(server)

    assert answer_of_small_project() == "another"
    assert (server.worker_class, server.cfg.workers) == ("the worker's class", 2)


@pytest.mark.parametrize("broken", ["ANSWER = = 2\n", "raise SystemExit\n", "del ANSWER\n"])
def test_what_cannot_be_loaded_leaves_the_old_modules_and_processes(modules: Path, broken: str) -> None:
    (modules / "other.py").write_text(broken, encoding="ascii")
    before, server = sys.modules["small_project"], Server()

    gunicorn_conf.on_reload(server)

    assert sys.modules["small_project"] is before
    assert answer_of_small_project() == 1
    assert (server.worker_class, server.cfg.workers) == ("the old class", 0)
    assert any("cannot be loaded" in words for words in server.log.said)


def test_other_packages_are_not_reloaded_over(modules: Path) -> None:
    (modules / "other.py").write_text("ANSWER = 'another'\n", encoding="ascii")
    server: Any = Server()
    server.stationmap_packages = "of other packages"

    gunicorn_conf.on_reload(server)

    assert answer_of_small_project() == 1
    assert server.cfg.workers == 0
    assert any("Restart the service" in words for words in server.log.said)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("raise SystemExit('It stands at 1\\nand not at 2.')", "It stands at 1 and not at 2."),
        ("input()", "nothing for"),
    ],
)
def test_a_database_the_new_code_cannot_read_leaves_the_old_modules_and_processes(
    modules: Path, monkeypatch: pytest.MonkeyPatch, said: str, expected: str
) -> None:
    (modules / "other.py").write_text("ANSWER = 'another'\n", encoding="ascii")
    looking = (sys.executable, "-c", f"import time\ninput = lambda: time.sleep(600)\n{said}")
    monkeypatch.setattr(gunicorn_conf, "_LOOK_AT_DATABASE", looking)
    if expected == "nothing for":
        monkeypatch.setattr(gunicorn_conf, "_LOOK_WITHIN_S", 0.1)
    server = Server()

    gunicorn_conf.on_reload(server)

    assert answer_of_small_project() == 1
    assert (server.worker_class, server.cfg.workers) == ("the old class", 0)
    [words] = server.log.said
    assert "nothing is reloaded" in words
    assert expected in words


def test_after_a_refused_reload_the_server_takes_none_of_its_processes_for_an_old_one(modules: Path) -> None:
    (modules / "other.py").write_text("raise SystemExit\n", encoding="ascii")
    server = Server()

    gunicorn_conf.on_reload(server)

    by_age = sorted(server.WORKERS, key=lambda pid: server.WORKERS[pid].age)
    ages = [server.WORKERS[pid].age for pid in by_age]
    assert by_age == [103, 105, 107]
    assert server.worker_age < ages[0] < ages[1] < ages[2] < server.worker_age + 1


def answer_of_small_project() -> object:
    return sys.modules["small_project"].ANSWER


def test_all_that_the_application_imports_is_loaded_before_there_are_processes() -> None:
    tree = ast.parse((PROJECT_DIR / "mapapp" / "__init__.py").read_text(encoding="utf-8"))
    [maker] = [each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name == "create_app"]
    wanted = {each.module for each in ast.walk(maker) if isinstance(each, ast.ImportFrom) and each.module}

    assert set(gunicorn_conf._PARTS) - {gunicorn_conf.worker_class.rpartition(".")[0]} == wanted


@dataclass(slots=True)
class Copy:
    """A running server whose code is a copy of ours."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]
    environment: dict[str, str]

    def command(self, *words: str) -> None:
        """``python -m mapapp`` of the copy."""
        command = [sys.executable, "-m", "mapapp", *words]
        subprocess.run(command, cwd=self.folder, env=self.environment, check=True, capture_output=True)

    def change(self, path: str, old: str, new: str) -> None:
        file = self.folder / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    def get(self, path: str) -> tuple[int, str, str]:
        """Status, kind and text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
        except OSError:
            return 0, "", ""
        finally:
            connection.close()

    def processes(self) -> set[str]:
        return set(re.findall(r'resident_bytes\{pid="(\d+)"\}', self.get("/metrics")[2]))

    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")

    def reload(self) -> None:
        self.process.send_signal(signal.SIGHUP)

    def until(self, condition: Callable[[], bool], what: str) -> None:
        def is_so() -> bool:
            assert self.process.poll() is None, self.log()
            return condition()

        wait_until(is_so, lambda: f"{what}\n{self.log()}")


@pytest.fixture
def copy(settings: Settings, sample_store: Store, tmp_path: Path) -> Iterator[Copy]:
    sample_store.close()
    folder, port = tmp_path / "program", free_port()
    for name in ("mapapp", "geodata", "templates"):
        shutil.copytree(PROJECT_DIR / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT_DIR / "requirements.txt", folder)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("MAPAPP_", "PROMETHEUS_"))},
        "MAPAPP_DATABASE_URL": settings.database_url,
        "MAPAPP_DATA_DIR": settings.data_dir,
        "MAPAPP_LOG_FORMAT": "json",
        "TMPDIR": str(tmp_path),
    }
    environment.pop("PYTHONPATH", None)
    command = [sys.executable, "-m", "gunicorn", "--config", "mapapp/gunicorn_conf.py", "--workers", "1"]
    command += ["--graceful-timeout", str(10 * round(PATIENCE_S))]  # who waits for old processes is found out
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--bind", f"127.0.0.1:{port}"], cwd=folder, env=environment, stdout=log, stderr=log
        )
    try:
        yield Copy(folder, port, process, environment)
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


@pytest.mark.long
def test_a_reload_runs_the_new_code_and_a_broken_one_the_old(copy: Copy) -> None:
    copy.until(lambda: len(copy.processes()) == 1, "nobody answers")
    first = copy.processes()
    (copy.folder / STAFF).write_text((copy.folder / STAFF).read_text() + "\nraise RuntimeError('broken')\n")

    copy.reload()
    copy.until(lambda: "nothing is reloaded" in copy.log(), "nobody says that it is broken")
    after_broken = copy.processes()

    shutil.copy(PROJECT_DIR / STAFF, copy.folder / STAFF)
    copy.change(CHANGED, "version=0.0.4", "version=0.0.4; told=anew")
    before = copy.get("/metrics")[1]
    copy.reload()
    copy.until(lambda: "told=anew" in copy.get("/metrics")[1], "the old code goes on")
    copy.until(lambda: not copy.processes() & first, "the old process goes on")

    lines = [line for line in copy.log().splitlines() if "nothing is reloaded" in line]
    print(f"2 reloads: {first} {after_broken} {copy.processes()}")
    assert after_broken == first
    assert "told=anew" not in before
    assert all(line.startswith("{") and "broken" in line for line in lines)


@pytest.mark.long
def test_code_that_needs_another_database_waits_until_it_is_upgraded(copy: Copy) -> None:
    copy.until(lambda: len(copy.processes()) == 1, "nobody answers")
    first = copy.processes()
    copy.change(SCHEMA, f'HEAD: Final = "{HEAD}"', 'HEAD: Final = "9999"')
    migration = f'revision = "9999"\ndown_revision = "{HEAD}"\n\n\ndef upgrade() -> None:\n    """Nothing."""\n'
    (copy.folder / SCHEMA).with_name("versions").joinpath("9999_next.py").write_text(migration, encoding="ascii")
    copy.change(CHANGED, "version=0.0.4", "version=0.0.4; told=anew")

    copy.reload()
    copy.until(lambda: "needs 9999" in copy.log(), "nobody says that it is of another version")
    after_refused, told = copy.processes(), copy.get("/metrics")[1]
    copy.command("db", "upgrade")
    copy.reload()
    copy.until(lambda: "told=anew" in copy.get("/metrics")[1], "the old code goes on")

    assert after_refused == first
    assert "told=anew" not in told
    print(f"2 reloads: {first} {copy.processes()}")


@pytest.mark.long
def test_a_database_that_is_away_ends_no_server_at_a_reload(copy: Copy, settings: Settings) -> None:
    copy.until(lambda: len(copy.processes()) == 1, "nobody answers")
    first = copy.processes()
    file = Path(make_url(settings.database_url).database or "")
    file.rename(file.with_suffix(".away"))

    copy.reload()
    copy.until(lambda: "cannot start with the database" in copy.log(), "nobody says that it is away")

    assert copy.processes() == first
    assert copy.get("/stations")[0] == 200
    file.with_suffix(".away").rename(file)
