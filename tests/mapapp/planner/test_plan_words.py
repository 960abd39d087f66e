"""What a plan is said to reach and to be proven: no more than it is."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from geodata.siting.intervention_plan import Objective
from mapapp.planner.sites_curve import curve_view
from mapapp.planner.sites_pages import plan_facts
from mapapp.planner.sites_words import bound_words, gain_words
from mapapp.services.charts import LineChart


def plan(objective: Objective, **more: Any) -> dict[str, Any]:
    """A plan's document, as far as its first sentences go."""
    document = {"value": 0.2, "before": 0.1, "bound": 0.25, "gap_share": 0.2, "proven": False, "chosen": [{}, {}]}
    return {**document, "status": "feasible", "request": {"objective": objective.value}, **more}


FURTHER = "Whether the next ones can is not known yet."


@pytest.mark.parametrize(
    ("levels", "is_proven", "words"),
    [
        ({"count": 5, "proven_count": 0}, False, "This reaches at least 80 % of the best possible."),
        ({"count": 5, "proven_count": 1}, False, f"Proven: the 1 worst district cannot be raised further. {FURTHER}"),
        ({"count": 5, "proven_count": 3}, False, f"Proven: the 3 worst districts cannot be raised further. {FURTHER}"),
        ({"count": 5, "proven_count": 5}, False, "Proven: no other choice is fairer."),
        ({"count": 5, "proven_count": 5}, True, "Proven: no other choice is better."),
        ({"count": 1, "proven_count": 1}, True, "Proven: no other choice is better."),
        (None, True, f"Proven: the 1 worst district cannot be raised further. {FURTHER}"),
    ],
)
def test_of_the_fairest_only_the_districts_that_are_proven_are_said_to_be(
    planner_app: Flask, levels: dict[str, int] | None, is_proven: bool, words: str
) -> None:
    document = plan(Objective.FAIREST, proven=is_proven) | ({} if levels is None else {"levels": levels})

    with planner_app.test_request_context(headers={"Accept-Language": "en"}):
        assert bound_words(document) == words


@pytest.mark.parametrize(
    ("objective", "facts", "words"),
    [
        (
            Objective.LEAST_WORST,
            {"proven": True},
            "No choice of this size shortens the longest way; it stays at 30 min.",
        ),
        (Objective.LEAST_WORST, {}, "Nothing that shortens the longest way, 30 min, has been found yet."),
        (Objective.LEAST_WORST, {"value": 600.0}, "With 2 choices, the longest way falls from 30 min to 10 min."),
        (Objective.LEAST_MEAN, {"value": 600.0}, "With 2 choices, the mean way falls from 30 min to 10 min."),
    ],
)
def test_a_way_that_no_choice_shortens_is_not_said_to_fall(
    planner_app: Flask, objective: Objective, facts: dict[str, Any], words: str
) -> None:
    with planner_app.test_request_context(headers={"Accept-Language": "en"}):
        assert gain_words(plan(objective, **({"value": 1800.0, "before": 1800.0} | facts))) == words


def test_how_many_choices_were_looked_at_is_written_like_every_number(planner_app: Flask) -> None:
    basis = {"layers": [], "data_revision": 4, "code_version": "one"}
    request = {"objective": Objective.FAIREST.value, "budget": None}
    document = plan(Objective.FAIREST, options_count=4000, seconds=0.1, basis=basis, request=request)

    with planner_app.test_request_context(headers={"Accept-Language": "en"}):
        assert dict(plan_facts(document))["Choices looked at"] == "4,000"


@pytest.mark.parametrize(("value", "words"), [(0.1, "stays at 10.0%"), (0.2, "rises from 10.0% to 20.0%")])
def test_a_worst_district_that_cannot_be_raised_stays_where_it_is(planner_app: Flask, value: float, words: str) -> None:
    with planner_app.test_request_context(headers={"Accept-Language": "en"}):
        assert words in gain_words(plan(Objective.FAIREST, value=value))


CURVE = [[0.0, 0.0, 0.0], [20.0, 50.0, 60.0], [60.0, 90.0, 90.0]]


