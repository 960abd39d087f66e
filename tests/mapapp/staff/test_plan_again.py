"""A finished search's form comes back as it was sent, and its curve says what it counts."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from geodata.siting.intervention_plan import Objective
from geodata.siting.interventions import InterventionKind
from mapapp.planner.sites_curve import curve_view
from mapapp.planner.sites_form import read_sites_form
from mapapp.planner.sites_routes import request_pairs
from mapapp.services.charts import LineChart
from mapapp.services.planning.interventions import PlanRequest
from tests.mapapp.services.planning.small_town import question

COSTS = {InterventionKind.OPEN_SITE: 1234567.125, InterventionKind.REOPEN: 0.5}
CURVE = [[0.0, 0.0, 0.0], [1234567.0, 10.0, 12.0], [2469134.0, 15.0, 20.0]]


@pytest.mark.parametrize(
    "limits",
    [
        {"budget": 1_000_000.0, "costs": COSTS},
        {"budget": 123_456_789.125, "costs": COSTS},
        {"count": 25},
        {"objective": Objective.FEWEST, "target_share": 0.80125},
        {"objective": Objective.FEWEST, "target_share": 0.8, "costs": COSTS},
    ],
)
def test_changing_a_plan_begins_with_all_that_was_asked(staff_app: Flask, limits: dict[str, Any]) -> None:
    asked = PlanRequest(question=question(), kinds=frozenset(COSTS), **limits)
    with staff_app.test_request_context():
        form = read_sites_form(MultiDict(request_pairs(asked)), staff_app.extensions["stationmap"].now(), frozenset())

    assert form.problems == {}
    assert form.request is not None
    assert {kind: form.request.costs.get(kind) for kind in COSTS} == {kind: asked.costs.get(kind) for kind in COSTS}
    for name in ("objective", "count", "budget", "target_share", "question"):
        assert getattr(form.request, name) == getattr(asked, name)


@pytest.mark.parametrize(
    ("limits", "heading", "sentence"),
    [
        ({"budget": 9.0, "costs": COSTS}, "cost", "A cost of 2,469,134 brings 15 workers. There the curve ends."),
        (
            {"objective": Objective.FEWEST, "target_share": 0.8, "costs": COSTS},
            "cost",
            "A cost of 2,469,134 brings 15 workers. There the curve ends.",
        ),
        (
            {"objective": Objective.FEWEST, "target_share": 0.8},
            "changes",
            "2,469,134 changes bring 15 workers. There the curve ends.",
        ),
        ({"count": 3}, "changes", "2,469,134 changes bring 15 workers. There the curve ends."),
    ],
)
def test_a_curve_names_what_is_spent(staff_app: Flask, limits: dict[str, Any], heading: str, sentence: str) -> None:
    asked = PlanRequest(question=question(), kinds=frozenset(COSTS), **limits)
    with staff_app.test_request_context(headers={"Accept-Language": "en"}):
        view = curve_view({"request": asked.to_document(), "curve": CURVE, "hours_count": 1, "knee": None})

    assert view is not None
    assert (view.table.headings[0], view.words) == (heading, sentence)
    assert isinstance(view.drawn, LineChart)
    assert view.drawn.x_words == heading
