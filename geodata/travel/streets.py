"""Streets for travel times: load an extract once, find it again, travel along it.

``load_extract`` reads an OpenStreetMap extract into a folder; ``load_streets`` finds there what is in use;
``StreetTravel`` answers for one mode. docs/streets.md says how all of it works, and what it leaves out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
import osmium
import shapely
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from geodata.errors import UnreadableFile
from geodata.places import Place
from geodata.projection import LocalPlane
from geodata.travel.street_files import (
    Streets,
    StreetShelf,
    StreetSource,
    area_key_of,
    checksum_of,
    file_of,
    load_streets,
    read_streets,
    save_streets,
    streets_in_use,
    use_streets,
)
from geodata.travel.street_isochrones import isochrones
from geodata.travel.street_pairs import NearestStations, StreetTravel
from geodata.travel.street_reading import Progress, read_extract

__all__ = [
    "Area",
    "Loaded",
    "NearestStations",
    "StreetShelf",
    "StreetSource",
    "StreetTravel",
    "Streets",
    "area_of",
    "checksum_of",
    "covered_share",
    "isochrones",
    "load_extract",
    "load_streets",
    "read_streets",
    "save_streets",
    "streets_in_use",
]

MARGIN_M: Final = 3000.0
"""Streets so far outside the place are kept: the shortest way between two places in it may lead through there."""


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """What is kept of an extract: a place's outlines, and them with the margin around; degrees."""

    name: str
    outlines: BaseGeometry
    with_margin: BaseGeometry


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """Streets in their file; ``was_there`` when the same extract and area had been read before."""

    streets: Streets
    path: Path
    was_there: bool


def area_of(place: Place, margin_m: float = MARGIN_M) -> Area:
    """The place's outlines with a margin of so many metres."""
    outlines = shapely.union_all([unit.outline for unit in place.units])
    plane = LocalPlane(place.center)
    wide = shapely.buffer(plane.flatten(outlines), margin_m, quad_segs=4)
    return Area(
        place.id,
        outlines,
        shapely.transform(wide, lambda xy: np.column_stack(plane.to_lonlat(xy[:, 0], xy[:, 1]))),
    )


def load_extract(
    extract: Path,
    folder: Path,
    area: Area | None,
    now: datetime,
    progress: Progress = lambda _stage, _count: None,
) -> Loaded:
    """Read an extract (or find what was read of it before), and make it the one in use.

    Raises UnreadableFile when the file is no extract, is cut off, or has no streets in the place itself.
    """
    if not extract.is_file():
        raise UnreadableFile(f"There is no file {extract}.", f"没有文件 {extract}。")
    kept = None if area is None else area.with_margin
    sha256, area_key = checksum_of(extract), area_key_of(kept)
    path = file_of(folder, sha256, area_key)
    if (known := _known(path)) is not None:
        use_streets(folder, path)
        return Loaded(known, path, was_there=True)
    read = read_extract(extract, kept, progress)
    if area is not None and not any(
        _is_any_inside(area.outlines, graph.lon, graph.lat) for graph in read.graphs.values()
    ):
        raise UnreadableFile(
            f"The extract has no streets in {area.name} itself, only near it: use one that covers it, or --whole.",
            f"该提取文件在 {area.name} 范围内没有街道，只有附近的。请换用覆盖本地的文件，或用 --whole。",
        )
    if not any(graph.edge_count for graph in read.graphs.values()):
        raise UnreadableFile("The extract holds no connected streets.", "该提取文件中没有相连的街道。")
    source = StreetSource(
        file_name=extract.name,
        sha256=sha256,
        newest_edit=read.newest_edit,
        area="" if area is None else area.name,
        area_key=area_key,
        loaded_at=now,
    )
    streets = Streets(source, read.graphs)
    save_streets(streets, path)
    use_streets(folder, path)
    return Loaded(streets, path, was_there=False)


def covered_share(extract: Path, area: Area) -> float | None:
    """How much of the place lies in the box the extract says it covers, 0 to 1; None where it says none."""
    try:
        bounds = osmium.io.Reader(str(extract), osmium.osm.NOTHING).header().box()
    except RuntimeError:
        return None
    if not bounds.valid():
        return None
    low, high = bounds.bottom_left, bounds.top_right
    inside = shapely.intersection(area.outlines, box(low.lon, low.lat, high.lon, high.lat))
    return float(inside.area / area.outlines.area)


def _known(path: Path) -> Streets | None:
    try:
        return read_streets(path) if path.is_file() else None
    except UnreadableFile:
        return None  # damaged: read the extract again


def _is_any_inside(
    outlines: BaseGeometry, lon: np.typing.NDArray[np.float64], lat: np.typing.NDArray[np.float64]
) -> bool:
    return bool(shapely.intersects_xy(outlines, lon, lat).any())
