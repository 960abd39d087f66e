"""What a visitor finds: status before hours, the minimum stay, closing soon."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import InvalidValue
from geodata.stations.arrival import Arrival, ArrivalRules, arrival_at, state_now
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.schedule import Schedule
from geodata.stations.vocabulary import LifeCycle, OpenState
from tests.geodata.stations.worlds import HOLIDAYS, INSTANTS, RULES, SHANGHAI

SPLIT = "Mo-Su 08:30-12:00,14:30-18:00"
RULES_10_30 = ArrivalRules(min_stay_min=10, closing_soon_min=30)


def schedule(rule: str | None) -> Schedule:
    return Schedule.compile(OpeningHours(rule), HOLIDAYS, SHANGHAI)


def clock(text: str, day: int = 18) -> datetime:
    hour, minute = text.split(":")
    return datetime(2026, 11, day, int(hour), int(minute), tzinfo=SHANGHAI)


def arriving(text: str, rule: str | None = SPLIT, life_cycle: LifeCycle = LifeCycle.ACTIVE) -> Arrival:
    return arrival_at(life_cycle, schedule(rule), clock(text), RULES_10_30)


def test_in_the_middle_of_a_span_it_is_open_until_the_end() -> None:
    assert arriving("10:00") == Arrival(OpenState.OPEN, closes_at=clock("12:00"))


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("08:29", OpenState.CLOSED),
        ("08:30", OpenState.OPEN),
        ("11:29", OpenState.OPEN),
        ("11:30", OpenState.CLOSING_SOON),
        ("11:50", OpenState.CLOSING_SOON),
        ("11:51", OpenState.CLOSED),
        ("12:00", OpenState.CLOSED),
        ("14:30", OpenState.OPEN),
    ],
)
def test_every_limit_is_on_the_visitor_s_side(text: str, state: OpenState) -> None:
    assert arriving(text).state is state


def test_open_but_not_for_the_minimum_stay_is_closed_until_the_next_opening() -> None:
    assert arriving("11:55") == Arrival(OpenState.CLOSED, opens_at=clock("14:30"))
    assert arriving("17:55") == Arrival(OpenState.CLOSED, opens_at=clock("08:30", day=19))


def test_now_has_no_minimum_stay() -> None:
    state = state_now(LifeCycle.ACTIVE, schedule(SPLIT), clock("11:55"))

    assert state == Arrival(OpenState.CLOSING_SOON, closes_at=clock("12:00"))


def test_unknown_hours_are_neither_open_nor_closed() -> None:
    assert arriving("10:00", rule=None) == Arrival(OpenState.UNKNOWN)


@pytest.mark.parametrize("life_cycle", [life_cycle for life_cycle in LifeCycle if life_cycle is not LifeCycle.ACTIVE])
@pytest.mark.parametrize("rule", ["24/7", None])
def test_status_beats_hours(life_cycle: LifeCycle, rule: str | None) -> None:
    assert arriving("10:00", rule, life_cycle) == Arrival(OpenState.TEMPORARILY_CLOSED)


def test_around_the_clock_never_closes() -> None:
    assert arriving("23:59", "24/7") == Arrival(OpenState.OPEN)


def test_an_overnight_span_is_open_past_midnight() -> None:
    assert arriving("00:30", "Mo-Su 20:00-02:00") == Arrival(OpenState.OPEN, closes_at=clock("02:00"))


def test_a_rule_s_own_unknown_hours_are_not_open() -> None:
    assert arriving("10:00", "Mo-Su 08:00-12:00 unknown; Mo-Su 14:00-16:00").state is OpenState.CLOSED


def test_hours_that_never_come_again_have_no_opening() -> None:
    assert arriving("10:00", "2025 Dec 24 10:00-12:00") == Arrival(OpenState.CLOSED)


def test_the_zone_an_instant_is_written_in_does_not_matter() -> None:
    shanghai = arrival_at(LifeCycle.ACTIVE, schedule(SPLIT), clock("11:45"), RULES_10_30)

    assert arrival_at(LifeCycle.ACTIVE, schedule(SPLIT), clock("11:45").astimezone(UTC), RULES_10_30) == shanghai


@given(st.sampled_from(RULES), INSTANTS, st.integers(0, 60), st.integers(0, 120))
def test_open_on_arrival_means_one_span_holds_the_whole_stay(
    rule: str | None, at: datetime, min_stay_min: int, closing_soon_min: int
) -> None:
    hours = schedule(rule)
    arrival = arrival_at(LifeCycle.ACTIVE, hours, at, ArrivalRules(min_stay_min, closing_soon_min))

    leaves = at + timedelta(minutes=min_stay_min)
    spans = hours.spans(at, at + timedelta(days=30))
    stays = any(span.start <= at < span.end and leaves <= span.end for span in spans)
    assert (arrival.state in {OpenState.OPEN, OpenState.CLOSING_SOON}) == stays
    if arrival.opens_at is not None:
        assert arrival.opens_at > at
        assert hours.state_at(arrival.opens_at).is_open
    if arrival.closes_at is not None:
        soon = arrival.closes_at <= at + timedelta(minutes=closing_soon_min)
        assert soon == (arrival.state is OpenState.CLOSING_SOON)
        assert not hours.state_at(arrival.closes_at).is_open


@pytest.mark.parametrize("limits", [(-1, 30), (10, -1), (1441, 30)])
def test_senseless_limits_are_refused(limits: tuple[int, int]) -> None:
    with pytest.raises(InvalidValue, match="must be 0 to 1440"):
        ArrivalRules(*limits)
