"""Use case: a file of workers that somebody sent in is looked at before anything is asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely

from geodata.coordinates import Crs, Floats, convert
from geodata.demand.headings import COORDINATES, LAT, LON, MEANINGS, WKT, meanings_of
from geodata.demand.shape_tables import ShapeRow, ShapeTable, read_shape_table
from geodata.demand.sheet import DemandReading
from geodata.errors import InvalidValue
from geodata.files import FileKind
from geodata.files.cells import raw_text
from geodata.files.messages import UnreadCell
from geodata.files.positions import point_of_pair, point_of_text
from geodata.places import Place
from geodata.stations.vocabulary import WorkerGroup
from mapapp.services.importing.uploads import upload_file
from mapapp.services.rights import Actor, Right, require
from mapapp.settings import Settings
from mapapp.store import Reader, Store, Upload

_LOOKED_AT_ROWS: Final = 500
HEADER_ROWS: Final = 30
"""What may stand above a workbook's first row: a title, notes, the headings."""
_EXAMPLES: Final = 3
_MAX_EXAMPLE_CHARS: Final = 40


class UnknownDemandFile(LookupError):
    """No file of that name was sent in by the one who asks, or it was deleted since."""


@dataclass(frozen=True, slots=True)
class SeenColumn:
    """One column: its number from 0, its heading, what it is taken to hold, and some of its cells."""

    index: int
    heading: str
    held: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandLook:
    """What can be said of a file at first sight; ``inside`` counts the rows that lie in the city, by system.

    ``is_cut``: there may be more rows than were read.
    """

    columns: tuple[SeenColumn, ...]
    row_count: int
    is_cut: bool
    has_shapes: bool
    declared_crs: Crs | None
    located_count: int
    inside: Mapping[Crs, int]
    sheet: str
    sheets: tuple[str, ...]

    @property
    def suggested_crs(self) -> Crs:
        """What the file says; else the system most rows lie in the city by, WGS-84 before the others."""
        if self.declared_crs is not None:
            return self.declared_crs
        return max((Crs.WGS84, Crs.GCJ02, Crs.BD09), key=lambda crs: self.inside.get(crs, 0))


def demand_file(store: Store, settings: Settings, actor: Actor, token: str) -> tuple[Upload, Path]:
    """A file the actor sent in.

    Raises
    ------
    Forbidden
        The actor runs no analyses.
    UnknownDemandFile
        There is none of that name, or it is somebody else's.
    """
    require(actor, Right.RUN_ANALYSES)
    with store.reading() as reader:
        return upload_in(reader, settings, actor.account_id, token)


def upload_in(reader: Reader, settings: Settings, account_id: int | None, token: str) -> tuple[Upload, Path]:
    """The same within a transaction; raises UnknownDemandFile."""
    upload = reader.uploads.find(token)
    if upload is None or upload.account_id != account_id:
        raise UnknownDemandFile(token)
    path = upload_file(settings, upload)
    if not path.is_file():
        raise UnknownDemandFile(token)
    return upload, path


def look_at_demand(
    path: Path, place: Place, *, sheet: str | None = None, chosen: Mapping[int, str] | None = None
) -> DemandLook:
    """Look at a file, its columns as chosen, else as recognised.

    Raises
    ------
    UnreadableFile
        It cannot be read at all.
    """
    table = read_shape_table(path, sheet=sheet, max_rows=_LOOKED_AT_ROWS, is_first_look=True)
    held = dict(chosen) if chosen is not None else meanings_of(table.columns)
    degrees = _degrees(table, {meaning: index for index, meaning in held.items() if meaning})
    return DemandLook(
        columns=tuple(
            SeenColumn(index, heading, held.get(index, ""), _examples(table, index))
            for index, heading in enumerate(table.columns)
        ),
        row_count=len(table.rows),
        is_cut=table.is_cut
        or (table.kind in {FileKind.XLSX, FileKind.CSV} and len(table.rows) >= _LOOKED_AT_ROWS - HEADER_ROWS),
        has_shapes=table.has_shapes,
        declared_crs=table.declared_crs,
        located_count=len(degrees),
        inside={crs: _inside_count(degrees, crs, place) for crs in Crs},
        sheet=table.sheet,
        sheets=table.sheets,
    )


def reading_document(reading: DemandReading) -> dict[str, Any]:
    """How a file is to be read, as a job carries it."""
    return {
        "columns": {str(index): held for index, held in reading.columns.items()}
        if reading.columns is not None
        else None,
        "crs": reading.crs.value if reading.crs else None,
        "sheet": reading.sheet,
        "only_group": reading.only_group.value if reading.only_group else None,
        "orders_per_worker_hour": reading.orders_per_worker_hour,
        "hours_a_week": reading.hours_a_week,
    }


def reading_of(document: object) -> DemandReading:
    """The reading a job carries; raises InvalidValue when it is none."""
    if not isinstance(document, Mapping):
        raise InvalidValue("There is no reading.", field="reading")
    columns = document.get("columns")
    try:
        return DemandReading(
            columns={int(index): str(held) for index, held in columns.items()} if columns is not None else None,
            crs=Crs(document["crs"]) if document.get("crs") else None,
            sheet=document.get("sheet") or None,
            only_group=WorkerGroup(document["only_group"]) if document.get("only_group") else None,
            orders_per_worker_hour=document.get("orders_per_worker_hour"),
            hours_a_week=document.get("hours_a_week"),
        )
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidValue("The reading cannot be understood.", field="reading") from error


def known_meanings(said: Mapping[int, str]) -> dict[int, str]:
    """What was said of columns, without those said to hold nothing or something unknown."""
    return {index: held for index, held in said.items() if held in MEANINGS}


def _examples(table: ShapeTable, index: int) -> tuple[str, ...]:
    cells = (raw_text(row.cells[index]).strip() for row in table.rows[:_LOOKED_AT_ROWS] if index < len(row.cells))
    texts = list(dict.fromkeys(text[:_MAX_EXAMPLE_CHARS] for text in cells if text))
    return tuple(texts[:_EXAMPLES])


def _degrees(table: ShapeTable, at: Mapping[str, int]) -> Floats:
    """Where the first rows lie, as given, (n, 2); rows that do not say are left out."""
    found = [point for row in table.rows[:_LOOKED_AT_ROWS] if (point := _point(row, table, at)) is not None]
    return np.array(found, dtype=np.float64).reshape(-1, 2)


def _point(row: ShapeRow, table: ShapeTable, at: Mapping[str, int]) -> tuple[float, float] | None:
    try:
        if table.has_shapes:
            return _middle(row.shape)
        if WKT in at:
            return _middle(shapely.from_wkt(raw_text(row.cells[at[WKT]])))
        if LON in at and LAT in at:
            point = point_of_pair(row.cells[at[LON]], row.cells[at[LAT]])
        else:
            point = point_of_text(row.cells[at[COORDINATES]]) if COORDINATES in at else None
    except (UnreadCell, shapely.errors.ShapelyError):
        return None
    return (point.lon, point.lat) if point is not None else None


def _middle(shape: Any) -> tuple[float, float] | None:
    if shape is None or shape.is_empty or not np.isfinite(shapely.get_coordinates(shape)).all():
        return None
    middle = shape.centroid
    return (middle.x, middle.y) if abs(middle.x) <= 180 and abs(middle.y) <= 90 else None


def _inside_count(degrees: Floats, crs: Crs, place: Place) -> int:
    if not len(degrees):
        return 0
    lon, lat = convert(degrees[:, 0], degrees[:, 1], crs, Crs.WGS84)
    return sum(unit is not None for unit in place.districts_of(lon, lat))
