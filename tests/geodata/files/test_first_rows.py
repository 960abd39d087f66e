"""The first rows of a file are had without going through the rest of it, whatever that is."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import geopandas
import pytest
from shapely import Point

from geodata.errors import UnreadableFile
from geodata.files import open_workbook
from geodata.files.geojson import BEGINNING_BYTES
from geodata.files.merged_cells import Merge, MergedCells
from geodata.files.reading_choice import AS_RECOGNISED
from geodata.files.station_sheet import read_table
from geodata.files.table import MAX_COLUMNS, SourceRow, SourceTable

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEADINGS = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
TEXTS = ("站点名称", "地址", "东街驿站", "东街 1 号")
ROW = '<row r="{0}"><c r="A{0}" t="s"><v>2</v></c><c r="B{0}" t="s"><v>3</v></c></row>'


def workbook(folder: Path, rows: str, *, after_rows: str = "", texts: str = "", styles: str = "") -> Path:
    """A workbook of our own making: a sheet that does not say its size, and a table of texts."""
    items = "".join(f"<si><t>{text}</t></si>" for text in TEXTS)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{KIND}.sharedStrings+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="a" '
        f'Type="{OFFICE}/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="b" '
        f'Type="{OFFICE}/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{OFFICE}/relationships"><sheets>'
        '<sheet name="名单" sheetId="1" r:id="b"/></sheets></workbook>',
        "xl/sharedStrings.xml": f"<sst {MAIN}>{items}{texts}</sst>",
        "xl/worksheets/sheet1.xml": f"<worksheet {MAIN}><sheetData>{HEADINGS}{rows}</sheetData>{after_rows}</worksheet>",
    } | ({"xl/styles.xml": styles} if styles else {})
    path = folder / "stations.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def first_rows(path: Path) -> SourceTable:
    return read_table(path, AS_RECOGNISED, max_rows=3)


def names(table: SourceTable) -> list[object]:
    return [row.cells[0] for row in table.rows]


def test_rows_further_down_are_not_looked_at(tmp_path: Path) -> None:
    path = workbook(tmp_path, ROW.format(2) + ROW.format(3) + ROW.format(4) + "<row><not closed")

    assert names(first_rows(path)) == ["东街驿站", "东街驿站"]
    with pytest.raises(UnreadableFile):
        read_table(path)


def test_a_list_is_not_looked_for_below_thousands_of_empty_rows(tmp_path: Path) -> None:
    path = tmp_path / "stations.csv"
    far_below = "," * (MAX_COLUMNS + 1)  # refused wherever it is looked at
    path.write_text("站点名称,地址\n东街驿站,东街 1 号\n" + '"\n"\n' * 100 + far_below, encoding="utf-8")

    assert names(first_rows(path)) == ["东街驿站"]
    with pytest.raises(UnreadableFile):
        read_table(path)


def test_texts_no_cell_speaks_of_are_not_looked_at(tmp_path: Path) -> None:
    path = workbook(tmp_path, ROW.format(2), texts="<si><t>cut off" + " " * 100_000)

    assert names(first_rows(path)) == ["东街驿站"]


def test_what_stands_behind_the_last_row_is_not_taken_apart(tmp_path: Path) -> None:
    path = workbook(tmp_path, ROW.format(2), after_rows='<hyperlinks><hyperlink ref="A1"')

    assert names(read_table(path)) == ["东街驿站"]


def test_a_cell_that_speaks_of_a_text_far_behind_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_workbook, "MOST_TEXTS_AT_ONCE", 50)
    last = '<row r="2"><c r="A2" t="s"><v>50</v></c></row>'
    path = workbook(tmp_path, last, texts="".join(f"<si><t>第{number}站</t></si>" for number in range(4, 60)))

    with pytest.raises(UnreadableFile, match="far more different texts"):
        first_rows(path)
    assert names(read_table(path)) == ["第50站"]


def test_texts_are_those_a_person_sees(tmp_path: Path) -> None:
    texts = (
        "<si><r><rPr><b/></rPr><t>西街</t></r><r><t>驿站</t></r><rPh sb='0' eb='1'><t>xi</t></rPh></si><si/>"
        "<si><t xml:space='preserve'> 北街 </t></si>"
    )
    rows = "".join(f'<row r="{line}"><c r="A{line}" t="s"><v>{line + 2}</v></c></row>' for line in (2, 3, 4))

    assert names(read_table(workbook(tmp_path, rows, texts=texts))) == ["西街驿站", " 北街 "]


@pytest.mark.parametrize("number", ["-1", "4", "x"])
def test_a_text_there_is_not_makes_the_workbook_a_damaged_one(number: str, tmp_path: Path) -> None:
    path = workbook(tmp_path, f'<row r="2"><c r="A2" t="s"><v>{number}</v></c></row>')

    with pytest.raises(UnreadableFile, match="no sound Excel workbook"):
        first_rows(path)


def test_a_workbook_of_nothing_but_styles_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, ROW.format(2), styles=f"<styleSheet {MAIN}>{' ' * 17_000_000}</styleSheet>")

    with pytest.raises(UnreadableFile):
        first_rows(path)


def test_thousands_of_ranges_over_all_rows_cost_a_row_no_more_than_its_columns() -> None:
    """Without that each of the rows would be gone over once for each range: some minutes."""
    merges = MergedCells(tuple(Merge(2, 1, 3, 1_048_576) for _ in range(20_000)))

    filled = [merges.filled(line, ("甲", line)) for line in range(1, 50_001)]

    assert filled[0] == ("甲", 1)
    assert filled[-1] == ("甲", 1)


# --- Geographic files ------------------------------------------------------------------------------


def features(count: int) -> list[dict[str, Any]]:
    """Some points with names that take room."""
    return [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [106.2, 38.4]},
            "properties": {"name": f"东街 {index} 号驿站", "address": "东街" * 200},
        }
        for index in range(count)
    ]


def geojson(path: Path, count: int, *, behind: str = "]}") -> Path:
    written = ",".join(json.dumps(each, ensure_ascii=False) for each in features(count))
    path.write_text(f'{{"type":"FeatureCollection","features":[{written}{behind}', encoding="utf-8")
    return path


def test_of_a_large_geojson_only_the_beginning_is_read(tmp_path: Path) -> None:
    path = geojson(tmp_path / "stations.geojson", 1200, behind=',{"type": nothing of the kind')
    assert path.stat().st_size > BEGINNING_BYTES

    table = first_rows(path)

    assert (names(table), table.is_cut) == ([f"东街 {index} 号驿站" for index in range(3)], True)
    with pytest.raises(UnreadableFile, match="not valid JSON"):
        read_table(path, AS_RECOGNISED)


def test_the_beginning_has_the_columns_of_the_whole_in_their_order(tmp_path: Path) -> None:
    late = ',{"type":"Feature","geometry":null,"properties":{"phone":"1","name":"西街驿站"}}]}'
    path = geojson(tmp_path / "stations.geojson", 1200, behind=late)

    begun, whole = first_rows(path), read_table(path, AS_RECOGNISED)

    assert whole.columns == (*begun.columns, "phone")
    assert (len(whole.rows), whole.is_cut) == (1201, False)
    assert whole.rows[:3] == tuple(SourceRow(row.line, (*row.cells, None), row.geometry) for row in begun.rows)


def test_a_small_geojson_is_read_whole(tmp_path: Path) -> None:
    table = first_rows(geojson(tmp_path / "stations.geojson", 20))

    assert (len(table.rows), table.is_cut) == (20, False)


def test_of_a_geopackage_only_the_first_rows_are_read(tmp_path: Path) -> None:
    path = tmp_path / "stations.gpkg"
    held = {"name": ["东街驿站", "西街驿站", "南街驿站", "北街驿站"]}
    geopandas.GeoDataFrame(held, geometry=[Point(106.2, 38.4)] * 4, crs=4326).to_file(path)

    begun, whole = first_rows(path), read_table(path, AS_RECOGNISED)

    assert (names(begun), begun.is_cut) == (held["name"][:3], True)
    assert (names(whole), whole.is_cut) == (held["name"], False)
