"""A report's tables for a page: words in cells, both bounds in one, and no more rows than somebody reads."""

from __future__ import annotations

from dataclasses import dataclass

from mapapp.services.planning_report.content import Cell, Column, Table
from mapapp.services.planning_report.speech import Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTable:
    """Words, written as they are. ``texts`` are the places of columns of words; ``rest_count`` rows are not shown."""

    key: str
    caption: str
    note: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: frozenset[int]
    rest_count: int
    last_is_whole: bool = False


def page_table(table: Table, speech: Speech, *, all_rows: bool = False) -> PageTable:
    """The table as a page shows it."""
    shown = [(place, column) for place, column in enumerate(table.columns) if _begins(table.columns, place)]
    rows = table.rows if all_rows else table.rows[: table.page_rows]
    return PageTable(
        key=table.key,
        caption=table.title,
        note=table.note,
        headings=tuple(column.stem or column.heading for _place, column in shown),
        rows=tuple(tuple(_said(row, place, column, speech) for place, column in shown) for row in rows),
        texts=frozenset(number for number, (_place, column) in enumerate(shown) if column.form.is_text),
        rest_count=len(table.rows) - len(rows),
    )


def _begins(columns: tuple[Column, ...], place: int) -> bool:
    """Whether a page's column begins here: not in the workbook only, nor the high bound of the one before."""
    return not columns[place].is_minor and not (place > 0 and columns[place - 1].stem)


def _said(row: tuple[Cell, ...], place: int, column: Column, speech: Speech) -> str:
    if column.stem:
        return column.both_said(row[place], row[place + 1], speech)
    return column.form.said(row[place], speech)
