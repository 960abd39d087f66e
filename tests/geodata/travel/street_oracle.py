"""Travel along streets worked out slowly, with networkx and plain loops: what the fast code is held against."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import networkx as nx
import numpy as np
import osmium

from geodata.coordinates import great_circle_m
from geodata.travel.straight_line import TravelMode
from geodata.travel.street_rules import car_speeds, direction_of, stops

Graph: TypeAlias = "nx.DiGraph[Any]"


def graph_of(path: Path, mode: TravelMode) -> Graph:
    """The largest strongly connected part, edges with ``metres`` and ``seconds``; nodes by OpenStreetMap id."""
    where, blocked = {}, set()
    graph: Graph = nx.DiGraph()
    for entity in osmium.FileProcessor(str(path)):
        if isinstance(entity, osmium.osm.Node):
            where[entity.id] = (entity.lon, entity.lat)
            if "barrier" in entity.tags and stops({tag.k: tag.v for tag in entity.tags}, mode):
                blocked.add(entity.id)
        elif isinstance(entity, osmium.osm.Way) and "highway" in entity.tags:
            _add_way(graph, entity, mode, where, blocked)
    largest = max(nx.strongly_connected_components(graph), key=len)
    return graph.subgraph(largest).copy()


def _add_way(
    graph: Graph, way: osmium.osm.Way, mode: TravelMode, where: dict[int, tuple[float, float]], blocked: set[int]
) -> None:
    tags = {tag.k: tag.v for tag in way.tags}
    forward, backward = direction_of(tags, mode).value
    speeds = car_speeds(tags)
    nodes = [node.ref for node in way.nodes]
    for position, (a, b) in enumerate(pairwise(nodes)):
        if a == b or a not in where or b not in where:
            continue
        metres = float(great_circle_m(*where[a], *where[b]))
        # A barrier cuts: on either side of it the street ends in a node of its own.
        first = (a, way.id, position, "from") if a in blocked else a
        second = (b, way.id, position, "to") if b in blocked else b
        for start, end, allowed, kmh in (
            (first, second, forward, speeds.forward_kmh),
            (second, first, backward, speeds.backward_kmh),
        ):
            seconds = metres / (kmh / 3.6)
            if allowed and seconds < graph.get_edge_data(start, end, {"seconds": math.inf})["seconds"]:
                graph.add_edge(start, end, metres=metres, seconds=seconds)
            if allowed:
                graph.nodes[start]["at"], graph.nodes[end]["at"] = (
                    where[a if start == first else b],
                    where[b if end == second else a],
                )


def nearest_street_m(graph: Graph, lon: float, lat: float) -> float:
    """How far the nearest street is, by trying every piece in a plane around the place; metres."""
    ends = np.array([(*graph.nodes[a]["at"], *graph.nodes[b]["at"]) for a, b in graph.edges])
    one_degree_m = float(great_circle_m(lon, lat - 0.5, lon, lat + 0.5))
    scale = np.array([math.cos(math.radians(lat)), 1.0] * 2) * one_degree_m
    ax, ay, bx, by = ((ends - (lon, lat, lon, lat)) * scale).T
    dx, dy = bx - ax, by - ay
    squared = np.maximum(dx * dx + dy * dy, 1e-12)
    share = np.clip(-(ax * dx + ay * dy) / squared, 0.0, 1.0)
    return float(np.hypot(ax + share * dx, ay + share * dy).min())


def with_places(graph: Graph, places: Sequence[tuple[object, int, int, float]]) -> Graph:
    """The graph with places as nodes: (name, first node, second node, how far along from first to second)."""
    wider = graph.copy()
    for name, first, second, share in places:
        for corner, is_there in ((first, share == 0.0), (second, share == 1.0)):
            if is_there:
                _join(wider, name, corner)
        for other, *piece, other_share in places:
            if piece == [first, second] and other_share == share and other != name:
                _join(wider, name, other)
    for first, second in {(first, second) for _name, first, second, _share in places}:
        on_it = sorted((share, name) for name, *piece, share in places if piece == [first, second])
        ways = [(first, second, [(0.0, first), *on_it, (1.0, second)])]
        ways.append((second, first, [(1 - share, name) for share, name in reversed(ways[0][2])]))
        for start, end, stops_on_it in ways:
            edge = graph.get_edge_data(start, end)
            for (share, name), (next_share, next_name) in pairwise(stops_on_it if edge else ()):
                part = {key: (next_share - share) * value for key, value in edge.items()}
                if part["seconds"] <= wider.get_edge_data(name, next_name, {"seconds": math.inf})["seconds"]:
                    wider.add_edge(name, next_name, **part)
    return wider


def _join(graph: Graph, one: object, other: object) -> None:
    graph.add_edge(one, other, metres=0.0, seconds=0.0)
    graph.add_edge(other, one, metres=0.0, seconds=0.0)
