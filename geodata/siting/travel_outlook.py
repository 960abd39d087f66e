"""What fewer and more sites would do for the ways, and what could be taken instead of one: p-median and p-center.

The required candidates are there from the start. Curves show what was found, which more effort might better; no bound
is claimed for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from geodata.siting.covers import Covers
from geodata.siting.curve import Alternative
from geodata.siting.distances import DistanceProblem, nearest_two
from geodata.siting.effort import Effort
from geodata.siting.greedy import greedy_sites
from geodata.siting.median_greedy import greedy_median
from geodata.siting.median_swap import MedianTables
from geodata.siting.near_pairs import NearPairs, near_pairs
from geodata.siting.solution import Floats, Mask, Rows

_RADII: Final = 24
"""Longest ways that are tried, evenly spread from the shortest any choice could have to that of today."""
_FEWEST_RADII: Final = 6
"""So many of them whatever the effort."""
_SAME: Final = 1e-9


@dataclass(frozen=True, eq=False)
class Ways:
    """The pairs that would shorten somebody's way, beside what is required; sites are numbered among those allowed."""

    problem: DistanceProblem

    @cached_property
    def allowed(self) -> Rows:
        """The candidates that are not forbidden, ascending."""
        return self.problem.allowed

    @cached_property
    def required(self) -> Rows:
        """The required ones among them."""
        return np.searchsorted(self.allowed, np.unique(self.problem.choices.required))

    @cached_property
    def counted(self) -> Mask:
        """The points that weigh anything, (n,)."""
        return np.asarray(self.problem.weights > 0)

    @cached_property
    def now(self) -> Floats:
        """Today's way of each of these points, with the required sites."""
        return self.problem.nearest(self.problem.choices.required)[self.counted]

    def pairs(self, weights: Floats) -> NearPairs:
        """The pairs under weights of these points."""
        costs = self.problem.costs if bool(self.counted.all()) else self.problem.costs[self.counted]
        chosen = None if len(self.allowed) == costs.shape[1] else self.allowed
        return near_pairs(costs, weights, self.now * weights, chosen)


def mean_curve(problem: DistanceProblem, most_count: int) -> list[tuple[int, float]]:
    """The mean way for the required sites and each further one up to ``most_count``, greedily: (count, mean).

    It ends where no further site shortens any way.
    """
    ways = Ways(problem)
    weights = problem.weights[ways.counted]
    total = float(weights.sum())
    if total <= 0:
        return []
    pairs = ways.pairs(weights)
    chosen = greedy_median(pairs, ways.required, most_count)
    nearest, first = pairs.reach.copy(), len(ways.required)
    steps = [(first, float(nearest.sum()) / total)]
    for count, site in enumerate(chosen[first:].tolist(), start=first + 1):
        places = slice(pairs.by_site.indptr[site], pairs.by_site.indptr[site + 1])
        points = pairs.by_site.points[places]
        nearest[points] = np.minimum(nearest[points], pairs.by_site.costs[places])
        steps.append((count, float(nearest.sum()) / total))
    return steps


def worst_curve(problem: DistanceProblem, most_count: int, effort: Effort) -> list[tuple[int, float]]:
    """The longest way for the required sites and, where more shorten it, for so many more: (count, longest).

    Of evenly spread radii each is kept with as few sites as a greedy choice needs; a choice that runs out of sites
    before it keeps its radius counts with the longest way it leaves.
    """
    effort = effort.begun()
    ways = Ways(problem)
    now = ways.now
    if not len(now):
        return []
    first, worst = len(ways.required), float(now.max())
    found = {first: worst}
    pairs = ways.pairs(np.ones(len(now)))
    floor = float(pairs.least(np.ones(pairs.site_count, dtype=np.bool_)).max())
    for number, radius in enumerate(np.linspace(floor, worst, _RADII, endpoint=False).tolist()):
        if number >= _FEWEST_RADII and effort.is_over:
            break
        beyond = np.flatnonzero(now > radius)
        chosen, longest = _kept_within(pairs, beyond, radius, most_count - first)
        longest = max(longest, float(now[now <= radius].max(initial=0.0)))
        count = first + len(chosen)
        found[count] = min(longest, found.get(count, np.inf))
    steps: list[tuple[int, float]] = []
    for count, longest in sorted(found.items()):
        if not steps or longest < steps[-1][1] * (1 - _SAME):
            steps.append((count, longest))
    return steps


