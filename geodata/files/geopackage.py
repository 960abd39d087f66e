"""GeoPackage: the first layer of points with headings we know, brought to WGS-84 from its declared system."""

from __future__ import annotations

import sqlite3
import warnings
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import geopandas
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from geodata.coordinates import Crs
from geodata.errors import UnreadableFile
from geodata.files.messages import Message, RowProblem
from geodata.files.table import FileKind, Score, SourceRow, SourceTable, no_header, refuse_too_many_rows

_WORKED_OUT: Final = """
SELECT count(*) FROM sqlite_master AS kept, pragma_table_xinfo(kept.name) AS col
WHERE kept.type = 'table' AND kept.sql NOT LIKE 'CREATE VIRTUAL%' AND col.hidden IN (2, 3)
"""
_SQLITE_MARK: Final = b"SQLite format 3\x00"


def read_geopackage(path: Path, score: Score) -> SourceTable:
    """The table in a GeoPackage; ``line`` counts features from 1.

    Raises
    ------
    UnreadableFile
        Not a GeoPackage, or no layer with headings we know.
    """
    with path.open("rb") as file:
        if file.read(len(_SQLITE_MARK)) != _SQLITE_MARK:
            raise _not_geopackage()
    refuse_queries(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # GDAL warns about unknown extensions; what matters raises
            return _read(path, score)
    except (DataSourceError, DataLayerError, UnicodeDecodeError) as error:
        raise _not_geopackage() from error


def refuse_queries(path: Path) -> None:
    """Refuse a database whose tables are not just kept but worked out: such a query may never end."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)) as database:
            (view_count,) = database.execute("SELECT count(*) FROM sqlite_master WHERE type = 'view'").fetchone()
            (worked_out_count,) = database.execute(_WORKED_OUT).fetchone()
    except (sqlite3.Error, UnicodeDecodeError) as error:  # SQLite's own words may quote the file's broken bytes
        raise _not_geopackage() from error
    if view_count or worked_out_count:
        raise UnreadableFile(
            "The GeoPackage holds views or computed columns. Save the layer alone as a new file.",
            "文件里有视图或计算列，请把图层单独另存为新文件。",
        )


def _not_geopackage() -> UnreadableFile:
    return UnreadableFile(
        "The file's ending says GeoPackage but it cannot be opened as one.",
        "文件的扩展名是 .gpkg，但不能作为 GeoPackage 打开。",
    )


def _read(path: Path, score: Score) -> SourceTable:
    layers = [str(name) for name, _geometry in pyogrio.list_layers(path)]
    fields: list[str] = []
    for layer in layers:
        info = pyogrio.read_info(path, layer=layer, force_feature_count=True)
        fields = [str(name) for name in info["fields"]]
        if score(fields) > 0:
            refuse_too_many_rows(int(info["features"]))
            frame = pyogrio.read_dataframe(path, layer=layer)
            return _table(frame, [name for name in layers if name != layer])
    raise no_header(fields)


def _table(frame: Any, other_layers: list[str]) -> SourceTable:
    spatial = isinstance(frame, geopandas.GeoDataFrame)
    declared = spatial and frame.crs is not None
    if declared and frame.crs.to_epsg() != 4326:
        frame = frame.to_crs(4326)
    columns = tuple(str(name) for name in frame.columns if not spatial or name != frame.geometry.name)
    shapes = list(frame.geometry) if spatial else [None] * len(frame)
    values = frame[list(columns)].astype(object).where(frame[list(columns)].notna(), None)
    rows: list[SourceRow] = []
    problems: list[RowProblem] = []
    for line, (cells, shape) in enumerate(zip(values.itertuples(index=False, name=None), shapes, strict=True), start=1):
        if shape is None or shape.is_empty or shape.geom_type == "Point":
            point = None if shape is None or shape.is_empty else (float(shape.x), float(shape.y))
            rows.append(SourceRow(line, tuple(_plain(cell) for cell in cells), point))
        else:
            problems.append(_not_a_point(line, shape.geom_type))
    return SourceTable(
        kind=FileKind.GEOPACKAGE,
        columns=columns,
        rows=tuple(rows),
        problems=tuple(problems),
        declared_crs=Crs.WGS84 if declared else None,
        notes=_unread_layers(other_layers),
    )


def _plain(cell: Any) -> object:
    """A pandas or numpy value as Python's own."""
    if hasattr(cell, "to_pydatetime"):
        return cell.to_pydatetime()
    return cell.item() if hasattr(cell, "item") else cell


def _not_a_point(line: int, kind: str) -> RowProblem:
    message = Message("几何不是点。", "The geometry is not a point.")
    return RowProblem(line=line, column="geometry", value=kind, code="not_a_point", message=message)


def _unread_layers(names: list[str]) -> tuple[Message, ...]:
    if not names:
        return ()
    return (Message(f"没有读取的图层：{'、'.join(names)}。", f"Layers not read: {', '.join(names)}."),)
