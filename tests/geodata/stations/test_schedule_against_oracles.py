"""Schedules against two slow oracles: the hours library, and a walk over every minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from opening_hours import OpeningHours as LibraryHours

from geodata.stations.holidays import DayKind, HolidayTable, SpecialDay
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.rule_text import WEEKDAYS
from geodata.stations.schedule import Schedule

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 16)
FIVE_MIN = 5


@dataclass(frozen=True)
class Part:
    """One sequence of a generated rule: days (7 is PH), and spans in minutes, or none for "off"."""

    days: frozenset[int]
    spans: tuple[tuple[int, int], ...]

    @property
    def text(self) -> str:
        days = ",".join((*WEEKDAYS, "PH")[day] for day in sorted(self.days))
        times = ",".join(f"{clock(start)}-{clock(end)}" for start, end in self.spans)
        return f"{days} {times or 'off'}"


def clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


@st.composite
def spans(draw: st.DrawFn, longest_end: int) -> tuple[int, int]:
    start = draw(st.integers(0, 287)) * FIVE_MIN
    end = draw(st.integers(start // FIVE_MIN + 1, min(longest_end, start + 1440) // FIVE_MIN)) * FIVE_MIN
    return start, end


def parts(*, days: int, longest_end: int, may_close: bool = True) -> st.SearchStrategy[Part]:
    return st.builds(
        Part,
        st.frozensets(st.integers(0, days - 1), min_size=1),
        st.lists(spans(longest_end), min_size=0 if may_close else 1, max_size=3).map(tuple),
    )


def spans_of(rule: list[Part], day_type: int, *, is_holiday: bool) -> tuple[tuple[int, int], ...]:
    """What begins on a day, by the plain meaning of ';': the last part that names the day decides."""
    chosen: tuple[tuple[int, int], ...] = ()
    for part in rule:
        if day_type in part.days or (is_holiday and 7 in part.days):
            chosen = part.spans
    return chosen


def open_minutes(by_day: list[tuple[tuple[int, int], ...]]) -> set[int]:
    """Every open minute from the second day on, counted from its midnight."""
    return {
        (number - 1) * 1440 + minute
        for number, day_spans in enumerate(by_day)
        for start, end in day_spans
        for minute in range(start, end)
    }


specials = st.dictionaries(st.integers(0, 9), st.sampled_from(DayKind), max_size=4)


@settings(max_examples=60)
@given(st.lists(parts(days=8, longest_end=2880), min_size=1, max_size=4), specials)
def test_every_minute_agrees_with_a_walk_through_days_and_holidays(
    rule: list[Part], special: dict[int, DayKind]
) -> None:
    table = HolidayTable(
        tuple(SpecialDay(MONDAY + timedelta(days=n), kind, "测试", "test") for n, kind in special.items()),
        frozenset({2026}),
    )
    by_day = []
    for number in range(-1, 10):
        kind = special.get(number)
        weekday = number % 7
        if kind is DayKind.WORKDAY:
            weekday = {5: 4, 6: 0}.get(weekday, weekday)
        by_day.append(spans_of(rule, weekday, is_holiday=kind is DayKind.HOLIDAY))
    expected = open_minutes(by_day)

    compiled = Schedule.compile(OpeningHours.from_rule("; ".join(p.text for p in rule)), table, SHANGHAI)
    midnight_s = int(datetime(2026, 11, 16, tzinfo=SHANGHAI).timestamp())
    window = (compiled.epoch_spans(MONDAY, 10) - midnight_s) // 60
    found = {minute for start, end in window.tolist() for minute in range(start, end)}

    assert found == {minute for minute in expected if 0 <= minute < 14_400}


@settings(max_examples=60)
@given(
    st.one_of(
        st.lists(parts(days=7, longest_end=1440), min_size=1, max_size=4).map(
            lambda rule: "; ".join(p.text for p in rule)
        ),
        parts(days=7, longest_end=2880).map(lambda part: part.text),
        st.lists(parts(days=7, longest_end=2880, may_close=False), min_size=1, max_size=3).map(
            lambda rule: ", ".join(p.text for p in rule)
        ),
    )
)
def test_states_and_bits_agree_with_the_library_where_no_rule_cuts_a_tail(rule: str) -> None:
    library = LibraryHours(rule)
    compiled = Schedule.compile(OpeningHours.from_rule(rule), HolidayTable.empty(), SHANGHAI)
    bits = compiled.week_bits(MONDAY)

    for number in range(0, 7 * 1440, 15):
        wall = datetime(2026, 11, 16) + timedelta(minutes=number)  # noqa: DTZ001 - the library takes wall times
        state = compiled.state_at(wall.replace(tzinfo=SHANGHAI))
        assert state.is_open == library.is_open(wall), (rule, wall)
        if number % 60 == 30:
            assert bool(bits >> number // 60 & 1) == state.is_open


@settings(max_examples=60)
@given(st.lists(parts(days=8, longest_end=2880), min_size=1, max_size=3), st.integers(0, 10 * 1440))
def test_the_next_change_is_the_next_change(rule: list[Part], minute: int) -> None:
    compiled = Schedule.compile(
        OpeningHours.from_rule("; ".join(part.text for part in rule)), HolidayTable.empty(), SHANGHAI
    )
    instant = datetime(2026, 11, 16, tzinfo=SHANGHAI) + timedelta(minutes=minute)
    state = compiled.state_at(instant)

    step = instant
    while compiled.state_at(step).is_open == state.is_open and step < instant + timedelta(days=8):
        step += timedelta(minutes=FIVE_MIN) - timedelta(minutes=step.minute % FIVE_MIN)

    changes_at = None if step >= instant + timedelta(days=8) else step
    assert state.changes_at == changes_at


@given(st.lists(parts(days=8, longest_end=2880), min_size=1, max_size=3))
def test_a_dated_rule_and_the_weekly_one_it_equals_open_alike(rule: list[Part]) -> None:
    weekly = "; ".join(part.text for part in rule)
    dated = "; ".join(f"Jan-Dec {part.text}" for part in rule if 7 not in part.days)
    weekly_without_holidays = "; ".join(part.text for part in rule if 7 not in part.days)
    if not dated:
        return

    both = [
        Schedule.compile(OpeningHours.from_rule(text), HolidayTable.empty(), SHANGHAI).epoch_spans(MONDAY, 40).tolist()
        for text in (weekly_without_holidays, dated)
    ]

    assert both[0] == both[1]
    assert OpeningHours.from_rule(weekly).known
