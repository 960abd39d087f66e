"""Shares in words: bounds in order and signed once, and nothing rounded to all or to none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapapp.services.share_words import percent_words, points_words


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "0.0%"),
        (1.0, "100.0%"),
        (0.5, "50.0%"),
        (0.99999, ">99.9%"),
        (0.00001, "<0.1%"),
        (1 - 1e-12, "100.0%"),
        (1e-12, "0.0%"),
        (-1e-12, "0.0%"),
        (1.2, "120.0%"),
    ],
)
def test_only_all_is_a_hundred_and_only_none_is_nothing(share: float, said: str) -> None:
    assert percent_words(share) == said


@settings(max_examples=200)
@given(share=st.floats(1e-6, 1 - 1e-6), decimals=st.integers(0, 3))
def test_a_part_never_reads_as_all_or_none(share: float, decimals: int) -> None:
    said = percent_words(share, decimals)

    assert said.startswith((">", "<")) or 0 < float(said.rstrip("%")) < 100


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (0.163, 0.120, "+12.0–16.3"),
        (0.120, 0.163, "+12.0–16.3"),
        (0.12, 0.12004, "+12.0"),
        (-0.031, 0.004, "−3.1 … +0.4"),
        (-0.12, -0.163, "−16.3 … −12.0"),
        (0.0, 0.05, "0.0 … +5.0"),
        (-0.0001, 0.0001, "0.0"),
    ],
)
def test_a_change_has_its_sign_once_and_its_bounds_in_order(one: float, other: float, said: str) -> None:
    assert points_words(one, other, is_change=True) == said


@pytest.mark.parametrize(
    ("one", "other", "said"), [(0.5, 0.4, "40.0–50.0"), (0.0, 0.02, "0.0–2.0"), (-0.02, 0.01, "−2.0 … 1.0")]
)
def test_a_gap_is_signed_only_below_nothing(one: float, other: float, said: str) -> None:
    assert points_words(one, other) == said
