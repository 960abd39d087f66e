"""Which station a row speaks of."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.stations.station import Position
from mapapp.store import Store
from tests.geodata.files.sheets import csv_file
from tests.mapapp.services.importing.stations import HEADINGS, LAT, LON, Import, add, known, rejected, stations_of


def test_a_code_finds_its_station_under_a_new_name(load: Import, store: Store, tmp_path: Path) -> None:
    add(store, known())

    report = load(csv_file(tmp_path, ("编码", "名称"), ("tc-0500", "新名驿站")))

    assert report.changed[0].changes == {"name": ("甲驿站", "新名驿站")}


@pytest.mark.parametrize(("north_m", "is_the_same"), [(79, True), (81, False)])
def test_a_name_finds_its_station_within_80_metres(
    load: Import, store: Store, tmp_path: Path, north_m: float, is_the_same: bool
) -> None:
    add(store, known())

    report = load(csv_file(tmp_path, HEADINGS, ("甲 驿站", "", LON, LAT + north_m / 111_195)))

    assert len(report.changed) == (1 if is_the_same else 0)
    assert len(report.new) == (0 if is_the_same else 1)
    assert len(report.duplicates) == (0 if is_the_same else 1)


def test_a_row_without_coordinates_updates_the_placed_station_of_its_name_and_address(
    load: Import, store: Store, tmp_path: Path
) -> None:
    add(store, known(address="解放街1号"))

    report = load(csv_file(tmp_path, (*HEADINGS, "座位数"), ("甲驿站", "解放街 1号", "", "", "8")))

    (station,) = stations_of(store)
    assert station.position == known().position
    assert report.changed[0].changes["capacity_count"] == (None, 8)


def test_a_row_with_coordinates_places_the_unplaced_station(load: Import, store: Store, tmp_path: Path) -> None:
    add(store, known(address="解放街1号", position=None))

    load(csv_file(tmp_path, HEADINGS, ("甲驿站", "解放街1号", LON, LAT)))

    (station,) = stations_of(store)
    assert station.position is not None
    assert station.district_code is not None


def test_a_sheet_of_names_and_hours_updates_by_name(load: Import, store: Store, tmp_path: Path) -> None:
    add(store, known(address="解放街1号"))

    report = load(csv_file(tmp_path, ("名称", "开放时间"), ("甲驿站", "9:00-17:00")))

    assert [row.code for row in report.changed] == ["TC-0500"]


def test_two_stations_of_one_name_and_address_cannot_be_told_apart(load: Import, store: Store, tmp_path: Path) -> None:
    add(store, known(address="街"))
    add(store, known(address="街", code="TC-0501", position=Position.wgs84(LON + 0.1, LAT)))

    report = load(csv_file(tmp_path, HEADINGS, ("甲驿站", "街", "", "")))

    assert rejected(report) == [(2, "ambiguous")]


def test_a_code_unlike_the_stations_is_not_used(load: Import, store: Store, tmp_path: Path) -> None:
    add(store, known())

    report = load(csv_file(tmp_path, ("编码", *HEADINGS), ("TC-0900", "甲驿站", "", LON, LAT)))

    assert [station.code for station in stations_of(store)] == ["TC-0500"]
    assert [problem.code for problem in report.remarks] == ["code_not_used"]


@pytest.mark.parametrize(
    "second",
    [
        ("甲驿站", "街", LON, LAT + 0.0003, ""),
        ("甲驿站", "街", "", "", ""),
        ("（甲）驿站", "别处", LON, LAT, ""),
        ("丙驿站", "别处", LON, LAT, "TC-0009"),
    ],
)
def test_the_same_station_twice_in_a_file_is_a_problem_of_the_second(
    load: Import, tmp_path: Path, second: tuple[object, ...]
) -> None:
    path = csv_file(tmp_path, (*HEADINGS, "编码"), ("甲驿站", "街", LON, LAT, "TC-0009"), second)

    report = load(path)

    assert rejected(report) == [(3, "repeated_row")]
    assert "第 2 行" in report.rejections[0].message.zh
    assert "line 2" in report.rejections[0].message.en


def test_probable_duplicates_are_listed_and_not_merged(load: Import, store: Store, tmp_path: Path) -> None:
    add(store, known(name="工会驿站(解放街银行)"))

    report = load(csv_file(tmp_path, HEADINGS, ("解放街银行工会驿站", "", LON, LAT + 0.0005)))

    assert len(stations_of(store)) == 2
    assert [(pair.line, pair.other_code) for pair in report.duplicates] == [(2, "TC-0500")]
