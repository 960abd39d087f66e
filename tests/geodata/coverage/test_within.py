"""The written form of a rule: read as it is meant, written back the same, everything else refused."""

from __future__ import annotations

import pytest

from geodata.coverage.question import WithinMetres, WithinMinutes
from geodata.coverage.within import Within, WithinUnit
from geodata.errors import InvalidValue
from geodata.travel.straight_line import StraightLineTravel, TravelMode

TRAVEL = StraightLineTravel(walk_kmh=5)


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("1000m", 1000, WithinUnit.METRES),
        ("0.5m", 0.5, WithinUnit.METRES),
        ("15min", 15, WithinUnit.MINUTES),
        ("7.25min", 7.25, WithinUnit.MINUTES),
    ],
)
def test_a_limit_is_read_and_written_back_the_same(text: str, amount: float, unit: WithinUnit) -> None:
    within = Within.parse(text)

    assert within == Within(amount, unit)
    assert str(within) == text


def test_metres_make_a_straight_line_whatever_the_mode() -> None:
    assert Within.parse("500m").rule(TravelMode.CAR, TRAVEL) == WithinMetres(500)


def test_minutes_make_a_travel_time_by_the_mode_and_the_installations_speeds() -> None:
    assert Within.parse("10min").rule(TravelMode.EBIKE, TRAVEL) == WithinMinutes(10, TravelMode.EBIKE, TRAVEL)


@pytest.mark.parametrize("rule", [WithinMetres(1000), WithinMinutes(12.5, TravelMode.CAR)])
def test_a_rule_knows_its_written_form(rule: WithinMetres | WithinMinutes) -> None:
    assert Within.of(rule).rule(TravelMode.CAR, StraightLineTravel()) == rule


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1000",
        "m",
        "1km",
        "1000 m",
        "1000M",
        "1e3m",
        "-5m",
        "+5m",
        "nanm",
        "infmin",
        "１０m",
        "1_0m",
        "1000m\n",
        "15mins",
        "0.001m",
    ],
)
def test_words_that_are_no_limit_are_refused(text: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        Within.parse(text)

    assert (refusal.value.field, refusal.value.code) == ("within", "not_a_limit")


@pytest.mark.parametrize("text", ["0m", "0.00min", "100001m", "601min", "999999m"])
def test_limits_that_nobody_means_are_refused(text: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        Within.parse(text)

    assert (refusal.value.field, refusal.value.code) == ("within", "out_of_range")
