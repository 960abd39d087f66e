"""Rows of a workbook, written as XML themselves: a library that makes an object of each cell takes five times as long.

The frame (headings, choices, notes, styles) is made by the library; here a sheet's rows are put into it. Text stands in
the cell itself, never as a formula; numbers with all their digits.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Final
from xml.sax.saxutils import escape

from openpyxl.utils import get_column_letter

MAX_CELL_CHARS: Final = 32_767
SPECIAL_STARTS: Final = ("=", "+", "-", "@", "'", "#", "＝", "＋", "－", "＠")
"""Text that a spreadsheet, or what writes one, would take for a formula or an error."""
_FIRST_SHEET: Final = "xl/worksheets/sheet1.xml"
_END: Final = b"</sheetData>"
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_READ_AS_NUMBER: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""Where readers would take what is written (``_x000D_``) for the character of that number."""
_ROWS_AT_ONCE: Final = 500


def with_rows(
    frame: bytes, rows: Iterable[Sequence[object]], *, row_count: int, column_count: int, text_style: int
) -> bytes:
    """The workbook with these rows in its first sheet, below its row of headings; parameters as `write_with_rows`'s."""
    out = io.BytesIO()
    write_with_rows(out, frame, rows, row_count=row_count, column_count=column_count, text_style=text_style)
    return out.getvalue()


def write_with_rows(
    out: IO[bytes],
    frame: bytes,
    rows: Iterable[Sequence[object]],
    *,
    row_count: int,
    column_count: int,
    text_style: int,
) -> None:
    """Write that workbook, some hundred rows at a time.

    Parameters
    ----------
    frame
        A workbook whose first sheet has one row.
    row_count, column_count
        How many there are: readers that are not told go through the whole sheet to find out.
    text_style
        The number of the style of cells whose text begins as a formula does.
    """
    with (
        zipfile.ZipFile(io.BytesIO(frame)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as target,
    ):
        for part in source.namelist():
            content = source.read(part)
            if part != _FIRST_SHEET:
                target.writestr(part, content)
                continue
            head, end, tail = content.rpartition(_END)
            with target.open(part, "w", force_zip64=True) as stream:
                stream.write(head.replace(b"<sheetViews", _size(row_count + 1, column_count) + b"<sheetViews", 1))
                for piece in _pieces(rows, text_style):
                    stream.write(piece.encode())
                stream.write(end + tail)


def _size(row_count: int, column_count: int) -> bytes:
    return f'<dimension ref="A1:{get_column_letter(max(column_count, 1))}{row_count}"/>'.encode()


def _pieces(rows: Iterable[Sequence[object]], text_style: int) -> Iterator[str]:
    """The rows' XML, some hundred rows at a time."""
    letters = [get_column_letter(number) for number in range(1, 1001)]
    held: list[str] = []
    for number, row in enumerate(rows, start=2):
        cells = (
            _cell(f"{letter}{number}", value, text_style)
            for letter, value in zip(letters, row, strict=False)
            if value is not None and value != ""
        )
        held.append(f'<row r="{number}">{"".join(cells)}</row>')
        if len(held) == _ROWS_AT_ONCE:
            yield "".join(held)
            held.clear()
    yield "".join(held)


def _cell(place: str, value: object, text_style: int) -> str:
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}"><v>{value!r}</v></c>' if _is_finite(value) else ""
    text = str(value)[:MAX_CELL_CHARS]
    if not text.isprintable():
        text = _NO_XML.sub("\ufffd", text)
    text = _READ_AS_NUMBER.sub("_x005F_", text)
    style = f' s="{text_style}"' if text.startswith(SPECIAL_STARTS) else ""
    return f'<c r="{place}"{style} t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _is_finite(value: float) -> bool:
    return abs(value) < 1e308  # not so for NaN either
