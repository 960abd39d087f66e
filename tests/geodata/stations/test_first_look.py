"""How far the first look goes is learnt, and changes no answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from geodata.stations.filters import OpenFilter, Order, StationFilter
from geodata.stations.first_look import FirstLook
from geodata.stations.index import NearestAnswer, StationIndex
from tests.geodata.stations.worlds import Asked, large_world, new_book

DAY, NIGHT = ("arrival", 10), ("arrival", 3)


def nearest(index: StationIndex, asked: Asked) -> NearestAnswer:
    return index.nearest(
        asked.origin, asked.k, asked.filters, at=asked.at, mode=asked.mode, travel=asked.travel, rules=asked.rules,
        order=asked.order,
    )  # fmt: skip


def test_the_first_look_goes_a_little_farther_than_what_is_wanted() -> None:
    assert [FirstLook().count(DAY, k) for k in (1, 5, 16, 100)] == [16, 16, 22, 112]


def test_where_few_pass_the_next_look_goes_farther() -> None:
    look = FirstLook()

    for _ in range(4):
        look.was_too_short(NIGHT, looked_at_count=200, passed_count=10)

    assert 15 * (16 + 4 + 2) <= look.count(NIGHT, 16) <= 40 * (16 + 4 + 2)
    assert look.count(DAY, 16) == FirstLook().count(DAY, 16)


def test_looks_that_were_enough_make_it_shorter_down_to_where_it_began() -> None:
    look = FirstLook()
    look.was_too_short(NIGHT, looked_at_count=200, passed_count=10)
    farthest = look.count(NIGHT, 16)

    look.was_enough(NIGHT)
    a_little_less = look.count(NIGHT, 16)
    for _ in range(500):
        look.was_enough(NIGHT)

    assert 0.9 * farthest < a_little_less < farthest
    assert look.count(NIGHT, 16) == FirstLook().count(NIGHT, 16)


def test_nothing_that_passes_asks_for_no_endless_look() -> None:
    look = FirstLook()

    for _ in range(1000):
        look.was_too_short(NIGHT, looked_at_count=10**6, passed_count=0)

    assert look.count(NIGHT, 100) <= 112 * 10_000


def test_a_bounded_number_of_kinds_is_remembered() -> None:
    look = FirstLook()

    for kind in range(1000):
        look.was_too_short(kind, looked_at_count=100, passed_count=1)

    assert sum(look.count(kind, 16) > 22 for kind in range(1000)) == 512


def test_answers_do_not_depend_on_the_questions_before() -> None:
    stations = large_world(seed=4, count=1500, spread_deg=0.3)
    asked_before = StationIndex.of(stations, new_book())
    questions = [
        replace(
            Asked(), k=k, filters=StationFilter(open=open_filter), at=Asked().at + timedelta(hours=hours), order=order
        )
        for hours in (0, 17)
        for k in (1, 7, 40)
        for open_filter in OpenFilter
        for order in Order
    ]
    for _ in range(3):
        for question in questions:
            nearest(asked_before, question)

    for question in questions:
        assert nearest(asked_before, question) == nearest(StationIndex.of(stations, new_book()), question)
