"""Layers that the map does not show at first: town-sized cells, catchments, isochrones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from geodata.travel.straight_line import TravelMode
from geodata.travel.street_files import Streets
from mapapp.services.charts.week_heat import HEAT_LEVELS, heat_level
from mapapp.services.planning_isochrones import isochrone_data
from mapapp.services.planning_report.content import Cell, Feature, Layer, LayerLook
from mapapp.services.planning_report.geometries import AREA, area, many_parts
from mapapp.services.planning_report.speech import Speech

Document = Mapping[str, Any]
HEAT: Final = (
    LayerLook.HEAT_0,
    LayerLook.HEAT_1,
    LayerLook.HEAT_2,
    LayerLook.HEAT_3,
    LayerLook.HEAT_4,
    LayerLook.HEAT_5,
)
_TOWN_FIELDS: Final = ("cell", "worker_hours", "covered_low", "covered_high", "share_low", "share_high")
_TOWN_CHANGE_FIELDS: Final = (*_TOWN_FIELDS, "before_low", "before_high")
_CATCHMENT_FIELDS: Final = ("code", "name", "cell_count", "worker_hours", "load_low", "load_high")
_ISOCHRONE_FIELDS: Final = ("code", "name", "minutes", "mode")


def town_layer(document: Document, speech: Speech) -> Layer:
    """Town-sized cells by their covered share."""
    features = []
    for town in document.get("towns", ()):
        if not town["worker_hours"]:
            continue
        look = HEAT[heat_level(town["share_low"])]
        share = speech.between(speech.percent(town["share_low"]), speech.percent(town["share_high"]))
        words = (
            str(town["cell"]),
            speech.gettext(
                "%(share)s of %(count)s worker-hours covered", share=share, count=speech.count(town["worker_hours"])
            ),
        )
        values: dict[str, Cell] = {name: town[name] for name in _TOWN_FIELDS}
        features.append(Feature(area([town["cell"]]), values, words, look=look, label=level_words(look, speech)))
    return Layer(
        key="towns",
        title=speech.gettext("Town-sized cells by their covered share"),
        geometry_type=AREA,
        look=LayerLook.TOWN,
        fields=_TOWN_FIELDS,
        features=tuple(features),
        starts_shown=False,
    )


def changed_town_layer(before: Document, after: Document, speech: Speech) -> Layer:
    """Town-sized cells by their covered share after, with the share before beside it."""
    was = {town["cell"]: town for town in before.get("towns", ())}
    layer = town_layer(after, speech)
    features = []
    for feature in layer.features:
        values = feature.properties
        earlier = was.get(values["cell"], {})
        low, high = earlier.get("share_low"), earlier.get("share_high")
        words = speech.gettext(
            "covered before %(before)s, after %(after)s",
            before=speech.between(speech.percent(low), speech.percent(high)),
            after=speech.between(
                speech.percent(_share(values["share_low"])), speech.percent(_share(values["share_high"]))
            ),
        )
        properties = {**values, "before_low": low, "before_high": high}
        features.append(replace(feature, properties=properties, words=(*feature.words[:1], words)))
    title = speech.gettext("Town-sized cells by their covered share, afterwards")
    return replace(layer, title=title, fields=_TOWN_CHANGE_FIELDS, features=tuple(features))


def _share(value: Cell) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def level_words(look: LayerLook, speech: Speech) -> str:
    """The covered shares that a shade stands for."""
    level = HEAT.index(look)
    bounds = (0.0, *HEAT_LEVELS, 1.0)
    return speech.between(*(speech.percent(bounds[each]) for each in (level, level + 1)))


def catchment_layer(document: Document, speech: Speech, *, title: str = "") -> Layer:
    """The cells that go to each station, one area a station: to where most of their worker-hours go."""
    cells, stations = document["cells"], document["stations"]
    by_row: dict[int, list[int]] = defaultdict(list)
    for place, row in enumerate(cells["station_low"]):
        if row >= 0:
            by_row[row].append(place)
    features = []
    for row, places in sorted(by_row.items()):
        hours = sum(cells["worker_hours"][place] for place in places)
        values: dict[str, Cell] = {name: stations[name][row] for name in ("code", "name", "load_low", "load_high")}
        values |= {"cell_count": len(places), "worker_hours": round(hours, 4)}
        words = (
            str(stations["name"][row]),
            speech.gettext("nearest surely open station of %(count)s cells", count=speech.count(len(places))),
            speech.gettext("%(count)s worker-hours are out there", count=speech.count(hours)),
        )
        features.append(Feature(area([cells["h3"][place] for place in places]), values, words))
    return Layer(
        key="catchments",
        title=title or speech.gettext("Catchments: the nearest surely open station"),
        geometry_type=AREA,
        look=LayerLook.CATCHMENT,
        fields=_CATCHMENT_FIELDS,
        features=tuple(features),
        starts_shown=False,
    )


def isochrone_layer(document: Document, streets: Streets | None, speech: Speech) -> Layer:
    """From where the fullest stations are reached in time along the streets; empty where the answer is not of these."""
    drawn = isochrone_data(document, streets)
    stations = document["stations"]
    names = dict(zip(stations["code"], stations["name"], strict=True))
    features = []
    for each in drawn["isochrones"]:
        name = str(names[each["code"]])
        values: dict[str, Cell] = {
            "code": each["code"],
            "name": name,
            "minutes": drawn["minutes"],
            "mode": drawn["mode"],
        }
        mode = TravelMode(drawn["mode"]).label(speech.language)
        words = (
            name,
            speech.gettext("in reach within %(minutes)s minutes", minutes=f"{drawn['minutes']:g}"),
            mode,
        )
        features.append(Feature(many_parts(each["geometry"]), values, words))
    return Layer(
        key="isochrones",
        title=speech.gettext("In reach of the fullest stations along the streets"),
        geometry_type=AREA,
        look=LayerLook.ISOCHRONE,
        fields=_ISOCHRONE_FIELDS,
        features=tuple(features),
        starts_shown=False,
    )
