"""CSV and its relatives: any of four encodings, any of four separators, real line numbers.

The encoding is UTF-8 (with or without a mark), UTF-16 or GB18030, found in that order; a UTF-8 file
with a few broken bytes is read as such, so that only the broken cells are refused and not the whole
file turned into nonsense. The separator is the one under which most headings are recognised.

A record that the quoting rules cannot split (a quote that is never closed) is one bad row: reading
goes on with the next line, so it can swallow nothing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from geodata.errors import UnreadableFile
from geodata.files.csv_out import text_as_it_was
from geodata.files.messages import Message, RowProblem
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

_SEPARATORS: Final = (",", "\t", ";", "|")
_MAX_RECORD_LINES: Final = 100
"""No cell of a station list has this many line breaks; a record that long has lost a quote."""

_SAMPLE_LINES: Final = 60
_LINES_A_ROW: Final = 20
"""So many are gone through for each row that is wanted: empty ones count as well, and two for each CR LF."""
_MAX_LINES: Final = _LINES_A_ROW * MAX_ROWS


def read_delimited(path: Path, score: Score, *, max_rows: int | None = None) -> SourceTable:
    """The table in a CSV, TSV or TXT file. ``score`` says how many headings a row of cells holds.

    ``max_rows`` ends the reading early, also where there are far more empty rows than that.

    Raises
    ------
    UnreadableFile
        The bytes are no text, or no row of headings is recognised.
    """
    lines = _lines(_decoded(path.read_bytes()))
    separator = max(_SEPARATORS, key=lambda candidate: _best_score(lines[:_SAMPLE_LINES], candidate, score))
    rows: list[SourceRow] = []
    problems: list[RowProblem] = []
    for record in _records(lines, separator):
        if isinstance(record, RowProblem):
            problems.append(record)
        elif not is_empty(record):
            rows.append(record)
        refuse_too_many_rows(len(rows) + len(problems) - 1)
        if max_rows is not None and (len(rows) + len(problems) >= max_rows or record.line > _LINES_A_ROW * max_rows):
            break
    return _table(rows, problems, score)


def _table(rows: list[SourceRow], problems: list[RowProblem], score: Score) -> SourceTable:
    index = header_row(rows, score)
    if index is None:
        raise no_header(rows[0].cells if rows else ())
    header = rows[index]
    width = len(header.cells)
    body: list[SourceRow] = []
    for row in rows[index + 1 :]:
        surplus = [cell for cell in row.cells[width:] if str(cell).strip()]
        if surplus:
            problems.append(_surplus_cells(row.line, str(surplus[0])))
        else:
            body.append(row)
    width = held_width([header, *body])
    columns = column_names(padded(header.cells, width))
    body = [SourceRow(row.line, padded(row.cells, width)) for row in body]
    titles = tuple(str(cell) for row in rows[:index] for cell in row.cells if str(cell).strip())
    below = tuple(problem for problem in problems if problem.line > header.line)
    return SourceTable(kind=FileKind.CSV, columns=columns, rows=tuple(body), problems=below, titles=titles)


def _surplus_cells(line: int, value: str) -> RowProblem:
    message = Message(
        "这一行的格数比表头多，可能有没加引号的逗号。",
        "The row has more cells than there are headings: perhaps a comma without quotation marks.",
    )
    return RowProblem(line=line, column="", value=value, code="surplus_cells", message=message)


# --- Bytes to lines ----------------------------------------------------------------------------


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strictly(data, "utf-16")
    guessed = _utf16_without_mark(data)
    if guessed:
        return _strictly(data, guessed)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        damaged = data.decode("utf-8-sig", errors="replace")
    if _is_slightly_damaged(damaged):
        return damaged
    return _strictly(data, "gb18030")


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableFile(
            'The file is no text in UTF-8, UTF-16 or GB18030. Save it as "CSV UTF-8" or .xlsx.',
            "文件不是 UTF-8、UTF-16 或 GB18030 编码的文本。请另存为“CSV UTF-8”或 .xlsx。",
        ) from None


def _utf16_without_mark(data: bytes) -> str:
    """The byte order of UTF-16 text without a mark: its ASCII separators leave zeros on one side only."""
    head = data[:2000]
    if len(head) < 4 or len(data) % 2:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > len(head) // 20 and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > len(head) // 20 and odd == 0 else ""


def _is_slightly_damaged(text: str) -> bool:
    """Whether replaced bytes are rare among the non-ASCII characters; GB18030 read as UTF-8 is all damage."""
    foreign_count = sum(character > "\x7f" for character in text)
    return text.count("\ufffd") * 10 < foreign_count


def _lines(text: str) -> list[str]:
    """Physical lines with their ends, split where spreadsheets split them (not at U+2028 and the like)."""
    if text.count("\n") + text.count("\r") > _MAX_LINES:
        raise UnreadableFile("The file has far too many lines.", "文件的行数过多。")
    lines = io.StringIO(text, newline="").readlines()
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip()) <= 5:
        lines[0] = "\n"
    return lines


# --- Lines to records --------------------------------------------------------------------------


class _Feed:
    """Lines for a reader of records, one after the other; ``end`` is where it must have come to the end of one."""

    def __init__(self, lines: list[str], start: int) -> None:
        self._lines = lines
        self.at = start
        self.end = start + _MAX_RECORD_LINES

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        at = self.at
        if at >= self.end or at >= len(self._lines):
            raise StopIteration
        self.at = at + 1
        return self._lines[at]


def _records(lines: list[str], separator: str) -> Iterator[SourceRow | RowProblem]:
    start = 0
    while start < len(lines):
        feed = _Feed(lines, start)
        try:
            for cells in csv.reader(feed, delimiter=separator, strict=True):
                if len(cells) > MAX_COLUMNS:
                    raise UnreadableFile(f"A row has more than {MAX_COLUMNS} cells.", f"有一行超过 {MAX_COLUMNS} 格。")
                yield SourceRow(start + 1, tuple(map(text_as_it_was, cells)))
                start, feed.end = feed.at, feed.at + _MAX_RECORD_LINES
        except csv.Error:
            yield _broken_quotes(start + 1, lines[start])
            start += 1


def _broken_quotes(line: int, text: str) -> RowProblem:
    message = Message(
        "这一行的引号不成对，或格子太长，分不出格子。",
        "The row cannot be split into cells: a quotation mark is not closed, or a cell is far too long.",
    )
    return RowProblem(line=line, column="", value=text.strip(), code="broken_quotes", message=message)


def _best_score(lines: list[str], separator: str, score: Score) -> int:
    records = (record for record in _records(lines, separator) if isinstance(record, SourceRow))
    return max((score(record.cells) for record in records), default=0)
