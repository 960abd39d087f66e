"""Every solver against trying every choice, on small random problems with every kind of condition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.siting.distances import DistanceProblem
from geodata.siting.effort import Effort
from geodata.siting.kernel import CoverProblem
from geodata.siting.max_cover import cover_most
from geodata.siting.p_center import least_worst_cost
from geodata.siting.p_median import least_total_cost
from geodata.siting.set_cover import cover_share
from geodata.siting.solution import Solution, Status
from tests.geodata.siting.small_problems import allowed_choices, cover_problems, distance_problems

EFFORT = Effort(time_limit_s=30.0, steps_count=60)
FEW = settings(max_examples=40)


def agrees(answer: Solution, best: float | None, *, exact: bool) -> None:
    """The answer is no better than the best, its bound no worse; exact answers are the best, and proven."""
    if best is None:
        assert answer.status is Status.INFEASIBLE
        return
    if answer.objective is None:
        assert not exact
        assert answer.status is Status.UNKNOWN
        return
    assert answer.bound is not None
    slack = 2e-6 * max(1.0, abs(best))
    low, high = (answer.objective, answer.bound) if answer.maximising else (answer.bound, answer.objective)
    assert low - slack <= best <= high + slack
    if exact or answer.proven:
        assert answer.proven
        assert answer.objective == pytest.approx(best, abs=slack)


@FEW
@given(problem=cover_problems(), exact=st.booleans())
def test_a_count_of_sites_covers_the_most_it_can(problem: CoverProblem, exact: bool) -> None:
    best = max((problem.value(sites) for sites in allowed_choices(problem.choices)), default=None)

    answer = cover_most(problem, EFFORT, exact=exact)

    agrees(answer, best, exact=exact)
    if answer.objective is not None:
        sites = np.array(answer.sites, dtype=np.int64)
        assert problem.choices.allow(sites)
        assert problem.value(sites) == pytest.approx(answer.objective)


@FEW
@given(problem=cover_problems(plain=False), exact=st.booleans())
def test_a_budget_with_groups_covers_the_most_it_can(problem: CoverProblem, exact: bool) -> None:
    best = max((problem.value(sites) for sites in allowed_choices(problem.choices)), default=None)

    answer = cover_most(problem, EFFORT, exact=exact)

    agrees(answer, best, exact=exact)
    if answer.objective is not None:
        assert problem.choices.allow(np.array(answer.sites, dtype=np.int64))


@FEW
@given(problem=cover_problems(plain=False), percent=st.integers(0, 100), exact=st.booleans())
def test_a_share_of_the_demand_is_reached_at_the_least_cost(problem: CoverProblem, percent: int, exact: bool) -> None:
    needed = percent / 100 * float(problem.weights.sum()) * (1 - 1e-9)
    enough = [sites for sites in allowed_choices(problem.choices) if problem.value(sites) >= needed]
    best = min((float(problem.choices.costs[sites].sum()) for sites in enough), default=None)

    answer = cover_share(problem, percent / 100, EFFORT, exact=exact)

    agrees(answer, best, exact=exact)
    if answer.objective is not None:
        sites = np.array(answer.sites, dtype=np.int64)
        assert problem.choices.allow(sites)
        assert problem.value(sites) >= needed


@FEW
@given(problem=distance_problems(), exact=st.booleans())
def test_the_mean_way_is_the_least_there_is(problem: DistanceProblem, exact: bool) -> None:
    counted = problem.weights > 0
    totals = [
        float(problem.weights[counted] @ problem.nearest(sites)[counted]) for sites in allowed_choices(problem.choices)
    ]
    best = min((total for total in totals if np.isfinite(total)), default=None)

    answer = least_total_cost(problem, EFFORT, exact=exact)

    agrees(answer, best, exact=exact)


@FEW
@given(problem=distance_problems(), exact=st.booleans())
def test_the_worst_way_is_the_least_there_is(problem: DistanceProblem, exact: bool) -> None:
    worst = [float(problem.nearest(sites).max()) for sites in allowed_choices(problem.choices)]
    best = min((each for each in worst if np.isfinite(each)), default=None)

    answer = least_worst_cost(problem, EFFORT, exact=exact)

    agrees(answer, best, exact=exact)
