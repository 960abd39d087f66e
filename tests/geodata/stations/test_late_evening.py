"""Evenings in every time zone: the bulk answer is the single one, schedule by schedule."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.stations.arrival import ArrivalRules, arrival_at
from geodata.stations.late_evening import LateEvenings, evening_of, late_instant
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.schedule import ScheduleBook
from geodata.stations.span_table import SpanTable
from geodata.stations.vocabulary import LifeCycle, OpenState
from tests.geodata.stations.worlds import HOLIDAYS, RULES, SHANGHAI

ZONES = (SHANGHAI, ZoneInfo("America/New_York"), ZoneInfo("Pacific/Apia"), ZoneInfo("Asia/Kathmandu"))
TABLES = {}
for zone in ZONES:
    book = ScheduleBook(HOLIDAYS, zone)
    schedules = tuple(book.of(OpeningHours(rule)) for rule in RULES)
    TABLES[zone] = (schedules, LateEvenings(SpanTable(schedules, zone), len(schedules), zone))


@pytest.mark.parametrize(
    ("clock", "evening"),
    [
        ("2026-11-18T12:00", date(2026, 11, 18)),
        ("2026-11-18T23:59", date(2026, 11, 18)),
        ("2026-11-19T03:59", date(2026, 11, 18)),
        ("2026-11-19T04:00", date(2026, 11, 19)),
    ],
)
def test_an_evening_ends_at_four_in_the_morning(clock: str, evening: date) -> None:
    assert evening_of(datetime.fromisoformat(clock).replace(tzinfo=SHANGHAI), SHANGHAI) == evening


def test_the_four_hours_are_real_ones_where_clocks_change() -> None:
    new_york = ZoneInfo("America/New_York")  # 2026-03-08: 02:00 becomes 03:00
    early = datetime(2026, 3, 8, 4, 30, tzinfo=new_york)

    assert evening_of(early, new_york) == date(2026, 3, 7)
    assert late_instant(date(2026, 3, 8), new_york) == datetime(2026, 3, 9, 2, tzinfo=UTC)


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001 - Hypothesis wants naive ends
    st.lists(st.tuples(st.integers(0, len(RULES) - 1), st.floats(0, 30 * 86_400)), max_size=12),
    st.integers(0, 200),
)
@settings(max_examples=200, deadline=None)
def test_many_arrivals_are_judged_as_each_alone(
    zone: ZoneInfo, start: datetime, arrivals: list[tuple[int, float]], min_stay_min: int
) -> None:
    schedules, late = TABLES[zone]
    rules = ArrivalRules(min_stay_min, 30)
    start_s = start.replace(tzinfo=UTC).timestamp()
    ids = np.array([number for number, _ in arrivals], dtype=np.int64)
    arrive_s = start_s + np.array([after_s for _, after_s in arrivals], dtype=np.float64)

    passing = late.passing(ids, arrive_s, rules)

    for number, instant_s, passes in zip(ids.tolist(), arrive_s.tolist(), passing.tolist(), strict=True):
        evening = (datetime.fromtimestamp(instant_s, UTC) - timedelta(hours=4)).astimezone(zone).date()
        at_ten = datetime(evening.year, evening.month, evening.day, 22, tzinfo=zone)
        state = arrival_at(LifeCycle.ACTIVE, schedules[number], at_ten, rules).state
        assert passes == (state in {OpenState.OPEN, OpenState.CLOSING_SOON})
