"""Scenarios: the list, one of them before and after, two compared, and the way into the register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from flask import abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geodata.errors import InvalidValue
from geodata.stations.field_problems import InvalidFields
from mapapp.planner import sites_words as words
from mapapp.planner.ask_pages import address, desk_and_actor, map_parts, method_url, page_data
from mapapp.planner.ask_routes import json_answer
from mapapp.planner.ask_view import warning_words
from mapapp.planner.ask_words import share_words, short_words
from mapapp.planner.charts import Table, area_name
from mapapp.planner.demand_words import moment
from mapapp.planner.routes import planner
from mapapp.planner.run_compare import cells_table, share_change
from mapapp.planner.sites_pages import question_pairs, station_names
from mapapp.planner.sites_routes import job_page
from mapapp.planner.speech import gettext
from mapapp.services.coverage import NoDemandLayer
from mapapp.services.jobs import desk
from mapapp.services.jobs.kinds import PLAN_INTERVENTIONS
from mapapp.services.planning.interventions import PlanRequest
from mapapp.services.planning.plan_making import chosen_interventions
from mapapp.services.planning.scenarios import (
    AlreadyTaken,
    OpenedScenario,
    change_scenario,
    delete_scenario,
    save_scenario,
    scenario_draft,
    scenario_of,
    scenarios_page,
    take_into_register,
)
from mapapp.services.planning.siting_job import plan_of
from mapapp.services.planning_map import change_data
from mapapp.services.rights import Forbidden, Right, may
from mapapp.store import MixedSampleAndReal, ScenarioSort, StaleScenario, UnknownJob, UnknownScenario
from mapapp.web import services
from mapapp.web.language import current_language
from mapapp.web.lists import (
    PAGE_ROWS,
    asking_again,
    offset_of,
    page_number,
    page_of_list,
    sorted_headings,
    whole_number,
)
from mapapp.web.signed_in import signed_in

_KEPT_DETAILS: Final = (
    "status",
    "proven",
    "value",
    "bound",
    "gap_share",
    "unit",
    "before",
    "spent",
    "request",
    "basis",
)


@planner.get("/scenarios")
def scenarios() -> Response:
    """The scenarios, those changed last first."""
    return list_page()


@planner.post("/scenarios")
def keep_scenario() -> Response:
    """Keep the plan of a search under a name."""
    parts, actor = services(), signed_in().actor
    try:
        job = desk.job_of(parts.store, actor, whole_number(request.form.get("job", "")) or 0)
    except UnknownJob:
        abort(404)
    document = plan_of(parts.store, actor, job) if job.kind == PLAN_INTERVENTIONS else None
    if document is None:
        abort(404)
    typed = {name: request.form.get(name, "") for name in ("name", "note")}
    try:
        asked = PlanRequest.from_document(document["request"])
        details = {name: document[name] for name in _KEPT_DETAILS}
        draft = scenario_draft(
            typed["name"], typed["note"], asked.question, chosen_interventions(dict(document)), details=details
        )
    except InvalidFields as refusal:
        problems = {each.field: problem_words(each.code) for each in refusal.problems}
        return job_page(job, typed=typed, problems=problems, status=400)
    scenario = save_scenario(parts.store, actor, draft, parts.now())
    return redirect(url_for("planner.scenario", scenario_id=scenario.id, done="kept"), 303)


@planner.get("/scenarios/<int:scenario_id>", endpoint="scenario")
def show_scenario(scenario_id: int) -> Response:
    """One scenario: what it changes, before and after."""
    return _page(opened_scenario(scenario_id))


@planner.get("/scenarios/<int:scenario_id>/map.json")
def scenario_map(scenario_id: int) -> Response:
    """What it changes, cell by cell."""
    before, after = before_and_after(opened_scenario(scenario_id)) or abort(404)
    return json_answer(change_data(before, after))


@planner.post("/scenarios/<int:scenario_id>")
def save_scenario_words(scenario_id: int) -> Response:
    """Another name, another note, fewer changes."""
    form = request.form
    dropped = frozenset(number for text in form.getlist("drop") if (number := whole_number(text)) is not None)
    typed = {"name": form.get("name", ""), "note": form.get("note", ""), "version": form.get("version", "")}
    try:
        change_scenario(
            services().store,
            signed_in().actor,
            scenario_id,
            name=typed["name"],
            note=typed["note"],
            dropped=dropped,
            expected_version=whole_number(typed["version"]) or 0,
            now=services().now(),
        )
    except UnknownScenario:
        abort(404)
    except InvalidFields as refusal:
        problems = {each.field: problem_words(each.code) for each in refusal.problems}
        return _page(opened_scenario(scenario_id), typed=typed, problems=problems, status=400)
    except StaleScenario:
        return _page(opened_scenario(scenario_id), typed=typed, problem=_stale(), status=409)
    except AlreadyTaken:
        return _page(opened_scenario(scenario_id), problem=_taken(), status=409)
    return redirect(url_for("planner.scenario", scenario_id=scenario_id, done="saved"), 303)


@planner.post("/scenarios/<int:scenario_id>/delete")
def remove_scenario(scenario_id: int) -> Response:
    """Delete one's own scenario."""
    try:
        delete_scenario(services().store, signed_in().actor, scenario_id, services().now())
    except UnknownScenario:
        abort(404)
    return redirect(url_for("planner.scenarios", done="deleted"), 303)


