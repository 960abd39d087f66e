"""Least worst travel: the vertex p-center problem, points not weighted.

A radius r can be kept if at most p candidates cover every point within r: bisection over the distinct costs. That a
radius can be kept is shown by sites; that it cannot, by points no two of which share a candidate, by the linear
relaxation, or by HiGHS. What could not be shown within the time stays between objective and bound.
"""

from __future__ import annotations

import numpy as np

from geodata.siting.covers import Covers
from geodata.siting.distances import DistanceProblem, nearest_two
from geodata.siting.effort import Effort
from geodata.siting.set_cover import cover_all
from geodata.siting.solution import Floats, Mask, Rows, Solution, Status, found, nothing_found


def least_worst_cost(problem: DistanceProblem, effort: Effort, *, exact: bool = True) -> Solution:
    """At most p candidates with the least cost of the worst-served point."""
    effort = effort.begun()
    if problem.choices.are_contradictory or (problem.limit_count == 0 and len(problem.weights)):
        return nothing_found(Status.INFEASIBLE, maximising=False, method="conditions", seconds=effort.seconds)
    if not len(problem.weights):
        sites = np.unique(problem.choices.required)
        return found(sites, 0.0, 0.0, maximising=False, whole=True, method="conditions", seconds=effort.seconds)
    allowed_costs = problem.costs[:, problem.allowed]
    low = float(allowed_costs.min(axis=1).max())
    sites, impossible = first_choice(problem, effort), False
    high = float(problem.nearest(sites).max())
    method = "greedy+swap"
    if not np.isfinite(high):
        start, impossible = servable(problem, np.ones(len(problem.weights), dtype=np.bool_), effort)
        if start is None:
            status = Status.INFEASIBLE if impossible else Status.UNKNOWN
            return nothing_found(status, maximising=False, method="highs", seconds=effort.seconds)
        sites, high, method = start, float(problem.nearest(start).max()), "highs"
    levels = np.unique(allowed_costs[(allowed_costs >= low) & (allowed_costs <= high)])
    effort.say(method, high, low)
    floor, tried, roof = 0, 0, len(levels) - 1
    while tried < roof and not effort.is_over:
        middle = (tried + roof) // 2
        budget = effort.part(0.5 if exact else 0.25)
        answer = within_radius(problem, float(levels[middle]), budget, exact=exact)
        if len(answer.sites) and answer.objective is not None:
            sites = np.array(answer.sites, dtype=np.int64)
            roof = int(np.searchsorted(levels, problem.nearest(sites).max()))
            method = answer.method
        elif answer.status is Status.INFEASIBLE:
            floor = tried = middle + 1
        else:
            tried = middle + 1
        effort.say(method, float(levels[roof]), float(levels[floor]))
    worst = float(problem.nearest(sites).max())
    return found(
        sites, worst, min(float(levels[floor]), worst), maximising=False, whole=False, method=method,
        seconds=effort.seconds,
    )  # fmt: skip


def within_radius(problem: DistanceProblem, radius: float, effort: Effort, *, exact: bool) -> Solution:
    """At most p sites that keep a radius, or a proof that none do, or neither."""
    points, candidates = np.nonzero(problem.costs <= radius)
    covers = Covers.of_pairs(len(problem.weights), problem.choices.candidate_count, points, candidates)
    return cover_all(covers, problem.choices, effort, exact=exact, any_will_do=True)


def servable(problem: DistanceProblem, counted: Mask, effort: Effort) -> tuple[Rows | None, bool]:
    """Sites that serve every point ``counted`` (n,) at a finite cost, or None and whether there are none."""
    points, candidates = np.nonzero(np.isfinite(problem.costs[counted]))
    covers = Covers.of_pairs(int(counted.sum()), problem.choices.candidate_count, points, candidates)
    answer = cover_all(covers, problem.choices, effort.part(0.8), exact=True, any_will_do=True)
    if answer.objective is None:
        return None, answer.status is Status.INFEASIBLE
    return np.array(answer.sites, dtype=np.int64), False


def first_choice(problem: DistanceProblem, effort: Effort) -> Rows:
    """Furthest first, then exchanges that help the worst-served point, until none does."""
    by_site = np.ascontiguousarray(problem.costs.T)
    chosen = [int(site) for site in np.unique(problem.choices.required)]
    nearest = problem.nearest(np.array(chosen, dtype=np.int64))
    allowed = problem.allowed
    while len(chosen) < problem.limit_count:
        worst = int(np.argmax(nearest))
        site = int(allowed[np.argmin(problem.costs[worst, allowed])])
        if site in chosen:
            break
        chosen.append(site)
        nearest = np.minimum(nearest, by_site[site])
    return _exchanged(problem, by_site, np.array(chosen, dtype=np.int64), effort.part(0.2, at_most_s=3.0))


def _exchanged(problem: DistanceProblem, by_site: Floats, chosen: Rows, effort: Effort) -> Rows:
    """Only a candidate nearer to the worst-served point than its site can help: each is tried in every slot at once."""
    movable = ~np.isin(chosen, problem.choices.required)
    while movable.any() and not _is_over(effort):
        stands = nearest_two(by_site, chosen)
        worst = int(np.argmax(stands.first))
        radius = float(stands.first[worst])
        best, best_radius = (-1, -1), radius
        row = problem.costs[worst]
        for site in problem.allowed[row[problem.allowed] < radius]:
            kept = np.minimum(stands.first, by_site[site])
            moved = np.minimum(stands.second, by_site[site])
            radii = _worst_without_each(stands.slot, kept, moved, len(chosen))
            radii[~movable] = np.inf
            slot = int(np.argmin(radii))
            if radii[slot] < best_radius:
                best, best_radius = (int(site), slot), float(radii[slot])
            if _is_over(effort):
                break
        if best[0] < 0:
            break
        chosen = chosen.copy()
        chosen[best[1]] = best[0]
    return chosen


def _is_over(effort: Effort) -> bool:
    return effort.is_over


def _worst_without_each(slot: Rows, kept: Floats, moved: Floats, slot_count: int) -> Floats:
    """The worst cost if the site of each slot goes, (p,): its points pay ``moved``, all others ``kept``."""
    own = np.full(slot_count, -np.inf)
    np.maximum.at(own, slot, moved)
    per_slot = np.full(slot_count, -np.inf)
    np.maximum.at(per_slot, slot, kept)
    if slot_count == 1:
        return own
    order = np.argsort(per_slot)
    others = np.full(slot_count, per_slot[order[-1]])
    others[order[-1]] = per_slot[order[-2]]
    return np.asarray(np.maximum(own, others), dtype=np.float64)
