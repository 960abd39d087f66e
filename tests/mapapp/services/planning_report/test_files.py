"""Files of real runs: of one, of two compared, at once and by the worker; for those who run analyses only."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from geodata.coverage.within import Within
from geodata.siting.interventions import OpenSite
from geodata.stations.opening_hours import OpeningHours
from geodata.travel.pairs import Network
from mapapp.services.jobs.kinds import MAKE_PLANNING_REPORT
from mapapp.services.planning.scenarios import save_scenario, scenario_draft
from mapapp.services.planning_report import files
from mapapp.services.planning_report.content import Layer, LayerLook
from mapapp.services.planning_report.files import (
    NotReady,
    ReportFormat,
    Subject,
    SubjectKind,
    report_file,
    report_head,
    report_of,
)
from mapapp.services.planning_report.job import ask_report, made_report
from mapapp.services.planning_report.spatial import geojson
from mapapp.services.rights import Forbidden
from mapapp.store import JobState, RunDraft, UnknownRun
from tests.mapapp.services.planning.small_town import LAT, LON, Town, question

RUN = SubjectKind.RUN


def summed(layer: Layer, name: str) -> float:
    return sum(float(feature.properties[name] or 0) for feature in layer.features)


def run_of(town: Town, **words: object) -> int:
    return town.desk.ask(town.planner, question(**words), title="夜里").card.id


def test_a_run_becomes_every_format_that_needs_no_drawing(town: Town) -> None:
    report = report_of(town.desk, town.store, town.place, town.planner, Subject(RUN, run_of(town)), "zh")

    for kind in ReportFormat:
        if not kind.draws:
            file = report_file(report, kind, town.place, town.settings)
            assert (file.name.rsplit(".", 1)[1], len(file.content) > 1000) == (kind.ending, True)


def test_its_head_says_the_same_as_the_whole(town: Town) -> None:
    subject = Subject(RUN, run_of(town))
    head = report_head(town.desk, town.store, town.place, town.planner, subject, "zh")
    whole = report_of(town.desk, town.store, town.place, town.planner, subject, "zh")

    assert (head.title, head.headline, head.marks) == (whole.title, whole.headline, whole.marks)


def test_the_workbooks_districts_add_up_to_the_headline(town: Town) -> None:
    run = town.desk.run(town.planner, run_of(town))
    report = report_of(town.desk, town.store, town.place, town.planner, Subject(RUN, run.card.id), "en")
    book = openpyxl.load_workbook(io.BytesIO(report_file(report, ReportFormat.XLSX, town.place, town.settings).content))
    rows = list(book["Districts"].iter_rows(min_row=2, values_only=True))
    covered = sum(row[2] for row in rows if row[0] and isinstance(row[2], int | float))

    assert run.document is not None
    assert covered == pytest.approx(run.document["headline"]["covered_low"], rel=1e-6)


def test_a_comparison_shows_what_longer_hours_bring_and_only_there(town: Town) -> None:
    first = run_of(town)
    town.change("TC-0002", hours=OpeningHours.from_rule("24/7"))
    subject = Subject(RUN, first, run_of(town))
    report = report_of(town.desk, town.store, town.place, town.planner, subject, "en")
    changes = json.loads(geojson(report, next(layer for layer in report.layers if layer.key == "changes")))
    rows = [feature["properties"] for feature in changes["features"]]

    assert report.headline.startswith("Covered before: ")
    assert sum(row["newly_covered_low"] for row in rows) > 0
    assert sum(row["lost_low"] for row in rows) == 0
    for kind in (ReportFormat.HTML, ReportFormat.XLSX, ReportFormat.GEOPACKAGE):
        assert report_file(report, kind, town.place, town.settings).content


def test_a_run_compared_with_itself_changes_nothing(town: Town) -> None:
    run_id = run_of(town)
    report = report_of(town.desk, town.store, town.place, town.planner, Subject(RUN, run_id, run_id), "en")

    assert "Change: 0.0 percentage points" in report.headline
    assert report.table("stations") is None


def test_different_questions_are_said_to_differ(town: Town) -> None:
    subject = Subject(RUN, run_of(town), run_of(town, hours=frozenset({22})))
    report = report_of(town.desk, town.store, town.place, town.planner, subject, "en")

    assert "→" in next(fact.value for fact in report.facts if fact.name == "When")
    assert any("different questions" in note for note in report.notes)


def test_a_scenario_is_reported_beside_today_with_what_it_proposes(town: Town) -> None:
    site = OpenSite(key="C1", name="=1+1 新站", lon=LON + 0.01, lat=LAT + 0.01)
    draft = scenario_draft("方案甲", "", question(), [site])
    scenario = save_scenario(town.store, town.planner, draft, town.clock())
    subject = Subject(SubjectKind.SCENARIO, scenario.id)
    report = report_of(town.desk, town.store, town.place, town.planner, subject, "en")
    proposed = report.table("interventions")

    assert report.title == "as it is now and 方案甲 compared"
    assert proposed is not None
    assert [row[2] for row in proposed.rows] == ["=1+1 新站"]
    assert [layer.key for layer in report.layers][-1] == "sites"
    job = ask_report(town.store, town.planner, subject, ReportFormat.GEOPACKAGE, "zh", town.clock())
    town.work()
    with town.store.reading() as reader:
        assert reader.jobs.get(job.id).state is JobState.DONE


def test_along_streets_the_worker_answers_a_scenario_and_draws_what_is_in_reach(town: Town, tmp_path: Path) -> None:
    town.load_streets(tmp_path)
    asked = question(network=Network.STREETS, within=Within.parse("15min"))
    draft = scenario_draft("沿路", "", asked, [OpenSite(key="C1", name="新站", lon=LON + 0.01, lat=LAT + 0.01)])
    subject = Subject(SubjectKind.SCENARIO, save_scenario(town.store, town.planner, draft, town.clock()).id)
    run = Subject(RUN, town.desk.ask(town.planner, asked).card.id)
    assert town.work()

    head = report_head(town.desk, town.store, town.place, town.planner, subject, "en")
    job = ask_report(town.store, town.planner, subject, ReportFormat.XLSX, "en", town.clock())
    assert town.work()
    of_run = report_of(town.desk, town.store, town.place, town.planner, run, "en")

    assert "worked out when a file is made" in head.headline
    assert head.marks
    assert not any(head.is_quick(kind) for kind in ReportFormat)
    with town.store.reading() as reader:
        done = reader.jobs.get(job.id)
    assert done.state is JobState.DONE
    made = made_report(town.settings, town.planner, done)
    assert made is not None
    assert any(name.startswith("What changes") for name in openpyxl.load_workbook(made).sheetnames)
    isochrones = next(layer for layer in of_run.layers if layer.key == "isochrones")
    assert {feature.properties["code"] for feature in isochrones.features} >= {"TC-0001"}
    assert {feature.properties["minutes"] for feature in isochrones.features} == {15.0}
    assert not report_head(town.desk, town.store, town.place, town.planner, run, "en").is_quick(ReportFormat.HTML)


def test_a_comparison_has_the_towns_before_and_after_and_the_catchments_afterwards(town: Town) -> None:
    first = run_of(town)
    town.change("TC-0002", hours=OpeningHours.from_rule("24/7"))
    report = report_of(town.desk, town.store, town.place, town.planner, Subject(RUN, first, run_of(town)), "en")
    layers = {layer.key: layer for layer in report.layers}
    towns = [feature.properties for feature in layers["towns"].features]

    assert any(town["share_low"] > town["before_low"] for town in towns)  # type: ignore[operator]
    assert all("covered before" in feature.words[1] for feature in layers["towns"].features)
    assert {feature.properties["code"] for feature in layers["catchments"].features} >= {"TC-0001", "TC-0002"}
    names = zipfile.ZipFile(io.BytesIO(report_file(report, ReportFormat.GEOJSON, town.place, town.settings).content))
    assert {"towns.geojson", "catchments.geojson"} <= {name.rpartition("-")[2] for name in names.namelist()}


def test_two_runs_along_streets_are_compared_with_what_is_in_reach_afterwards(town: Town, tmp_path: Path) -> None:
    town.load_streets(tmp_path)
    asked = question(network=Network.STREETS, within=Within.parse("15min"))
    run = town.desk.ask(town.planner, asked).card.id
    assert town.work()
    subject = Subject(RUN, run, run)

    report = report_of(town.desk, town.store, town.place, town.planner, subject, "en")

    assert next(layer for layer in report.layers if layer.key == "isochrones").features
    assert not report_head(town.desk, town.store, town.place, town.planner, subject, "en").is_quick(ReportFormat.HTML)


def test_the_map_and_the_files_have_towns_and_catchments(town: Town) -> None:
    run = run_of(town)
    report = report_of(town.desk, town.store, town.place, town.planner, Subject(RUN, run), "en")
    document = town.desk.run(town.planner, run).document
    layers = {layer.key: layer for layer in report.layers}

    assert document is not None
    catchments, towns = layers["catchments"], layers["towns"]
    served = [row for row in document["cells"]["station_low"] if row >= 0]
    assert summed(catchments, "cell_count") == len(served)
    assert summed(towns, "worker_hours") == pytest.approx(document["headline"]["worker_hours"])
    assert not catchments.starts_shown
    page = report_file(report, ReportFormat.HTML, town.place, town.settings).content.decode()
    for key in ("towns", "catchments"):
        assert f'data-layer="{key}"' in page
        assert json.loads(geojson(report, layers[key]))["features"]


def test_longer_and_shorter_hours_of_one_cell_do_not_make_up_for_each_other(town: Town) -> None:
    first = run_of(town)
    town.change("TC-0001", hours=OpeningHours.from_rule("Mo-Su 12:00-24:00"))
    town.change("TC-0002", hours=OpeningHours.from_rule("Mo-Su 00:00-13:00"))
    report = report_of(town.desk, town.store, town.place, town.planner, Subject(RUN, first, run_of(town)), "en")
    changes = next(layer for layer in report.layers if layer.key == "changes")
    table = report.table("change_by_service")

    lost = summed(changes, "lost_low")
    assert any(feature.look is LayerLook.MIXED for feature in changes.features)
    assert table is not None
    assert lost > 0
    assert table.rows[0][3] == pytest.approx(lost, rel=1e-4)
    hours = report.table("change_by_hour")
    assert hours is not None
    assert len(hours.rows) == 168
    assert sum(float(row[3] or 0) for row in hours.rows) == pytest.approx(lost, rel=1e-4)


def test_who_runs_no_analyses_gets_no_report(town: Town) -> None:
    subject = Subject(RUN, run_of(town))

    with pytest.raises(Forbidden):
        report_of(town.desk, town.store, town.place, town.editor, subject, "zh")
    with pytest.raises(Forbidden):
        ask_report(town.store, town.editor, subject, ReportFormat.PDF, "zh", town.clock())


def test_a_run_that_is_not_there_or_not_computed_has_no_report(town: Town) -> None:
    draft = RunDraft(
        title="", question=question().to_document(), question_key="k", code_version="v", created_by="x", account_id=None
    )
    with town.store.writing("form", at=town.clock()) as writer:
        waiting = writer.planning.add(draft, town.clock()).id

    with pytest.raises(UnknownRun):
        report_of(town.desk, town.store, town.place, town.planner, Subject(RUN, waiting + 7), "zh")
    with pytest.raises(NotReady):
        report_of(town.desk, town.store, town.place, town.planner, Subject(RUN, waiting), "zh")


def test_the_worker_keeps_a_file_for_whoever_asked(town: Town) -> None:
    subject = Subject(RUN, run_of(town))
    job = ask_report(town.store, town.planner, subject, ReportFormat.XLSX, "zh", town.clock())
    again = ask_report(town.store, town.planner, subject, ReportFormat.XLSX, "zh", town.clock())
    assert town.work()
    with town.store.reading() as reader:
        done = reader.jobs.get(job.id)
    made = made_report(town.settings, town.planner, done)

    assert (again.id, done.kind, done.state) == (job.id, MAKE_PLANNING_REPORT, JobState.DONE)
    assert made is not None
    assert openpyxl.load_workbook(made).worksheets
    with pytest.raises(Forbidden):
        made_report(town.settings, town.editor, done)


def test_a_run_deleted_meanwhile_ends_the_job_with_a_sentence(town: Town) -> None:
    subject = Subject(RUN, run_of(town))
    job = ask_report(town.store, town.planner, subject, ReportFormat.GEOJSON, "zh", town.clock())
    town.desk.delete(town.planner, subject.number)
    town.work()
    with town.store.reading() as reader:
        failed = reader.jobs.get(job.id)

    assert (failed.state, failed.error.code if failed.error else "") == (JobState.FAILED, "no_run")


def test_many_cells_and_all_drawings_are_the_workers(town: Town) -> None:
    head = report_head(town.desk, town.store, town.place, town.planner, Subject(RUN, run_of(town)), "zh")
    large = replace(head, cell_count=files.MOST_CELLS_AT_ONCE + 1)

    assert [kind.value for kind in ReportFormat if head.is_quick(kind)] == ["html", "xlsx", "gpkg", "geojson"]
    assert [kind.value for kind in ReportFormat if large.is_quick(kind)] == ["html"]
