"""Exchanges among the points that decide: what they are said to change, what joins, and how near they come."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from geodata.siting.center_radius import Radii
from geodata.siting.center_swaps import CenterSwaps, _Stand
from geodata.siting.effort import Effort
from geodata.siting.solution import Floats, Rows

NONE = np.empty(0, dtype=np.int64)


def ways(seed: int, count: int) -> Floats:
    random = np.random.default_rng(seed)
    places = random.uniform(0, 1000, (count, 2))
    return np.rint(np.hypot(places[:, :1] - places[:, 0], places[:, 1:] - places[:, 1]))


def search_of(costs: Floats, limit: int, points: Rows, required: Rows = NONE) -> CenterSwaps:
    radii = Radii(costs, required, limit, seed=5)
    best = [np.inf]

    def offer(sites: Rows, nearest: Floats) -> float:
        assert nearest.tolist() == radii.nearest(sites).tolist()
        best[0] = min(best[0], float(nearest.max()))
        return best[0]

    return CenterSwaps(radii, points, offer)


@pytest.mark.parametrize("limit", [1, 2, 6])
def test_what_exchanges_are_said_to_change_is_what_they_change(limit: int) -> None:
    costs = ways(1, 60)
    search = search_of(costs, limit, np.arange(0, 60, 2))
    search.chosen = np.arange(limit) * 3
    stand = _Stand(search, np.float32(250.0))
    search.weights[:] = np.random.default_rng(2).integers(1, 9, 30)

    def left_out(sites: Rows) -> float:
        return float(search.weights[(costs[::2][:, sites] > 250.0).all(axis=1)].sum())

    for _ in range(30):
        candidates = np.setdiff1d(np.arange(60), search.chosen)
        candidates = candidates[(costs[::2][stand.counts == 0][:1] <= 250.0).all(axis=0)[candidates]]
        stand.come_slot = -1
        changes = stand._changes(candidates)
        for place, slot in np.ndindex(changes.shape):
            after = search.chosen.copy()
            after[slot] = candidates[place]
            assert changes[place, slot] == pytest.approx(left_out(after) - left_out(search.chosen), abs=0.01)
        missing = np.flatnonzero(stand.counts == 0)
        if not len(missing) or not stand.exchange(missing):
            break
        assert stand.counts.tolist() == (costs[::2][:, search.chosen] <= 250.0).sum(axis=1).tolist()


def test_points_join_once_and_with_their_own_ways() -> None:
    costs = ways(3, 50)
    search = search_of(costs, 4, np.arange(0, 50, 5))

    assert search.join(np.array([5, 7, 11, 45])) == 2
    assert search.points.tolist() == [*range(0, 50, 5), 7, 11]
    assert search.ways[:, :12].tolist() == costs[search.points].T.tolist()


def test_a_sample_that_has_no_room_does_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geodata.siting.center_swaps._MOST_CELLS", 50 * 12)
    search = search_of(ways(3, 50), 4, np.arange(10))

    assert search.join(np.arange(50)) == 2
    assert search.shorten(1e9, Effort().begun(), 1) < 1e9


def test_required_sites_stay_and_as_many_are_taken_as_allowed() -> None:
    search = search_of(ways(4, 80), 5, np.arange(0, 80, 2), np.array([7, 9]))

    search.shorten(1500.0, Effort().begun(), 2)

    assert {7, 9} <= set(search.chosen.tolist())
    assert len(set(search.chosen.tolist())) == 5


def test_ways_that_differ_there_and_back_are_worth_what_the_matrix_says() -> None:
    costs = ways(5, 60) * np.random.default_rng(6).uniform(1, 1.5, (60, 60))
    radii, offered = Radii(costs, NONE, 4, seed=5), [np.inf]

    def offer(sites: Rows, nearest: Floats) -> float:
        assert nearest.max() >= costs[:, sites].min(axis=1).max()
        offered[0] = min(offered[0], float(costs[:, sites].min(axis=1).max()))
        return offered[0]

    worst = CenterSwaps(radii, np.arange(20), offer).shorten(float(costs.max()), Effort().begun(), 1)

    assert not radii.looks_symmetric
    assert worst == offered[0] < costs.max()


def test_few_wide_sites_come_within_a_hundredth_of_the_best_of_many_choices() -> None:
    costs = ways(11, 150)
    best = min(float(costs[:, list(three)].min(axis=1).max()) for three in combinations(range(0, 150, 5), 3))
    search = search_of(costs, 3, np.arange(0, 150, 8))

    worst = search.shorten(float(costs.max()), Effort().begun(), 2)

    assert worst <= 1.01 * best
    assert len(search.points) < 150


def test_sites_of_ways_that_only_look_alike_are_never_offered_for_less_than_they_cost() -> None:
    """There and back differ where nobody compared: rows promise what columns do not keep."""
    costs = ways(13, 300)
    there = np.random.default_rng(3).uniform(1, 2, (300, 300))
    radii = Radii(costs, NONE, 5, seed=5)
    radii.costs = costs * np.where(np.arange(300)[:, None] < np.arange(300), there, 1.0)
    assert radii.looks_symmetric
    offered: list[float] = []

    def offer(sites: Rows, nearest: Floats) -> float:
        assert nearest.max() >= radii.nearest(sites).max()
        offered.append(float(nearest.max()))
        return min(offered)

    CenterSwaps(radii, np.arange(20), offer).shorten(float(radii.costs.max()), Effort().begun(), 2)

    assert offered


def test_only_sites_that_came_are_read_again() -> None:
    costs = ways(14, 90)
    search = search_of(costs, 4, np.arange(20))

    for sites in ([3, 20, 41, 80], [3, 21, 41, 80], [80, 21, 3, 7]):
        search.chosen = np.array(sites)
        assert search._nearest().tolist() == costs[:, sites].min(axis=1).tolist()

    search.radii.costs = np.zeros((90, 90))
    search.chosen = np.array([80, 21, 3, 8])
    assert search._nearest().max() == 0
    assert search.read_ways[0].tolist() == costs[80].tolist()
