"""A whole file of stations, read: drafts in file order, and everything there is to say about the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from geodata.coordinates import Crs, LonLat, convert
from geodata.errors import UnreadableFile
from geodata.files.cells import raw_text
from geodata.files.crs_choice import CRS_NAMES, CrsChoice, choose_crs
from geodata.files.delimited import read_delimited
from geodata.files.drafts import StationDraft
from geodata.files.geojson import read_geojson
from geodata.files.headers import Columns, Field, columns_of, looks_like_serial_number
from geodata.files.messages import Message, RowProblem
from geodata.files.reading_choice import AS_RECOGNISED, ReadingChoice
from geodata.files.row_reader import RowReader, is_total
from geodata.files.spreadsheet import read_spreadsheet
from geodata.files.table import MAX_FILE_BYTES, FileKind, SourceTable, is_empty, no_header, no_name_column
from geodata.stations.station import Position
from geodata.stations.vocabulary import PositionAccuracy

_KINDS: Final = {
    ".csv": FileKind.CSV,
    ".tsv": FileKind.CSV,
    ".txt": FileKind.CSV,
    ".xlsx": FileKind.XLSX,
    ".xlsm": FileKind.XLSX,
    ".geojson": FileKind.GEOJSON,
    ".json": FileKind.GEOJSON,
    ".gpkg": FileKind.GEOPACKAGE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StationSheet:
    """What a file says. ``row_count`` counts the rows that meant to be stations, good and bad."""

    kind: FileKind
    columns: Columns
    crs: CrsChoice
    drafts: tuple[StationDraft, ...]
    problems: tuple[RowProblem, ...]
    row_count: int
    skipped_lines: tuple[int, ...] = ()
    notes: tuple[Message, ...] = ()

    @property
    def locates(self) -> bool:
        """Whether the file has any column or geometry that could tell two stations of one name apart."""
        with_geometry = any(draft.given is not None for draft in self.drafts)
        return with_geometry or self.columns.has(Field.LON, Field.LAT, Field.COORDINATES, Field.ADDRESS)

    def heading_of(self, column: str) -> str:
        """The file's heading for one of our fields, or the field's own name."""
        try:
            return self.columns.name_of(Field(column))
        except ValueError:
            return column


def read_station_sheet(
    path: Path,
    asked_crs: Crs | None,
    today: date,
    on_row: Callable[[int, int], None] = lambda done, total: None,
    choice: ReadingChoice = AS_RECOGNISED,
) -> StationSheet:
    """The stations in a CSV, XLSX, GeoJSON or GeoPackage file.

    ``on_row`` is told before each row how many are done, and of how many; it may raise to end the reading.

    Raises
    ------
    UnreadableFile
        The file as a whole cannot be used; the message says why, in Chinese and English.
    """
    table = read_table(path, choice)
    columns = columns_as_read(table, asked_crs, choice)
    if not columns.has(Field.NAME):
        raise no_name_column(table.columns) if columns.at else no_header(table.columns)
    crs = choose_crs(table, columns, asked_crs)
    drafts: list[StationDraft] = []
    problems: list[RowProblem] = list(table.problems)
    skipped: list[int] = []
    for done_count, row in enumerate(table.rows):
        on_row(done_count, len(table.rows))
        if row.cells == table.columns:
            continue  # the headings again, at the top of a printed page
        if is_total(row, columns):
            skipped.append(row.line)
            continue
        if is_empty(row) and row.geometry is None:
            continue
        reader = RowReader(row, columns, today)
        draft = reader.draft()
        problems.extend(reader.problems)
        if draft is not None:
            drafts.append(draft)
    problems.extend(_against_asked(asked_crs, drafts))
    rejected = {problem.line for problem in problems if problem.rejects}
    return StationSheet(
        kind=table.kind,
        columns=columns,
        crs=crs,
        drafts=_placed(drafts, crs.crs, asked_crs),
        problems=tuple(sorted(problems, key=lambda problem: problem.line)),
        row_count=len(drafts) + len(rejected),
        skipped_lines=tuple(skipped),
        notes=table.notes,
    )


def columns_as_read(table: SourceTable, asked_crs: Crs | None, choice: ReadingChoice = AS_RECOGNISED) -> Columns:
    """What the table's columns hold: recognised, then as chosen.

    Raises
    ------
    ColumnsClash
        Two were chosen to hold the same.
    """
    return choice.applied_to(_without_serial_numbers(columns_of(table.columns, asked_crs), table))


def read_table(path: Path, choice: ReadingChoice = AS_RECOGNISED, *, max_rows: int | None = None) -> SourceTable:
    """The file as a table, by its ending; with ``max_rows`` a first look at no more of it than needed."""
    kind = _KINDS.get(path.suffix.lower())
    if kind is None:
        _refuse_ending(path)
    _refuse_size(path)
    try:
        if kind is FileKind.CSV:
            _refuse_binary(path)
            return read_delimited(path, choice.score, max_rows=max_rows)
        if kind is FileKind.XLSX:
            return read_spreadsheet(path, choice.score, sheet=choice.sheet, max_rows=max_rows)
        if kind is FileKind.GEOJSON:
            return read_geojson(path, max_rows=max_rows)
        from geodata.files.geopackage import read_geopackage  # brings pandas, which no other format needs

        return read_geopackage(path, choice.score, max_rows=max_rows)
    except OSError as error:
        raise _unopenable(path, error) from error


def _refuse_ending(path: Path) -> None:
    known = " ".join(sorted(_KINDS))
    old = path.suffix.lower() in {".xls", ".et", ".ods"}
    raise UnreadableFile(
        f"Files ending in {path.suffix or 'nothing'} cannot be read; these can: {known}."
        + (" Save the sheet as .xlsx." if old else ""),
        f"不能读取扩展名为 {path.suffix or '空'} 的文件，可以用：{known}。" + ("请另存为 .xlsx。" if old else ""),
    )


def _refuse_size(path: Path) -> None:
    try:
        size_bytes = path.stat().st_size
    except OSError as error:
        raise _unopenable(path, error) from error
    if not path.is_file():
        raise UnreadableFile(f"{path.name} is no file.", f"{path.name} 不是文件。")
    if size_bytes == 0:
        raise UnreadableFile("The file is empty.", "文件是空的。")
    if size_bytes > MAX_FILE_BYTES:
        limit_mb = MAX_FILE_BYTES // 1024 // 1024
        raise UnreadableFile(f"The file is larger than {limit_mb} MB.", f"文件超过 {limit_mb} MB。")


def _unopenable(path: Path, error: OSError) -> UnreadableFile:
    if isinstance(error, FileNotFoundError):
        return UnreadableFile(f"There is no file {path}.", f"没有这个文件：{path}。")
    return UnreadableFile(f"{path.name} cannot be opened: {error.strerror}.", f"打不开 {path.name}：{error.strerror}。")


_BINARY_STARTS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"SQLite format 3", b"%PDF", b"\x89PNG", b"\xff\xd8\xff")


def _refuse_binary(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(16)
    if start.startswith(_BINARY_STARTS):
        raise UnreadableFile(
            f"The file's ending says {path.suffix} but it is no text (an Excel workbook, perhaps). "
            "Give it its right ending.",
            f"扩展名是 {path.suffix}，但内容不是文本（可能是 Excel 工作簿）。请改用正确的扩展名。",
        )


def _without_serial_numbers(columns: Columns, table: SourceTable) -> Columns:
    """The columns, with an 编号 that only counts the rows taken for what it is."""
    indices = columns.at.get(Field.CODE, ())
    if not indices:
        return columns
    values = [raw_text(row.cells[indices[0]]).strip() for row in table.rows]
    if not looks_like_serial_number(columns.names[indices[0]], values):
        return columns
    at: dict[Field, tuple[int, ...]] = {field: found for field, found in columns.at.items() if field is not Field.CODE}
    return replace(columns, at=at, unread=(columns.names[indices[0]], *columns.unread))


def _against_asked(asked: Crs | None, drafts: Sequence[StationDraft]) -> list[RowProblem]:
    """A remark on each row that names another system than the one the caller asked for."""
    found = [(draft.line, own) for draft in drafts if (own := draft.own_crs) is not None and own is not asked]
    return [_other_crs(line, own, asked) for line, own in found] if asked is not None else []


def _other_crs(line: int, own: Crs, asked: Crs) -> RowProblem:
    said, used = CRS_NAMES[own], CRS_NAMES[asked]
    message = Message(
        f"这一行写的是 {said}，按您选的 {used} 读取。", f"The row says {said}; it was read as {used}, which you chose."
    )
    return RowProblem(line=line, column="", value=said, code="other_crs", message=message, rejects=False)


def _placed(drafts: Sequence[StationDraft], crs: Crs, asked: Crs | None) -> tuple[StationDraft, ...]:
    """The drafts with their WGS-84 positions; a row's own system holds unless the caller asked for one."""
    systems = [asked or draft.own_crs or crs for draft in drafts]
    positions: dict[int, Position] = {}
    for system in Crs:
        rows = [row for row, used in enumerate(systems) if used is system and drafts[row].given is not None]
        given = [point for row in rows if (point := drafts[row].given) is not None]
        if not given:
            continue
        written = np.array([(point.lon, point.lat) for point in given])
        lon, lat = convert(written[:, 0], written[:, 1], system, Crs.WGS84)
        for row, point, lon_deg, lat_deg in zip(rows, given, lon, lat, strict=True):
            accuracy = drafts[row].accuracy or PositionAccuracy.APPROXIMATE
            positions[row] = Position(LonLat(float(lon_deg), float(lat_deg)), accuracy, system, point.lon, point.lat)
    return tuple(replace(draft, position=positions.get(row)) for row, draft in enumerate(drafts))
