"""Which costs a worst way is looked for among: all distinct ones where they are few, however many cells share them."""

from __future__ import annotations

import numpy as np
import pytest

from geodata.siting.choices import Choices
from geodata.siting.distances import DistanceProblem
from geodata.siting.effort import Effort
from geodata.siting.p_center import _distinct, least_worst_cost
from geodata.siting.solution import Floats
from tests.geodata.siting.test_center_swaps import ways
from tests.geodata.siting.test_same_answer_twice import Clock


def problem_of(costs: Floats, limit: int) -> DistanceProblem:
    return DistanceProblem(np.ones(len(costs)), costs, Choices.of_count(len(costs), limit))


def test_where_many_cells_share_few_costs_the_best_is_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geodata.siting.p_center._MOST_LEVELS", 30)
    costs = np.rint(ways(3, 40) / 50) * 50
    assert len(np.unique(costs)) < 30 < costs.size / 2

    answer = least_worst_cost(problem_of(costs, 3), Effort(time_limit_s=20.0))

    assert answer.proven


def test_refuting_ends_where_it_finds_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many distinct costs, of which so few are looked at together that not even the last two are neighbours."""
    monkeypatch.setattr("geodata.siting.p_center._MOST_LEVELS", 5)
    clock = Clock(0.001)

    answer = least_worst_cost(problem_of(ways(3, 40), 3), Effort(time_limit_s=60.0, clock=clock))

    assert answer.bound is not None
    assert answer.objective is not None
    assert clock.looks_count < 15_000


def test_distinct_costs_are_found_some_rows_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geodata.siting.p_center._BLOCK_CELLS", 100)
    costs = np.rint(ways(5, 50) / 10)
    every = np.unique(costs[(costs >= 7) & (costs <= 60)])

    found = _distinct(costs, 7.0, 60.0, len(every))

    assert found is not None
    assert found.tolist() == every.tolist()
    assert _distinct(costs, 7.0, 60.0, len(every) - 1) is None
