"""An OpenStreetMap extract (.osm.pbf) as the street graphs of the three modes.

The file is read twice, never held: once for the ways, whose nodes' positions osmium keeps in a table of its own (on
disk for large files), and once for the barriers. Only ways near the place are kept, so memory follows the place and
not the file.
"""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import osmium
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.coordinates import BBox
from geodata.errors import UnreadableFile
from geodata.stations.ordering import Rows
from geodata.travel.straight_line import TravelMode
from geodata.travel.street_graph import Flags, StreetGraph, StreetPieces, connect
from geodata.travel.street_rules import Direction, car_speeds, direction_of, stops

Progress = Callable[[str, int], None]
"""Told a stage ("ways", "barriers", then a mode's code) and how many were read, or the nodes of that graph."""

MODES: Final = (TravelMode.WALK, TravelMode.EBIKE, TravelMode.CAR)
_STEPS_PER_DEGREE: Final = 1e7
_PROGRESS_EVERY: Final = 50_000
_LARGE_FILE_BYTES: Final = 400_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReadStreets:
    """What an extract holds: a graph a mode, and the day of the newest way that was kept."""

    graphs: Mapping[TravelMode, StreetGraph]
    newest_edit: date | None
    missing_node_count: int
    """How often a way names a node that is not in the file: its street is cut there."""


@dataclass(slots=True)
class _Ways:
    """The straight pieces of the ways that were kept, in growing columns."""

    first_ids: array[int] = field(default_factory=lambda: array("q"))
    second_ids: array[int] = field(default_factory=lambda: array("q"))
    corners: array[int] = field(default_factory=lambda: array("i"))
    """Four a piece: x and y of its first node, x and y of its second, in steps of 1e-7 degrees."""
    directions: array[int] = field(default_factory=lambda: array("B"))
    """Two bits a mode: forward, backward."""
    forward_kmh: array[float] = field(default_factory=lambda: array("f"))
    backward_kmh: array[float] = field(default_factory=lambda: array("f"))
    way_count: int = 0
    missing_node_count: int = 0
    newest: datetime | None = None


def read_extract(
    path: Path, area: BaseGeometry | None, progress: Progress = lambda _stage, _count: None
) -> ReadStreets:
    """The streets of an extract, of each mode the largest part that hangs together.

    Parameters
    ----------
    area : Polygon or MultiPolygon, WGS-84 degrees, optional
        Pieces of street with an end in it are kept; None keeps all.

    Raises
    ------
    UnreadableFile
        It is no extract, is cut off, holds no streets, or none in the area.
    """
    try:
        ways = _read_ways(path, area, progress)
        if not len(ways.first_ids):
            raise _without_streets(ways, in_area=area is not None)
        return _graphs_of(path, ways, area, progress)
    except RuntimeError as fault:  # osmium's one error for whatever is wrong with a file
        raise UnreadableFile(
            f"{path.name} cannot be read as an OpenStreetMap extract (.osm.pbf): {fault}. "
            "If the download was interrupted, download it again.",
            f"无法把 {path.name} 作为 OpenStreetMap 提取文件（.osm.pbf）读取：{fault}。如果下载曾中断，请重新下载。",
        ) from fault


def _without_streets(ways: _Ways, *, in_area: bool) -> UnreadableFile:
    if ways.way_count and in_area:
        return UnreadableFile(
            "The extract has streets, but none of them in this place. Use an extract that covers it, another place, "
            "or --whole to keep all of it.",
            "该提取文件中的街道都不在本地范围内。请换用覆盖本地的文件，或指定另一城市，或用 --whole 保留全部。",
        )
    return UnreadableFile("The extract holds no streets.", "该提取文件中没有街道。")


def _read_ways(path: Path, area: BaseGeometry | None, progress: Progress) -> _Ways:
    box = None if area is None else BBox(*area.bounds)
    ways = _Ways()
    with tempfile.TemporaryDirectory(prefix="streets-") as scratch:
        table = f"sparse_file_array,{scratch}/nodes" if path.stat().st_size > _LARGE_FILE_BYTES else "flex_mem"
        streets = (
            osmium.FileProcessor(str(path))
            .with_locations(table)
            .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
            .with_filter(osmium.filter.KeyFilter("highway"))
        )
        for way in streets:
            assert isinstance(way, osmium.osm.Way)  # noqa: S101 - the filter above leaves nothing else
            ways.way_count += 1
            if ways.way_count % _PROGRESS_EVERY == 0:
                progress("ways", ways.way_count)
            _keep_way(way, box, ways)
    progress("ways", ways.way_count)
    return ways


