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
from geodata.siting.solution import Floats, Rows
from geodata.siting.weighting import WeightingSearch, cover_with

_FIRST_STEP: Final = 0.15
_LONGEST_STEP: Final = 0.02
_LEAST_STEP: Final = 0.001
"""By what share of itself the radius is shortened: first, once a search succeeded, and at least. It halves where the
search fails."""

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
        """Keep a radius by exchanges, then a shorter one; shorter by less where that fails.

        It ends after so many rounds down to the least step, or, without such a number, once a round as long as
        ``_ENOUGH_EACH`` exchanges for each site brought nothing.
        """
        limit, round_number = max(10, self.radii.limit), 0
        step = _LONGEST_STEP if len(self.chosen) else _FIRST_STEP
        idle = max(_FIRST_IDLE_STEPS, _IDLE_EACH * limit)
        while worst > self.radii.floor and not effort.is_over:
            before = worst
            worst = self._tried(max(self.radii.floor, worst * (1 - step)), worst, effort, idle)
            step = min(step, _LONGEST_STEP) if worst < before else step / 2
            if step < _LEAST_STEP:
                step, round_number, idle = _LONGEST_STEP / 2, round_number + 1, idle * 2
                self.weights[:] = 1.0
                if round_number == rounds_count or idle > _ENOUGH_EACH * limit:
                    return

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
