"""Most workers covered: the maximal covering problem, with costs, a budget and exclusive groups where they are given.

Greedy at once; then the swap search; in exact mode a price bound shuts out candidates that cannot help, and HiGHS
closes the gap from the best choice known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from geodata.siting.annealing import anneal
from geodata.siting.choices import NO_GROUP
from geodata.siting.effort import Effort
from geodata.siting.greedy import best_greedy
from geodata.siting.kernel import CoverProblem, Kernel, kernel_of
from geodata.siting.lagrange import hopeless, necessary, price_bound
from geodata.siting.mixed_integer import Goal, Model, Outcome, Relaxed, minimise, relaxed
from geodata.siting.solution import Floats, Mask, Rows, Solution, Status, found, nothing_found, tightened
from geodata.siting.swapping import improve

_HEURISTIC_SHARE = 0.15
_HEURISTIC_MOST_S = 6.0
_IDLE_STEPS = 60
"""Exchanges without a better value before the search goes over to annealing."""

_NEAR_SHARE = 0.005
"""How near the bound a choice may be for exact mode to leave the rest to HiGHS."""

_MOST_IDLE_STEPS = 5000
"""Exchanges without a better value before a search under a budget is given up."""


@dataclass(frozen=True, slots=True, eq=False)
class _Best:
    """The best choice of a kernel so far, its value, the bound so far and where it comes from."""

    chosen: Rows
    value: float
    bound: float
    method: str

    def with_bound(self, bound: float, whole: bool) -> _Best:
        return _Best(
            self.chosen, self.value, min(self.bound, tightened(bound, whole=whole, maximising=True)), self.method
        )

    @property
    def is_met(self) -> bool:
        return self.bound <= self.value + 1e-9 * max(1.0, abs(self.value))


def cover_most(problem: CoverProblem, effort: Effort, *, exact: bool = True) -> Solution:
    """The candidates that cover the most weight; objective and bound in the unit of the weights."""
    effort = effort.begun()
    if problem.choices.are_contradictory:
        return nothing_found(Status.INFEASIBLE, maximising=True, method="conditions", seconds=effort.seconds)
    kernel = kernel_of(problem, without_dominated=exact)
    best = _searched(kernel, effort, exact=exact, whole=problem.is_whole)
    if exact and not best.is_met:
        best = _closed(kernel, best, effort, whole=problem.is_whole)
    sites = kernel.whole_choice(best.chosen)
    return found(
        sites, problem.value(sites), best.bound, maximising=True, whole=problem.is_whole,
        method=best.method, seconds=effort.seconds,
    )  # fmt: skip


def _searched(kernel: Kernel, effort: Effort, *, exact: bool, whole: bool) -> _Best:
    """Greedy, swaps, prices."""
    first = best_greedy(kernel)
    best = _Best(first.chosen, kernel.value(first.chosen), first.bound, "greedy").with_bound(first.bound, whole)
    effort.say("greedy", best.value, best.bound)
    if best.is_met or effort.is_over:
        return best
    best = _improved(kernel, best, effort.part(0.6, at_most_s=_HEURISTIC_MOST_S), rounds_count=1 if exact else 2)
    prices = price_bound(kernel, best.value, effort.part(0.15, at_most_s=10.0))
    best = best.with_bound(prices.bound, whole)
    effort.say("prices", best.value, best.bound)
    is_enough = exact and best.bound - best.value <= _NEAR_SHARE * best.bound
    if not (best.is_met or is_enough or effort.is_over):
        later = effort.part(_HEURISTIC_SHARE, at_most_s=_HEURISTIC_MOST_S) if exact else effort
        best = _improved(kernel, best, later, rounds_count=3 if exact else None)
    return best


def _improved(kernel: Kernel, best: _Best, effort: Effort, *, rounds_count: int | None) -> _Best:
    if kernel.choices.is_plain:
        chosen = improve(kernel, best.chosen, effort, bound=best.bound, idle_steps_count=_IDLE_STEPS)
        chosen = anneal(kernel, chosen, effort, bound=best.bound, rounds_count=rounds_count)
    else:
        idle_steps_count = _MOST_IDLE_STEPS if rounds_count is None else _IDLE_STEPS * rounds_count
        chosen = improve(kernel, best.chosen, effort, bound=best.bound, idle_steps_count=idle_steps_count)
    value = kernel.value(chosen)
    return best if value <= best.value else _Best(chosen, value, best.bound, "greedy+swap")


def _closed(kernel: Kernel, best: _Best, effort: Effort, *, whole: bool) -> _Best:
    """What HiGHS makes of it: a better choice, a better bound, or both."""
    target = best.value + (1.0 - 1e-6 if whole else 0.0)
    prices = price_bound(kernel, best.value, effort.part(0.05, at_most_s=2.0), steps_count=500)
    best = best.with_bound(prices.bound, whole)
    if best.is_met:
        return best
    useful = ~hopeless(kernel, prices, target)
    lax = relaxed(cover_model(kernel, useful), effort.part(0.3))
    if lax.reduced_costs is None:
        prices = price_bound(kernel, best.value, effort.part(0.3, at_most_s=20.0), steps_count=1500)
        best = best.with_bound(prices.bound, whole)
        useful = ~hopeless(kernel, prices, target)
        needed = necessary(kernel, prices, target)
    else:
        # What the prices shut out holds nothing better than the best known.
        best = best.with_bound(max(best.value, kernel.base - lax.bound), whole)
        useful, needed = _decided(kernel, useful, lax, target)
    effort.say("relaxation", best.value, best.bound)
    if best.is_met or effort.is_over:
        return best
    return _branched(kernel, best, useful, needed, effort, whole=whole)


def _decided(kernel: Kernel, useful: Mask, lax: Relaxed, target: float) -> tuple[Mask, Mask]:
    """Candidates a choice of at least ``target`` may hold, and those it must: by the relaxation's reduced costs."""
    if lax.reduced_costs is None:
        raise ValueError("The relaxation was not solved.")
    reduced = np.full(kernel.site_count, np.inf)
    reduced[useful] = lax.reduced_costs[: int(useful.sum())]
    room = (kernel.base - lax.bound) - target + 1e-6 * max(1.0, abs(target))
    return reduced <= room, reduced < -room


