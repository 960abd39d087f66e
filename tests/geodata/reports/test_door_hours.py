"""A door that was locked outside the station's hours is no news."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.reports.door_hours import TURNING_AWAY, was_outside_hours
from geodata.stations.holidays import HolidayTable
from geodata.stations.hours_text import read_hours
from geodata.stations.schedule import Schedule, ScheduleBook
from geodata.stations.vocabulary import LifeCycle

YINCHUAN = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, tzinfo=YINCHUAN)


def schedule(words: str) -> Schedule:
    return ScheduleBook(HolidayTable((), frozenset()), YINCHUAN).of(read_hours(words).hours)


def at(hour: int, minute: int = 0) -> datetime:
    return MONDAY + timedelta(hours=hour, minutes=minute)


@pytest.mark.parametrize(
    ("happened_at", "outside"),
    [
        (at(7, 59), True),
        (at(8), False),
        (at(11), False),
        (at(12, 14), False),
        (at(12, 16), True),
        (at(14), False),
        (at(18, 14), False),
        (at(18, 15), True),
        (at(23), True),
    ],
)
def test_a_locked_door_counts_within_the_hours_and_shortly_after_closing(happened_at: datetime, outside: bool) -> None:
    words = schedule("周一至周日 08:00-12:00,14:00-18:00")

    assert was_outside_hours(LifeCycle.ACTIVE, words, happened_at) is outside


def test_hours_that_are_not_known_say_nothing_against_a_report() -> None:
    assert not was_outside_hours(LifeCycle.ACTIVE, schedule(""), at(3))


def test_a_station_that_is_temporarily_closed_may_be_locked_at_any_hour() -> None:
    assert was_outside_hours(LifeCycle.TEMPORARILY_CLOSED, schedule("24小时"), at(11))


def test_a_station_that_never_closes_is_never_locked_as_it_should_be() -> None:
    assert not was_outside_hours(LifeCycle.ACTIVE, schedule("24小时"), at(3))


def test_hours_past_midnight_hold_on_the_next_day() -> None:
    words = schedule("每天 20:00-02:00")

    assert [was_outside_hours(LifeCycle.ACTIVE, words, at(hour)) for hour in (1, 3, 21)] == [False, True, False]


@settings(max_examples=60, deadline=None)
@given(minute=st.integers(0, 7 * 24 * 60), words=st.sampled_from(["周一至周五 08:30-12:00,14:00-18:00", "20:00-02:00"]))
def test_it_agrees_with_looking_at_every_minute_before(minute: int, words: str) -> None:
    hours, happened_at = schedule(words), at(0, minute)
    minutes = [happened_at - TURNING_AWAY + timedelta(minutes=each) for each in range(16)]
    was_ever_open = any(hours.state_at(each).is_open for each in minutes)

    assert was_outside_hours(LifeCycle.ACTIVE, hours, happened_at) is not was_ever_open
