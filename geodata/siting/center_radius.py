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
from geodata.siting.mixed_integer import Goal, Outcome, minimise, relaxed
from geodata.siting.set_cover import set_cover_model
from geodata.siting.solution import Floats, Mask, Rows
from geodata.siting.weighting import WeightingSearch, cover_with

_SPREAD_POINTS: Final = 300
_SPREAD_EACH: Final = 5
"""The first points looked at: so many, or so many for each site."""

_JOINING: Final = 60


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

    def nearest(self, sites: Rows) -> Floats:
        """The cost (n,) of each point to the nearest of some sites."""
        if not len(sites):
            return np.full(len(self.costs), np.inf)
        return np.asarray(self.costs.take(sites, axis=1).min(axis=1))

    def spread(self) -> tuple[Rows, Rows]:
        """Sites taken for the worst-served point each, and those points; the points go on where the sites end."""
        chosen = [int(site) for site in self.required]
        points: list[int] = []
        nearest, site_count = self.nearest(self.required), self.limit
        while len(points) < max(_SPREAD_POINTS, _SPREAD_EACH * self.limit):
            worst = int(np.argmax(nearest))
            site = int(np.argmin(self.costs[worst]))
            points.append(worst)
            if site in chosen:
                break
            chosen.append(site)
            nearest = np.minimum(nearest, self.costs[:, site])
        return np.array(chosen[:site_count], dtype=np.int64), np.array(points, dtype=np.int64)

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
        block = self.costs[points]
        rows, sites = np.divmod(np.flatnonzero(block <= self.roof), max(1, block.shape[1]))
        fresh = (rows + self._read_count, sites, block[rows, sites])
        known = self._near
        self._near = (
            np.concatenate((known[0], fresh[0])), np.concatenate((known[1], fresh[1])),
            np.concatenate((known[2], fresh[2])),
        )  # fmt: skip
        self._read_count += len(points)

    def lower_roof(self, roof: float) -> None:
        """No radius above this will be asked of the search again."""
        if roof < 0.9 * self.roof:
            rows, sites, costs = self._near
            inside = costs <= roof
            self._near = rows[inside], sites[inside], costs[inside]
        self.roof = min(self.roof, roof)

    def look_at(self, points: Rows) -> None:
        """Let points join those the search looks at."""
        fresh = points[~np.isin(points, self.looked_at)]
        self.looked_at = np.concatenate((self.looked_at, np.unique(fresh)))

    def searched(self, radius: float, start: Rows, effort: Effort, idle_steps_count: int | None) -> Rows | None:
        """Sites that keep a radius, found by exchanges from ``start``; None if none were."""
        chosen = start
        while not effort.is_over:
            covers = self._covers_looked_at(radius)
            search = WeightingSearch(covers, covers.turned(), chosen, self.fixed, self.seed)
            self._fill(search)
            if not cover_with(search, effort, idle_steps_count):
                return None
            chosen = search.chosen
            left = self._left_out(self.nearest(chosen), radius)
            if not len(left):
                return chosen
            self.look_at(left)
        return None

    def _fill(self, search: WeightingSearch) -> None:
        """Use every site there may be: where there are fewer, one more for a point left out."""
        while len(search.chosen) < self.limit and len(missing := search.left_out):
            candidates = search.by_point.of(int(missing[0]))
            if not len(candidates):
                return
            search.put_in(int(candidates[0]))

    def _left_out(self, nearest: Floats, radius: float) -> Rows:
        """Some of the points beyond a radius: the worst, and others by chance."""
        left = np.flatnonzero(nearest > radius)
        if len(left) <= _JOINING:
            return left
        worst = left[np.argsort(-nearest[left], kind="stable")[: _JOINING // 2]]
        return np.union1d(worst, self.random.choice(left, _JOINING // 2, replace=False))

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
