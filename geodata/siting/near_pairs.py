"""Near pairs: of a matrix of costs only the cells that can matter, those nearer to a point than its reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.siting.solution import Floats, Rows

_BLOCK_CELLS = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class NearPairs:
    """For each of n points every one of m sites whose weighted cost lies below the point's ``reach`` (n,).

    ``sites[indptr[i]:indptr[i + 1]]`` and ``costs`` (k,) beside them are those of point i; ``points`` (k,) is i.
    """

    site_count: int
    indptr: Rows
    points: Rows
    sites: Rows
    costs: Floats
    reach: Floats

    def places_of(self, points: Rows) -> Rows:
        """Where the pairs of some points stand."""
        starts, lengths = self.indptr[points], self.indptr[points + 1] - self.indptr[points]
        ends = np.cumsum(lengths)
        return np.asarray(np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - (ends - lengths), lengths))


def near_pairs(costs: Floats, weights: Floats, reach: Floats, chosen: Rows | None = None) -> NearPairs:
    """The near pairs of ``costs`` (n, m), not weighted, under weights (n,) > 0; ``reach`` (n,) is weighted.

    With ``chosen`` only these candidates are taken, numbered anew.
    """
    n, m = len(costs), costs.shape[1] if chosen is None else len(chosen)
    limits = (reach / weights)[:, None]
    size = max(1, _BLOCK_CELLS // max(1, m))
    points, sites, values = [], [], []
    for start in range(0, n, size):
        block = costs[start : start + size] if chosen is None else costs[start : start + size].take(chosen, axis=1)
        flat = np.flatnonzero(block < limits[start : start + size])
        rows, columns = np.divmod(flat, m)
        points.append(rows + start)
        sites.append(columns)
        values.append(block[rows, columns] * weights[rows + start])
    rows = np.concatenate(points) if points else np.empty(0, dtype=np.int64)
    indptr = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.bincount(rows, minlength=n))))
    return NearPairs(m, indptr, rows, np.concatenate(sites), np.concatenate(values), reach)
