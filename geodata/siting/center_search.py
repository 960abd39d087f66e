"""Shorter and shorter radii by exchanges: p sites that leave no point out, with growing weights (`weighting`).

All points are looked at where their near cells are not too many; otherwise a sample, which those left out join. What
has been learned stays: the search for the next radius begins with the sites and the weights the last one ended with,
whether it came to an end or not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from geodata.siting.center_radius import Radii
from geodata.siting.covers import Covers
from geodata.siting.effort import Effort
from geodata.siting.greedy import greedy_sites
from geodata.siting.shorter_radii import shorter_radii
from geodata.siting.solution import Floats, Rows
from geodata.siting.weighting import WeightingSearch, cover_with

_FIRST_IDLE_STEPS: Final = 200
_IDLE_EACH: Final = 6
"""Exchanges that bring nothing before a radius is given up: so many, or so many for each site; twice as many each
round."""

_ENOUGH_EACH: Final = 1000


class CenterSearch:
    """The sites the search stands at, and what its points weigh. Mutable, for one thread."""

    def __init__(self, radii: Radii, offer: Callable[[Rows, Floats], float]) -> None:
        """``offer`` takes sites that may be the best so far and says the least radius kept yet."""
        self.radii, self.offer = radii, offer
        self.chosen: Rows = np.empty(0, dtype=np.int64)
        self.weights: Floats = np.ones(len(radii.cells.points))
        self.tries_count = 0

    def shorten(self, worst: float, effort: Effort, rounds_count: int | None) -> None:
        """Keep a radius by exchanges, then shorter ones (`shorter_radii`)."""
        shorter_radii(
            self.radii,
            worst,
            effort,
            lambda radius, least, idle_count: self._tried(radius, least, effort, idle_count),
            has_sites=len(self.chosen) > 0,
            idle_count=max(_FIRST_IDLE_STEPS, _IDLE_EACH * self.radii.limit),
            enough_each=_ENOUGH_EACH,
            rounds_count=rounds_count,
            next_round=self._forget_weights,
        )

    def _forget_weights(self) -> None:
        self.weights[:] = 1.0

    def _tried(self, radius: float, worst: float, effort: Effort, idle_steps_count: int) -> float:
        """Exchange until a radius is kept, or nothing is gained any more; the least radius kept yet."""
        while not effort.is_over:
            covers = self.radii.cells.covers(radius)
            is_covered = self._exchanged(covers, effort, idle_steps_count)
            nearest = self.radii.nearest_of_all(self.chosen)
            if nearest.max() < worst:
                worst = self.offer(self.chosen, nearest)
            if not is_covered or worst <= radius:
                return worst
            joined_count = self.radii.look_at_left_out(nearest, radius)
            if not joined_count:
                return worst
            self.weights = np.concatenate((self.weights, np.full(joined_count, np.median(self.weights))))
        return worst

    def _exchanged(self, covers: Covers, effort: Effort, idle_steps_count: int) -> bool:
        self.tries_count += 1
        by_site, seed = covers.turned(), self.radii.seed + self.tries_count
        if not len(self.chosen):
            self.chosen = greedy_sites(covers, by_site, self.radii.required, self.radii.limit)
        search = WeightingSearch(covers, by_site, self.chosen, self.radii.fixed, seed, self.weights)
        search.fill(self.radii.limit)
        is_covered = cover_with(search, effort, idle_steps_count)
        self.chosen, self.weights = search.chosen, search.weights
        return is_covered
