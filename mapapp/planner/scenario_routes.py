"""Scenarios: the list, one of them before and after, and the way into the register."""

from __future__ import annotations

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from geodata.errors import InvalidValue
from geodata.stations.field_problems import InvalidFields
from mapapp.planner.ask_pages import spoken
from mapapp.planner.ask_routes import json_answer
from mapapp.planner.routes import planner
from mapapp.planner.scenario_pages import (
    ask_for,
    before_and_after,
    changed_words,
    list_page,
    opened_scenario,
    problem_words,
    scenario_page,
    stale_words,
    taken_words,
)
from mapapp.planner.speech import gettext
from mapapp.services.coverage import NoDemandLayer
from mapapp.services.jobs.desk import TooManyJobs
from mapapp.services.planning.scenarios import (
    AlreadyTaken,
    ChangedSince,
    change_scenario,
    delete_scenario,
    take_into_register,
)
from mapapp.services.planning_map import change_data
from mapapp.services.rights import Forbidden
from mapapp.store import MixedSampleAndReal, StaleScenario, UnknownScenario
from mapapp.web import services
from mapapp.web.lists import (
    whole_number,
)
from mapapp.web.signed_in import signed_in


@planner.get("/scenarios")
def scenarios() -> Response:
    """The scenarios, those changed last first."""
    return list_page()


@planner.get("/scenarios/<int:scenario_id>", endpoint="scenario")
def show_scenario(scenario_id: int) -> Response:
    """One scenario: what it changes, before and after."""
    return scenario_page(opened_scenario(scenario_id))


@planner.get("/scenarios/<int:scenario_id>/map.json")
def scenario_map(scenario_id: int) -> Response:
    """What it changes, cell by cell."""
    before, after = before_and_after(opened_scenario(scenario_id)) or abort(404)
    return json_answer(change_data(before, spoken(after)))


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
        return scenario_page(opened_scenario(scenario_id), typed=typed, problems=problems, status=400)
    except StaleScenario:
        return scenario_page(opened_scenario(scenario_id), typed=typed, problem=stale_words(), status=409)
    except AlreadyTaken:
        return scenario_page(opened_scenario(scenario_id), problem=taken_words(), status=409)
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
    typed = {"reason": request.form.get("reason", "")}
    count = None
    try:
        count = _taken_count(scenario_id)
    except UnknownScenario:
        abort(404)
    except InvalidFields as refusal:
        problems = {each.field: problem_words(each.code) for each in refusal.problems}
        return scenario_page(opened_scenario(scenario_id), typed=typed, problems=problems, status=400)
    except (AlreadyTaken, ChangedSince, Forbidden, MixedSampleAndReal, StaleScenario) as refusal:
        problem, status = _refusal(refusal)
        if problem:
            return scenario_page(opened_scenario(scenario_id), typed=typed, problem=problem, status=status)
    services().keeper.refresh()
    return redirect(url_for("planner.scenario", scenario_id=scenario_id, done="taken", count=count), 303)


def _taken_count(scenario_id: int) -> int:
    parts, form = services(), request.form
    stations = take_into_register(
        parts.store,
        parts.place,
        signed_in().actor,
        scenario_id,
        expected_version=whole_number(form.get("version", "")) or 0,
        reason=form.get("reason", ""),
        now=parts.now(),
        seen=form.get("seen", ""),
    )
    return len(stations)


def _refusal(refusal: Exception) -> tuple[str, int]:
    """Why a scenario was not taken, and the status; nothing to say where the same form did it a moment before."""
    match refusal:
        case AlreadyTaken(code="just_now"):
            return "", 303
        case AlreadyTaken():
            return taken_words(), 409
        case ChangedSince():
            return changed_words(), 409
        case StaleScenario():
            return stale_words(), 409
        case MixedSampleAndReal():
            return gettext("Sample and real stations do not go together."), 409
        case Forbidden(code="district"):
            return gettext("Some of these sites lie outside your districts. Nothing was saved."), 403
        case _:
            raise refusal


@planner.post("/scenarios/<int:scenario_id>/evaluate")
def evaluate_scenario(scenario_id: int) -> Response:
    """Have before and after worked out by jobs; with ``b``, also those of the scenario it is compared with."""
    other = whole_number(request.form.get("b", ""))
    opened = [opened_scenario(number) for number in (scenario_id, other) if number is not None]
    to = (
        url_for("planner.scenario", scenario_id=scenario_id)
        if other is None
        else url_for("planner.compare_scenarios", a=scenario_id, b=other)
    )
    try:
        ask_for(opened)
    except TooManyJobs as refusal:
        problem = gettext("%(most)s of your jobs are under way already. Wait for one of them.", most=refusal.most)
        return scenario_page(opened[0], problem=problem, status=429)
    except (NoDemandLayer, InvalidValue):
        return scenario_page(opened[0], problem=gettext("This cannot be worked out with today's data."), status=409)
    return redirect(to, 303)
