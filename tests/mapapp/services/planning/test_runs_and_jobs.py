"""A run and the job of its number: only the job that computes it is the run's."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.travel.pairs import Network
from mapapp.services.jobs.kinds import ANALYSE_COVERAGE, IMPORT_COMMIT
from mapapp.services.planning.runs import RunState
from mapapp.store import JobDraft, Origin
from tests.mapapp.services.planning.small_town import Town, question

ALONG_STREETS = question(network=Network.STREETS)


@pytest.fixture
def streets(town: Town, tmp_path: Path) -> Town:
    """The town with its streets."""
    town.load_streets(tmp_path)
    return town


def test_another_job_with_the_number_of_a_forgotten_one_is_left_alone(streets: Town) -> None:
    run = streets.desk.ask(streets.planner, ALONG_STREETS)
    streets.desk.cancel(streets.planner, run.card.id)
    draft = JobDraft(kind=IMPORT_COMMIT, parameters={"plan": 1}, created_by="editor", account_id=None)
    with streets.store.writing(Origin.COMMAND) as writer:
        other = writer.jobs.add(draft, streets.clock())
        writer.planning.await_job(run.card.id, other.id)

    assert streets.desk.run(streets.planner, run.card.id).state is RunState.FAILED
    assert [each.state for each in streets.desk.runs(streets.planner)[0]] == [RunState.FAILED]
    streets.desk.cancel(streets.planner, run.card.id)
    streets.desk.delete(streets.planner, run.card.id)
    with streets.store.reading() as reader:
        assert not reader.jobs.get(other.id).state.is_ended


def test_a_finished_run_has_nothing_to_cancel(streets: Town) -> None:
    run = streets.desk.ask(streets.planner, ALONG_STREETS)
    streets.work()
    with streets.store.writing(Origin.COMMAND) as writer:
        again = writer.jobs.add(
            JobDraft(kind=ANALYSE_COVERAGE, parameters={"run": run.card.id}, created_by="planner", account_id=None),
            streets.clock(),
        )
        writer.planning.await_job(run.card.id, again.id)

    streets.desk.cancel(streets.planner, run.card.id)

    with streets.store.reading() as reader:
        assert not reader.jobs.get(again.id).state.is_ended
