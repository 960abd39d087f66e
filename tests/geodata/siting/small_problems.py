"""Small siting problems for Hypothesis, and their answers by trying everything."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from geodata.siting.choices import NO_GROUP, Choices
from geodata.siting.covers import Covers
from geodata.siting.distances import DistanceProblem
from geodata.siting.kernel import CoverProblem
from geodata.siting.solution import Rows


@st.composite
def choices_of(draw: st.DrawFn, candidate_count: int, *, plain: bool, counted: bool = True) -> Choices:
    some = st.lists(st.integers(0, candidate_count - 1), max_size=2, unique=True).map(
        lambda each: np.array(each, dtype=np.int64)
    )
    required, forbidden = draw(some), draw(some)
    limit = draw(st.integers(0, 5)) if plain and counted else draw(st.none() | st.integers(1, 5))
    if plain:
        return Choices.of_count(candidate_count, limit if counted else None, required=required, forbidden=forbidden)
    costs = np.array(
        draw(st.lists(st.integers(0, 6), min_size=candidate_count, max_size=candidate_count)), dtype=np.float64
    )
    groups = draw(
        st.lists(st.sampled_from([NO_GROUP, NO_GROUP, 0, 1]), min_size=candidate_count, max_size=candidate_count)
    )
    budget = draw(st.none() | st.integers(0, 15).map(float))
    return Choices(costs, np.array(groups, dtype=np.int64), np.unique(required), np.unique(forbidden), limit, budget)


@st.composite
def cover_problems(draw: st.DrawFn, *, plain: bool = True, counted: bool = True) -> CoverProblem:
    m, n = draw(st.integers(1, 7)), draw(st.integers(0, 9))
    lists = draw(st.lists(st.lists(st.integers(0, m - 1), max_size=4), min_size=n, max_size=n))
    whole = draw(st.booleans())
    number = st.integers(0, 9).map(float) if whole else st.floats(0, 9, allow_subnormal=False)
    weights = np.array(draw(st.lists(number, min_size=n, max_size=n)), dtype=np.float64)
    already = draw(st.none() | st.lists(st.booleans(), min_size=n, max_size=n))
    covered = None if already is None else np.array(already, dtype=np.bool_)
    return CoverProblem(weights, Covers.of_lists(m, lists), draw(choices_of(m, plain=plain, counted=counted)), covered)


@st.composite
def distance_problems(draw: st.DrawFn) -> DistanceProblem:
    m, n = draw(st.integers(1, 6)), draw(st.integers(1, 7))
    cell = st.integers(0, 12).map(float) | st.just(np.inf)
    costs = draw(st.lists(st.lists(cell, min_size=m, max_size=m), min_size=n, max_size=n))
    weights = draw(st.lists(st.integers(0, 5).map(float), min_size=n, max_size=n))
    return DistanceProblem(np.array(weights), np.array(costs), draw(choices_of(m, plain=True)))


def allowed_choices(choices: Choices) -> Iterator[Rows]:
    """Every set of candidates that keeps the conditions."""
    for count in range(choices.candidate_count + 1):
        for each in combinations(range(choices.candidate_count), count):
            sites = np.array(each, dtype=np.int64)
            if choices.allow(sites):
                yield sites
