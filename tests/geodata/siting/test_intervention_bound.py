"""Bounds at once: true for every limit by trying everything, and near enough to be worth reading."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.siting.choices import Choices
from geodata.siting.covers import Covers
from geodata.siting.effort import Effort
from geodata.siting.fairness import district_shares
from geodata.siting.intervention_bound import Prices, fewest_bounded, most_bounded
from geodata.siting.kernel import CoverProblem, kernel_of
from geodata.siting.max_cover import cover_most
from geodata.siting.set_cover import cover_share
from geodata.siting.worst_first import worst_first
from tests.geodata.siting.small_problems import allowed_choices, cover_problems

EFFORT = Effort(time_limit_s=20.0)
SLACK = 1e-6


def city(seed: int, point_count: int = 900, site_count: int = 250) -> CoverProblem:
    """Points and candidates in a square, with costs of three kinds."""
    random = np.random.default_rng(seed)
    points, sites = random.random((point_count, 2)), random.random((site_count, 2))
    near = np.hypot(*(points[:, None, :] - sites[None, :, :]).transpose(2, 0, 1)) < 0.06
    rows, columns = np.nonzero(near)
    covers = Covers.of_pairs(point_count, site_count, rows.astype(np.int64), columns.astype(np.int64))
    choices = replace(Choices.of_count(site_count, None), costs=random.integers(1, 6, site_count).astype(np.float64))
    return CoverProblem(random.gamma(0.6, 30.0, point_count), covers, choices)


@settings(max_examples=60)
@given(problem=st.one_of(cover_problems(), cover_problems(plain=False)))
def test_no_choice_covers_more_than_the_bound(problem: CoverProblem) -> None:
    quick = cover_most(problem, Effort(time_limit_s=0.0), exact=False)
    solution, _prices = most_bounded(problem, quick, EFFORT)
    values = [problem.value(sites) for sites in allowed_choices(problem.choices)]

    if not values:
        assert solution.objective is None
        return
    assert solution.bound is not None
    assert max(values) <= solution.bound + SLACK
    assert not solution.proven or max(values) <= (solution.objective or 0.0) * (1 + SLACK) + SLACK


@settings(max_examples=60)
@given(problem=cover_problems(plain=False), budget=st.integers(0, 20).map(float))
def test_the_same_prices_bound_every_budget(problem: CoverProblem, budget: float) -> None:
    if problem.choices.are_contradictory:
        return
    kernel = kernel_of(problem)
    if not kernel.site_count:
        return
    prices = Prices.of(kernel, kernel.base, Effort(steps_count=20).begun())
    within = replace(kernel.choices, budget=budget, limit_count=None)

    for chosen in allowed_choices(replace(within, groups=np.full(kernel.site_count, -1))):
        assert kernel.value(chosen) <= prices.at_most(within) + SLACK
        assert float(kernel.choices.costs[chosen].sum()) >= prices.least_cost(kernel.value(chosen)) - SLACK


@settings(max_examples=60)
@given(problem=cover_problems(plain=False), share=st.floats(0.05, 1.0))
def test_nothing_that_reaches_the_share_is_cheaper_than_the_bound(problem: CoverProblem, share: float) -> None:
    problem = replace(problem, choices=replace(problem.choices, budget=None, limit_count=None))
    quick = cover_share(problem, share, Effort(time_limit_s=0.0), exact=False)
    solution = fewest_bounded(problem, share, quick, EFFORT)
    needed = share * float(problem.weights.sum()) * (1 - 1e-9)
    costs = [
        float(problem.choices.costs[sites].sum())
        for sites in allowed_choices(problem.choices)
        if problem.value(sites) >= needed
    ]

    if solution.objective is not None:
        assert solution.bound is not None
        assert min(costs) >= solution.bound - SLACK


@pytest.mark.parametrize("seed", [1, 2])
def test_under_a_budget_prices_prove_what_the_greedy_steps_cannot(seed: int) -> None:
    problem = city(seed)
    problem = replace(problem, choices=replace(problem.choices, budget=40.0))
    quick = cover_most(problem, Effort(time_limit_s=0.0), exact=False)
    solution, _prices = most_bounded(problem, quick, Effort(time_limit_s=60.0))

    assert quick.gap_share is not None
    assert solution.gap_share is not None
    assert solution.gap_share < min(0.06, 0.6 * quick.gap_share)


def test_the_cheapest_way_to_a_share_has_a_bound_worth_reading() -> None:
    problem = city(3)
    quick = cover_share(problem, 0.5, Effort(time_limit_s=0.0), exact=False)
    solution = fewest_bounded(problem, 0.5, quick, Effort(time_limit_s=60.0))

    assert solution.gap_share is not None
    assert solution.gap_share < 0.12


@settings(max_examples=40)
@given(data=st.data(), problem=st.one_of(cover_problems(), cover_problems(plain=False)))
def test_worst_first_keeps_every_condition(data: st.DataObject, problem: CoverProblem) -> None:
    if problem.choices.are_contradictory or not problem.weights.sum() > 0:
        return
    count = len(problem.weights)
    districts = np.array(data.draw(st.lists(st.integers(0, 2), min_size=count, max_size=count)), dtype=np.int64)
    problem = replace(problem, districts=districts)
    kernel, totals = kernel_of(problem), np.bincount(districts, problem.weights).astype(np.float64)
    before = np.nan_to_num(district_shares(problem, kernel.taken))

    sites = kernel.whole_choice(worst_first(kernel, totals, before))

    assert problem.choices.allow(sites)
    assert bool(np.all(np.nan_to_num(district_shares(problem, sites)) >= before - SLACK))


def test_worst_first_goes_to_whoever_is_worst_off_by_then() -> None:
    covers = Covers.of_lists(4, [[0], [1], [2], [3]])
    weights, districts = np.array([60.0, 40.0, 8.0, 2.0]), np.array([0, 0, 1, 1])
    problem = CoverProblem(weights, covers, Choices.of_count(4, 3), districts=districts)
    kernel = kernel_of(problem)

    assert worst_first(kernel, np.array([100.0, 10.0]), np.zeros(2)).tolist() == [0, 2, 1]
