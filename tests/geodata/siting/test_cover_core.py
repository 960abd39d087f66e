"""The core of a covering problem: what the relaxation leaves, and how the search over it ends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings

from geodata.siting.choices import NO_GROUP, Choices
from geodata.siting.cover_core import Best, better_than, relaxation, search_core
from geodata.siting.covers import Covers
from geodata.siting.effort import Effort
from geodata.siting.greedy import best_greedy
from geodata.siting.kernel import CoverProblem, Kernel, kernel_of
from geodata.siting.lagrange import price_bound
from geodata.siting.max_cover import cover_most
from tests.geodata.siting.small_problems import allowed_choices, cover_problems

ENDLESS = Effort(time_limit_s=1e9)


def city(seed: int, point_count: int, site_count: int, limit_count: int) -> CoverProblem:
    random = np.random.default_rng(seed)
    places = random.uniform(0, 100, (point_count, 2))
    sites = places[:site_count]
    points, near = np.nonzero(np.hypot(*(places[:, None] - sites[None]).transpose(2, 0, 1)) <= 14)
    covers = Covers.of_pairs(point_count, site_count, points, near)
    weights = np.rint(random.pareto(1.5, point_count) * 20 + 1)
    return CoverProblem(weights, covers, Choices.of_count(site_count, limit_count))


def greedy_best(kernel: Kernel) -> Best:
    first = best_greedy(kernel)
    return Best(first.chosen, kernel.value(first.chosen), first.bound, "greedy")


@settings(max_examples=40)
@given(problem=cover_problems(plain=False))
def test_no_better_choice_holds_a_candidate_left_out_or_lacks_one_that_is_needed(problem: CoverProblem) -> None:
    if problem.choices.are_contradictory:
        return
    kernel = kernel_of(problem)
    best = greedy_best(kernel)
    prices = price_bound(kernel, best.value, ENDLESS.begun())
    lax = relaxation(kernel, best, prices, ENDLESS.begun(), whole=problem.is_whole)
    if lax is None:
        return
    target = better_than(best.value, whole=problem.is_whole) + 1e-6

    better = [sites for sites in allowed_choices(kernel.choices) if kernel.value(sites) > target]

    assert all(kernel.value(sites) <= lax.bound + 1e-6 for sites in better)
    most = max((kernel.value(sites) for sites in better), default=None)
    useful, needed = lax.useful(target), lax.needed(target)
    within = [sites for sites in better if useful[sites].all() and np.isin(np.flatnonzero(needed), sites).all()]
    assert most is None or max(kernel.value(sites) for sites in within) >= most - 1e-6


def test_the_search_ends_by_itself_with_the_best_choice_of_a_city() -> None:
    problem = city(1, 900, 120, 10)

    quick, exact = cover_most(problem, ENDLESS, exact=False), cover_most(problem, Effort(time_limit_s=60.0))

    assert exact.proven
    assert quick.objective == exact.objective
    assert quick.bound is not None
    assert quick.bound <= 1.005 * (exact.objective or 0.0)


def test_the_core_brings_a_greedy_choice_to_the_best_under_a_budget_with_groups() -> None:
    problem = city(2, 700, 100, 0)
    none = np.empty(0, dtype=np.int64)
    costs = (1.0 + np.arange(100) % 4).astype(np.float64)
    groups = np.where(np.arange(100) % 3 == 0, np.arange(100) // 6, NO_GROUP)
    problem = replace(problem, choices=Choices(costs, groups, none, none, None, 17.0))
    kernel = kernel_of(problem)
    best = greedy_best(kernel)
    lax = relaxation(kernel, best, price_bound(kernel, best.value, ENDLESS.begun()), ENDLESS.begun(), whole=True)
    assert lax is not None

    found, is_solved = search_core(kernel, best, lax, ENDLESS.begun(), whole=True)

    assert is_solved
    assert found.value > best.value
    assert found.value == cover_most(problem, Effort(time_limit_s=60.0)).objective


def test_a_relaxation_with_more_pairs_than_allowed_is_not_solved() -> None:
    kernel = kernel_of(city(3, 300, 60, 6))
    best = greedy_best(kernel)
    prices = price_bound(kernel, best.value, ENDLESS.begun(), 1)

    assert relaxation(kernel, best, prices, ENDLESS.begun(), whole=True, most_pairs=5) is None
