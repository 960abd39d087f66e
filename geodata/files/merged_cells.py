"""Which cells of a workbook are merged, read from the sheets' XML without loading their values."""

from __future__ import annotations

import zipfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Final

from defusedxml.ElementTree import iterparse
from openpyxl.utils.cell import range_boundaries

_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MAX_MERGES: Final = 20_000
_MERGE_WORD: Final = b"mergeCell"
_CHUNK_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Merge:
    """One merged range; rows and columns count from 1, ends included."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class MergedCells:
    """The merged ranges of one sheet. ``filled`` must be asked for the rows in order, from the first."""

    merges: tuple[Merge, ...]
    _starting: dict[int, list[Merge]] = field(init=False, default_factory=lambda: defaultdict(list))
    _running: list[tuple[Merge, object]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        for merge in self.merges:
            self._starting[merge.top].append(merge)

    def filled(self, line: int, cells: tuple[object, ...]) -> tuple[object, ...] | None:
        """The row with each merged cell's value in all the columns and rows it spans.

        None when the row is nothing but one merged cell three or more columns wide: a title.
        """
        if self._is_title(line, cells):
            return None
        self._running[:] = [(merge, value) for merge, value in self._running if merge.bottom >= line]
        for merge in self._starting.get(line, ()):
            value = cells[merge.left - 1] if merge.left <= len(cells) else None
            self._running.append((merge, value))
        if not self._running:
            return cells
        wide = list(cells)
        for merge, value in self._running:
            last = min(merge.right, max(len(wide), merge.left))
            wide.extend([None] * (last - len(wide)))
            wide[merge.left - 1 : last] = [value] * (last - merge.left + 1)
        return tuple(wide)

    def _is_title(self, line: int, cells: tuple[object, ...]) -> bool:
        held = [column for column, cell in enumerate(cells, start=1) if cell is not None]
        return any(
            held == [merge.left] and merge.right - merge.left >= 2 and merge.bottom == merge.top
            for merge in self._starting.get(line, ())
        )


def merged_cells_by_sheet(path: Path) -> dict[str, MergedCells]:
    """The merged ranges of every sheet, by the sheet's title."""
    with zipfile.ZipFile(path) as archive:
        return {
            title: MergedCells(tuple(_merges(archive, part)))
            for title, part in _sheet_parts(archive).items()
            if part in archive.namelist()
        }


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    targets: dict[str, str] = {}
    with archive.open("xl/_rels/workbook.xml.rels") as file:
        for element in _elements(file):
            if element.tag.endswith("}Relationship"):
                target = element.get("Target", "")
                part = (
                    PurePosixPath(target.removeprefix("/")) if target.startswith("/") else PurePosixPath("xl", target)
                )
                targets[element.get("Id", "")] = str(part)
    with archive.open("xl/workbook.xml") as file:
        sheets = [element for element in _elements(file) if element.tag == f"{_MAIN}sheet"]
    return {sheet.get("name", ""): targets.get(sheet.get(_LINK, ""), "") for sheet in sheets}


def _merges(archive: zipfile.ZipFile, part: str) -> list[Merge]:
    found: list[Merge] = []
    if not _may_hold_merges(archive, part):
        return found
    with archive.open(part) as file:
        for element in _elements(file):
            if element.tag == f"{_MAIN}mergeCell" and len(found) < _MAX_MERGES:
                left, top, right, bottom = range_boundaries(element.get("ref", ""))
                found.append(Merge(left or 1, top or 1, right or 1, bottom or 1))
            elif element.tag == f"{_MAIN}row":
                element.clear()
    return found


def _may_hold_merges(archive: zipfile.ZipFile, part: str) -> bool:
    """Whether it is worth taking a sheet's XML apart, which costs many times more than looking for a word in it."""
    with archive.open(part) as file:
        overlap = file.read(4)
        if overlap.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in overlap:
            return True  # two bytes a character
        while chunk := file.read(_CHUNK_BYTES):
            if _MERGE_WORD in overlap + chunk:
                return True
            overlap = chunk[-len(_MERGE_WORD) :]
    return False


def _elements(file: IO[bytes]):  # type: ignore[no-untyped-def]  # defusedxml ships no types
    """The elements of an XML part as they end."""
    for _event, element in iterparse(file, forbid_dtd=True):
        yield element
