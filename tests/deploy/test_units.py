"""The systemd units: sound to systemd itself, hardened, and about files and commands there are."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

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


@pytest.mark.parametrize("name", ["backup.sh", "stationmap.sh"])
def test_a_script_is_one_a_plain_shell_reads(name: str) -> None:
    script = PROJECT_DIR / "deploy" / name

    assert script.stat().st_mode & 0o111
    subprocess.run(["sh", "-n", script], check=True)


def test_old_backups_make_room_and_nothing_else_does(tmp_path: Path) -> None:
    program, backups = tmp_path / "opt", tmp_path / "backups"
    for folder in (program / "deploy", program / ".venv" / "bin", backups):
        folder.mkdir(parents=True)
    shutil.copy(PROJECT_DIR / "deploy" / "backup.sh", program / "deploy")
    python = program / ".venv" / "bin" / "python"
    python.write_text(
        '#!/bin/sh\nif [ "$3" = backup ]; then touch "$4/new.backup"; echo "$4/new.backup"; fi\n', encoding="ascii"
    )
    python.chmod(0o755)
    (backups / "notes.txt").touch()
    for number in range(5):
        (backups / f"{number}.backup").touch()
        subprocess.run(["touch", "-d", f"2026-01-0{number + 1}", backups / f"{number}.backup"], check=True)

    subprocess.run(
        [program / "deploy" / "backup.sh", backups],
        check=True,
        env={"PATH": "/usr/bin:/bin", "STATIONMAP_BACKUPS_KEPT": "3"},
    )

    assert {path.name for path in backups.iterdir()} == {"new.backup", "4.backup", "3.backup", "notes.txt"}


def test_a_backup_that_is_unsound_makes_no_room(tmp_path: Path) -> None:
    program, backups = tmp_path / "opt", tmp_path / "backups"
    for folder in (program / "deploy", program / ".venv" / "bin", backups):
        folder.mkdir(parents=True)
    shutil.copy(PROJECT_DIR / "deploy" / "backup.sh", program / "deploy")
    python = program / ".venv" / "bin" / "python"
    python.write_text(
        '#!/bin/sh\nif [ "$3" = backup ]; then touch "$4/new.backup"; echo "$4/new.backup"; else exit 1; fi\n',
        encoding="ascii",
    )
    python.chmod(0o755)
    (backups / "old.backup").touch()

    done = subprocess.run(
        [program / "deploy" / "backup.sh", backups],
        check=False,
        env={"PATH": "/usr/bin:/bin", "STATIONMAP_BACKUPS_KEPT": "1"},
    )

    assert done.returncode != 0
    assert {path.name for path in backups.iterdir()} == {"old.backup", "new.backup.unsound"}
