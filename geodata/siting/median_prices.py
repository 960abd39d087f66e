"""A bound on p-median from prices, over the near pairs alone.

Each point pays a price λ_i. Whatever the prices, no choice of p sites costs less than

    Σ_i λ_i + the p lowest of Σ_i min(0, c_ij - λ_i)

(Lagrangian relaxation of "each point is served once"; Narula, Ogbu and Samuelsson 1977). With λ_i no higher than the
point's reach, the near pairs hold every term that is not 0. Subgradient steps raise the bound; every value on the
way is true.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from geodata.siting.effort import Effort
from geodata.siting.near_pairs import NearPairs
from geodata.siting.solution import Floats, Rows

_MEMORY = 0.7
"""How much of the last directions a step keeps."""

_PATIENCE = 10
_OFFERS_EVERY = 10


@dataclass(frozen=True, slots=True, eq=False)
class MedianPrices:
    """The best bound, each site's reduced cost (m,) at its prices (n,)."""

    bound: float
    reduced: Floats
    prices: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What the prices are to come near: the ``value`` of the best choice; ``is_met`` tells whether a bound suffices.

    ``offer`` is handed the sites the prices favour: they may be a good choice. It gives the value of the best choice.
    """

    value: float
    is_met: Callable[[float], bool]
    offer: Callable[[Rows], float]


def median_prices(
    pairs: NearPairs, first: Floats, second: Floats, required: Rows, limit: int, target: Target, effort: Effort,
    steps_count: int,
) -> MedianPrices:  # fmt: skip
    """Subgradient steps under at most ``limit`` sites with all the ``required`` ones.

    ``first`` and ``second`` (n,) are a good choice's costs to the nearest and the second nearest site: the prices
    begin between them, and a point's price moves in steps of the size of its second cost.
    """
    prices = np.minimum(0.75 * first + 0.25 * second, pairs.reach)
    best = MedianPrices(-np.inf, np.zeros(pairs.site_count), prices)
    value, share, since = target.value, 1.0, 0
    memory = np.zeros(len(prices))
    scale = np.maximum(second, 1e-9 * max(float(second.max()), 1e-9)) / max(float(second.max()), 1e-9)
    for step in range(steps_count):
        below = np.minimum(pairs.costs - prices[pairs.points], 0.0)
        reduced = np.bincount(pairs.sites, below, minlength=pairs.site_count).astype(np.float64)
        picked = favoured(reduced, required, limit)
        bound = float(prices.sum() + reduced[picked].sum())
        since = 0 if bound > best.bound + 1e-6 * abs(bound) else since + 1
        if bound > best.bound:
            best = MedianPrices(bound, reduced, prices)
        if step % _OFFERS_EVERY == _OFFERS_EVERY - 1:
            value = target.offer(picked)
        if since >= _PATIENCE:
            share, since, prices = share / 2, 0, best.prices
        if target.is_met(best.bound) or share < 1e-4 or effort.is_over:
            break
        marked = np.zeros(pairs.site_count, dtype=np.bool_)
        marked[picked] = True
        serving = marked[pairs.sites] & (below < 0)
        memory = 1.0 - np.bincount(pairs.points[serving], minlength=len(prices)) + _MEMORY * memory
        blocked = ((memory < 0) & (prices <= 0)) | ((memory > 0) & (prices >= pairs.reach))
        slope = np.where(blocked, 0.0, memory)
        length = float(slope @ (scale * slope))
        if length == 0:
            break
        prices = np.clip(prices + share * max(value - bound, 1e-9) / length * scale * slope, 0.0, pairs.reach)
    return best


def favoured(reduced: Floats, required: Rows, limit: int) -> Rows:
    """The required sites, then those with the least reduced costs, the least first; ``limit`` in all."""
    others = np.ones(len(reduced), dtype=np.bool_)
    others[required] = False
    free = np.flatnonzero(others)
    count = min(limit - len(required), len(free))
    if count < len(free):
        free = free[np.argpartition(reduced[free], count)[:count]] if count else free[:0]
    return np.concatenate((required, free[np.argsort(reduced[free], kind="stable")]))
