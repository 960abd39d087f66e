"""Whether a radius can be kept, asked of a few points at a time.

Points that decide are few: sites that serve a well spread sample serve nearly all. A question is put for the sample,
what the answer leaves out joins the sample, and the question is put again. That a sample cannot be served proves it of
all points (Chen and Chen 2009; Contardo, Iori and Kramer 2019).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from geodata.siting.choices import Choices
from geodata.siting.covers import Covers
from geodata.siting.effort import Effort
from geodata.siting.kernel import CoverProblem, Kernel, kernel_of
from geodata.siting.lagrange import price_bound
from geodata.siting.mixed_integer import Goal, Outcome, minimise, relaxed
from geodata.siting.narrow_weighting import NarrowWeighting
from geodata.siting.set_cover import set_cover_model
from geodata.siting.solution import Floats, Mask, Rows
from geodata.siting.weighting import WeightingSearch, cover_with, weighting_search

_SPREAD_POINTS: Final = 600
_SPREAD_EACH: Final = 3
"""The first points looked at: so many, or so many for each site."""

_PRICE_STEPS: Final = 60

_JOINING: Final = 60
_LOOKED_AT_MORE: Final = 8
"""How many points join a proof at most, and how many times as many the search."""

_BLOCK_CELLS: Final = 500_000
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
        self.looked_at: Rows = np.empty(0, dtype=np.int64)
        self.roof = np.inf
        none = np.empty(0, dtype=np.int64)
        self._near: tuple[Rows, Rows, Floats] = (none, none, np.empty(0))
        self._read_count = 0
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
        covers = self._covers_looked_at(radius)
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

    def _covers_looked_at(self, radius: float) -> Covers:
        """The same for the points looked at; cells beyond the ``roof`` of all radii to come are read but once."""
        n, m = len(self.looked_at), self.costs.shape[1]
        if self._read_count < n:
            self._read(self.looked_at[self._read_count :])
        rows, sites, costs = self._near
        inside = costs <= radius
        rows, sites = rows[inside], sites[inside]
        return Covers(m, np.concatenate((np.zeros(1, np.int64), np.cumsum(np.bincount(rows, minlength=n)))), sites)

    def _read(self, points: Rows) -> None:
        """Take up the cells of these points, the last of those looked at, up to the roof."""
        parts = [self._near]
        size = max(1, _BLOCK_CELLS // max(1, self.costs.shape[1]))
        for start in range(0, len(points), size):
            block = self.costs[points[start : start + size]]
            flat = np.flatnonzero(block <= self.roof)
            rows, sites = np.divmod(flat, max(1, block.shape[1]))
            parts.append((rows + (self._read_count + start), sites, block.reshape(-1)[flat]))
        rows, sites, costs = (np.concatenate(column) for column in zip(*parts, strict=True))
        self._near = rows, sites, costs
        self._read_count += len(points)

    def lower_roof(self, roof: float) -> None:
        """No radius above this will be asked of the search again."""
        if roof < 0.9 * self.roof:
            rows, sites, costs = self._near
            inside = costs <= roof
            self._near = rows[inside], sites[inside], costs[inside]
        self.roof = min(self.roof, roof)

    def next_above(self, radius: float) -> float:
        """What a radius that the points looked at refute is to be at least: the next cost any of them has."""
        costs = self._near[2]
        return float(np.min(costs, where=costs > radius, initial=self.roof))

    def look_at(self, points: Rows) -> None:
        """Let points join those the search looks at."""
        fresh = points[~np.isin(points, self.looked_at)]
        self.looked_at = np.concatenate((self.looked_at, np.unique(fresh)))

    def searched(
        self, radius: float, start: Rows, effort: Effort, idle_steps_count: int | None, offer: Callable[[Rows], None]
    ) -> bool:
        """Whether exchanges from ``start`` found sites that keep a radius; what is found on the way is offered."""
        chosen = start
        while not effort.is_over:
            covers = self._covers_looked_at(radius)
            search = weighting_search(covers, covers.turned(), chosen, self.fixed, self.seed)
            self._fill(search)
            if not cover_with(search, effort, idle_steps_count):
                return False
            chosen = search.chosen
            nearest = self.nearest_roughly(chosen)
            if nearest.max() < self.roof:
                offer(chosen)
            left = self._left_out(nearest, radius, _LOOKED_AT_MORE * _JOINING)
            if not len(left):
                return True
            self.look_at(left)
        return False

    def _fill(self, search: WeightingSearch | NarrowWeighting) -> None:
        """Use every site there may be: where there are fewer, one more for a point left out."""
        while len(search.chosen) < self.limit and len(missing := search.left_out):
            candidates = search.sites_near(int(missing[0]))
            if not len(candidates):
                return
            search.put_in(int(candidates[0]))

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
