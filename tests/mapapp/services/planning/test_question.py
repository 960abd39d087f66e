"""A planner's question as a document: nothing lost, every problem at its field, one key a question."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.coverage.week import EVERY_HOUR, NIGHT_HOURS
from geodata.coverage.within import Within
from geodata.errors import InvalidValue
from geodata.stations.field_problems import InvalidFields
from geodata.stations.vocabulary import EntryMethod, LifeCycle, Service, StationKind, WorkerGroup
from geodata.travel.pairs import Network
from geodata.travel.straight_line import TravelMode
from mapapp.services.planning.question import COUNTABLE, HourPreset, PlanningQuestion

WEEK = "2026-11-18"


def some(vocabulary: Any) -> st.SearchStrategy[frozenset[Any]]:
    return st.frozensets(st.sampled_from(list(vocabulary)), max_size=4)


QUESTIONS = st.builds(
    PlanningQuestion,
    week_of=st.dates(date(1900, 1, 1), date(2199, 12, 31)),
    layers=st.lists(st.text("abc-", min_size=1, max_size=5), max_size=3, unique=True).map(tuple),
    groups=some(WorkerGroup),
    kinds=some(StationKind),
    needs_all=some(Service),
    needs_any=some(Service),
    entry_methods=some(EntryMethod),
    within=st.sampled_from([Within.parse(text) for text in ("1000m", "500.5m", "15min", "7.25min")]),
    mode=st.sampled_from([None, *TravelMode]),
    network=st.sampled_from(Network),
    detour=st.floats(1, 10),
    hours=st.one_of(
        st.sampled_from([preset.hours for preset in HourPreset]),
        st.frozensets(st.integers(0, 167), min_size=1, max_size=9),
    ),
    instant=st.one_of(st.none(), st.integers(-(10**9), 7 * 10**9).map(lambda s: datetime.fromtimestamp(s, UTC))),
    life_cycles=st.frozensets(st.sampled_from(COUNTABLE), min_size=1),
    min_stay_min=st.integers(0, 1440),
)


@given(question=QUESTIONS)
def test_a_document_holds_the_whole_question(question: PlanningQuestion) -> None:
    again = PlanningQuestion.from_document(question.to_document())

    assert again == question
    assert again.key == question.key


@given(first=QUESTIONS, second=QUESTIONS)
def test_the_key_tells_questions_apart(first: PlanningQuestion, second: PlanningQuestion) -> None:
    assert (first.key == second.key) == (first == second)


def test_hours_with_a_name_are_written_by_it() -> None:
    question = PlanningQuestion(week_of=date(2026, 11, 18), hours=NIGHT_HOURS)

    assert question.to_document()["hours"] == "night"
    assert PlanningQuestion.from_document({"week_of": WEEK, "hours": "night"}).hours == NIGHT_HOURS


def test_what_is_left_out_keeps_its_default() -> None:
    assert PlanningQuestion.from_document({"week_of": WEEK}) == PlanningQuestion(week_of=date(2026, 11, 18))
    assert PlanningQuestion(week_of=date(2026, 11, 18)).hours == EVERY_HOUR


def test_the_order_of_a_documents_lists_makes_no_other_question() -> None:
    one = {"week_of": WEEK, "groups": ["riders", "couriers"], "hours": [3, 1]}
    other = {"week_of": WEEK, "groups": ["couriers", "riders"], "hours": [1, 3]}

    assert PlanningQuestion.from_document(one).key == PlanningQuestion.from_document(other).key


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("layers", "town", "not_a_list"),
        ("layers", ["a", "a"], "repeated"),
        ("layers", [""], "unknown_layer"),
        ("layers", [7], "not_text"),
        ("groups", ["pilots"], "unknown_choice"),
        ("kinds", {"a": 1}, "not_a_list"),
        ("needs_all", [None], "not_text"),
        ("needs_any", ["<script>"], "unknown_choice"),
        ("entry_methods", 3, "not_a_list"),
        ("within", "far", "not_a_limit"),
        ("within", "0m", "out_of_range"),
        ("within", "10001m", "out_of_range"),
        ("within", "61min", "out_of_range"),
        ("mode", "horse", "unknown_choice"),
        ("network", ["streets"], "not_text"),
        ("detour", 0.5, "out_of_range"),
        ("detour", float("nan"), "out_of_range"),
        ("detour", True, "not_a_number"),
        ("hours", [], "empty"),
        ("hours", [168], "out_of_range"),
        ("hours", [1.5], "not_hours"),
        ("hours", "evening", "unknown_choice"),
        ("hours", None, "not_hours"),
        ("instant", "2026-11-18T10:00", "naive_time"),
        ("instant", "now", "not_a_time"),
        ("instant", "0001-01-01T00:00:00+00:00", "out_of_range"),
        ("life_cycles", [], "unknown_choice"),
        ("life_cycles", ["delisted"], "unknown_choice"),
        ("min_stay_min", 1441, "out_of_range"),
        ("min_stay_min", 2.5, "out_of_range"),
        ("min_stay_min", float("inf"), "out_of_range"),
        ("week_of", "soon", "not_a_date"),
        ("week_of", "9999-12-31", "out_of_range"),
        ("colour", "red", "unknown_field"),
    ],
)
def test_a_bad_value_is_a_problem_at_its_field(field: str, value: Any, code: str) -> None:
    with pytest.raises(InvalidFields) as caught:
        PlanningQuestion.from_document({"week_of": WEEK} | {field: value})

    assert [(each.field, each.code) for each in caught.value.problems] == [(field, code)]


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(InvalidFields) as caught:
        PlanningQuestion.from_document({"within": "x", "hours": [999], "groups": ["x"]})

    assert {each.field for each in caught.value.problems} == {"within", "hours", "groups", "week_of"}


def test_one_moment_in_two_time_zones_is_one_question() -> None:
    here = PlanningQuestion.from_document({"week_of": WEEK, "instant": "2026-11-18T10:00+08:00"})
    there = PlanningQuestion.from_document({"week_of": WEEK, "instant": "2026-11-18T02:00+00:00"})

    assert here == there
    assert here.key == there.key


@pytest.mark.parametrize("document", [None, [], "question", 3])
def test_what_is_no_object_is_no_question(document: object) -> None:
    with pytest.raises(InvalidFields):
        PlanningQuestion.from_document(document)


def test_a_question_itself_refuses_what_its_document_would() -> None:
    with pytest.raises(InvalidValue, match="hour"):
        PlanningQuestion(week_of=date(2026, 11, 18), hours=frozenset())
    with pytest.raises(InvalidValue, match="stations count"):
        PlanningQuestion(week_of=date(2026, 11, 18), life_cycles=frozenset({LifeCycle.DELISTED}))
