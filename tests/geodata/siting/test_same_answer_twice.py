"""A search counts its own steps: on a slower machine it takes the same way, as far as the time goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from geodata.siting.choices import NO_GROUP, Choices
from geodata.siting.covers import Covers
from geodata.siting.distances import DistanceProblem
from geodata.siting.effort import Effort
from geodata.siting.kernel import CoverProblem
from geodata.siting.max_cover import cover_most
from geodata.siting.p_center import least_worst_cost
from geodata.siting.p_median import least_total_cost
from geodata.siting.solution import Solution


class Clock:
    """Every look at it takes as long."""

    def __init__(self, step_s: float) -> None:
        self.step_s, self.now_s, self.looks_count = step_s, 0.0, 0

    def __call__(self) -> float:
        self.looks_count += 1
        self.now_s += self.step_s
        return self.now_s


def places(seed: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    xy = random.uniform(0, 100, (count, 2))
    return np.hypot(xy[:, :1] - xy[:, 0], xy[:, 1:] - xy[:, 1]), np.rint(random.pareto(1.5, count) * 20 + 1)


def cover_problem() -> CoverProblem:
    ways, weights = places(1, 120)
    points, sites = np.nonzero(ways <= 12)
    return CoverProblem(weights, Covers.of_pairs(120, 120, points, sites), Choices.of_count(120, 9))


def budget_problem() -> CoverProblem:
    problem = cover_problem()
    costs = 1.0 + np.arange(120) % 4
    groups = np.where(np.arange(120) % 3 == 0, np.arange(120) // 6, NO_GROUP)
    none = np.empty(0, dtype=np.int64)
    return replace(problem, choices=Choices(costs.astype(np.float64), groups, none, none, None, 17.0))


def ways_problem() -> DistanceProblem:
    ways, weights = places(2, 130)
    return DistanceProblem(weights, ways, Choices.of_count(130, 8))


SEARCHES: dict[str, Callable[[Effort], Solution]] = {
    "cover": lambda effort: cover_most(cover_problem(), effort, exact=False),
    "budget": lambda effort: cover_most(budget_problem(), effort, exact=False),
    "median": lambda effort: least_total_cost(ways_problem(), effort, exact=False),
    "center": lambda effort: least_worst_cost(ways_problem(), effort, exact=False),
}


@pytest.mark.parametrize("name", SEARCHES)
def test_a_clock_ten_times_as_slow_changes_nothing_before_the_time_is_over(name: str) -> None:
    fast, slow = (
        SEARCHES[name](Effort(time_limit_s=1e9, steps_count=120, clock=Clock(step_s))) for step_s in (0.001, 0.01)
    )

    assert (fast.sites, fast.objective, fast.bound) == (slow.sites, slow.objective, slow.bound)


@pytest.mark.parametrize("name", SEARCHES)
def test_a_search_whose_time_is_over_looks_at_the_clock_only_a_few_times_more(name: str) -> None:
    clock = Clock(1.0)

    answer = SEARCHES[name](Effort(time_limit_s=60.0, clock=clock))

    assert answer.objective is not None
    assert clock.looks_count < 300


def test_a_search_under_a_budget_ends_by_itself() -> None:
    answer = cover_most(budget_problem(), Effort(time_limit_s=1e9), exact=False)

    exact = cover_most(budget_problem(), Effort(time_limit_s=60.0))
    assert exact.proven
    assert answer.objective is not None
    assert exact.objective is not None
    assert answer.objective >= 0.995 * exact.objective
