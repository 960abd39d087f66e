"""The addresses of the pages. Each route parses, calls one use case and renders."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from geodata.unmet.signal import NORM_M
from mapapp.maps.basemaps import chosen_basemap
from mapapp.public.all_stations import listed_page, read_list_question, stations_by_district
from mapapp.public.answer_view import answer_view
from mapapp.public.blueprint import public
from mapapp.public.browser_page import language, map_file, page_data
from mapapp.public.choices import form_choices
from mapapp.public.nearest_form import NearestForm, empty_form, read_form
from mapapp.public.phrases import phrase
from mapapp.services.compact_file import compact_payload
from mapapp.services.find_nearest import find_nearest, rules_of, travel_of
from mapapp.web import services
from mapapp.web.bodies import payload_response
from mapapp.web.kept_pages import kept_page


@public.app_context_processor
def offer_page_facts() -> dict[str, object]:
    """What every page's frame needs."""
    return {"service_name": _service_name, "is_sample": _is_sample, "language_url": _language_url}


@public.get("/")
def home() -> bytes:
    """The list, the form, and an empty place for the map."""
    parts = services()
    return kept_page(parts.snapshot, parts.now(), _home_page)


def _home_page() -> str:
    return render_template(
        "public/home.html",
        map_element=map_file(language()).fragment.html,
        page_data=page_data("states", "finding", "places", "map", "outbox", "offline", "unmet")
        | {"unmet": {"url": url_for("public.send_unmet"), "normM": NORM_M}},
        **_form_parts(empty_form()),
    )


@public.post("/nearest")
def nearest() -> Response:
    """The form's answer for browsers without script. It is never stored and never cached."""
    parts = services()
    form = read_form(request.form)
    answer = None
    if not form.problems:
        found = find_nearest(parts.snapshot, form.question(parts.now()), parts.settings)
        answer = answer_view(found, parts.settings, language())
    page = render_template("public/nearest.html", answer=answer, say=phrase, **_form_parts(form))
    response = make_response(page, 400 if form.problems else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


@public.get("/nearest")
def nearest_again() -> Response:
    """A reload or a change of language after the form's answer: back to the form."""
    return redirect(url_for("public.home"), 303)


@public.get("/stations")
def all_stations() -> str:
    """Every station by district, for reading and for browsers without script; many of them in pages."""
    parts = services()
    snapshot = parts.snapshot
    count = phrase("station_count", count=len(snapshot.stations))
    if parts.nation.serves(snapshot):
        question = read_list_question(request.args, parts.place)
        page = listed_page(snapshot, question, parts.now(), parts.nation.texts(snapshot), language())
        return render_template("public/stations_by_page.html", count=count, page=page)
    return render_template("public/all_stations.html", groups=stations_by_district(snapshot, language()), count=count)


@public.get("/data/stations.json")
def compact_stations() -> Response:
    """The compact file the browser searches in."""
    parts = services()
    if parts.nation.serves(parts.snapshot):
        abort(404)  # so many that no phone should read them all: they come by cell
    return payload_response(compact_payload(parts.snapshot, parts.settings, parts.now().date()))


@public.get("/about")
def about() -> str:
    """What the data are, what happens to positions, whom the page asks."""
    parts = services()
    return render_template(
        "public/about.html",
        travel=travel_of(parts.settings),
        rules=rules_of(parts.settings),
        tile_provider=chosen_basemap(parts.settings).provider,
        is_by_cell=parts.nation.serves(parts.snapshot),
        stations_count=phrase("station_count", count=len(parts.snapshot.stations)),
        outline_source=parts.place.outline_credit(language()),
    )


def _form_parts(form: NearestForm) -> dict[str, Any]:
    parts = services()
    center = parts.place.center
    return {
        "form": form,
        "choices": form_choices(language(), parts.now().month),
        "example": f"{center.lon:g}, {center.lat:g}",
        "tile_provider": chosen_basemap(parts.settings).provider,
    }


def _service_name() -> str:
    return str(gettext("%(city)s workers' stations", city=services().place.name(language())))


def _is_sample() -> bool:
    return services().snapshot.is_sample


def _language_url(choice: str) -> str:
    """The current page in the other language; a posted answer has no address of its own, the form has."""
    if request.method != "GET" or request.endpoint is None:
        return url_for("public.home", lang=choice)
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return request.script_root + request.path + "?" + urlencode([*asked, ("lang", choice)])
