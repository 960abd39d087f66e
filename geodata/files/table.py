"""A file as a table: headings, rows with their line, and what was noticed on the way.

Every reader of a format ends here, so that what follows knows nothing of formats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Final

from geodata.coordinates import Crs
from geodata.errors import UnreadableFile
from geodata.files.cells import raw_text
from geodata.files.messages import Message, RowProblem

MAX_FILE_BYTES: Final = 20 * 1024 * 1024
MAX_ROWS: Final = 100_000
MAX_COLUMNS: Final = 200
_HEADER_SEARCH_ROWS: Final = 30
"""A sheet's title, date and notes stand above its headings, never more than this many rows."""


class FileKind(StrEnum):
    """The formats a list of stations can come in."""

    CSV = "csv"
    XLSX = "xlsx"
    GEOJSON = "geojson"
    GEOPACKAGE = "gpkg"

    def at(self, line: int | str) -> Message:
        """Where something stands, in this format's words; ``line`` may name several."""
        plural = "" if str(line).isdecimal() else "s"
        if self in {FileKind.CSV, FileKind.XLSX}:
            return Message(f"第 {line} 行", f"{'line' if self is FileKind.CSV else 'row'}{plural} {line}")
        return Message(f"第 {line} 个要素", f"feature{plural} {line}")


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row: where it begins, its cells in the order of the columns, and a geometry's lon and lat as given."""

    line: int
    cells: tuple[object, ...]
    geometry: tuple[object, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTable:
    """What a file holds, before anything is understood; of a workbook the sheet that was read, and all there are."""

    kind: FileKind
    columns: tuple[str, ...]
    rows: tuple[SourceRow, ...]
    problems: tuple[RowProblem, ...] = ()
    titles: tuple[str, ...] = ()
    declared_crs: Crs | None = None
    notes: tuple[Message, ...] = ()
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    is_cut: bool = False
    """Whether it is known that only the beginning of the file was read."""


Score = Callable[[Sequence[object]], int]


def header_row(rows: Iterable[SourceRow], score: Score) -> int | None:
    """The index of the row that holds the headings: the best score among the first rows, the first of equals."""
    best_index, best_score = None, 0
    for index, row in enumerate(islice(rows, _HEADER_SEARCH_ROWS)):
        found = score(row.cells)
        if found > best_score:
            best_index, best_score = index, found
    return best_index


def column_names(cells: Sequence[object]) -> tuple[str, ...]:
    """The headings as text; one line each."""
    return tuple(" ".join(raw_text(cell).split()) for cell in cells)


def is_empty(row: SourceRow) -> bool:
    """Whether the row holds nothing at all."""
    return not any(_holds(cell) for cell in row.cells)


def held_width(rows: Sequence[SourceRow]) -> int:
    """How many columns there are up to the last that holds something in any row."""
    return max((place for row in rows for place, cell in enumerate(row.cells, start=1) if _holds(cell)), default=0)


def _holds(cell: object) -> bool:
    return cell is not None and not (isinstance(cell, str) and not cell.strip())


def padded(cells: Sequence[object], width: int) -> tuple[object, ...]:
    """The cells brought to ``width``."""
    return tuple(cells[:width]) + (None,) * (width - len(cells))


def refuse_too_many_rows(count: int) -> None:
    """Raise when a file has more rows than any city has stations."""
    if count > MAX_ROWS:
        raise UnreadableFile(
            f"The file has more than {MAX_ROWS:,} rows. Split it.", f"文件超过 {MAX_ROWS:,} 行，请拆分后再导入。"
        )


def no_header(found: Sequence[object]) -> UnreadableFile:
    """The refusal of a table without headings we know."""
    seen = "、".join(name[:20] for name in column_names(found) if name)[:300]
    return UnreadableFile(
        "No row of headings was recognised. It must have a name column (name, 站点名称, 名称 …)."
        + (f" The first row holds: {seen}." if seen else ""),
        "没有找到能识别的表头。表头里至少要有名称列（站点名称、驿站名称、名称……）。"
        + (f"第一行是：{seen}。" if seen else ""),
    )


def no_name_column(found: Sequence[object]) -> UnreadableFile:
    """The refusal of a table whose headings have no name among them."""
    seen = "、".join(name[:20] for name in column_names(found) if name)[:300]
    return UnreadableFile(
        f"No column holds the station's name (name, 站点名称, 名称 …). The headings found are: {seen}.",
        f"没有名称列（站点名称、驿站名称、名称……）。找到的表头是：{seen}。",
    )