def _kept_within(pairs: NearPairs, beyond: Rows, radius: float, most_count: int) -> tuple[Rows, float]:
    """Greedy sites for the points ``beyond`` a radius, and the longest way these points have then."""
    number_of = np.full(len(pairs.reach), -1, dtype=np.int64)
    number_of[beyond] = np.arange(len(beyond))
    inside = (number_of[pairs.points] >= 0) & (pairs.costs <= radius * (1 + _SAME))
    covers = Covers.of_pairs(len(beyond), pairs.site_count, number_of[pairs.points[inside]], pairs.sites[inside])
    chosen = greedy_sites(covers, covers.turned(), np.empty(0, dtype=np.int64), most_count)
    is_chosen = np.zeros(pairs.site_count, dtype=np.bool_)
    is_chosen[chosen] = True
    return chosen, float(pairs.least(is_chosen)[beyond].max(initial=0.0))


def mean_alternatives(
    problem: DistanceProblem, sites: Rows, *, lost_share: float = 0.01, most_count: int = 200
) -> list[Alternative]:
    """Every exchange of one site that loses at most this share of what the sites shorten the mean way by, best first.

    The value is the mean way then. Of sites that shorten nothing no exchanges are listed.
    """
    ways = Ways(problem)
    weights = problem.weights[ways.counted]
    chosen = np.searchsorted(ways.allowed, np.unique(np.concatenate((problem.choices.required, sites))))
    tables = MedianTables(ways.pairs(weights), chosen, np.isin(chosen, ways.required))
    gained = float((ways.now * weights).sum()) - tables.value
    if gained <= tables.slack:
        return []
    saved = (tables.gains[:, None] - tables.losses + tables.made_good)[:, tables.movable]
    saved[chosen] = -np.inf
    candidates, places = np.nonzero(saved >= -lost_share * gained - tables.slack)
    lost = np.maximum(0.0, -saved[candidates, places] / gained)
    order = np.lexsort((candidates, places, lost))[:most_count]
    total = float(weights.sum())
    return [
        Alternative(
            int(ways.allowed[chosen[tables.movable[place]]]),
            int(ways.allowed[candidate]),
            (tables.value - float(saved[candidate, place])) / total,
            float(loss),
        )
        for candidate, place, loss in zip(candidates[order], places[order], lost[order], strict=True)
    ]


def worst_alternatives(
    problem: DistanceProblem, sites: Rows, *, lost_share: float = 0.01, most_count: int = 200
) -> list[Alternative]:
    """Every exchange of one site that loses at most this share of what the sites shorten the longest way by.

    The value is the longest way then. Sites without which it would be no longer are not listed: anything would do.
    """
    ways = Ways(problem)
    required = ways.allowed[ways.required]
    chosen = np.unique(np.concatenate((required, sites)))
    costs = problem.costs[ways.counted]
    near = nearest_two(np.ascontiguousarray(costs[:, chosen].T), np.arange(len(chosen)))
    longest = float(near.first.max(initial=0.0))
    gained = float(ways.now.max(initial=0.0)) - longest
    if gained <= _SAME * longest:
        return []
    limit = longest + lost_share * gained + _SAME * longest
    others = np.setdiff1d(ways.allowed, chosen)
    found: list[tuple[float, int, int]] = []
    for slot in np.flatnonzero(~np.isin(chosen, required)).tolist():
        without = np.where(near.slot == slot, near.second, near.first)
        bare = np.flatnonzero(without > longest * (1 + _SAME))
        rest = float(np.delete(without, bare).max(initial=0.0))
        after = np.minimum(costs[np.ix_(bare, others)], without[bare, None]).max(axis=0, initial=rest)
        if len(bare):
            places = np.flatnonzero(after <= limit)
            found += [(float(after[place]), int(chosen[slot]), int(others[place])) for place in places]
    return [
        Alternative(out, into, value, max(0.0, value - longest) / gained)
        for value, out, into in sorted(found)[:most_count]
    ]
