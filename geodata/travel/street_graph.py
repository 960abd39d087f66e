"""One mode's streets as a graph: nodes with positions, directed edges with lengths, in compressed rows.

A graph is strongly connected: from every node one can get to every other and back. Whatever of the map is not tied
to the largest such part (a courtyard without a mapped gate, a one-way street out of the extract) is left out, so that
"reachable" is a question of a place's way to the nearest street only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geodata.coordinates import Floats, great_circle_m
from geodata.errors import InvalidValue
from geodata.stations.ordering import Rows
from geodata.travel.straight_line import TravelMode

_KMH_PER_M_S: Final = 3.6

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StreetGraph:
    """The streets of one mode; edges are sorted by start, then end, and occur once.

    Attributes
    ----------
    mode : TravelMode
    node_ids : int64 (n,)
        OpenStreetMap's ids. A node with a barrier that stops this mode occurs once for each of its street ends.
    lon, lat : float64 (n,)
        WGS-84 degrees.
    indptr : int64 (n + 1,)
        The edges out of node i are indptr[i]:indptr[i + 1].
    ends : int64 (e,)
        Where each edge leads.
    length_m : float64 (e,)
        Great circle between the edge's nodes.
    drive_s : float64 (e,)
        Driving time without traffic; empty for modes of one steady speed.
    left_out_count : int
        How many nodes of this mode's streets are not in the graph, being tied to it in one direction at most.
    """

    mode: TravelMode
    node_ids: Rows
    lon: Floats
    lat: Floats
    indptr: Rows
    ends: Rows
    length_m: Floats
    drive_s: Floats
    left_out_count: int = 0

    def __post_init__(self) -> None:
        nodes, edges = len(self.node_ids), len(self.ends)
        fits = (
            len(self.lon) == len(self.lat) == nodes
            and len(self.indptr) == nodes + 1
            and len(self.length_m) == edges
            and len(self.drive_s) in {0, edges}
            and (nodes == 0 or (self.indptr[0] == 0 and self.indptr[-1] == edges))
        )
        if not fits or (edges and not 0 <= self.ends.min() <= self.ends.max() < nodes):
            raise InvalidValue("The columns of a street graph do not fit together.", field="graph", code="shape")

    @property
    def node_count(self) -> int:
        """How many nodes there are."""
        return len(self.node_ids)

    @property
    def edge_count(self) -> int:
        """How many directed edges there are."""
        return len(self.ends)

    def starts(self) -> Rows:
        """Where each edge begins, (e,)."""
        return np.repeat(np.arange(self.node_count, dtype=np.int64), np.diff(self.indptr))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StreetPieces:
    """What one mode may use of the map: straight pieces between two nodes, before anything is connected.

    ``first`` and ``second`` are rows of the nodes; ``kmh`` columns count for driving only.
    """

    mode: TravelMode
    node_ids: Rows
    lon: Floats
    lat: Floats
    first: Rows
    second: Rows
    forward: Flags
    backward: Flags
    forward_kmh: Floats
    backward_kmh: Floats
    is_stop: Flags
    """(n,) whether a barrier at the node stops this mode."""


def connect(pieces: StreetPieces) -> StreetGraph:
    """The largest strongly connected part of these pieces, by nodes; of equal parts the one with the lowest row."""
    pieces = _cut_at_stops(pieces)
    start = np.concatenate((pieces.first[pieces.forward], pieces.second[pieces.backward]))
    end = np.concatenate((pieces.second[pieces.forward], pieces.first[pieces.backward]))
    kmh = np.concatenate((pieces.forward_kmh[pieces.forward], pieces.backward_kmh[pieces.backward]))
    keep = start != end
    start, end, kmh = start[keep], end[keep], kmh[keep]
    length_m = great_circle_m(pieces.lon[start], pieces.lat[start], pieces.lon[end], pieces.lat[end])
    drive_s = length_m / (kmh / _KMH_PER_M_S)
    order = np.lexsort((drive_s, end, start))
    first_of_pair = np.ones(len(order), dtype=bool)
    first_of_pair[1:] = (np.diff(start[order]) != 0) | (np.diff(end[order]) != 0)
    order = order[first_of_pair]
    start, end, length_m, drive_s = start[order], end[order], length_m[order], drive_s[order]
    node_count = len(pieces.node_ids)
    inside = _largest_part(start, end, node_count)
    used_count = len(np.unique(np.concatenate((start, end))))
    row_of = np.cumsum(inside, dtype=np.int64) - 1
    kept = inside[start] & inside[end]
    counts = np.bincount(row_of[start[kept]], minlength=int(inside.sum()))
    return StreetGraph(
        mode=pieces.mode,
        node_ids=pieces.node_ids[inside],
        lon=pieces.lon[inside],
        lat=pieces.lat[inside],
        indptr=np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts, dtype=np.int64))),
        ends=row_of[end[kept]],
        length_m=length_m[kept],
        drive_s=drive_s[kept] if pieces.mode is TravelMode.CAR else np.empty(0),
        left_out_count=used_count - int(inside.sum()),
    )


def _cut_at_stops(pieces: StreetPieces) -> StreetPieces:
    """The same pieces with a node of its own for each street end at a barrier: none leads through it."""
    first, second = pieces.first.copy(), pieces.second.copy()
    usable = pieces.forward | pieces.backward
    copied: list[Rows] = []
    next_row = len(pieces.node_ids)
    for ends in (first, second):
        at_stop = np.flatnonzero(pieces.is_stop[ends] & usable)
        copied.append(ends[at_stop])
        ends[at_stop] = next_row + np.arange(len(at_stop))
        next_row += len(at_stop)
    rows = np.concatenate((np.arange(len(pieces.node_ids)), *copied))
    return StreetPieces(
        mode=pieces.mode,
        node_ids=pieces.node_ids[rows],
        lon=pieces.lon[rows],
        lat=pieces.lat[rows],
        first=first,
        second=second,
        forward=pieces.forward,
        backward=pieces.backward,
        forward_kmh=pieces.forward_kmh,
        backward_kmh=pieces.backward_kmh,
        is_stop=pieces.is_stop[rows],
    )


def _largest_part(start: Rows, end: Rows, node_count: int) -> Flags:
    """(n,) whether a node is in the largest strongly connected part; a part has at least two nodes."""
    if not len(start):
        return np.zeros(node_count, dtype=bool)
    links = csr_array((np.ones(len(start), dtype=np.int8), (start, end)), shape=(node_count, node_count))
    _count, part = connected_components(links, directed=True, connection="strong")
    sizes = np.bincount(part)
    if sizes.max() < 2:
        return np.zeros(node_count, dtype=bool)
    candidates = np.flatnonzero(sizes == sizes.max())
    chosen = part[np.flatnonzero(np.isin(part, candidates))[0]]
    inside: Flags = part == chosen
    return inside
