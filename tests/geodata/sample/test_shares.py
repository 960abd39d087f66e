"""Whole parts of a whole."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geodata.sample.shares import apportion, draw

weights = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=30)


@given(total_count=st.integers(0, 10_000), weights=weights)
def test_the_parts_sum_to_the_whole_and_are_within_one_of_exact(total_count: int, weights: list[float]) -> None:
    parts = apportion(total_count, weights)
    exact = total_count * np.array(weights) / sum(weights)

    assert int(parts.sum()) == total_count
    assert (np.abs(parts - exact) < 1 + 1e-6).all()


def test_equal_claims_go_to_the_earlier_part() -> None:
    assert apportion(1, [1.0, 1.0]).tolist() == [1, 0]


def test_a_choice_without_weight_is_never_drawn() -> None:
    rng = np.random.default_rng(5)

    assert {draw(rng, (("never", 0), ("always", 1))) for _ in range(50)} == {"always"}
