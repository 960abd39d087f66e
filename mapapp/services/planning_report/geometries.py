"""Geometries of a report's layers, as GeoJSON writes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import shapely

from geodata.coverage.cells import Outline, outline_of
from mapapp.services.planning_report.content import Geometry

DECIMALS: Final = 5
"""Decimals of a degree, about 1 m."""
AREA: Final = "MultiPolygon"


def area(cells: Sequence[str]) -> Geometry:
    """The cells as one area, always of several parts: a layer has one type."""
    return geometry_of(outline_of(cells))


def geometry_of(outline: Outline) -> Geometry:
    """An outline as GeoJSON, rounded."""
    parts = outline if isinstance(outline, shapely.MultiPolygon) else shapely.MultiPolygon([outline])
    return {"type": AREA, "coordinates": [_rings(part) for part in parts.geoms]}


def many_parts(geometry: Geometry) -> Geometry:
    """An area of GeoJSON as one of several parts."""
    if geometry["type"] == AREA:
        return geometry
    return {"type": AREA, "coordinates": [geometry["coordinates"]]}


def _rings(polygon: shapely.Polygon) -> list[Any]:
    rings = (polygon.exterior, *polygon.interiors)
    return [np.round(np.asarray(ring.coords)[:, :2], DECIMALS).tolist() for ring in rings]


def point(lon: float, lat: float) -> Geometry:
    """A place as GeoJSON."""
    return {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}
