"""Unmet needs: squares from which enough devices said that there is no suitable station near. For planners."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geodata.stations.vocabulary import WorkerGroup
from geodata.unmet.release import LEAST_DAYS, LEAST_DEVICES
from geodata.unmet.signal import NORM_M
from mapapp.maps import static_map
from mapapp.planner import unmet_words as words
from mapapp.planner.routes import planner
from mapapp.planner.speech import gettext
from mapapp.planner.typed_numbers import typed_number
from mapapp.services.unmet.demand_layer import NothingShown, UnmetDraft, make_layer
from mapapp.services.unmet.months import ShownMonth, UnknownMonth, shown_month
from mapapp.web import services
from mapapp.web.language import current_language
from mapapp.web.lists import PAGE_ROWS, asking_again, offset_of, page_number, page_of_list, sorted_headings
from mapapp.web.signed_in import signed_in

_FIELDS: Final = ("title", "group", "hours_a_week")
_SHOWN_ON_MAP: Final = 300


@planner.get("/unmet")
def unmet() -> Response:
    """The squares of a month, the newest that shows any without a choice."""
    return _page(request.args.get("month", ""))


@planner.post("/unmet/layer")
def make_unmet_layer() -> Response:
    """Make a demand layer of what is shown of a month."""
    parts, actor = services(), signed_in().actor
    month = request.form.get("month", "")
    typed = {name: request.form.get(name, "").strip() for name in _FIELDS}
    draft = UnmetDraft(title=typed["title"], group=typed["group"], hours_a_week=_number(typed["hours_a_week"]))
    if draft.problems:
        return _page(month, typed=typed, problems=draft.problems, status=400)
    is_sample = parts.snapshot.is_sample
    try:
        name = make_layer(parts.store, parts.place, actor, month, draft, parts.now(), is_sample=is_sample)
    except NothingShown:
        return _page("", typed=typed, problem=gettext("There is nothing that may be shown of that month."), status=409)
    return redirect(url_for("planner.demand_layer", name=name, done="saved"), 303)


def _page(
    month: str,
    *,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    parts = services()
    try:
        today = parts.now().astimezone(parts.place.timezone).date()
        shown = shown_month(parts.store, signed_in().actor, month, today, parts.unmet)
    except UnknownMonth:
        abort(404)
    page = render_template(
        "planner/unmet.html",
        shown=shown,
        typed=typed or {},
        problems={name: str(words.PROBLEMS[code]) for name, code in (problems or {}).items()},
        labels={"title": gettext("Name"), "group": gettext("Group"), "hours_a_week": gettext("Hours a week")},
        problem=problem,
        worker_groups=[(group.value, group.label(current_language())) for group in WorkerGroup],
        least_devices=LEAST_DEVICES,
        least_days=LEAST_DAYS,
        norm_km=f"{NORM_M / 1000:g}",
        is_sample_register=parts.snapshot.is_sample,
        **(_list_parts(shown) if shown is not None else {}),
    )
    return make_response(page, status)


def _list_parts(shown: ShownMonth) -> dict[str, Any]:
    place = services().place
    asked = request.args.get("sort", "")
    sort = next((each for each in words.UnmetSort if each.value == asked), words.UnmetSort.SIGNALS)
    descending = request.args.get("order", "down") == "down"
    offset = offset_of(page_number(request.args.get("page", "")))
    squares = words.sorted_squares(shown.squares, sort, descending=descending)
    rows = squares[offset : offset + PAGE_ROWS]
    names = {each: str(name) for each, name in words.SORT_NAMES.items()}
    largest = words.sorted_squares(shown.squares, words.UnmetSort.SIGNALS, descending=True)[:_SHOWN_ON_MAP]
    points = [each.square.middle for each in largest]
    return {
        "rows": [words.square_row(each, place) for each in rows],
        "columns": sorted_headings(names, sort, descending, _list_url),
        "picture": static_map(place, current_language(), points, around=place.bbox) if points else None,
        "month_url": lambda month: url_for("planner.unmet", month=month),
        **page_of_list(offset, len(rows), len(squares), _list_url),
    }


def _list_url(**changes: Any) -> str:
    if changes.get("order") == "":
        changes["order"] = "up"
    return asking_again("planner.unmet", ("month", "sort", "order"), changes)


def _number(text: str) -> float | None:
    """The number typed, or None when there is none."""
    return typed_number(text, decimals=2, below=1_000)
