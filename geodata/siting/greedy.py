"""Greedy covering: always the candidate that adds most, or most for its cost; and the bound its own steps prove.

Gains are kept up to date instead of computed anew: covering a point takes its weight from every candidate that also
covers it, so all the steps together touch each pair of the covers once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.siting.choices import NO_GROUP
from geodata.siting.covers import Covers
from geodata.siting.kernel import Kernel
from geodata.siting.solution import Floats, Rows


@dataclass(frozen=True, slots=True, eq=False)
class GreedyChoice:
    """The candidates in the order they were taken, the weight covered after each, and a true upper bound."""

    chosen: Rows
    values: Floats
    bound: float


def greedy(kernel: Kernel, *, by_cost: bool = False) -> GreedyChoice:
    """Take candidates until nothing fits or nothing adds.

    The bound: for any set S, no allowed choice covers more than f(S) + what the best allowed sum of the gains beside S
    would add (the cover function is submodular; Nemhauser, Wolsey and Fisher 1978). Every step's S gives one; the
    least holds.
    """
    choices = kernel.choices
    gains = kernel.gains()
    fits = np.ones(kernel.site_count, dtype=np.bool_)
    uncovered = np.ones(len(kernel.weights), dtype=np.bool_)
    value, spent = kernel.base, 0.0
    bound = value + min(float(kernel.weights.sum()), choices.at_most(gains))
    chosen: list[int] = []
    values: list[float] = []
    while len(chosen) < kernel.capacity:
        if choices.budget is not None:
            fits &= choices.costs <= choices.budget * (1 + 1e-9) + 1e-9 - spent
        rated = gains / np.maximum(choices.costs, 1e-12) if by_cost else gains
        best = int(np.argmax(np.where(fits, rated, -1.0))) if len(rated) else -1
        if best < 0 or not fits[best] or gains[best] <= 0:
            break
        points = kernel.by_site.of(best)
        points = points[uncovered[points]]
        uncovered[points] = False
        value += float(kernel.weights[points].sum())
        lost = np.repeat(kernel.weights[points], kernel.by_point.lengths[points])
        gains -= np.bincount(kernel.by_point.of_all(points), lost, minlength=kernel.site_count)
        np.maximum(gains, 0.0, out=gains)
        fits[best] = False
        if choices.groups[best] != NO_GROUP:
            fits[choices.groups == choices.groups[best]] = False
        spent += float(choices.costs[best])
        gains[best] = 0.0
        bound = min(bound, value + choices.at_most(gains))
        chosen.append(best)
        values.append(value)
    return GreedyChoice(np.array(chosen, dtype=np.int64), np.array(values), bound)


def greedy_sites(by_point: Covers, by_site: Covers, required: Rows, limit_count: int) -> Rows:
    """The required sites and greedy ones, for many points covered; fewer than the limit once all points are."""
    gains = by_site.lengths
    uncovered = np.ones(by_point.point_count, dtype=np.bool_)
    chosen: list[int] = []
    while len(chosen) < limit_count:
        best = int(required[len(chosen)]) if len(chosen) < len(required) else int(gains.argmax())
        if gains[best] <= 0 and len(chosen) >= len(required):
            break
        points = by_site.of(best)
        points = points[uncovered[points]]
        uncovered[points] = False
        gains = gains - np.bincount(by_point.of_all(points), minlength=len(gains))
        chosen.append(best)
    return np.array(chosen, dtype=np.int64)


def best_greedy(kernel: Kernel) -> GreedyChoice:
    """The better of greedy by gain and, where costs matter, by gain for its cost."""
    plain = greedy(kernel)
    if kernel.choices.budget is None:
        return plain
    thrifty = greedy(kernel, by_cost=True)
    better = thrifty if _last(thrifty, kernel) > _last(plain, kernel) else plain
    return GreedyChoice(better.chosen, better.values, min(plain.bound, thrifty.bound))


def _last(choice: GreedyChoice, kernel: Kernel) -> float:
    return float(choice.values[-1]) if len(choice.values) else kernel.base
