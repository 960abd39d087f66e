"""Fairness: the worst district first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import InvalidValue
from geodata.siting.choices import Choices
from geodata.siting.covers import Covers
from geodata.siting.effort import Effort
from geodata.siting.fairness import district_shares, raise_the_worst
from geodata.siting.kernel import CoverProblem
from geodata.siting.max_cover import cover_most
from geodata.siting.solution import Status
from tests.geodata.siting.small_problems import allowed_choices, cover_problems

EFFORT = Effort(time_limit_s=20.0)


@settings(max_examples=30)
@given(data=st.data(), problem=cover_problems(), exact=st.booleans())
def test_no_choice_serves_its_worst_districts_better(data: st.DataObject, problem: CoverProblem, exact: bool) -> None:
    count = len(problem.weights)
    districts = np.array(data.draw(st.lists(st.integers(0, 2), min_size=count, max_size=count)), dtype=np.int64)
    problem = replace(problem, districts=districts)
    if not problem.weights.sum() > 1e-3:
        return
    every = [np.sort(district_shares(problem, sites)) for sites in allowed_choices(problem.choices)]
    ordered = [tuple(np.round(shares[~np.isnan(shares)], 5)) for shares in every]

    answer = raise_the_worst(problem, EFFORT, exact=exact)

    if not ordered:
        assert answer.status is Status.INFEASIBLE
        return
    best = max(ordered)
    assert answer.objective is not None
    assert answer.bound is not None
    assert answer.objective - 1e-5 <= best[0] <= answer.bound + 1e-5
    if exact:
        assert [level.value for level in answer.levels] == pytest.approx(best, abs=3e-5)
        assert all(level.proven for level in answer.levels)


def test_the_poor_district_comes_before_the_large_one() -> None:
    covers = Covers.of_lists(3, [[0], [1], [2]])
    weights, districts = np.array([100.0, 90.0, 5.0]), np.array([0, 0, 1])
    problem = CoverProblem(weights, covers, Choices.of_count(3, 2), districts=districts)

    fair, most = raise_the_worst(problem, EFFORT), cover_most(problem, EFFORT)

    assert (fair.sites, most.sites) == ((0, 2), (0, 1))


def test_of_choices_as_fair_the_one_for_more_workers_is_taken() -> None:
    covers = Covers.of_lists(3, [[0], [1], [2]])
    problem = CoverProblem(np.array([10.0, 30.0, 20.0]), covers, Choices.of_count(3, 1), districts=np.array([0, 1, 2]))

    answer = raise_the_worst(problem, EFFORT)

    assert [level.value for level in answer.levels] == [0.0, 0.0, 1.0]
    assert answer.sites == (1,)


def test_the_second_worst_district_is_raised_once_the_worst_cannot_be() -> None:
    covers = Covers.of_lists(3, [[], [0], [1], [0, 2], [2]])
    districts = np.array([0, 1, 1, 2, 2])
    problem = CoverProblem(np.array([5.0, 6.0, 4.0, 5.0, 5.0]), covers, Choices.of_count(3, 1), districts=districts)

    answer = raise_the_worst(problem, EFFORT)

    assert answer.sites == (0,)
    assert [(level.value, level.proven) for level in answer.levels] == [(0.0, True), (0.5, True), (0.6, True)]


def test_points_without_districts_are_refused() -> None:
    problem = CoverProblem(np.ones(1), Covers.of_lists(1, [[0]]), Choices.of_count(1, 1))

    with pytest.raises(InvalidValue, match="district"):
        raise_the_worst(problem, EFFORT)
