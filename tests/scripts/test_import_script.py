"""scripts/import_stations.py as it is started from a shell."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mapapp.store import Store
from tests.geodata.files.sheets import csv_file

PROJECT_DIR = Path(__file__).resolve().parent.parent.parent
SCRIPT = PROJECT_DIR / "scripts" / "import_stations.py"
HEADINGS = ("站点名称", "地址", "经度(高德)", "纬度(高德)")


def run(database: Path, *arguments: str | Path, python: str = sys.executable) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "LANG": "C",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MAPAPP_DATABASE_URL": f"sqlite:///{database}",
        "MAPAPP_PLACE": str(PROJECT_DIR / "tests" / "places" / "testcity"),
    }
    return subprocess.run(
        [python, SCRIPT, *arguments], capture_output=True, encoding="utf-8", env=environment, check=False
    )


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "made" / "stations.sqlite3"


def test_a_list_is_imported_into_a_database_made_for_it(database: Path, tmp_path: Path) -> None:
    path = csv_file(tmp_path, HEADINGS, ("甲驿站", "街", 113.6, 34.75))

    done = run(database, path)

    assert done.returncode == 0, done.stderr
    assert "新增 1" in done.stdout
    store = Store(f"sqlite:///{database}")
    with store.reading() as reader:
        assert [station.name for station in reader.stations()] == ["甲驿站"]
    store.close()


def test_a_rejected_row_is_the_exit_code_1(database: Path, tmp_path: Path) -> None:
    path = csv_file(tmp_path, HEADINGS, ("甲驿站", "街", 113.6, 34.75), ("", "街", "", ""))

    assert run(database, path, "--lang", "en").returncode == 1


def test_what_cannot_be_used_is_the_exit_code_2_without_a_trace(database: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.touch()

    for file in (empty, tmp_path / "missing.csv", tmp_path):
        done = run(database, file, "--lang", "en")

        assert done.returncode == 2
        assert done.stderr.strip()
        assert "Traceback" not in done.stderr


def test_a_file_whose_name_begins_with_a_dash_is_a_file(database: Path, tmp_path: Path) -> None:
    path = csv_file(tmp_path, HEADINGS, ("甲驿站", "街", 113.6, 34.75)).rename(tmp_path / "-odd.csv")

    assert run(database, "--dry-run", "--", path).returncode == 0


def test_a_python_without_the_requirements_goes_on_with_the_projects_own_or_says_what_to_do(
    database: Path, tmp_path: Path
) -> None:
    path = csv_file(tmp_path, HEADINGS, ("甲驿站", "街", 113.6, 34.75))
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)

    done = run(database, path, "--dry-run", python=str(bare / "bin" / "python"))

    if (PROJECT_DIR / ".venv" / "bin" / "python").exists():
        assert done.returncode == 0, done.stderr
    else:
        assert done.returncode == 2
        assert "scripts/serve.py" in done.stderr
