"""GeoPackage: the first layer of points with headings we know, brought to WGS-84 from its declared system."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any, Final

import geopandas
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from geodata.coordinates import Crs
from geodata.errors import UnreadableFile
from geodata.files.messages import Message, RowProblem
from geodata.files.sound_database import not_geopackage, refuse_unsound_database
from geodata.files.table import MAX_COLUMNS, FileKind, Score, SourceRow, SourceTable, no_header, refuse_too_many_rows

MOST_LAYERS: Final = 100


def read_geopackage(path: Path, score: Score, *, max_rows: int | None = None) -> SourceTable:
    """The table in a GeoPackage, of no more than ``max_rows`` rows; ``line`` counts features from 1.

    Raises
    ------
    UnreadableFile
        Not a GeoPackage, or no layer with headings we know.
    """
    refuse_unsound_database(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # GDAL warns about unknown extensions; what matters raises
            return _read(path, score, max_rows)
    except (DataSourceError, DataLayerError, UnicodeDecodeError) as error:
        raise not_geopackage() from error


def refuse_too_many_layers(count: int) -> None:
    """Raise when there are more layers than can be looked at: each is opened."""
    if count > MOST_LAYERS:
        raise UnreadableFile(
            f"The GeoPackage holds more than {MOST_LAYERS} layers. Save the layer alone as a new file.",
            f"文件里的图层超过 {MOST_LAYERS} 个，请把图层单独另存为新文件。",
        )


def refuse_too_many_columns(count: int) -> None:
    """Raise when there are more columns than any list has."""
    if count > MAX_COLUMNS:
        raise UnreadableFile(f"There are more than {MAX_COLUMNS} columns.", f"列数超过 {MAX_COLUMNS}。")


def _read(path: Path, score: Score, max_rows: int | None) -> SourceTable:
    layers = [str(name) for name, _geometry in pyogrio.list_layers(path)]
    refuse_too_many_layers(len(layers))
    fields: list[str] = []
    for layer in layers:
        info = pyogrio.read_info(path, layer=layer, force_feature_count=True)
        fields = [str(name) for name in info["fields"]]
        if score(fields) > 0:
            refuse_too_many_rows(int(info["features"]))
            refuse_too_many_columns(len(fields))
            frame = pyogrio.read_dataframe(path, layer=layer, max_features=max_rows)
            return _table(frame, [name for name in layers if name != layer], is_cut=len(frame) < int(info["features"]))
    raise no_header(fields)


def _table(frame: Any, other_layers: list[str], *, is_cut: bool) -> SourceTable:
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
        is_cut=is_cut,
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
