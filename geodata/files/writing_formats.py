"""Files of stations in four formats, each naming its system of coordinates: CSV, workbook, GeoJSON, GeoPackage.

Cells that begin as a formula does are kept from being one; in a workbook by their type, in CSV by an
apostrophe that the reader takes away again.
"""

from __future__ import annotations

import io
import json
import tempfile
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from geodata.coordinates import Crs
from geodata.files.crs_choice import CRS_NAMES
from geodata.files.csv_out import Cell, write_csv
from geodata.files.headers import Field
from geodata.files.table import FileKind
from geodata.files.workbook_rows import MAX_CELL_CHARS, with_rows, write_with_rows
from geodata.files.writing import SheetColumn, SheetWords, WrittenStation, rows_of

ENDINGS: Final[Mapping[FileKind, str]] = {
    FileKind.XLSX: "xlsx",
    FileKind.CSV: "csv",
    FileKind.GEOJSON: "geojson",
    FileKind.GEOPACKAGE: "gpkg",
}
MIME_TYPES: Final[Mapping[FileKind, str]] = {
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.CSV: "text/csv; charset=utf-8",
    FileKind.GEOJSON: "application/geo+json",
    FileKind.GEOPACKAGE: "application/geopackage+sqlite3",
}
_FREE_ROWS: Final = 1000
"""Rows below the last that still offer their choices."""
_WIDE: Final = frozenset({Field.NAME, Field.ADDRESS, Field.HOURS, Field.SERVICES, Field.ENTRY_NOTE})
_HEADING: Final = PatternFill("solid", fgColor="DDE9E4")


@dataclass(frozen=True, slots=True)
class SheetContent:
    """What a file is made of: its stations, some at a time, and what must be known before the first.

    ``batches`` are gone through once. ``count`` is how many stations they hold together.
    """

    batches: Iterable[Sequence[WrittenStation]]
    count: int
    has_sample: bool

    def rows(self, columns: Sequence[SheetColumn], words: SheetWords) -> Iterable[list[Cell]]:
        """The cells of each station."""
        return chain.from_iterable(rows_of(batch, columns, words) for batch in self.batches)


def write_file(
    kind: FileKind, path: Path, content: SheetContent, columns: Sequence[SheetColumn], words: SheetWords
) -> None:
    """Write the stations as a file of that format, which holds no more than a batch of them in memory."""
    _WRITERS[kind](path, content, columns, words)


def file_of(
    kind: FileKind, stations: Sequence[WrittenStation], columns: Sequence[SheetColumn], words: SheetWords
) -> bytes:
    """The stations as a file of that format."""
    content = SheetContent([stations], len(stations), any(each.station.is_sample for each in stations))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"stations.{ENDINGS[kind]}"
        write_file(kind, path, content, columns, words)
        return path.read_bytes()


