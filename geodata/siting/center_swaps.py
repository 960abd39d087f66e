"""Shorter and shorter radii by exchanges among points that decide: one site out, one in, the pair that helps most.

Sites that serve a well spread sample within a radius serve nearly all points; those left out join the sample, and the
exchanges go on. An exchange is valued whole: what the site that goes alone serves, less what of it the one that comes
serves too, less what is gained; points left out weigh more after every step that did not help (vertex weighting and a
tabu rule; Zhang, Lü, Su and others 2020). Nothing is built for a radius: costs of the sample are compared with it
where they are needed, so a shorter radius or another point costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geodata.siting.center_radius import Radii
from geodata.siting.effort import Effort
from geodata.siting.shorter_radii import shorter_radii
from geodata.siting.solution import Floats, Mask, Rows

_IDLE_COUNT: Final = 150
"""Exchanges that bring nothing before a radius is given up; twice as many each round down to the least step."""

_LOOKED_AT: Final = 32
"""Candidates an exchange looks at, at most: those that serve one point left out, or some of them by chance. They double
each round down to the least step."""

_JOINING: Final = 24
"""Points that join at a time, at most, or one for each site; a quarter of so many are the worst of all."""

_MOST_CELLS: Final = 32_000_000
"""Cells of candidates × sample, 4 bytes each; a sample that fills them does not grow."""

_TIE: Final = 1e-7
"""What an exchange counts for beside a weight of 1: it tells only which of equals moved longest ago."""

_ROWS_READ: Final = 128
_CLOCK_EVERY: Final = 8
_ENOUGH_EACH: Final = 100

_FEW_LEFT: Final = 3
_MOST_CHECKS: Final = 20
"""With so few points left out sites may yet be the best so far; so often that is looked at, a radius."""


class CenterSwaps:
    """The sample, the sites the search stands at, and what points weigh. Mutable, for one thread.

    ``ways`` (m, room) holds the costs of candidates to the sample in 32 bits: rounding keeps their order, so whoever is
    within a radius stays so. What a choice is worth is always read from the matrix. ``read_ways`` (p, n) are the
    rounded costs of the ``read_sites``, kept because most of them are chosen the next time too.
    """

    def __init__(self, radii: Radii, points: Rows, offer: Callable[[Rows, Floats], float]) -> None:
        """Begin with some ``points``; ``offer`` takes sites and costs (n,) they keep and says the least radius yet."""
        self.radii, self.offer = radii, offer
        n, m = radii.costs.shape
        self.room = min(n, max(1, _MOST_CELLS // max(1, m)))
        self.random = np.random.default_rng(radii.seed)
        self.ways: NDArray[np.float32] = np.empty((m, self.room), dtype=np.float32)
        self.points: Rows = np.empty(0, dtype=np.int64)
        self.has_joined: Mask = np.zeros(n, dtype=np.bool_)
        self.weights: Floats = np.empty(0)
        self.ages: Floats = np.zeros(m)
        self.chosen: Rows = np.empty(0, dtype=np.int64)
        self.read_sites: Rows = np.full(min(radii.limit, m), -1, dtype=np.int64)
        self.read_ways: NDArray[np.float32] = np.empty((len(self.read_sites), n), dtype=np.float32)
        self.steps_count = 0
        self.looked_at = _LOOKED_AT
        self.join(points)

    def join(self, points: Rows) -> int:
        """Let points join the sample as long as there is room; how many did."""
        fresh = points[~self.has_joined[points]][: self.room - len(self.points)]
        count, more = len(self.points), len(fresh)
        for start in range(0, more, _ROWS_READ):
            rows = self.radii.costs[fresh[start : start + _ROWS_READ]]
            self.ways[:, count + start : count + start + len(rows)] = rows.T
        self.has_joined[fresh] = True
        self.points = np.concatenate((self.points, fresh))
        self.weights = np.concatenate((self.weights, np.full(more, np.median(self.weights) if count else 1.0)))
        return more

    def shorten(self, worst: float, effort: Effort, rounds_count: int | None) -> float:
        """Keep a radius by exchanges, then shorter ones (`shorter_radii`); the least radius kept."""
        return shorter_radii(
            self.radii,
            worst,
            effort,
            lambda radius, least, idle_count: self._tried(radius, least, effort, idle_count),
            has_sites=len(self.chosen) > 0,
            idle_count=_IDLE_COUNT,
            enough_each=_ENOUGH_EACH,
            rounds_count=rounds_count,
            next_round=self._look_at_more,
        )

    def _look_at_more(self) -> None:
        self.looked_at *= 2
        self.weights[:] = 1.0

    def _tried(self, radius: float, worst: float, effort: Effort, idle_count: int) -> float:
        """Exchange until a radius is kept, or nothing is gained any more; the least radius kept yet."""
        if not len(self.chosen):
            self.chosen = self._greedy(radius)
        while not effort.is_over:
            is_kept, worst = self._exchanged(radius, worst, effort, idle_count)
            nearest = self._nearest()
            worst = self._offered(nearest, worst)
            if not is_kept:
                return worst
            if worst <= radius or not self.join(self._left_out(nearest, radius)):
                return worst
        return worst

    def _nearest(self) -> NDArray[np.float32]:
        """The rounded cost (n,) of each point to the nearest chosen site; only rows of new sites are read."""
        costs = self.radii.costs
        for slot in np.flatnonzero(self.read_sites != self.chosen):
            site = self.chosen[slot]
            self.read_ways[slot] = costs[site] if self.radii.looks_symmetric else costs[:, site]
        self.read_sites = self.chosen.copy()
        return np.asarray(self.read_ways.min(axis=0))

    def _offered(self, nearest: NDArray[np.float32], worst: float) -> float:
        """Offer the chosen sites if they look better than ``worst``; the least radius kept yet.

        They are worth no more than what the matrix says of each point and the site that seems its nearest.
        """
        if nearest.max() >= worst:
            return worst
        costs, sites = self.radii.costs, self.chosen[self.read_ways.argmin(axis=0)]
        return min(worst, self.offer(self.chosen.copy(), costs[np.arange(len(costs)), sites]))

    def _left_out(self, nearest: NDArray[np.float32], radius: float) -> Rows:
        """Some of the points beyond a radius: the worst, and the worst of each site."""
        left = np.flatnonzero(nearest > radius)
        left = left[np.argsort(-nearest[left], kind="stable")]
        _slots, first = np.unique(self.read_ways[:, left].argmin(axis=0), return_index=True)
        most = max(_JOINING, self.radii.limit)
        return left[np.union1d(first, np.arange(min(len(left), _JOINING // 4)))[:most]]

    def _greedy(self, radius: float) -> Rows:
        """The required sites and greedy ones, each for the most of the sample; those that are left over by chance."""
        count, limit = len(self.points), self.radii.limit
        ways = self.ways[:, :count]
        gains = (ways <= radius).sum(axis=1)
        left = np.ones(count, dtype=np.bool_)
        chosen = [int(site) for site in self.radii.required]
        taken = 0
        while taken < limit:
            if taken == len(chosen):
                best = int(gains.argmax())
                if gains[best] <= 0:
                    break
                chosen.append(best)
            points = np.flatnonzero(left & (ways[chosen[taken]] <= radius))
            left[points] = False
            for start in range(0, len(points), _ROWS_READ):
                rows = self.radii.costs[self.points[points[start : start + _ROWS_READ]]]
                gains -= (rows.astype(np.float32) <= radius).sum(axis=0)
            taken += 1
        others = np.setdiff1d(np.arange(len(ways)), chosen)
        more = self.random.permutation(others)[: limit - len(chosen)]
        return np.concatenate((np.array(chosen, dtype=np.int64), more))

    def _exchanged(self, radius: float, worst: float, effort: Effort, idle_count: int) -> tuple[bool, float]:
        """Exchange until the sample is served within a radius; whether it came to that, and the least radius kept."""
        stand = _Stand(self, np.float32(radius))
        fewest, since, done, checks_count = len(self.points) + 1, 0, 0, 0
        while True:
            missing = np.flatnonzero(stand.counts == 0)
            since = 0 if len(missing) < fewest else since + 1
            fewest = min(fewest, len(missing))
            if not len(missing):
                return True, worst
            if len(missing) <= _FEW_LEFT and checks_count < _MOST_CHECKS and stand.worst_of(missing) < worst:
                checks_count += 1
                worst = self._offered(self._nearest(), worst)
            if since > idle_count or (done % _CLOCK_EVERY == 0 and effort.is_over):
                return False, worst
            done += 1
            self.steps_count += 1
            if not stand.exchange(missing):
                return False, worst


class _Stand:
    """Who serves the sample at one radius: how often each point, by whom if by one alone. Mutable."""

    def __init__(self, search: CenterSwaps, radius: np.float32) -> None:
        self.search, self.radius = search, radius
        self.ways = search.ways[:, : len(search.points)]
        self.chosen = search.chosen = search.chosen.copy()
        self.is_fixed = search.radii.fixed[self.chosen]
        slots, points = np.divmod(np.flatnonzero(self.ways[self.chosen] <= radius), max(1, len(search.points)))
        self.counts = np.bincount(points, minlength=len(search.points))
        self.owners = np.bincount(points, slots, minlength=len(search.points)).astype(np.int64)
        """The sum of the slots that serve a point: the slot itself where it is one."""
        self.gone_site, self.come_slot = -1, -1

    def worst_of(self, missing: Rows) -> float:
        """The cost of the worst of some points to its nearest site."""
        return float(self.ways[self.chosen[:, None], missing].min(axis=0).max())

    def exchange(self, missing: Rows) -> bool:
        """The best exchange that serves one of the points left out; False if there is none."""
        random, weights = self.search.random, self.search.weights
        point = int(missing[int(random.random() * len(missing))])
        candidates = serving = np.flatnonzero(self.search.radii.costs[self.search.points[point]] <= float(self.radius))
        if len(candidates) > self.search.looked_at:
            candidates = candidates[random.integers(len(candidates), size=self.search.looked_at)]
        candidates = candidates[candidates != self.gone_site]
        if not len(candidates):
            self.gone_site = -1
            return len(serving) > 0
        changes = self._changes(candidates)
        place, slot = divmod(int(changes.argmin()), len(self.chosen))
        change = float(changes[place, slot])
        if not np.isfinite(change):
            self.come_slot = -1
            return not bool(self.is_fixed.all())
        if change >= -0.5:
            weights[missing] += 1.0
        self._move(slot, int(candidates[place]))
        return True

    def _changes(self, candidates: Rows) -> Floats:
        """By how much the weight left out grows, (candidates, slots); infinite where an exchange is shut out."""
        weights, slot_count, ages = self.search.weights, len(self.chosen), self.search.ages
        alone = np.where(self.counts == 1, self.owners, slot_count + (self.counts > 1))
        losses = np.bincount(alone, weights, minlength=slot_count)[:slot_count] + _TIE * ages[self.chosen]
        losses[self.is_fixed] = np.inf
        if self.come_slot >= 0 and slot_count > 1:
            losses[self.come_slot] = np.inf
        places, points = np.divmod(np.flatnonzero(self.ways[candidates] <= self.radius), len(weights))
        size = slot_count + 2
        served = np.bincount(places * size + alone[points], weights[points], len(candidates) * size)
        served = served.reshape(len(candidates), size)  # of each slot's own, of nobody's, of what several serve
        growth = losses - served[:, :slot_count]
        growth += (_TIE * ages[candidates] - served[:, slot_count])[:, None]
        return growth

    def _move(self, slot: int, site: int) -> None:
        going = int(self.chosen[slot])
        change = (self.ways[site] <= self.radius).astype(np.int64) - (self.ways[going] <= self.radius)
        self.counts += change
        self.owners += slot * change
        self.chosen[slot] = site
        self.search.ages[[site, going]] = self.search.steps_count
        self.gone_site, self.come_slot = going, slot
