"""Least worst travel: the vertex p-center problem, points not weighted.

A radius can be kept if at most p candidates serve every point within it (``center_radius``). From above, the search
keeps shorter and shorter radii; from below, the linear relaxation refutes radii by bisection, then HiGHS decides those
between. What could not be shown within the time stays between objective and bound.
"""

from __future__ import annotations

import numpy as np

from geodata.siting.center_radius import Radii
from geodata.siting.center_search import CenterSearch
from geodata.siting.center_swaps import CenterSwaps
from geodata.siting.covers import Covers
from geodata.siting.distances import DistanceProblem
from geodata.siting.effort import Effort
from geodata.siting.set_cover import cover_all
from geodata.siting.solution import Floats, Mask, Rows, Solution, Status, found, nothing_found

_PRICE_LEVELS = 8
_PRICE_SHARE = 0.25
"""How far up between floor and best radius the prices are asked: they mostly refute the lower part alone."""

_SHORT_S = 5.0
"""Up to this time limit the bound is that of the prices alone."""

_FEW_SITES = 250
"""Up to so many sites each serves so much that a small sample decides."""

_MOST_NEAR, _SHORT_NEAR = 2_500_000, 400_000
"""Cells the search looks at, about: 16 bytes each; and those read for prices alone."""

_MOST_LEVELS, _BLOCK_CELLS = 200_000, 500_000
"""Distinct costs looked at together; and cells read at a time to find them."""

_FIRST_ROUNDS = 4


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
    run.search_from_above(effort, exact=exact)
    run.price(effort.part(0.8 if effort.time_limit_s <= _SHORT_S else 0.1, at_most_s=3.0))
    if effort.time_limit_s > _SHORT_S:
        run.refute(effort.part(0.5))
    if exact:
        run.decide()
    else:
        run.swap(effort.part(0.7), None)
        run.shorten(effort, None)
    sites = np.sort(problem.allowed[run.chosen])
    floor = min(run.radii.floor, run.worst)
    return found(
        sites, run.worst, floor, maximising=False, whole=False, method=run.method, seconds=effort.seconds
    )  # fmt: skip