@pytest.mark.parametrize(
    ("objective", "caption"),
    [
        (Objective.MOST_COVERED, "What each further step brings"),
        (Objective.FEWEST, "What each further step would bring if the aim were most workers covered"),
    ],
)
def test_the_curve_says_whose_it_is_where_the_plan_is_on_it_and_where_it_ends(
    planner_app: Flask, objective: Objective, caption: str
) -> None:
    request: dict[str, Any] = {"objective": objective.value, "budget": None, "costs": {}}
    document = {"request": request, "hours_count": 1, "curve": CURVE, "knee": 20.0, "own": [70.0, 40.0, 95.0]}

    with planner_app.test_request_context(headers={"Accept-Language": "en"}):
        view = curve_view(document)

    assert view is not None
    assert (view.caption, view.table.caption) == (caption, caption)
    assert view.words == (
        "This plan: 70 changes bring 40 workers. 60 changes bring 90 workers. There the curve ends. "
        "Over its first 60 changes it bends at 20: after it, each step brings less."
    )
    assert isinstance(view.drawn, LineChart)
    assert view.drawn.marks[-1].words == "this plan"
    assert all(mark.x <= view.drawn.right for mark in view.drawn.marks)


@pytest.mark.parametrize(
    ("objective", "unit", "curve", "words", "ticks"),
    [
        (
            Objective.FAIREST,
            "share",
            [[0.0, 0.1, None], [2.0, 0.1, None], [3.0, 0.45, None]],
            "This plan: 3 changes bring the worst district to 45.0%. There the curve ends.",
            "100%",
        ),
        (
            Objective.LEAST_MEAN,
            "s",
            [[0.0, 600.0, None], [2.0, 540.0, None], [3.0, 480.0, None]],
            "This plan: With 3 changes the mean way is 8 min. There the curve ends.",
            "10",
        ),
        (
            Objective.LEAST_WORST,
            "s",
            [[0.0, 600.0, None], [3.0, 480.0, None]],
            "This plan: With 3 changes the longest way is 8 min. There the curve ends.",
            "10",
        ),
    ],
)
def test_each_aim_has_a_curve_of_its_own(
    planner_app: Flask, objective: Objective, unit: str, curve: list[list[Any]], words: str, ticks: str
) -> None:
    request: dict[str, Any] = {"objective": objective.value, "budget": None, "costs": {}}
    document = {
        "request": request,
        "hours_count": 7,
        "curve": curve,
        "curve_unit": unit,
        "own": curve[-1],
        "knee": None,
    }

    with planner_app.test_request_context(headers={"Accept-Language": "en"}):
        view = curve_view(document)

    assert view is not None
    assert view.words.startswith(words)
    assert "how near the best possible they are is not known" in view.words
    assert (len(view.table.headings), len(view.table.rows), view.key) == (2, len(curve), ())
    assert isinstance(view.drawn, LineChart)
    assert len(view.drawn.lines) == 1
    assert view.drawn.y_ticks[-1].text == ticks


def test_an_older_plan_for_fairness_keeps_the_curve_it_has(planner_app: Flask) -> None:
    request: dict[str, Any] = {"objective": Objective.FAIREST.value, "budget": None, "costs": {}}

    with planner_app.test_request_context(headers={"Accept-Language": "en"}):
        view = curve_view({"request": request, "hours_count": 1, "curve": CURVE, "knee": None, "own": None})

    assert view is not None
    assert view.caption == "What each further step would bring if the aim were most workers covered"


@pytest.mark.parametrize(
    ("costs", "words"),
    [
        ({}, "2 choices reach 60.0%: 107 changes."),
        ({"open_site": 10.0}, "2 choices reach 60.0%, at a cost of 107."),
    ],
)
def test_what_a_target_takes_is_money_only_where_changes_have_costs(
    planner_app: Flask, costs: dict[str, float], words: str
) -> None:
    request = {"objective": Objective.FEWEST.value, "target_share": 0.6, "costs": costs}
    with planner_app.test_request_context(headers={"Accept-Language": "en"}):
        assert gain_words(plan(Objective.FEWEST, value=107.0, request=request)) == words
