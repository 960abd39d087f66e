"""Jobs are asked for and seen by those who may."""

from __future__ import annotations

import pytest

from mapapp.services.jobs import desk
from mapapp.services.jobs.kinds import IMPORT_PLAN, MAKE_EXPORT
from mapapp.services.rights import COMMAND_LINE, Actor, Forbidden
from mapapp.store import JobState, UnknownJob
from mapapp.store.accounts import Role, Scope
from tests.mapapp.services.jobs.at_work import Bench


def test_an_editor_asks_for_an_import_and_sees_it(bench: Bench) -> None:
    editor = bench.editor("990101")

    job = desk.submit(bench.store, editor, IMPORT_PLAN, {"upload": "x"}, bench.clock())

    assert desk.job_of(bench.store, editor, job.id) == job
    assert desk.jobs_of(bench.store, editor) == (job,)
    assert desk.jobs_of(bench.store, COMMAND_LINE, states=(JobState.QUEUED,)) == (job,)


@pytest.mark.parametrize("role", [Role.KEEPER, Role.PLANNER])
def test_others_cannot_ask_for_imports(bench: Bench, role: Role) -> None:
    actor = Actor.of_account(bench.account(role))

    with pytest.raises(Forbidden):
        desk.submit(bench.store, actor, IMPORT_PLAN, {}, bench.clock())


def test_a_machine_cannot_ask_for_jobs(bench: Bench) -> None:
    machine = Actor("sync", Role.EDITOR, scopes=frozenset({Scope.STATIONS_WRITE}))

    with pytest.raises(Forbidden):
        desk.submit(bench.store, machine, IMPORT_PLAN, {}, bench.clock())


def test_somebody_elses_job_is_as_good_as_none(bench: Bench) -> None:
    job = desk.submit(bench.store, bench.editor("990101"), IMPORT_PLAN, {}, bench.clock())
    other = bench.editor("990102")

    for ask in (
        lambda: desk.job_of(bench.store, other, job.id),
        lambda: desk.results_of(bench.store, other, job.id),
        lambda: desk.cancel(bench.store, other, job.id, bench.clock()),
    ):
        with pytest.raises(UnknownJob):
            ask()
    assert desk.jobs_of(bench.store, other) == ()


def test_a_waiting_job_is_cancelled_by_whoever_asked_for_it(bench: Bench) -> None:
    editor = bench.editor("990101")
    job = desk.submit(bench.store, editor, IMPORT_PLAN, {}, bench.clock())

    assert desk.cancel(bench.store, editor, job.id, bench.clock()).state is JobState.CANCELLED
    assert not bench.worker().run_one()


def ask_many(bench: Bench, actor: Actor) -> None:
    for number in range(desk.MOST_UNDER_WAY):
        desk.submit(bench.store, actor, IMPORT_PLAN, {"upload": str(number)}, bench.clock())


def test_who_asks_for_the_same_while_it_waits_gets_the_same_job(bench: Bench) -> None:
    editor, other = bench.editor("990101"), bench.editor("990101")
    ask = (IMPORT_PLAN, {"upload": "x", "reading": {"0": "name"}}, bench.clock())

    first = desk.submit(bench.store, editor, *ask)

    assert desk.submit(bench.store, editor, *ask) == first
    assert desk.submit(bench.store, other, *ask) != first
    desk.cancel(bench.store, editor, first.id, bench.clock())
    assert desk.submit(bench.store, editor, *ask).id > first.id


def test_only_so_many_jobs_of_one_account_may_wait(bench: Bench) -> None:
    editor, other = bench.editor("990101"), bench.editor("990101")
    ask_many(bench, editor)

    with pytest.raises(desk.TooManyJobs):
        desk.submit(bench.store, editor, MAKE_EXPORT, {}, bench.clock())
    assert desk.submit(bench.store, other, MAKE_EXPORT, {}, bench.clock()).state is JobState.QUEUED


def test_when_one_is_done_there_is_room_for_another(bench: Bench) -> None:
    editor = bench.editor("990101")
    ask_many(bench, editor)

    bench.worker().run_one()

    assert desk.submit(bench.store, editor, MAKE_EXPORT, {}, bench.clock()).state is JobState.QUEUED


def test_the_command_line_may_ask_for_as_many_as_it_likes(bench: Bench) -> None:
    ask_many(bench, COMMAND_LINE)

    assert desk.submit(bench.store, COMMAND_LINE, MAKE_EXPORT, {}, bench.clock()).state is JobState.QUEUED