@planner.post("/scenarios/<int:scenario_id>/take")
def take_scenario(scenario_id: int) -> Response:
    """Make its new sites planned stations of the register, once."""
    parts, form = services(), request.form
    try:
        stations = take_into_register(
            parts.store,
            parts.place,
            signed_in().actor,
            scenario_id,
            expected_version=whole_number(form.get("version", "")) or 0,
            reason=form.get("reason", ""),
            now=parts.now(),
        )
    except UnknownScenario:
        abort(404)
    except AlreadyTaken:
        return _page(opened_scenario(scenario_id), problem=_taken(), status=409)
    except StaleScenario:
        return _page(opened_scenario(scenario_id), problem=_stale(), status=409)
    except InvalidFields as refusal:
        problems = {each.field: problem_words(each.code) for each in refusal.problems}
        typed = {"reason": form.get("reason", "")}
        return _page(opened_scenario(scenario_id), typed=typed, problems=problems, status=400)
    except MixedSampleAndReal:
        return _page(
            opened_scenario(scenario_id), problem=gettext("Sample and real stations do not go together."), status=409
        )
    except Forbidden as refusal:
        if refusal.code != "district":
            raise
        sentence = gettext("Some of these sites lie outside your districts. Nothing was saved.")
        return _page(opened_scenario(scenario_id), problem=sentence, status=403)
    parts.keeper.refresh()
    done = url_for("planner.scenario", scenario_id=scenario_id, done="taken", count=len(stations))
    return redirect(done, 303)


def problem_words(code: str) -> str:
    """What is wrong with a scenario's field."""
    return {
        "empty": gettext("Please fill this in."),
        "missing": gettext("Please fill this in."),
        "too_long": gettext("This is too long."),
        "unprintable": gettext("This holds characters that cannot be printed."),
        "control_characters": gettext("This holds characters that cannot be printed."),
        "out_of_range": gettext("At least one change must stay."),
    }.get(code, gettext("Please look at this again."))


def _stale() -> str:
    return gettext("Somebody changed this scenario meanwhile. Look at it, then try again; nothing was saved.")


def _taken() -> str:
    return gettext("This scenario is in the register already. Nothing was added.")


def opened_scenario(scenario_id: int) -> OpenedScenario:
    """One scenario, or no such page."""
    try:
        return scenario_of(services().store, signed_in().actor, scenario_id)
    except UnknownScenario:
        abort(404)


def before_and_after(opened: OpenedScenario) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
    """Before and after; None where that cannot be worked out now, or not by this reader."""
    desk_of_runs, actor = desk_and_actor()
    if not may(actor, Right.RUN_ANALYSES) or not desk_of_runs.is_quick(opened.question):
        return None
    try:
        before = desk_of_runs.document(actor, opened.question)
        return before, desk_of_runs.document(actor, opened.question, opened.interventions)
    except (NoDemandLayer, InvalidValue):
        return None


def asked_words(opened: OpenedScenario) -> str:
    """The question it was planned for, in one line."""
    return short_words(opened.question, current_language(), services().place.timezone)


def covered_share(document: Mapping[str, Any]) -> str:
    """The covered share of an answer between its bounds."""
    return share_words(document["headline"]["share_low"], document["headline"]["share_high"])


def areas_table(names: list[str], documents: list[Mapping[str, Any]], place: Any, language: str) -> Table:
    """The covered share by district in several states, the whole city last."""
    by_code = [{row["code"]: row for row in document["districts"]} for document in documents]
    rows = [
        (
            area_name(code, place, language),
            *(share_words(each[code]["share_low"], each[code]["share_high"]) for each in by_code),
        )
        for code in by_code[0]
        if by_code[0][code]["worker_hours"] > 0
    ]
    rows.append((area_name(None, place, language), *(covered_share(document) for document in documents)))
    return Table(
        caption=gettext("Covered share by district"),
        headings=(gettext("District"), *names),
        rows=tuple(rows),
        last_is_whole=True,
    )


