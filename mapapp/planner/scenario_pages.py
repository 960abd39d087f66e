"""What the pages of scenarios are made of; ``scenario_routes`` and its fellows have their addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import abort, make_response, render_template, request, url_for
from flask_babel import LazyString, lazy_gettext
from werkzeug.wrappers import Response

from geodata.errors import InvalidValue
from mapapp.planner import sites_words as words
from mapapp.planner.ask_pages import address, desk_and_actor, map_parts, method_url, page_data
from mapapp.planner.ask_view import warning_words
from mapapp.planner.ask_words import share_words, short_words
from mapapp.planner.change_view import changes_view
from mapapp.planner.charts import Table, area_name
from mapapp.planner.demand_words import moment
from mapapp.planner.run_compare import share_change
from mapapp.planner.run_words import STATE_NAMES
from mapapp.planner.sites_pages import question_pairs
from mapapp.planner.speech import gettext
from mapapp.services.coverage import NoDemandLayer
from mapapp.services.planning.evaluations import Evaluation, State, ask_evaluation, evaluate
from mapapp.services.planning.runs import Run, RunState
from mapapp.services.planning.scenario_drift import Drift, StationDrift, drift_key, possible
from mapapp.services.planning.scenarios import (
    MOST_INTERVENTIONS,
    OpenedScenario,
    scenario_of,
    scenarios_page,
)
from mapapp.services.rights import Right, may
from mapapp.store import ScenarioSort, UnknownScenario
from mapapp.web import services
from mapapp.web.language import current_language
from mapapp.web.lists import (
    PAGE_ROWS,
    asking_again,
    offset_of,
    page_number,
    page_of_list,
    sorted_headings,
)
from mapapp.web.signed_in import signed_in

DRIFT_NAMES: Final[Mapping[Drift, LazyString]] = {
    Drift.GONE: lazy_gettext("it is not in the register any more, so this is left out"),
    Drift.IMPOSSIBLE: lazy_gettext("its hours are such now that they cannot be kept longer, so this is left out"),
    Drift.NEEDLESS: lazy_gettext("it is so already"),
    Drift.HOURS: lazy_gettext("its opening hours changed"),
    Drift.LIFE_CYCLE: lazy_gettext("whether it is in use changed"),
    Drift.SERVICES: lazy_gettext("its services changed"),
    Drift.MOVED: lazy_gettext("it moved"),
    Drift.OCCUPIED: lazy_gettext("a station stands here by now"),
}


def problem_words(code: str) -> str:
    """What is wrong with a scenario's field."""
    return {
        "empty": gettext("Please fill this in."),
        "missing": gettext("Please fill this in."),
        "too_long": gettext("This is too long."),
        "unprintable": gettext("This holds characters that cannot be printed."),
        "control_characters": gettext("This holds characters that cannot be printed."),
        "out_of_range": gettext("At least one change must stay."),
        "too_many": gettext(
            "A scenario holds at most %(most)s changes, and this plan has more. Nothing was kept: plan with a smaller "
            "count, budget or target.",
            most=MOST_INTERVENTIONS,
        ),
    }.get(code, gettext("Please look at this again."))


def stale_words() -> str:
    """Somebody was faster."""
    return gettext("Somebody changed this scenario meanwhile. Look at it, then try again; nothing was saved.")


def taken_words() -> str:
    """It was taken before."""
    return gettext("This scenario is in the register already. Nothing was added.")


def changed_words() -> str:
    """The register changed between looking and sending."""
    return gettext("Stations of this scenario changed since you looked. Read what is different; nothing was saved.")


def opened_scenario(scenario_id: int) -> OpenedScenario:
    """One scenario, or no such page."""
    try:
        return scenario_of(services().store, signed_in().actor, scenario_id)
    except UnknownScenario:
        abort(404)


