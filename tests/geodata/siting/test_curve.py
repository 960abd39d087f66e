"""The curve of 1…K sites, its knee, and alternatives of nearly equal value."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings

from geodata.siting.choices import Choices
from geodata.siting.covers import Covers
from geodata.siting.curve import alternatives, knee_of, marginal_curve
from geodata.siting.effort import Effort
from geodata.siting.kernel import CoverProblem
from tests.geodata.siting.small_problems import allowed_choices, cover_problems

EFFORT = Effort(time_limit_s=20.0)


@settings(max_examples=25)
@given(problem=cover_problems())
def test_every_count_lies_between_its_value_and_its_bound(problem: CoverProblem) -> None:
    curve = marginal_curve(problem, 4, EFFORT)

    for point in curve.points:
        choices = replace(problem.choices, limit_count=point.count)
        best = max(problem.value(sites) for sites in allowed_choices(choices))
        assert point.value == pytest.approx(problem.value(np.array(point.sites, dtype=np.int64)))
        assert point.value - 1e-6 <= best <= point.bound + 1e-6


@settings(max_examples=25)
@given(problem=cover_problems())
def test_one_site_more_never_covers_less(problem: CoverProblem) -> None:
    curve = marginal_curve(problem, 5, EFFORT)

    assert all(fewer.value <= more.value + 1e-9 for fewer, more in pairwise(curve.points))


def test_the_knee_is_where_the_curve_bends_most() -> None:
    assert knee_of(np.array([0.0, 50, 90, 92, 94, 96])) == 2


def test_a_straight_curve_has_no_knee() -> None:
    assert knee_of(np.array([0.0, 1, 2, 3])) is None


def test_the_knee_counts_required_sites() -> None:
    covers = Covers.of_lists(6, [[0], [1], [2], [3], [4], [5]])
    weights = np.array([1.0, 90, 80, 2, 1, 1])
    problem = CoverProblem(weights, covers, Choices.of_count(6, None, required=np.array([0])))

    assert marginal_curve(problem, 6, EFFORT).knee_count == 3


@settings(max_examples=25)
@given(problem=cover_problems())
def test_alternatives_are_all_single_exchanges_that_lose_little(problem: CoverProblem) -> None:
    chosen = next(iter(sorted(allowed_choices(problem.choices), key=problem.value, reverse=True)), None)
    if chosen is None:
        return
    value = problem.value(chosen)

    found = {(each.site_out, each.site_in): each.value for each in alternatives(problem, chosen, lost_share=0.2)}

    for (site_out, site_in), after in found.items():
        sites = np.append(chosen[chosen != site_out], site_in)
        assert problem.choices.allow(sites)
        assert problem.value(sites) == pytest.approx(after, abs=1e-9)
        assert after >= 0.8 * value - 1e-6


def test_the_knee_takes_uneven_steps_for_what_they_are() -> None:
    values, spent = np.array([0.0, 50, 60, 66, 70]), np.array([0.0, 5, 6, 7, 8])

    assert knee_of(values, spent) == 2
