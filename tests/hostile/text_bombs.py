"""Text files (GeoJSON, CSV, WKT in CSV) that are deep, wide, long, or knotted."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Final

MIDDLE: Final = (106.23, 38.47)
_HEAD: Final = '{"type":"FeatureCollection","features":['


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def _with_shape(path: Path, shape: str) -> Path:
    properties = '{"站点名称":"甲","name":"甲","riders":5}'
    return _written(path, f'{_HEAD}{{"type":"Feature","properties":{properties},"geometry":{shape}}}]}}')


def deep_json(path: Path, depth: int) -> Path:
    """Lists in lists."""
    return _written(path, _HEAD + "[" * depth)


def deep_objects(path: Path, depth: int) -> Path:
    """Objects in objects, and they end."""
    return _written(path, _HEAD + '{"a":' * depth + "1" + "}" * depth + "]}")


def deep_property(path: Path, depth: int) -> Path:
    """A sound feature, one property of which is deep."""
    deep = "[" * depth + "]" * depth
    feature = f'{{"type":"Feature","properties":{{"name":"甲","note":{deep}}},"geometry":null}}'
    return _written(path, f"{_HEAD}{feature}]}}")


def collections_in_collections(path: Path, depth: int) -> Path:
    """Geometries in geometries."""
    head = '{"type":"GeometryCollection","geometries":['
    return _with_shape(path, head * depth + '{"type":"Point","coordinates":[106.2,38.4]}' + "]}" * depth)


def many_corners(path: Path, count: int) -> Path:
    """A polygon of so many corners, as rough as a coast."""
    return _with_shape(path, json.dumps({"type": "Polygon", "coordinates": [_star(count, 0.03)]}))


def knotted_polygon(path: Path, count: int) -> Path:
    """A polygon whose every edge crosses nearly every other."""
    step = 2 * math.pi * (count // 2) / count
    ring = [(MIDDLE[0] + 0.05 * math.cos(step * k), MIDDLE[1] + 0.05 * math.sin(step * k)) for k in range(count)]
    return _with_shape(path, json.dumps({"type": "Polygon", "coordinates": [[*ring, ring[0]]]}))


def polygon_of_holes(path: Path, count: int) -> Path:
    """A polygon of so many small holes."""
    rings = [_box(MIDDLE[0], MIDDLE[1], 0.08)]
    side = math.ceil(math.sqrt(count))
    for number in range(count):
        column, row = number % side, number // side
        rings.append(_box(MIDDLE[0] - 0.07 + 0.14 * column / side, MIDDLE[1] - 0.07 + 0.14 * row / side, 0.03 / side))
    return _with_shape(path, json.dumps({"type": "Polygon", "coordinates": rings}))


def line_round_the_world(path: Path, count: int) -> Path:
    """A line that goes from one side of the city to the other so many times."""
    corners = [(MIDDLE[0] + (-1) ** k * 0.5, MIDDLE[1] + 0.3 * math.sin(k)) for k in range(count)]
    return _with_shape(path, json.dumps({"type": "LineString", "coordinates": corners}))


def whole_world_polygons(path: Path, count: int) -> Path:
    """So many polygons, each as large as the world."""
    world = '{"type":"Polygon","coordinates":[[[-180,-90],[180,-90],[180,90],[-180,90],[-180,-90]]]}'
    feature = f'{{"type":"Feature","properties":{{"riders":5}},"geometry":{world}}}'
    return _written(path, _HEAD + ",".join([feature] * count) + "]}")


def numbers_of_digits(path: Path, count: int) -> Path:
    """A number of so many digits, which is costly to read."""
    return _with_shape(path, f'{{"type":"Point","coordinates":[{"9" * count},38.4]}}')


def many_properties(path: Path, count: int) -> Path:
    """A feature of so many properties."""
    held = ",".join(f'"p{number}":1' for number in range(count))
    return _written(path, f'{_HEAD}{{"type":"Feature","properties":{{{held}}},"geometry":null}}]}}')


def many_columns(path: Path, count: int) -> Path:
    """A CSV file whose first row has so many cells."""
    return _written(path, "站点名称" + ",a" * count + "\n甲\n")


def one_line(path: Path, size: int) -> Path:
    """A CSV file of one line without end."""
    return _written(path, "站点名称,经度,纬度,riders\n" + "甲" * (size // 3))


def quotes(path: Path, size: int) -> Path:
    """A CSV file of quotation marks."""
    return _written(path, '站点名称,"' + '"\n' * (size // 2))


def empty_lines(path: Path, count: int) -> Path:
    """A CSV file of nothing but the ends of lines."""
    return _written(path, "站点名称,经度\n" + "\n" * count)


def deep_wkt(path: Path, depth: int) -> Path:
    """Shapes in shapes, in a cell."""
    wkt = "GEOMETRYCOLLECTION(" * depth + "POINT(106.2 38.4)" + ")" * depth
    return _written(path, f'riders,WKT\n5,"{wkt}"\n')


def _star(count: int, radius_deg: float) -> list[tuple[float, float]]:
    ring = []
    for number in range(count):
        angle, radius = 2 * math.pi * number / count, radius_deg * (1 + 0.5 * (number % 2))
        ring.append((MIDDLE[0] + radius * math.cos(angle), MIDDLE[1] + radius * math.sin(angle)))
    return [*ring, ring[0]]


def _box(lon: float, lat: float, half_deg: float) -> list[tuple[float, float]]:
    west, south, east, north = lon - half_deg, lat - half_deg, lon + half_deg, lat + half_deg
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]
