"""One choice for all probable duplicates of a plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapapp.services.importing import steering
from mapapp.services.rights import Actor
from mapapp.store import Job, RowChoice, UnknownJob
from tests.geodata.files.sheets import csv_file
from tests.mapapp.services.importing.stations import HEADINGS, LAT, LON, add, known
from tests.mapapp.services.jobs.at_work import Bench

CODES = {"address": "街", "district_code": "990102"}


@pytest.fixture
def editor(bench: Bench) -> Actor:
    return bench.editor("990101", "990102")


@pytest.fixture
def plan(bench: Bench, editor: Actor, tmp_path: Path) -> Job:
    """Row 2 is like one known station, row 3 is a new one, row 4 is only like row 3."""
    add(bench.store, known("东街工会驿站", **CODES))
    rows = (
        ("东街工会驿站", "东街1号", LON + 0.0011, LAT),
        ("西街工会驿站", "西街1号", LON + 0.05, LAT),
        ("西街工会驿站", "西街2号", LON + 0.0511, LAT),
    )
    plan = bench.plan(csv_file(tmp_path, HEADINGS, *rows), editor)
    assert [line for line, _document in bench.rows(plan, "duplicate")] == [2, 4]
    return plan


def choose_all(bench: Bench, editor: Actor, plan: Job, what: str) -> dict[int, RowChoice]:
    steering.choose_for_all_duplicates(bench.store, editor, plan.id, what, bench.clock())
    return steering.choices_of(bench.store, editor, plan.id)


def test_all_become_new_stations(bench: Bench, editor: Actor, plan: Job) -> None:
    assert choose_all(bench, editor, plan, "new") == {2: RowChoice("new"), 4: RowChoice("new")}


def test_only_rows_like_one_known_station_are_merged(bench: Bench, editor: Actor, plan: Job) -> None:
    choose_all(bench, editor, plan, "new")

    assert choose_all(bench, editor, plan, "merge") == {2: RowChoice("merge", "TC-0500"), 4: RowChoice("new")}


def test_to_leave_all_out_takes_other_choices_back(bench: Bench, editor: Actor, plan: Job) -> None:
    choose_all(bench, editor, plan, "merge")

    assert choose_all(bench, editor, plan, "skip") == {}


@pytest.mark.parametrize("what", ["", "drop", "merge:TC-0500", "take"])
def test_what_is_no_such_choice_changes_nothing(bench: Bench, editor: Actor, plan: Job, what: str) -> None:
    assert choose_all(bench, editor, plan, what) == {}


def test_a_plan_that_was_carried_out_is_closed(bench: Bench, editor: Actor, plan: Job) -> None:
    bench.commit(plan, editor)

    with pytest.raises(steering.PlanClosed):
        choose_all(bench, editor, plan, "new")


def test_somebody_elses_plan_is_not_there(bench: Bench, plan: Job) -> None:
    with pytest.raises(UnknownJob):
        choose_all(bench, bench.editor("990102"), plan, "new")
