"""Two scenarios side by side and on one map. For planners and administrators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from mapapp.planner import sites_words as words
from mapapp.planner.ask_pages import desk_and_actor, map_parts, page_data, spoken
from mapapp.planner.ask_routes import json_answer
from mapapp.planner.ask_view import warning_words
from mapapp.planner.change_view import changes_view
from mapapp.planner.routes import planner
from mapapp.planner.scenario_pages import (
    areas_table,
    asked_words,
    covered_share,
    evaluation_of,
    list_page,
    opened_scenario,
    waiting_parts,
)
from mapapp.planner.sites_pages import station_names
from mapapp.planner.speech import gettext
from mapapp.services.planning.evaluations import Evaluation
from mapapp.services.planning.scenarios import (
    OpenedScenario,
)
from mapapp.services.planning_map import change_data
from mapapp.services.planning_report.left_out import left_out_notes, possible_of
from mapapp.services.planning_report.speech import Speech
from mapapp.web import services
from mapapp.web.language import current_language
from mapapp.web.lists import (
    whole_number,
)


@planner.get("/scenarios/compare")
def compare_scenarios() -> Response:
    """Two scenarios side by side, each evaluated with the first one's question."""
    pair = _compared()
    if pair is None:
        return list_page(gettext("Tick exactly two scenarios to compare them."), 400)
    found = evaluation_of(pair)
    if found is None:
        return list_page(gettext("These scenarios cannot be evaluated with today's data."), 409)
    if not found.is_whole:
        return _waiting_page(pair, found)
    before, first, second = (document or {} for document in found.documents)
    place, language = services().place, current_language()
    names = station_names()
    page = render_template(
        "planner/scenario_compare.html",
        a=_side(pair[0], names),
        b=_side(pair[1], names),
        asked=asked_words(pair[0]),
        caution=_caution(pair),
        left_out=_left_out(pair),
        warnings=[warning_words(first["basis"])],
        headline=gettext(
            "Now %(now)s are covered; with A %(a)s, with B %(b)s.",
            now=covered_share(before),
            a=covered_share(first),
            b=covered_share(second),
        ),
        table=areas_table([gettext("now"), "A", "B"], [before, first, second], place, language),
        changes=changes_view(first, second),
        layers=[
            ("changes", gettext("What changed, cell by cell"), True),
            ("stations", gettext("Stations of B by load"), True),
        ],
        swapped_url=url_for("planner.compare_scenarios", a=pair[1].scenario.id, b=pair[0].scenario.id),
        report_url=url_for("planner.report", scenario=pair[0].scenario.id, after=pair[1].scenario.id),
        page_data=page_data(),
        **map_parts(url_for("planner.compare_scenarios_map", a=pair[0].scenario.id, b=pair[1].scenario.id), {}),
    )
    return make_response(page)


@planner.get("/scenarios/compare/map.json")
def compare_scenarios_map() -> Response:
    """What differs between two scenarios, cell by cell."""
    pair = _compared() or abort(404)
    found = evaluation_of(pair)
    if found is None or not found.is_whole:
        abort(404)
    _before, first, second = (document or {} for document in found.documents)
    return json_answer(change_data(first, spoken(second)))


def _waiting_page(pair: tuple[OpenedScenario, OpenedScenario], found: Evaluation) -> Response:
    names = station_names()
    page = render_template(
        "planner/scenario_waiting.html",
        a=_side(pair[0], names),
        b=_side(pair[1], names),
        asked=asked_words(pair[0]),
        ask_url=url_for("planner.evaluate_scenario", scenario_id=pair[0].scenario.id),
        other=pair[1].scenario.id,
        waiting=waiting_parts(found),
        here=url_for("planner.compare_scenarios", a=pair[0].scenario.id, b=pair[1].scenario.id),
    )
    return make_response(page)


def _left_out(pair: tuple[OpenedScenario, OpenedScenario]) -> tuple[str, ...]:
    """What is not counted of either, because it cannot be done any more."""
    stations = desk_and_actor()[0].ground().register.stations
    return left_out_notes(pair, stations, Speech.of(current_language()))


def _caution(pair: tuple[OpenedScenario, OpenedScenario]) -> str:
    if pair[0].question.key == pair[1].question.key:
        return ""
    return gettext("The two were planned for different questions; both are counted with that of A.")


def _compared() -> tuple[OpenedScenario, OpenedScenario] | None:
    ticked = request.args.getlist("scenario") or [request.args.get("a", ""), request.args.get("b", "")]
    numbers = [number for text in ticked if (number := whole_number(text)) is not None]
    return (opened_scenario(numbers[0]), opened_scenario(numbers[1])) if len(numbers) == len(ticked) == 2 else None


def _side(opened: OpenedScenario, names: Mapping[str, str]) -> dict[str, Any]:
    """One scenario; ``is_done`` says of each change whether it can still be made and so is counted."""
    done = possible_of(opened, desk_and_actor()[0].ground().register.stations)
    return {
        "name": opened.scenario.name,
        "url": url_for("planner.scenario", scenario_id=opened.scenario.id),
        "changes": [
            {"words": f"{words.where_words(each, names)} · {words.change_words(each)}", "is_done": each in done}
            for each in opened.interventions
        ],
    }
