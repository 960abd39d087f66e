"""A whole country's stations for benchmarks, and rounds of them in processes of their own, as a worker begins."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from geodata.places import load_place
from geodata.sample import SAMPLE_SEED
from geodata.sample.country import write_country
from installation.layout import PROJECT_DIR
from mapapp.services.load_country import load_country
from mapapp.store import Store

FOLDER_VARIABLE: Final = "STATIONMAP_NATIONAL_DIR"
"""A folder that scripts/generate_national.py made, to spare making one; what measures changes changes its stations."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured."""

    stations_count: int
    rounds_count: int


@contextmanager
def country_folder(stations_count: int) -> Iterator[Path]:
    """A folder with a country of so many stations, its place and its database: the one named, or one made for now."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        yield Path(named)
        return
    with TemporaryDirectory() as folder:
        make(Path(folder), stations_count)
        yield Path(folder)


def make(folder: Path, stations_count: int) -> None:
    """A country of so many stations: its place and its database."""
    write_country(folder / "place")
    with closing(database_of(folder)) as store:
        store.migrate()
        load_country(store, load_place(str(folder / "place")), stations_count, SAMPLE_SEED, lambda _done: None)


def database_of(folder: Path) -> Store:
    """The country's database, to be closed."""
    return Store(f"sqlite:///{folder / 'stations.sqlite3'}")


def in_own_process(module: str, *words: str) -> dict[str, float]:
    """What a module of the benchmarks prints as JSON when it is run with these arguments."""
    paths = os.pathsep.join((str(PROJECT_DIR / "scripts"), str(PROJECT_DIR)))
    command = [sys.executable, "-m", module, *words]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": paths}, capture_output=True, check=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def memory_mb() -> float:
    """What this process has in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def most_memory_mb() -> float:
    """The most this process had in memory: since its own program began, unlike what ``getrusage`` says."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
