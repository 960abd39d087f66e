"""Least worst travel: the vertex p-center problem, points not weighted.

A radius can be kept if at most p candidates serve every point within it (``center_radius``). From above, the search
keeps shorter and shorter radii; from below, the linear relaxation refutes radii by bisection, then HiGHS decides those
between. What could not be shown within the time stays between objective and bound.
"""

from __future__ import annotations

import numpy as np

from geodata.siting.center_radius import Radii
from geodata.siting.covers import Covers
from geodata.siting.distances import DistanceProblem
from geodata.siting.effort import Effort
from geodata.siting.set_cover import cover_all
from geodata.siting.solution import Floats, Mask, Rows, Solution, Status, found, nothing_found

_STEPS = (0.08, 0.045, 0.025, 0.012, 0.006, 0.003, 0.001)
"""By what shares of itself the radius is shortened, one after another as the search fails."""

_ALL_CELLS = 1_000_000
"""Cells of a matrix up to which every point is looked at from the start."""

_PRICE_LEVELS = 8
_SHORT_S = 5.0
"""Up to this time limit the bound is that of the prices alone."""

_MOST_LEVELS = 200_000
_FIRST_IDLE_STEPS = 200
"""Exchanges that bring nothing before a radius is given up; twice as many each time all steps have failed."""

_FIRST_ROUNDS = 4
_ENOUGH_EACH = 1000
_STEPS_AGAIN = 2
"""The step a further round begins with."""


def least_worst_cost(problem: DistanceProblem, effort: Effort, *, exact: bool = True) -> Solution:
    """At most p candidates with the least cost of the worst-served point."""
    effort = effort.begun()
    if problem.choices.are_contradictory or (problem.limit_count == 0 and len(problem.weights)):
        return nothing_found(Status.INFEASIBLE, maximising=False, method="conditions", seconds=effort.seconds)
    if not len(problem.weights):
        sites = np.unique(problem.choices.required)
        return found(sites, 0.0, 0.0, maximising=False, whole=True, method="conditions", seconds=effort.seconds)
    run = _Run(problem, effort)
    run.begin()
    if not np.isfinite(run.worst):
        start, impossible = servable(problem, np.ones(len(problem.weights), dtype=np.bool_), effort)
        if start is None:
            status = Status.INFEASIBLE if impossible else Status.UNKNOWN
            return nothing_found(status, maximising=False, method="highs", seconds=effort.seconds)
        run.take(np.searchsorted(problem.allowed, start), "highs")
    run.shorten(effort.part(0.25 if exact else _search_share(effort), at_most_s=20.0), _FIRST_ROUNDS)
    run.price(effort.part(0.8 if effort.time_limit_s <= _SHORT_S else 0.1, at_most_s=3.0))
    if effort.time_limit_s > _SHORT_S:
        run.refute(effort.part(0.5))
    if exact:
        run.decide()
    else:
        run.shorten(effort, None)
    sites = np.sort(problem.allowed[run.chosen])
    floor = min(run.floor, run.worst)
    return found(
        sites, run.worst, floor, maximising=False, whole=False, method=run.method, seconds=effort.seconds
    )  # fmt: skip


def _search_share(effort: Effort) -> float:
    """How much of the time the search has before a bound is sought; nearly all where there is little."""
    return 0.6 if effort.time_limit_s > _SHORT_S else 0.85


