"""A plan is chosen from, carried out and taken back once, whoever asks, and however many ask at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from mapapp.services.importing import steering
from mapapp.services.jobs import desk
from mapapp.services.jobs.kinds import IMPORT_COMMIT, KINDS
from mapapp.services.jobs.run import Effect, JobKind, JobRun
from mapapp.services.rights import Actor
from mapapp.store import Job, JobState
from mapapp.store.accounts import Role
from tests.geodata.files.sheets import csv_file
from tests.mapapp.services.importing.stations import HEADINGS, LAT, LON, stations_of
from tests.mapapp.services.jobs.at_work import Bench


@pytest.fixture
def editor(bench: Bench) -> Actor:
    return bench.editor("990101", "990102")


@pytest.fixture
def plan(bench: Bench, editor: Actor, tmp_path: Path) -> Job:
    return bench.plan(
        csv_file(tmp_path, HEADINGS, ("甲驿站", "街", LON, LAT), ("乙驿站", "路", LON, LAT + 0.01)), editor
    )


def choose(bench: Bench, actor: Actor, plan: Job, said: dict[int, str]) -> None:
    steering.choose(bench.store, actor, plan.id, bench.results(plan), said, bench.clock())


def commit(bench: Bench, actor: Actor, plan: Job) -> Job:
    return steering.ask_commit(bench.store, actor, plan.id, "", bench.clock())


def test_who_clicks_twice_at_once_gets_one_import(bench: Bench, editor: Actor, plan: Job) -> None:
    together = Barrier(4)

    def click(_number: int) -> int:
        together.wait()
        return commit(bench, editor, plan).id

    with ThreadPoolExecutor(4) as pool:
        numbers = set(pool.map(click, range(4)))

    assert len(numbers) == 1
    assert len(steering.imports_of(bench.store, editor)) == 2


def test_a_choice_made_after_the_import_was_asked_for_is_not_said_to_be_kept(
    bench: Bench, editor: Actor, plan: Job
) -> None:
    asked = commit(bench, editor, plan)

    with pytest.raises(steering.PlanClosed):
        choose(bench, editor, plan, {2: "skip"})

    bench.worker().run_one()
    assert bench.look(asked).state is JobState.DONE
    assert len(stations_of(bench.store)) == 2


def test_after_a_cancelled_import_the_plan_is_open_again(bench: Bench, editor: Actor, plan: Job) -> None:
    desk.cancel(bench.store, editor, commit(bench, editor, plan).id, bench.clock())

    choose(bench, editor, plan, {2: "skip"})
    commit(bench, editor, plan)
    bench.worker().run_one()

    assert [station.name for station in stations_of(bench.store)] == ["乙驿站"]


def test_an_import_cancelled_halfway_saves_nothing_and_the_plan_stays_open(
    bench: Bench, editor: Actor, plan: Job
) -> None:
    def cancelled_once_prepared(run: JobRun) -> Effect:
        effect = KINDS[IMPORT_COMMIT].work(run)
        desk.cancel(bench.store, editor, run.job.id, bench.clock())
        return effect

    asked = commit(bench, editor, plan)
    bench.kinds = {IMPORT_COMMIT: JobKind(IMPORT_COMMIT, "import", cancelled_once_prepared)}
    bench.worker().run_one()

    assert bench.look(asked).state is JobState.CANCELLED
    assert stations_of(bench.store) == ()
    assert steering.is_open(bench.look(plan))
    assert steering.commit_of(bench.store, bench.look(plan)) is None


def test_only_who_made_a_plan_carries_it_out(bench: Bench, plan: Job) -> None:
    admin = Actor.of_account(bench.account(Role.ADMIN))

    with pytest.raises(steering.PlanClosed):
        commit(bench, admin, plan)


def test_an_import_that_an_administrator_takes_back_is_taken_back_once(bench: Bench, editor: Actor, plan: Job) -> None:
    admin = Actor.of_account(bench.account(Role.ADMIN))
    commit(bench, editor, plan)
    bench.worker().run_one()
    done = steering.commit_of(bench.store, bench.look(plan))
    assert done is not None

    first, second = (steering.ask_undo(bench.store, who, done.id, "", bench.clock()) for who in (admin, editor))

    assert first.id == second.id
    assert steering.undo_of(bench.store, done) == first
