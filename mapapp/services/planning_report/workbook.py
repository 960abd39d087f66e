"""The report as a workbook: what it is about on the first sheet, then a sheet for each table.

Text is text: a cell that begins as a formula does is stored as words, and marked so that it stays words when
somebody edits it. Numbers are numbers, with the format of their column.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable
from typing import Any, Final

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from geodata.files.workbook_rows import MAX_CELL_CHARS, SPECIAL_STARTS
from mapapp.services.planning_report.content import Cell, Fact, Form, Report, Table

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEADING: Final = PatternFill("solid", fgColor="DDE9E4")
_NOT_IN_TITLES: Final = re.compile(r"[\[\]:*?/\\']")
_MAX_TITLE_CHARS: Final = 31
_WRAPPED: Final = Alignment(wrap_text=True, vertical="top")
_MAX_WIDTH: Final = 60
_WIDEST_HEADING: Final = 22
_BOLD: Final = 1.15


def workbook(report: Report) -> bytes:
    """The report as XLSX."""
    book = openpyxl.Workbook(write_only=True)
    titles = _Titles()
    _write_facts(book.create_sheet(titles.free(report.speech.gettext("About"))), report)
    for table in report.tables:
        _write_table(book.create_sheet(titles.free(table.title)), table, report)
    stream = io.BytesIO()
    book.properties.title, book.properties.creator = _text(report.title), ""
    book.save(stream)
    return stream.getvalue()


class _Titles:
    """Sheets' names: short, without what a workbook forbids, each once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def free(self, wish: str) -> str:
        base = _cut(_NOT_IN_TITLES.sub(" ", _text(wish)).strip()) or "1"
        name, number = base, 1
        while name.casefold() in self._taken:
            number += 1
            name = f"{base[: _MAX_TITLE_CHARS - len(str(number)) - 1]} {number}"
        self._taken.add(name.casefold())
        return name


def _cut(title: str) -> str:
    """The title, or as many whole words of it as a sheet's name holds."""
    if len(title) <= _MAX_TITLE_CHARS:
        return title
    start = title[: _MAX_TITLE_CHARS - 1]
    return f"{start.rpartition(' ')[0] or start}…"


def _write_facts(sheet: Any, report: Report) -> None:
    gettext = report.speech.gettext
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 32, 100
    sheet.append([_words(sheet, report.title, bold=True)])
    for mark in report.marks:
        sheet.append([_words(sheet, mark, bold=True)])
    sheet.append([_words(sheet, gettext("Answer")), _words(sheet, report.headline)])
    for sentence in report.sentences:
        sheet.append([None, _words(sheet, sentence)])
    for heading, facts in (
        (gettext("What was asked"), report.facts),
        (gettext("What it stands on"), report.provenance),
    ):
        _write_block(sheet, heading, facts)
    _write_block(sheet, gettext("How to read it"), [Fact("", note) for note in report.notes])
    _write_block(sheet, gettext("Sheets"), [Fact(table.title, table.note) for table in report.tables])


def _write_block(sheet: Any, heading: str, facts: Iterable[Fact]) -> None:
    sheet.append([])
    sheet.append([_heading(sheet, heading)])
    for fact in facts:
        sheet.append([_words(sheet, fact.name), _words(sheet, fact.value)])


def _write_table(sheet: Any, table: Table, report: Report) -> None:
    for number, column in enumerate(table.columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = _width(table, number - 1, column.heading)
    sheet.freeze_panes = "A2"
    sheet.append([_heading(sheet, column.heading) for column in table.columns])
    for row in table.rows:
        sheet.append([_cell(sheet, cell, column.form) for cell, column in zip(row, table.columns, strict=True)])
    sheet.append([])
    for said in (*report.marks, table.note):
        if said:
            sheet.append([_words(sheet, said, wrapped=False)])


def _width(table: Table, place: int, heading: str) -> float:
    """As wide as the longest cell; headings wrap, so that long ones make a column no wider than needs be."""
    at_heading = min(_shown_width(heading) * _BOLD, _WIDEST_HEADING)
    longest = max([at_heading, *(_shown_width(row[place]) for row in table.rows[:200])])
    return float(min(max(longest + 2, 9), _MAX_WIDTH))


def _shown_width(cell: Cell) -> int:
    return sum(2 if ord(each) > 0x2E80 else 1 for each in cell) if isinstance(cell, str) else 10


def _cell(sheet: Any, cell: Cell, form: Form) -> Any:
    if cell is None or cell == "":
        return None
    if isinstance(cell, str):
        return _words(sheet, cell, wrapped=False)
    if not math.isfinite(cell):
        return None
    made = WriteOnlyCell(sheet, cell)
    made.number_format = form.number_format_of(cell)
    return made


def _heading(sheet: Any, text: str) -> Any:
    cell = _words(sheet, text, bold=True)
    cell.fill = _HEADING
    return cell


def _words(sheet: Any, text: str, *, bold: bool = False, wrapped: bool = True) -> Any:
    """Text that stays text, whatever it begins with."""
    cell = WriteOnlyCell(sheet, "")
    cell.value, cell.data_type = _text(text), "s"
    if text.lstrip().startswith(SPECIAL_STARTS):
        cell.quotePrefix = True
    if bold:
        cell.font = Font(bold=True)
    if wrapped:
        cell.alignment = _WRAPPED
    return cell


def _text(text: str) -> str:
    return ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)[:MAX_CELL_CHARS]
