"""The parts of the searches, each against computing the same anew."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from geodata.siting.center_radius import Radii
from geodata.siting.choices import Choices
from geodata.siting.covers import Covers
from geodata.siting.distances import DistanceProblem
from geodata.siting.effort import Effort
from geodata.siting.greedy import greedy_sites
from geodata.siting.median_greedy import greedy_median
from geodata.siting.median_prices import Target, median_prices
from geodata.siting.median_search import MedianSearch
from geodata.siting.median_swap import MedianTables
from geodata.siting.near_cells import NearCells
from geodata.siting.near_pairs import near_pairs
from geodata.siting.p_center import least_worst_cost
from geodata.siting.solution import Floats
from geodata.siting.weighting import WeightingSearch, with_fewer

UNSERVED = 1e5


def ways(seed: int, count: int) -> tuple[Floats, Floats]:
    random = np.random.default_rng(seed)
    places = random.uniform(0, 100, (count, 2))
    ways_m = np.hypot(places[:, :1] - places[:, 0], places[:, 1:] - places[:, 1])
    return ways_m.astype(np.float64), random.integers(1, 9, count).astype(np.float64)


def total(costs: Floats, weights: Floats, sites: np.ndarray) -> float:
    return float(weights @ costs[:, sites].min(axis=1))


@pytest.mark.parametrize("slot_count", [1, 2, 5])
def test_an_exchange_saves_what_its_table_says_after_many_moves(slot_count: int) -> None:
    costs, weights = ways(1, 30)
    pairs = near_pairs(costs, weights, np.full(30, UNSERVED))
    tables = MedianTables(pairs, np.arange(slot_count), np.zeros(slot_count, np.bool_))
    random = np.random.default_rng(2)

    for _ in range(40):
        slot, site = int(random.integers(slot_count)), int(random.choice(np.setdiff1d(np.arange(30), tables.chosen)))
        said, before = tables.saving(slot, site), tables.value
        tables.move(slot, site)
        assert before - tables.value == pytest.approx(said, abs=1e-6)
        assert tables.value == pytest.approx(total(costs, weights, tables.chosen))


def test_ways_beyond_reach_count_as_long_as_reach() -> None:
    costs, weights = ways(3, 40)
    tables = MedianTables(near_pairs(costs, weights, weights * 15.0), np.arange(4), np.zeros(4, np.bool_))
    capped = np.minimum(costs, 15.0)

    for slot in range(4):
        for site in range(4, 40):
            after = np.arange(4)
            after[slot] = site
            saved = total(capped, weights, np.arange(4)) - total(capped, weights, after)
            assert tables.saving(slot, site) == pytest.approx(saved, abs=1e-6)


def test_a_choice_is_put_back_though_its_sites_changed_slots() -> None:
    costs, weights = ways(9, 30)
    tables = MedianTables(near_pairs(costs, weights, np.full(30, UNSERVED)), np.arange(3), np.zeros(3, np.bool_))

    for slot, site in ((0, 20), (1, 0), (2, 1)):
        tables.move(slot, site)
    tables.put_back(np.arange(3))

    assert set(tables.chosen) == {0, 1, 2}
    assert tables.value == pytest.approx(total(costs, weights, np.arange(3)))


def test_greedy_over_near_pairs_takes_what_saves_most_at_each_step() -> None:
    costs, weights = ways(10, 40)
    capped = np.minimum(costs, 30.0)
    best: list[int] = [5]
    for _ in range(4):
        best.append(min(range(40), key=lambda site: total(capped, weights, np.array([*best, site]))))

    chosen = greedy_median(near_pairs(costs, weights, weights * 30.0), np.array([5]), 5)

    assert total(capped, weights, chosen) == pytest.approx(total(capped, weights, np.array(best)))


@pytest.mark.parametrize("weight", [1.0, 7.0])
def test_the_weights_of_own_points_stay_right_over_many_exchanges(weight: float) -> None:
    costs, _weights = ways(11, 80)
    points, sites = np.nonzero(costs <= 15.0)
    covers = Covers.of_pairs(80, 80, points, sites)
    fixed = np.arange(80) == 3
    search = WeightingSearch(covers, covers.turned(), np.arange(0, 24, 3), fixed, 1, np.full(80, weight))

    for _ in range(200):
        assert search.exchange()

    weights, chosen = np.array(search.weights), search.chosen
    assert 3 in chosen
    assert len(chosen) == 8
    assert np.array_equal(np.sort(search.left_out), np.flatnonzero(~covers.covered_by(chosen)))
    for site in chosen:
        without = covers.covered_by(chosen[chosen != site])
        assert search.losses[site] == weights[covers.covered_by(chosen) & ~without].sum()


@pytest.mark.parametrize("reach", [5.0, 20.0, 200.0])
def test_no_prices_over_near_pairs_bound_above_the_best_choice(reach: float) -> None:
    costs, weights = ways(4, 14)
    best = min(total(costs, weights, np.array(each)) for each in combinations(range(14), 3))
    near = np.sort(costs[:, :3], axis=1).T * weights
    target = Target(best * 1.1, lambda _bound: False, lambda _sites: best * 1.1)

    prices = median_prices(
        near_pairs(costs, weights, weights * reach), near[0], near[1], np.empty(0, np.int64), 3, target,
        Effort().begun(), 200,
    )  # fmt: skip

    assert prices.bound <= best + 1e-9
    assert prices.bound >= 0.97 * best or reach < 200


def test_a_search_over_parts_of_the_candidates_comes_near_the_best() -> None:
    costs, weights = ways(5, 300)
    search = MedianSearch(costs, weights, np.array([7]), 6, UNSERVED, seed=1)
    search.greedy()
    first = search.value

    search.swap(Effort(time_limit_s=60.0, steps_count=120).begun(), patience=15)

    assert 7 in search.best
    assert search.value <= first
    assert search.value == pytest.approx(total(costs, weights, search.best))


def test_fewer_sites_still_cover_every_point() -> None:
    costs, _weights = ways(6, 120)
    points, sites = np.nonzero(costs <= 18.0)
    covers = Covers.of_pairs(120, 120, points, sites)

    fewer = with_fewer(covers, covers.turned(), np.arange(120), Effort().begun(), enough=1, idle_steps_count=300)

    assert covers.covered_by(fewer).all()
    assert len(fewer) < 30


def test_greedy_sites_cover_most_of_what_is_left_one_after_another() -> None:
    costs, _weights = ways(12, 60)
    points, sites = np.nonzero(costs <= 15.0)
    covers = Covers.of_pairs(60, 60, points, sites)
    expected = [9]
    for _ in range(4):
        counts = [int(covers.covered_by(np.array([*expected, site])).sum()) for site in range(60)]
        expected.append(int(np.argmax(counts)))

    assert greedy_sites(covers, covers.turned(), np.array([9]), 5).tolist() == expected


def test_near_cells_read_in_parts_say_the_same_as_the_matrix() -> None:
    costs = np.rint(ways(13, 70)[0])
    cells = NearCells(costs, 40.0)
    first_count, second_count = cells.join(np.arange(0, 70, 3)), cells.join(np.arange(70))
    only = cells.points % 2 == 0
    cells.lower_roof(30.0)

    covers, some = cells.covers(20.0), cells.covers(20.0, only)

    assert (first_count, first_count + second_count) == (24, 70)
    for row, point in enumerate(cells.points):
        assert covers.of(row).tolist() == np.flatnonzero(costs[point] <= 20.0).tolist()
    for row, point in enumerate(cells.points[only]):
        assert some.of(row).tolist() == np.flatnonzero(costs[point] <= 20.0).tolist()
    near = np.where(costs <= 30.0, costs, np.inf)[cells.points][:, [2, 5, 50]].min(axis=1)
    assert cells.nearest(np.array([2, 5, 50])).tolist() == near.tolist()
    assert cells.least_floor() == costs.min(axis=1).max()
    assert cells.next_above(20.0) == costs[costs > 20.0].min()


def test_a_refuted_radius_lies_below_every_choice() -> None:
    costs, _weights = ways(7, 16)
    best = min(float(costs[:, list(each)].min(axis=1).max()) for each in combinations(range(16), 3))
    radii = Radii(costs, np.empty(0, np.int64), 3, seed=1)

    refuted = [radius for radius in np.unique(costs) if radii.is_refuted(float(radius), Effort().begun())]

    assert refuted
    assert max(refuted) < best


def test_the_worst_way_of_a_city_lies_between_its_bound_and_its_value() -> None:
    costs, _weights = ways(8, 300)
    problem = DistanceProblem(np.ones(300), costs, Choices.of_count(300, 8, required=np.array([3])))

    exact = least_worst_cost(problem, Effort(time_limit_s=60.0))
    quick = least_worst_cost(problem, Effort(time_limit_s=0.3), exact=False)

    assert exact.proven
    assert exact.objective is not None
    assert quick.objective is not None
    assert quick.bound is not None
    assert quick.bound <= exact.objective <= quick.objective
    assert 3 in quick.sites


def test_a_search_keeps_no_pair_that_costs_more_than_what_must_be_there() -> None:
    random = np.random.default_rng(5)
    costs, weights = random.uniform(0, 100, (60, 20)), random.uniform(1, 5, 60)
    search = MedianSearch(costs, weights, np.array([0]), 4, 1e9, seed=1)

    search.greedy()

    assert search.pairs is not None
    always = (costs[:, 0] * weights)[search.pairs.points]
    assert (search.pairs.costs <= always * (1 + 1e-12)).all()
    assert 0 < len(search.pairs.sites) < 0.6 * costs.size
    assert search.value == pytest.approx(float((costs[:, search.best].min(axis=1) * weights).sum()))
