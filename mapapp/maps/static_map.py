"""A picture of the city without script: outlines, names and numbered marks, as shapes for an SVG.

The projection is plate carrée with the city's middle latitude true to scale: right enough for a city,
and needing no tiles. Nothing here is markup; templates/components/static_map.html draws it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from shapely.geometry import MultiPolygon, Polygon

from geodata.coordinates import BBox, LonLat
from geodata.places import Place

WIDTH: Final = 640.0
MARGIN_SHARE: Final = 0.04
MIN_HEIGHT_SHARE: Final = 0.5
MAX_HEIGHT_SHARE: Final = 1.3
MIN_SPAN_DEG: Final = 0.02
"""The smallest box drawn, about 2 km: closer, the outlines tell a visitor nothing."""


@dataclass(frozen=True, slots=True)
class Label:
    """Words at a point of the picture."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class StaticMap:
    """The picture: its size, outlines as SVG path data, names, numbered marks and the origin."""

    width: float
    height: float
    outlines: tuple[str, ...]
    names: tuple[Label, ...]
    marks: tuple[Label, ...]
    origin: Label | None


def static_map(
    place: Place,
    language: str,
    points: Sequence[LonLat] = (),
    origin: LonLat | None = None,
    *,
    around: BBox | None = None,
) -> StaticMap:
    """The city, or the part ``around``, or that which holds points and origin; points are numbered from 1."""
    shown = [*points, *((origin,) if origin else ())]
    frame = _Frame(around or (_box_around(shown) if shown else place.bbox))
    return StaticMap(
        width=WIDTH,
        height=frame.height,
        outlines=tuple(frame.path(unit.outline) for unit in place.units),
        names=tuple(
            frame.label(unit.label_at, unit.name(language)) for unit in place.units if frame.shows(unit.label_at)
        ),
        marks=tuple(frame.label(point, str(number)) for number, point in enumerate(points, start=1)),
        origin=frame.label(origin, "") if origin else None,
    )


def _box_around(points: Iterable[LonLat]) -> BBox:
    every = list(points)
    lons, lats = [point.lon for point in every], [point.lat for point in every]
    half_lon = max(max(lons) - min(lons), MIN_SPAN_DEG) * 0.6
    half_lat = max(max(lats) - min(lats), MIN_SPAN_DEG) * 0.6
    lon, lat = (max(lons) + min(lons)) / 2, (max(lats) + min(lats)) / 2
    return BBox(max(lon - half_lon, -180), max(lat - half_lat, -90), min(lon + half_lon, 180), min(lat + half_lat, 90))


class _Frame:
    """The box of the picture and its projection to picture units, y downwards."""

    def __init__(self, box: BBox) -> None:
        squeeze = max(math.cos(math.radians(box.center.lat)), 0.01)
        width, height = (box.east - box.west) * squeeze, box.north - box.south  # both in degrees of latitude
        width = max(width, height / MAX_HEIGHT_SHARE) * (1 + 2 * MARGIN_SHARE)
        height = max(height * (1 + 2 * MARGIN_SHARE), width * MIN_HEIGHT_SHARE)
        self._per_lat = WIDTH / width
        self._per_lon = self._per_lat * squeeze
        self._west = box.center.lon - width / squeeze / 2
        self._north = box.center.lat + height / 2
        self.height = round(height * self._per_lat, 1)

    def xy(self, lon: float, lat: float) -> tuple[float, float]:
        return round((lon - self._west) * self._per_lon, 1), round((self._north - lat) * self._per_lat, 1)

    def label(self, point: LonLat, text: str) -> Label:
        return Label(*self.xy(point.lon, point.lat), text)

    def shows(self, point: LonLat) -> bool:
        x, y = self.xy(point.lon, point.lat)
        return 0 <= x <= WIDTH and 0 <= y <= self.height

    def path(self, outline: Polygon | MultiPolygon) -> str:
        polygons = outline.geoms if isinstance(outline, MultiPolygon) else (outline,)
        rings = [ring for polygon in polygons for ring in (polygon.exterior, *polygon.interiors)]
        return "".join(self._ring([(lon, lat) for lon, lat, *_ in ring.coords]) for ring in rings)

    def _ring(self, coordinates: Sequence[tuple[float, float]]) -> str:
        points = (self.xy(lon, lat) for lon, lat in coordinates[:-1])
        return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) + "Z"
