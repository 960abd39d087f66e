"""What the pages of questions and answers share: their row on top, the map with its layers, who asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from flask import current_app, request, url_for
from flask_babel import LazyString, lazy_gettext

from geodata.errors import InvalidValue
from geodata.travel.pairs import Network
from mapapp.maps.fragment import MapFragment
from mapapp.maps.planning_map import planning_map
from mapapp.planner.ask_phrases import ask_phrases
from mapapp.planner.routes import planner
from mapapp.planner.speech import gettext
from mapapp.services.planning.question import PlanningQuestion
from mapapp.services.planning.runs import RunDesk
from mapapp.services.planning.site_names import in_language
from mapapp.services.rights import Actor
from mapapp.web import services
from mapapp.web.assets import asset_url
from mapapp.web.csrf import csrf_token
from mapapp.web.language import current_language
from mapapp.web.signed_in import signed_in

_PAGES: Final[tuple[tuple[tuple[str, ...], LazyString], ...]] = (
    (("planner.start",), lazy_gettext("Planning")),
    (("planner.ask", "planner.keep_run"), lazy_gettext("Ask")),
    (("planner.runs", "planner.run", "planner.compare_runs"), lazy_gettext("Kept answers")),
    (("planner.sites", "planner.sites_job"), lazy_gettext("What helps most?")),
    (("planner.scenarios", "planner.scenario", "planner.compare_scenarios"), lazy_gettext("Scenarios")),
    (
        (
            "planner.demand_layers",
            "planner.demand_file",
            "planner.demand_job",
            "planner.demand_layer",
            "planner.demand_week",
        ),
        lazy_gettext("Demand"),
    ),
    (("planner.unmet",), lazy_gettext("Unmet needs")),
    (("planner.method",), lazy_gettext("Method")),
)
_METHOD: Final = "planner.method"


@planner.app_context_processor
def offer_planning_pages() -> dict[str, object]:
    """What the row of planning pages needs."""
    return {"planning_pages": planning_pages}


def planning_pages() -> list[tuple[bool, str, str]]:
    """The pages of planning: whether this is one of them, its address, its name."""
    here = str(request.endpoint)
    return [
        (here in endpoints, url_for(endpoints[0]), str(name))
        for endpoints, name in _PAGES
        if endpoints[0] in current_app.view_functions
    ]


def desk_and_actor() -> tuple[RunDesk, Actor]:
    """Where questions are answered, and who asks."""
    return services().planning, signed_in().actor


def map_parts(main_url: str, others: Mapping[str, str], draws: str = "planningLayers") -> dict[str, Any]:
    """The map's parts of a page; ``others`` are what is fetched when its layer is switched on.

    ``draws`` is the function of our script that draws on it.
    """
    parts = services()
    fragment: MapFragment = planning_map(
        parts.place, parts.settings, current_language(), {"main": main_url, **others}, asset_url, draws
    )
    return {"map": fragment, "has_tiles": parts.settings.basemap != "none"}


def answer_layers(question: PlanningQuestion) -> list[tuple[str, str, bool]]:
    """The layers of an answer's map: code, words, whether it is on at first."""
    layers = [
        ("demand", gettext("Demand, by how it is covered"), True),
        ("gaps", gettext("Gaps"), True),
        ("stations", gettext("Stations by load"), True),
        ("towns", gettext("Town-sized cells"), False),
        ("catchments", gettext("Catchments"), False),
    ]
    if question.network is Network.STREETS:
        layers.append(("isochrones", gettext("Isochrones along streets"), False))
    return layers


def page_data(urls: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What the script reads."""
    return {"language": current_language(), "messages": ask_phrases(), "urls": dict(urls or {}), "csrf": csrf_token()}


def spoken(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """An answer with its names in the page's language."""
    return in_language(document, current_language())


def method_url() -> str:
    """Where the method is explained; empty where it is not."""
    return url_for(_METHOD) if _METHOD in current_app.view_functions else ""


def address(endpoint: str, pairs: list[tuple[str, str]], **parts: Any) -> str:
    """An address with a question behind it."""
    return url_for(endpoint, **parts) + ("?" + urlencode(pairs) if pairs else "")


def refusal_words(refusal: InvalidValue) -> str:
    """Why a question cannot be answered, in the page's language."""
    sentences = {
        "no_streets": gettext("No streets are loaded, so nothing can be worked out along them."),
        "unknown_layer": gettext("One of the layers is not there any more. Choose again."),
        "not_counted": gettext("The demand layers count none of these groups."),
        "too_many_pairs": gettext("The limit reaches too far for this many stations. Choose a smaller one."),
        "too_long": gettext("This is too long."),
        "unprintable": gettext("This holds characters that cannot be printed."),
    }
    return sentences.get(refusal.code or "", gettext("This question cannot be answered as it stands."))


FIELD_OF: Final[Mapping[str, str]] = {
    "layers": "layer",
    "groups": "group",
    "kinds": "kind",
    "entry_methods": "entry",
    "life_cycles": "also",
    "min_stay_min": "min_stay",
    "instant": "at",
    "hours": "when",
}
"""The form's field of a question's part, where it is called otherwise."""


def with_refusal(form: Any, refusal: InvalidValue) -> Any:
    """A form that was whole until it was asked, with the reason at its field."""
    name = FIELD_OF.get(str(refusal.field), str(refusal.field or "when"))
    return replace(form, question=None, problems={**form.problems, name: refusal_words(refusal)})
