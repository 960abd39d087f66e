"""The search for p-median: greedy on a sample, then exchanges until none helps, shaken and repeated.

A large matrix is looked at in parts: a round takes some of the candidates by chance beside the sites chosen, and the
next round others, more of them, so that the first good answer is there before the matrix has been read once.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from geodata.siting.effort import Effort
from geodata.siting.median_swap import MedianTables
from geodata.siting.near_pairs import NearPairs, near_pairs
from geodata.siting.solution import Floats, Rows

_SAMPLE_POINTS: Final = 2000
_SAMPLE_SITES: Final = 1500
_FIRST_PAIRS: Final = 1_000_000
_FIRST_CELLS: Final = 8_000_000
_SMALL_ROUNDS: Final = 3
_MOST_PAIRS: Final = 5_000_000
_MOST_TABLE: Final = 30_000_000
_MOVES_EACH: Final = 8
"""Exchanges made of those one look at a part of the candidates found good."""

_SHAKES_EACH: Final = 60
"""Shakes of one round, where a round holds but a part of the candidates."""


class MedianSearch:
    """Points (n,) with ``weights`` > 0, ``costs`` (n, m) not weighted, and the best choice so far.

    ``required`` of the m candidates are always chosen, ``limit`` are chosen in all. A cost above all others,
    ``unserved``, stands for "cannot serve".
    """

    def __init__(self, costs: Floats, weights: Floats, required: Rows, limit: int, unserved: float, seed: int) -> None:
        self.costs, self.weights = costs, weights
        self.required, self.limit, self.unserved = required, limit, unserved
        self.random = np.random.default_rng(seed)
        self.best: Rows = np.empty(0, dtype=np.int64)
        self.value = np.inf
        self.enough = -np.inf
        self.steps_count = 0

    def column(self, site: int) -> Floats:
        """The weighted costs (n,) of a candidate."""
        return np.minimum(self.costs[:, site] * self.weights, self.unserved)

    def take(self, chosen: Rows) -> None:
        """Keep these sites if they are the best so far."""
        value = float(self.stand(chosen, 1)[0].sum())
        if value < self.value:
            self.best, self.value = chosen.copy(), value

    def greedy(self) -> None:
        """Take sites one by one, each the one that saves most on a sample of points, of a sample of candidates.

        Lazily: what a site saves only shrinks, so only those that may still be best are valued anew.
        """
        m = self.costs.shape[1]
        rows, weights = self._sampled_points(max(_SAMPLE_POINTS, 6 * self.limit))
        most = max(_SAMPLE_SITES, 4 * self.limit)
        sites = self._some(m, most)
        if len(sites) < m:
            heavy = rows[np.argsort(-weights[: len(rows)], kind="stable")][: 2 * self.limit]
            sites = np.union1d(np.union1d(self.required, sites), self.costs[heavy].argmin(axis=1))
        columns = np.ascontiguousarray(self.costs[rows].take(sites, axis=1).T)
        columns *= weights
        np.minimum(columns, self.unserved, out=columns)
        chosen = [int(place) for place in np.searchsorted(sites, self.required)] or [
            int(np.argmin(columns.sum(axis=1)))
        ]
        nearest = columns[chosen].min(axis=0)
        gains = np.maximum(nearest - columns, 0.0).sum(axis=1)
        while len(chosen) < self.limit:
            gains[chosen] = -1.0
            fresh = -1
            while (site := int(np.argmax(gains))) != fresh and gains[site] > 0:
                fresh, gains[site] = site, float(np.maximum(nearest - columns[site], 0.0).sum())
            if gains[site] < 0:
                break
            chosen.append(site)
            nearest = np.minimum(nearest, columns[site])
        self.take(sites[chosen])

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
            self._descend(tables, sites, effort)
            is_whole = len(sites) == self.costs.shape[1]
            shakes = (patience if is_whole else _SHAKES_EACH) if round_number > 1 or is_whole else 0
            idle = self._shaken(tables, sites, effort, shakes)
            idle = 0 if self.value < before and not is_whole else idle
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
        pairs = min(_FIRST_PAIRS * 2 ** max(0, round_number - _SMALL_ROUNDS), _MOST_PAIRS)
        most = max(pairs * self.limit // (3 * n), 4 * self.limit)
        most = min(most, max(4 * self.limit, _MOST_TABLE // self.limit))
        if round_number <= _SMALL_ROUNDS:
            most = min(most, max(3 * self.limit, _FIRST_CELLS // n))
        if most >= m:
            return np.arange(m)
        return np.union1d(self.best, self._some(m, most))

    def _tables(self, sites: Rows) -> MedianTables:
        nearest = self.stand(self.best, 3)
        reach = self.unserved if len(nearest) < 3 else np.maximum(nearest[2], 1.2 * nearest[1])
        reach = np.minimum(reach, self.unserved) * np.ones(len(self.weights))
        pairs = near_pairs(self.costs, self.weights, reach, None if len(sites) == self.costs.shape[1] else sites)
        return self._tables_of(pairs, sites)

    def _tables_of(self, pairs: NearPairs, sites: Rows) -> MedianTables:
        chosen = np.searchsorted(sites, self.best)
        fixed = np.isin(self.best, self.required)
        return MedianTables(lambda site: self.column(int(sites[site])), pairs, chosen, fixed, self.unserved)

    def _descend(self, tables: MedianTables, sites: Rows, effort: Effort) -> None:
        """Make exchanges until none helps; the better choice is kept."""
        chunks = tables.chunks()
        quiet, at = 0, 0
        while quiet < len(chunks) and not self._is_done(effort):
            moved = 0
            for slot, site in tables.good_moves(chunks[at], max(_MOVES_EACH, self.limit // 8)):
                if tables.saving(slot, site) > tables.slack and not self._is_done(effort):
                    tables.move(slot, site)
                    moved += 1
            self.steps_count += 1
            quiet, at = (0, at) if moved else (quiet + 1, (at + 1) % len(chunks))
        if tables.value < self.value - tables.slack:
            self.take(sites[tables.chosen])
            effort.say("swap", self.value, None)

    def _shaken(self, tables: MedianTables, sites: Rows, effort: Effort, shakes: int | None) -> int:
        """Some exchanges by chance, then the best ones, again and again; how many brought nothing since the last."""
        idle = 0
        movable = np.flatnonzero(~tables.fixed)
        while (shakes is None or idle < shakes) and not self._is_done(effort):
            kept, before = tables.chosen.copy(), self.value
            for _ in range(int(self.random.integers(1, 4))):
                point = int(self.random.integers(len(self.weights)))
                places = tables.pairs.places_of(np.array([point]))
                near = tables.pairs.sites[places]
                near = near[~np.isin(near, tables.chosen)]
                if len(near):
                    tables.move(int(self.random.choice(movable)), int(self.random.choice(near)))
            self._descend(tables, sites, effort)
            idle = 0 if self.value < before else idle + 1
            if self.value >= before:
                for slot in np.flatnonzero(tables.chosen != kept):
                    tables.move(int(slot), int(kept[slot]))
        return idle

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
