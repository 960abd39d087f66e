"""scripts/load_streets.py: once from a shell, else in this process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import load_streets as load_streets_script  # scripts/ is on the path of the tests
from geodata.travel.streets import load_streets
from tests.geodata.travel.street_maps import helsinki, write_map

PROJECT_DIR = Path(__file__).resolve().parent.parent.parent
TESTCITY_DIR = PROJECT_DIR / "tests" / "places" / "testcity"
Load = Callable[..., tuple[int, str, str]]
SCRIPT = PROJECT_DIR / "scripts" / "load_streets.py"


def run(data_dir: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "LANG": "C",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MAPAPP_DATA_DIR": str(data_dir),
        "MAPAPP_PLACE": str(TESTCITY_DIR),
    }
    return subprocess.run(
        [sys.executable, SCRIPT, *arguments], capture_output=True, encoding="utf-8", env=environment, check=False
    )


def test_streets_of_the_place_are_loaded_into_the_data_directory(tmp_path: Path) -> None:
    roads = [([1, 2, 3], {"highway": "residential"})]
    extract = write_map(tmp_path / "town.osm.pbf", {1: (0, 0), 2: (0, 1), 3: (1, 1)}, roads)

    done = run(tmp_path / "data", extract)

    assert done.returncode == 0, done.stderr
    streets = load_streets(tmp_path / "data" / "streets")
    assert streets is not None
    assert str(streets.source.area) == "testcity"
    assert "3 nodes" in done.stdout
    assert "OpenStreetMap contributors" in done.stdout


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Load:
    """The same in this process: exit code, what was printed, what was said on the error stream."""
    monkeypatch.setenv("MAPAPP_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MAPAPP_PLACE", str(TESTCITY_DIR))

    def call(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["load_streets.py", *map(str, arguments)])
        code = load_streets_script.main()
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call


def test_an_extract_of_elsewhere_is_refused_until_the_whole_is_asked_for(tmp_path: Path, load: Load) -> None:
    code, _out, message = load(helsinki())

    assert code == 2
    assert "--whole" in message
    assert not (tmp_path / "streets").exists()

    assert load(helsinki(), "--whole")[0] == 0


def test_loading_again_says_that_nothing_had_to_be_done(tmp_path: Path, load: Load) -> None:
    load(helsinki(), "--whole")

    code, said, _message = load(helsinki(), "--whole")

    assert code == 0
    assert "had been loaded before" in said


@pytest.mark.parametrize("name", ["missing.osm.pbf", "text.osm.pbf"])
def test_what_cannot_be_used_is_the_exit_code_2_with_a_sentence(tmp_path: Path, load: Load, name: str) -> None:
    (tmp_path / "text.osm.pbf").write_text("no extract", encoding="utf-8")

    code, _out, message = load(tmp_path / name, "--whole")

    assert code == 2
    assert message.strip()


def test_a_place_that_does_not_exist_is_refused(load: Load) -> None:
    code, _out, message = load(helsinki(), "--place", "atlantis")

    assert code == 2
    assert "atlantis" in message