def workbook_of_rows(headings: Sequence[str], rows: Sequence[Sequence[object]], *, title: str) -> bytes:
    """A plain workbook of one sheet: headings, and rows of text and numbers."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_title(title))
    sheet.freeze_panes = "A2"
    sheet.append([_heading_cell(sheet, heading) for heading in headings])
    frame, text_style = _frame(book, sheet)
    return with_rows(frame, rows, row_count=len(rows), column_count=len(headings), text_style=text_style)


# --- Formats -----------------------------------------------------------------------------------


def _csv(path: Path, content: SheetContent, columns: Sequence[SheetColumn], words: SheetWords) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        write_csv(stream, [column.heading(words) for column in columns], content.rows(columns, words))


def _xlsx(path: Path, content: SheetContent, columns: Sequence[SheetColumn], words: SheetWords) -> None:
    book = openpyxl.Workbook(write_only=True)
    is_zh = words.language == "zh"
    sheet = book.create_sheet("站点" if is_zh else "stations")
    notes = book.create_sheet("填写说明" if is_zh else "notes")
    lists = book.create_sheet("选项" if is_zh else "choices")
    lists.sheet_state = "hidden"
    chosen = [(number, column.choices(words)) for number, column in enumerate(columns, 1) if column.choices]
    sheet.freeze_panes = "C2"
    for number, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = 30 if column.field in _WIDE else 15
    last_row = content.count + 1 + _FREE_ROWS
    for place, (number, words_offered) in enumerate(chosen, start=1):
        sheet.data_validations.append(_drop_down(number, place, len(words_offered), last_row, lists.title))
    sheet.append([_heading_cell(sheet, column.heading(words)) for column in columns])
    _write_notes(notes, columns, words)
    for place in range(max(len(offered) for _number, offered in chosen)):
        lists.append([offered[place] if place < len(offered) else None for _number, offered in chosen])
    frame, text_style = _frame(book, sheet)
    with path.open("wb") as out:
        rows = content.rows(columns, words)
        write_with_rows(out, frame, rows, row_count=content.count, column_count=len(columns), text_style=text_style)


def _drop_down(number: int, place: int, count: int, last_row: int, lists_title: str) -> DataValidation:
    letter, source = get_column_letter(number), get_column_letter(place)
    rule = DataValidation(
        type="list", formula1=f"{quote_sheetname(lists_title)}!${source}$1:${source}${count}", allow_blank=True
    )
    rule.showErrorMessage = False  # other words may be known too; the import says which are not
    rule.add(f"{letter}2:{letter}{last_row}")
    return rule


def _write_notes(sheet: Any, columns: Sequence[SheetColumn], words: SheetWords) -> None:
    """A row a column: what it is for. None of it reads as a list of stations."""
    is_zh, system = words.language == "zh", CRS_NAMES[words.crs]
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 28, 90
    sheet.append([f"坐标系：{system}" if is_zh else f"Coordinates: {system}"])
    sheet.append(["空格表示“不改动”，不会清除已有内容。" if is_zh else "A blank cell changes nothing."])
    for column in columns:
        said = column.hint(words)
        offered = words.listed(column.choices(words)) if column.choices else ""
        if said or offered:
            cell = WriteOnlyCell(sheet, " · ".join(part for part in (said, offered) if part))
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            sheet.append([f"［{column.heading(words)}］", cell])


def _heading_cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)[:MAX_CELL_CHARS])
    cell.data_type = "s"
    cell.font, cell.fill = Font(bold=True), _HEADING
    return cell


def _frame(book: Any, sheet: Any) -> tuple[bytes, int]:
    """The workbook without rows, and the number of the style of text that begins as a formula does."""
    model = WriteOnlyCell(sheet, "")
    model.quotePrefix = True
    frame = io.BytesIO()
    text_style = model.style_id
    book.save(frame)
    return frame.getvalue(), text_style


def _sheet_title(text: str) -> str:
    return "".join(character for character in text if character not in "[]:*?/\\")[:31] or "1"


def _geojson(path: Path, content: SheetContent, columns: Sequence[SheetColumn], words: SheetWords) -> None:
    """Coordinates of another system than WGS-84 are named by the member ``crs``, as the reader knows it."""
    properties = [column for column in columns if column.field not in {Field.LON, Field.LAT}]
    system = CRS_NAMES[words.crs]
    head: dict[str, Any] = {"type": "FeatureCollection", "coordinate_system": system}
    if words.crs is not Crs.WGS84:
        head["crs"] = {"type": "name", "properties": {"name": system}}
    if content.has_sample:
        head["sample"] = True
    between = ""
    with path.open("w", encoding="utf-8") as stream:
        stream.write(_json(head).removesuffix("}") + ',"features":[')
        for each in chain.from_iterable(content.batches):
            stream.write(between + _json(_feature(each, properties, words)))
            between = ","
        stream.write("]}")


def _feature(each: WrittenStation, properties: Sequence[SheetColumn], words: SheetWords) -> dict[str, Any]:
    cells = [column.value(each, words) for column in properties]
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": list(each.lonlat)} if each.lonlat else None,
        "properties": _held(properties, cells, words),
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _held(columns: Sequence[SheetColumn], cells: Sequence[Cell], words: SheetWords) -> dict[str, Cell]:
    return {column.heading(words): cell for column, cell in zip(columns, cells, strict=True) if cell not in {None, ""}}


def _geopackage(path: Path, content: SheetContent, columns: Sequence[SheetColumn], words: SheetWords) -> None:
    """One layer. GCJ-02 and BD-09 have no number in any register, so their layer declares no system."""
    name = "stations" if words.crs is Crs.WGS84 else f"stations_{words.crs.value}"
    mode = "w"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that no system is declared is meant
        for batch in content.batches if content.count else ([],):
            layer = _layer(batch, columns, words)
            layer.to_file(path, layer=name, driver="GPKG", engine="pyogrio", geometry_type="Point", mode=mode)
            mode = "a"


def _layer(batch: Sequence[WrittenStation], columns: Sequence[SheetColumn], words: SheetWords) -> Any:
    import geopandas
    import pandas as pd
    import shapely

    properties = [column for column in columns if column.field not in {Field.LON, Field.LAT}]
    rows = list(rows_of(batch, properties, words))
    frame = pd.DataFrame(rows, columns=[column.heading(words) for column in properties])
    for column in properties:
        numeric = column.field in {Field.CAPACITY, Field.AREA}
        heading = column.heading(words)
        frame[heading] = frame[heading].astype("float64") if numeric else frame[heading].astype("string")
    points: Any = [shapely.Point(each.lonlat) if each.lonlat else None for each in batch]
    return geopandas.GeoDataFrame(frame, geometry=points, crs="EPSG:4326" if words.crs is Crs.WGS84 else None)


_WRITERS: Final[Mapping[FileKind, Callable[[Path, SheetContent, Sequence[SheetColumn], SheetWords], None]]] = {
    FileKind.XLSX: _xlsx,
    FileKind.CSV: _csv,
    FileKind.GEOJSON: _geojson,
    FileKind.GEOPACKAGE: _geopackage,
}