def _page(
    opened: OpenedScenario,
    *,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    scenario, names = opened.scenario, station_names()
    evaluated = before_and_after(opened)
    page = render_template(
        "planner/scenario.html",
        opened=opened,
        scenario=scenario,
        asked=asked_words(opened),
        ask_url=address("planner.ask", question_pairs(opened.question)),
        rows=[
            {"number": number, "where": words.where_words(each, names), "what": words.change_words(each)}
            for number, each in enumerate(opened.interventions)
        ],
        bound=words.bound_words(scenario.details) if "value" in scenario.details else "",
        updated=moment(scenario.updated_at),
        taken=moment(scenario.taken_at),
        typed={
            "name": scenario.name,
            "note": scenario.note,
            "reason": "",
            "version": scenario.version,
            **(typed or {}),
        },
        problems=problems or {},
        labels={
            "name": gettext("Name"),
            "note": gettext("Note"),
            "interventions": gettext("What is done where"),
            "reason": gettext("Reason"),
        },
        problem=problem,
        done="" if problem or problems else _done_words(),
        may_evaluate=evaluated is not None,
        method_url=method_url() if may(signed_in().actor, Right.RUN_ANALYSES) else "",
        page_data=page_data(),
        **_evaluated_parts(scenario.id, evaluated),
    )
    return make_response(page, status)


def _changes_table(before: Mapping[str, Any], after: Mapping[str, Any]) -> Table | None:
    """What is newly covered, and what is lost."""
    table = cells_table(before, after)
    return None if table is None else replace(table, caption=gettext("What the changes bring, in worker-hours"))


def list_page(problem: str = "", status: int = 200) -> Response:
    """The list of scenarios."""
    asked = request.args.get("sort", "")
    sort = next((each for each in ScenarioSort if each.value == asked), ScenarioSort.UPDATED_AT)
    descending = request.args.get("order", "down") == "down"
    offset = offset_of(page_number(request.args.get("page", "")))
    found, total = scenarios_page(
        services().store, signed_in().actor, sort=sort, descending=descending, offset=offset, limit=PAGE_ROWS
    )
    headings = {ScenarioSort.NAME: gettext("Scenario"), ScenarioSort.UPDATED_AT: gettext("Changed")}
    page = render_template(
        "planner/scenarios.html",
        rows=[
            {
                "id": each.id,
                "name": each.name,
                "note": each.note,
                "count": len(each.interventions),
                "updated": moment(each.updated_at),
                "made_by": each.created_by,
                "is_taken": each.taken_at is not None,
            }
            for each in found
        ],
        columns=sorted_headings(headings, sort, descending, _list_url),
        problem=problem,
        done=request.args.get("done", "") if not problem else "",
        may_plan=may(signed_in().actor, Right.RUN_ANALYSES),
        **page_of_list(offset, len(found), total, _list_url),
    )
    return make_response(page, status)


def _list_url(**changes: Any) -> str:
    if changes.get("order") == "":
        changes["order"] = "up"
    return asking_again("planner.scenarios", ("sort", "order"), changes)


def _done_words() -> str:
    done = {
        "kept": gettext("Kept. The address of this page can be shared with other planners."),
        "saved": gettext("Saved."),
        "taken": gettext("The new sites are planned stations of the register now."),
    }
    return done.get(request.args.get("done", ""), "")


def _evaluated_parts(scenario_id: int, evaluated: tuple[Mapping[str, Any], Mapping[str, Any]] | None) -> dict[str, Any]:
    """What the page says of the answers before and after; empty where they cannot be computed at once."""
    if evaluated is None:
        return {"headline": "", "table": None, "cells_table": None, "map": None, "sample_words": ""}
    before, after = evaluated
    return {
        "headline": gettext(
            "Covered now: %(before)s; with these changes: %(after)s (%(points)s points).",
            before=covered_share(before),
            after=covered_share(after),
            points=share_change(before["headline"], after["headline"]),
        ),
        "table": areas_table(
            [gettext("now"), gettext("with the changes")], [before, after], services().place, current_language()
        ),
        "cells_table": _changes_table(before, after),
        "sample_words": warning_words(after["basis"]),
        "layers": [
            ("changes", gettext("What changed, cell by cell"), True),
            ("stations", gettext("Stations by load"), True),
        ],
        **map_parts(url_for("planner.scenario_map", scenario_id=scenario_id), {}),
    }
