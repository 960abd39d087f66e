"""A plan's bound at once: how near the best possible a choice is, from prices, in a fraction of a second.

The greedy choice is found in milliseconds, and is mostly very good; what its own steps prove of it is not. Prices
(`lagrange`) prove within a per cent or two in a tenth of a second. One set of prices bounds every limit: with prices
λ no choice under the limits L covers more than

    rest + the most that incomes can add up to under L,   rest = base + Σ_i (w_i - λ_i).

Read the other way round it is a bound on costs: what covers at least so much spends at least the least L that lets the
right side reach it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from geodata.siting.choices import Choices
from geodata.siting.effort import Effort
from geodata.siting.kernel import CoverProblem, Kernel, kernel_of
from geodata.siting.lagrange import price_bound
from geodata.siting.solution import Floats, Solution, found, is_whole

_STEPS_COUNT: Final = 400
_ROUNDS_COUNT: Final = 3
_SLACK: Final = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """What prices prove: ``rest`` of a kernel, and the incomes (m,) of its candidates."""

    kernel: Kernel
    rest: float
    incomes: Floats

    @classmethod
    def of(cls, kernel: Kernel, value: float, effort: Effort) -> Prices:
        """Prices for the kernel's own limits, given the value of some choice within them."""
        found_prices = price_bound(kernel, value, effort, _STEPS_COUNT)
        rest = found_prices.bound - kernel.choices.at_most(found_prices.incomes)
        return cls(kernel, rest, found_prices.incomes)

    def at_most(self, choices: Choices) -> float:
        """No choice of the kernel's candidates under these limits covers more."""
        return float(self.rest + choices.at_most(self.incomes) * (1 + _SLACK))

    def least_cost(self, needed: float) -> float:
        """No choice of the kernel's candidates that covers ``needed`` costs less; infinite where none covers it."""
        costs, left = self.kernel.choices.costs, needed * (1 - _SLACK) - self.rest
        free = costs <= 0
        left -= float(self.incomes[free].sum())
        if left <= 0:
            return 0.0
        ratio = self.incomes[~free] / costs[~free]
        order = np.argsort(-ratio, kind="stable")
        incomes = np.cumsum(self.incomes[~free][order])
        last = int(np.searchsorted(incomes, left))
        if last >= len(order):
            return np.inf
        before = float(incomes[last - 1]) if last else 0.0
        spent = float(costs[~free][order][:last].sum())
        return (spent + (left - before) / float(ratio[order[last]])) * (1 - _SLACK)


def most_bounded(gain: CoverProblem, solution: Solution, effort: Effort) -> tuple[Solution, Prices | None]:
    """A choice that covers much, with the nearer of its bound and that of prices; the prices, where there are any."""
    if solution.objective is None or solution.proven:
        return solution, None
    kernel = kernel_of(gain)
    if not kernel.site_count:
        return solution, None
    prices = Prices.of(kernel, solution.objective, effort.begun())
    return _with_bound(solution, prices.at_most(kernel.choices), whole=gain.is_whole), prices


def fewest_bounded(cover: CoverProblem, share: float, solution: Solution, effort: Effort) -> Solution:
    """A cheap choice that covers a share (0-1), with the nearer of its bound and that of prices."""
    if solution.objective is None or solution.proven:
        return solution
    effort, kernel = effort.begun(), kernel_of(cover)
    fixed = float(cover.choices.costs[kernel.taken].sum())
    needed = share * float(cover.weights.sum()) * (1 - _SLACK)
    whole, budget, bound = is_whole(cover.choices.costs), solution.objective - fixed, 0.0
    for _round in range(_ROUNDS_COUNT):
        if not kernel.site_count or budget <= 0 or effort.is_over:
            break
        within = replace(kernel, choices=replace(kernel.choices, budget=budget))
        prices = Prices.of(within, needed, effort.part(0.5))
        least = prices.least_cost(needed)
        # The prices are best for the budget they are made for: made anew for the least that may do, they prove more.
        if not np.isfinite(least) or least <= bound * (1 + 1e-4):
            break
        bound, budget = least, least
    return _with_bound(solution, fixed + bound, whole=whole)


def _with_bound(solution: Solution, bound: float, *, whole: bool) -> Solution:
    """The solution with the nearer of two bounds."""
    if solution.objective is None:
        return solution
    if solution.bound is not None:
        bound = min(bound, solution.bound) if solution.maximising else max(bound, solution.bound)
    sites = np.array(solution.sites, dtype=np.int64)
    nearer = found(
        sites, solution.objective, bound, maximising=solution.maximising, whole=whole,
        method=solution.method, seconds=solution.seconds,
    )  # fmt: skip
    return replace(nearer, levels=solution.levels)
