"""The report's map as a still picture: shapes of an SVG, from the layers that the live map shows at first."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import shapely

from geodata.places import Place
from mapapp.services.planning_report.content import Geometry, Layer, LayerLook, Report

WIDTH: Final = 720.0
MARGIN: Final = 12.0
_DOT: Final = (2.0, 7.5)
_SITE_DOT: Final = 8.0


@dataclass(frozen=True, slots=True)
class DrawnPath:
    """An area: its look and its path data."""

    look: str
    data: str


@dataclass(frozen=True, slots=True)
class DrawnDot:
    """A station or a site."""

    look: str
    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class DrawnText:
    """Words at a place."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class StillMap:
    """The picture; what is drawn later lies on top."""

    width: float
    height: float
    outlines: tuple[str, ...]
    areas: tuple[DrawnPath, ...]
    dots: tuple[DrawnDot, ...]
    names: tuple[DrawnText, ...]
    numbers: tuple[DrawnText, ...]


def still_map(report: Report, place: Place) -> StillMap:
    """The whole city in plate carrée with its middle latitude true to scale."""
    frame = _Frame(place)
    shown = [layer for layer in report.layers if layer.on_map and layer.starts_shown]
    areas = [layer for layer in shown if layer.geometry_type != "Point"]
    points = [layer for layer in shown if layer.geometry_type == "Point"]
    gaps = [feature for layer in areas if layer.look is LayerLook.GAP for feature in layer.features if feature.label]
    return StillMap(
        width=WIDTH,
        height=frame.height,
        outlines=tuple(frame.path(shapely.geometry.mapping(unit.outline)) for unit in place.units),
        areas=tuple(
            DrawnPath((feature.look or layer.look).value, frame.path(feature.geometry))
            for layer in areas
            for feature in layer.features
        ),
        dots=tuple(dot for layer in points for dot in _dots(layer, frame)),
        names=tuple(
            DrawnText(*frame.xy(unit.label_at.lon, unit.label_at.lat), unit.name(report.speech.language))
            for unit in place.units
        ),
        numbers=tuple(DrawnText(*frame.middle(feature.geometry), feature.label) for feature in reversed(gaps)),
    )


def _dots(layer: Layer, frame: _Frame) -> Iterable[DrawnDot]:
    least, most = _DOT
    for feature in layer.features:
        x, y = frame.xy(*feature.geometry["coordinates"])
        radius = _SITE_DOT if layer.look is LayerLook.SITE else round(least + (most - least) * feature.size, 1)
        yield DrawnDot(layer.look.value, x, y, radius)


class _Frame:
    """The projection to picture units, y downwards."""

    def __init__(self, place: Place) -> None:
        box = place.bbox
        self._squeeze = max(math.cos(math.radians(box.center.lat)), 0.01)
        self._scale = (WIDTH - 2 * MARGIN) / max((box.east - box.west) * self._squeeze, 1e-9)
        self._west, self._north = box.west, box.north
        self.height = round((box.north - box.south) * self._scale + 2 * MARGIN, 1)

    def xy(self, lon: float, lat: float) -> tuple[float, float]:
        """A place in the picture."""
        x = (lon - self._west) * self._squeeze * self._scale + MARGIN
        return round(x, 1), round((self._north - lat) * self._scale + MARGIN, 1)

    def path(self, geometry: Geometry) -> str:
        """An area as path data."""
        many = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        return "".join(self._ring(ring) for polygon in many for ring in polygon)

    def _ring(self, ring: Any) -> str:
        points = (self.xy(lon, lat) for lon, lat, *_ in list(ring)[:-1])
        return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) + "Z"

    def middle(self, geometry: Geometry) -> tuple[float, float]:
        """A place within the area."""
        inside = shapely.geometry.shape(dict(geometry)).representative_point()
        return self.xy(inside.x, inside.y)
