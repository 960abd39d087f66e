"""Files the worker makes: for whom, with what in them, and for how long."""

from __future__ import annotations

import io
import os
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from geodata.files import FileKind
from geodata.places import Place
from mapapp.services.exporting.files import ExportQuestion, count_stations, export_stations
from mapapp.services.exporting.jobs import ask_corrected_sheet, ask_export, made_file, mime_type_of
from mapapp.services.exporting.kept_files import EXPORTS_KEPT, delete_old_exports, kept_file
from mapapp.services.jobs.kinds import MAKE_CORRECTED_SHEET, MAKE_EXPORT
from mapapp.services.rights import COMMAND_LINE, Actor, Forbidden
from mapapp.settings import Settings
from mapapp.store import JobState, Store, UnknownJob
from mapapp.store.accounts import Role
from tests.conftest import FrozenClock
from tests.geodata.files.sheets import csv_file
from tests.mapapp.services.importing.stations import HEADINGS, LAT, LON, add, known
from tests.mapapp.services.jobs.at_work import Bench

CSV = ExportQuestion(kind=FileKind.CSV)


@pytest.fixture
def bench(store: Store, testcity: Place, settings: Settings, clock: FrozenClock) -> Bench:
    """One known station, and a worker."""
    add(store, known("甲驿站", internal_contact="某人"))
    return Bench(store, testcity, settings, clock)


def test_the_worker_writes_the_file_a_request_would(bench: Bench) -> None:
    job = bench.do(MAKE_EXPORT, **ExportQuestion(kind=FileKind.CSV, with_contacts=True).document())

    file = made_file(bench.settings, COMMAND_LINE, job)
    asked = ExportQuestion(kind=FileKind.CSV, with_contacts=True)
    at_once = export_stations(bench.store, bench.place, COMMAND_LINE, asked, bench.clock())
    assert file is not None
    assert file.read_bytes() == at_once.content
    assert job.result is not None
    assert (job.result["name"], job.result["count"]) == (at_once.name, 1)
    assert mime_type_of(file) == at_once.mime_type


def test_who_asks_twice_while_it_is_made_gets_the_same_job(bench: Bench) -> None:
    editor = bench.editor("990102")

    first = ask_export(bench.store, editor, CSV, bench.clock())
    again = ask_export(bench.store, editor, CSV, bench.clock())
    other = ask_export(bench.store, editor, ExportQuestion(kind=FileKind.XLSX), bench.clock())
    bench.worker().run_one()
    later = ask_export(bench.store, editor, CSV, bench.clock())

    assert first.id == again.id
    assert len({first.id, other.id, later.id}) == 3


def test_contacts_are_given_by_the_rights_of_each_moment(bench: Bench) -> None:
    planner = Actor.of_account(bench.account(Role.PLANNER))
    asked = ExportQuestion(kind=FileKind.CSV, with_contacts=True)
    editor = bench.editor("990102")
    made = bench.do(MAKE_EXPORT, editor, **asked.document())

    with pytest.raises(Forbidden):
        ask_export(bench.store, planner, asked, bench.clock())
    refused = bench.do(MAKE_EXPORT, planner, **asked.document())
    assert refused.state is JobState.FAILED
    assert made_file(bench.settings, editor, made) is not None
    with pytest.raises(Forbidden):
        made_file(bench.settings, planner, made)


def test_a_question_nobody_can_read_fails_with_a_sentence(bench: Bench) -> None:
    job = bench.do(MAKE_EXPORT, format="pdf")

    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error.code == "bad_question"


def test_a_file_is_kept_for_a_week(bench: Bench) -> None:
    job = bench.do(MAKE_EXPORT, **CSV.document())
    file = kept_file(bench.settings, job)
    assert file is not None
    os.utime(file, (bench.clock().timestamp(),) * 2)

    kept = delete_old_exports(bench.settings, bench.clock() + EXPORTS_KEPT - timedelta(minutes=1))
    gone = delete_old_exports(bench.settings, bench.clock() + EXPORTS_KEPT + timedelta(minutes=1))

    assert (kept, gone) == (0, 1)
    assert kept_file(bench.settings, job) is None


def test_the_count_is_of_the_stations_that_are_exported(bench: Bench) -> None:
    add(bench.store, known("乙驿站", code="TC-0501", district_code="990101"))
    asked = ExportQuestion(kind=FileKind.CSV, district_codes=frozenset({"990101"}))

    assert count_stations(bench.store, CSV) == 2
    assert count_stations(bench.store, asked) == 1


def test_the_refused_rows_of_a_plan_become_a_workbook(bench: Bench, tmp_path: Path) -> None:
    path = csv_file(tmp_path, HEADINGS, ("", "街", LON, LAT), ("乙驿站", "路", LON, LAT + 0.01))
    plan = bench.plan(path)

    job = bench.do(MAKE_CORRECTED_SHEET, plan=plan.id, language="zh")

    file = made_file(bench.settings, COMMAND_LINE, job)
    assert file is not None
    rows = list(openpyxl.load_workbook(io.BytesIO(file.read_bytes())).worksheets[0].iter_rows(values_only=True))
    assert rows[0][-1] == "未导入的原因"
    assert [row[1] for row in rows[1:]] == ["街"]


def test_the_refused_rows_are_for_whoever_sent_the_file(bench: Bench, tmp_path: Path) -> None:
    plan = bench.plan(csv_file(tmp_path, HEADINGS, ("", "街", LON, LAT)))
    stranger = bench.editor("990102")

    with pytest.raises(UnknownJob):
        ask_corrected_sheet(bench.store, stranger, plan.id, "zh", bench.clock())
    job = bench.do(MAKE_CORRECTED_SHEET, stranger, plan=plan.id, language="zh")
    assert job.state is JobState.FAILED
