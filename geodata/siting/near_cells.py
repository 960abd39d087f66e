"""The cells of a cost matrix that matter: those of some rows up to a roof, read once and cut at any radius below."""

from __future__ import annotations

from typing import Final

import numpy as np

from geodata.siting.covers import Covers
from geodata.siting.solution import Floats, Mask, Rows

_BLOCK_CELLS: Final = 500_000


class NearCells:
    """Row, candidate and cost of the cells up to ``roof`` of the ``points`` joined so far, rows as they joined.

    Numbers of rows and candidates are 32 bits wide: there are millions. Mutable, for one thread.
    """

    def __init__(self, costs: Floats, roof: float) -> None:
        self.costs, self.roof = costs, roof
        self.points: Rows = np.empty(0, dtype=np.int64)
        none = np.empty(0, dtype=np.int32)
        self._rows, self._sites, self._costs = none, none, np.empty(0)

    def join(self, points: Rows) -> int:
        """Read the rows of points that have not joined yet; how many those were."""
        fresh = np.unique(points[~np.isin(points, self.points)])
        m = max(1, self.costs.shape[1])
        parts = [(self._rows, self._sites, self._costs)]
        size = max(1, _BLOCK_CELLS // m)
        for start in range(0, len(fresh), size):
            block = self.costs[fresh[start : start + size]]
            flat = np.flatnonzero(block <= self.roof)
            rows, sites = np.divmod(flat, m)
            rows += len(self.points) + start
            parts.append((rows.astype(np.int32), sites.astype(np.int32), block.reshape(-1)[flat]))
        self._rows, self._sites, self._costs = (np.concatenate(column) for column in zip(*parts, strict=True))
        self.points = np.concatenate((self.points, fresh))
        return len(fresh)

    def lower_roof(self, roof: float) -> None:
        """No radius above this will be asked for again."""
        if roof < 0.95 * self.roof:
            inside = self._costs <= roof
            self._rows, self._sites, self._costs = self._rows[inside], self._sites[inside], self._costs[inside]
        self.roof = min(self.roof, roof)

    def covers(self, radius: float, only: Mask | None = None) -> Covers:
        """Who serves the points within a radius; ``only`` (the points,) numbers those named anew."""
        inside = self._costs <= radius
        if only is not None:
            inside &= only[self._rows]
        cells = np.flatnonzero(inside)
        starts = np.searchsorted(self._rows, np.arange(len(self.points) + 1, dtype=np.int32))
        indptr = np.searchsorted(cells, starts)
        if only is not None:
            indptr = np.concatenate((indptr[:1], indptr[1:][only]))
        return Covers(self.costs.shape[1], indptr, self._sites[cells].astype(np.int64))

    @property
    def is_of_all(self) -> bool:
        """Whether every point has joined."""
        return len(self.points) == len(self.costs)

    def nearest(self, sites: Rows) -> Floats:
        """The cost of each of the points to the nearest of some sites; infinite beyond the roof."""
        chosen = np.zeros(self.costs.shape[1], dtype=np.bool_)
        chosen[sites] = True
        inside = np.flatnonzero(chosen[self._sites])
        nearest = np.full(len(self.points), np.inf)
        np.minimum.at(nearest, self._rows[inside], self._costs[inside])
        return nearest

    def least_floor(self) -> float:
        """The most any of the points costs to its nearest candidate: no choice undercuts it."""
        least = np.full(len(self.points), self.roof)
        np.minimum.at(least, self._rows, self._costs)
        return float(least.max(initial=0.0))

    def next_above(self, radius: float) -> float:
        """The next cost above a radius that any of the points has, or the roof."""
        return float(np.min(self._costs, where=self._costs > radius, initial=self.roof))
