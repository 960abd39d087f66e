"""Tables as CSV that spreadsheets open as they are meant: UTF-8 with a mark, and text that stays text.

A spreadsheet takes a cell that begins with ``=``, ``+``, ``-`` or ``@`` for a formula, and names can hold any text.
Such text gets an apostrophe before it, which spreadsheets hide. Numbers are numbers and are left alone.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final, TextIO

Cell = str | float | None
"""Text, a number, or nothing."""

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The table as UTF-8 with a byte-order mark and CRLF line ends; every row as long as the header."""
    text = io.StringIO()
    write_csv(text, header, rows)
    return codecs.BOM_UTF8 + text.getvalue().encode()


def write_csv(stream: TextIO, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """The same row by row; the stream writes the mark, and leaves line ends as they are."""
    writer = csv.writer(stream, lineterminator="\r\n")
    for row in chain((header,), rows):
        if len(row) != len(header):
            raise ValueError(f"A row of {len(row)} cells stands in a table of {len(header)} columns.")
        writer.writerow([_cell(value) for value in row])


def _cell(value: Cell) -> Cell:
    return plain_text(value) if isinstance(value, str) else value


def plain_text(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if _may_be_formula(text) else text


def text_as_it_was(text: str) -> str:
    """The text that `plain_text` made plain."""
    return text[1:] if text.startswith("'") and _may_be_formula(text[1:]) else text


def _may_be_formula(text: str) -> bool:
    """Whether it begins as a formula does, be it after an apostrophe that was there before."""
    return text.lstrip(" '").startswith(_FORMULA_STARTS)
