"""The week as bits: the hours library's own bits, minimum stays, and hours that are alike."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.coverage.week import hour_bits, hours_held, open_week, packed, unpacked
from geodata.errors import InvalidValue
from tests.geodata.coverage.town import RULES, WEEK, Shelter, supply_of

EVERY_RULE = [
    Shelter(106.25, 38.47, rule)
    for rule in (*RULES, "Mo-Su 22:00-06:00", "Su 20:00-26:00", "May-Sep: Mo-Su 00:00-24:00")
]


def open_bits(rule: str, min_stay_min: int) -> list[int]:
    week = open_week(supply_of([Shelter(106.25, 38.47, rule)]).columns, WEEK, min_stay_min)
    return np.flatnonzero(unpacked(week.surely)[0]).tolist()


@pytest.mark.parametrize("week_of", [WEEK, date(2026, 7, 1)])
def test_without_a_stay_the_bits_are_the_schedules_own(week_of: date) -> None:
    columns = supply_of(EVERY_RULE).columns

    bits = unpacked(open_week(columns, week_of).surely)

    for row, schedule_id in enumerate(columns.schedule_ids.tolist()):
        expected = columns.schedules[schedule_id].week_bits(week_of)
        assert bits[row].tolist() == [expected >> hour & 1 for hour in range(168)]


@pytest.mark.parametrize("stay_min", [0, 1, 30, 31, 90, 1440])
def test_a_stay_must_end_before_the_doors_shut(stay_min: int) -> None:
    columns = supply_of(EVERY_RULE).columns
    monday = WEEK - timedelta(days=WEEK.weekday())

    bits = unpacked(open_week(columns, WEEK, stay_min).surely)

    for row, schedule_id in enumerate(columns.schedule_ids.tolist()):
        schedule = columns.schedules[schedule_id]
        minutes = np.zeros(11 * 1440, dtype=np.bool_)
        for day in range(-1, 9):
            for start, end in schedule.ordinary_day_spans(monday + timedelta(days=day)):
                minutes[(day + 1) * 1440 + start : (day + 1) * 1440 + end] = True
        minutes = minutes[1440:]
        shut_before = np.concatenate(([0], np.cumsum(~minutes)))
        for hour in range(168):
            half = hour * 60 + 30
            stays = bool(minutes[half]) and shut_before[half + stay_min] == shut_before[half]
            assert bool(bits[row, hour]) is bool(stays), (row, hour)


def test_a_stay_runs_past_sunday_midnight() -> None:
    assert 167 in open_bits("24/7", 60)
    assert 167 in open_bits("Su 20:00-24:30", 60)
    assert 167 not in open_bits("Su 20:00-24:29", 60)


def test_unknown_hours_are_perhaps_every_hour_and_surely_none() -> None:
    week = open_week(supply_of([Shelter(106.25, 38.47, None)]).columns, WEEK)

    assert unpacked(week.surely).sum() == 0
    assert unpacked(week.perhaps).sum() == 168


@pytest.mark.parametrize("stay_min", [-1, 1441])
def test_a_stay_nobody_means_is_refused(stay_min: int) -> None:
    with pytest.raises(InvalidValue):
        open_week(supply_of([]).columns, WEEK, stay_min)


@pytest.mark.parametrize("hour", [-1, 168])
def test_an_hour_outside_the_week_is_refused(hour: int) -> None:
    with pytest.raises(InvalidValue):
        hour_bits([hour])


def test_condensed_hours_expand_to_the_week() -> None:
    week = open_week(supply_of(EVERY_RULE).columns, WEEK)

    condensed, bit_of_hour = week.condensed()

    bits_count = bit_of_hour.max() + 1
    assert bits_count < 100
    assert (unpacked(condensed.surely, bits_count)[:, bit_of_hour] == unpacked(week.surely)).all()
    assert (unpacked(condensed.perhaps, bits_count)[:, bit_of_hour] == unpacked(week.perhaps)).all()


def test_a_register_without_stations_has_one_kind_of_hour() -> None:
    condensed, bit_of_hour = open_week(supply_of([]).columns, WEEK).condensed()

    assert condensed.surely.shape == (0, 1)
    assert bit_of_hour.tolist() == [0] * 168


@settings(max_examples=30, deadline=None)
@given(rows=st.integers(0, 5), seed=st.integers(0, 1000), count=st.sampled_from([1, 63, 64, 65, 168]))
def test_bits_come_back_as_they_were_packed(rows: int, seed: int, count: int) -> None:
    hours = np.random.default_rng(seed).random((rows, count)) < 0.5

    bits = packed(hours)

    assert bits.shape == (rows, -(-count // 64))
    assert (unpacked(bits, count) == hours).all()


def test_held_hours_are_weighed_by_their_weights() -> None:
    weights = np.arange(336, dtype=np.float64).reshape(168, 2)

    held = hours_held(np.array([hour_bits([0, 100]), hour_bits([])]), weights)

    assert held.tolist() == [[200.0, 202.0], [0.0, 0.0]]
