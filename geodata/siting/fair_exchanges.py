"""Exchanges of one site after which hardly any district is served worse, for choices made for fairness."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from geodata.siting.curve import Alternative
from geodata.siting.fairness import district_shares
from geodata.siting.kernel import CoverProblem, Kernel, kernel_of
from geodata.siting.solution import Floats, Rows
from geodata.siting.swapping import SwapSearch

MOST_CELLS: Final = 4_000_000
"""Candidates × districts, 32 MB; of larger problems no exchanges are listed."""
_SAME: Final = 1e-9


def fair_alternatives(
    problem: CoverProblem, sites: Rows, *, lost_share: float = 0.01, most_count: int = 200
) -> list[Alternative]:
    """Every exchange of one site that loses at most this share of what the sites gain, the best first.

    The shares of the districts are compared in order, the least with the least, and so on: each keeps what the sites
    gain of it but for ``lost_share``, and one they gain nothing of does not fall. The value is the worst share then,
    ``lost_share`` the most that is lost of any. Every condition is kept.
    """
    kernel = kernel_of(replace(problem, choices=replace(problem.choices, limit_count=len(np.unique(sites)))))
    chosen = np.flatnonzero(np.isin(kernel.sites, sites))
    shares, least = district_shares(problem, sites), district_shares(problem, sites[:0])
    counted = np.flatnonzero(~np.isnan(shares))
    if not len(chosen) or kernel.site_count * len(counted) > MOST_CELLS:
        return []
    totals = np.bincount(np.asarray(problem.districts), problem.weights).astype(np.float64)
    raised = _Raised(kernel, chosen, totals, counted)
    is_allowed = np.isfinite(SwapSearch(kernel, chosen, seed=0).changes()[: len(chosen)])
    now, before = np.sort(shares[counted]), np.sort(least[counted])
    gained = now - before
    needed = now - lost_share * gained - _SAME
    found: list[tuple[float, int, int, float]] = []
    for slot in range(len(chosen)):
        after = shares[counted] + raised.by_exchange(slot)
        rows = np.flatnonzero(is_allowed[slot] & (after.min(axis=1) >= needed[0]) & (after.sum(axis=1) >= needed.sum()))
        ordered = np.sort(after[rows], axis=1)
        lost = np.divide(now - ordered, gained, out=np.zeros_like(ordered), where=gained > _SAME).max(axis=1)
        found += [
            (max(0.0, float(lost[place])), slot, int(rows[place]), float(ordered[place, 0]))
            for place in np.flatnonzero((ordered >= needed).all(axis=1)).tolist()
        ]
    return [
        Alternative(int(kernel.sites[chosen[slot]]), int(kernel.sites[candidate]), worst, lost)
        for lost, slot, candidate, worst in sorted(found)[:most_count]
    ]


class _Raised:
    """By how much exchanges raise the shares of the districts that are ``counted``."""

    def __init__(self, kernel: Kernel, chosen: Rows, totals: Floats, counted: Rows) -> None:
        number_of = np.full(len(totals), -1, dtype=np.int64)
        number_of[counted] = np.arange(len(counted))
        self.kernel, self.chosen = kernel, chosen
        self.districts = number_of[kernel.districts]
        self.worth = kernel.weights / totals[kernel.districts]
        self.shape = (kernel.site_count, len(counted))
        self.counts = np.bincount(kernel.by_site.of_all(chosen), minlength=len(kernel.weights))
        self.gains = self._of(np.flatnonzero(self.counts == 0))

    def _of(self, points: Rows) -> Floats:
        """What each candidate covers of these points, (m, d)."""
        lengths = self.kernel.by_point.lengths[points]
        cells = self.kernel.by_point.of_all(points) * self.shape[1] + np.repeat(self.districts[points], lengths)
        worth = np.repeat(self.worth[points], lengths)
        return np.bincount(cells, worth, minlength=self.shape[0] * self.shape[1]).astype(np.float64).reshape(self.shape)

    def by_exchange(self, slot: int) -> Floats:
        """With each candidate instead of a chosen one, (m, d)."""
        own = self.kernel.by_site.of(int(self.chosen[slot]))
        own = own[self.counts[own] == 1]
        lost = np.bincount(self.districts[own], self.worth[own], minlength=self.shape[1])
        return np.asarray(self.gains + self._of(own) - lost)
