"""The rows of a file that were refused, with the reasons, as a workbook to be put right and sent in again.

It has the file's own headings in their order, so it is read as the file was; the line and the reason stand behind.
Points of a GeoJSON file or GeoPackage get columns of their own, whose headings name their system.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from geodata.coordinates import Crs
from geodata.files import CRS_NAMES
from geodata.files.cells import raw_text
from geodata.files.reading_choice import ReadingChoice
from geodata.files.station_sheet import read_table
from geodata.files.table import SourceRow
from geodata.files.writing_formats import workbook_of_rows
from mapapp.services.importing.memory import LINE_HEADINGS, REASON_HEADINGS
from mapapp.store import JobResult

_PLAIN: Final = (str, int, float)


def corrected_sheet(path: Path, choice: ReadingChoice, crs: Crs, problems: Iterable[JobResult], language: str) -> bytes:
    """A workbook of the refused rows.

    Parameters
    ----------
    choice
        How the file was read for its plan.
    crs
        The system of the coordinates of geometries, as used in the plan.
    problems
        The plan's results that refuse rows.
    language
        ``zh`` or ``en``.

    Raises
    ------
    UnreadableFile
        The file cannot be read any more.
    """
    reasons = reasons_by_line(problems, language)
    table = read_table(path, choice)
    rows = [row for row in table.rows if row.line in reasons]
    has_points = any(row.geometry is not None for row in rows)
    is_zh = language == "zh"
    system = CRS_NAMES[crs]
    points = [f"经度 ({system})", f"纬度 ({system})"] if is_zh else [f"lon ({system})", f"lat ({system})"]
    added = [LINE_HEADINGS[0 if is_zh else 1], REASON_HEADINGS[0 if is_zh else 1]]
    kept = [index for index, name in enumerate(table.columns) if name not in {*LINE_HEADINGS, *REASON_HEADINGS}]
    headings = [*(table.columns[index] for index in kept), *(points if has_points else ()), *added]
    cells = [[*_cells(row, kept), *(_point(row) if has_points else ()), row.line, reasons[row.line]] for row in rows]
    lost = sorted(set(reasons) - {row.line for row in rows})
    blank: list[object] = [None] * (len(headings) - 2)
    cells += [[*blank, line, reasons[line]] for line in lost]
    return workbook_of_rows(headings, cells, title="待修正" if is_zh else "to put right")


def reasons_by_line(problems: Iterable[JobResult], language: str) -> dict[int, str]:
    """Line → why it was refused, all of it."""
    told: dict[int, list[str]] = {}
    for problem in problems:
        document: Mapping[str, Any] = problem.document
        column, sentence = str(document.get("column", "")), str(document.get(language, ""))
        colon = "：" if language == "zh" else ": "
        told.setdefault(problem.line or 0, []).append(f"{column}{colon}{sentence}" if column else sentence)
    return {line: " ".join(dict.fromkeys(sentences)) for line, sentences in told.items()}


def _cells(row: SourceRow, kept: Iterable[int]) -> list[object]:
    return [plain_cell(row.cells[index]) for index in kept]


def plain_cell(cell: object) -> object:
    """A cell as a workbook can hold it; what it cannot, as words without what no workbook may hold."""
    if cell is None or (isinstance(cell, _PLAIN) and not isinstance(cell, str)):
        return cell
    text = raw_text(cell).encode("utf-8", "replace").decode()
    return "".join(character for character in text if character in "\t\n" or ord(character) >= 32)


def _point(row: SourceRow) -> tuple[object, object]:
    lon, lat = row.geometry or (None, None)
    return plain_cell(lon), plain_cell(lat)
