"""Fairness at once: always the candidate that brings the district that is worst off by now the most for its cost.

A few milliseconds, and mostly near the best: a start for the search of `fairness`.
"""

from __future__ import annotations

import numpy as np

from geodata.siting.choices import NO_GROUP
from geodata.siting.kernel import Kernel
from geodata.siting.solution import Floats, Rows


def worst_first(kernel: Kernel, totals: Floats, shares: Floats) -> Rows:
    """Candidates of the kernel, in the order they were taken, that keep its conditions.

    ``totals`` and ``shares`` (d,) are each district's weight in all and the share covered before; a district without
    weight is not looked at, nor is one that no candidate can raise any more.
    """
    choices = kernel.choices
    shares = np.where(totals > 0, shares, np.inf)
    uncovered = np.ones(len(kernel.weights), dtype=np.bool_)
    fits = np.ones(kernel.site_count, dtype=np.bool_)
    spent, chosen = 0.0, list[int]()
    while len(chosen) < kernel.capacity and np.isfinite(shares).any():
        worst = int(np.argmin(shares))
        if choices.budget is not None:
            fits &= choices.costs <= choices.budget * (1 + 1e-9) + 1e-9 - spent
        here = np.flatnonzero(uncovered & (kernel.districts == worst))
        entries = np.repeat(kernel.weights[here], kernel.by_point.lengths[here])
        gains = np.bincount(kernel.by_point.of_all(here), entries, minlength=kernel.site_count)
        rated = np.where(fits, gains / np.maximum(choices.costs, 1e-12), -1.0)
        best = int(np.argmax(rated)) if len(rated) else -1
        if best < 0 or rated[best] <= 0:
            shares[worst] = np.inf
            continue
        chosen.append(best)
        spent += float(choices.costs[best])
        fits[best] = False
        if choices.groups[best] != NO_GROUP:
            fits[choices.groups == choices.groups[best]] = False
        points = kernel.by_site.of(best)
        points = points[uncovered[points]]
        uncovered[points] = False
        raised = np.bincount(kernel.districts[points], kernel.weights[points], minlength=len(totals))
        shares = shares + raised / np.where(totals > 0, totals, 1.0)
    return np.array(chosen, dtype=np.int64)
