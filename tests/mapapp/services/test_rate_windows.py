"""Requests are counted by a clock that nobody sets."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits import parse

from mapapp.services.rate_counter import Limit, RateCounter
from mapapp.services.rate_windows import Windows

TWO_A_MINUTE = (Limit("search", parse("2 per minute")),)


@dataclass(slots=True)
class Ticks:
    now_s: float = 1000.0

    def __call__(self) -> float:
        return self.now_s


def test_a_window_begins_with_the_first_and_ends_for_good() -> None:
    ticks = Ticks()
    windows = Windows(ticks)

    first = windows.add("a", 60)
    ticks.now_s += 59
    second = windows.add("a", 60)
    ticks.now_s += 1

    assert (first, second, windows.add("a", 60)) == ((1, 60.0), (2, 1.0), (1, 60.0))


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 40)), max_size=60))
def test_counts_are_those_of_a_list_of_all_there_were(steps: list[tuple[str, int]]) -> None:
    ticks, began = Ticks(), dict[str, list[float]]()
    windows = Windows(ticks)
    for key, pause_s in steps:
        ticks.now_s += pause_s
        seen = began.setdefault(key, [])
        if not seen or seen[0] + 60 <= ticks.now_s:
            seen.clear()
        seen.append(ticks.now_s)

        assert windows.add(key, 60) == (len(seen), seen[0] + 60 - ticks.now_s)


def test_what_is_over_is_forgotten() -> None:
    ticks = Ticks()
    windows = Windows(ticks)
    for number in range(1000):
        windows.add(str(number), 10)
    ticks.now_s += 40

    windows.add("new", 10)

    assert len(windows) == 1


@pytest.mark.parametrize("jump_s", [-86_400, -3600, 3600, 86_400])
def test_setting_the_machine_s_clock_changes_no_wait(monkeypatch: pytest.MonkeyPatch, jump_s: int) -> None:
    ticks, real = Ticks(), time.time
    counter = RateCounter("", "a secret of the service", ticks)
    assert [counter.wait_s("203.0.113.7", TWO_A_MINUTE) for _ in range(3)] == [None, None, 60]

    monkeypatch.setattr(time, "time", lambda: real() + jump_s)
    ticks.now_s += 20

    assert counter.wait_s("203.0.113.7", TWO_A_MINUTE) == 40
    ticks.now_s += 40
    assert counter.wait_s("203.0.113.7", TWO_A_MINUTE) is None
