"""Plans for the worst district: what is proven of them, which of two is the better, and what is nearly as good."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.siting.choices import Choices
from geodata.siting.covers import Covers
from geodata.siting.effort import Effort
from geodata.siting.fair_exchanges import fair_alternatives
from geodata.siting.fairness import district_shares, raise_the_worst
from geodata.siting.kernel import CoverProblem
from geodata.siting.leximin import better_by_levels, proven_count, with_levels
from geodata.siting.solution import Level, Rows, Solution, Status
from tests.geodata.siting.small_problems import allowed_choices, cover_problems

EFFORT = Effort(time_limit_s=20.0)
LOST: Final = 0.1


def solution(*levels: tuple[float, float], in_all: tuple[float, float] = (0.5, 1.0), site: int = 0) -> Solution:
    """Of shares with their bounds, the worst first."""
    worst = Solution(Status.FEASIBLE, levels[0][0], levels[0][1], True, (site,), "test", 0.0)
    return with_levels(worst, [Level(*each) for each in levels], Level(*in_all))


def ordered(problem: CoverProblem, sites: Rows) -> list[float]:
    shares = district_shares(problem, sites)
    return [float(share) for share in np.sort(shares[~np.isnan(shares)])]


def stuck_problem() -> CoverProblem:
    """Nobody can serve the first district; the others compete for one site."""
    covers = Covers.of_lists(3, [[], [0], [1], [0, 2], [2]])
    districts = np.array([0, 1, 1, 2, 2])
    return CoverProblem(np.array([5.0, 6.0, 4.0, 5.0, 5.0]), covers, Choices.of_count(3, 1), districts=districts)


def test_a_plan_is_proven_only_where_every_district_is() -> None:
    quick, exact = (raise_the_worst(stuck_problem(), EFFORT, exact=exact) for exact in (False, True))

    assert (quick.objective, quick.bound, quick.levels[0].proven) == (0.0, 0.0, True)
    assert (quick.proven, exact.proven) == (False, True)
    assert quick.levels[1].value <= 0.5 <= quick.levels[1].bound


def test_the_search_goes_on_for_the_second_district_where_the_worst_cannot_be_raised() -> None:
    """What serves one district most, and what serves most in all, leave the other district with nearly nothing."""
    lists = [[], [0, 1, 2], [0, 2], [2], [1, 2], [1], []]
    weights, districts = np.array([9.0, 5.0, 1.0, 4.0, 1.0, 4.0, 5.0]), np.array([0, 1, 1, 1, 2, 2, 2])
    problem = CoverProblem(weights, Covers.of_lists(3, lists), Choices.of_count(3, 1), districts=districts)

    answer = raise_the_worst(problem, EFFORT, exact=False)

    assert answer.sites == (1,)
    assert [level.value for level in answer.levels] == [0.0, 0.5, 0.5]


@settings(max_examples=15)
@given(data=st.data(), problem=cover_problems(), exact=st.booleans())
def test_what_is_proven_is_the_fairest_and_then_the_most(
    data: st.DataObject, problem: CoverProblem, exact: bool
) -> None:
    count = len(problem.weights)
    districts = np.array(data.draw(st.lists(st.integers(0, 2), min_size=count, max_size=count)), dtype=np.int64)
    problem = replace(problem, districts=districts)
    if not problem.weights.sum() > 1e-3:
        return

    answer = raise_the_worst(problem, EFFORT, exact=exact)

    if answer.objective is None:
        return
    every = [ordered(problem, sites) for sites in allowed_choices(problem.choices)]
    best = max(every, key=lambda shares: [round(share, 5) for share in shares])
    for number in range(proven_count(answer.levels)):
        assert answer.levels[number].value == pytest.approx(best[number], abs=3e-5)
    assert answer.proven or not exact
    assert len(answer.levels) == len(best)


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        (solution((0.2, 1.0), (0.4, 1.0), site=1), solution((0.2, 1.0), (0.3, 1.0)), 1),
        (solution((0.2, 1.0), (0.4, 1.0), site=1), solution((0.3, 1.0), (0.3, 1.0)), 0),
        (solution((0.2, 1.0), in_all=(0.6, 1.0), site=1), solution((0.2, 1.0)), 1),
        (solution((0.2, 0.2), (0.4, 1.0), site=1), solution((0.2, 1.0), (0.4, 1.0)), 1),
        (solution((0.2, 1.0), site=1), solution((0.2, 1.0)), 0),
    ],
    ids=["the second worst", "the worst before the second", "the most in all", "the more proven", "the one there was"],
)  # fmt: skip
def test_the_better_of_two_plans_is_the_one_with(one: Solution, other: Solution, wanted: int) -> None:
    assert better_by_levels(one, other).sites == (wanted,)


def test_bounds_are_taken_over_as_far_as_the_plans_are_the_same() -> None:
    found = solution((0.2, 1.0), (0.4, 1.0), (0.5, 1.0), in_all=(0.6, 1.0), site=1)
    known = solution((0.2, 0.2), (0.3, 0.4), (0.45, 0.45), in_all=(0.55, 0.55))

    best = better_by_levels(found, known)

    assert [(level.value, level.bound) for level in best.levels] == [(0.2, 0.2), (0.4, 0.4), (0.5, 1.0)]
    assert best.in_all == Level(0.6, 1.0)
    assert (best.bound, best.status) == (0.2, Status.FEASIBLE)


@settings(max_examples=25)
@given(data=st.data(), problem=cover_problems(plain=False))
def test_exchanges_are_all_that_leave_every_district_nearly_as_well_served(
    data: st.DataObject, problem: CoverProblem
) -> None:
    count = len(problem.weights)
    districts = np.array(data.draw(st.lists(st.integers(0, 2), min_size=count, max_size=count)), dtype=np.int64)
    problem = replace(problem, districts=districts)
    chosen = max(allowed_choices(problem.choices), key=problem.value, default=None)
    if chosen is None or not problem.weights.sum() > 1e-3:
        return
    now, before = (np.array(ordered(problem, sites)) for sites in (chosen, chosen[:0]))
    fixed = np.unique(problem.choices.required)
    useful = {site for site in range(problem.choices.candidate_count) if gained(problem, fixed, site) > 0}

    found = {(each.site_out, each.site_in): each for each in fair_alternatives(problem, chosen, lost_share=LOST)}

    for site_out, site_in in product(useful & set(chosen.tolist()), useful - set(chosen.tolist())):
        sites = np.append(chosen[chosen != site_out], site_in)
        spare = float((np.array(ordered(problem, sites)) - now + LOST * (now - before)).min())
        if not problem.choices.allow(sites) or spare < -1e-7:
            assert (site_out, site_in) not in found
        elif spare > 1e-7 or (site_out, site_in) in found:
            each = found.pop((site_out, site_in))
            assert each.value == pytest.approx(ordered(problem, sites)[0])
            assert each.lost_share <= LOST + 1e-6
    assert not found


def gained(problem: CoverProblem, fixed: Rows, site: int) -> float:
    """What a site adds to those that are required."""
    return problem.value(np.union1d(fixed, [site])) - problem.value(fixed) if site not in fixed else 0.0


def test_an_exchange_that_ruins_the_worst_district_is_not_nearly_as_good() -> None:
    covers = Covers.of_lists(3, [[0], [1], [2]])
    weights, districts = np.array([5.0, 1000.0, 1000.0]), np.array([0, 1, 1])
    problem = CoverProblem(weights, covers, Choices.of_count(3, 2), districts=districts)

    found = fair_alternatives(problem, np.array([0, 1]))

    assert [(each.site_out, each.site_in) for each in found] == [(1, 2)]
