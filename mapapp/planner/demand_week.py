"""The week of a group in a demand layer: how active it is hour by hour, by what it moves and how fast."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from flask import abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geodata.coordinates import Floats
from geodata.demand.movement import FASTEST_KMH, SLOWEST_KMH, Movement
from geodata.demand.points import HOURS_A_WEEK, DemandLayer
from geodata.demand.profiles import week_profile
from geodata.errors import InvalidValue
from geodata.stations.vocabulary import WorkerGroup
from geodata.travel.straight_line import TravelMode
from mapapp.planner import demand_words as words
from mapapp.planner.demand_pages import hour_words
from mapapp.planner.routes import planner
from mapapp.planner.speech import gettext
from mapapp.services.demand.layers import UnknownLayer, change_week, layer_of
from mapapp.store import LayerCard, StaleLayer
from mapapp.web import services
from mapapp.web.language import current_language
from mapapp.web.lists import whole_number
from mapapp.web.signed_in import signed_in

AVERAGE_LEVEL: Final = 100.0
"""What an average hour of the week is shown as."""
_LEVEL: Final = re.compile(r"\d{1,5}(?:\.\d{1,6})?", re.ASCII)
_SPEED: Final = re.compile(r"\d{1,3}(?:\.\d{1,2})?", re.ASCII)


@planner.get("/demand/layers/<name>/<group>")
def demand_week(name: str, group: str) -> Response:
    """The editor, its levels as they are, or as the model assumes them."""
    card, layer, known = _found(name, group)
    way = layer.movement[known]
    profile = week_profile(known) if request.args.get("from") == "model" else layer.profiles[known]
    typed = {_field(hour): level for hour, level in enumerate(_shown(profile))}
    typed |= {"mode": way.mode.value, "speed_kmh": f"{way.speed_kmh:g}", "version": str(card.version)}
    return _page(card, layer, known, typed, {})


@planner.post("/demand/layers/<name>/<group>")
def save_demand_week(name: str, group: str) -> Response:
    """Save a week; what is wrong comes back at its hour, with all that was typed."""
    card, layer, known = _found(name, group)
    form = request.form
    typed = {field: form.get(field, "").strip() for field in (*map(_field, range(HOURS_A_WEEK)), "mode", "speed_kmh")}
    typed["version"] = form.get("version", "")
    problems = _problems(typed)
    if problems:
        return _page(card, layer, known, typed, problems, 400)
    try:
        change_week(
            services().store,
            signed_in().actor,
            name,
            known,
            _levels(typed, layer.profiles[known]),
            Movement(TravelMode(typed["mode"]), float(typed["speed_kmh"])),
            expected_version=whole_number(typed["version"]) or 0,
            now=services().now(),
        )
    except InvalidValue:
        problem = {_field(0): gettext("At least one hour needs a level above 0.")}
        return _page(card, layer, known, typed, problem, 400)
    except StaleLayer:
        typed["version"] = str(card.version)
        problem = {"mode": gettext("Somebody else changed this layer meanwhile. Look at it, then save yours over it.")}
        return _page(card, layer, known, typed, problem, 409)
    except UnknownLayer:
        abort(404)
    return redirect(url_for("planner.demand_layer", name=name, done="week"), 303)


def _found(name: str, group: str) -> tuple[LayerCard, DemandLayer, WorkerGroup]:
    try:
        card, layer = layer_of(services().store, signed_in().actor, name)
    except UnknownLayer:
        abort(404)
    known = next((each for each in layer.groups if each.value == group), None)
    return (card, layer, known) if known is not None else abort(404)


def _field(hour_of_week: int) -> str:
    return f"h-{hour_of_week}"


def _shown(profile: Floats) -> list[str]:
    return [f"{level:.1f}".removesuffix(".0") for level in (profile * AVERAGE_LEVEL).tolist()]


def _levels(typed: Mapping[str, str], profile: Floats) -> Floats:
    """The levels typed; a week left as it was shown keeps its exact levels, not the rounded ones."""
    texts = [typed[_field(hour)] for hour in range(HOURS_A_WEEK)]
    return profile if texts == _shown(profile) else np.array([float(text) for text in texts])


def _problems(typed: Mapping[str, str]) -> dict[str, str]:
    problems: dict[str, str] = {}
    if typed["mode"] not in {mode.value for mode in TravelMode}:
        problems["mode"] = gettext("Please choose one.")
    speed = typed["speed_kmh"]
    if not _SPEED.fullmatch(speed) or not SLOWEST_KMH <= float(speed) <= FASTEST_KMH:
        problems["speed_kmh"] = gettext(
            "A speed from %(least)s to %(most)s km/h, please.", least=f"{SLOWEST_KMH:g}", most=f"{FASTEST_KMH:g}"
        )
    for hour in range(HOURS_A_WEEK):
        if not _LEVEL.fullmatch(typed[_field(hour)]):
            problems[_field(hour)] = gettext("A number from 0, please.")
    return problems


def _page(
    card: LayerCard,
    layer: DemandLayer,
    group: WorkerGroup,
    typed: Mapping[str, str],
    problems: Mapping[str, str],
    status: int = 200,
) -> Response:
    days = [str(name) for name in words.WEEKDAYS]
    labels: dict[str, str] = {_field(hour): hour_words(hour) for hour in range(HOURS_A_WEEK)}
    labels |= {"mode": gettext("How they get about"), "speed_kmh": gettext("Speed in km/h")}
    page_data: dict[str, Any] = {"messages": words.week_phrases(), "days": days}
    page = render_template(
        "planner/demand_week.html",
        card=card,
        title=words.title_of(card),
        group=group,
        group_name=group.label(current_language()),
        workers=words.workers_words(layer.total(group)),
        typed=typed,
        problems=problems,
        labels=labels,
        days=days,
        modes=[(mode.value, mode.label(current_language())) for mode in TravelMode],
        page_data=page_data,
    )
    return make_response(page, status)