def _branched(kernel: Kernel, best: _Best, useful: Mask, needed: Mask, effort: Effort, *, whole: bool) -> _Best:
    """HiGHS on what is open, numbered and merged anew; what is shut out holds nothing better than the best known."""
    choices = replace(kernel.choices, required=np.flatnonzero(needed), forbidden=np.flatnonzero(~useful))
    if choices.are_contradictory:
        return best.with_bound(best.value, whole)
    rest = kernel_of(CoverProblem(kernel.weights, kernel.by_point, choices), without_dominated=True)
    model = cover_model(rest, np.ones(rest.site_count, dtype=np.bool_))
    is_inside = bool(np.isin(best.chosen, np.concatenate((rest.sites, rest.taken))).all())
    is_inside &= bool(np.isin(rest.taken, best.chosen).all())
    start = _start(rest, np.flatnonzero(np.isin(rest.sites, best.chosen))) if is_inside else None
    answer = minimise(model, effort, Goal(1.0 if whole else 0.0), start=start)
    method = best.method + "+highs"
    if answer.values is not None:
        chosen = rest.whole_choice(np.flatnonzero(answer.values[: rest.site_count] > 0.5))
        if kernel.choices.allow(chosen) and kernel.value(chosen) > best.value:
            best = _Best(chosen, kernel.value(chosen), best.bound, method)
    best = _Best(best.chosen, best.value, best.bound, method)
    open_bound = -np.inf if answer.outcome is Outcome.INFEASIBLE else kernel.base + rest.base - answer.bound
    return best.with_bound(max(best.value, open_bound), whole)


def cover_model(kernel: Kernel, useful: Mask) -> Model:
    """Columns: a site of ``useful`` each, then a point each; rows: y_i ≤ Σ x_j, the count, the budget, the groups."""
    covers = kernel.by_point.kept(np.ones(len(kernel.weights), dtype=np.bool_), useful)
    n, m = covers.point_count, covers.candidate_count
    lengths = covers.lengths + 1
    indptr = np.concatenate(([0], np.cumsum(lengths)))
    indices, values = np.empty(indptr[-1], dtype=np.int64), np.ones(indptr[-1])
    own = indptr[1:] - 1
    others = np.ones(len(indices), dtype=np.bool_)
    others[own] = False
    indices[own], values[own] = m + np.arange(n), -1.0
    indices[others] = covers.indices
    extra = list(side_rows(kernel, useful))
    for columns, factors, _limit in extra:
        indices, values = np.concatenate((indices, columns)), np.concatenate((values, factors))
        indptr = np.append(indptr, indptr[-1] + len(columns))
    no_limit, limits = np.full(n, np.inf), np.array([limit for _c, _f, limit in extra], dtype=np.float64)
    return Model(
        np.concatenate((np.zeros(m), -kernel.weights)),
        np.zeros(m + n),
        np.ones(m + n),
        np.arange(m + n) < m,
        np.concatenate((np.zeros(n), np.full(len(extra), -np.inf))),
        np.concatenate((no_limit, limits)),
        indptr,
        indices,
        values,
    )


def side_rows(kernel: Kernel, useful: Mask) -> list[tuple[Rows, Floats, float]]:
    """Columns, factors and upper limits of the conditions: the count, the budget, one of a group."""
    choices, count = kernel.choices, int(useful.sum())
    rows: list[tuple[Rows, Floats, float]] = []
    if choices.limit_count is not None:
        rows.append((np.arange(count), np.ones(count), float(choices.limit_count)))
    if choices.budget is not None:
        rows.append((np.arange(count), choices.costs[useful], choices.budget))
    groups = choices.groups[useful]
    for group in np.unique(groups[groups != NO_GROUP]):
        columns = np.flatnonzero(groups == group)
        if len(columns) > 1:
            rows.append((columns, np.ones(len(columns)), 1.0))
    return rows


def _start(kernel: Kernel, chosen: Rows) -> Floats:
    taken = np.zeros(kernel.site_count)
    taken[chosen] = 1.0
    return np.concatenate((taken, kernel.by_point.covered_by(chosen).astype(np.float64)))
