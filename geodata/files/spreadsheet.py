"""XLSX: the first sheet with headings we know, as a table.

Values come from openpyxl's read-only mode (formulas by their saved results); it does not report merged
cells, so those are read from the sheet's own XML by ``merged_cells``. A cell merged downwards holds for
every row it spans; a row that is one wide merged cell is a title between rows and no station.

A workbook is a ZIP archive, and an archive can claim to be small and unpack to terabytes: sizes and
ratios are checked before anything is unpacked.
"""

from __future__ import annotations

import warnings
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from geodata.errors import UnreadableFile
from geodata.files.merged_cells import MergedCells, merged_cells_by_sheet
from geodata.files.messages import Message
from geodata.files.open_workbook import open_workbook, refuse_large_frame
from geodata.files.table import (
    MAX_COLUMNS,
    MAX_ROWS,
    FileKind,
    Score,
    SourceRow,
    SourceTable,
    column_names,
    header_row,
    held_width,
    is_empty,
    no_header,
    padded,
    refuse_too_many_rows,
)
from geodata.files.thrifty_xml import too_much_at_once

MAX_UNPACKED_BYTES: Final = 300 * 1024 * 1024
MAX_UNPACKING_RATIO: Final = 200
_RATIO_FREE_BYTES: Final = 10 * 1024 * 1024
"""Small parts may compress as well as they like: empty style tables do."""
_MAX_FRAME_BYTES: Final = 16 * 1024 * 1024
_MAX_SHEET_ROWS: Final = 1_048_576
"""A sheet has no more; rows that say they stand below would have all the empty ones before them filled in."""
_MAX_BLANK_ROWS: Final = MAX_ROWS
"""Behind so many blank rows nothing is looked for; sheets with a million formatted ones exist."""

_LONG_CHARS: Final = 1_000
_MOST_LONG_CHARS: Final = 20_000_000
"""In all cells of a sheet that hold a long text: one that stands in a file once may be referred to a million times."""

_OLE_MARK: Final = b"\xd0\xcf\x11\xe0"


def read_spreadsheet(path: Path, score: Score, *, sheet: str | None = None, max_rows: int | None = None) -> SourceTable:
    """The table in an .xlsx file. ``score`` says how many headings a row of cells holds.

    ``sheet`` is the title of the one to read, else the first with headings is; ``max_rows`` ends the reading
    of each early.

    Raises
    ------
    UnreadableFile
        Not a sound workbook, unpacks to too much, or no sheet has headings we know.
    """
    _refuse_other_formats(path)
    try:
        _refuse_bomb(path)
        sheets = _sheets(path, sheet, max_rows)
    except UnreadableFile:
        raise
    except Exception as error:  # on a damaged archive zipfile, zlib, the XML parser and openpyxl raise nearly anything
        raise _damaged() from error
    return _first_recognised(sheets, score)


def _refuse_other_formats(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(_OLE_MARK):
        raise UnreadableFile(
            "This is an old .xls workbook or one with a password. Open it and save it as .xlsx without a password.",
            "这是旧式 .xls 或加了密码的工作簿。请打开后另存为不带密码的 .xlsx。",
        )
    if not start.startswith(b"PK"):
        raise UnreadableFile(
            "The file's ending says .xlsx but it is no Excel workbook. Save it again as .xlsx, or as .csv.",
            "文件的扩展名是 .xlsx，但内容不是 Excel 工作簿。请重新另存为 .xlsx 或 .csv。",
        )


def _refuse_bomb(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        refuse_large_frame(archive, _MAX_FRAME_BYTES)
    if "[Content_Types].xml" not in {part.filename for part in parts}:
        raise _damaged()
    unpacked_bytes = sum(part.file_size for part in parts)
    swollen = any(
        part.file_size > _RATIO_FREE_BYTES and part.file_size > MAX_UNPACKING_RATIO * max(part.compress_size, 1)
        for part in parts
    )
    if unpacked_bytes > MAX_UNPACKED_BYTES or swollen:
        raise UnreadableFile(
            "The workbook unpacks to far more than a list of stations needs; it is not opened.",
            "工作簿解压后大得不正常，未打开。请只保留站点表，另存后再试。",
        )


def _damaged() -> UnreadableFile:
    return UnreadableFile(
        "The file is no sound Excel workbook. Open it in Excel or WPS and save it again as .xlsx.",
        "文件不是完好的 Excel 工作簿。请用 Excel 或 WPS 打开后重新另存为 .xlsx。",
    )


def _sheets(path: Path, only: str | None, max_rows: int | None) -> list[tuple[str, list[SourceRow]]]:
    """The sheets' titles and rows, visible ones first; rows only of those to be read."""
    merges = merged_cells_by_sheet(path)
    with path.open("rb") as stream, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns about styles, validations and pictures it passes over
        workbook = open_workbook(stream, at_once=max_rows is not None)
        try:
            ordered = sorted(workbook.worksheets, key=lambda sheet: sheet.sheet_state != "visible")
            wanted = only if only in {sheet.title for sheet in ordered} else None
            return [
                (sheet.title, _rows(sheet, merges.get(sheet.title, MergedCells(())), max_rows))
                if wanted in {None, sheet.title}
                else (sheet.title, [])
                for sheet in ordered
            ]
        finally:
            workbook.close()


def _rows(sheet: Any, merges: MergedCells, max_rows: int | None) -> list[SourceRow]:
    rows: list[SourceRow] = []
    blank_count = long_chars = 0
    last_row = _MAX_SHEET_ROWS if max_rows is None else max_rows
    for line, values in enumerate(sheet.value_rows(MAX_COLUMNS, last_row), start=1):
        blank_count = blank_count + 1 if values.count(None) == len(values) else 0
        if blank_count > _MAX_BLANK_ROWS:
            break
        if blank_count and not merges.merges:
            continue
        cells = merges.filled(line, values)
        if cells is not None and any(cell is not None for cell in cells):
            rows.append(SourceRow(line, cells))
            long_chars += sum(len(cell) for cell in cells if isinstance(cell, str) and len(cell) > _LONG_CHARS)
            if long_chars > _MOST_LONG_CHARS:
                raise too_much_at_once()
            refuse_too_many_rows(len(rows) - 1)
    return [row for row in rows if not is_empty(row)]


def _first_recognised(sheets: list[tuple[str, list[SourceRow]]], score: Score) -> SourceTable:
    titles = tuple(title for title, _rows in sheets)
    for position, (title, rows) in enumerate(sheets):
        index = header_row(rows, score)
        if index is not None:
            others = [name for other, (name, found) in enumerate(sheets) if other != position and found]
            return replace(_table(rows, index, _unread_sheets(others)), sheet=title, sheets=titles)
    first_rows = next((rows for _title, rows in sheets if rows), [])
    raise no_header(first_rows[0].cells if first_rows else ())


def _unread_sheets(names: list[str]) -> tuple[Message, ...]:
    if not names:
        return ()
    return (Message(f"没有读取的工作表：{'、'.join(names)}。", f"Sheets not read: {', '.join(names)}."),)


def _table(rows: list[SourceRow], index: int, notes: tuple[Message, ...]) -> SourceTable:
    body = rows[index + 1 :]
    width = held_width(rows[index:])
    columns = column_names(padded(rows[index].cells, width))
    return SourceTable(
        kind=FileKind.XLSX,
        columns=columns,
        rows=tuple(SourceRow(row.line, padded(row.cells, width)) for row in body),
        titles=tuple(str(cell) for row in rows[:index] for cell in row.cells if cell is not None),
        notes=notes,
    )
