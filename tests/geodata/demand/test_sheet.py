"""Files of workers, row by row."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas
import openpyxl
import pytest
from shapely.geometry import LineString, Point, Polygon, box

from geodata.coordinates import Crs, convert_point
from geodata.demand.headings import heading_score, meaning_of, meanings_of
from geodata.demand.sheet import DemandReading, DemandSheet, read_demand_sheet
from geodata.errors import InvalidValue, UnreadableFile
from geodata.stations.vocabulary import WorkerGroup

RIDERS, SANITATION = WorkerGroup.RIDERS, WorkerGroup.SANITATION


def sheet_of(folder: Path, text: str, **reading: object) -> DemandSheet:
    """The sheet that a CSV file is read as."""
    file = folder / "a.csv"
    file.write_text(text, encoding="utf-8")
    return read_demand_sheet(file, DemandReading(**reading))  # type: ignore[arg-type]


def features(folder: Path, *parts: tuple[object, dict[str, object]]) -> Path:
    """A GeoJSON file of geometries and properties."""
    file = folder / "a.geojson"
    listed = [{"type": "Feature", "geometry": shape, "properties": held} for shape, held in parts]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": listed}))
    return file


@pytest.mark.parametrize(
    ("heading", "meaning"),
    [
        ("外卖骑手", "riders"),
        ("骑手人数（人）", "riders"),
        ("环卫工人数量", "sanitation"),
        ("交警", "traffic"),
        ("交通协管员与交警", "traffic"),
        ("Riders", "riders"),
        ("经度(高德)", "lon"),
        ("LAT", "lat"),
        ("每小时单量", "orders"),
        ("人数", "workers"),
        ("工种", "group"),
        ("WKT", "wkt"),
        ("备注", ""),
        ("", ""),
        (None, ""),
        ("骑" * 100, ""),
    ],
)
def test_headings_are_recognised_by_whole_words(heading: object, meaning: str) -> None:
    assert meaning_of(heading) == meaning


@pytest.mark.parametrize("group", WorkerGroup)
def test_every_group_is_recognised_by_its_code_and_its_labels(group: WorkerGroup) -> None:
    assert {meaning_of(word) for word in (group.value, group.zh, group.en)} == {group.value}


def test_of_two_columns_that_say_the_same_the_first_counts() -> None:
    assert meanings_of(["骑手", "外卖骑手", "经度"]) == {0: "riders", 2: "lon"}


def test_a_row_of_headings_scores_more_than_a_title() -> None:
    assert heading_score(["经度", "纬度", "骑手"]) > heading_score(["某市骑手分布表"]) > heading_score([None, 3])


def test_a_wide_list_counts_each_group_in_its_column(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, "经度,纬度,骑手,环卫\n106.2,38.4,12,\n106.3,38.4,3,4人\n")

    assert [dict(row.workers) for row in sheet.rows] == [{RIDERS: 12}, {RIDERS: 3, SANITATION: 4}]
    assert sheet.groups == (RIDERS, SANITATION)


def test_a_long_list_counts_by_the_group_each_row_names(tmp_path: Path) -> None:
    sheet = sheet_of(
        tmp_path, '工种,人数,坐标\n环卫工,4,"106.2,38.4"\n外卖小哥,5,"38.4,106.2"\n宇航员,1,"106.2,38.4"\n'
    )

    assert [(dict(row.workers), row.shape.coords[0]) for row in sheet.rows] == [
        ({SANITATION: 4}, (106.2, 38.4)),
        ({RIDERS: 5}, (106.2, 38.4)),
    ]
    assert [(problem.line, problem.code) for problem in sheet.problems] == [(4, "unknown_group")]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("106.2,38.4,-1", "out_of_range"),
        ("106.2,38.4,1e9", "out_of_range"),
        ("106.2,38.4,2000000", "out_of_range"),
        ("106.2,38.4,很多", "not_a_number"),
        ("106.2,38.4,inf", "not_a_number"),
        ("106.2,38.4,", "no_count"),
        ("38.4,106.2,5", "swapped_axes"),
        ("0,0,5", "zero_position"),
        ("106.2,,5", "half_position"),
        (",,5", "no_position"),
        ("500000,4200000,5", "out_of_range"),
    ],
)
def test_a_row_that_cannot_be_read_whole_is_left_out_with_its_reason(tmp_path: Path, row: str, code: str) -> None:
    sheet = sheet_of(tmp_path, f"经度,纬度,骑手\n106.2,38.4,5\n{row}\n")

    assert [(problem.line, problem.code) for problem in sheet.problems] == [(3, code)]
    assert (len(sheet.rows), sheet.rejected_count, sheet.row_count) == (1, 1, 2)


def test_the_reason_names_the_very_cell(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, "经度,纬度,骑手\n106.2,很北,5\n")

    assert [(problem.column, problem.value) for problem in sheet.problems] == [("纬度", "很北")]


def test_nobody_is_a_number_of_workers(tmp_path: Path) -> None:
    assert dict(sheet_of(tmp_path, "经度,纬度,骑手\n106.2,38.4,0\n").rows[0].workers) == {RIDERS: 0}


def test_orders_are_turned_into_workers_of_the_group_that_carries_them(tmp_path: Path) -> None:
    text = "经度,纬度,骑手,单量\n106.2,38.4,2,30\n106.2,38.5,,6\n"

    sheet = sheet_of(tmp_path, text, only_group=RIDERS, orders_per_worker_hour=3.0)

    assert [dict(row.workers) for row in sheet.rows] == [{RIDERS: 12}, {RIDERS: 2}]
    assert sheet.orders_count == 36


def test_people_on_a_roster_count_for_the_hours_they_are_out(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, "经度,纬度,环卫\n106.2,38.4,84\n", hours_a_week=42.0)

    assert dict(sheet.rows[0].workers) == {SANITATION: pytest.approx(21)}


@pytest.mark.parametrize(
    "text",
    [
        "经度,纬度\n106.2,38.4\n",
        "骑手\n5\n",
        "经度,骑手\n106.2,5\n",
        "经度,纬度,人数\n106.2,38.4,5\n",
        "经度,纬度,单量\n106.2,38.4,5\n",
        "",
    ],
)
def test_a_list_that_does_not_say_who_or_where_is_refused_as_a_whole(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnreadableFile):
        sheet_of(tmp_path, text)


@pytest.mark.parametrize(
    "reading",
    [
        {"columns": {0: "lon", 1: "lon"}},
        {"columns": {0: "name"}},
        {"orders_per_worker_hour": 0.0},
        {"orders_per_worker_hour": float("nan")},
        {"hours_a_week": 169.0},
    ],
)
def test_a_reading_that_cannot_be_is_refused(reading: dict[str, object]) -> None:
    with pytest.raises(InvalidValue):
        DemandReading(**reading)  # type: ignore[arg-type]


def test_columns_are_read_as_chosen(tmp_path: Path) -> None:
    columns = {0: "lon", 1: "lat", 2: "traffic"}

    sheet = sheet_of(tmp_path, "a,b,c\n106.2,38.4,5\n", columns=columns)

    assert dict(sheet.rows[0].workers) == {WorkerGroup.TRAFFIC: 5}


def test_positions_are_brought_to_wgs84(tmp_path: Path) -> None:
    lon, lat = convert_point(106.2, 38.4, Crs.WGS84, Crs.GCJ02)

    asked = sheet_of(tmp_path, f"经度,纬度,骑手\n{lon},{lat},5\n", crs=Crs.GCJ02)
    said = sheet_of(tmp_path, f"经度(高德),纬度(高德),骑手\n{lon},{lat},5\n")

    for sheet in (asked, said):
        assert sheet.crs is Crs.GCJ02
        assert sheet.rows[0].shape.coords[0] == pytest.approx((106.2, 38.4), abs=1e-9)


def test_a_workbook_is_read_below_its_title(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (("某市环卫标段人数",), ("经度", "纬度", "环卫"), (106.2, 38.4, 7)):
        book.worksheets[0].append(row)
    book.save(tmp_path / "a.xlsx")

    sheet = read_demand_sheet(tmp_path / "a.xlsx", DemandReading())

    assert [(row.line, dict(row.workers)) for row in sheet.rows] == [(3, {SANITATION: 7})]


def test_a_column_of_wkt_holds_shapes(tmp_path: Path) -> None:
    text = 'wkt,环卫\n"LINESTRING (106.2 38.4, 106.21 38.4)",7\n"POLYGON ((106.2 38.4, x",1\n'

    sheet = sheet_of(tmp_path, text)

    assert sheet.shape_counts == {"linestring": 1}
    assert [problem.code for problem in sheet.problems] == ["broken_shape"]


def test_geojson_holds_points_lines_and_polygons(tmp_path: Path) -> None:
    square = box(106.2, 38.4, 106.21, 38.41)
    file = features(
        tmp_path,
        (Point(106.2, 38.4).__geo_interface__, {"骑手": 1}),
        (LineString([(106.2, 38.4, 9.0), (106.21, 38.4, 9.0)]).__geo_interface__, {"环卫": 2}),
        (square.__geo_interface__, {"骑手": "3"}),
    )

    sheet = read_demand_sheet(file, DemandReading())

    assert sheet.shape_counts == {"point": 1, "linestring": 1, "polygon": 1}
    assert [sum(row.workers.values()) for row in sheet.rows] == [1, 2, 3]
    assert not any(row.shape.has_z for row in sheet.rows)


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        (None, "no_position"),
        ({"type": "Polygon", "coordinates": []}, "no_position"),
        ({"type": "Polygon", "coordinates": [[[106, 38], [106, 38], [106, 38], [106, 38]]]}, "broken_shape"),
        ({"type": "LineString", "coordinates": [[106.2, 38.4], [106.2, 38.4]]}, "no_size"),
        ({"type": "Point", "coordinates": ["a", 1]}, "broken_shape"),
        ({"type": "Point", "coordinates": [38.4, 106.2]}, "swapped_axes"),
        ({"type": "Teapot", "coordinates": [1, 2]}, "broken_shape"),
        ({"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [106.2, 38.4]}]}, "shape_kind"),
        ("no geometry", "broken_shape"),
    ],
)
def test_a_shape_that_is_none_leaves_its_row_out(tmp_path: Path, geometry: object, code: str) -> None:
    file = features(tmp_path, (geometry, {"骑手": 1}))

    sheet = read_demand_sheet(file, DemandReading())

    assert ([problem.code for problem in sheet.problems], sheet.rows) == ([code], ())


def test_a_polygon_that_crosses_itself_is_mended(tmp_path: Path) -> None:
    bow = {"type": "Polygon", "coordinates": [[[106, 38], [106.1, 38.1], [106.1, 38], [106, 38.1], [106, 38]]]}

    sheet = read_demand_sheet(features(tmp_path, (bow, {"骑手": 1})), DemandReading())

    assert sheet.rows[0].shape.is_valid


def test_a_geopackage_is_brought_to_degrees(tmp_path: Path) -> None:
    square = Polygon([(106.2, 38.4), (106.21, 38.4), (106.21, 38.41), (106.2, 38.41)])
    frame = geopandas.GeoDataFrame({"骑手": [6]}, geometry=[square], crs=4326).to_crs(32648)
    frame.to_file(tmp_path / "a.gpkg", layer="工人")

    sheet = read_demand_sheet(tmp_path / "a.gpkg", DemandReading())

    assert dict(sheet.rows[0].workers) == {RIDERS: 6}
    assert sheet.rows[0].shape.centroid.x == pytest.approx(106.205, abs=1e-6)
