"""The systemd units: sound to systemd itself, hardened, and about files and commands there are."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import make_url

from mapapp.settings import ROLES, Settings

PROJECT_DIR: Final = Path(__file__).resolve().parents[2]
UNITS_DIR: Final = PROJECT_DIR / "deploy" / "systemd"
SERVICES: Final = sorted(path.name for path in UNITS_DIR.glob("*.service"))
ANALYSE: Final = shutil.which("systemd-analyze")
MOST_EXPOSED: Final = 2.0
"""Of 10, as ``systemd-analyze security`` counts; a unit without any hardening has 9.6."""

needs_systemd = pytest.mark.skipif(ANALYSE is None, reason="systemd-analyze is missing: apt-get install systemd")


def unit(name: str) -> dict[str, dict[str, list[str]]]:
    """The sections of a unit; a key may stand several times."""
    sections: dict[str, dict[str, list[str]]] = {}
    section = ""
    for line in (UNITS_DIR / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            sections.setdefault(section, {}).setdefault(key, []).append(value)
    return sections


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """The units with this checkout in the place of /opt/stationmap: systemd looks whether programs are there."""
    for path in UNITS_DIR.iterdir():
        text = path.read_text(encoding="utf-8").replace("/opt/stationmap/", f"{PROJECT_DIR}/")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    return tmp_path


@needs_systemd
def test_systemd_finds_nothing_wrong(here: Path) -> None:
    units = [here / name for name in (*SERVICES, "stationmap-backup.timer")]

    done = subprocess.run(
        [str(ANALYSE), "verify", "--man=no", "--recursive-errors=no", *units],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout + done.stderr == ""
    assert done.returncode == 0


@needs_systemd
@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_may_do_little(here: Path, name: str) -> None:
    done = subprocess.run(
        [str(ANALYSE), "security", "--offline=true", f"--threshold={MOST_EXPOSED * 10:.0f}", here / name],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-400:] + done.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_no_unit_runs_as_root(name: str) -> None:
    service = unit(name)["Service"]

    assert service["User"] == ["stationmap"]
    assert service["NoNewPrivileges"] == ["yes"]
    assert service["CapabilityBoundingSet"] == [""]
    assert service["ProtectSystem"] == ["strict"]


@pytest.mark.parametrize("name", SERVICES)
def test_its_program_is_in_the_checkout(name: str) -> None:
    [command] = unit(name)["Service"]["ExecStart"]
    for path in re.findall(r"/opt/stationmap/(?!\.venv)(\S+)", command) + re.findall(r"mapapp/\S+\.py", command):
        assert (PROJECT_DIR / path).is_file(), path


def test_the_web_server_is_given_longer_to_stop_than_it_takes() -> None:
    from mapapp import gunicorn_conf

    [stop_s] = unit("stationmap-web.service")["Service"]["TimeoutStopSec"]

    assert int(stop_s) > gunicorn_conf.graceful_timeout


@pytest.mark.parametrize(
    ("more", "is_well"),
    [("", True), ("def\n", False), ("import nothing_of_the_kind\n", False), ('threads = "many"\n', False)],
)
def test_a_configuration_that_cannot_be_read_stops_a_reload(tmp_path: Path, more: str, is_well: bool) -> None:
    looking, telling = (shlex.split(each) for each in unit("stationmap-web.service")["Service"]["ExecReload"])
    folder = tmp_path / "mapapp"
    folder.mkdir()
    for file in ("__init__.py", "gunicorn_conf.py"):
        shutil.copy(PROJECT_DIR / "mapapp" / file, folder)
    with (folder / "gunicorn_conf.py").open("a", encoding="utf-8") as configuration:
        configuration.write(more)

    done = subprocess.run([sys.executable, *looking[1:]], cwd=tmp_path, capture_output=True, check=False)

    assert looking[0].endswith("/python")
    assert telling[0].endswith("/kill")
    assert (done.returncode == 0) == is_well


@pytest.mark.parametrize("name", ["backup.sh", "stationmap.sh"])
def test_a_script_is_one_a_plain_shell_reads(name: str) -> None:
    script = PROJECT_DIR / "deploy" / name

    assert script.stat().st_mode & 0o111
    subprocess.run(["sh", "-n", script], check=True)


@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_is_handed_the_secrets_as_credentials(name: str) -> None:
    assert unit(name)["Service"]["LoadCredential"] == ["MAPAPP:/etc/stationmap/credentials"]


def test_no_secret_stands_in_the_example_of_the_settings() -> None:
    text = (PROJECT_DIR / "deploy" / "stationmap.env.example").read_text(encoding="utf-8")
    named = {each.lstrip("#") for each in re.findall(r"^#?MAPAPP_\w+", text, re.MULTILINE)}
    urls = re.findall(r"^#?MAPAPP_\w+_URL='(\S+)'$", text, re.MULTILINE)

    assert {each for each in named if each.endswith(("_KEY", "_TOKEN"))} == set()
    assert len(urls) >= 3
    assert [each for each in urls if "@" in each] == []


def test_the_example_reaches_postgresql_by_its_socket_and_the_users_name() -> None:
    text = (PROJECT_DIR / "deploy" / "stationmap.env.example").read_text(encoding="utf-8")
    urls = [make_url(each) for each in re.findall(r"^#?MAPAPP_DATABASE_URL='(\S+)'$", text, re.MULTILINE)]

    assert [each.get_backend_name() for each in urls] == ["sqlite", "postgresql"]
    assert [(each.host, each.username, each.password) for each in urls] == [(None, None, None)] * 2
    assert urls[1].query["host"] == "/var/run/postgresql"


def test_the_example_asks_all_staff_for_one_time_codes() -> None:
    text = (PROJECT_DIR / "deploy" / "stationmap.env.example").read_text(encoding="utf-8")
    [roles] = re.findall(r"^MAPAPP_TOTP_ROLES='(\S+)'$", text, re.MULTILINE)

    assert Settings(totp_roles=roles).roles_with_totp == set(ROLES)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to another user")
def test_a_command_is_handed_the_secrets_as_the_units_are(tmp_path: Path) -> None:
    home, programs, credentials = tmp_path / "opt", tmp_path / "programs", tmp_path / "credentials"
    for folder in (home / ".venv" / "bin", programs, credentials):
        folder.mkdir(parents=True)
    (credentials / "SECRET_KEY").write_text("the tests' secret\n", encoding="utf-8")
    (tmp_path / "settings").write_text("MAPAPP_PLACE='here'\n", encoding="utf-8")
    write_program(programs / "setpriv", 'while [ "$1" != "--" ]; do shift; done\nshift\nexec "$@"')
    told = 'cd "$CREDENTIALS_DIRECTORY"; pwd; stat -c "%n %U %a" . *; cat *; echo "$MAPAPP_PLACE $3"; exit 7'
    write_program(home / ".venv" / "bin" / "python", told)
    variables = {"SETTINGS": tmp_path / "settings", "CREDENTIALS": credentials, "HOME": home, "USER": "nobody"}
    environment = {f"STATIONMAP_{name}": str(value) for name, value in variables.items()}

    done = subprocess.run(
        [PROJECT_DIR / "deploy" / "stationmap.sh", "info"],
        env={"PATH": f"{programs}:/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )

    handed, *lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (7, "")
    assert lines == [". nobody 700", "MAPAPP_SECRET_KEY nobody 400", "the tests' secret", "here info"]
    assert not Path(handed).exists()


def write_program(path: Path, shell: str) -> None:
    """A program that does this."""
    path.write_text(f"#!/bin/sh\n{shell}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def nightly(tmp_path: Path) -> Callable[..., int]:
    """Runs the nightly script with a program that makes ``new.backup``, sound or not; returns its exit code."""
    program, backups = tmp_path / "opt", tmp_path / "backups"
    for folder in (program / "deploy", program / ".venv" / "bin", backups):
        folder.mkdir(parents=True)
    shutil.copy(PROJECT_DIR / "deploy" / "backup.sh", program / "deploy")
    python = program / ".venv" / "bin" / "python"

    def run(*, exits: int = 0, keeps: int = 3, makes: str = "new.backup") -> int:
        making = f'touch "$5/{makes}"; echo "$5/{makes}"; echo described; ' if makes else ""
        python.write_text(
            f'#!/bin/sh\n[ "$3 $4" = "backup --verify" ] || exit 9\n{making}exit {exits}\n', encoding="ascii"
        )
        python.chmod(0o755)
        environment = {"PATH": "/usr/bin:/bin", "STATIONMAP_BACKUPS_KEPT": str(keeps)}
        return subprocess.run([program / "deploy" / "backup.sh", backups], check=False, env=environment).returncode

    return run


def lay(folder: Path, name: str, day: int) -> None:
    """A file of that day."""
    (folder / name).touch()
    at_s = datetime(2026, 1, day, tzinfo=UTC).timestamp()
    os.utime(folder / name, (at_s, at_s))


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_old_backups_make_room_and_nothing_else_does(tmp_path: Path, nightly: Callable[..., int]) -> None:
    for number in range(5):
        lay(tmp_path / "backups", f"{number}.backup", number + 1)
    lay(tmp_path / "backups", "notes.txt", 1)

    assert nightly() == 0

    assert names_in(tmp_path / "backups") == {"new.backup", "4.backup", "3.backup", "notes.txt"}


def test_a_backup_that_is_unsound_makes_no_room(tmp_path: Path, nightly: Callable[..., int]) -> None:
    lay(tmp_path / "backups", "old.backup", 1)

    assert nightly(exits=1, keeps=1) == 1

    assert names_in(tmp_path / "backups") == {"old.backup", "new.backup.unsound"}


def test_no_backup_at_all_is_a_failure_that_changes_nothing(tmp_path: Path, nightly: Callable[..., int]) -> None:
    lay(tmp_path / "backups", "old.backup", 1)

    assert nightly(exits=1, keeps=1, makes="") == 1

    assert names_in(tmp_path / "backups") == {"old.backup"}


def test_of_unsound_backups_the_newest_stays_for_a_look(tmp_path: Path, nightly: Callable[..., int]) -> None:
    lay(tmp_path / "backups", "old.backup", 1)
    for day in (2, 3):
        lay(tmp_path / "backups", f"{day}.backup.unsound", day)

    assert nightly(exits=1) == 1

    assert names_in(tmp_path / "backups") == {"old.backup", "new.backup.unsound"}


@pytest.mark.parametrize(("day", "stays"), [(1, False), (4, True)])
def test_an_unsound_backup_goes_when_it_is_older_than_all_that_are_kept(
    tmp_path: Path, nightly: Callable[..., int], day: int, stays: bool
) -> None:
    lay(tmp_path / "backups", "x.backup.unsound", day)
    for number in (2, 3, 5):
        lay(tmp_path / "backups", f"{number}.backup", number)

    assert nightly() == 0

    assert names_in(tmp_path / "backups") - {"x.backup.unsound"} == {"new.backup", "5.backup", "3.backup"}
    assert (tmp_path / "backups" / "x.backup.unsound").exists() is stays
