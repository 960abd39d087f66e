"""A workbook opened so that its first rows can be had without going through all of it.

openpyxl's read-only mode goes through a whole sheet that does not say its size, and makes an object of every text
of the workbook before the first row is read. Here sizes are not asked for, texts are read as far as the cells
that were read refer to them, and what stands behind the last row (links, merged cells, choices) is left alone.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, Any, Final

from defusedxml.ElementTree import iterparse
from openpyxl.reader.excel import ExcelReader
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, XLSM, XLSX, XLTM, XLTX

from geodata.errors import UnreadableFile
from geodata.files.cells import UNSAVED_FORMULA
from geodata.files.thrifty_xml import MOST_TAGS_AT_ONCE, MOST_TAGS_HELD, TagsLeft, ThriftyXml, too_much_at_once

MOST_TEXTS: Final = 2_000_000
"""Of a whole workbook: a hundred thousand rows of twenty different texts each."""
MOST_TEXTS_AT_ONCE: Final = 250_000
"""While somebody waits for a page; to read them takes about a second."""
MAX_CELL_CHARS: Final = 32_768
"""One more than a spreadsheet lets a cell hold; what stands behind is not looked at."""
MOST_SHEETS: Final = 500
"""Each a part of its own: a thousand that share one would be read a thousand times."""
MOST_TAGS_IN_FRAME: Final = MOST_TAGS_HELD
_MOST_MISPLACED_ROWS: Final = 1_000
_WORKBOOK: Final = "/xl/workbook.xml"
_WORKBOOK_TYPES: Final = frozenset({XLSX, XLSM, XLTX, XLTM})
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ITEM: Final = f"{_MAIN}si"
_ROWS: Final = f"{_MAIN}sheetData"
_ROW: Final = f"{_MAIN}row"
_TEXT: Final = f"{_MAIN}t"
_RUN: Final = f"{_MAIN}r"
_FORMULA: Final = f"{_MAIN}f"
_VALUE: Final = f"{_MAIN}v"
_TEXT_RESULTS: Final = frozenset({"str", "inlineStr"})
_ESCAPED: Final = re.compile(r"_x(?!D[89A-F])([0-9A-F]{4})_", re.IGNORECASE)
"""Halves of characters are left as they stand."""


class SharedTexts:
    """The texts that cells refer to by their number, read in their order up to the last one asked for."""

    def __init__(self, source: IO[bytes] | None, most: int) -> None:
        self._texts: list[str] = []
        self._further = _texts(source) if source is not None else iter(())
        self._most = most

    def __getitem__(self, number: int) -> str:
        if number < 0:
            raise IndexError(number)
        if number >= self._most:
            raise _too_many_texts()
        while number >= len(self._texts):
            text = next(self._further, None)
            if text is None:
                raise IndexError(number)
            self._texts.append(text)
        return self._texts[number]


class _Sheet(ReadOnlyWorksheet):
    """A sheet whose size nobody asks for: what other programs write there is often wrong."""

    def _get_size(self) -> None:
        pass

    def value_rows(self, max_columns: int, max_rows: int) -> Iterator[tuple[Any, ...]]:
        """The values of the rows, from the first; those that are not written down are empty."""
        sheet: Any = self
        book, line, misplaced_count = sheet.parent, 1, 0
        with sheet._get_source() as part:  # noqa: SLF001
            source = ThriftyXml(part, book.tags_left)
            cells = WorkSheetParser(
                source,
                sheet._shared_strings,  # noqa: SLF001
                data_only=True,
                epoch=book.epoch,
                date_formats=book._date_formats,  # noqa: SLF001 - as the library's own sheets do
                timedelta_formats=book._timedelta_formats,  # noqa: SLF001
            )
            for _event, element in iterparse(source, forbid_dtd=True):
                if element.tag == _ROWS:
                    return
                if element.tag != _ROW:
                    continue
                unsaved = _unsaved_formulas(element)
                number, row = cells.parse_row(element)
                element.clear()
                source.let_go()
                if number > max_rows:
                    return
                if number < line:
                    misplaced_count += 1
                    if misplaced_count > _MOST_MISPLACED_ROWS:
                        raise too_much_at_once()
                    continue
                for _missing in range(line, number):
                    yield (None,) * max_columns
                line = number + 1
                yield _values(row, unsaved, max_columns)


class _Reader(ExcelReader):
    def __init__(self, stream: IO[bytes], *, at_once: bool) -> None:
        super().__init__(stream, read_only=True, data_only=True, keep_links=False)
        self._most_texts = MOST_TEXTS_AT_ONCE if at_once else MOST_TEXTS
        self._left = TagsLeft(MOST_TAGS_AT_ONCE if at_once else None)
        self.parts_of_sheets: list[str] = []

    shared_strings: Any
    wb: Any

    def read_workbook(self) -> None:
        package: Any = self.package
        if any(part.PartName != _WORKBOOK for part in package.Override if part.ContentType in _WORKBOOK_TYPES):
            raise ValueError("The workbook is not where its size was looked at.")
        super().read_workbook()
        self.wb.tags_left = self._left

    def read_strings(self) -> None:
        package: Any = self.package
        found = package.find(SHARED_STRINGS)
        part = found.PartName[1:] if found is not None else ""
        self.shared_strings = SharedTexts(self.archive.open(part) if part else None, self._most_texts)

    def read_worksheets(self) -> None:
        book: Any = self.wb
        for sheet, link in self.parser.find_sheets():
            self.parts_of_sheets.append(link.target)
            if link.target in self.valid_files and "chartsheet" not in link.Type:
                opened: Any = _Sheet(book, sheet.name, link.target, self.shared_strings)
                opened.sheet_state = sheet.state
                book._sheets.append(opened)  # noqa: SLF001 - as the library's own reader does


def open_workbook(stream: IO[bytes], *, at_once: bool) -> Any:
    """The workbook, its sheets to be read row by row; the caller closes it.

    Parameters
    ----------
    at_once
        Somebody waits for a page, so fewer texts and cells may be gone through. Reading a cell that refers to a text
        further behind, or yet another row, raises `UnreadableFile`.

    Raises
    ------
    Exception
        Nearly any, where the file is damaged.
    """
    reader = _Reader(stream, at_once=at_once)
    reader.read()
    if len(reader.parts_of_sheets) > min(MOST_SHEETS, len(set(reader.parts_of_sheets))):
        raise too_much_at_once()
    return reader.wb


def _unsaved_formulas(row: Any) -> frozenset[int]:
    """Which cells of a row, counted from 0 as they are written down, are formulas without a result.

    A program that does not calculate leaves the value out, or empty; an empty text is a result and says its type.
    """
    return frozenset(
        place
        for place, cell in enumerate(row)
        if cell.find(_FORMULA) is not None and not cell.findtext(_VALUE) and cell.get("t") not in _TEXT_RESULTS
    )


def _values(row: Iterable[dict[str, Any]], unsaved: frozenset[int], max_columns: int) -> tuple[Any, ...]:
    values: list[Any] = [None] * max_columns
    for place, cell in enumerate(row):
        if 1 <= cell["column"] <= max_columns:
            value = UNSAVED_FORMULA if place in unsaved else cell["value"]
            values[cell["column"] - 1] = _plain(value[:MAX_CELL_CHARS]) if isinstance(value, str) else value
    return tuple(values)


def _plain(text: str) -> str:
    """The text with the characters that workbooks write by their numbers (``_x000D_``)."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def refuse_large_frame(archive: zipfile.ZipFile, most_bytes: int) -> None:
    """Refuse a workbook whose parts beside rows, texts and pictures are huge: they are read whole.

    Raises
    ------
    UnreadableFile
        One is larger than ``most_bytes`` unpacked, or has more than `MOST_TAGS_IN_FRAME` tags.
    """
    whole = ("xl/styles", "xl/workbook", "xl/theme", "xl/_rels/", "docProps/", "_rels/", "[Content_Types]")
    parts = [part for part in archive.infolist() if part.filename.startswith(whole)]
    if any(part.file_size > most_bytes for part in parts) or any(
        archive.read(part).count(b"<") > MOST_TAGS_IN_FRAME for part in parts
    ):
        raise UnreadableFile(
            "The workbook holds far more styles or names than a list of stations needs. Copy the rows into a new "
            "workbook and send that.",
            "工作簿里的样式或名称多得不正常。请把站点行复制到一个新的工作簿，另存后再上传。",
        )


def _texts(source: IO[bytes]) -> Iterator[str]:
    """Every text of the part, without its formatting and without how to pronounce it."""
    with source:
        part = ThriftyXml(source)
        for _event, element in iterparse(part, forbid_dtd=True):
            if element.tag == _ITEM:
                pieces = (piece for child in element for piece in _pieces(child))
                yield "".join(pieces)[:MAX_CELL_CHARS]
                element.clear()
                part.let_go()


def _pieces(child: Any) -> Iterator[str]:
    if child.tag == _TEXT:
        yield child.text or ""
    elif child.tag == _RUN:
        yield child.findtext(_TEXT, "")


def _too_many_texts() -> UnreadableFile:
    return UnreadableFile(
        "The workbook holds far more different texts than a list of stations. Copy the rows into a new workbook and "
        "send that.",
        "工作簿里的文字远多于一份站点表。请把站点行复制到一个新的工作簿，另存后再上传。",
    )
