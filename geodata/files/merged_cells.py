"""Which cells of a workbook are merged, read from the sheets' XML without loading their values."""

from __future__ import annotations

import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO, Final

from defusedxml.ElementTree import iterparse
from openpyxl.utils.cell import range_boundaries

from geodata.files.table import MAX_COLUMNS
from geodata.files.thrifty_xml import ThriftyXml

_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MAX_MERGES: Final = 20_000
_MERGE: Final = re.compile(rb"""<(?:[\w.-]{1,40}:)?mergeCell\s[^<>]{0,200}?\bref\s*=\s*["']([A-Z0-9:$]{1,40})["']""")
_WORD: Final = b"mergeCell"
_LONGEST_MERGE_BYTES: Final = 400
_CHUNK_BYTES: Final = 1024 * 1024
_WIDEST: Final = MAX_COLUMNS


@dataclass(frozen=True, slots=True)
class Merge:
    """One merged range; rows and columns count from 1, ends included."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class MergedCells:
    """The merged ranges of one sheet. ``filled`` must be asked for the rows in order, from the first.

    What holds is kept by column, so that a row costs no more than its columns, however many ranges a file
    claims to have; where they overlap, which no spreadsheet allows, the later one holds.
    """

    merges: tuple[Merge, ...]
    _starting: dict[int, list[Merge]] = field(init=False, default_factory=lambda: defaultdict(list))
    _running: dict[int, tuple[Merge, object]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for merge in self.merges:
            self._starting[merge.top].append(merge)

    def filled(self, line: int, cells: tuple[object, ...]) -> tuple[object, ...] | None:
        """The row with each merged cell's value in all the columns and rows it spans.

        None when the row is nothing but one merged cell three or more columns wide: a title.
        """
        if self._is_title(line, cells):
            return None
        for column in [column for column, (merge, _value) in self._running.items() if merge.bottom < line]:
            del self._running[column]
        for merge in self._starting.get(line, ()):
            value = cells[merge.left - 1] if merge.left <= len(cells) else None
            self._running.update(dict.fromkeys(range(merge.left, min(merge.right, _WIDEST) + 1), (merge, value)))
        if not self._running:
            return cells
        wide = list(cells)
        wide.extend([None] * (max(merge.left for merge, _value in self._running.values()) - len(wide)))
        for column, (_merge, value) in self._running.items():
            if column <= len(wide):
                wide[column - 1] = value
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
        parts = _sheet_parts(archive)
        merges = {part: tuple(_merges(archive, part)) for part in set(parts.values()) & set(archive.namelist())}
    return {title: MergedCells(merges[part]) for title, part in parts.items() if part in merges}


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
    with archive.open(part) as file:
        start = file.read(4)
    found = _merges_by_element if start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in start else _merges_by_word
    with archive.open(part) as file:
        bounds = [range_boundaries(ref) for ref in islice(found(file), _MAX_MERGES)]
    return [Merge(left or 1, top or 1, right or 1, bottom or 1) for left, top, right, bottom in bounds]


def _merges_by_word(file: IO[bytes]) -> Iterator[str]:
    """The ranges, looked for as words: to take a whole sheet's XML apart costs many times more.

    A ``<`` in a cell's text is written as ``&lt;``, so nothing else looks like one.
    """
    held = b""
    while chunk := file.read(_CHUNK_BYTES):
        held += chunk
        end = 0
        for match in _MERGE.finditer(held) if _WORD in held else ():
            end = match.end()
            yield match[1].decode()
        held = held[max(end, len(held) - _LONGEST_MERGE_BYTES) :]


def _merges_by_element(file: IO[bytes]) -> Iterator[str]:
    """The same of XML with two bytes a character."""
    part = ThriftyXml(file)
    for _event, element in iterparse(part, forbid_dtd=True):
        if element.tag == f"{_MAIN}mergeCell":
            yield element.get("ref", "")
        elif element.tag == f"{_MAIN}row":
            element.clear()
            part.let_go()


def _elements(file: IO[bytes]):  # type: ignore[no-untyped-def]  # defusedxml ships no types
    """The elements of an XML part as they end."""
    for _event, element in iterparse(ThriftyXml(file), forbid_dtd=True):
        yield element
