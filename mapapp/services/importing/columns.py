"""A first look at a file that was sent in: what its columns hold, which system it is in, before a plan is asked for.

Only its first rows are looked at, so that a page can wait for it; what is chosen holds for the whole file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from geodata.coordinates import Crs
from geodata.errors import UnreadableFile
from geodata.files import CrsChoice, CrsReason, FileKind, StationDraft
from geodata.files.cells import raw_text
from geodata.files.crs_choice import choose_crs
from geodata.files.headers import Columns, Field
from geodata.files.reading_choice import ReadingChoice, code_of, holdings
from geodata.files.row_reader import RowReader, is_total
from geodata.files.station_sheet import columns_as_read, read_table
from geodata.files.table import SourceTable, is_empty
from geodata.places import Place
from geodata.stations.station import Station
from mapapp.services.importing.crs_check import CrsCheck, check_crs
from mapapp.services.importing.memory import remembered, shape_of
from mapapp.services.importing.plan_rows import storable
from mapapp.services.importing.uploads import upload_file
from mapapp.services.rights import Actor, Right, require
from mapapp.settings import Settings
from mapapp.store import SheetShape, Store, Upload

MAX_LOOKED_AT_ROWS: Final = 500
_EXAMPLES: Final = 3
_MAX_EXAMPLE_CHARS: Final = 40


class UnknownUpload(LookupError):
    """No file of that name was sent in by the one who asks, or it was deleted since."""


@dataclass(frozen=True, slots=True)
class SeenColumn:
    """One column: its number from 0, its heading, the code of what it is taken to hold, and some of its cells."""

    index: int
    heading: str
    held: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLook:
    """What can be said of a file before its plan.

    ``stated`` is the system the file itself names; ``own_crs_count`` rows name one of their own. ``is_cut``: there
    are more rows than were looked at.
    """

    kind: FileKind
    sheet: str
    sheets: tuple[str, ...]
    headings: tuple[str, ...]
    columns: tuple[SeenColumn, ...]
    row_count: int
    is_cut: bool
    stated: CrsChoice | None
    own_crs_count: int
    check: CrsCheck
    remembered: SheetShape | None

    @property
    def has_name(self) -> bool:
        """Whether a column holds the stations' names; without one there is nothing to import."""
        return any(column.held == Field.NAME for column in self.columns)

    @property
    def suggested_crs(self) -> Crs | None:
        """The system to begin with: the last one for this shape, else the one that clearly fits."""
        return Crs(self.remembered.crs) if self.remembered else self.check.clear

    @property
    def states_crs(self) -> bool:
        """Whether the file says its system itself."""
        return self.stated is not None or self.own_crs_count > 0


def upload_of(store: Store, settings: Settings, actor: Actor, token: str) -> tuple[Upload, Path]:
    """A file that the actor sent in.

    Raises
    ------
    Forbidden
        The actor may not import stations.
    UnknownUpload
        There is none, it is somebody else's, or it was deleted.
    """
    require(actor, Right.IMPORT_STATIONS)
    with store.reading() as reader:
        upload = reader.uploads.find(token)
    if upload is None or upload.account_id != actor.account_id:
        raise UnknownUpload(token)
    path = upload_file(settings, upload)
    if not path.is_file():
        raise UnknownUpload(token)
    return upload, path


def look_at(
    store: Store,
    path: Path,
    place: Place,
    known: Iterable[Station],
    today: date,
    *,
    sheet: str | None = None,
    chosen: Mapping[int, str] | None = None,
) -> FirstLook:
    """Look at the first rows of a file, with its columns as ``chosen``, else as the last time, else as recognised.

    Raises
    ------
    UnreadableFile
        It cannot be read at all.
    ColumnsClash
        Two columns were chosen to hold the same.
    """
    table = _table(path, sheet)
    with store.reading() as reader:
        shape = reader.imports.shape(shape_of(table.columns))
    if chosen is None and shape is not None:
        chosen = remembered(shape, table.columns)
    columns = columns_as_read(table, None, ReadingChoice(sheet, chosen))
    drafts, own_crs_count = _drafts(table, columns, today)
    stated = choose_crs(table, columns, None)
    return FirstLook(
        kind=table.kind,
        sheet=table.sheet,
        sheets=table.sheets,
        headings=table.columns,
        columns=_seen(table, columns),
        row_count=len(table.rows),
        is_cut=table.is_cut or len(table.rows) > MAX_LOOKED_AT_ROWS,
        stated=None if stated.reason is CrsReason.ASSUMED else stated,
        own_crs_count=own_crs_count,
        check=check_crs(drafts, place, known),
        remembered=shape,
    )


def _table(path: Path, sheet: str | None) -> SourceTable:
    """The table, whatever its headings are; a file that makes a reader stumble is one that cannot be read."""
    try:
        return read_table(path, ReadingChoice(sheet, {}), max_rows=MAX_LOOKED_AT_ROWS + 100)
    except UnreadableFile:
        raise
    except Exception as error:  # on damaged files the libraries below raise nearly anything
        raise UnreadableFile(
            "The file cannot be read. Open it in Excel or WPS and save it anew.",
            "无法读取这个文件。请用 Excel 或 WPS 打开后重新另存。",
        ) from error


def _seen(table: SourceTable, columns: Columns) -> tuple[SeenColumn, ...]:
    held = holdings(columns)
    return tuple(
        SeenColumn(index, storable(heading), code_of(held.get(index)), _examples(table, index))
        for index, heading in enumerate(table.columns)
    )


def _examples(table: SourceTable, index: int) -> tuple[str, ...]:
    texts = (raw_text(row.cells[index]).strip() for row in table.rows[:MAX_LOOKED_AT_ROWS])
    different = dict.fromkeys(storable(text)[:_MAX_EXAMPLE_CHARS] for text in texts if text)
    return tuple(different)[:_EXAMPLES]


def _drafts(table: SourceTable, columns: Columns, today: date) -> tuple[list[StationDraft], int]:
    """The first rows that hold, and how many of them name a system of their own."""
    if not columns.has(Field.NAME):
        return [], 0
    rows = [row for row in table.rows[:MAX_LOOKED_AT_ROWS] if not is_total(row, columns) and not is_empty(row)]
    drafts = [draft for row in rows if (draft := RowReader(row, columns, today).draft()) is not None]
    return drafts, sum(draft.own_crs is not None for draft in drafts)
