"""Fewest sites: for every point (set cover), or for a share of the demand (target coverage).

Every point: greedy, then one site less again and again while exchanges with growing weights still cover all; the
bound from points that no two share a candidate, from the linear relaxation, or from HiGHS. A share: greedy and
swaps for each count; the bound from the greedy analysis or from HiGHS.

With costs that differ, it is the cheapest choice and the objective is its cost.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geodata.errors import InvalidValue
from geodata.siting.choices import NO_GROUP, Choices
from geodata.siting.cover_model import side_rows
from geodata.siting.covers import Covers
from geodata.siting.effort import Effort
from geodata.siting.greedy import GreedyChoice, greedy
from geodata.siting.kernel import CoverProblem, Kernel, gains_of, kernel_of
from geodata.siting.mixed_integer import Goal, Model, Outcome, minimise, relaxed
from geodata.siting.solution import Floats, Mask, Rows, Solution, Status, found, is_whole, nothing_found
from geodata.siting.swapping import improve
from geodata.siting.weighting import with_fewer

_FIRST_IDLE_STEPS = 300
"""Steps that bring nothing before the search for any choice under a count gives up."""


def cover_all(
    covers: Covers, choices: Choices, effort: Effort, *, exact: bool = True, any_will_do: bool = False
) -> Solution:
    """The cheapest candidates that cover every point; ``choices.limit_count`` may bound their number.

    With ``any_will_do`` the first choice found that keeps the conditions is the answer.
    """
    problem = CoverProblem(np.ones(covers.point_count), covers, choices)
    return cover_share(problem, 1.0, effort, exact=exact, any_will_do=any_will_do)


def cover_share(
    problem: CoverProblem, share: float, effort: Effort, *, exact: bool = True, any_will_do: bool = False
) -> Solution:
    """The cheapest candidates that cover at least ``share`` (0–1) of the demand.

    Raises
    ------
    InvalidValue
        If the share is not in 0–1, or the weights are all 0 while it is above 0 and below 1.
    """
    if not 0 <= share <= 1:
        raise InvalidValue("The share to be covered must lie in 0–1.", field="target")
    effort = effort.begun()
    infeasible = nothing_found(Status.INFEASIBLE, maximising=False, method="conditions", seconds=effort.seconds)
    if problem.choices.are_contradictory:
        return infeasible
    kernel = kernel_of(problem, without_dominated=exact)
    needed = _needed(problem, share)
    if kernel.base + float(kernel.weights.sum()) < needed:
        return replace(infeasible, seconds=effort.seconds)
    run = _Cheapest(problem, kernel, needed, effort)
    run.any_will_do = any_will_do
    return run.solution(exact=exact)


def _needed(problem: CoverProblem, share: float) -> float:
    """The weight to reach; a hair less where sums of real numbers may differ in their last digits."""
    needed = share * float(problem.weights.sum())
    return float(np.ceil(needed * (1 - 1e-12) - 1e-9)) if problem.is_whole else needed * (1 - 1e-9)


class _Cheapest:
    """One run: the kernel, what is needed, and the best choice and bound so far."""

    def __init__(self, problem: CoverProblem, kernel: Kernel, needed: float, effort: Effort) -> None:
        self.problem, self.kernel, self.needed, self.effort = problem, kernel, needed, effort
        self.costs = kernel.choices.costs
        self.fixed_cost = float(problem.choices.costs[kernel.taken].sum())
        self.whole = is_whole(problem.choices.costs)
        self.alike = bool(np.all(self.costs == 1.0)) and not bool(np.any(kernel.choices.groups != NO_GROUP))
        self.all_points = needed >= kernel.base + float(kernel.weights.sum()) * (1 - 1e-12)
        self.bound = 0.0
        self.method = "greedy"
        self.any_will_do = False
        self.chosen: Rows | None = None

    @property
    def cost(self) -> float:
        return np.inf if self.chosen is None else float(self.costs[self.chosen].sum())

    @property
    def is_met(self) -> bool:
        if self.any_will_do and self.chosen is not None:
            return True
        return self.cost <= self.bound + (1 - 1e-6 if self.whole else 1e-9)

    def solution(self, *, exact: bool) -> Solution:
        """Search, then close the gap if asked to; the answer."""
        self._take_greedy()
        self._raise_bound(self._packed() if self.all_points else self._fewest_by_gains())
        if not self.is_met:
            self._search(
                self.effort.part(0.15, at_most_s=6.0) if exact else self.effort.part(0.8), idle=2500 if exact else None
            )
        if not self.is_met and not self.effort.is_over:
            self._raise_bound(relaxed(self._model(), self.effort.part(0.5)).bound)
        infeasible = self.bound == np.inf
        if not infeasible and not self.is_met and not self.effort.is_over and (exact or self.chosen is None):
            infeasible = self._close()
        if self.chosen is None:
            status = Status.INFEASIBLE if infeasible else Status.UNKNOWN
            return nothing_found(status, maximising=False, method=self.method, seconds=self.effort.seconds)
        sites = self.kernel.whole_choice(self.chosen)
        return found(
            sites, float(self.problem.choices.costs[sites].sum()), self.fixed_cost + self.bound, maximising=False,
            whole=self.whole, method=self.method, seconds=self.effort.seconds,
        )  # fmt: skip

    def _take(self, chosen: Rows, method: str) -> None:
        enough = self.kernel.value(chosen) >= self.needed
        if enough and self.kernel.choices.allow(chosen) and float(self.costs[chosen].sum()) < self.cost:
            self.chosen, self.method = chosen, method
            self.effort.say(method, self.fixed_cost + self.cost, self.fixed_cost + self.bound)

    def _raise_bound(self, bound: float) -> None:
        self.bound = max(self.bound, float(np.ceil(bound - 1e-6)) if self.whole and np.isfinite(bound) else bound)

    def _take_greedy(self) -> None:
        for by_cost in (False, True):
            choice = greedy(self.kernel, by_cost=by_cost)
            enough = np.flatnonzero(choice.values >= self.needed)
            if self.kernel.base >= self.needed:
                self._take(choice.chosen[:0], "greedy")
            elif len(enough):
                self._take(self._without_idle(choice, int(enough[0]) + 1), "greedy")

    def _without_idle(self, choice: GreedyChoice, count: int) -> Rows:
        """The first ``count`` candidates less those that turn out not to be needed."""
        chosen, by_site, weights = choice.chosen[:count], self.kernel.by_site, self.kernel.weights
        counts = np.bincount(by_site.of_all(chosen), minlength=len(weights))
        value = self.kernel.base + float(weights[counts > 0].sum())
        kept = np.ones(count, dtype=np.bool_)
        for place, site in enumerate(chosen):
            points = by_site.of(int(site))
            lost = float(weights[points[counts[points] == 1]].sum())
            if value - lost >= self.needed:
                kept[place], value = False, value - lost
                counts[points] -= 1
        return chosen[kept] if self.kernel.value(chosen[kept]) >= self.needed else chosen

    def _search(self, effort: Effort, idle: int | None) -> None:
        """One site less than the best, as long as the swap search still reaches what is needed."""
        if not self.alike:
            return
        if self.all_points and self.chosen is not None:
            enough = max(self.bound, 1.0)
            fewer = with_fewer(
                self.kernel.by_point, self.kernel.by_site, self.chosen, effort, enough=enough, idle_steps_count=idle
            )
            self._take(fewer, "greedy+weighting")
            return
        if self.chosen is None:
            start = greedy(self.kernel).chosen
            self._take(self._tried(self.kernel.capacity, start, effort, _FIRST_IDLE_STEPS), "greedy+swap")
        while self.chosen is not None and len(self.chosen) and not self.is_met and not effort.is_over:
            before = self.cost
            start = np.delete(self.chosen, int(np.argmin(_own_weights(self.kernel, self.chosen))))
            self._take(self._tried(len(start), start, effort, idle), "greedy+swap")
            if self.cost >= before:
                return

    def _tried(self, count: int, start: Rows, effort: Effort, idle: int | None) -> Rows:
        """So many sites that cover as much of what is needed as the search from ``start`` came to."""
        choices = Choices.of_count(self.kernel.site_count, count)
        weights = np.ones_like(self.kernel.weights) if self.all_points else self.kernel.weights
        needed = float(weights.sum()) if self.all_points else self.needed - self.kernel.base
        fewer = replace(self.kernel, choices=choices, weights=weights, base=0.0)
        return improve(fewer, start, effort, bound=needed, learning=self.all_points, idle_steps_count=idle)

    def _packed(self) -> float:
        """Points no two of which share a candidate: each needs a site of its own, at least the cheapest of its own."""
        covers = self.kernel.by_point
        cheapest = (
            np.minimum.reduceat(self.costs[covers.indices], covers.indptr[:-1]) if covers.point_count else np.empty(0)
        )
        free = np.ones(self.kernel.site_count, dtype=np.bool_)
        total = 0.0
        for point in np.argsort(covers.lengths, kind="stable"):
            candidates = covers.of(int(point))
            if free[candidates].all():
                free[candidates] = False
                total += float(cheapest[point])
        return total

    def _fewest_by_gains(self) -> float:
        """The fewest sites whose gains could add up to what is missing; 0 where costs differ."""
        if not self.alike:
            return 0.0
        reach = self.kernel.base + np.cumsum(np.sort(gains_of(self.kernel.by_point, self.kernel.weights))[::-1])
        return float(np.searchsorted(reach, self.needed * (1 - 1e-12)) + (self.kernel.base < self.needed))

    def _close(self) -> bool:
        """Ask HiGHS; whether it showed that nothing keeps the conditions."""
        model = self._model()
        start = None if self.chosen is None else self._start(model)
        goal = Goal(1.0 if self.whole else 0.0)
        answer = minimise(model, self.effort, goal, start=start)
        if answer.outcome is Outcome.INFEASIBLE:
            return True
        if answer.values is not None:
            self._take(np.flatnonzero(answer.values[: self.kernel.site_count] > 0.5), self.method + "+highs")
        if self.chosen is not None and "highs" not in self.method:
            self.method += "+highs"
        self._raise_bound(min(answer.bound, self.cost))
        return False

    def _start(self, model: Model) -> Floats:
        start = np.zeros(len(model.costs))
        if self.chosen is not None:
            start[self.chosen] = 1.0
            if not self.all_points:
                start[self.kernel.site_count :] = self.kernel.by_point.covered_by(self.chosen)
        return start

    def _model(self) -> Model:
        if self.all_points:
            return set_cover_model(self.kernel)
        return target_model(self.kernel, self.needed)


def set_cover_model(kernel: Kernel) -> Model:
    """Columns: the sites. Rows: at least one candidate of each point; the conditions."""
    m = kernel.site_count
    rows = side_rows(kernel, np.ones(m, dtype=np.bool_))
    return _with_side_rows(
        kernel.choices.costs, np.ones(m, dtype=np.bool_), np.ones(kernel.by_point.point_count),
        kernel.by_point.indptr, kernel.by_point.indices, np.ones(len(kernel.by_point.indices)), rows,
    )  # fmt: skip


def target_model(kernel: Kernel, needed: float) -> Model:
    """Columns: the sites, then the points. Rows: y_i ≤ Σ x_j; the weight covered; the conditions."""
    covers, n, m = kernel.by_point, kernel.by_point.point_count, kernel.site_count
    indptr = covers.indptr + np.arange(n + 1)
    own = indptr[1:] - 1
    indices, values = np.empty(indptr[-1], dtype=np.int64), np.ones(indptr[-1])
    others = np.ones(len(indices), dtype=np.bool_)
    others[own] = False
    indices[own], values[own], indices[others] = m + np.arange(n), -1.0, covers.indices
    indices = np.concatenate((indices, m + np.arange(n)))
    largest = float(kernel.weights.max(initial=1.0))
    values = np.concatenate((values, kernel.weights / largest))
    lower = np.append(np.zeros(n), (needed - kernel.base) / largest - 1e-9)
    costs = np.concatenate((kernel.choices.costs, np.zeros(n)))
    whole = np.arange(m + n) < m
    rows = side_rows(kernel, np.ones(m, dtype=np.bool_))
    return _with_side_rows(costs, whole, lower, np.append(indptr, indptr[-1] + n), indices, values, rows)


def _with_side_rows(
    costs: Floats, whole: Mask, lower: Floats, indptr: Rows, indices: Rows, values: Floats,
    rows: list[tuple[Rows, Floats, float]],
) -> Model:  # fmt: skip
    for columns, factors, _limit in rows:
        indices, values = np.concatenate((indices, columns)), np.concatenate((values, factors))
        indptr = np.append(indptr, indptr[-1] + len(columns))
    limits = np.array([limit for _columns, _factors, limit in rows], dtype=np.float64)
    return Model(
        costs, np.zeros(len(costs)), np.ones(len(costs)), whole,
        np.concatenate((lower, np.full(len(rows), -np.inf))), np.concatenate((np.full(len(lower), np.inf), limits)),
        indptr, indices, values,
    )  # fmt: skip


def _own_weights(kernel: Kernel, chosen: Rows) -> Floats:
    """For each chosen candidate the weight it alone covers."""
    points = kernel.by_site.of_all(chosen)
    counts = np.bincount(points, minlength=len(kernel.weights))
    owners = np.repeat(np.arange(len(chosen)), kernel.by_site.lengths[chosen])
    worth = np.where(counts[points] == 1, kernel.weights[points], 0.0)
    return np.bincount(owners, worth, minlength=len(chosen)).astype(np.float64)
