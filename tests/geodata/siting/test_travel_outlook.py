"""Curves of ways and exchanges between them, against every choice there is."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from geodata.siting.choices import Choices
from geodata.siting.distances import DistanceProblem
from geodata.siting.effort import Effort
from geodata.siting.travel_outlook import Ways, mean_alternatives, mean_curve, worst_alternatives, worst_curve

POINTS, CANDIDATES = 12, 8
SEEDS = range(25)


def small(seed: int, count: int = 4) -> DistanceProblem:
    """Whole costs, candidate 0 required, one forbidden; some points weigh nothing, some costs are equal."""
    chance = np.random.default_rng(seed)
    costs = chance.integers(1, 30, (POINTS, CANDIDATES)).astype(np.float64)
    costs[:, 0] = 30.0
    weights = chance.integers(0, 4, POINTS).astype(np.float64)
    weights[0] = 1.0
    required, forbidden = [0] if seed % 2 else [0, 2], [5]
    choices = Choices.of_count(CANDIDATES, count, required=np.array(required), forbidden=np.array(forbidden))
    return DistanceProblem(weights, costs, choices)


def mean_of(problem: DistanceProblem, sites: tuple[int, ...]) -> float:
    return float(problem.weights @ problem.nearest(np.array(sites)) / problem.weights.sum())


def longest_of(problem: DistanceProblem, sites: tuple[int, ...]) -> float:
    return float(problem.nearest(np.array(sites))[problem.weights > 0].max())


def choices_of(problem: DistanceProblem, count: int) -> list[tuple[int, ...]]:
    required = problem.choices.required.tolist()
    free = [site for site in problem.allowed.tolist() if site not in required]
    return [(*required, *some) for some in combinations(free, count - len(required))]


def exchanges_of(problem: DistanceProblem, sites: tuple[int, ...]) -> list[tuple[int, int, tuple[int, ...]]]:
    free = [site for site in sites if site not in problem.choices.required]
    others = [site for site in problem.allowed.tolist() if site not in sites]
    return [(out, into, (*(each for each in sites if each != out), into)) for out in free for into in others]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_curve_of_the_mean_way_begins_with_what_shortens_it_most(seed: int) -> None:
    problem = small(seed)
    required = tuple(problem.choices.required.tolist())
    first = len(required)

    found = mean_curve(Ways(problem, is_worst=False), CANDIDATES)

    assert found[0][1] == pytest.approx(mean_of(problem, required))
    assert found[1][1] == pytest.approx(min(mean_of(problem, each) for each in choices_of(problem, first + 1)))
    assert [count for count, _mean in found] == list(range(first, first + len(found)))
    assert [mean for _count, mean in found] == sorted((mean for _count, mean in found), reverse=True)
    for count, mean in found:
        least = min(mean_of(problem, each) for each in choices_of(problem, count))
        assert least - 1e-9 <= mean <= 1.2 * least
    assert found[-1][1] == pytest.approx(mean_of(problem, tuple(problem.allowed.tolist())))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_curve_of_the_longest_way_is_of_choices_there_are(seed: int) -> None:
    problem = small(seed)

    found, is_whole = worst_curve(Ways(problem, is_worst=True), CANDIDATES, Effort(time_limit_s=10.0))

    first = len(problem.choices.required)
    assert found[0] == (first, longest_of(problem, tuple(problem.choices.required.tolist())))
    assert [way for _count, way in found] == sorted({way for _count, way in found}, reverse=True)
    for count, way in found:
        reached = {longest_of(problem, each) for each in choices_of(problem, count)}
        assert way in reached
        assert way <= 1.6 * min(reached)
    assert is_whole
    assert found[-1][1] == longest_of(problem, tuple(problem.allowed.tolist()))


@pytest.mark.parametrize("lost_share", [0.0, 0.01, 0.4])
@pytest.mark.parametrize("seed", SEEDS)
def test_exchanges_are_all_that_lose_no_more_of_the_mean(seed: int, lost_share: float) -> None:
    problem = small(seed)
    sites = min(choices_of(problem, 4), key=lambda each: mean_of(problem, each))
    before, now = mean_of(problem, tuple(problem.choices.required.tolist())), mean_of(problem, sites)
    expected = {
        (out, into): mean_of(problem, after)
        for out, into, after in exchanges_of(problem, sites)
        if mean_of(problem, after) - now <= lost_share * (before - now) + 1e-12
    }

    found = mean_alternatives(Ways(problem, is_worst=False), np.array(sites), lost_share=lost_share)

    assert {(each.site_out, each.site_in): each.value for each in found} == pytest.approx(expected)
    assert [each.lost_share for each in found] == sorted(each.lost_share for each in found)
    assert all(each.lost_share == pytest.approx((each.value - now) / (before - now), abs=1e-9) for each in found)


@pytest.mark.parametrize("lost_share", [0.0, 0.3])
@pytest.mark.parametrize("seed", SEEDS)
def test_exchanges_are_all_that_lose_no_more_of_the_longest_way(seed: int, lost_share: float) -> None:
    problem = small(seed)
    sites = min(choices_of(problem, 4), key=lambda each: longest_of(problem, each))
    before, now = longest_of(problem, tuple(problem.choices.required.tolist())), longest_of(problem, sites)
    needed = {out for out in sites if longest_of(problem, tuple(each for each in sites if each != out)) > now}
    expected = {
        (out, into): longest_of(problem, after)
        for out, into, after in exchanges_of(problem, sites)
        if out in needed and longest_of(problem, after) - now <= lost_share * (before - now)
    }

    found = worst_alternatives(Ways(problem, is_worst=True), np.array(sites), lost_share=lost_share)

    assert {(each.site_out, each.site_in): each.value for each in found} == (expected if now < before else {})
    assert [each.lost_share for each in found] == sorted(each.lost_share for each in found)


def test_where_nobody_is_there_is_nothing_to_say() -> None:
    problem = small(1)
    empty = DistanceProblem(np.zeros(POINTS), problem.costs, problem.choices)

    assert mean_curve(Ways(empty, is_worst=False), 5) == []
    assert worst_curve(Ways(empty, is_worst=True), 5, Effort(time_limit_s=1.0)) == ([], True)


@pytest.mark.parametrize("seed", range(10))
def test_the_curve_of_the_mean_way_ends_where_nothing_is_shortened_though_sums_are_rounded(seed: int) -> None:
    chance = np.random.default_rng(seed)
    costs = np.full((50, 60), 1800.0)
    costs[:8, 1:] = chance.uniform(100, 1700, (8, 59))
    problem = DistanceProblem(
        chance.uniform(0.1, 9, 50), costs, Choices.of_count(60, 60, required=np.array([0]), forbidden=np.array([], int))
    )

    found = mean_curve(Ways(problem, is_worst=False), 60)

    falls = -np.diff([mean for _count, mean in found])
    assert falls.min() > 1e-6


def test_a_curve_of_the_longest_way_cut_short_says_so_and_is_spread_over_the_counts() -> None:
    chance = np.random.default_rng(3)
    places, sites = chance.random((400, 2)), chance.random((120, 2))
    away = np.hypot(*(places[:, None] - sites[None]).transpose(2, 0, 1)) * 3000
    costs = np.column_stack((np.full(400, 1800.0), np.minimum(away, 1800.0)))
    problem = DistanceProblem(
        np.ones(400), costs, Choices.of_count(121, 61, required=np.array([0]), forbidden=np.array([], int))
    )

    short, is_whole = worst_curve(Ways(problem, is_worst=True), 61, Effort(time_limit_s=0.0))
    long, is_all = worst_curve(Ways(problem, is_worst=True), 61, Effort(time_limit_s=60.0))

    assert (is_whole, is_all) == (False, True)
    assert 3 <= len(short) < len(long)
    assert short[1][0] <= 8
    best = dict(long)
    assert all(min(way for at, way in best.items() if at <= count) <= found for count, found in short)


def test_pairs_too_many_to_read_are_counted_by_some_rows() -> None:
    chance = np.random.default_rng(4)
    costs = chance.uniform(0, 2000, (3000, 50))
    costs[:, 0] = 1000.0
    problem = DistanceProblem(
        np.ones(3000), costs, Choices.of_count(50, 5, required=np.array([0]), forbidden=np.array([], int))
    )
    ways = Ways(problem, is_worst=False)

    true_count = len(ways.pairs.costs)

    assert ways.are_many(round(true_count * 0.9))
    assert not ways.are_many(round(true_count * 1.1))
    assert not ways.are_many(costs.size)
