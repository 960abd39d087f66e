"""Importing a file: every good row saved at once, every bad one reported, again without effect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from geodata.coordinates import Crs
from geodata.errors import UnreadableFile
from geodata.places import Place
from mapapp.services.import_stations import import_stations
from mapapp.services.importing.planning import plan_import
from mapapp.store import Store
from tests.geodata.files.sheets import csv_file
from tests.mapapp.services.importing.stations import (
    HEADINGS,
    LAT,
    LON,
    NOW,
    Import,
    add,
    known,
    rejected,
    stations_of,
)


def test_good_rows_are_saved_and_bad_ones_reported(load: Import, store: Store, tmp_path: Path) -> None:
    path = csv_file(tmp_path, HEADINGS, ("甲驿站", "街", LON, LAT), ("", "路", LON, LAT), ("乙驿站", "路", "x", LAT))

    report = load(path)

    assert [station.name for station in stations_of(store)] == ["甲驿站"]
    assert rejected(report) == [(3, "no_name"), (4, "not_a_number")]
    assert (report.row_count, report.good_count, report.rejected_count) == (3, 1, 2)


def test_codes_are_given_in_the_order_of_the_file(load: Import, store: Store, tmp_path: Path) -> None:
    report = load(csv_file(tmp_path, HEADINGS, ("乙驿站", "街", "", ""), ("甲驿站", "路", "", "")))

    assert [(row.line, row.code, row.name) for row in report.new] == [
        (2, "TC-0001", "乙驿站"),
        (3, "TC-0002", "甲驿站"),
    ]


def test_a_code_given_later_in_the_file_is_not_handed_out_before(load: Import, store: Store, tmp_path: Path) -> None:
    load(csv_file(tmp_path, ("名称", "编码"), ("甲驿站", ""), ("乙驿站", "TC-0001")))

    assert {station.code: station.name for station in stations_of(store)} == {"TC-0001": "乙驿站", "TC-0002": "甲驿站"}


def test_the_same_file_again_changes_nothing(load: Import, store: Store, tmp_path: Path) -> None:
    headings = (*HEADINGS, "开放时间", "服务", "电话", "星级", "核实日期")
    row = ("甲驿站", "街", LON, LAT, "8:30-18:00", "饮水、休息", "13800138000", "三星", "2026-03-01")
    path = csv_file(tmp_path, headings, row, ("乙驿站", "路", "", "", "工作日开放", "", "", "", ""))
    load(path, crs=Crs.GCJ02)
    revision = store.data_revision()

    report = load(path, crs=Crs.GCJ02)

    assert (len(report.new), len(report.changed), len(report.unchanged)) == (0, 0, 2)
    assert store.data_revision() == revision


def test_a_change_is_told_cell_by_cell_and_written_down(load: Import, store: Store, tmp_path: Path) -> None:
    load(csv_file(tmp_path, (*HEADINGS, "座位数"), ("甲驿站", "街", LON, LAT, "10")))

    report = load(csv_file(tmp_path, (*HEADINGS, "座位数"), ("甲驿站", "街2号", LON, LAT, "12")))

    (row,) = report.changed
    assert row.changes == {"address": ("街", "街2号"), "capacity_count": (10, 12)}
    with store.reading() as reader:
        revision = reader.revisions("TC-0001")[-1]
    assert (revision.origin, revision.actor, revision.number) == ("import", "test", 2)
    assert "stations.csv" in revision.reason
    assert revision.batch


def test_a_file_without_a_good_row_changes_nothing(sample_store: Store, testcity: Place, tmp_path: Path) -> None:
    path = csv_file(tmp_path, HEADINGS, ("", "街", LON, LAT))
    revision = sample_store.data_revision()

    report = import_stations(sample_store, testcity, path, crs=None, dry_run=False, actor="test", now=NOW)

    assert report.good_count == 0
    assert report.sample_removed_count == 0
    assert sample_store.data_revision() == revision


def test_a_failure_halfway_leaves_nothing_behind(
    load: Import, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = csv_file(tmp_path, HEADINGS, ("甲驿站", "街", LON, LAT), ("乙驿站", "路", LON, LAT))

    def fails(*_rows: object, **_words: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("mapapp.store.writer.insert_revisions", fails)  # comes after the stations themselves

    with pytest.raises(OSError, match="disk full"):
        load(path)

    assert stations_of(store) == ()


def test_others_may_write_while_the_plan_is_made(
    store: Store, testcity: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What they write is seen: here the very station that the row describes."""
    path = csv_file(tmp_path, (*HEADINGS, "座位数"), ("甲驿站", "街", LON, LAT, "12"))
    calls: list[int] = []

    def plan_slowly(*words: Any) -> Any:
        if not calls:
            add(store, known(address="街", district_code="990102"))
        calls.append(len(calls))
        return plan_import(*words)

    monkeypatch.setattr("mapapp.services.import_stations.plan_import", plan_slowly)

    report = import_stations(store, testcity, path, crs=None, dry_run=False, actor="test", now=NOW)

    assert len(calls) == 2
    assert [(row.code, row.changes) for row in report.changed] == [("TC-0500", {"capacity_count": (None, 12)})]
    assert [station.version for station in stations_of(store)] == [2]


def test_where_others_never_stop_writing_the_plan_is_made_inside_the_transaction(
    store: Store, testcity: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = csv_file(tmp_path, HEADINGS, ("甲驿站", "街", LON, LAT))
    calls: list[int] = []

    def plan_slowly(*words: Any) -> Any:
        calls.append(len(calls))
        if len(calls) <= 3:
            add(store, known(code=f"TC-060{len(calls)}", name=f"别的驿站{len(calls)}"))
        return plan_import(*words)

    monkeypatch.setattr("mapapp.services.import_stations.plan_import", plan_slowly)

    report = import_stations(store, testcity, path, crs=None, dry_run=False, actor="test", now=NOW)

    assert len(calls) == 4
    assert [row.name for row in report.new] == ["甲驿站"]


def test_a_file_that_cannot_be_used_is_refused_before_anything(load: Import, store: Store, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile):
        load(csv_file(tmp_path, ("经度", "纬度"), (LON, LAT)))

    assert stations_of(store) == ()


def test_the_first_real_import_removes_the_sample(sample_store: Store, place: Place, tmp_path: Path) -> None:
    path = csv_file(tmp_path, HEADINGS, ("甲驿站", "街", *_middle_of(place)))

    report = import_stations(sample_store, place, path, crs=None, dry_run=False, actor="test", now=NOW)

    assert report.sample_removed_count == 420
    assert [station.name for station in stations_of(sample_store)] == ["甲驿站"]


def test_a_dry_run_tells_the_same_and_changes_nothing(sample_store: Store, place: Place, tmp_path: Path) -> None:
    path = csv_file(tmp_path, HEADINGS, ("甲驿站", "街", *_middle_of(place)))
    revision = sample_store.data_revision()

    report = import_stations(sample_store, place, path, crs=None, dry_run=True, actor="test", now=NOW)

    assert (report.dry_run, report.sample_removed_count, len(report.new)) == (True, 420, 1)
    assert sample_store.data_revision() == revision
    assert len(stations_of(sample_store)) == 420


def test_a_dry_run_uses_up_no_code(load: Import, store: Store, tmp_path: Path) -> None:
    path = csv_file(tmp_path, HEADINGS, ("甲驿站", "街", LON, LAT))

    load(path, dry_run=True)
    load(path)

    assert [station.code for station in stations_of(store)] == ["TC-0001"]


def _middle_of(place: Place) -> tuple[float, float]:
    point = place.units[0].label_at
    return point.lon, point.lat
