"""Most workers covered: the maximal covering problem, with costs, a budget and exclusive groups where they are given.

Greedy at once; exchanges; prices shut out candidates that cannot help; then the core of what is left, and annealing
where that does not come near the bound. In exact mode HiGHS closes the gap from the best choice known.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from geodata.siting.annealing import anneal
from geodata.siting.cover_core import Best, Relaxation, better_than, branch, relaxation, search_core
from geodata.siting.effort import Effort
from geodata.siting.greedy import best_greedy
from geodata.siting.kernel import CoverProblem, Kernel, kernel_of
from geodata.siting.lagrange import hopeless, necessary, price_bound
from geodata.siting.solution import Solution, Status, found, nothing_found
from geodata.siting.swapping import improve

_FAR_SHARE: Final = 0.4
"""How much of an exact solve's time annealing may have where the choice is not near the bound: there HiGHS mostly only
lowers the bound."""

_HEURISTIC_MOST_S: Final = 6.0
_IDLE_STEPS: Final = 60
"""Exchanges without a better value before the search goes on to the core."""

_NEAR_SHARE: Final = 0.005
"""How near the bound a choice may be for a search to end with its core, or to leave the rest to HiGHS."""

_MOST_IDLE_STEPS: Final = 5000
"""Exchanges without a better value before a search under a budget is given up."""

_FIRST_PRICE_STEPS: Final = 120
_MOST_PAIRS: Final = 60_000
"""Pairs of points and candidates left by the prices up to which the relaxation is solved before annealing."""


def cover_most(problem: CoverProblem, effort: Effort, *, exact: bool = True) -> Solution:
    """The candidates that cover the most weight; objective and bound in the unit of the weights."""
    effort = effort.begun()
    if problem.choices.are_contradictory:
        return nothing_found(Status.INFEASIBLE, maximising=True, method="conditions", seconds=effort.seconds)
    kernel = kernel_of(problem, without_dominated=exact)
    run = _Run(kernel, effort, exact=exact, whole=problem.is_whole)
    run.search()
    if exact and not run.best.is_met:
        run.close()
    sites = kernel.whole_choice(run.best.chosen)
    return found(
        sites, problem.value(sites), run.best.bound, maximising=True, whole=problem.is_whole,
        method=run.best.method, seconds=effort.seconds,
    )  # fmt: skip


class _Run:
    """The best choice so far, and the relaxation once it is solved."""

    def __init__(self, kernel: Kernel, effort: Effort, *, exact: bool, whole: bool) -> None:
        self.kernel, self.effort, self.exact, self.whole = kernel, effort, exact, whole
        first = best_greedy(kernel)
        self.best = Best(first.chosen, kernel.value(first.chosen), np.inf, "greedy").with_bound(first.bound, whole)
        self.lax: Relaxation | None = None
        self.core_is_done = False
        effort.say("greedy", self.best.value, self.best.bound)

    def search(self) -> None:
        """Swaps, prices, the core; then annealing, unless the core came near enough to the bound."""
        if self._is_done():
            return
        self._swap(self.effort.part(0.2, at_most_s=_HEURISTIC_MOST_S), _IDLE_STEPS)
        self._price(self.effort.part(0.15, at_most_s=10.0), _FIRST_PRICE_STEPS)
        if not self._is_done():
            self._search_core(self.effort.part(0.5, at_most_s=_HEURISTIC_MOST_S))
        if self._is_done() or (self._is_near() and (self.exact or self.core_is_done)):
            return
        if self.lax is None:
            self._anneal(self.effort.part(0.5, at_most_s=_HEURISTIC_MOST_S), 1 if self.exact else 2)
            self._price(self.effort.part(0.15, at_most_s=10.0), 300)
        if not (self._is_done() or (self.exact and self._is_near())):
            self._anneal(self.effort.part(_FAR_SHARE) if self.exact else self.effort, None)

    def _is_done(self) -> bool:
        return self.best.is_met or self.effort.is_over

    def _is_near(self) -> bool:
        return self.best.bound - self.best.value <= _NEAR_SHARE * self.best.bound

    def _swap(self, effort: Effort, idle_steps_count: int) -> None:
        chosen = improve(
            self.kernel, self.best.chosen, effort, bound=self.best.bound, idle_steps_count=idle_steps_count
        )
        self.best = self.best.or_better(self.kernel, chosen, "greedy+swap")

    def _anneal(self, effort: Effort, rounds_count: int | None) -> None:
        """Annealing under a plain count; more exchanges under other conditions."""
        if not self.kernel.choices.is_plain:
            self._swap(effort, _MOST_IDLE_STEPS if rounds_count is None else _IDLE_STEPS * rounds_count)
            return
        chosen = anneal(self.kernel, self.best.chosen, effort, bound=self.best.bound, rounds_count=rounds_count)
        self.best = self.best.or_better(self.kernel, chosen, "greedy+swap")

    def _price(self, effort: Effort, steps_count: int) -> None:
        self.prices = price_bound(self.kernel, self.best.value, effort, steps_count)
        self.best = self.best.with_bound(self.prices.bound, self.whole)
        effort.say("prices", self.best.value, self.best.bound)

    def _search_core(self, effort: Effort) -> None:
        """The core, if the relaxation is small enough to be solved on the way."""
        self.lax = relaxation(
            self.kernel, self.best, self.prices, effort.part(0.6), whole=self.whole, most_pairs=_MOST_PAIRS
        )
        if self.lax is not None:
            self.best, self.core_is_done = search_core(self.kernel, self.best, self.lax, effort, whole=self.whole)

    def close(self) -> None:
        """What HiGHS makes of it: a better choice, a better bound, or both."""
        kernel, effort, whole = self.kernel, self.effort, self.whole
        if self.lax is None:
            self._price(effort.part(0.05, at_most_s=2.0), 500)
            if self.best.is_met:
                return
            self.lax = relaxation(kernel, self.best, self.prices, effort.part(0.3), whole=whole)
        target = better_than(self.best.value, whole=whole)
        if self.lax is None:
            self._price(effort.part(0.3, at_most_s=20.0), 1500)
            target = better_than(self.best.value, whole=whole)
            useful, needed = ~hopeless(kernel, self.prices, target), necessary(kernel, self.prices, target)
        else:
            # What the prices shut out holds nothing better than the best known.
            self.best = self.best.with_bound(self.lax.bound, whole)
            useful, needed = self.lax.useful(target), self.lax.needed(target)
        effort.say("relaxation", self.best.value, self.best.bound)
        if not self._is_done():
            self.best, _ended = branch(kernel, self.best, useful, needed, effort, whole=whole, bounds=True)
