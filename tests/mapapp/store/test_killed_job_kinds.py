"""kill -9 of a worker at any moment of any kind of job: another one does it, and it is done once."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

from geodata.places import Place
from mapapp.commands import cli
from mapapp.services.jobs.kinds import ANALYSE_COVERAGE, KINDS, MAKE_PLANNING_REPORT, PLAN_INTERVENTIONS
from mapapp.services.planning.runs import RunState
from mapapp.settings import Settings
from mapapp.store import Job, JobState, Store
from tests.conftest import TESTCITY_DIR
from tests.mapapp.services.jobs.at_work import Bench
from tests.mapapp.services.planning.small_town import Town
from tests.mapapp.store.databases import on_sqlite
from tests.mapapp.store.job_drills import DRILLS, Drill, World
from tests.mapapp.store.nursery import Nursery, RunningClock, finish

LONG_ROUNDS: Final = 20
SAVING_S: Final = 0.03
"""A save lasts about so long; a third of the kills fall into it."""
PLANNER_KINDS: Final = {ANALYSE_COVERAGE, PLAN_INTERVENTIONS, MAKE_PLANNING_REPORT}


@pytest.fixture
def world(store: Store, testcity: Place, settings: Settings, tmp_path: Path) -> World:
    clock = RunningClock()
    town = Town.of(store, testcity, settings, clock)
    town.load_streets(tmp_path)
    return World(town, Bench(store, testcity, settings, clock), tmp_path)


def test_every_kind_of_job_has_a_drill() -> None:
    assert {drill.kind for drill in DRILLS} == set(KINDS)


@pytest.mark.parametrize("drill", [pytest.param(each, id=each.kind) for each in DRILLS if each.kind in PLANNER_KINDS])
@on_sqlite
def test_a_killed_planners_job_is_done_by_the_next_worker(drill: Drill, world: World, nursery: Nursery) -> None:
    job = drill.ask(world)

    nursery.kill_one(world.town.settings, "begins, attempt", 0.02)

    drill.require(world, finish(world.bench, job))


@on_sqlite
def test_a_job_that_ends_every_worker_is_given_up_and_says_why_to_whoever_asked(world: World, nursery: Nursery) -> None:
    drill = next(each for each in DRILLS if each.kind == ANALYSE_COVERAGE)
    job = drill.ask(world)
    for _ in range(job.max_attempts):
        nursery.kill_one(world.town.settings, "begins, attempt", 0)
        wait_for_the_lease_to_end(world, job)

    ended = finish(world.bench, job)

    assert (ended.state, ended.attempts) == (JobState.FAILED, job.max_attempts)
    assert ended.error is not None
    assert ended.error.code == "worker_lost"
    seen = world.town.desk.run(world.town.planner, world.seen["run"])
    assert seen.state is RunState.FAILED
    assert seen.job is not None
    assert seen.job.error == ended.error
    said = CliRunner().invoke(cli, ["jobs", "show", str(job.id)], obj=environment(world))
    assert ended.error.zh in said.output
    assert ended.error.zh in CliRunner().invoke(cli, ["jobs", "list"], obj=environment(world)).output
    assert not world.bench.worker().run_one()


@pytest.mark.long
@pytest.mark.parametrize("drill", [pytest.param(each, id=each.kind) for each in DRILLS])
def test_a_job_of_any_kind_is_done_once_however_often_its_worker_dies(
    drill: Drill, world: World, nursery: Nursery, kind: str
) -> None:
    chance = random.Random(drill.kind)
    job = drill.ask(world)
    takes_s = nursery.run_through(world.town.settings)
    drill.require(world, finish(world.bench, job))
    killed_count, attempts = 0, []

    for number in range(1, LONG_ROUNDS + 1):
        world.rounds = number
        job = drill.ask(world)
        while_saving = number % 3 == 0
        said, at_most_s = ("is being saved", SAVING_S) if while_saving else ("begins, attempt", takes_s)
        killed_count += nursery.kill_one(world.town.settings, said, chance.uniform(0, at_most_s))
        done = finish(world.bench, job)
        attempts.append(done.attempts)
        drill.require(world, done)

    print(f"{drill.kind} on {kind}: {LONG_ROUNDS} workers, {killed_count} killed before they were done, {attempts}")
    assert max(attempts) <= 2


def environment(world: World) -> dict[str, str]:
    settings = world.town.settings
    return {
        "MAPAPP_DATABASE_URL": settings.database_url,
        "MAPAPP_DATA_DIR": settings.data_dir,
        "MAPAPP_PLACE": str(TESTCITY_DIR),
        "LANG": "zh_CN.UTF-8",
    }


def wait_for_the_lease_to_end(world: World, job: Job) -> None:
    lease_until = world.bench.look(job).lease_until
    assert lease_until is not None
    while datetime.now(UTC) < lease_until:
        time.sleep(0.02)
