"""What may be shown of a square in a month: nobody can be told from it, nor from its differences."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.unmet.hour_parts import WHOLE_WEEK, HourPart
from geodata.unmet.release import Heard, ShownSquare, released, shown_square
from tests.geodata.unmet.signals import AFTER, FIRST, SQUARE, THINGS, any_signals, crowd, heard, is_enough

TOILET = "service:toilet"


def in_full(signals: list[Heard]) -> ShownSquare | None:
    return shown_square(SQUARE, signals, AFTER, with_parts=True)


# --- the bar -----------------------------------------------------------------------------------------


def test_five_devices_on_three_days_are_shown() -> None:
    shown = in_full(crowd(range(5)))

    assert shown is not None
    assert (shown.devices_at_least, shown.days_count, shown.signals_count) == (5, 3, 5)


@pytest.mark.parametrize(
    "signals",
    [
        crowd(range(4)),
        crowd(range(40), days=(1, 2)),
        [heard(1, day, hour) for day in range(1, 29) for hour in range(24)],
        [],
    ],
    ids=["four devices", "two days", "one device all month", "none"],
)
def test_less_is_not_shown_at_all(signals: list[Heard]) -> None:
    assert in_full(signals) is None


def test_a_day_counts_once_it_has_ended() -> None:
    signals = crowd(range(5))

    assert shown_square(SQUARE, signals, FIRST + timedelta(days=2)) is None
    assert shown_square(SQUARE, signals, FIRST + timedelta(days=3)) is not None


def test_devices_are_rounded_down_to_fives() -> None:
    shown = in_full(crowd(range(9)))

    assert shown is not None
    assert shown.devices_at_least == 5
    assert shown.signals_count == 9


# --- differences in time -----------------------------------------------------------------------------


def test_one_signal_more_changes_nothing_until_as_many_again_have_come() -> None:
    first = crowd(range(5), days=(1, 2, 3))
    more = crowd(range(10, 14), days=(5, 6, 7))

    with_four_more, with_five_more = in_full(first + more), in_full([*first, *more, heard(14, 8)])

    assert with_four_more == in_full(first)
    assert with_five_more is not None
    assert with_five_more.signals_count == 10


@given(any_signals)
@settings(max_examples=80)
def test_what_is_new_since_any_earlier_day_is_nothing_or_enough(signals: list[Heard]) -> None:
    by_day = [released(signals, FIRST + timedelta(days=days)) for days in range(31)]

    for later in range(31):
        for earlier in range(later):
            new = set(by_day[later]) - set(by_day[earlier])
            assert set(by_day[earlier]) <= set(by_day[later])
            assert not new or is_enough(new)


@given(any_signals, st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_the_order_in_which_signals_are_read_does_not_matter(signals: list[Heard], random: Random) -> None:
    shuffled = list(signals)
    random.shuffle(shuffled)

    assert in_full(shuffled) == in_full(signals)


# --- hours -------------------------------------------------------------------------------------------


def test_night_and_day_are_told_apart_where_both_pass() -> None:
    shown = in_full(crowd(range(5), hour=23) + crowd(range(5), hour=10))

    assert shown is not None
    assert sum(count for _part, count in shown.hours) == 10
    assert {part.hours_of_week() >= {23} for part, _count in shown.hours} == {True, False}


def test_a_small_night_keeps_the_whole_week_together() -> None:
    shown = in_full([*crowd(range(20), hour=10), heard(1, 3, 23)])

    assert shown is not None
    assert shown.hours == ()


@given(any_signals)
@settings(max_examples=80)
def test_parts_of_the_week_share_nothing_leave_nothing_out_and_pass_each(signals: list[Heard]) -> None:
    shown = in_full(signals)
    if shown is None or not shown.hours:
        return
    base = released(signals, AFTER)
    inside = [[each for each in base if each.hour_of_week in part.hours_of_week()] for part, _count in shown.hours]

    assert [len(each) for each in inside] == [count for _part, count in shown.hours]
    assert sum(len(each) for each in inside) == shown.signals_count
    assert all(is_enough(each) for each in inside)


def test_every_part_of_the_week_falls_into_parts_without_gap_or_overlap() -> None:
    waiting, single = [WHOLE_WEEK], 0
    while waiting:
        part = waiting.pop()
        halves = part.halves()
        if not halves:
            assert len(part.hours_of_week()) == 1
            single += 1
            continue
        hours = [hour for half in halves for hour in half.hours_of_week()]
        assert sorted(hours) == sorted(part.hours_of_week())
        waiting.extend(halves)
    assert single == 168


def test_the_first_cut_is_the_night_of_our_reports() -> None:
    night = WHOLE_WEEK.halves()[0]

    assert night == HourPart(0, 6, 22, 8)
    assert {hour % 24 for hour in night.hours_of_week()} == {22, 23, 0, 1, 2, 3, 4, 5}


# --- what was asked for ------------------------------------------------------------------------------


def test_what_was_asked_for_is_shown_where_the_others_pass_too_or_there_are_none() -> None:
    asking, others = crowd(range(5), (1, 2, 3), 10, TOILET), crowd(range(5, 10))

    shown = [in_full(asking + others), in_full(asking)]

    assert [each and each.asked for each in shown] == [((TOILET, 5),), ((TOILET, 5),)]


def test_few_who_did_not_ask_for_a_thing_are_not_to_be_worked_out() -> None:
    asking = crowd(range(10), (1, 2, 3), 10, TOILET)
    shown = in_full([*asking, heard(10, 1), heard(11, 2)])

    assert shown is not None
    assert shown.signals_count == 12
    assert shown.asked == ()


@given(any_signals)
@settings(max_examples=80)
def test_of_each_thing_shown_both_sides_are_nothing_or_enough(signals: list[Heard]) -> None:
    shown = in_full(signals)
    if shown is None:
        return
    base = released(signals, AFTER)

    for thing, count in shown.asked:
        asking = [each for each in base if thing in each.asked]
        others = [each for each in base if thing not in each.asked]
        assert thing in THINGS
        assert len(asking) == count
        assert is_enough(asking)
        assert not others or is_enough(others)


def test_while_the_month_runs_neither_hours_nor_filters_are_shown() -> None:
    signals = crowd(range(5), (1, 2, 3), 23, TOILET) + crowd(range(5, 10), (1, 2, 3), 10)

    running = shown_square(SQUARE, signals, AFTER)

    assert running is not None
    assert (running.hours, running.asked) == ((), ())
