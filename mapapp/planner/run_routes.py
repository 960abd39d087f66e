"""Kept runs: the list, one of them, its computing, two compared. For planners and administrators."""

from __future__ import annotations

from typing import Any, Final

from flask import abort, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geodata.errors import InvalidValue
from mapapp.planner.ask_form import ask_query
from mapapp.planner.ask_pages import (
    address,
    answer_layers,
    desk_and_actor,
    map_parts,
    method_url,
    page_data,
    refusal_words,
    spoken,
)
from mapapp.planner.ask_routes import BY_WORKERS, ask_page, gap_orders, json_answer, read_form
from mapapp.planner.ask_view import answer_view
from mapapp.planner.routes import planner
from mapapp.planner.run_compare import compare_page
from mapapp.planner.run_words import (
    SORT_NAMES,
    UNDER_WAY,
    asked_words,
    progress_document,
    run_facts,
    run_name,
    run_row,
    supposed_words,
)
from mapapp.planner.speech import gettext
from mapapp.services.coverage import NoDemandLayer
from mapapp.services.planning.runs import Run, RunState
from mapapp.services.planning_isochrones import isochrone_data
from mapapp.services.planning_map import catchment_data, change_data, planning_map_data
from mapapp.store import RunSort, UnknownRun
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

_KEPT: Final = ("sort", "order", "own", "words")
_MAX_WORDS: Final = 60
_ONWARD: Final = (("planner.sites", "run"), ("planner.report", "run"))


@planner.get("/runs")
def runs() -> Response:
    """The kept runs, newest first."""
    return _list_page()


@planner.post("/runs")
def keep_run() -> Response:
    """Keep the answer to a question; a long one is worked out by a job."""
    desk, actor = desk_and_actor()
    form, title = read_form(request.form), request.form.get("title", "")
    if form.question is None:
        return ask_page(request.form, title=title)
    try:
        run = desk.ask(actor, form.question, title=title)
    except NoDemandLayer:
        return ask_page(request.form, title=title)
    except InvalidValue as refusal:
        if refusal.field == "title":
            return ask_page(request.form, title=title, title_problem=refusal_words(refusal))
        return ask_page(request.form, title=title, refusal=refusal)
    return redirect(url_for("planner.run", run_id=run.card.id, done="kept"), 303)


@planner.get("/runs/<int:run_id>", endpoint="run")
def show_run(run_id: int) -> Response:
    """One run: its answer, or how far it is."""
    return _run_page(_run(run_id))


@planner.get("/runs/<int:run_id>/progress")
def run_progress(run_id: int) -> Response:
    """How far a run is, for the page that waits."""
    run = _run(run_id)
    return json_answer({**progress_document(run), "parts": _parts_count(run)})


@planner.get("/runs/<int:run_id>/map.json")
def run_map(run_id: int) -> Response:
    """What the map of a run draws first."""
    return json_answer(planning_map_data(spoken(_document(run_id))))


@planner.get("/runs/<int:run_id>/catchments.json")
def run_catchments(run_id: int) -> Response:
    """Which cells go to which station in a run."""
    return json_answer(catchment_data(_document(run_id)))


@planner.get("/runs/<int:run_id>/isochrones.json")
def run_isochrones(run_id: int) -> Response:
    """From where the fullest stations of a run are reached in time, along its streets."""
    desk, _actor = desk_and_actor()
    return json_answer(isochrone_data(_document(run_id), desk.ground().streets))


@planner.post("/runs/<int:run_id>/name")
def rename_run(run_id: int) -> Response:
    """Give one's own run another name."""
    desk, actor = desk_and_actor()
    title = request.form.get("title", "")
    try:
        desk.rename(actor, run_id, title)
    except UnknownRun:
        abort(404)
    except InvalidValue as refusal:
        return _run_page(_run(run_id), typed_title=title, title_problem=refusal_words(refusal), status=400)
    return redirect(url_for("planner.run", run_id=run_id, done="renamed"), 303)


@planner.post("/runs/<int:run_id>/again")
def run_again(run_id: int) -> Response:
    """Ask the same question of today's data, as another run."""
    desk, actor = desk_and_actor()
    try:
        run = desk.again(actor, run_id)
    except UnknownRun:
        abort(404)
    except NoDemandLayer:
        return _run_page(_run(run_id), problem=gettext("There is no data on where workers are yet."), status=409)
    except InvalidValue as refusal:
        return _run_page(_run(run_id), problem=refusal_words(refusal), status=409)
    return redirect(url_for("planner.run", run_id=run.card.id, done="again"), 303)


@planner.post("/runs/<int:run_id>/cancel")
def cancel_run(run_id: int) -> Response:
    """Ask for the computing of one's own run to end."""
    desk, actor = desk_and_actor()
    try:
        desk.cancel(actor, run_id)
    except UnknownRun:
        abort(404)
    return redirect(url_for("planner.run", run_id=run_id), 303)


@planner.post("/runs/<int:run_id>/delete")
def delete_run(run_id: int) -> Response:
    """Delete one's own run."""
    desk, actor = desk_and_actor()
    try:
        desk.delete(actor, run_id)
    except UnknownRun:
        abort(404)
    return redirect(url_for("planner.runs", done="deleted"), 303)


@planner.get("/runs/compare")
def compare_runs() -> Response:
    """Two runs side by side."""
    numbers = _compared()
    if numbers is None:
        return _list_page(gettext("Tick exactly two answers to compare them."), 400)
    first, second = (_run(number) for number in numbers)
    if first.document is None or second.document is None or RunState.DONE not in {first.state} & {second.state}:
        return _list_page(gettext("Only finished answers can be compared."), 409)
    return compare_page(first, second)


