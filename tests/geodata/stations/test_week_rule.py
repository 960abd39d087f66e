"""A week as a grid shows it, and the rule it stands for: each from the other without a loss."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import InvalidOpeningHours
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.rule_words import same_hours, words_of_rule
from geodata.stations.week_rule import WeekHours, rule_of_week, week_of_rule

OFFICE = ((510, 720), (870, 1080))
MORNING = ((540, 720),)
NIGHT = ((1200, 1560),)
ALL_DAY = ((0, 1440),)


def spans_of_a_day() -> st.SearchStrategy[tuple[tuple[int, int], ...]]:
    """Up to three spans on quarters of an hour, apart, the last perhaps past midnight."""

    def paired(quarters: list[int], runs_on_quarters: int) -> tuple[tuple[int, int], ...]:
        edges = sorted(quarters)[: len(quarters) // 2 * 2]
        spans = [(start * 15, end * 15) for start, end in zip(edges[::2], edges[1::2], strict=True)]
        if spans and runs_on_quarters:
            start_min, _ = spans[-1]
            spans[-1] = (start_min, min(1440 + runs_on_quarters * 15, start_min + 1440))
        return tuple(spans)

    quarters = st.lists(st.integers(0, 96), max_size=6, unique=True)
    return st.builds(paired, quarters, st.one_of(st.just(0), st.integers(1, 40)))


@st.composite
def weeks(draw: st.DrawFn) -> WeekHours:
    """Weeks that repeat a few days' spans, as real ones do."""
    kinds = draw(st.lists(spans_of_a_day(), min_size=1, max_size=3))
    days = tuple(draw(st.sampled_from([(), *kinds])) for _ in range(7))
    if not any(days):
        days = (((540, 600),), *days[1:])
    return WeekHours(days, draw(st.one_of(st.none(), st.sampled_from([(), *kinds]))))


@given(weeks())
def test_the_rule_of_a_week_opens_at_the_weeks_times(week: WeekHours) -> None:
    rule = rule_of_week(week)

    assert rule is not None
    found = week_of_rule(OpeningHours.from_rule(rule).rule or "")
    assert found is not None
    assert found.days == week.days
    alike = set(week.days) == {week.holidays}
    assert found.holidays == (None if alike else week.holidays)


@given(weeks())
def test_every_week_can_be_said_in_words_that_read_back_as_the_same_hours(week: WeekHours) -> None:
    from geodata.stations.hours_text import read_hours

    rule = rule_of_week(week)
    assert rule is not None

    words = words_of_rule(rule, "zh")

    assert words is not None
    read_back = read_hours(words).rule
    assert read_back is not None
    assert same_hours(read_back, rule)


@pytest.mark.parametrize(
    ("days", "holidays", "rule"),
    [
        ((OFFICE,) * 5 + ((), ()), (), "Mo-Fr 08:30-12:00,14:30-18:00; PH off"),
        ((OFFICE,) * 5 + (MORNING, ()), (), "Mo-Fr 08:30-12:00,14:30-18:00; Sa 09:00-12:00; PH off"),
        ((OFFICE,) * 5 + (MORNING,) * 2, MORNING, "Mo-Fr 08:30-12:00,14:30-18:00; Sa-Su,PH 09:00-12:00"),
        ((NIGHT,) * 7, None, "Mo-Su 20:00-02:00"),
        ((NIGHT,) * 7, NIGHT, "Mo-Su 20:00-02:00"),
        ((ALL_DAY,) * 7, None, "24/7"),
        ((ALL_DAY,) * 7, (), "24/7; PH off"),
        ((ALL_DAY,) * 6 + ((),), None, "Mo-Sa 00:00-24:00"),
        ((MORNING, (), MORNING, (), MORNING, (), ()), OFFICE, "Mo,We,Fr 09:00-12:00; PH 08:30-12:00,14:30-18:00"),
        ((MORNING,) * 5 + (NIGHT,) * 2, MORNING, "Mo-Fr 09:00-12:00; Sa-Su 20:00-02:00; PH 09:00-12:00"),
    ],
)
def test_a_week_has_the_shortest_plain_rule(
    days: tuple[tuple[tuple[int, int], ...], ...], holidays: tuple[tuple[int, int], ...] | None, rule: str
) -> None:
    assert rule_of_week(WeekHours(days, holidays)) == rule


def test_a_week_without_times_says_nothing() -> None:
    assert rule_of_week(WeekHours(((),) * 7)) is None
    assert rule_of_week(WeekHours(((),) * 7, ())) is None


def test_a_week_of_holidays_only_is_refused() -> None:
    with pytest.raises(InvalidOpeningHours) as refusal:
        rule_of_week(WeekHours(((),) * 7, MORNING))

    assert refusal.value.code == "no_open_days"


@pytest.mark.parametrize(
    ("spans", "code"),
    [
        (((540, 720), (700, 800)), "overlap"),
        (((540, 540),), "invalid_time"),
        (((540, 480),), "invalid_time"),
        (((-15, 60),), "invalid_time"),
        (((1440, 1500),), "invalid_time"),
        (((60, 1515),), "invalid_time"),
    ],
)
def test_what_is_no_day_is_refused(spans: tuple[tuple[int, int], ...], code: str) -> None:
    with pytest.raises(InvalidOpeningHours) as refusal:
        WeekHours((spans, *((),) * 6))

    assert refusal.value.code == code


def test_spans_that_touch_are_one() -> None:
    week = WeekHours((((720, 780), (540, 720)), *((),) * 6))

    assert week.days[0] == ((540, 780),)


@pytest.mark.parametrize(
    "rule",
    [
        "Jun-Sep 06:00-22:00",
        "2026 Dec 24 10:00-12:00",
        "week 1-10 Mo-Fr 08:00-10:00",
        'Mo-Fr 08:00-18:00 "by appointment"',
        "Mo-Fr 08:00-12:00 unknown",
        "Mo-Fr,PH 08:00-18:00; Sa 10:00-16:00",
    ],
)
def test_a_rule_that_says_more_than_a_week_has_no_week(rule: str) -> None:
    assert week_of_rule(OpeningHours.from_rule(rule).rule or "") is None


def test_a_night_that_runs_into_the_next_days_times_is_named() -> None:
    week = WeekHours((NIGHT, ((60, 120),), *((),) * 4, NIGHT))

    assert week.days_into_the_next == (0,)
