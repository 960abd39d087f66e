"""A signal is kept without its sender, once, and only where and when it can be true."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from mapapp.services.unmet.months import close_ended_months
from mapapp.services.unmet.taking import (
    ADDRESS_PER_HOUR,
    DEVICE_PER_DAY,
    SignalRefused,
    TooManySignals,
    month_of,
)
from mapapp.store import MonthClosed
from tests.mapapp.services.unmet.phones import FIRST, NEXT_MONTH, City


def everything_kept(city: City) -> str:
    """Whatever stands in any column of the tables of signals."""
    connection = sqlite3.connect(str(city.store.shown_url).removeprefix("sqlite:///"))
    try:
        names = ("unmet_months", "unmet_signals", "unmet_squares", "unmet_addresses")
        return str([connection.execute(f"SELECT * FROM {name}").fetchall() for name in names])  # noqa: S608 - of ours
    finally:
        connection.close()


def test_the_same_from_one_device_in_one_hour_counts_once(city: City) -> None:
    assert city.say(1)
    assert not city.say(1, FIRST + timedelta(minutes=50))
    assert city.tables()["unmet_signals"] == 1


@pytest.mark.parametrize("changes", [{"device": 2}, {"at": FIRST + timedelta(days=1)}, {"step": 1}, {"hour": 11}])
def test_another_device_day_square_or_hour_is_another_signal(city: City, changes: dict[str, object]) -> None:
    city.say(1)

    assert city.say(**{"device": 1, **changes})  # type: ignore[arg-type]


def test_other_filters_are_another_signal(city: City) -> None:
    city.say(1)

    assert city.say(1, FIRST, "service:toilet")


def test_neither_device_nor_address_is_kept(city: City) -> None:
    city.say(1, address="192.0.2.44")

    kept = everything_kept(city)

    assert "device number" not in kept
    assert "192.0.2" not in kept
    assert "10:0" not in kept.replace("2026-11-02 02:00:00.000000", "")  # no minute of the clock


def test_no_device_is_known_by_the_same_hash_in_two_months(city: City) -> None:
    city.say(1)
    before = everything_kept(city)
    close_ended_months(city.store, city.place.timezone, NEXT_MONTH)
    city.say(1, NEXT_MONTH)
    after = everything_kept(city)

    hashes = [{word for word in kept.replace("'", " ").split() if len(word) == 64} for kept in (before, after)]

    assert hashes[0]
    assert hashes[1]
    assert not hashes[0] & hashes[1]


def test_the_month_is_that_of_the_city(city: City) -> None:
    city.say(1, FIRST)

    assert month_of(NEXT_MONTH - timedelta(seconds=1)) == "2026-11"
    assert month_of(NEXT_MONTH) == "2026-12"


@pytest.mark.parametrize("hours", [-1, 0, 1])
def test_a_clock_may_be_an_hour_off(city: City, hours: int) -> None:
    assert city.say(1, FIRST, hour=(FIRST.weekday() * 24 + FIRST.hour + hours) % 168)


@pytest.mark.parametrize("hours", [-2, 2, 84])
def test_another_hour_than_now_is_refused(city: City, hours: int) -> None:
    with pytest.raises(SignalRefused, match="clock"):
        city.say(1, FIRST, hour=(FIRST.weekday() * 24 + FIRST.hour + hours) % 168)


def test_the_last_hour_of_the_week_is_next_to_the_first(city: City) -> None:
    monday_midnight = FIRST.replace(hour=0)

    assert city.say(1, monday_midnight, hour=167)


def test_a_square_outside_the_city_is_refused(city: City) -> None:
    with pytest.raises(SignalRefused, match="outside"):
        city.say(1, step=300)
    assert city.tables()["unmet_months"] == 0


def test_a_device_is_heard_so_often_a_day_and_told_when_again(city: City) -> None:
    for step in range(DEVICE_PER_DAY):
        city.say(1, step=step % 10, hour=FIRST.weekday() * 24 + 10 + step // 10)

    with pytest.raises(TooManySignals) as refusal:
        city.say(1, step=-1)

    assert refusal.value.retry_after_s == 14 * 3600
    assert city.say(2, step=-1)
    assert city.say(1, FIRST + timedelta(days=1), step=-1)


def test_an_address_is_heard_so_often_an_hour(city: City) -> None:
    for device in range(ADDRESS_PER_HOUR):
        city.say(device, address="192.0.2.1")

    with pytest.raises(TooManySignals) as refusal:
        city.say(1000, FIRST + timedelta(minutes=30), address="192.0.2.1")

    assert refusal.value.retry_after_s == 30 * 60
    assert city.say(1000, FIRST + timedelta(minutes=30), address="192.0.2.2")
    assert city.say(1000, FIRST + timedelta(hours=1), address="192.0.2.1")


def test_nothing_comes_into_a_month_that_is_closed(city: City) -> None:
    city.say(1)
    close_ended_months(city.store, city.place.timezone, NEXT_MONTH)

    with pytest.raises(MonthClosed):
        city.say(2, FIRST + timedelta(days=9))
    assert city.tables()["unmet_signals"] == 0


def test_signals_are_no_part_of_the_data_revision(city: City) -> None:
    before = city.store.data_revision()
    city.crowd()

    assert city.store.data_revision() == before
