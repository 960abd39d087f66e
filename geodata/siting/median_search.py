"""The search for p-median: greedy on a sample, then exchanges until none helps, shaken and repeated.

A large matrix is looked at in parts: a round takes some of the candidates by chance beside the sites chosen, and the
next round others, more of them, so that the first good answer is there before the matrix has been read once.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from geodata.siting.effort import Effort
from geodata.siting.median_greedy import greedy_median
from geodata.siting.median_swap import MedianTables
from geodata.siting.near_pairs import NearPairs, near_pairs
from geodata.siting.solution import Floats, Rows

_SAMPLE_POINTS: Final = 2000
_SAMPLE_SITES: Final = 1500
_MOST_FIRST_PAIRS: Final = 4_000_000
"""Near pairs up to which all candidates are looked at from the start."""

_NEAREST: Final = 6
_FEW_SITES: Final = 32
_MANY_SITES: Final = 128
_FIRST_PAIRS: Final = 1_000_000
_FIRST_CELLS: Final = 8_000_000
_SMALL_ROUNDS: Final = 3
_MOST_PAIRS: Final = 5_000_000
_MOST_TABLE: Final = 30_000_000
_MOVES_EACH: Final = 8
"""Exchanges made of those one look at a part of the candidates found good."""

_SHAKES_EACH: Final = 60
_SHAKES_WHOLE: Final = 4000
"""Shakes in a row that bring nothing before a round ends: where it holds a part of the candidates, or all."""

_FAR_SHAKES: Final = 0.3
"""The share of shakes that take out any site, not one near what comes in."""


class MedianSearch:
    """Points (n,) with ``weights`` > 0, ``costs`` (n, m) not weighted, and the best choice so far.

    ``required`` of the m candidates are always chosen, ``limit`` are chosen in all. A cost above all others,
    ``unserved``, stands for "cannot serve".
    """

    def __init__(self, costs: Floats, weights: Floats, required: Rows, limit: int, unserved: float, seed: int) -> None:
        self.costs, self.weights = costs, weights
        self.required, self.limit, self.unserved = required, limit, unserved
        self.always: Floats = self.stand(required, 1)[0] if len(required) else np.full(len(weights), unserved)
        """What each point costs, weighted, served by a required site (n,): no pair that costs more can matter."""
        self.random = np.random.default_rng(seed)
        self.best: Rows = np.empty(0, dtype=np.int64)
        self.value = np.inf
        self.enough = -np.inf
        self.steps_count = 0
        self.pairs: NearPairs | None = None
        """Those of all candidates, where they are few enough; ``is_worn`` once a round was searched over them."""
        self.is_worn = False

    def take(self, chosen: Rows) -> None:
        """Keep these sites if they are the best so far."""
        value = float(self.stand(chosen, 1)[0].sum())
        if value < self.value:
            self.best, self.value = chosen.copy(), value

    def offer(self, chosen: Rows) -> None:
        """The same, read from the near pairs first where they are known: most of what is offered is no better."""
        if self.pairs is not None:
            mask = np.zeros(self.pairs.site_count, dtype=np.bool_)
            mask[chosen] = True
            if float(self.pairs.least(mask).sum()) >= self.value:
                return
        self.take(chosen)

    def greedy(self) -> None:
        """Take sites one by one, each the one that saves most; of a matrix with too many near pairs, in a sample."""
        m = self.costs.shape[1]
        reach = np.minimum(self._rough_reach(), self.always)
        if m * self.limit <= _MOST_TABLE and self._count(reach) <= _MOST_FIRST_PAIRS:
            self.pairs = near_pairs(self.costs, self.weights, reach)
            self.take(self._filled(greedy_median(self.pairs, self.required, self.limit)))
            return
        rows, weights = self._sampled_points(max(_SAMPLE_POINTS, 6 * self.limit))
        sites = self._some(m, max(_SAMPLE_SITES, 4 * self.limit))
        if len(sites) < m:
            heavy = rows[np.argsort(-weights[: len(rows)], kind="stable")][: 2 * self.limit]
            sites = np.union1d(np.union1d(self.required, sites), self.costs[heavy].argmin(axis=1))
        heavier = reach[rows] * (weights / self.weights[rows])
        sample = near_pairs(self.costs[rows], weights, heavier, None if len(sites) == m else sites)
        self.take(self._filled(sites[greedy_median(sample, np.searchsorted(sites, self.required), self.limit)]))

    def _rough_reach(self) -> Floats:
        """Weighted costs (n,) within which a point has about ``_NEAREST`` of as many sites as may be chosen."""
        n = len(self.costs)
        count = min(n, max(_FEW_SITES, min(self.limit, max(self.limit // 2, _MANY_SITES))))
        rows = self.random.choice(n, count, replace=False, p=self.weights / self.weights.sum())
        sites = np.unique(self.costs[np.sort(rows)].argmin(axis=1))
        nearest = max(2, -(-_NEAREST * len(sites) // self.limit))
        if nearest > len(sites):
            return np.full(n, self.unserved)
        reach = self.stand(sites, nearest)[-1]
        return np.where(reach > 0, reach, self.unserved)

    def _count(self, reach: Floats) -> float:
        """About how many pairs lie within reach."""
        rows = np.unique(np.linspace(0, len(reach) - 1, 200).astype(np.int64))
        inside = self.costs[rows] * self.weights[rows, None] < reach[rows, None]
        return float(inside.mean()) * self.costs.size

    def _filled(self, chosen: Rows) -> Rows:
        """As many sites as may be chosen: a choice that needs fewer takes the first others."""
        if len(chosen) >= self.limit:
            return chosen
        others = np.setdiff1d(np.arange(self.costs.shape[1]), chosen)
        return np.concatenate((chosen, others[: self.limit - len(chosen)]))

    def swap(self, effort: Effort, *, patience: int | None = None) -> None:
        """Rounds of exchanges from the best choice, until nothing is left to try.

        ``effort.steps_count`` bounds the parts looked at; ``patience`` the shakes in a row that bring nothing.
        """
        if self.limit >= self.costs.shape[1] or len(self.required) >= len(self.best):
            return
        self.steps_count, round_number, idle = 0, 0, 0
        while not self._is_done(effort) and (patience is None or idle < patience):
            before = self.value
            sites = self._round_sites(round_number)
            tables = self._tables(sites)
            self._descend(tables, sites, effort, np.arange(len(sites)))
            is_whole = len(sites) == self.costs.shape[1]
            shakes = (patience or _SHAKES_WHOLE) if is_whole else _SHAKES_EACH if round_number > 1 else 0
            idle += self._shaken(tables, sites, effort, shakes)
            idle = 0 if self.value < before else idle
            round_number += 1

    def _is_done(self, effort: Effort) -> bool:
        return (
            effort.is_over
            or self.value <= self.enough
            or (effort.steps_count is not None and self.steps_count >= effort.steps_count)
        )

    def _round_sites(self, round_number: int) -> Rows:
        """The candidates of a round, ascending: as many as their near pairs allow."""
        n, m = self.costs.shape
        if self.pairs is not None:
            return np.arange(m)
        pairs = min(_FIRST_PAIRS * 2 ** max(0, round_number - _SMALL_ROUNDS), _MOST_PAIRS)
        most = max(pairs * self.limit // (3 * n), 4 * self.limit)
        most = min(most, max(4 * self.limit, _MOST_TABLE // self.limit))
        if round_number <= _SMALL_ROUNDS:
            most = min(most, max(3 * self.limit, _FIRST_CELLS // n))
        if most >= m:
            return np.arange(m)
        return np.union1d(self.best, self._some(m, most))

    def _tables(self, sites: Rows) -> MedianTables:
        if self.pairs is not None and not self.is_worn:
            pairs, self.is_worn = self.pairs, True
        else:
            nearest = self.stand(self.best, 4)
            reach = self.unserved if len(nearest) < 3 else np.maximum(nearest[-1], 1.2 * nearest[1])
            reach = np.minimum(reach, self.always)
            is_whole = len(sites) == self.costs.shape[1]
            pairs = near_pairs(self.costs, self.weights, reach, None if is_whole else sites)
            self.pairs = pairs if self.pairs is not None else None
        return MedianTables(pairs, np.searchsorted(sites, self.best), np.isin(self.best, self.required))

    def _descend(self, tables: MedianTables, sites: Rows, effort: Effort, looked_at: Rows) -> None:
        """Make exchanges among these candidates, and those they change, until none helps; the better choice is kept."""
        most = max(_MOVES_EACH, self.limit // 8)
        tables.changed[looked_at] = False
        while not self._is_done(effort):
            moved = 0
            for slot, site in tables.good_moves(looked_at, most):
                if tables.saving(slot, site) > tables.slack and not self._is_done(effort):
                    tables.move(slot, site)
                    moved += 1
            self.steps_count += 1
            if not moved:
                break
            looked_at = np.flatnonzero(tables.changed)
            tables.changed[:] = False
        if tables.value < self.value - tables.slack:
            self._take_from(tables, sites)
            effort.say("swap", self.value, None)

    def _take_from(self, tables: MedianTables, sites: Rows) -> None:
        """Keep the choice of the tables; whoever is served beyond reach is looked up."""
        chosen, value = sites[tables.chosen], tables.value
        far = np.flatnonzero(tables.slot < 0)
        if len(far):
            theirs = np.minimum(self.costs[np.ix_(far, chosen)].min(axis=1) * self.weights[far], self.unserved)
            value += float((theirs - tables.first[far]).sum())
        if value < self.value:
            self.best, self.value = chosen, value

    def _shaken(self, tables: MedianTables, sites: Rows, effort: Effort, shakes: int) -> int:
        """Some exchanges by chance, then the best ones, again and again; how many brought nothing since the last."""
        idle = 0
        while idle < shakes and len(tables.movable) and not self._is_done(effort):
            kept, before = tables.chosen.copy(), self.value
            tables.changed[:] = False
            for _ in range(int(self.random.integers(1, 4))):
                self._shake(tables)
            self._descend(tables, sites, effort, np.flatnonzero(tables.changed))
            idle = 0 if self.value < before else idle + 1
            if self.value >= before:
                tables.put_back(kept)
        return idle

    def _shake(self, tables: MedianTables) -> None:
        """A candidate near a point drawn by chance comes; a site near by goes, or any."""
        point = int(self.random.integers(len(self.weights)))
        near = tables.pairs.sites[tables.pairs.indptr[point] : tables.pairs.indptr[point + 1]]
        fresh = near[tables.slot_of[near] < 0]
        if not len(fresh):
            return
        slots = tables.slot_of[near]
        slots = slots[slots >= 0]
        slots = slots[~tables.fixed[slots]]
        if not len(slots) or self.random.random() < _FAR_SHAKES:
            slots = tables.movable
        tables.move(int(self.random.choice(slots)), int(self.random.choice(fresh)))

    def stand(self, chosen: Rows, count: int) -> Floats:
        """The costs of each point to its nearest sites, the nearest first, (at most count, n)."""
        table = self.costs.take(chosen, axis=1)
        count = min(count, len(chosen))
        nearest = table.min(axis=1, keepdims=True)
        if count > 1:
            table.partition(count - 1, axis=1)
            nearest = np.sort(table[:, :count], axis=1)
        return np.ascontiguousarray(np.minimum(nearest * self.weights[:, None], self.unserved).T)

    def _sampled_points(self, most: int) -> tuple[Rows, Floats]:
        """The heaviest points, and of the others some by chance, made as heavy as all of those are; their weights."""
        n = len(self.weights)
        if most >= n:
            return np.arange(n), self.weights
        order = np.argsort(-self.weights, kind="stable")
        light = order[most // 2 :][self._some(n - most // 2, most - most // 2)]
        rows = np.concatenate((order[: most // 2], light))
        weights = self.weights[rows]
        weights[most // 2 :] *= float(self.weights[order[most // 2 :]].sum()) / float(self.weights[light].sum())
        return rows, weights

    def _some(self, count: int, most: int) -> Rows:
        if most >= count:
            return np.arange(count)
        return np.sort(self.random.choice(count, most, replace=False))
