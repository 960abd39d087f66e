"""Near pairs: of a matrix of costs only the cells that can matter, those nearer to a point than its reach."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from geodata.siting.solution import Floats, Mask, Rows

_BLOCK_CELLS = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class PairsBySite:
    """The same pairs by site: ``points[indptr[j]:indptr[j + 1]]`` and ``costs`` beside them are those of site j."""

    indptr: Rows
    points: Rows
    costs: Floats


@dataclass(frozen=True, eq=False)
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

    @cached_property
    def by_site(self) -> PairsBySite:
        """The same pairs by site."""
        shape = (len(self.reach), self.site_count)
        turned = sparse.csr_matrix((self.costs, self.sites, self.indptr), shape).tocsc()
        return PairsBySite(turned.indptr.astype(np.int64), turned.indices.astype(np.int64), turned.data)

    def least(self, chosen: Mask) -> Floats:
        """Each point's cost to the nearest of the ``chosen`` (m,) sites, none above its reach, (n,)."""
        places = np.flatnonzero(chosen[self.sites])
        least = self.reach.copy()
        np.minimum.at(least, self.points[places], self.costs[places])
        return least


def near_pairs(costs: Floats, weights: Floats, reach: Floats, chosen: Rows | None = None) -> NearPairs:
    """The near pairs of ``costs`` (n, m), not weighted, under weights (n,) > 0; ``reach`` (n,) is weighted.

    With ``chosen`` only these candidates are taken, numbered anew.
    """
    n, m = len(costs), costs.shape[1] if chosen is None else len(chosen)
    limits = (reach / weights)[:, None]
    size = max(1, _BLOCK_CELLS // max(1, m))
    counts = np.zeros(n, dtype=np.int64)
    sites, values = [np.empty(0, dtype=np.int64)], [np.empty(0)]
    for start in range(0, n, size):
        some = slice(start, start + size)
        block = costs[some] if chosen is None else costs[some].take(chosen, axis=1)
        near = block < limits[some]
        counts[some] = near.sum(axis=1)
        flat = np.flatnonzero(near)
        sites.append(flat % m)
        values.append(block.reshape(-1)[flat] * np.repeat(weights[some], counts[some]))
    # Each list goes before the next array comes: there may be millions of pairs.
    of_site = _joined(sites)
    found = _joined(values)
    return NearPairs(m, _pointers(counts), np.repeat(np.arange(n), counts), of_site, found, reach)


def _joined(parts: list[NDArray[Any]]) -> NDArray[Any]:
    """The parts one after the other; the list is empty afterwards."""
    joined = np.concatenate(parts)
    parts.clear()
    return joined


def _pointers(counts: Rows) -> Rows:
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)))
