"""Arrivals in bulk are those of ``arrival_at``, one by one, to the second."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.stations.arrival import Arrival, ArrivalRules, arrival_at
from geodata.stations.open_times import HORIZON_S
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.ordering import USEFUL_CLASSES
from geodata.stations.schedule import Schedule
from geodata.stations.span_table import Arrivals, SpanTable
from geodata.stations.vocabulary import LifeCycle, OpenState
from tests.geodata.stations.worlds import HOLIDAYS, RULES, SHANGHAI

YEARLY = "Dec 24 10:00-12:00"
SCHEDULES = tuple(Schedule.compile(OpeningHours(rule), HOLIDAYS, SHANGHAI) for rule in (*RULES, YEARLY))
SECONDS = st.integers(
    int(datetime(2025, 9, 1, tzinfo=UTC).timestamp()), int(datetime(2027, 9, 1, tzinfo=UTC).timestamp())
)
WHOLE_MINUTES = SECONDS.map(lambda second: second // 300 * 300)
RULES_OF_ARRIVAL = st.builds(ArrivalRules, st.sampled_from((0, 5, 10, 35)), st.sampled_from((0, 5, 10, 30, 90)))


def values_of(arrivals: Arrivals) -> list[Arrival]:
    values = []
    columns = (arrivals.states.tolist(), arrivals.closes_s.tolist(), arrivals.opens_s.tolist())
    for number, closes_s, opens_s in zip(*columns, strict=True):
        state = USEFUL_CLASSES[number]
        is_open = state in {OpenState.OPEN, OpenState.CLOSING_SOON}
        values.append(
            Arrival(
                state, instant(closes_s) if is_open else None, instant(opens_s) if state is OpenState.CLOSED else None
            )
        )
    return values


def instant(second: float) -> datetime | None:
    return None if math.isinf(second) else datetime.fromtimestamp(second, SHANGHAI)


@given(
    st.lists(st.tuples(st.integers(0, len(SCHEDULES) - 1), WHOLE_MINUTES | SECONDS, st.booleans()), max_size=30),
    RULES_OF_ARRIVAL,
)
@settings(max_examples=300, deadline=None)
def test_bulk_and_single_arrivals_agree_at_every_boundary(
    asked: list[tuple[int, int, bool]], rules: ArrivalRules
) -> None:
    ids = np.array([schedule for schedule, _, _ in asked], dtype=np.int64)
    arrive_s = np.array([second for _, second, _ in asked], dtype=np.float64)
    active = np.array([is_active for _, _, is_active in asked], dtype=np.bool_)

    arrivals = SpanTable(SCHEDULES, SHANGHAI).arrivals(ids, arrive_s, active, rules)

    assert values_of(arrivals) == [
        arrival_at(
            LifeCycle.ACTIVE if is_active else LifeCycle.RENOVATING,
            SCHEDULES[schedule],
            datetime.fromtimestamp(second, UTC),
            rules,
        )
        for schedule, second, is_active in asked
    ]


@pytest.mark.parametrize("rules", [ArrivalRules(10, 30), ArrivalRules(0, 0), ArrivalRules(30, 10)])
@pytest.mark.parametrize("schedule", range(len(SCHEDULES)), ids=lambda number: str(SCHEDULES[number].rule))
def test_every_limit_of_a_year_falls_on_the_same_second(schedule: int, rules: ArrivalRules) -> None:
    bounds = SCHEDULES[schedule].epoch_spans(date(2026, 9, 20), 270)[::9].ravel()
    earlier_s = {0, rules.min_stay_min * 60, rules.closing_soon_min * 60, HORIZON_S}
    seconds = sorted({int(bound) - earlier + off for bound in bounds for earlier in earlier_s for off in (-1, 0, 1)})

    arrivals = SpanTable(SCHEDULES, SHANGHAI).arrivals(
        np.full(len(seconds), schedule), np.array(seconds, dtype=np.float64), np.full(len(seconds), True), rules
    )

    assert values_of(arrivals) == [
        arrival_at(LifeCycle.ACTIVE, SCHEDULES[schedule], datetime.fromtimestamp(second, UTC), rules)
        for second in seconds
    ]


@given(st.lists(SECONDS, min_size=1, max_size=20), RULES_OF_ARRIVAL)
def test_the_questions_before_do_not_change_an_answer(seconds: list[int], rules: ArrivalRules) -> None:
    table = SpanTable(SCHEDULES, SHANGHAI)
    for second in seconds:
        for schedule in range(len(SCHEDULES)):
            ask = (np.array([schedule]), np.array([float(second)]), np.array([True]), rules)
            assert values_of(table.arrivals(*ask)) == values_of(SpanTable(SCHEDULES, SHANGHAI).arrivals(*ask))


def test_half_a_second_before_the_closing_is_still_before_it() -> None:
    noon_s = datetime(2026, 11, 18, 12, tzinfo=SHANGHAI).timestamp()
    morning = RULES.index("Mo-Fr 08:30-12:00,14:30-18:00; PH off")
    ids = np.full(3, morning)

    arrivals = SpanTable(SCHEDULES, SHANGHAI).arrivals(
        ids, np.array([noon_s - 0.5, noon_s, noon_s + 0.5]), np.full(3, True), ArrivalRules(0, 0)
    )

    assert [arrival.state for arrival in values_of(arrivals)] == [OpenState.OPEN, OpenState.CLOSED, OpenState.CLOSED]


def test_a_stay_that_is_too_long_for_the_season_s_last_span_waits_for_the_next_season() -> None:
    five_to_noon_s = datetime(2026, 12, 24, 11, 55, tzinfo=SHANGHAI).timestamp()

    arrivals = SpanTable(SCHEDULES, SHANGHAI).arrivals(
        np.array([len(SCHEDULES) - 1]), np.array([five_to_noon_s]), np.array([True]), ArrivalRules()
    )

    assert values_of(arrivals) == [Arrival(OpenState.CLOSED, opens_at=datetime(2027, 12, 24, 10, 0, tzinfo=SHANGHAI))]


@given(st.lists(st.integers(0, len(SCHEDULES) - 1), max_size=12), WHOLE_MINUTES | SECONDS)
def test_open_at_an_instant_is_the_schedule_s_own_word(schedules: list[int], second: int) -> None:
    ids = np.array(schedules, dtype=np.int64)

    is_open = SpanTable(SCHEDULES, SHANGHAI).open_at(ids, float(second))

    at = datetime.fromtimestamp(second, UTC)
    assert is_open.tolist() == [SCHEDULES[schedule].state_at(at).is_open is True for schedule in schedules]