class _Run:
    """The best sites so far, numbered among the allowed candidates; ``radii.floor`` is the least radius not refuted."""

    def __init__(self, problem: DistanceProblem, effort: Effort) -> None:
        self.effort = effort
        costs = problem.costs
        if len(problem.allowed) < problem.choices.candidate_count:
            costs = costs[:, problem.allowed]
        self.costs = costs
        required = np.searchsorted(problem.allowed, np.unique(problem.choices.required))
        self.radii = Radii(costs, required, problem.limit_count, effort.seed)
        self.swaps: CenterSwaps | None = None
        self.levels: Floats | None = None
        self.chosen: Rows = np.empty(0, dtype=np.int64)
        self.worst, self.method = np.inf, "spread"

    def _offer_swapped(self, sites: Rows, nearest: Floats) -> float:
        self.take(sites, "swaps", nearest)
        return self.worst

    def _offer(self, sites: Rows, nearest: Floats | None = None) -> float:
        self.take(sites, "weighting", nearest if self.radii.cells.is_of_all else None)
        return self.worst

    def take(self, sites: Rows, method: str, nearest: Floats | None = None) -> None:
        """Keep these sites if their worst cost is the least so far; ``nearest`` (n,) if it is known exactly."""
        worst = float((self.radii.nearest(sites) if nearest is None else nearest).max())
        if worst < self.worst or not len(self.chosen):
            self.chosen, self.worst, self.method = sites, worst, method
            self.radii.cells.lower_roof(worst)
            self.effort.say(method, worst if np.isfinite(worst) else None, self.radii.floor)

    def begin(self) -> None:
        """The floor every choice has, and a first choice."""
        sites, points = self.radii.spread()
        self.radii.floor = self.radii.packed_floor(points)
        self.take(sites, "spread")
        self.points = points

    def search_from_above(self, effort: Effort, *, exact: bool) -> None:
        """Few sites: exchanges among points that decide; many: among all near cells. With time, then the other."""
        is_short, has_few = effort.time_limit_s <= _SHORT_S, self.radii.limit <= _FEW_SITES
        if has_few:
            self.swap(effort.part(0.15 if exact else 0.85 if is_short else 0.4, at_most_s=20.0), _FIRST_ROUNDS)
        self.begin_search(_SHORT_NEAR if is_short and has_few else _MOST_NEAR)
        if not (is_short and has_few):
            share = 0.15 if exact and has_few else 0.25 if exact else 0.93 if is_short else 0.3
            self.shorten(effort.part(share, at_most_s=20.0), _FIRST_ROUNDS)

    def begin_search(self, most_near: int) -> None:
        """Read what the search looks at."""
        self.radii.look_at(self.points, self.worst, most_near)
        self.radii.floor = max(self.radii.floor, self.radii.cells.least_floor())
        self.search = CenterSearch(self.radii, self._offer)
        if self.swaps is not None:
            self.search.chosen = self.chosen

    def price(self, effort: Effort) -> None:
        """Refute radii by prices, by halving unevenly."""
        low, high = self.radii.floor, self.worst
        for _ in range(_PRICE_LEVELS):
            if effort.is_over or high - low <= 0.002 * high:
                break
            middle = low + _PRICE_SHARE * (high - low)
            if self.radii.is_outpriced(middle, effort):
                low = self.radii.cells.next_above(middle)
                self.radii.floor = max(self.radii.floor, low)
            else:
                high = middle
        self.effort.say("prices", self.worst, self.radii.floor)

    def swap(self, effort: Effort, rounds_count: int | None) -> None:
        """Search for shorter radii among points that decide."""
        if self.swaps is None:
            self.swaps = CenterSwaps(self.radii, self.points, self._offer_swapped)
        self.swaps.shorten(self.worst, effort, rounds_count)
        self.worst = float(self.radii.nearest(self.chosen).max())

    def shorten(self, effort: Effort, rounds_count: int | None) -> None:
        """Search for shorter radii among all near cells."""
        self.search.shorten(self.worst, effort, rounds_count)

    def refute(self, effort: Effort) -> None:
        """Raise the floor by bisection over the costs between: the relaxation refutes, or shows nothing."""
        high_cost, is_all = self.worst, False
        while not is_all and not effort.is_over:
            levels, is_all = self._levels(high_cost)
            low, high, known = 0, len(levels) - 1, (self.radii.floor, high_cost)
            while low < high and not effort.is_over:
                middle = (low + high) // 2
                if self.radii.is_refuted(float(levels[middle]), effort):
                    low = middle + 1
                    self.radii.floor = max(self.radii.floor, float(levels[low if is_all else middle]))
                    self.effort.say("relaxation", self.worst, self.radii.floor)
                else:
                    high = middle
            high_cost = float(levels[high])
            if (self.radii.floor, high_cost) == known:
                break

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
            self.radii.floor = max(self.radii.floor, float(levels[floor]))
            self.effort.say("highs", self.worst, self.radii.floor)

    def _levels(self, most: float) -> tuple[Floats, bool]:
        """Distinct costs from the floor to ``most``, ascending, with the last; and whether they are all there are."""
        floor = self.radii.floor
        if self.levels is None:
            self.levels = _distinct(self.costs, floor, most, _MOST_LEVELS)
        if self.levels is not None:
            inside = self.levels[(self.levels >= floor) & (self.levels <= most)]
            return np.unique(np.append(inside, most)), True
        cells = self.costs[(self.costs >= floor) & (self.costs <= most)]
        step = max(1, len(cells) // _MOST_LEVELS)
        return np.unique(np.append(cells[::step], most)), step == 1


def _distinct(costs: Floats, least: float, most: float, limit: int) -> Floats | None:
    """The distinct costs from ``least`` to ``most``, ascending; None where there are more than ``limit``.

    Some rows at a time: where costs are many, a few rows show it, and where they are few, their cells are mostly those
    of rows before.
    """
    found = np.empty(0)
    size = max(1, _BLOCK_CELLS // max(1, costs.shape[1]))
    for start in range(0, len(costs), size):
        cells = costs[start : start + size]
        cells = np.sort(cells[(cells >= least) & (cells <= most)])
        fresh = np.ones(len(cells), dtype=np.bool_)
        fresh[1:] = cells[1:] != cells[:-1]
        found = np.union1d(found, cells[fresh])
        if len(found) > limit:
            return None
    return found


def servable(problem: DistanceProblem, counted: Mask, effort: Effort) -> tuple[Rows | None, bool]:
    """Sites that serve every point ``counted`` (n,) at a finite cost, or None and whether there are none."""
    points, candidates = np.nonzero(np.isfinite(problem.costs[counted]))
    covers = Covers.of_pairs(int(counted.sum()), problem.choices.candidate_count, points, candidates)
    answer = cover_all(covers, problem.choices, effort.part(0.8), exact=True, any_will_do=True)
    if answer.objective is None:
        return None, answer.status is Status.INFEASIBLE
    return np.array(answer.sites, dtype=np.int64), False
