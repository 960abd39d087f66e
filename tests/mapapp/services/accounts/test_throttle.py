"""Waits grow with each failure and end: nobody is locked out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapapp.services.accounts.throttle import ADDRESS, NAME_FROM_ANYWHERE, NAME_FROM_PLACE, Growth
from tests.mapapp.services.accounts.signing import at

GROWTH = Growth(3, timedelta(hours=1), timedelta(minutes=1))


@pytest.mark.parametrize(
    ("failure_count", "wait_s"), [(0, 0), (2, 0), (3, 1), (4, 2), (5, 4), (8, 32), (9, 60), (50, 60), (5000, 60)]
)
def test_the_wait_doubles_up_to_its_longest(failure_count: int, wait_s: int) -> None:
    assert GROWTH.wait([at(0)] * failure_count, at(0)) == timedelta(seconds=wait_s)


def test_failures_count_for_their_window() -> None:
    failed = [at(0), at(1), at(2)]

    assert GROWTH.wait(failed, at(2)) == timedelta(seconds=1)
    assert GROWTH.wait(failed, at(60)) == timedelta(0)


@given(st.lists(st.integers(0, 100_000), max_size=60).map(sorted), st.integers(0, 1000))
def test_whoever_waits_the_longest_wait_is_let_try(seconds: list[int], later_s: int) -> None:
    failed = [at(0) + timedelta(seconds=second) for second in seconds]
    last = failed[-1] if failed else at(0)

    for growth in (GROWTH, NAME_FROM_PLACE, NAME_FROM_ANYWHERE, ADDRESS):
        assert growth.wait(failed, last + growth.longest + timedelta(seconds=later_s)) <= timedelta(0)
