"""Files made to take for ever, or all the memory: they are refused, or read like any other.

None of these tests looks at a clock. Without what it is about, each would take hours or gigabytes, or raise what
nobody expects.
"""

from __future__ import annotations

import io
import sqlite3
import zipfile
from datetime import date
from pathlib import Path

import geopandas
import pytest
import shapely

from geodata.demand.shape_tables import read_shape_table
from geodata.errors import UnreadableFile
from geodata.files import StationSheet, read_station_sheet
from tests.geodata.files.sheets import csv_file

TODAY = date(2026, 7, 1)
RECURSION = "WITH RECURSIVE n(name) AS (SELECT 1 UNION ALL SELECT name + 1 FROM n) SELECT name FROM n"


def read(path: Path) -> StationSheet:
    return read_station_sheet(path, None, TODAY)


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("服务项目", "热，" * 3_000),
        ("服务项目", "饮水 " * 2_000),
        ("类型", "(" * 9_000),
        ("建设方式", "（" * 9_000),
        ("进入方式", "门/" * 4_000),
        ("核实日期", "9" * 9_000),
        ("座位数", "9" * 9_000),
        ("经度", "1" * 9_000),
        ("坐标系", "bd-" * 3_000),
        ("服务状态与费用", "饮水：“" * 2_000),
        ("荣誉", "星级：“”" * 2_000),
    ],
)
def test_cells_that_would_take_for_ever_cost_a_remark(heading: str, cell: str, tmp_path: Path) -> None:
    rows = [(f"甲{number}驿站", cell, "38.4") for number in range(20)]

    sheet = read(csv_file(tmp_path, ("站点名称", heading, "纬度"), *rows))

    assert {problem.line for problem in sheet.problems} == set(range(2, 22))


def test_a_row_that_says_it_stands_a_thousand_million_rows_below_is_not_waited_for(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.worksheets[0].append(["站点名称"])
    book.worksheets[0].append(["甲驿站"])
    path = tmp_path / "far.xlsx"
    book.save(path)
    moved = _with_part(path, "xl/worksheets/sheet1.xml", (b'r="2"', b'r="9000000000"'), (b'"A2"', b'"A9000000000"'))
    path.write_bytes(moved)

    assert read(path).drafts == ()


def _with_part(path: Path, name: str, *changes: tuple[bytes, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            content = source.read(part)
            for old, new in changes if part == name else ():
                content = content.replace(old, new)
            target.writestr(part, content)
    return out.getvalue()


@pytest.mark.parametrize("line", ['"a\n', "\n", "\r"])
def test_text_of_millions_of_lines_is_refused(line: str, tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text("站点名称\n" + line * (2_100_000 if len(line) == 1 else 101_000), "utf-8", newline="")

    with pytest.raises(UnreadableFile):
        read(path)


@pytest.fixture
def geopackage(tmp_path: Path) -> Path:
    """One layer of one station."""
    path = tmp_path / "stations.gpkg"
    frame = geopandas.GeoDataFrame({"name": ["甲驿站"]}, geometry=[shapely.Point(106.2, 38.4)], crs=4326)
    frame.to_file(path, layer="stations", driver="GPKG", engine="pyogrio")
    return path


@pytest.mark.parametrize(
    "statements",
    [
        (
            f"CREATE VIEW endless AS {RECURSION}",
            "INSERT INTO gpkg_contents (table_name, data_type) VALUES ('endless', 'attributes')",
        ),
        ("ALTER TABLE stations ADD COLUMN huge TEXT AS (hex(zeroblob(400000000)))",),
    ],
)
def test_a_geopackage_that_works_out_its_rows_is_refused(geopackage: Path, statements: tuple[str, ...]) -> None:
    database = sqlite3.connect(geopackage)
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()

    with pytest.raises(UnreadableFile):
        read(geopackage)
    with pytest.raises(UnreadableFile, match="views or computed"):
        read_shape_table(geopackage)


def test_a_geopackage_of_plain_tables_is_read(geopackage: Path) -> None:
    assert [draft.name for draft in read(geopackage).drafts] == ["甲驿站"]
