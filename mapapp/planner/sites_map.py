"""The map on which a planner says what must, and what must not, be among the choices of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, request
from werkzeug.wrappers import Response

from geodata.errors import InvalidValue
from geodata.siting.intervention_options import Option
from geodata.stations.station import Station
from mapapp.planner import sites_words as words
from mapapp.planner.ask_pages import desk_and_actor
from mapapp.planner.ask_routes import json_answer
from mapapp.planner.routes import planner
from mapapp.planner.sites_form import SitesForm
from mapapp.planner.sites_pages import at_once, is_quick, read_form
from mapapp.planner.speech import gettext
from mapapp.services.coverage import NoDemandLayer
from mapapp.services.planning.interventions import PlanRequest
from mapapp.web import services
from mapapp.web.language import current_language


@planner.get("/sites/map.json")
def sites_map() -> Response:
    """The places a plan may choose from, and in which order those of the plan at once were chosen."""
    form = read_form(request.args)
    if form.request is None:
        abort(404)
    try:
        return json_answer(places_data(form.request, chosen_keys(form) if "plan" in request.args else []))
    except (NoDemandLayer, InvalidValue):
        abort(404)


def places_data(asked: PlanRequest, chosen: list[str]) -> dict[str, Any]:
    """Places, each with its options: ``at`` [lon, lat], ``name``, ``site``, ``options`` [[key, words]].

    Names of places for new sites are in the page's language; a station has all its options at one place.
    """
    desk, actor = desk_and_actor()
    # What is named by a key that is no option (any more) must not keep the map from showing those that are.
    free = type(asked).from_document({**asked.to_document(), "required": [], "forbidden": []})
    prospect = services().plans.prepared(free, desk.ground(), actor.account_id).offer.prospect
    places: dict[str, dict[str, Any]] = {}
    for option in prospect.options:
        place = places.get(option.station_code) or _place(option, prospect.stations)
        if place is not None:
            places[option.station_code] = place
            place["options"].append([option.key, _what(option)])
    return {"places": list(places.values()), "chosen": chosen}


def _place(option: Option, stations: Mapping[str, Station]) -> dict[str, Any] | None:
    """Where an option is; None where that is not known."""
    site = option.site
    if site is not None:
        at, name = [site.lon, site.lat], site.label(current_language())
    else:
        station = stations[option.station_code]
        if station.position is None:
            return None
        point = station.position.point
        at, name = [point.lon, point.lat], station.name
    return {"at": at, "name": name, "site": site is not None, "options": []}


def _what(option: Option) -> str:
    return gettext("; ").join(words.change_words(change) for change in option.changes)


def chosen_keys(form: SitesForm) -> list[str]:
    """The keys that the plan at once chose, in its order; none where there is no plan within a request."""
    desk, _actor = desk_and_actor()
    if form.request is None or not is_quick(desk, form.request):
        return []
    return [each["key"] for each in at_once(form)["chosen"]]
