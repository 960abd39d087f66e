"""Files of workers as a table whose rows may be points, lines or polygons.

CSV and XLSX come through the readers of ``geodata.files``; GeoJSON and GeoPackage are read here, since a list of
stations knows points only.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from shapely.geometry import shape as shape_of
from shapely.geometry.base import BaseGeometry

from geodata.coordinates import Crs
from geodata.demand.headings import heading_score
from geodata.errors import UnreadableFile
from geodata.files.crs_words import crs_in_words
from geodata.files.delimited import read_delimited
from geodata.files.geojson import beginning_of, declared_crs_of, features_of, parsed_geojson, property_names
from geodata.files.geopackage import refuse_too_many_columns, refuse_too_many_layers
from geodata.files.messages import Message, RowProblem
from geodata.files.sound_database import refuse_unsound_database
from geodata.files.spreadsheet import read_spreadsheet
from geodata.files.table import FileKind, refuse_too_many_rows

LARGE_BYTES: Final = 2_000_000
"""Of a larger GeoJSON file only the beginning is looked at, where the first rows are asked for."""

KIND_BY_ENDING: Final = {
    ".csv": FileKind.CSV,
    ".xlsx": FileKind.XLSX,
    ".geojson": FileKind.GEOJSON,
    ".gpkg": FileKind.GEOPACKAGE,
}


@dataclass(frozen=True, slots=True)
class ShapeRow:
    """One row: its line, its cells in the order of the columns, and its shape as given, if the format has one."""

    line: int
    cells: tuple[object, ...]
    shape: BaseGeometry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeTable:
    """What a file holds before anything is understood; ``declared_crs`` is what the file itself says.

    ``is_cut``: a first look left rows out.
    """

    kind: FileKind
    columns: tuple[str, ...]
    rows: tuple[ShapeRow, ...]
    problems: tuple[RowProblem, ...] = ()
    declared_crs: Crs | None = None
    has_shapes: bool = False
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    is_cut: bool = False


def read_shape_table(
    path: Path, *, sheet: str | None = None, max_rows: int | None = None, is_first_look: bool = False
) -> ShapeTable:
    """The table in a file whose ending says its format: .csv, .xlsx, .geojson or .gpkg.

    ``max_rows`` ends the reading of a workbook or of text early, also where the rows are empty; at a first look that of
    a GeoPackage and of a large GeoJSON file too.

    Raises
    ------
    UnreadableFile
        It is not what its ending says, or too large.
    """
    kind = KIND_BY_ENDING.get(path.suffix.lower())
    if kind is FileKind.GEOJSON:
        return _geojson(path, max_rows if is_first_look else None)
    if kind is FileKind.GEOPACKAGE:
        return _geopackage(path, max_rows if is_first_look else None)
    if kind is None:
        raise UnreadableFile(
            "Only CSV, XLSX, GeoJSON and GeoPackage can be read.", "只能读取 CSV、XLSX、GeoJSON 和 GeoPackage。"
        )
    table = (
        read_delimited(path, heading_score, max_rows=max_rows)
        if kind is FileKind.CSV
        else read_spreadsheet(path, heading_score, sheet=sheet, max_rows=max_rows)
    )
    stated = [crs for name in table.columns if (crs := crs_in_words(name)) is not None]
    return ShapeTable(
        kind=kind,
        columns=table.columns,
        rows=tuple(ShapeRow(row.line, row.cells) for row in table.rows),
        problems=table.problems,
        declared_crs=stated[0] if stated else crs_in_words(" ".join(table.titles)),
        sheet=table.sheet,
        sheets=table.sheets,
    )


def _geojson(path: Path, max_rows: int | None) -> ShapeTable:
    is_large = max_rows is not None and path.stat().st_size > LARGE_BYTES
    document = beginning_of(path, max_rows) if max_rows is not None and is_large else parsed_geojson(path)
    features = features_of(document)
    refuse_too_many_rows(len(features))
    is_cut = is_large or (max_rows is not None and len(features) > max_rows)
    features = features[:max_rows]
    columns = property_names(features)
    rows: list[ShapeRow] = []
    problems: list[RowProblem] = []
    for line, feature in enumerate(features, start=1):
        try:
            rows.append(_feature_row(line, feature, columns))
        except (
            ValueError,
            TypeError,
            AttributeError,
            KeyError,
            IndexError,
            RecursionError,
            shapely.errors.ShapelyError,
        ):
            problems.append(broken_shape(line))
    return ShapeTable(
        kind=FileKind.GEOJSON,
        columns=columns,
        rows=tuple(rows),
        problems=tuple(problems),
        declared_crs=declared_crs_of(document),
        has_shapes=True,
        is_cut=is_cut,
    )


def _feature_row(line: int, feature: Any, columns: tuple[str, ...]) -> ShapeRow:
    properties = feature.get("properties")
    held = properties if isinstance(properties, dict) else {}
    given = feature.get("geometry")
    return ShapeRow(line, tuple(held.get(name) for name in columns), None if given is None else shape_of(given))


def broken_shape(line: int) -> RowProblem:
    """The refusal of a row whose shape cannot be read at all."""
    message = Message("几何无法读取。", "The geometry cannot be read.")
    return RowProblem(line=line, column="geometry", value="", code="broken_shape", message=message)


def _geopackage(path: Path, max_rows: int | None) -> ShapeTable:
    refuse_unsound_database(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # GDAL warns about unknown extensions; what matters raises
            return _layer(path, max_rows)
    except (DataSourceError, DataLayerError, UnicodeDecodeError) as error:
        raise UnreadableFile("The file cannot be opened as a GeoPackage.", "文件不能作为 GeoPackage 打开。") from error


def _layer(path: Path, max_rows: int | None) -> ShapeTable:
    layers = [str(name) for name, geometry in pyogrio.list_layers(path) if geometry]
    if not layers:
        raise UnreadableFile("The GeoPackage has no layer with shapes.", "GeoPackage 里没有带几何的图层。")
    refuse_too_many_layers(len(layers))
    infos = {name: pyogrio.read_info(path, layer=name, force_feature_count=True) for name in layers}
    best = max(layers, key=lambda name: heading_score([str(field) for field in infos[name]["fields"]]))
    refuse_too_many_rows(int(infos[best]["features"]))
    refuse_too_many_columns(len(infos[best]["fields"]))
    frame = pyogrio.read_dataframe(path, layer=best, max_features=max_rows)
    declared = isinstance(frame, geopandas.GeoDataFrame) and frame.crs is not None
    if declared and frame.crs.to_epsg() != 4326:
        frame = frame.to_crs(4326)
    columns = tuple(str(name) for name in frame.columns if name != frame.geometry.name)
    values = frame[list(columns)].astype(object).where(frame[list(columns)].notna(), None)
    pairs = zip(values.itertuples(index=False, name=None), frame.geometry, strict=True)
    return ShapeTable(
        kind=FileKind.GEOPACKAGE,
        columns=columns,
        rows=tuple(
            ShapeRow(line, tuple(_plain(cell) for cell in cells), shape)
            for line, (cells, shape) in enumerate(pairs, start=1)
        ),
        declared_crs=Crs.WGS84 if declared else None,
        has_shapes=True,
        is_cut=max_rows is not None and int(infos[best]["features"]) > max_rows,
        sheet=best,
        sheets=tuple(layers),
    )


def _plain(cell: Any) -> object:
    """A pandas or numpy value as Python's own."""
    return cell.item() if hasattr(cell, "item") else cell
