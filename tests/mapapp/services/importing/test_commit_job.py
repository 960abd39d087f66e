"""The job that carries a plan out: what was chosen, once, and never over somebody else's change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mapapp.services.importing.batch_draft import BatchDraft
from mapapp.services.importing.commit_job import _newcomers
from mapapp.services.importing.plan_rows import PlannedChange
from mapapp.services.load_sample import load_sample
from mapapp.services.rights import COMMAND_LINE
from mapapp.store import Job, JobState, Writer
from mapapp.store.accounts import Role
from tests.geodata.files.sheets import csv_file
from tests.mapapp.services.importing.stations import HEADINGS, LAT, LON, add, known, stations_of
from tests.mapapp.services.jobs.at_work import Bench
from tests.statements import statements_asked

SEATS = (*HEADINGS, "座位数")
THERE = {"address": "街", "district_code": "990102"}


def names(bench: Bench) -> list[str]:
    return [station.name for station in stations_of(bench.store)]


def change(bench: Bench, code: str, **fields: Any) -> None:
    """Somebody else changes the station."""
    with bench.store.writing("form") as writer:
        station = writer.station(code)
        assert station is not None
        writer.update_station(replace(station, **fields), expected_version=station.version, actor="wang", reason="")


def outcome(job: Job) -> tuple[int, int, int]:
    assert job.result is not None, job.error
    return job.result["new_count"], job.result["changed_count"], job.result["refused_count"]


def refusals(bench: Bench, job: Job) -> list[tuple[int | None, str]]:
    return [(line, document["why"]) for line, document in bench.rows(job, "refused")]


def code_of(job: Job) -> str:
    assert job.state is JobState.FAILED
    assert job.error is not None
    return job.error.code


def test_new_and_changed_rows_become_one_batch(bench: Bench, tmp_path: Path) -> None:
    add(bench.store, known("甲驿站", **THERE))
    path = csv_file(tmp_path, SEATS, ("甲驿站", "街", LON, LAT, "12"), ("乙驿站", "路", LON, LAT + 0.01, "3"))

    done = bench.commit(bench.plan(path))

    assert outcome(done) == (1, 1, 0)
    assert [(station.code, station.capacity_count) for station in stations_of(bench.store)] == [
        ("TC-0001", 3),
        ("TC-0500", 12),
    ]
    assert done.result is not None
    with bench.store.reading() as reader:
        revisions = reader.batch(done.result["batch"])
    assert [(revision.code, revision.number, revision.origin, revision.actor) for revision in revisions] == [
        ("TC-0500", 2, "import", "command line"),
        ("TC-0001", 1, "import", "command line"),
    ]
    assert revisions[0].reason == "年度名单 (stations.csv)"
    assert [(line, document["code"]) for line, document in bench.rows(done)] == [(2, "TC-0500"), (3, "TC-0001")]


def test_a_row_left_out_is_not_saved(bench: Bench, tmp_path: Path) -> None:
    path = csv_file(tmp_path, HEADINGS, ("甲驿站", "街", LON, LAT), ("乙驿站", "路", LON, LAT + 0.01))

    bench.commit(bench.plan(path), skip=[2])

    assert names(bench) == ["乙驿站"]


@pytest.mark.parametrize(
    ("choices", "expected", "seats"),
    [
        ({}, ["长城支行工会驿站"], None),
        ({"new": [2]}, ["长城支行驿站", "长城支行工会驿站"], None),
        ({"merge": {"2": "TC-0500"}}, ["长城支行驿站"], 8),
    ],
    ids=["left out", "new all the same", "merged"],
)
def test_a_probable_duplicate_is_what_was_chosen(
    bench: Bench, tmp_path: Path, choices: Mapping[str, Any], expected: list[str], seats: int | None
) -> None:
    add(bench.store, known("长城支行工会驿站", **THERE | {"address": "长城路"}))
    path = csv_file(tmp_path, SEATS, ("长城支行驿站", "长城路", LON + 0.0011, LAT, "8"))

    bench.commit(bench.plan(path), **choices)

    assert names(bench) == expected
    assert stations_of(bench.store)[-1].capacity_count == seats


def test_a_row_cannot_be_merged_into_a_station_it_is_not_like(bench: Bench, tmp_path: Path) -> None:
    add(bench.store, known("丁驿站", **THERE))

    done = bench.commit(bench.plan(csv_file(tmp_path, HEADINGS, ("乙驿站", "路", "", ""))), merge={"2": "TC-0500"})

    assert refusals(bench, done) == [(2, "no_candidate")]
    assert names(bench) == ["丁驿站"]


def test_two_rows_cannot_both_be_one_station(bench: Bench, tmp_path: Path) -> None:
    add(bench.store, known("长城支行工会驿站", **THERE | {"address": "长城路"}))
    rows = (("长城支行驿站", "长城路", LON + 0.0011, LAT, "8"), ("长城支行爱心驿站", "长城路", LON - 0.0011, LAT, "9"))

    done = bench.commit(bench.plan(csv_file(tmp_path, SEATS, *rows)), merge={"2": "TC-0500", "3": "TC-0500"})

    assert outcome(done) == (0, 1, 1)
    assert refusals(bench, done) == [(3, "twice")]


def test_a_station_changed_since_the_plan_is_left_alone_and_named(bench: Bench, tmp_path: Path) -> None:
    add(bench.store, known("甲驿站", **THERE))
    add(bench.store, known("丁驿站", code="TC-0501", **THERE))
    rows = (("甲驿站", "街", LON, LAT, "12"), ("丁驿站", "街", LON, LAT, "9"))
    plan = bench.plan(csv_file(tmp_path, SEATS, *rows))
    change(bench, "TC-0500", town="某镇")

    done = bench.commit(plan)

    assert outcome(done) == (0, 1, 1)
    assert refusals(bench, done) == [(2, "changed_since")]
    assert [(station.town, station.capacity_count) for station in stations_of(bench.store)] == [("某镇", None), ("", 9)]


def test_a_station_changed_between_preparing_and_saving_is_left_alone_too(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(bench.store, known("甲驿站", **THERE))
    plan = bench.plan(csv_file(tmp_path, SEATS, ("甲驿站", "街", LON, LAT, "12"), ("乙驿站", "", "", "", "")))
    worker = bench.worker()
    write = worker._write

    def after_somebody_else(*words: Any) -> None:
        change(bench, "TC-0500", town="某镇")
        add(bench.store, known("乙驿站", code="TC-0600", position=None))
        write(*words)

    monkeypatch.setattr(worker, "_write", after_somebody_else)
    job = bench.ask("import_commit", plan=plan.id)
    worker.run_one()

    assert refusals(bench, bench.look(job)) == [(2, "changed_since"), (3, "now_known")]
    assert [(station.name, station.town) for station in stations_of(bench.store)] == [
        ("甲驿站", "某镇"),
        ("乙驿站", ""),
    ]


def test_a_station_that_came_since_the_plan_is_not_doubled(bench: Bench, tmp_path: Path) -> None:
    plan = bench.plan(csv_file(tmp_path, HEADINGS, ("甲驿站", "街", LON, LAT)))
    bench.clock.advance(minutes=10)
    with bench.store.writing("form", at=bench.clock()) as writer:
        writer.add_station(known("甲驿站", **THERE), actor="wang", reason="")

    done = bench.commit(plan)

    assert refusals(bench, done) == [(2, "now_known")]
    assert names(bench) == ["甲驿站"]


def test_a_code_that_was_taken_since_the_plan_is_not_taken_away(bench: Bench, tmp_path: Path) -> None:
    plan = bench.plan(csv_file(tmp_path, ("编码", "名称", "地址"), ("TC-0500", "乙驿站", "路")))
    add(bench.store, known("甲驿站", **THERE))

    assert refusals(bench, bench.commit(plan)) == [(2, "code_taken")]


def test_a_plan_is_carried_out_once(bench: Bench, tmp_path: Path) -> None:
    plan = bench.plan(csv_file(tmp_path, HEADINGS, ("甲驿站", "街", LON, LAT)))
    first, second = bench.ask("import_commit", plan=plan.id), bench.ask("import_commit", plan=plan.id)

    worker = bench.worker()
    worker.run_one()
    worker.run_one()

    assert outcome(bench.look(first)) == (1, 0, 0)
    assert code_of(bench.look(second)) == "plan_used"
    assert names(bench) == ["甲驿站"]


def test_rights_are_those_of_the_moment_of_saving(bench: Bench, tmp_path: Path) -> None:
    editor = bench.editor("990101", "990102")
    rows = (("甲驿站", "街", LON, LAT), ("乙驿站", "路", "", ""))
    plan = bench.plan(csv_file(tmp_path, HEADINGS, *rows), editor)
    assert editor.account_id is not None
    bench.change_account(editor.account_id, districts=frozenset({"990101"}))

    done = bench.commit(plan, editor)

    assert refusals(bench, done) == [(2, "forbidden_district")]
    assert names(bench) == ["乙驿站"]


def test_rights_lost_between_preparing_and_saving_count_too(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = bench.editor("990102")
    plan = bench.plan(csv_file(tmp_path, HEADINGS, ("甲驿站", "街", LON, LAT)), editor)
    worker = bench.worker()
    write = worker._write

    def after_losing_the_district(*words: Any) -> None:
        assert editor.account_id is not None
        bench.change_account(editor.account_id, districts=frozenset())
        write(*words)

    monkeypatch.setattr(worker, "_write", after_losing_the_district)
    job = bench.ask("import_commit", editor, plan=plan.id)
    worker.run_one()

    assert refusals(bench, bench.look(job)) == [(2, "forbidden_district")]
    assert names(bench) == []


@pytest.mark.parametrize(
    ("fields", "code"), [({"is_disabled": True}, "account_gone"), ({"role": Role.PLANNER}, "not_allowed")]
)
def test_an_account_without_the_right_saves_nothing(
    bench: Bench, tmp_path: Path, fields: Mapping[str, Any], code: str
) -> None:
    editor = bench.editor("990102")
    plan = bench.plan(csv_file(tmp_path, HEADINGS, ("甲驿站", "街", LON, LAT)), editor)
    assert editor.account_id is not None
    bench.change_account(editor.account_id, **fields)

    assert code_of(bench.commit(plan, editor)) == code
    assert names(bench) == []


def test_somebody_elses_plan_is_as_good_as_none(bench: Bench, tmp_path: Path) -> None:
    plan = bench.plan(csv_file(tmp_path, HEADINGS, ("甲驿站", "街", LON, LAT)), bench.editor("990102"))

    assert code_of(bench.commit(plan, bench.editor("990102"))) == "no_plan"


def test_a_plan_that_failed_cannot_be_carried_out(bench: Bench, tmp_path: Path) -> None:
    plan = bench.plan(csv_file(tmp_path, ("经度", "纬度"), (LON, LAT)))

    assert code_of(bench.commit(plan)) == "plan_not_done"


def test_choices_that_cannot_be_read_save_nothing(bench: Bench, tmp_path: Path) -> None:
    plan = bench.plan(csv_file(tmp_path, HEADINGS, ("甲驿站", "街", LON, LAT)))

    assert code_of(bench.commit(plan, skip=["two"])) == "bad_choices"
    assert names(bench) == []


def test_the_first_real_import_removes_the_sample_in_the_same_transaction(bench: Bench, tmp_path: Path) -> None:
    load_sample(bench.store, bench.place)
    plan = bench.plan(csv_file(tmp_path, HEADINGS, ("甲驿站", "街", LON, LAT)))

    done = bench.commit(plan)

    assert plan.result is not None
    assert done.result is not None
    assert plan.result["sample_removed_count"] == done.result["sample_removed_count"] > 0
    assert names(bench) == ["甲驿站"]


def test_a_real_station_takes_the_code_of_one_of_the_sample(bench: Bench, tmp_path: Path) -> None:
    load_sample(bench.store, bench.place)
    code = stations_of(bench.store)[0].code
    path = csv_file(tmp_path, ("站点编码", *HEADINGS), (code, "甲驿站", "街", LON, LAT))

    done = bench.commit(bench.plan(path))

    assert outcome(done) == (1, 0, 0)
    assert [(each.code, each.name, each.is_sample) for each in stations_of(bench.store)] == [(code, "甲驿站", False)]


def test_where_every_row_is_refused_the_sample_stays(bench: Bench, tmp_path: Path) -> None:
    add(bench.store, known("甲驿站", **THERE))
    plan = bench.plan(csv_file(tmp_path, SEATS, ("甲驿站", "街", LON, LAT, "12")))
    with bench.store.writing("form") as writer:
        writer.remove_stations(["TC-0500"])
    load_sample(bench.store, bench.place)

    done = bench.commit(plan)

    assert refusals(bench, done) == [(2, "gone")]
    assert stations_of(bench.store)[0].is_sample


def test_a_failure_halfway_saves_nothing_and_the_next_attempt_everything(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = bench.plan(csv_file(tmp_path, HEADINGS, ("甲驿站", "街", LON, LAT)))
    save_batch = Writer.save_batch

    def fails(writer: Writer, *words: Any, **named: Any) -> None:
        save_batch(writer, *words, **named)
        raise OSError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(Writer, "save_batch", fails)
        first = bench.commit(plan)
    assert (first.state, names(bench)) == (JobState.QUEUED, [])

    bench.clock.advance(minutes=1)
    bench.worker().run_one()

    assert outcome(bench.look(first)) == (1, 0, 0)
    assert names(bench) == ["甲驿站"]


def test_newcomers_are_read_in_one_statement_however_many(bench: Bench, tmp_path: Path) -> None:
    plan = bench.plan(csv_file(tmp_path, HEADINGS, ("甲驿站", "街", LON, LAT)))
    asked_counts = []
    for start, count in ((1, 1), (2, 30)):
        for number in range(start, start + count):
            add(bench.store, known(f"{number}号驿站", code=f"TC-{number:04d}"))
        with bench.store.reading() as reader, statements_asked() as asked:
            assert len(_newcomers(reader, plan)) == start + count - 1
        asked_counts.append(len(asked))

    assert asked_counts[0] == asked_counts[1]


def test_a_row_that_says_what_is_known_already_is_told_as_unchanged() -> None:
    station = known("甲驿站", **THERE)
    draft = BatchDraft(COMMAND_LINE)

    draft.add_change(PlannedChange(7, station.code, station.name, station.version, {}), station)

    results = draft.settled(COMMAND_LINE, {station.code: station.version}, []).results()
    assert [(each.topic, each.line, each.document["code"]) for each in results] == [("unchanged", 7, station.code)]