def _keep_way(way: osmium.osm.Way, box: BBox | None, ways: _Ways) -> None:
    tags = {tag.k: tag.v for tag in way.tags}
    directions = [direction_of(tags, mode) for mode in MODES]
    if all(direction is Direction.NONE for direction in directions):
        return
    bits = sum((d.value[0] | d.value[1] << 1) << (2 * position) for position, d in enumerate(directions))
    runs = list(_runs(way, ways))
    if box is not None and not any(_touches(run, box) for run in runs):
        return
    speeds = car_speeds(tags)
    for run in runs:
        for (first_id, x1, y1), (second_id, x2, y2) in pairwise(run):
            ways.first_ids.append(first_id)
            ways.second_ids.append(second_id)
            ways.corners.extend((x1, y1, x2, y2))
            ways.directions.append(bits)
            ways.forward_kmh.append(speeds.forward_kmh)
            ways.backward_kmh.append(speeds.backward_kmh)
    if ways.newest is None or way.timestamp > ways.newest:
        ways.newest = way.timestamp


def _runs(way: osmium.osm.Way, ways: _Ways) -> Iterator[list[tuple[int, int, int]]]:
    """The way's nodes (id, x, y) in steps, cut where a node is missing."""
    run: list[tuple[int, int, int]] = []
    for node in way.nodes:
        place = node.location
        if place.valid():
            run.append((node.ref, place.x, place.y))
            continue
        ways.missing_node_count += 1
        if len(run) > 1:
            yield run
        run = []
    if len(run) > 1:
        yield run


def _touches(run: list[tuple[int, int, int]], box: BBox) -> bool:
    west, south, east, north = (round(side * _STEPS_PER_DEGREE) for side in (box.west, box.south, box.east, box.north))
    return any(west <= x <= east and south <= y <= north for _id, x, y in run)


def _graphs_of(path: Path, ways: _Ways, area: BaseGeometry | None, progress: Progress) -> ReadStreets:
    ends = np.concatenate((np.frombuffer(ways.first_ids, np.int64), np.frombuffer(ways.second_ids, np.int64)))
    corners = np.frombuffer(ways.corners, np.int32).reshape(-1, 4) / _STEPS_PER_DEGREE
    node_ids, at, rows = np.unique(ends, return_index=True, return_inverse=True)
    lon, lat = np.concatenate((corners[:, :2], corners[:, 2:]))[at].T.copy()
    first, second = rows.reshape(2, -1)
    kept = np.ones(len(first), dtype=bool)
    if area is not None:
        shapely.prepare(area)
        inside = shapely.intersects_xy(area, lon, lat)
        kept = inside[first] | inside[second]
    if not kept.any():
        raise _without_streets(ways, in_area=True)
    stopped = _read_stops(path, node_ids, progress)
    bits = np.frombuffer(ways.directions, np.uint8)[kept]
    forward_kmh = np.frombuffer(ways.forward_kmh, np.float32)[kept].astype(np.float64)
    backward_kmh = np.frombuffer(ways.backward_kmh, np.float32)[kept].astype(np.float64)
    graphs = {}
    for position, mode in enumerate(MODES):
        pieces = StreetPieces(
            mode=mode,
            node_ids=node_ids,
            lon=lon,
            lat=lat,
            first=first[kept],
            second=second[kept],
            forward=(bits >> 2 * position & 1).astype(bool),
            backward=(bits >> 2 * position + 1 & 1).astype(bool),
            forward_kmh=forward_kmh,
            backward_kmh=backward_kmh,
            is_stop=stopped[mode],
        )
        graphs[mode] = connect(pieces)
        progress(mode.value, graphs[mode].node_count)
    newest = ways.newest.date() if ways.newest is not None and ways.newest.year > 1970 else None
    return ReadStreets(graphs=graphs, newest_edit=newest, missing_node_count=ways.missing_node_count)


def _read_stops(path: Path, node_ids: Rows, progress: Progress) -> dict[TravelMode, Flags]:
    """(n,) a mode: whether a barrier at the node stops it. ``node_ids`` are sorted."""
    stopped = {mode: np.zeros(len(node_ids), dtype=bool) for mode in MODES}
    count = 0
    barriers = osmium.FileProcessor(str(path), osmium.osm.NODE).with_filter(osmium.filter.KeyFilter("barrier"))
    for node in barriers:
        count += 1
        row = int(np.searchsorted(node_ids, node.id))
        if row < len(node_ids) and node_ids[row] == node.id:
            tags = {tag.k: tag.v for tag in node.tags}
            for mode in MODES:
                stopped[mode][row] = stops(tags, mode)
    progress("barriers", count)
    return stopped