@planner.get("/runs/compare/map.json")
def compare_map() -> Response:
    """What differs between two runs, cell by cell."""
    numbers = _compared() or abort(404)
    return json_answer(change_data(_document(numbers[0]), spoken(_document(numbers[1]))))


def _compared() -> tuple[int, int] | None:
    """The two runs of an address: ``a`` and ``b``, or the two that were ticked."""
    ticked = request.args.getlist("run") or [request.args.get("a", ""), request.args.get("b", "")]
    numbers = [number for text in ticked if (number := whole_number(text)) is not None]
    return (numbers[0], numbers[1]) if len(numbers) == len(ticked) == 2 else None


def _run(run_id: int) -> Run:
    desk, actor = desk_and_actor()
    try:
        return desk.run(actor, run_id)
    except UnknownRun:
        abort(404)


def _parts_count(run: Run) -> int:
    """How many parts of the answer are there: while it is computed they grow."""
    return len(run.document.get("parts", ())) if run.document else 0


def _document(run_id: int) -> Any:
    return _run(run_id).document or abort(404)


def _list_page(problem: str = "", status: int = 200) -> Response:
    desk, actor = desk_and_actor()
    asked = request.args.get("sort", "")
    sort = next((each for each in RunSort if each.value == asked), RunSort.CREATED_AT)
    descending = request.args.get("order", "down") == "down"
    offset = offset_of(page_number(request.args.get("page", "")))
    own, words = request.args.get("own") == "1", request.args.get("words", "").strip()[:_MAX_WORDS]
    found, total = desk.runs(
        actor, sort=sort, descending=descending, offset=offset, limit=PAGE_ROWS, own=own, words=words
    )
    page = render_template(
        "planner/runs.html",
        rows=[run_row(run) for run in found],
        columns=sorted_headings({each: str(name) for each, name in SORT_NAMES.items()}, sort, descending, _list_url),
        own=own,
        words=words,
        problem=problem,
        done=request.args.get("done", "") if not problem else "",
        **page_of_list(offset, len(found), total, _list_url),
    )
    return make_response(page, status)


def _list_url(**changes: Any) -> str:
    if changes.get("order") == "":
        changes["order"] = "up"
    return asking_again("planner.runs", _KEPT, changes)


def _run_page(
    run: Run, *, problem: str = "", typed_title: str | None = None, title_problem: str = "", status: int = 200
) -> Response:
    run_id, is_waiting = run.card.id, run.state in UNDER_WAY
    done = {
        "kept": gettext("Kept. The address of this page can be shared with other planners."),
        "renamed": gettext("Renamed."),
        "again": gettext("Asked again: this is a run of its own."),
    }
    page = render_template(
        "planner/run.html",
        run=run,
        name=run_name(run),
        asked=asked_words(run),
        is_waiting=is_waiting,
        progress=progress_document(run),
        parts_count=_parts_count(run),
        state_words=_state_words(run),
        error=getattr(run.job.error, "zh" if current_language() == "zh" else "en", "") if run.job else "",
        facts=run_facts(run),
        changes=supposed_words(run),
        problem=problem,
        done="" if problem or title_problem or is_waiting else done.get(request.args.get("done", ""), ""),
        typed_title=run.card.title if typed_title is None else typed_title,
        title_problem=title_problem,
        ask_url=_ask_url(run),
        onward=_onward(run),
        method_url=method_url(),
        page_data=page_data({"progress": url_for("planner.run_progress", run_id=run_id)} if is_waiting else None),
        **_answer_parts(run),
    )
    return make_response(page, status)


def _answer_parts(run: Run) -> dict[str, Any]:
    """The answer as far as it is known."""
    document = run.document
    if not document or "headline" not in document:
        return {"view": None, "map": None}
    place, run_id = services().place, run.card.id
    by_workers = request.args.get("gaps") == BY_WORKERS
    here = url_for("planner.run", run_id=run_id)
    parts = {
        "view": answer_view(document, place, current_language(), place.timezone, gaps_by_workers=by_workers),
        "layers": answer_layers(run.question),
        "gap_orders": gap_orders(here, [], by_workers=by_workers),
        "map": None,
    }
    if "cells" in document:
        others = {
            "catchments": url_for("planner.run_catchments", run_id=run_id),
            "isochrones": url_for("planner.run_isochrones", run_id=run_id),
        }
        parts |= map_parts(url_for("planner.run_map", run_id=run_id), others)
    return parts


def _state_words(run: Run) -> str:
    match run.state:
        case RunState.FAILED:
            return gettext("This could not be worked out")
        case RunState.CANCELLED:
            return gettext("Cancelled")
        case _:
            return ""


def _ask_url(run: Run) -> str:
    try:
        return address("planner.ask", ask_query(run.question, services().place.timezone))
    except InvalidValue:
        return url_for("planner.ask")


def _onward(run: Run) -> list[tuple[str, str]]:
    """Where a finished run leads: to what helps most, to its report."""
    if run.state is not RunState.DONE:
        return []
    names = {"planner.sites": gettext("What helps most?"), "planner.report": gettext("Report and files")}
    return [
        (address(endpoint, [], **{parameter: run.card.id}), names[endpoint])
        for endpoint, parameter in _ONWARD
        if endpoint in current_app.view_functions
    ]
