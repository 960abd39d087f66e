"""Shortest ways between places tied to one mode's streets.

A way leads from the place to the nearest point of a street on foot (the leg), along the streets, and from the
nearest point of a street to the station on foot. Of all ways along the streets the *quickest* counts; its length is
the distance. Walking and cycling have one speed, so there the quickest is the shortest.

Searches start at the stations and run against the direction of travel, so one search a station answers all points,
one-way streets included. Each station becomes one more node of the reversed graph, tied to the two nodes of its piece
of street; scipy's Dijkstra does the rest, with a cut-off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geodata.coordinates import Floats
from geodata.stations.ordering import Rows
from geodata.travel.street_graph import StreetGraph
from geodata.travel.street_snapping import NO_ROW, Snapped, Snapper

_CELLS_AT_ONCE: Final = 4_000_000
"""Entries of a table of costs held at once: 32 MB."""
_SLACK: Final = 1 + 1e-9
_NO_PREDECESSOR: Final = -9999


@dataclass(frozen=True, slots=True, eq=False)
class Tied:
    """Places on the streets: what it costs to leave their piece of street, or to arrive, at either end.

    All (p,): ``first`` and ``second`` are nodes; costs are infinite where a one-way street forbids it.
    ``…_m`` are the lengths that go with the costs.
    """

    segment: Rows
    share: Floats
    first: Rows
    second: Rows
    leave_first: Floats
    leave_second: Floats
    arrive_first: Floats
    arrive_second: Floats
    length_m: Floats
    """Of the whole piece of street."""

    def to_first_m(self) -> Floats:
        """Metres between the place and the piece's first node."""
        metres: Floats = self.share * self.length_m
        return metres

    def to_second_m(self) -> Floats:
        """Metres between the place and the piece's second node."""
        metres: Floats = (1 - self.share) * self.length_m
        return metres


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Costs and lengths from points ``at:at+len`` to a few stations: (stations, points); infinite beyond the limit."""

    station_at: int
    point_at: int
    cost: Floats
    length_m: Floats


class StreetPaths:
    """One mode's streets, ready to be searched. ``cost`` is metres for one-speed modes, driving seconds for cars.

    Building it sorts the edges and the pieces of street once; searches share it and change nothing.
    """

    def __init__(self, graph: StreetGraph) -> None:
        self.graph = graph
        self.cost = graph.drive_s if len(graph.drive_s) else graph.length_m
        self.costs_are_metres = not len(graph.drive_s)

    @cached_property
    def snapper(self) -> Snapper:
        """Where places are tied to these streets."""
        return Snapper(self.graph)

    @cached_property
    def _reversed(self) -> csr_array:
        """Rows of edges by their end; each entry is an edge's row."""
        shape = (self.graph.node_count, self.graph.node_count)
        edges = np.arange(self.graph.edge_count, dtype=np.int64)
        return csr_array(csr_array((edges, self.graph.ends, self.graph.indptr), shape=shape).T.tocsr())

    def tie(self, places: Snapped) -> Tied:
        """What leaving and arriving costs at places that are all on a street."""
        segments = self.snapper.segments
        segment, share = places.segment, places.share
        forward = self._edge_cost(segments.forward[segment])
        backward = self._edge_cost(segments.backward[segment])
        at_first, at_second = share == 0.0, share == 1.0
        some_edge = np.where(segments.forward[segment] == NO_ROW, segments.backward[segment], segments.forward[segment])
        return Tied(
            segment=segment,
            share=share,
            first=segments.first[segment],
            second=segments.second[segment],
            leave_first=np.where(at_first, 0.0, _part(share, backward)),
            leave_second=np.where(at_second, 0.0, _part(1 - share, forward)),
            arrive_first=np.where(at_first, 0.0, _part(share, forward)),
            arrive_second=np.where(at_second, 0.0, _part(1 - share, backward)),
            length_m=self.graph.length_m[some_edge] if len(some_edge) else np.empty(0),
        )

    def costs_to(self, stations: Tied, limit: float) -> Iterator[tuple[int, Floats, Floats]]:
        """Searches, some stations at a time: (first station, cost, length_m), both (stations, nodes).

        Entry (s, n) is the way from node n to station s; infinite beyond ``limit``. A length is NaN there.
        """
        links, edge_m = self._with_stations(stations, np.zeros(len(stations.segment)))
        nodes, count = self.graph.node_count, len(stations.segment)
        at_once = max(1, _CELLS_AT_ONCE // max(links.shape[0], 1))
        for at in range(0, count, at_once):
            rows = np.arange(nodes + at, nodes + min(at + at_once, count))
            if self.costs_are_metres:
                cost = np.atleast_2d(dijkstra(links, indices=rows, limit=limit))
                yield at, cost[:, :nodes], cost[:, :nodes]
                continue
            cost, before = dijkstra(links, indices=rows, limit=limit, return_predecessors=True)
            cost, before = np.atleast_2d(cost), np.atleast_2d(before)
            length_m = np.stack([lengths_of_tree(links, edge_m, before_one) for before_one in before])
            yield at, cost[:, :nodes], length_m[:, :nodes]

    def blocks(self, points: Tied, stations: Tied, limit: float) -> Iterator[Block]:
        """All ways along the streets of at most ``limit`` in cost, without legs, a block at a time."""
        for station_at, node_cost, node_m in self.costs_to(stations, limit):
            some = slice(station_at, station_at + len(node_cost))
            step = max(1, _CELLS_AT_ONCE // (4 * len(node_cost)))
            for point_at in range(0, len(points.segment), step):
                part = part_of(points, slice(point_at, point_at + step))
                cost, length_m = _from_points(part, node_cost, node_m)
                straight_on, straight_on_m = self.along_one_piece(part, part_of(stations, some))
                shorter = straight_on < cost
                cost = np.where(shorter, straight_on, cost)
                yield Block(station_at, point_at, cost, np.where(shorter, straight_on_m, length_m))

    def along_one_piece(self, points: Tied, stations: Tied) -> tuple[Floats, Floats]:
        """Costs and lengths (stations, points) where both are on one piece of street and its direction allows."""
        cost = np.full((len(stations.segment), len(points.segment)), np.inf)
        length_m = np.full_like(cost, np.inf)
        station, point = pairs_on_one_piece(points, stations)
        cost[station, point], length_m[station, point] = self.on_one_piece(points, point, stations, station)
        return cost, length_m

    def on_one_piece(self, points: Tied, point: Rows, stations: Tied, station: Rows) -> tuple[Floats, Floats]:
        """The same for pairs (point, station) that share a piece of street: (m,) each."""
        segments, segment = self.snapper.segments, points.segment[point]
        ahead = stations.share[station] - points.share[point]
        edge = np.where(ahead >= 0, segments.forward[segment], segments.backward[segment])
        cost = _part(np.abs(ahead), self._edge_cost(edge))
        return np.where(ahead == 0, 0.0, cost), np.abs(ahead) * points.length_m[point]

    def nearest(self, stations: Tied, head_start: Floats, limit: float) -> tuple[Floats, Rows, Floats]:
        """One search from all stations: (cost, station, length_m) from each node, (n,).

        ``head_start`` (s,) is what each station's own leg costs. Beyond the limit: infinite, ``NO_ROW``, NaN.
        """
        nodes, count = self.graph.node_count, len(stations.segment)
        links, edge_m = self._with_stations(stations, head_start)
        rows = np.arange(nodes, nodes + count)
        cost, before, source = dijkstra(links, indices=rows, limit=limit, min_only=True, return_predecessors=True)
        station = np.where(np.isfinite(cost), source - nodes, NO_ROW)
        if self.costs_are_metres:
            length_m = cost - head_start[station] if count else np.full(len(cost), np.nan)
            return cost[:nodes], station[:nodes], length_m[:nodes]
        length_m = lengths_of_tree(links, edge_m, before)
        return cost[:nodes], station[:nodes], length_m[:nodes]

    def _with_stations(self, stations: Tied, head_start: Floats) -> tuple[csr_array, Floats]:
        """The reversed graph with one more node a station, and each entry's length in metres."""
        back = self._reversed
        ends = np.column_stack((stations.first, stations.second)).ravel()
        costs = np.column_stack((stations.arrive_first, stations.arrive_second))
        metres = np.column_stack((stations.to_first_m(), stations.to_second_m())).ravel()
        usable = np.isfinite(costs)
        costs = (costs + head_start[:, None]).ravel()
        keep = usable.ravel()
        indptr = np.concatenate((back.indptr, back.indptr[-1] + np.cumsum(usable.sum(axis=1))))
        indices = np.concatenate((back.indices, ends[keep]))
        size = self.graph.node_count + len(stations.segment)
        links = csr_array((np.concatenate((self.cost[back.data], costs[keep])), indices, indptr), shape=(size, size))
        return links, np.concatenate((self.graph.length_m[back.data], metres[keep]))

    def _edge_cost(self, edge: Rows) -> Floats:
        if not len(self.cost):
            return np.full(len(edge), np.inf)
        return np.where(edge == NO_ROW, np.inf, self.cost[edge])


def part_of(tied: Tied, some: slice | Rows) -> Tied:
    """Some of the places."""
    return Tied(
        segment=tied.segment[some],
        share=tied.share[some],
        first=tied.first[some],
        second=tied.second[some],
        leave_first=tied.leave_first[some],
        leave_second=tied.leave_second[some],
        arrive_first=tied.arrive_first[some],
        arrive_second=tied.arrive_second[some],
        length_m=tied.length_m[some],
    )


def lengths_of_tree(links: csr_array, edge_m: Floats, before: NDArray[np.integer[Any]]) -> Floats:
    """Metres from the root of a search's tree to every node along it, (n,); NaN where it did not get.

    Every node holds the metres to a node nearer to the root; in each round that node's own are added and its
    next taken over, so the reach doubles: rounds grow with the logarithm of the tree's depth.
    """
    node = np.flatnonzero(before != _NO_PREDECESSOR)
    length_m = np.full(len(before), np.nan)
    is_root = np.zeros(len(before), dtype=bool)
    is_root[before[node]] = True
    is_root[node] = False
    length_m[is_root] = 0.0
    step_m = np.zeros(len(before))
    step_m[node] = edge_m[_edges_between(links, before[node], node)]
    ahead = np.arange(len(before))
    ahead[node] = before[node]
    while node.size:
        upper = ahead[node]
        step_m[node] += step_m[upper]
        following = ahead[upper]
        done = following == upper
        ahead[node] = following
        length_m[node[done]] = step_m[node[done]]
        node = node[~done]
    return length_m


def _edges_between(links: csr_array, start: NDArray[np.integer[Any]], end: Rows) -> Rows:
    """The entry of each edge start → end; every one exists."""
    found = np.full(len(start), NO_ROW, dtype=np.int64)
    looking = np.arange(len(start))
    at = links.indptr[start].astype(np.int64)
    while looking.size:
        hit = links.indices[at[looking]] == end[looking]
        found[looking[hit]] = at[looking[hit]]
        looking = looking[~hit]
        at[looking] += 1
    return found


def _from_points(points: Tied, node_cost: Floats, node_m: Floats) -> tuple[Floats, Floats]:
    """Costs and lengths (stations, points) by way of the better end of each point's piece of street."""
    by_first = points.leave_first + node_cost[:, points.first]
    by_second = points.leave_second + node_cost[:, points.second]
    first_m = points.to_first_m() + node_m[:, points.first]
    second_m = points.to_second_m() + node_m[:, points.second]
    return np.minimum(by_first, by_second), np.where(by_first <= by_second, first_m, second_m)


def _part(share: Floats, cost: Floats) -> Floats:
    """That share of a cost; infinite where the cost is, even of no share."""
    return np.where(np.isfinite(cost), share * np.where(np.isfinite(cost), cost, 0.0), np.inf)


def pairs_on_one_piece(points: Tied, stations: Tied) -> tuple[Rows, Rows]:
    """All (station, point) that share a piece of street, by station."""
    order = np.argsort(points.segment, kind="stable")
    low = np.searchsorted(points.segment[order], stations.segment, side="left")
    high = np.searchsorted(points.segment[order], stations.segment, side="right")
    counts = high - low
    station = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    within = np.arange(len(station)) - np.repeat(np.cumsum(counts) - counts, counts)
    return station, order[low[station] + within]
