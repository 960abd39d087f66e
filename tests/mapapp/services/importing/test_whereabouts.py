"""Positions, districts and coordinate systems of imported rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geodata.coordinates import Crs, convert_point
from geodata.places import Place
from mapapp.store import Store
from tests.geodata.files.sheets import csv_file, geojson_file
from tests.mapapp.services.importing.stations import HEADINGS, LAT, LON, NOW, Import, stations_of


def test_unplaced_rows_are_kept_with_the_district_of_their_words(load: Import, store: Store, tmp_path: Path) -> None:
    headings = (*HEADINGS, "区县")
    path = csv_file(
        tmp_path, headings, ("甲驿站", "街", "", "", "测试二区"), ("乙驿站", "测试市测试一区路", "无", "无", "")
    )

    report = load(path)

    assert [station.district_code for station in stations_of(store)] == ["990102", "990101"]
    assert [row.line for row in report.unplaced] == [2, 3]


def test_points_outside_the_city_are_kept_without_a_district_and_named(
    load: Import, store: Store, tmp_path: Path
) -> None:
    report = load(csv_file(tmp_path, HEADINGS, ("甲驿站", "街", LON, LAT), ("乙驿站", "路", 106.27, 38.47)))

    assert report.outside_lines == (3,)
    assert stations_of(store)[1].district_code is None


def test_a_district_that_is_not_where_the_point_lies_is_remarked(load: Import, testcity: Place, tmp_path: Path) -> None:
    there = testcity.units[0].label_at
    path = csv_file(
        tmp_path,
        (*HEADINGS, "区县"),
        ("甲驿站", "街", there.lon, there.lat, "测试二区"),
        ("乙驿站", "", "", "", "月球区"),
    )

    report = load(path)

    assert [(problem.line, problem.code) for problem in report.remarks] == [
        (2, "other_district"),
        (3, "unknown_district"),
    ]


def test_a_list_read_in_the_wrong_system_is_noticed_the_second_time(load: Import, tmp_path: Path) -> None:
    rows = [(f"第{step}驿站", f"街{step}号", LON + step / 100, LAT) for step in range(4)]
    load(csv_file(tmp_path, HEADINGS, *rows), crs=Crs.GCJ02)

    report = load(csv_file(tmp_path, HEADINGS, *rows), dry_run=True)

    assert report.other_crs is not None
    assert report.other_crs.crs is Crs.GCJ02


def test_the_given_coordinates_are_kept(load: Import, store: Store, tmp_path: Path) -> None:
    load(csv_file(tmp_path, HEADINGS, ("甲驿站", "街", LON, LAT)), crs=Crs.BD09)

    position = stations_of(store)[0].position
    assert position is not None
    assert (position.given_crs, position.given_lon, position.given_lat) == (Crs.BD09, LON, LAT)
    assert (position.point.lon, position.point.lat) == pytest.approx(convert_point(LON, LAT, Crs.BD09, Crs.WGS84))


def test_an_export_comes_back_without_a_change(load: Import, store: Store, testcity: Place, tmp_path: Path) -> None:
    from mapapp.services.publish import station_feature
    from mapapp.services.snapshot_keeper import SnapshotKeeper

    headings = (*HEADINGS, "开放时间", "服务", "星级", "门禁")
    row = ("甲驿站", "街", LON, LAT, "8:30-18:00", "饮水、休息", "三星", "扫码")
    load(csv_file(tmp_path, headings, row, ("乙驿站", "路", "", "", "看情况", "", "", "")), crs=Crs.GCJ02)
    keeper = SnapshotKeeper(store, testcity, lambda: NOW, 1.0)
    keeper.refresh()
    features = [station_feature(station, keeper.current, NOW) for station in keeper.current.stations]

    report = load(geojson_file(tmp_path, *json.loads(json.dumps(features))))

    assert (len(report.unchanged), len(report.changed), len(report.new)) == (2, 0, 0)
    assert report.rejections == ()
