"""The generator of national data: from the command line to a database that a service can run on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from geodata.places import load_place
from mapapp.store import Store
from tests.conftest import PROJECT_DIR
from tests.patience import PATIENCE_S

COUNT = 40


def generate(*arguments: str) -> subprocess.CompletedProcess[str]:
    script = PROJECT_DIR / "scripts" / "generate_national.py"
    return subprocess.run(
        [sys.executable, str(script), *arguments], capture_output=True, text=True, check=False, timeout=10 * PATIENCE_S
    )


def test_it_makes_a_place_and_a_database_once_and_leaves_a_full_one_alone(tmp_path: Path) -> None:
    first = generate(str(tmp_path), "--stations", str(COUNT))

    assert first.returncode == 0, first.stderr
    assert "MAPAPP_PLACE=" in first.stdout
    place = load_place(str(tmp_path / "place"))
    store = Store(f"sqlite:///{tmp_path / 'stations.sqlite3'}")
    with store.reading() as reader:
        stations = reader.stations(include_hidden=True)
        assert reader.holidays().years
    store.close()
    assert len(stations) == COUNT
    assert {station.district_code for station in stations} <= {unit.code for unit in place.units}

    second = generate(str(tmp_path), "--stations", str(COUNT))

    assert second.returncode == 2
    assert "not empty" in second.stderr


@pytest.mark.parametrize("count", ["0", "-5", "many", "999999999"])
def test_a_count_that_makes_no_sense_is_refused(tmp_path: Path, count: str) -> None:
    refused = generate(str(tmp_path), "--stations", count)

    assert refused.returncode == 2
    assert not list(tmp_path.iterdir())
