"""What fewer and more sites would do for the ways, and what could be taken instead of one: p-median and p-center.

The required candidates are there from the start, and costs are finite. Curves show what was found, which more effort
might better; no bound is claimed for them.
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
"""So many of them whatever the effort, spread as evenly."""
_SAMPLED: Final = 400
_SAME: Final = 1e-9


@dataclass(frozen=True, eq=False)
class Ways:
    """The pairs that would shorten somebody's way, beside what is required; sites are numbered among those allowed.

    ``is_worst``: all points weigh the same, for only the longest way matters.
    """

    problem: DistanceProblem
    is_worst: bool

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
    def costs(self) -> Floats:
        """Their costs to all candidates."""
        return self.problem.costs if bool(self.counted.all()) else self.problem.costs[self.counted]

    @cached_property
    def now(self) -> Floats:
        """Today's way of each of these points, with the required sites."""
        return self.problem.nearest(self.problem.choices.required)[self.counted]

    @cached_property
    def weights(self) -> Floats:
        """What each of these points weighs."""
        return np.ones(len(self.now)) if self.is_worst else self.problem.weights[self.counted]

    @cached_property
    def pairs(self) -> NearPairs:
        """Every pair nearer than today's way, under the weights."""
        chosen = None if len(self.allowed) == self.costs.shape[1] else self.allowed
        return near_pairs(self.costs, self.weights, self.now * self.weights, chosen)

    def are_many(self, most: int) -> bool:
        """Whether there are about more pairs than so many, by a look at some rows."""
        if self.costs.size <= most:
            return False
        rows = np.unique(np.linspace(0, len(self.now) - 1, _SAMPLED).astype(np.int64))
        return float((self.costs[rows] < self.now[rows, None]).mean()) * self.costs.size > most


def mean_curve(ways: Ways, most_count: int) -> list[tuple[int, float]]:
    """The mean way for the required sites and each further one up to ``most_count``, greedily: (count, mean).

    It ends where no further site shortens any way.
    """
    total = float(ways.weights.sum())
    if total <= 0:
        return []
    pairs, first = ways.pairs, len(ways.required)
    chosen = greedy_median(pairs, ways.required, most_count)
    nearest = pairs.reach.copy()
    steps = [(first, float(nearest.sum()) / total)]
    for count, site in enumerate(chosen[first:].tolist(), start=first + 1):
        places = slice(pairs.by_site.indptr[site], pairs.by_site.indptr[site + 1])
        points = pairs.by_site.points[places]
        nearest[points] = np.minimum(nearest[points], pairs.by_site.costs[places])
        mean = float(nearest.sum()) / total
        if mean >= steps[-1][1] - _SAME * steps[0][1]:
            break  # what the greedy choice still saw in it is the rounding of its sums
        steps.append((count, mean))
    return steps


def worst_curve(ways: Ways, most_count: int, effort: Effort) -> tuple[list[tuple[int, float]], bool]:
    """The longest way for the required sites and, where more shorten it, for so many more: (count, longest).

    Of evenly spread radii each is kept with as few sites as a greedy choice needs; a choice that runs out of sites
    before it keeps its radius counts with the longest way it leaves. Beside it, whether all radii could be tried.
    """
    effort = effort.begun()
    now, first = ways.now, len(ways.required)
    if not len(now):
        return [], True
    worst = float(now.max())
    floor = float(ways.pairs.least(np.ones(ways.pairs.site_count, dtype=np.bool_)).max())
    if floor >= worst * (1 - _SAME):
        return [(first, worst)], True
    found, tried_count = {first: worst}, 0
    radii = np.linspace(floor, worst, _RADII, endpoint=False)
    for place in _spread_out(_RADII):
        if tried_count >= _FEWEST_RADII and effort.is_over:
            break
        tried_count += 1
        chosen, longest = _kept_within(ways, float(radii[place]), most_count - first)
        count = first + len(chosen)
        found[count] = min(longest, found.get(count, np.inf))
    steps: list[tuple[int, float]] = []
    for count, longest in sorted(found.items()):
        if not steps or longest < steps[-1][1] * (1 - _SAME):
            steps.append((count, longest))
    return steps, tried_count == _RADII


def _spread_out(count: int) -> list[int]:
    """0 … count - 1 in an order whose every beginning is spread evenly."""
    bits = max(1, (count - 1).bit_length())
    return sorted(range(count), key=lambda place: int(f"{place:0{bits}b}"[::-1], 2))


def _kept_within(ways: Ways, radius: float, most_count: int) -> tuple[Rows, float]:
    """Greedy sites for the points whose way is beyond a radius, and the longest way of all then."""
    pairs, beyond = ways.pairs, ways.now > radius
    inside = beyond[pairs.points] & (pairs.costs <= radius * (1 + _SAME))
    counts = np.bincount(pairs.points[inside], minlength=len(beyond))[beyond]
    indptr = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)))
    covers = Covers(pairs.site_count, indptr, pairs.sites[inside])
    chosen = greedy_sites(covers, covers.turned(), np.empty(0, dtype=np.int64), most_count)
    is_chosen = np.zeros(pairs.site_count, dtype=np.bool_)
    is_chosen[chosen] = True
    return chosen, float(pairs.least(is_chosen).max())


def mean_alternatives(ways: Ways, sites: Rows, *, lost_share: float = 0.01, most_count: int = 200) -> list[Alternative]:
    """Every exchange of one site that loses at most this share of what the sites shorten the mean way by, best first.

    The value is the mean way then. Of sites that shorten nothing no exchanges are listed.
    """
    chosen = np.searchsorted(ways.allowed, np.unique(np.concatenate((ways.problem.choices.required, sites))))
    tables = MedianTables(ways.pairs, chosen, np.isin(chosen, ways.required))
    gained = float((ways.now * ways.weights).sum()) - tables.value
    if gained <= tables.slack:
        return []
    saved = (tables.gains[:, None] - tables.losses + tables.made_good)[:, tables.movable]
    saved[chosen] = -np.inf
    candidates, places = np.nonzero(saved >= -lost_share * gained - tables.slack)
    lost = np.maximum(0.0, -saved[candidates, places] / gained)
    order = np.lexsort((candidates, places, lost))[:most_count]
    total = float(ways.weights.sum())
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
    ways: Ways, sites: Rows, *, lost_share: float = 0.01, most_count: int = 200
) -> list[Alternative]:
    """Every exchange of one site that loses at most this share of what the sites shorten the longest way by.

    The value is the longest way then. Sites without which it would be no longer are not listed: anything would do.
    """
    required, costs = ways.allowed[ways.required], ways.costs
    chosen = np.unique(np.concatenate((required, sites)))
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