class _Run:
    """The best sites so far, numbered among the allowed candidates, and the least radius not refuted, ``floor``."""

    def __init__(self, problem: DistanceProblem, effort: Effort) -> None:
        self.effort = effort
        costs = problem.costs
        if len(problem.allowed) < problem.choices.candidate_count:
            costs = costs[:, problem.allowed]
        self.costs = costs
        required = np.searchsorted(problem.allowed, np.unique(problem.choices.required))
        self.radii = Radii(costs, required, problem.limit_count, effort.seed)
        self.chosen: Rows = np.empty(0, dtype=np.int64)
        self.worst, self.floor, self.method = np.inf, 0.0, "spread"

    def _offer(self, sites: Rows) -> None:
        self.take(sites, "weighting")

    def take(self, sites: Rows, method: str) -> None:
        """Keep these sites if their worst cost is the least so far."""
        worst = float(self.radii.nearest(sites).max())
        if worst < self.worst or not len(self.chosen):
            self.chosen, self.worst, self.method = sites, worst, method
            self.radii.lower_roof(worst)
            self.effort.say(method, worst if np.isfinite(worst) else None, self.floor)

    def begin(self) -> None:
        """The floor every choice has, and a first choice."""
        self.floor = float(self.costs.min(axis=1).max())
        sites, points = self.radii.spread()
        self.floor = max(self.floor, self.radii.packed_floor(points))
        self.radii.decisive = np.unique(points[: self.radii.limit + 1])
        self.take(sites, "spread")
        self.radii.look_at(points if self.costs.size > _ALL_CELLS else np.arange(len(self.costs)))

    def price(self, effort: Effort) -> None:
        """Refute radii by prices, by bisection."""
        low, high = self.floor, self.worst
        for _ in range(_PRICE_LEVELS):
            if effort.is_over or high - low <= 0.002 * high:
                break
            middle = (low + high) / 2
            if self.radii.is_outpriced(middle, effort):
                low = self.radii.next_above(middle)
                self.floor = max(self.floor, low)
            else:
                high = middle
        self.effort.say("prices", self.worst, self.floor)

    def shorten(self, effort: Effort, rounds_count: int | None) -> None:
        """Keep a radius by exchanges, then a shorter one; shorter by less where that fails.

        It ends after so many rounds of all the steps, or, without such a number, once a round as long as
        ``_ENOUGH_EACH`` exchanges for each site brought nothing.
        """
        at, round_number = 0, 0
        enough = _ENOUGH_EACH * max(10, self.radii.limit)
        while self.worst > self.floor and not effort.is_over:
            radius = max(self.floor, self.worst * (1 - _STEPS[at]))
            idle, before = _FIRST_IDLE_STEPS * 2**round_number, self.worst
            if self.radii.searched(radius, self.chosen, effort, idle, self._offer) and self.worst < before:
                continue
            at += 1
            if at == len(_STEPS):
                at, round_number = _STEPS_AGAIN, round_number + 1
                if round_number == rounds_count or idle > enough:
                    return

    def refute(self, effort: Effort) -> None:
        """Raise the floor by bisection over the costs between: the relaxation refutes, or shows nothing."""
        high_cost, is_all = self.worst, False
        while not is_all and not effort.is_over:
            levels, is_all = self._levels(high_cost)
            low, high = 0, len(levels) - 1
            while low < high and not effort.is_over:
                middle = (low + high) // 2
                if self.radii.is_refuted(float(levels[middle]), effort):
                    low = middle + 1
                    self.floor = max(self.floor, float(levels[low if is_all else middle]))
                    self.effort.say("relaxation", self.worst, self.floor)
                else:
                    high = middle
            high_cost = float(levels[high])

    def decide(self) -> None:
        """HiGHS on the radii between, by bisection; what it cannot decide is passed over upwards."""
        levels, is_all = self._levels(self.worst)
        floor, low, high = 0, 0, len(levels) - 1
        while low < high and not self.effort.is_over:
            middle = (low + high) // 2
            sites, impossible = self.radii.decided(float(levels[middle]), self.effort.part(0.5))
            self.method = self.method if "highs" in self.method else self.method + "+highs"
            if sites is not None:
                self.take(sites, self.method)
                high = min(middle, int(np.searchsorted(levels, self.worst)))
            else:
                low = middle + 1
                floor = (low if is_all else middle) if impossible else floor
            self.floor = max(self.floor, float(levels[floor]))
            self.effort.say("highs", self.worst, self.floor)

    def _levels(self, most: float) -> tuple[Floats, bool]:
        """Distinct costs from the floor to ``most``, ascending, with the last; and whether they are all there are."""
        cells = self.costs[(self.costs >= self.floor) & (self.costs <= most)]
        step = max(1, len(cells) // _MOST_LEVELS)
        return np.unique(np.append(cells[::step], most)), step == 1


def servable(problem: DistanceProblem, counted: Mask, effort: Effort) -> tuple[Rows | None, bool]:
    """Sites that serve every point ``counted`` (n,) at a finite cost, or None and whether there are none."""
    points, candidates = np.nonzero(np.isfinite(problem.costs[counted]))
    covers = Covers.of_pairs(int(counted.sum()), problem.choices.candidate_count, points, candidates)
    answer = cover_all(covers, problem.choices, effort.part(0.8), exact=True, any_will_do=True)
    if answer.objective is None:
        return None, answer.status is Status.INFEASIBLE
    return np.array(answer.sites, dtype=np.int64), False
