"""Least mean travel: the p-median problem.

Greedy on a sample, then exchanges valued from tables, shaken and repeated (``median_search``). The bound comes from
prices (``median_prices``), and the sites they favour are tried too. In exact mode candidates the prices shut out are
dropped, and HiGHS solves the radius form of what is left (``radius_form``).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geodata.siting.distances import DistanceProblem
from geodata.siting.effort import Effort
from geodata.siting.median_prices import MedianPrices, Target, favoured, median_prices
from geodata.siting.median_search import MedianSearch
from geodata.siting.median_swap import two_nearest
from geodata.siting.mixed_integer import Goal, Outcome, minimise
from geodata.siting.near_pairs import near_pairs
from geodata.siting.p_center import servable
from geodata.siting.radius_form import radius_form
from geodata.siting.solution import Floats, Mask, Rows, Solution, Status, found, is_whole, nothing_found, tightened

_MOST_CELLS = 3_000_000
"""Cells of the radius form handed to HiGHS; beyond it, the bound is the prices' alone."""

_LONG_S = 15.0

_SECONDS_A_CELL = 6e-9
"""What reading a matrix once costs, about: where that is much of the time, the search gets more of it."""

_FIRST_SHAKES = 400
_MOST_SHAKES = 20_000
"""Shakes that bring nothing before the search turns to the prices, and before it ends."""

_SECONDS_A_LOOK = 2.5e-8
"""What looking up one cell far from the last costs, about: time kept for valuing the choice at the end."""

_ALL_PRICED = 1_000_000
_MOST_PRICED = 2_500_000
"""Near pairs the prices are computed over; where more lie within reach, reach is shortened and the bound is weaker."""


def least_total_cost(problem: DistanceProblem, effort: Effort, *, exact: bool = True) -> Solution:
    """At most p candidates with the least Σ w_i · (cost to the nearest); the objective is that sum, not the mean."""
    effort = effort.begun()
    if problem.choices.are_contradictory:
        return nothing_found(Status.INFEASIBLE, maximising=False, method="conditions", seconds=effort.seconds)
    if not bool((problem.weights > 0).any()):
        sites = np.unique(problem.choices.required)
        return found(sites, 0.0, 0.0, maximising=False, whole=True, method="conditions", seconds=effort.seconds)
    if problem.limit_count == 0:
        return nothing_found(Status.INFEASIBLE, maximising=False, method="conditions", seconds=effort.seconds)
    run = _Run(problem, effort)
    run.search(exact=exact)
    if not run.is_served:
        start, impossible = servable(problem, problem.weights > 0, effort)
        if start is None:
            status = Status.INFEASIBLE if impossible else Status.UNKNOWN
            return nothing_found(status, maximising=False, method="highs", seconds=effort.seconds)
        run.begin_from(np.searchsorted(problem.allowed, start))
    run.price(exact=exact)
    if exact and not run.is_met and not run.effort.is_over:
        run.close()
    sites = np.sort(problem.allowed[run.chosen])
    return found(
        sites, run.true_value(), run.bound, maximising=False, whole=run.whole, method=run.method, seconds=effort.seconds
    )


