"""Asking: the start page, the question with its answer, what its map draws. For planners and administrators."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from flask import abort, current_app, make_response, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from geodata.errors import InvalidValue
from mapapp.planner.ask_choices import ask_choices
from mapapp.planner.ask_form import AskForm, ask_query, read_ask_form
from mapapp.planner.ask_pages import (
    address,
    answer_layers,
    desk_and_actor,
    map_parts,
    method_url,
    page_data,
    spoken,
    with_refusal,
)
from mapapp.planner.ask_view import answer_view, warning_words
from mapapp.planner.routes import planner
from mapapp.planner.run_words import run_row
from mapapp.planner.speech import gettext
from mapapp.services.coverage import NoDemandLayer
from mapapp.services.planning.question import PlanningQuestion
from mapapp.services.planning.runs import Run
from mapapp.services.planning_map import catchment_data, planning_map_data
from mapapp.services.publish import json_bytes
from mapapp.store import LayerCard
from mapapp.web import services
from mapapp.web.language import current_language

JSON: Final = "application/json"
BY_WORKERS: Final = "workers"
_LATEST: Final = 5
_SITES: Final = "planner.sites"


@planner.get("/")
def start() -> Response:
    """Where planning begins: questions at hand, and what was kept lately."""
    desk, actor = desk_and_actor()
    latest, _count = desk.runs(actor, limit=_LATEST)
    ground = desk.ground()
    sample = any(card.is_sample for card in ground.cards)
    modelled = any(card.is_modelled for card in ground.cards)
    page = render_template(
        "planner/ask_start.html",
        questions=_questions(),
        latest=[run_row(run) for run in latest],
        warning_words=warning_words({"is_sample": sample, "is_modelled": modelled}),
    )
    return make_response(page)


@planner.get("/ask")
def ask() -> Response:
    """The question on the left, the answer on the right; without a question all hours of the week are asked about."""
    return ask_page(request.args)


@planner.get("/ask/map.json")
def ask_map() -> Response:
    """What the map of an answer draws first."""
    return json_answer(planning_map_data(spoken(_asked_document())))


@planner.get("/ask/catchments.json")
def ask_catchments() -> Response:
    """Which cells go to which station."""
    return json_answer(catchment_data(_asked_document()))


def ask_page(
    sent: MultiDict[str, str], *, title: str = "", title_problem: str = "", refusal: InvalidValue | None = None
) -> Response:
    """The page of a question, with its answer where it has one at once."""
    desk, _actor = desk_and_actor()
    ground = desk.ground()
    form = read_form(sent)
    if refusal is not None:
        form = with_refusal(form, refusal)
    parts: dict[str, Any] = {"view": None, "map": None, "is_long": False}
    if form.question is not None:
        try:
            parts |= _answer_parts(form.question)
        except NoDemandLayer:
            pass
        except InvalidValue as error:
            form = with_refusal(form, error)
    page = render_template(
        "planner/ask.html",
        form=form,
        choices=ask_choices(current_language(), form.within, ground.cards, has_streets=ground.streets is not None),
        title=title,
        title_problem=title_problem,
        page_data=page_data(),
        method_url=method_url(),
        **parts,
    )
    return make_response(page, 400 if form.problems or title_problem else 200)


def read_form(sent: MultiDict[str, str]) -> AskForm:
    """The form as it was sent."""
    cards: tuple[LayerCard, ...] = desk_and_actor()[0].ground().cards
    return read_ask_form(sent, services().now(), frozenset(card.name for card in cards))


def json_answer(document: Any) -> Response:
    """A body for the page's script."""
    response = make_response(json_bytes(document))
    response.content_type = JSON
    return response


def gap_orders(here: str, pairs: list[tuple[str, str]], *, by_workers: bool) -> list[tuple[str, str, bool]]:
    """The two ways to rank gaps: address, words, whether it is this one."""
    by = [*pairs, ("gaps", BY_WORKERS)]
    return [
        (f"{here}?{urlencode(pairs)}" if pairs else here, gettext("worker-hours"), not by_workers),
        (f"{here}?{urlencode(by)}", gettext("workers"), by_workers),
    ]


def _answer_parts(question: PlanningQuestion) -> dict[str, Any]:
    desk, actor = desk_and_actor()
    place, language = services().place, current_language()
    pairs = ask_query(question, place.timezone)
    by_workers = request.args.get("gaps") == BY_WORKERS
    if not desk.is_quick(question):
        desk.ground().check(question)
        known = desk.known(actor, question)
        found = {"is_long": True, "query_pairs": pairs}
        return found if known is None else {**found, **_known_parts(known, pairs, by_workers=by_workers)}
    document = desk.document(actor, question)
    others = {"catchments": address("planner.ask_catchments", pairs)}
    return {
        "view": answer_view(document, place, language, place.timezone, gaps_by_workers=by_workers),
        "query_pairs": pairs,
        "sites_url": address(_SITES, pairs) if _SITES in current_app.view_functions else "",
        "layers": answer_layers(question),
        "gap_orders": gap_orders(url_for("planner.ask"), pairs, by_workers=by_workers),
        **map_parts(address("planner.ask_map", pairs), others),
    }


def _known_parts(run: Run, pairs: list[tuple[str, str]], *, by_workers: bool) -> dict[str, Any]:
    """The answer to a long question that somebody had worked out, with its map."""
    place, run_id = services().place, run.card.id
    others = {
        "catchments": url_for("planner.run_catchments", run_id=run_id),
        "isochrones": url_for("planner.run_isochrones", run_id=run_id),
    }
    return {
        "is_long": False,
        "known_url": url_for("planner.run", run_id=run_id),
        "view": answer_view(run.document or {}, place, current_language(), place.timezone, gaps_by_workers=by_workers),
        "layers": answer_layers(run.question),
        "gap_orders": gap_orders(url_for("planner.ask"), pairs, by_workers=by_workers),
        **map_parts(url_for("planner.run_map", run_id=run_id), others),
    }


def _asked_document() -> dict[str, Any]:
    desk, actor = desk_and_actor()
    form = read_form(request.args)
    if form.question is None or not desk.is_quick(form.question):
        abort(400)
    try:
        return desk.document(actor, form.question)
    except (NoDemandLayer, InvalidValue):
        abort(404)


def _questions() -> list[tuple[str, str, str]]:
    """Questions at hand: address, title, what they ask."""
    return [
        (
            url_for("planner.ask", when="all"),
            gettext("The whole week"),
            gettext("Every hour, every group, within 1 km"),
        ),
        (
            url_for("planner.ask", when="night"),
            gettext("By night"),
            gettext("Who has nowhere to go from 22:00 to 06:00"),
        ),
        (
            url_for("planner.ask", when="all", within="15min", mode="walk"),
            gettext("15 minutes on foot"),
            gettext("The national union's norm, in travel time"),
        ),
        (
            url_for("planner.ask", when="day", needs_all="toilet"),
            gettext("A toilet by day"),
            gettext("Within 1 km, from 08:00 to 20:00"),
        ),
    ]
