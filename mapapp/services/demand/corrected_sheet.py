"""The rows of a file of workers that were left out, with the reasons, as a workbook to be put right and sent in again.

It has the file's own headings in their order, so it is read as the file was. Shapes stand as WKT in a column of their
own, whose heading names their system; the line and the reasons, in both languages, stand behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import shapely

from geodata.coordinates import Crs
from geodata.demand.shape_tables import ShapeRow, read_shape_table
from geodata.files import CRS_NAMES
from geodata.files.messages import RowProblem
from geodata.files.writing_formats import workbook_of_rows
from mapapp.services.importing.corrected_sheet import plain_cell
from mapapp.services.importing.memory import LINE_HEADINGS, REASON_HEADINGS

MOST_WKT_CHARS: Final = 32_000
"""A workbook's cell holds no more: a larger shape must be put right in the map program it came from."""


def corrected_demand_sheet(path: Path, sheet: str | None, crs: Crs, problems: Sequence[RowProblem]) -> bytes:
    """A workbook of the rows that were left out; ``crs`` is the system of the file's coordinates.

    Raises
    ------
    UnreadableFile
        The file cannot be read any more.
    """
    table = read_shape_table(path, sheet=sheet)
    reasons = _reasons(problems)
    rows = [row for row in table.rows if row.line in reasons]
    added = (LINE_HEADINGS[0], *REASON_HEADINGS)
    kept = [index for index, name in enumerate(table.columns) if name not in {*LINE_HEADINGS, *REASON_HEADINGS}]
    shapes = [f"WKT ({CRS_NAMES[crs]})"] if table.has_shapes else []
    headings = [*(table.columns[index] for index in kept), *shapes, *added]
    cells = [
        [
            *(plain_cell(row.cells[index]) for index in kept),
            *([_wkt(row)] if shapes else ()),
            row.line,
            *reasons[row.line],
        ]
        for row in rows
    ]
    lost = sorted(set(reasons) - {row.line for row in rows})
    blank: list[object] = [None] * (len(kept) + len(shapes))
    cells += [[*blank, line, *reasons[line]] for line in lost]
    return workbook_of_rows(headings, cells, title="待修正")


def _reasons(problems: Sequence[RowProblem]) -> dict[int, tuple[str, str]]:
    """Line → why it was left out, all of it, in both languages."""
    told: dict[int, tuple[list[str], list[str]]] = {}
    for problem in problems:
        in_zh, in_en = told.setdefault(problem.line, ([], []))
        in_zh.append(f"{problem.column}：{problem.message.zh}" if problem.column else problem.message.zh)
        in_en.append(f"{problem.column}: {problem.message.en}" if problem.column else problem.message.en)
    return {line: (" ".join(dict.fromkeys(zh)), " ".join(dict.fromkeys(en))) for line, (zh, en) in told.items()}


def _wkt(row: ShapeRow) -> str | None:
    if row.shape is None:
        return None
    text: str = shapely.to_wkt(row.shape, rounding_precision=7)
    return text if len(text) <= MOST_WKT_CHARS else None
