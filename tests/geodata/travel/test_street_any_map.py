"""Travel along streets on maps and between places that nobody chose, against networkx."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.coordinates import great_circle_m
from geodata.travel.straight_line import TravelMode
from geodata.travel.street_pairs import StreetTravel
from tests.geodata.travel import street_oracle
from tests.geodata.travel.street_maps import asked, at, streets_of, times, write_map

WALK, EBIKE, CAR = TravelMode.WALK, TravelMode.EBIKE, TravelMode.CAR
WALK_M_S = 4.8 / 3.6
ROAD = {"highway": "residential"}

_KINDS = st.sampled_from(["yes", "-1", "no"])
_WAYS = st.lists(
    st.tuples(st.lists(st.integers(1, 9), min_size=2, max_size=4), _KINDS, st.sampled_from(["20", "60"])),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25)
@given(ways=_WAYS, bollards=st.sets(st.integers(1, 9), max_size=2))
def test_on_any_map_ways_between_nodes_are_those_of_networkx(
    tmp_path_factory: pytest.TempPathFactory, ways: list[tuple[list[int], str, str]], bollards: set[int]
) -> None:
    places: dict[int, tuple[float, float]] = {n: (2 * (n % 3) + 0.1 * n, 2 * (n // 3)) for n in range(1, 10)}
    drawn = [(nodes, {**ROAD, "oneway": oneway, "maxspeed": kmh}) for nodes, oneway, kmh in ways]
    drawn.append(([1, 2, 3, 6, 9, 8, 7, 4, 1], ROAD))
    path = tmp_path_factory.mktemp("any") / "map.osm.pbf"
    write_map(path, places, drawn, {node: {"barrier": "bollard"} for node in bollards - {1, 2, 3}})
    oracle = street_oracle.graph_of(path, CAR)
    nodes = [node for node in oracle if isinstance(node, int)]
    travel = StreetTravel(streets=streets_of(path), mode=CAR)

    found = times(asked(travel, [oracle.nodes[n]["at"] for n in nodes], [oracle.nodes[n]["at"] for n in nodes]))

    for row, start in enumerate(nodes):
        ways_s = nx.single_source_dijkstra_path_length(oracle, start, weight="seconds")
        for column, goal in enumerate(nodes):
            assert found[row, column][1] == pytest.approx(ways_s[goal], rel=1e-9, abs=1e-9)


_PLACES = st.lists(st.tuples(st.integers(0, 24), st.integers(0, 24)), min_size=1, max_size=6)


@settings(max_examples=25)
@given(ways=_WAYS, starts=_PLACES, goals=_PLACES, mode=st.sampled_from(list(TravelMode)))
def test_on_any_map_ways_between_any_places_are_those_of_networkx(
    tmp_path_factory: pytest.TempPathFactory,
    ways: list[tuple[list[int], str, str]],
    starts: list[tuple[int, int]],
    goals: list[tuple[int, int]],
    mode: TravelMode,
) -> None:
    places: dict[int, tuple[float, float]] = {n: (2.0 * (n % 3), 2.0 * (n // 3)) for n in range(1, 10)}
    drawn = [(nodes, {**ROAD, "oneway": oneway, "maxspeed": kmh}) for nodes, oneway, kmh in ways]
    path = write_map(tmp_path_factory.mktemp("any") / "map.osm.pbf", places, [*drawn, ([1, 2, 5, 4, 1], ROAD)])
    travel = StreetTravel(streets=streets_of(path), mode=mode, snap_limit_m=2000.0)
    sides = [np.array([at(column / 4, row / 4) for column, row in side]) for side in (starts, goals)]

    pairs = travel.pairs(*sides[0].T, *sides[1].T, reach_m=None, reach_s=None)
    nearest = travel.nearest(*sides[0].T, *sides[1].T)

    found = times(pairs)
    segments, ids = travel.paths.snapper.segments, travel.paths.graph.node_ids
    tied = [travel.snap(*side.T) for side in sides]
    named = [
        ((side, row), int(ids[segments.first[piece]]), int(ids[segments.second[piece]]), float(snapped.share[row]))
        for side, snapped in enumerate(tied)
        for row, piece in enumerate(snapped.segment.tolist())
    ]
    oracle = street_oracle.with_places(street_oracle.graph_of(path, mode), named)
    speed_m_s = {WALK: 4.8, EBIKE: 18.0}.get(mode, math.nan) / 3.6
    for row, start in enumerate(sides[0]):
        costs = nx.single_source_dijkstra_path_length(oracle, (0, row), weight="seconds" if mode is CAR else "metres")
        for column, goal in enumerate(sides[1]):
            legs_m = tied[0].leg_m[row] + tied[1].leg_m[column]
            straight_m = float(great_circle_m(*start, *goal))
            along_s = costs[1, column] if mode is CAR else costs[1, column] / speed_m_s
            expected_s = (min(straight_m, legs_m)) / WALK_M_S
            expected_s += 0.0 if straight_m <= legs_m else along_s
            assert found[row, column][1] == pytest.approx(expected_s, rel=1e-9, abs=1e-7)
        assert nearest.time_s[row] == pytest.approx(
            min(found[row, column][1] for column in range(len(goals))), abs=1e-7
        )
