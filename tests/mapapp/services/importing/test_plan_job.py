"""The job that plans an import: every row of the file accounted for, nothing changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geodata.coordinates import Crs
from mapapp.services.importing.uploads import upload_file
from mapapp.services.jobs.kinds import IMPORT_PLAN
from mapapp.store import JobState
from tests.geodata.files.sheets import csv_file, feature, text_file
from tests.mapapp.services.importing.stations import HEADINGS, LAT, LON, add, known, stations_of
from tests.mapapp.services.jobs.at_work import Bench

SEATS = (*HEADINGS, "座位数")


def test_each_row_is_new_changed_unchanged_or_wrong(bench: Bench, tmp_path: Path) -> None:
    add(bench.store, known("甲驿站", address="街", capacity_count=10, district_code="990102"))
    add(bench.store, known("丁驿站", code="TC-0501", address="巷", district_code="990102"))
    rows = (
        ("甲驿站", "街", LON, LAT, "12"),
        ("乙驿站", "路", LON + 0.05, LAT, ""),
        ("", "无名路", LON, LAT, ""),
        ("丁驿站", "巷", LON, LAT, ""),
        ("戊驿站", "园", LON, LAT - 0.01, "许多"),
    )

    plan = bench.plan(csv_file(tmp_path, SEATS, *rows))

    assert plan.state is JobState.DONE
    assert [(line, document["changes"]) for line, document in bench.rows(plan, "changed")] == [
        (2, {"capacity_count": [10, 12]})
    ]
    assert [line for line, _ in bench.rows(plan, "new")] == [3, 6]
    assert [(line, document["code"]) for line, document in bench.rows(plan, "error")] == [(4, "no_name")]
    assert [line for line, _ in bench.rows(plan, "unchanged")] == [5]
    assert [(line, document["value"]) for line, document in bench.rows(plan, "remark")] == [(6, "许多")]
    assert plan.result is not None
    assert (plan.result["row_count"], plan.result["rejected_count"], plan.result["crs"]["used"]) == (5, 1, "wgs84")
    assert len(stations_of(bench.store)) == 2


def test_a_probable_duplicate_stands_beside_the_station_it_may_be(bench: Bench, tmp_path: Path) -> None:
    add(bench.store, known("工会驿站(长城路支行)", address="长城路 1 号", district_code="990102"))

    plan = bench.plan(csv_file(tmp_path, SEATS, ("长城路支行工会驿站", "长城路1号", LON + 0.0011, LAT, "8")))

    ((line, document),) = bench.rows(plan, "duplicate")
    (candidate,) = document["candidates"]
    assert (line, document["name"], candidate["code"], candidate["version"]) == (2, "长城路支行工会驿站", "TC-0500", 1)
    assert candidate["changes"]["capacity_count"] == [None, 8]
    assert "米" in candidate["reason"]["zh"]
    assert candidate["station"]["name"] == "工会驿站(长城路支行)"


def test_two_alike_new_rows_point_at_each_other(bench: Bench, tmp_path: Path) -> None:
    rows = (("长城路支行驿站", "长城路1号", LON, LAT, ""), ("长城路支行工会驿站", "长城路 1 号", LON + 0.0011, LAT, ""))

    plan = bench.plan(csv_file(tmp_path, SEATS, *rows))

    ((line, document),) = bench.rows(plan, "duplicate")
    assert (line, [candidate["line"] for candidate in document["candidates"]]) == (3, [2])


def test_the_coordinate_system_asked_for_is_used_and_a_better_one_named(bench: Bench, tmp_path: Path) -> None:
    add(bench.store, known("甲驿站"))
    path = csv_file(tmp_path, HEADINGS, ("甲驿站", "", LON + 0.0061, LAT - 0.0015))

    plan = bench.plan(path, crs="bd09")

    assert plan.result is not None
    assert plan.result["crs"] == {"used": "bd09", "reason": "asked", "contradicted": None}
    assert plan.result["other_crs"]["crs"] in {crs.value for crs in Crs}


def test_rows_of_other_districts_are_refused_one_by_one(bench: Bench, tmp_path: Path) -> None:
    add(bench.store, known("甲驿站", address="街", district_code="990102"))
    editor = bench.editor("990101")
    path = csv_file(tmp_path, SEATS, ("甲驿站", "街", LON, LAT, "12"), ("乙驿站", "路", "", "", "3"))

    plan = bench.plan(path, editor)

    assert [(line, document["code"]) for line, document in bench.rows(plan, "error")] == [(2, "forbidden_not_yours")]
    assert [line for line, _ in bench.rows(plan, "new")] == [3]


def test_a_file_that_cannot_be_read_fails_once_with_the_reason(bench: Bench, tmp_path: Path) -> None:
    plan = bench.plan(text_file(tmp_path, "经度,纬度\n113.6,34.75\n"))

    assert (plan.state, plan.attempts) == (JobState.FAILED, 1)
    assert plan.error is not None
    assert plan.error.code == "unreadable_file"
    assert "名称" in plan.error.zh


def test_a_file_of_somebody_else_is_as_good_as_none(bench: Bench, tmp_path: Path) -> None:
    upload = bench.upload(csv_file(tmp_path, HEADINGS, ("甲驿站", "街", LON, LAT)), bench.editor("990101"))

    plan = bench.do(IMPORT_PLAN, bench.editor("990102"), upload=upload.token, crs=None)

    assert plan.error is not None
    assert plan.error.code == "no_upload"


def test_a_file_that_was_deleted_meanwhile_is_said_to_be_gone(bench: Bench, tmp_path: Path) -> None:
    upload = bench.upload(csv_file(tmp_path, HEADINGS, ("甲驿站", "街", LON, LAT)))
    upload_file(bench.settings, upload).unlink()

    plan = bench.do(IMPORT_PLAN, upload=upload.token, crs=None)

    assert (plan.state, plan.error and plan.error.code) == (JobState.FAILED, "unreadable_file")


def test_an_account_that_was_disabled_meanwhile_plans_nothing(bench: Bench, tmp_path: Path) -> None:
    editor = bench.editor("990102")
    upload = bench.upload(csv_file(tmp_path, HEADINGS, ("甲驿站", "街", LON, LAT)), editor)
    assert editor.account_id is not None
    bench.change_account(editor.account_id, is_disabled=True)

    plan = bench.do(IMPORT_PLAN, editor, upload=upload.token, crs=None)

    assert plan.error is not None
    assert plan.error.code == "account_gone"


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x" * 500], ids=["nul", "half a character", "long"])
def test_whatever_a_cell_holds_can_be_told(bench: Bench, tmp_path: Path, text: str) -> None:
    row = feature({"name": "甲驿站", "capacity": text}, (LON, LAT))
    path = text_file(tmp_path, json.dumps({"type": "FeatureCollection", "features": [row]}), name="a.geojson")

    plan = bench.plan(path)

    assert plan.state is JobState.DONE
    ((_, document),) = bench.rows(plan, "remark")
    assert document["column"] == "capacity"
    assert len(document["value"]) <= 200
