"""The report's layers for a GIS: one GeoPackage with a layer each, or one GeoJSON a layer. All in WGS-84.

Every layer carries the marks: a GIS shows a layer without the file it came in.
"""

from __future__ import annotations

import json
import math
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from mapapp.services.planning_report.content import Cell, Layer, Report

GEOPACKAGE: Final = "application/geopackage+sqlite3"
GEOJSON: Final = "application/geo+json"
ZIP: Final = "application/zip"
_ARCHIVED_AT: Final = (2000, 1, 1, 0, 0, 0)
"""The same report makes the same archive."""


def layers_of(report: Report) -> tuple[Layer, ...]:
    """The layers that files hold."""
    return tuple(layer for layer in report.layers if layer.in_files)


def geojson(report: Report, layer: Layer) -> bytes:
    """One layer as a FeatureCollection, which says what it is and that its coordinates are WGS-84."""
    document = {
        "type": "FeatureCollection",
        "name": layer.key,
        "title": layer.title,
        "coordinate_system": "WGS-84",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
        "report": {fact.name: fact.value for fact in (*report.facts, *report.provenance)},
        "headline": report.headline,
        "marks": list(report.marks),
        "sample": report.is_sample,
        "features": [
            {
                "type": "Feature",
                "geometry": feature.geometry,
                "properties": {name: _finite(feature.properties.get(name)) for name in layer.fields},
            }
            for feature in layer.features
        ],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def geojson_archive(report: Report) -> bytes:
    """A ZIP with a GeoJSON for each layer."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for layer in layers_of(report):
            name = zipfile.ZipInfo(f"{report.stem}-{layer.key}.geojson", _ARCHIVED_AT)
            name.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(name, geojson(report, layer))
    return stream.getvalue()


def geopackage(report: Report) -> bytes:
    """All layers in one GeoPackage, each declared as WGS-84 (EPSG:4326), and the facts as a table without shapes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.gpkg"
        for layer in layers_of(report):
            _layer_frame(report, layer).to_file(
                path, layer=layer.key, driver="GPKG", engine="pyogrio", geometry_type=layer.geometry_type
            )
        _write_facts(report, path)
        return path.read_bytes()


def _layer_frame(report: Report, layer: Layer) -> Any:
    import geopandas
    import pandas as pd
    import shapely

    many = layer.geometry_type.startswith("Multi")
    shapes: list[Any] = [shapely.geometry.shape(dict(feature.geometry)) for feature in layer.features]
    if many:
        shapes = [shape if shape.geom_type == layer.geometry_type else _as_many(shape) for shape in shapes]
    columns: dict[str, Any] = {}
    for name in layer.fields:
        cells = [_finite(feature.properties.get(name)) for feature in layer.features]
        is_text = any(isinstance(cell, str) for cell in cells)
        columns[name] = pd.Series(cells, dtype="string" if is_text else "float64")
    columns["marks"] = pd.Series([" ".join(report.marks)] * len(layer.features), dtype="string")
    return geopandas.GeoDataFrame(pd.DataFrame(columns), geometry=shapes, crs="EPSG:4326")


def _as_many(shape: Any) -> Any:
    import shapely

    return shapely.MultiPolygon([shape])


def _write_facts(report: Report, path: Path) -> None:
    import pandas as pd
    import pyogrio

    facts = [("title", report.title), ("answer", report.headline), *(("mark", mark) for mark in report.marks)]
    facts += [(fact.name, fact.value) for fact in (*report.facts, *report.provenance)]
    facts += [("note", note) for note in report.notes]
    frame = pd.DataFrame(facts, columns=["name", "value"]).astype("string")
    pyogrio.write_dataframe(frame, path, layer="about", driver="GPKG", append=path.exists())


def _finite(cell: Cell) -> Cell:
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell
