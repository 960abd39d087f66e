"""Travel along streets at the size of a city: an invented grid of streets, one mode after the other.

Recorded beside bare scipy: one Dijkstra from all stations with nobody snapped and nothing added.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.measure import Spread, seconds_of, spreads_in_turns
from benchmarks.results import Figure, Section
from geodata.coordinates import Floats
from geodata.travel.straight_line import TravelMode
from geodata.travel.street_files import Streets, StreetSource
from geodata.travel.street_graph import StreetGraph, StreetPieces, connect
from geodata.travel.street_pairs import StreetTravel

_WEST: Final = 106.0
_SOUTH: Final = 38.3
_STEP_DEG: Final = 0.001
_WITHIN_S: Final = 900.0
_SEED: Final = 20262


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured: a grid of ``side`` × ``side`` corners."""

    side: int
    stations_count: int
    points_count: int
    rounds_count: int


FULL: Final = Effort(side=500, stations_count=420, points_count=10_000, rounds_count=3)
QUICK: Final = Effort(side=120, stations_count=60, points_count=2_000, rounds_count=3)


def measure(effort: Effort) -> Section:
    """Everything within a quarter of an hour, and the nearest, by each mode."""
    rng = np.random.default_rng(_SEED)
    started_s = time.perf_counter()
    streets = _grid(effort.side)
    built_s = time.perf_counter() - started_s
    extent_deg = effort.side * _STEP_DEG
    points = rng.uniform(0, extent_deg, (effort.points_count, 2)) + np.array((_WEST, _SOUTH))
    stations = points[: effort.stations_count].copy() + 0.0003
    figures = [Figure("building the graphs of three modes", Spread.of(built_s), "s")]
    for mode in TravelMode:
        figures += _one_mode(StreetTravel(streets=streets, mode=mode), points, stations, effort)
    nodes = streets.graphs[TravelMode.WALK].node_count
    return Section(
        "Travel along streets",
        tuple(figures),
        notes=(
            f"An invented grid: {nodes:,} corners, {effort.stations_count} stations, {effort.points_count:,} points.",
            "Every third road is one-way for vehicles. Pairs are searched station by station, the nearest at once.",
            "Bare scipy: that one search between corners, without snapping anything.",
        ),
    )


def _one_mode(travel: StreetTravel, points: Floats, stations: Floats, effort: Effort) -> list[Figure]:
    mode = travel.mode.value
    snapping_s = seconds_of(lambda: travel.snap(points[:, 0], points[:, 1]))
    sides = points[:, 0], points[:, 1], stations[:, 0], stations[:, 1]
    graph = travel.paths.graph
    shape = graph.node_count, graph.node_count
    bare: csr_array = csr_array((graph.length_m, graph.ends, graph.indptr), shape=shape)
    corners = np.linspace(0, graph.node_count - 1, len(stations)).astype(np.int64)
    spreads = spreads_in_turns(
        {
            "pairs": lambda: seconds_of(lambda: travel.pairs(*sides, reach_m=None, reach_s=_WITHIN_S)),
            "nearest": lambda: seconds_of(lambda: travel.nearest(*sides)),
            "bare": lambda: seconds_of(lambda: dijkstra(bare, indices=corners, min_only=True)),
        },
        effort.rounds_count,
    )
    return [
        Figure(f"{mode}: first snapping, index included", Spread.of(snapping_s), "s"),
        Figure(f"{mode}: pairs within 15 min", spreads["pairs"], "s"),
        Figure(f"{mode}: nearest of all stations", spreads["nearest"], "s"),
        Figure(f"{mode}: nearest ÷ bare scipy", spreads["nearest"].over(spreads["bare"])),
    ]


def _grid(side: int) -> Streets:
    """Corners a thousandth of a degree apart; every third road from south to north is one-way for vehicles."""
    row, column = np.divmod(np.arange(side * side), side)
    corner = np.arange(side * side)
    east, north = corner[column < side - 1], corner[row < side - 1]
    first, second = np.concatenate((east, north)), np.concatenate((east + 1, north + side))
    is_one_way = np.concatenate((np.zeros(len(east), dtype=bool), column[north] % 3 == 1))
    kmh = np.where(np.concatenate((row[east], column[north])) % 5 == 0, 50.0, 30.0)
    graphs: dict[TravelMode, StreetGraph] = {}
    for mode in TravelMode:
        pieces = StreetPieces(
            mode=mode,
            node_ids=corner,
            lon=_WEST + column * _STEP_DEG,
            lat=_SOUTH + row * _STEP_DEG,
            first=first,
            second=second,
            forward=np.ones(len(first), dtype=bool),
            backward=~is_one_way if mode is not TravelMode.WALK else np.ones(len(first), dtype=bool),
            forward_kmh=kmh,
            backward_kmh=kmh,
            is_stop=np.zeros(side * side, dtype=bool),
        )
        graphs[mode] = connect(pieces)
    source = StreetSource(
        file_name="invented",
        sha256="",
        newest_edit=None,
        area="",
        area_key="whole",
        loaded_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return Streets(source, graphs)
