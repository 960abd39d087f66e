"""Shapes of H3 cells: which of them touch, and the outline of several as one.

H3 writes latitude first; nothing outside this module sees that.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import h3
import h3.api.numpy_int as h3_by_number
import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.polygon import orient

from geodata.coverage.reach import Mask
from geodata.stations.ordering import Rows

Outline = Polygon | MultiPolygon


@dataclass(frozen=True, slots=True, eq=False)
class Touching:
    """Which of n cells of one size share a border: pairs of their rows, (m,) and (m,), each pair both ways."""

    cell_count: int
    first: Rows
    second: Rows

    @classmethod
    def among(cls, cells: Sequence[str]) -> Touching:
        """The pairs of these cells, which are listed once each."""
        numbers = np.array([h3.str_to_int(cell) for cell in cells], dtype=np.uint64)
        if len(numbers) == 0:
            return cls(0, np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
        disks = [h3_by_number.grid_disk(int(number), 1) for number in numbers]
        rows = np.repeat(np.arange(len(numbers)), [len(disk) for disk in disks])
        order = np.argsort(numbers)
        near = np.concatenate(disks)
        places = np.minimum(np.searchsorted(numbers, near, sorter=order), len(numbers) - 1)
        others = order[places]
        is_pair = (numbers[others] == near) & (others != rows)
        return cls(len(numbers), rows[is_pair], others[is_pair])

    def groups(self, chosen: Mask) -> list[Rows]:
        """The chosen cells in groups that touch: rows in order, the groups by their first row. (n,) to a list."""
        both = chosen[self.first] & chosen[self.second]
        ties = coo_array(
            (np.ones(np.count_nonzero(both), dtype=np.int8), (self.first[both], self.second[both])),
            shape=(self.cell_count, self.cell_count),
        )
        _count, labels = connected_components(ties, directed=False)
        rows = np.flatnonzero(chosen)
        if len(rows) == 0:
            return []
        by_label = rows[np.argsort(labels[rows], kind="stable")]
        cuts = np.flatnonzero(np.diff(labels[by_label])) + 1
        return sorted(np.split(by_label, cuts), key=lambda group: int(group[0]))


def outline_of(cells: Collection[str]) -> Outline:
    """The cells' area as one shape in WGS-84 degrees; outer rings run anticlockwise, holes clockwise."""
    shape = h3.cells_to_h3shape(cells)
    parts = [shape] if isinstance(shape, h3.LatLngPoly) else list(shape)
    polygons = [
        orient(Polygon(_flipped(part.outer), [_flipped(hole) for hole in part.holes]), sign=1.0) for part in parts
    ]
    return polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)


def _flipped(ring: Collection[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(lon, lat) for lat, lon in ring]
