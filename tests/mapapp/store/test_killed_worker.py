"""kill -9 of the worker while it saves an import: nothing lost, nothing doubled."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from geodata.places import Place
from mapapp.services.jobs.kinds import IMPORT_COMMIT
from mapapp.settings import Settings
from mapapp.store import Job, JobState, Store
from tests.geodata.files.sheets import csv_file
from tests.mapapp.services.importing.stations import HEADINGS, LAT, LON, stations_of
from tests.mapapp.services.jobs.at_work import Bench
from tests.mapapp.store.nursery import Nursery, RunningClock, finish

NEW_COUNT: Final = 120
"""In each round, and as many known stations change."""
MOMENTS: Final = (("begins, attempt", 0.3), ("is being saved", 0.03), ("is being saved", 0.1))
"""A worker is killed at any moment of so many seconds after it said so: while it prepares, while it saves."""


@pytest.fixture
def bench(store: Store, testcity: Place, settings: Settings) -> Bench:
    return Bench(store, testcity, settings, RunningClock())


@pytest.mark.parametrize("rounds", [5, pytest.param(50, marks=pytest.mark.long)])
def test_an_import_whose_worker_is_killed_is_saved_once(
    bench: Bench, nursery: Nursery, kind: str, tmp_path: Path, rounds: int
) -> None:
    chance = random.Random(5)
    attempts: list[int] = []

    for number in range(1, 3 * rounds + 1):
        if number > rounds and max(attempts) > 1:
            break  # else none was killed at work yet, and there is nothing to see
        plan = bench.plan(sheet(tmp_path, number))
        job = bench.ask(IMPORT_COMMIT, plan=plan.id)
        said, at_most_s = MOMENTS[number % len(MOMENTS)]
        nursery.kill_one(bench.settings, said, chance.uniform(0, at_most_s))
        done = finish(bench, job)
        attempts.append(done.attempts)
        require_saved_once(bench, done, number)

    again_count = sum(count > 1 for count in attempts)
    assert again_count
    print(
        f"{len(attempts)} workers killed on {kind}: {again_count} jobs were done by the next one, attempts {attempts}"
    )
    require_sound(bench)


def sheet(folder: Path, number: int) -> Path:
    """New stations, and a new number of seats for those of the round before."""
    rows = [
        (f"第{number}轮{each}号驿站", f"{number}街{each}号", *point(number, each), number) for each in range(NEW_COUNT)
    ]
    rows += [
        (f"第{number - 1}轮{each}号驿站", f"{number - 1}街{each}号", *point(number - 1, each), number)
        for each in range(NEW_COUNT if number > 1 else 0)
    ]
    return csv_file(folder, (*HEADINGS, "座位数"), *rows)


def point(number: int, each: int) -> tuple[float, float]:
    return round(LON + number * 0.005, 6), round(LAT + each * 0.003, 6)


def require_saved_once(bench: Bench, job: Job, number: int) -> None:
    changed_count = NEW_COUNT if number > 1 else 0
    assert job.state is JobState.DONE, job.error
    assert job.result is not None
    assert (job.result["new_count"], job.result["changed_count"], job.result["refused_count"]) == (
        NEW_COUNT,
        changed_count,
        0,
    )
    stations = stations_of(bench.store)
    assert len(stations) == len({station.name for station in stations}) == NEW_COUNT * number
    with bench.store.reading() as reader:
        batch = reader.batch(job.result["batch"])
        assert len(batch) == len({revision.code for revision in batch}) == NEW_COUNT + changed_count
        assert len(reader.jobs.results(job.id)) == NEW_COUNT + changed_count
        assert reader.data_revision() == number


def require_sound(bench: Bench) -> None:
    """Every version has its revision, and the file is whole."""
    with bench.store.reading() as reader:
        versions = reader.versions()
        assert all(
            [revision.number for revision in reader.revisions(code)] == list(range(1, version + 1))
            for code, version in versions.items()
        )
    if not bench.settings.database_url.startswith("sqlite:///"):
        return  # PostgreSQL would not have let go of its own rules
    with closing(sqlite3.connect(bench.settings.database_url.removeprefix("sqlite:///"))) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
