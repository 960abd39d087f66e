"""The question form: every field comes back as it was typed, and an address says what it was made from."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from geodata.coverage.within import Within, WithinUnit
from geodata.stations.vocabulary import EntryMethod, LifeCycle, Service, StationKind, WorkerGroup
from geodata.travel.pairs import Network
from geodata.travel.straight_line import TravelMode
from mapapp.planner.ask_form import ALSO_COUNTED, ask_query, read_ask_form, span_hours
from mapapp.services.planning.question import HourPreset, PlanningQuestion

TIMEZONE = timezone(timedelta(hours=8))
NOON = datetime(2026, 11, 18, 12, 0, tzinfo=TIMEZONE)
LAYERS = frozenset({"town", "上传 1"})


def read(*pairs: tuple[str, str]) -> PlanningQuestion:
    form = read_ask_form(MultiDict(pairs), NOON, LAYERS)
    assert form.question is not None, form.problems
    return form.question


def problems(*pairs: tuple[str, str]) -> set[str]:
    form = read_ask_form(MultiDict(pairs), NOON, LAYERS)
    assert (form.question is None) == bool(form.problems)
    return set(form.problems)


@st.composite
def questions(draw: st.DrawFn) -> PlanningQuestion:
    hours = draw(
        st.one_of(
            st.sampled_from([preset.hours for preset in HourPreset]), st.frozensets(st.integers(0, 167), min_size=1)
        )
    )
    instant = draw(st.none() | st.datetimes(timezones=st.just(TIMEZONE)).filter(lambda at: 2001 < at.year < 2098))
    return PlanningQuestion(
        week_of=draw(st.dates(date(2020, 1, 1), date(2040, 1, 1))),
        layers=tuple(draw(st.lists(st.sampled_from(sorted(LAYERS)), unique=True))),
        groups=draw(st.frozensets(st.sampled_from(WorkerGroup))),
        kinds=draw(st.frozensets(st.sampled_from(StationKind))),
        needs_all=draw(st.frozensets(st.sampled_from(Service), max_size=4)),
        needs_any=draw(st.frozensets(st.sampled_from(Service), max_size=4)),
        entry_methods=draw(st.frozensets(st.sampled_from(EntryMethod))),
        within=Within(draw(st.integers(1, 60)), draw(st.sampled_from(WithinUnit))),
        mode=draw(st.none() | st.sampled_from(TravelMode)),
        network=draw(st.sampled_from(Network)),
        detour=draw(st.sampled_from((1.0, 1.25, 1.3, 2.0))),
        hours=HourPreset.ALL.hours if instant else hours,
        instant=instant.replace(second=0, microsecond=0) if instant else None,
        life_cycles=frozenset({LifeCycle.ACTIVE}) | draw(st.frozensets(st.sampled_from(ALSO_COUNTED))),
        min_stay_min=draw(st.integers(0, 1440)),
    )


@settings(max_examples=60, deadline=None)
@given(questions())
def test_the_address_of_a_question_asks_the_same_again(question: PlanningQuestion) -> None:
    assert read(*ask_query(question, TIMEZONE)).key == question.key


def test_without_anything_all_hours_of_this_week_are_asked_about() -> None:
    question = read()

    assert (question.preset, question.week_of, str(question.within)) == (HourPreset.ALL, NOON.date(), "1000m")


def test_some_days_from_an_evening_hour_run_on_into_the_next_morning() -> None:
    question = read(("when", "span"), ("days", "6"), ("from", "22"), ("to", "2"))

    assert question.hours == {6 * 24 + 22, 6 * 24 + 23, 0, 1}
    assert span_hours(frozenset({0}), 8, 24) == frozenset(range(8, 24))


@pytest.mark.parametrize(
    ("pairs", "field"),
    [
        ([("within", "near")], "within"),
        ([("within", "999999m")], "within"),
        ([("within", "61min")], "within"),
        ([("mode", "rocket")], "mode"),
        ([("network", "tunnels")], "network"),
        ([("detour", "0.5")], "detour"),
        ([("detour", "nan")], "detour"),
        ([("min_stay", "-1")], "min_stay"),
        ([("min_stay", "1441")], "min_stay"),
        ([("week_of", "2026-02-30")], "week_of"),
        ([("week_of", "9999-01-01")], "week_of"),
        ([("when", "sometimes")], "when"),
        ([("when", "hour"), ("day", "7"), ("clock", "1")], "day"),
        ([("when", "hour"), ("day", "1"), ("clock", "24")], "clock"),
        ([("when", "span")], "days"),
        ([("when", "span"), ("days", "9"), ("from", "1"), ("to", "2")], "days"),
        ([("when", "list"), ("hours", "168")], "hours"),
        ([("when", "list"), ("hours", "1,,2")], "hours"),
        ([("when", "date")], "at"),
        ([("when", "date"), ("at", "2026-13-01T10:00")], "at"),
        ([("layer", "gone")], "layer"),
        ([("group", "pirates")], "group"),
        ([("needs_all", "champagne")], "needs_all"),
        ([("entry", "window")], "entry"),
        ([("also", "delisted")], "also"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(pairs: list[tuple[str, str]], field: str) -> None:
    assert field in problems(*pairs)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ("when", "at", "within", "hours", "days", "detour", "week_of", "min_stay", "group", "from")
            ),
            st.text(max_size=60),
        ),
        max_size=8,
    )
)
def test_no_text_in_any_field_breaks_the_form(pairs: list[tuple[str, str]]) -> None:
    form = read_ask_form(MultiDict(pairs), NOON.astimezone(UTC), LAYERS)

    assert (form.question is None) == bool(form.problems)
