"""Whether a radius can be kept, asked of a few points at a time.

Points that decide are few: sites that serve a well spread sample serve nearly all. A question is put for the sample,
what the answer leaves out joins the sample, and the question is put again. That a sample cannot be served proves it of
all points (Chen and Chen 2009; Contardo, Iori and Kramer 2019).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from geodata.siting.choices import Choices
from geodata.siting.covers import Covers
from geodata.siting.effort import Effort
from geodata.siting.kernel import CoverProblem, Kernel, kernel_of
from geodata.siting.lagrange import price_bound
from geodata.siting.mixed_integer import Goal, Outcome, minimise, relaxed
from geodata.siting.near_cells import NearCells
from geodata.siting.set_cover import set_cover_model
from geodata.siting.solution import Floats, Mask, Rows

_SPREAD_POINTS: Final = 600
_SPREAD_EACH: Final = 4
"""The first points looked at: so many, or so many for each site."""

_PRICE_STEPS: Final = 60
_PRICED: Final = 3000

_JOINING: Final = 60
_LOOKED_AT_MORE: Final = 8
"""How many points join a proof at most, and how many times as many the search."""

_ALL_CELLS: Final = 1_000_000
"""Cells of a matrix up to which prices look at every point."""

_COMPARED: Final = 32
"""Rows compared with columns."""


class Radii:
    """Costs (n, m) of the allowed candidates, at most ``limit`` of them with all the ``required``.

    Two samples of points grow: ``looked_at`` for the search, ``decisive`` for proofs.
    """

    def __init__(self, costs: Floats, required: Rows, limit: int, seed: int) -> None:
        self.costs, self.required, self.limit, self.seed = costs, required, limit, seed
        m = costs.shape[1]
        self.random = np.random.default_rng(seed)
        self.fixed: Mask = np.zeros(m, dtype=np.bool_)
        self.fixed[required] = True
        self.floor = 0.0
        self.cells = NearCells(costs, np.inf)
        self.priced: Rows = np.empty(0, dtype=np.int64)
        self.decisive: Rows = np.empty(0, dtype=np.int64)
        self.looks_symmetric = self._looks_symmetric()

    def _looks_symmetric(self) -> bool:
        """Whether some rows drawn by chance are as the columns: then rows, quick to read, guide the search."""
        n, m = self.costs.shape
        some = self.random.choice(n, min(n, _COMPARED), replace=False)
        return n == m and bool(np.array_equal(self.costs[some], self.costs.take(some, axis=1).T))

    def nearest_roughly(self, sites: Rows) -> Floats:
        """The cost (n,) of each point to the nearest of some sites; of a matrix that looks symmetric, by its rows."""
        return np.asarray(self.costs[sites].min(axis=0)) if self.looks_symmetric else self.nearest(sites)

    def nearest(self, sites: Rows) -> Floats:
        """The cost (n,) of each point to the nearest of some sites."""
        if not len(sites):
            return np.full(len(self.costs), np.inf)
        return np.asarray(self.costs.take(sites, axis=1).min(axis=1))

    def spread(self) -> tuple[Rows, Rows]:
        """Sites taken for the worst-served point each; those points, and further ones far from each other.

        Of a matrix that looks symmetric a point's row stands for its site's column, which would be slow to read.
        """
        chosen = [int(site) for site in self.required]
        points: list[int] = []
        is_taken, nearest = self.fixed.copy(), self.nearest(self.required)
        while len(points) < max(_SPREAD_POINTS, _SPREAD_EACH * self.limit):
            worst = int(np.argmax(nearest))
            site = int(np.argmin(self.costs[worst]))
            if points and nearest[worst] <= 0:
                break
            points.append(worst)
            if not is_taken[site]:
                is_taken[site] = True
                chosen.append(site)
            nearest = np.minimum(nearest, self.costs[worst] if self.looks_symmetric else self.costs[:, site])
            nearest[worst] = -1.0
        return np.array(chosen[: self.limit], dtype=np.int64), np.array(points, dtype=np.int64)

    def packed_floor(self, points: Rows) -> float:
        """A radius no choice undercuts: of more points than sites two share one, which serves both at that cost."""
        if len(points) <= self.limit:
            return 0.0
        return float(np.partition(self.costs[points[: self.limit + 1]], 1, axis=0)[1].min())

    def is_outpriced(self, radius: float, effort: Effort) -> bool:
        """Whether prices show of the points looked at that no choice serves them all within a radius."""
        only = np.zeros(len(self.cells.points), dtype=np.bool_)
        only[self.priced] = True
        covers = self.cells.covers(radius, only)
        if bool((covers.lengths == 0).any()):
            return True
        choices = Choices.of_count(covers.candidate_count, self.limit, required=self.required)
        kernel = kernel_of(CoverProblem(np.ones(covers.point_count), covers, choices))
        enough = covers.point_count * (1 - 1e-6)
        return price_bound(kernel, enough, effort, _PRICE_STEPS).bound < enough

    def covers(self, points: Rows, radius: float) -> Covers:
        """Who serves these points within a radius."""
        rows, sites = np.divmod(np.flatnonzero(self.costs[points] <= radius), max(1, self.costs.shape[1]))
        indptr = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.bincount(rows, minlength=len(points)))))
        return Covers(self.costs.shape[1], indptr, sites)

    def look_at(self, points: Rows, roof: float, most_near: int) -> None:
        """Read what the search looks at: all points, or as many as have ``most_near`` cells up to the roof.

        Prices look at ``points`` and some by chance, unless the matrix is small.
        """
        n = len(self.costs)
        self.cells = NearCells(self.costs, roof)
        some = self.random.choice(n, min(n, _COMPARED), replace=False)
        each_count = float((self.costs[some] <= roof).sum(axis=1).mean())
        room = int(most_near / max(1.0, each_count))
        joining = np.arange(n)
        if room < n:
            joining = np.union1d(points[:room], self.random.choice(n, max(0, room - len(points)), replace=False))
        self.cells.join(joining)
        by_chance = self.random.choice(n, min(n, _PRICED), replace=False)
        is_priced = np.isin(self.cells.points, np.concatenate((points, by_chance)))
        self.priced = np.flatnonzero(is_priced | (self.costs.size <= _ALL_CELLS))
        self.decisive = np.unique(points[: self.limit + 1])

    def nearest_of_all(self, sites: Rows) -> Floats:
        """The cost (n,) of every point to the nearest of some sites.

        Where the search looks at all points they stand in the order they joined in, infinite beyond the roof, otherwise
        in their own; then, of a matrix that only looks symmetric, the costs may not be exact.
        """
        return self.cells.nearest(sites) if self.cells.is_of_all else self.nearest_roughly(sites)

    def look_at_left_out(self, nearest: Floats, radius: float) -> int:
        """Let points beyond a radius join those the search looks at; how many joined."""
        return self.cells.join(self._left_out(nearest, radius, _LOOKED_AT_MORE * _JOINING))

    def _left_out(self, nearest: Floats, radius: float, most: int = _JOINING) -> Rows:
        """Some of the points beyond a radius: the worst, and others by chance."""
        left = np.flatnonzero(nearest > radius)
        if len(left) <= most:
            return left
        worst = left[np.argsort(-nearest[left], kind="stable")[: most // 2]]
        return np.union1d(worst, self.random.choice(left, most // 2, replace=False))

    def is_refuted(self, radius: float, effort: Effort) -> bool:
        """Whether the linear relaxation shows that no choice keeps a radius; False where it shows nothing."""
        while not effort.is_over:
            kernel = self._kernel(radius)
            if kernel is None:
                return True
            room = self.limit - len(kernel.taken)
            lax = relaxed(set_cover_model(kernel), effort)
            if lax.bound > room + 1e-6:
                return True
            values = lax.values
            if values is None:
                return False
            shares = np.zeros(self.costs.shape[1])
            shares[kernel.sites] = values[: kernel.site_count]
            shares[kernel.taken] = 1.0
            if not self._join_short(shares, radius):
                return False
        return False

    def _join_short(self, shares: Floats, radius: float) -> bool:
        """Let points that the shares (m,) of sites serve less than once join the proof; whether there were any."""
        used = np.flatnonzero(shares > 1e-9)
        served = (self.costs.take(used, axis=1) <= radius) @ shares[used]
        short = np.flatnonzero(served < 1 - 1e-6)
        short = short[~np.isin(short, self.decisive)]
        if len(short) > 2 * _JOINING:
            least = short[np.argsort(served[short], kind="stable")[:_JOINING]]
            short = np.union1d(least, self.random.choice(short, _JOINING, replace=False))
        self.decisive = np.union1d(self.decisive, short)
        return len(short) > 0

    def decided(self, radius: float, effort: Effort) -> tuple[Rows | None, bool]:
        """Sites that keep a radius, or a proof that none do (True), or neither: by HiGHS."""
        while not effort.is_over:
            kernel = self._kernel(radius)
            if kernel is None:
                return None, True
            room = self.limit - len(kernel.taken)
            answer = minimise(set_cover_model(kernel), effort, Goal(1.0, enough=room + 0.5, hopeless=room + 1e-6))
            if answer.outcome is Outcome.INFEASIBLE or answer.bound > room + 1e-6:
                return None, True
            if answer.values is None:
                return None, False
            sites = kernel.whole_choice(np.flatnonzero(answer.values[: kernel.site_count] > 0.5))
            if len(sites) > self.limit:
                return None, False
            left = self._left_out(self.nearest(sites), radius)
            if not len(left):
                return sites, False
            self.decisive = np.union1d(self.decisive, left)
        return None, False

    def _kernel(self, radius: float) -> Kernel | None:
        """The set cover of the decisive points; None where a point has nobody."""
        covers = self.covers(self.decisive, radius)
        choices = Choices.of_count(covers.candidate_count, None, required=self.required)
        if bool((covers.lengths == 0).any()):
            return None
        return kernel_of(CoverProblem(np.ones(covers.point_count), covers, choices), without_dominated=True)
