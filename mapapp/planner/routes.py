"""The addresses of the planners' pages. Each route parses, calls one use case and renders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from mapapp.maps.coverage_map import coverage_map
from mapapp.planner.coverage_choices import coverage_choices
from mapapp.planner.coverage_form import CoverageForm, read_form
from mapapp.planner.coverage_view import coverage_view
from mapapp.planner.phrases import browser_phrases
from mapapp.planner.speech import gettext
from mapapp.services.coverage import CoverageAnalysis, CoverageGround, NoDemandLayer
from mapapp.services.coverage_document import gaps_document
from mapapp.services.coverage_map_data import coverage_map_data
from mapapp.services.coverage_tables import areas_csv, cells_csv
from mapapp.services.find_nearest import travel_of
from mapapp.services.publish import json_bytes
from mapapp.web import services
from mapapp.web.assets import asset_url
from mapapp.web.bodies import payload_response
from mapapp.web.language import current_language
from mapapp.web.problems import RequestProblem

GEOJSON: Final = "application/geo+json"
JSON: Final = "application/json"
CSV: Final = "text/csv; charset=utf-8"

planner = Blueprint("planner", __name__, url_prefix="/planner")


@planner.get("/coverage")
def coverage() -> Response:
    """The form and the answer to it; without a question, the present hour of the week is asked about."""
    form = read_form(request.args, services().now())
    parts: dict[str, Any] = {"view": None, "map": None, "has_demand": True}
    if not form.problems:
        try:
            parts |= _answer_parts(form)
        except NoDemandLayer:
            parts["has_demand"] = False
    page = render_template(
        "planner/coverage.html", form=form, choices=coverage_choices(current_language(), form.within), **parts
    )
    return make_response(page, 400 if form.problems else 200)


@planner.get("/coverage/map.json")
def map_data() -> Response:
    """What the page's map draws."""
    return _body("map", JSON, lambda analysis: json_bytes(coverage_map_data(analysis)))


@planner.get("/coverage.geojson")
def gaps_file() -> Response:
    """The gaps as a GeoJSON file."""
    return _download("gaps.geojson", GEOJSON, lambda analysis: json_bytes(gaps_document(analysis)))


@planner.get("/coverage.csv")
def areas_file() -> Response:
    """City, districts and gaps as a CSV file."""
    return _download("areas.csv", CSV, areas_csv)


@planner.get("/coverage-cells.csv")
def cells_file() -> Response:
    """Every demand cell as a CSV file."""
    return _download("cells.csv", CSV, cells_csv)


def _answer_parts(form: CoverageForm) -> dict[str, Any]:
    app_parts, language = services(), current_language()
    analysis = _ground().analyse(form.question(travel_of(app_parts.settings)))
    query = urlencode(form.query())
    data_url = url_for("planner.map_data") + "?" + query
    return {
        "view": coverage_view(analysis, language),
        "map": coverage_map(app_parts.place, app_parts.settings, language, data_url, asset_url),
        "has_tiles": app_parts.settings.basemap != "none",
        "query": query,
        "page_data": {"language": language, "messages": browser_phrases()},
    }


def _download(name: str, content_type: str, build: Callable[[CoverageAnalysis], bytes]) -> Response:
    response = _body(name, content_type, build)
    response.headers["Content-Disposition"] = f"attachment; filename=coverage-{name}"
    return response


def _body(what: str, content_type: str, build: Callable[[CoverageAnalysis], bytes]) -> Response:
    form = read_form(request.args, services().now())
    if form.problems:
        name, sentence = next(iter(form.problems.items()))
        raise RequestProblem(400, f"{name}: {sentence}", parameter=name)
    question = form.question(travel_of(services().settings))
    try:
        return payload_response(_ground().payload(what, question, content_type, build))
    except NoDemandLayer:
        raise RequestProblem(404, gettext("There is no data on where workers are yet.")) from None


def _ground() -> CoverageGround:
    return services().coverage.ground(services().snapshot)