class _Run:
    """The points that count and the candidates allowed, the search, and the bound so far.

    Sites are numbered among the allowed ones.
    """

    def __init__(self, problem: DistanceProblem, effort: Effort) -> None:
        counted = problem.weights > 0
        self.weights = problem.weights[counted]
        costs = problem.costs if bool(np.all(counted)) else problem.costs[counted]
        if len(problem.allowed) < problem.choices.candidate_count:
            costs = costs[:, problem.allowed]
        self.costs = costs
        largest = float(costs.max(initial=0.0))
        if not np.isfinite(largest):
            largest = float(np.max(costs, where=np.isfinite(costs), initial=0.0))
        self.unserved = largest * float(self.weights.max()) * len(self.weights) + 1.0
        self.limit = problem.limit_count
        last_s = _SECONDS_A_LOOK * len(costs) * self.limit
        self.effort = replace(effort, time_limit_s=max(0.5 * effort.time_limit_s, effort.time_limit_s - last_s))
        self.required = np.searchsorted(problem.allowed, np.unique(problem.choices.required))
        self.looking = MedianSearch(costs, self.weights, self.required, self.limit, self.unserved, effort.seed)
        self.whole, self.bound, self.method = False, 0.0, "greedy"

    @property
    def chosen(self) -> Rows:
        return self.looking.best

    @property
    def value(self) -> float:
        return self.looking.value

    @property
    def is_served(self) -> bool:
        """Whether the choice serves every point."""
        return self.value < self.unserved

    @property
    def is_short(self) -> bool:
        """Whether reading the matrix takes much of the time there is."""
        return self.costs.size * _SECONDS_A_CELL > 0.1 * self.effort.left_s

    @property
    def is_met(self) -> bool:
        return self._suffices(self.bound)

    def true_value(self) -> float:
        """The choice's value, worked out once more from the matrix alone."""
        return float(self.weights @ self.costs.take(self.chosen, axis=1).min(axis=1))

    def _suffices(self, bound: float) -> bool:
        return self.value <= bound + (1 - 1e-6 if self.whole else 1e-9 * max(1.0, abs(bound)))

    def search(self, *, exact: bool) -> None:
        """Greedy and exchanges."""
        self.looking.greedy()
        self.effort.say("greedy", self.value if self.is_served else None, None)
        if exact:
            self.looking.swap(self.effort.part(0.15, at_most_s=8.0, steps_count=3000), patience=60)
        else:
            self.looking.swap(self.effort.part(0.75 if self.is_short else 0.5), patience=_FIRST_SHAKES)
        self.method = "greedy+swap"

    def begin_from(self, start: Rows) -> None:
        """Search on from sites that serve every point."""
        self.looking.best, self.looking.value = start, np.inf
        self.looking.take(start)
        self.looking.swap(self.effort.part(0.3, steps_count=300), patience=20)

    def price(self, *, exact: bool) -> None:
        """Raise the bound by prices; what sites they favour is searched on from where that is better."""
        self.whole = (exact or not self.is_short) and is_whole(self.weights) and _are_whole(self.costs)
        known = None if exact or self.effort.left_s > _LONG_S or self.costs.size <= _ALL_PRICED else self.looking.pairs
        pairs = near_pairs(self.costs, self.weights, self._reach()) if known is None else known
        slot_of = np.full(self.costs.shape[1], -1, dtype=np.int64)
        slot_of[self.chosen] = np.arange(len(self.chosen))
        first, second, _slot = two_nearest(pairs, slot_of, np.arange(len(self.weights)))
        second = np.where(second < self.unserved, second, first * 2) if len(self.chosen) > 1 else first
        before = self.value
        target = Target(self.value, self._suffices, self._offer)
        prices = median_prices(
            pairs, first, second, self.required, self.limit, target, self.effort.part(0.6),
            1200 if exact else 400,
        )  # fmt: skip
        self.prices = prices
        self._raise_bound(prices.bound - 1e-10 * max(1.0, abs(prices.bound)))
        self.effort.say("prices", self.value, self.bound)
        if self.is_met or self.effort.is_over or (exact and self.value >= before):
            return
        self.looking.enough = self.bound
        part = self.effort.part(0.2, steps_count=600) if exact else self.effort
        self.looking.swap(part, patience=40 if exact else _MOST_SHAKES)

    def _reach(self) -> Floats:
        """How far prices may rise: well beyond the second nearest, unless that holds too many pairs."""
        nearest = self.looking.stand(self.chosen, 4)
        reach = self.looking.always
        if self.costs.size <= _ALL_PRICED:
            return reach
        reach = np.minimum(nearest[-1], reach) if len(nearest) > 1 else reach
        rows = np.unique(np.linspace(0, len(reach) - 1, 200).astype(np.int64))
        most = _MOST_PRICED if self.effort.left_s < _LONG_S else 4 * _MOST_PRICED
        while True:
            inside = (self.costs[rows] * self.weights[rows, None] < reach[rows, None]).mean()
            if inside * self.costs.size <= most or bool(np.all(reach <= nearest[0] * 1.05)):
                return reach
            reach = np.asarray(np.maximum(reach * 0.85, nearest[0] * 1.05))

    def _offer(self, picked: Rows) -> float:
        self.looking.offer(picked)
        return self.value

    def _raise_bound(self, bound: float) -> None:
        self.bound = max(self.bound, tightened(bound, whole=self.whole, maximising=False))

    def _useful(self, prices: MedianPrices) -> Mask:
        """Sites some better choice may hold: the prices do not shut them out."""
        picked = favoured(prices.reduced, self.required, self.limit)
        worst = float(prices.reduced[picked[len(self.required) :]].max(initial=-np.inf))
        target = self.value - (1 - 1e-6 if self.whole else 0.0) + 1e-9 * max(1.0, abs(self.value))
        useful = prices.bound - max(worst, -1e300) + prices.reduced <= target
        useful[picked] = True
        useful[self.chosen] = True
        return np.asarray(useful)

    def close(self) -> None:
        """HiGHS on the sites that are left; its bound holds for choices better than the best known."""
        useful = np.flatnonzero(self._useful(self.prices))
        if len(self.weights) * len(useful) > _MOST_CELLS:
            return
        by_point = np.minimum(self.costs[:, useful] * self.weights[:, None], self.unserved)
        # A point is at most this far in any better choice: all the others cost at least their least.
        least = by_point.min(axis=1)
        cap = np.minimum(self.value - float(least.sum()) + least, self.unserved)
        model, starts = radius_form(by_point, cap, self.limit, np.searchsorted(useful, self.required), self.unserved)
        start = starts(np.searchsorted(useful, self.chosen))
        answer = minimise(model, self.effort, Goal(1.0 if self.whole else 0.0), start=start)
        self.method += "+highs"
        if answer.values is not None:
            chosen = useful[answer.values[: len(useful)] > 0.5]
            if 0 < len(chosen) <= self.limit:
                self.looking.take(chosen)
        if answer.outcome is not Outcome.INFEASIBLE:
            self._raise_bound(min(self.value, answer.bound + float(least.sum())))


def _are_whole(costs: Floats) -> bool:
    """Whether every finite cost is a whole number; most matrices show it in their first rows."""
    size = max(1, 1_000_000 // max(1, costs.shape[1]))
    for start in range(0, len(costs), size):
        block = costs[start : start + size]
        if bool(np.any((block != np.rint(block)) & np.isfinite(block))):
            return False
    return True