def evaluation_of(opened: Sequence[OpenedScenario]) -> Evaluation | None:
    """The register as it is and with each of some scenarios, asked the first one's question.

    What cannot be done any more (`scenario_drift`) is left out. None where nothing can be worked out with today's
    data, or not by this reader.
    """
    desk_of_runs, actor = desk_and_actor()
    if not may(actor, Right.RUN_ANALYSES):
        return None
    try:
        return evaluate(desk_of_runs, services().store, actor, opened[0].question, _states(opened))
    except (NoDemandLayer, InvalidValue):
        return None


def ask_for(opened: Sequence[OpenedScenario]) -> None:
    """Have by jobs what takes too long for a request; raises as `ask_evaluation`."""
    desk_of_runs, actor = desk_and_actor()
    ask_evaluation(desk_of_runs, services().store, actor, opened[0].question, _states(opened))


def _states(opened: Sequence[OpenedScenario]) -> list[State]:
    stations = desk_and_actor()[0].ground().register.stations
    now = State(interventions=(), title=gettext("Before: %(name)s", name=opened[0].scenario.name))
    after = [
        State(
            interventions=possible(each.interventions, each.drift(stations)),
            title=gettext("After: %(name)s", name=each.scenario.name),
        )
        for each in opened
    ]
    return [now, *after]


def before_and_after(opened: OpenedScenario) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
    """Before and after; None where they are not there."""
    found = evaluation_of([opened])
    if found is None:
        return None
    before, after = found.documents
    return None if before is None or after is None else (before, after)


def waiting_parts(found: Evaluation | None) -> dict[str, Any]:
    """What a page says of answers that are still to be worked out."""
    is_missing = found is not None and not found.is_whole
    return {
        "is_missing": is_missing,
        "may_ask": is_missing and found is not None and found.may_ask,
        "is_waiting": is_missing and found is not None and found.is_waiting,
        "runs": [] if found is None else [_run_link(run) for run in found.runs if run.state is not RunState.DONE],
    }


def _run_link(run: Run) -> tuple[str, str]:
    return url_for("planner.run", run_id=run.card.id), f"{run.card.title or run.card.id} · {STATE_NAMES[run.state]}"


def drift_words(drift: Sequence[StationDrift]) -> list[str]:
    """What became of the scenario's stations, a sentence each."""
    return [
        f"{each.label(current_language())} {each.code}: "
        + gettext("; ").join(str(DRIFT_NAMES[what]) for what in each.what)
        for each in drift
    ]


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


def scenario_page(
    opened: OpenedScenario,
    *,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    """One scenario: what it changes, before and after, what is different by now."""
    scenario, stations = opened.scenario, desk_and_actor()[0].ground().register.stations
    names = {station.code: station.name for station in stations}
    found = evaluation_of([opened])
    evaluated = None if found is None or not found.is_whole else (found.documents[0] or {}, found.documents[1] or {})
    drift = opened.drift(stations) if scenario.taken_at is None else ()
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
        aside=words.aside_words(scenario.details.get("candidates", {})) if "value" in scenario.details else "",
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
        may_evaluate=found is not None,
        waiting=waiting_parts(found),
        drift=drift_words(drift),
        seen=drift_key(drift),
        other_count=len(opened.interventions) - len(opened.sites),
        has_services=words.services_words(scenario.details.get("site_services", ())) if opened.sites else "",
        method_url=method_url() if may(signed_in().actor, Right.RUN_ANALYSES) else "",
        page_data=page_data(),
        **_evaluated_parts(scenario.id, evaluated),
    )
    return make_response(page, status)


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
        return {"headline": "", "table": None, "changes": None, "map": None, "sample_words": ""}
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
        "changes": changes_view(before, after),
        "sample_words": warning_words(after["basis"]),
        "layers": [
            ("changes", gettext("What changed, cell by cell"), True),
            ("stations", gettext("Stations by load"), True),
        ],
        **map_parts(url_for("planner.scenario_map", scenario_id=scenario_id), {}),
    }
