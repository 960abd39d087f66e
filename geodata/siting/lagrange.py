"""A bound on covering from prices: as good as the linear relaxation, without a solver.

Each point pays a price λ_i in 0…w_i to whoever covers it. Whatever the prices, no allowed choice covers more than

    Σ_i (w_i - λ_i)  +  the most that sites' incomes Σ_{i covered by j} λ_i can add up to under the conditions.

(Lagrangian relaxation of y_i ≤ Σ_j x_j.) Subgradient steps lower it; every value on the way is a true bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.siting.effort import Effort
from geodata.siting.kernel import Kernel, gains_of
from geodata.siting.solution import Floats, Mask, Rows

_MEMORY = 0.7
"""How much of the last directions a step keeps: the prices swing less."""


@dataclass(frozen=True, slots=True, eq=False)
class PriceBound:
    """The least bound found, and the incomes (m,) of the sites at its prices."""

    bound: float
    incomes: Floats


def price_bound(kernel: Kernel, value: float, effort: Effort, steps_count: int = 300) -> PriceBound:
    """The bound of a kernel, given the value of some choice; stops where that value is met."""
    weights = kernel.weights
    prices = weights / np.maximum(kernel.by_point.lengths, 1)
    best, best_prices, step_share, since = np.inf, prices, 1.0, 0
    memory, scale = np.zeros(len(weights)), weights / max(float(weights.max(initial=0.0)), 1e-300)
    for _step in range(steps_count):
        incomes = gains_of(kernel.by_point, prices)
        picked = _best_paid(kernel, incomes)
        bound = kernel.base + float((weights - prices).sum()) + kernel.choices.at_most(incomes)
        since = 0 if bound < best * (1 - 1e-5) else since + 1
        if bound < best:
            best, best_prices = bound, prices
        if since >= 8:
            step_share, since, prices = step_share / 2, 0, best_prices
        if best <= value * (1 + 1e-12) or step_share < 1e-3 or effort.is_over:
            break
        slope = np.bincount(kernel.by_site.of_all(picked), minlength=len(weights)) - 1.0
        memory = slope + _MEMORY * memory
        slope = np.where(((memory < 0) & (prices >= weights)) | ((memory > 0) & (prices <= 0)), 0.0, memory)
        length = float(slope @ (scale * slope))
        if length == 0:
            break
        prices = np.clip(prices - step_share * (bound - value) / length * scale * slope, 0.0, weights)
    return PriceBound(float(best * (1 + 1e-12)), gains_of(kernel.by_point, best_prices))


def hopeless(kernel: Kernel, prices: PriceBound, value: float) -> Mask:
    """Candidates, (m,), that no choice better than ``value`` holds: taking one would push the bound below it.

    Only under a plain count: a site outside the best-paid p takes the place of the p-th.
    """
    limit = kernel.choices.limit_count
    if not kernel.choices.is_plain or limit is None or limit == 0 or limit >= kernel.site_count:
        return np.zeros(kernel.site_count, dtype=np.bool_)
    least_paid = float(np.partition(prices.incomes, kernel.site_count - limit)[kernel.site_count - limit])
    slack = 1e-9 * max(1.0, abs(value))
    return np.asarray(prices.bound - least_paid + prices.incomes < value - slack)


def necessary(kernel: Kernel, prices: PriceBound, value: float) -> Mask:
    """Candidates, (m,), that every choice better than ``value`` holds: without one the bound falls below it.

    Only under a plain count: the best paid of the others takes the place of one of the best-paid p.
    """
    limit = kernel.choices.limit_count
    if not kernel.choices.is_plain or limit is None or limit == 0 or limit >= kernel.site_count:
        return np.zeros(kernel.site_count, dtype=np.bool_)
    order = np.argsort(-prices.incomes, kind="stable")
    following = float(prices.incomes[order[limit]])
    needed = np.zeros(kernel.site_count, dtype=np.bool_)
    slack = 1e-9 * max(1.0, abs(value))
    needed[order[:limit]] = prices.bound - prices.incomes[order[:limit]] + following < value - slack
    return needed


def _best_paid(kernel: Kernel, incomes: Floats) -> Rows:
    choices = kernel.choices
    if choices.budget is None:
        count = kernel.capacity
        return (
            np.argpartition(-incomes, count - 1)[:count]
            if 0 < count < len(incomes)
            else np.arange(len(incomes))[:count]
        )
    order = np.argsort(-incomes / np.maximum(choices.costs, 1e-12), kind="stable")
    fits = np.cumsum(choices.costs[order]) <= choices.budget * (1 + 1e-9)
    if choices.limit_count is not None:
        fits[choices.limit_count :] = False
    return order[fits]
