"""A plan is kept as a scenario: that of a search, or one made at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from geodata.errors import InvalidValue
from geodata.stations.field_problems import InvalidFields
from mapapp.planner.ask_pages import desk_and_actor
from mapapp.planner.routes import planner
from mapapp.planner.scenario_pages import problem_words
from mapapp.planner.sites_form import field_of
from mapapp.planner.sites_form import problem_words as plan_problem_words
from mapapp.planner.sites_pages import read_form, sites_page
from mapapp.planner.sites_routes import job_page
from mapapp.services.coverage import NoDemandLayer
from mapapp.services.jobs import desk
from mapapp.services.jobs.kinds import PLAN_INTERVENTIONS
from mapapp.services.planning.interventions import PlanRequest
from mapapp.services.planning.plan_making import chosen_interventions
from mapapp.services.planning.scenarios import save_scenario, scenario_draft
from mapapp.services.planning.siting_job import plan_of
from mapapp.store import Scenario, UnknownJob
from mapapp.web import services
from mapapp.web.lists import (
    whole_number,
)
from mapapp.web.signed_in import signed_in

_KEPT_DETAILS: Final = (
    "status",
    "proven",
    "value",
    "bound",
    "gap_share",
    "levels",
    "unit",
    "before",
    "spent",
    "request",
    "basis",
    "candidates",
    "stations",
    "site_services",
)


@planner.post("/scenarios")
def keep_scenario() -> Response:
    """Keep a plan under a name: that of a search, or one that was made at once."""
    return _keep_of_job() if "job" in request.form else _keep_at_once()


def _keep_at_once() -> Response:
    parts, (desk_of_runs, actor) = services(), desk_and_actor()
    form = read_form(request.form)
    if form.request is None:
        return sites_page(request.form, problems=form.problems, status=400)
    keys = dict.fromkeys(" ".join(request.form.getlist("chosen")).split())
    try:
        document = parts.plans.chosen(form.request, desk_of_runs.ground(), actor.account_id, keys)
        scenario = _kept(document)
    except InvalidFields as refusal:
        problems = _problems_of(refusal)
        return sites_page(request.form, keep_problems=problems, status=400)
    except NoDemandLayer:
        return sites_page(request.form, status=400)
    except InvalidValue as refusal:
        problems = {field_of(str(refusal.field)): plan_problem_words(refusal.code or "")}
        return sites_page(request.form, keep_problems=problems, status=409)
    return redirect(url_for("planner.scenario", scenario_id=scenario.id, done="kept"), 303)


def _problems_of(refusal: InvalidFields) -> dict[str, str]:
    """By the fields of a plan's page, where the changes of a scenario are what the plan chose."""
    fields = {"interventions": "chosen"}
    return {fields.get(each.field, each.field): problem_words(each.code) for each in refusal.problems}


def _kept(document: Mapping[str, Any]) -> Scenario:
    """The plan of a document, kept under the name that was typed; raises InvalidFields."""
    typed = {name: request.form.get(name, "") for name in ("name", "note")}
    asked = PlanRequest.from_document(document["request"])
    details = {name: document[name] for name in _KEPT_DETAILS if name in document}
    draft = scenario_draft(
        typed["name"], typed["note"], asked.question, chosen_interventions(dict(document)), details=details
    )
    parts = services()
    return save_scenario(parts.store, signed_in().actor, draft, parts.now(), form_key=request.form.get("form_key", ""))


def _keep_of_job() -> Response:
    parts, actor = services(), signed_in().actor
    try:
        job = desk.job_of(parts.store, actor, whole_number(request.form.get("job", "")) or 0)
    except UnknownJob:
        abort(404)
    document = plan_of(parts.store, actor, job) if job.kind == PLAN_INTERVENTIONS else None
    if document is None:
        abort(404)
    try:
        scenario = _kept(document)
    except InvalidFields as refusal:
        typed = {name: request.form.get(name, "") for name in ("name", "note", "form_key")}
        problems = _problems_of(refusal)
        return job_page(job, typed=typed, problems=problems, status=400)
    return redirect(url_for("planner.scenario", scenario_id=scenario.id, done="kept"), 303)
