"""Distance order with its groups of a tenth of a metre, and useful order."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.stations.ordering import (
    CLOSED,
    CLOSING_SOON,
    OPEN,
    TEMPORARILY_CLOSED,
    UNKNOWN,
    distance_order,
    useful_order,
)

STEPS = st.integers(0, 40).map(lambda step: step * 0.03)


def slow_order(distances_m: list[float], ranks: list[int]) -> list[int]:
    groups: list[list[int]] = []
    for row in sorted(range(len(ranks)), key=lambda row: (distances_m[row], ranks[row])):
        if groups and distances_m[row] - distances_m[groups[-1][0]] <= 0.1:
            groups[-1].append(row)
        else:
            groups.append([row])
    return [row for group in groups for row in sorted(group, key=ranks.__getitem__)]


def order_of(distances_m: list[float], ranks: list[int]) -> list[int]:
    order = distance_order(np.array(distances_m, dtype=np.float64), np.array(ranks, dtype=np.int64))
    return [int(row) for row in order]


def test_within_a_tenth_of_a_metre_the_code_decides() -> None:
    assert order_of([5.0, 5.05, 5.2], [2, 1, 0]) == [1, 0, 2]


def test_a_group_is_measured_from_its_first_not_from_the_one_before() -> None:
    assert order_of([0.0, 0.08, 0.16], [2, 1, 0]) == [1, 0, 2]


@given(
    st.lists(STEPS | st.floats(0, 1), max_size=30).flatmap(
        lambda m: st.tuples(st.just(m), st.permutations(range(len(m))))
    )
)
@settings(max_examples=500)
def test_distance_order_is_the_walk_through_the_sorted_list(drawn: tuple[list[float], list[int]]) -> None:
    distances_m, ranks = drawn

    assert order_of(distances_m, ranks) == slow_order(distances_m, ranks)


def test_useful_order_goes_by_class_and_keeps_the_distance_order_inside() -> None:
    states = np.array([CLOSED, OPEN, TEMPORARILY_CLOSED, UNKNOWN, CLOSING_SOON, OPEN, UNKNOWN], dtype=np.int8)

    assert useful_order(states, np.full(7, math.inf)).tolist() == [1, 5, 4, 3, 6, 0, 2]


def test_closed_stations_go_by_their_opening_with_none_last() -> None:
    opens_s = np.array([math.inf, 300.0, 100.0, 300.0, math.inf])

    assert useful_order(np.full(5, CLOSED, dtype=np.int8), opens_s).tolist() == [2, 1, 3, 0, 4]


def test_an_opening_instant_says_nothing_about_an_open_station() -> None:
    assert useful_order(np.full(3, OPEN, dtype=np.int8), np.array([3.0, 2.0, 1.0])).tolist() == [0, 1, 2]
