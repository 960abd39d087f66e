"""The rows of a plan: what is done where, in the order in which each adds most, and where that is on the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from geodata.coordinates import LonLat
from geodata.places import Place
from geodata.siting.interventions import Intervention, OpenSite, code_of, intervention_of
from geodata.stations.station import Station
from mapapp.maps import StaticMap, static_map
from mapapp.planner import sites_words as words
from mapapp.planner.ask_pages import address
from mapapp.planner.sites_form import SitesForm
from mapapp.planner.speech import gettext

Link = tuple[str, str]
"""An address and its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """One choice of a plan. ``rank`` is its number in the picture; ``links`` plan anew with it or without it."""

    rank: int
    key: str
    where: str
    what: tuple[str, ...]
    cost: str
    is_required: bool
    links: tuple[Link, ...]


def plan_rows(
    document: Mapping[str, Any], stations: Mapping[str, Station], form: SitesForm | None, timezone: tzinfo
) -> tuple[PlanRow, ...]:
    """The rows in the document's order. Without a form (a plan that was searched for) they have no links."""
    names = {code: station.name for code, station in stations.items()}
    required = set() if form is None else set(form.required)
    rows = []
    for rank, each in enumerate(document["chosen"], start=1):
        changes = [intervention_of(change) for change in each["changes"]]
        rows.append(
            PlanRow(
                rank=rank,
                key=each["key"],
                where=words.where_words(changes[0], names),
                what=tuple(words.change_words(change) for change in changes),
                cost=words.number(each["cost"]),
                is_required=each["key"] in required,
                links=() if form is None else _links(each["key"], form, timezone),
            )
        )
    return tuple(rows)


def plan_picture(
    document: Mapping[str, Any], stations: Mapping[str, Station], place: Place, language: str
) -> StaticMap | None:
    """The choices by their numbers; None where there are none, or where somebody took a position away since."""
    spots = [_spot(intervention_of(each["changes"][0]), stations) for each in document["chosen"]]
    known: Sequence[LonLat] = [spot for spot in spots if spot is not None]
    return static_map(place, language, known) if known and len(known) == len(spots) else None


def _links(key: str, form: SitesForm, timezone: tzinfo) -> tuple[Link, ...]:
    pairs = [*form.pairs(timezone), ("plan", "1")]
    if key in form.required:
        without = [pair for pair in pairs if pair != ("must", key)]
        return ((address("planner.sites", without), gettext("no longer required")),)
    return (
        (address("planner.sites", [*pairs, ("must", key)]), gettext("keep")),
        (address("planner.sites", [*pairs, ("not", key)]), gettext("not this one")),
    )


def _spot(intervention: Intervention, stations: Mapping[str, Station]) -> LonLat | None:
    if isinstance(intervention, OpenSite):
        return LonLat(intervention.lon, intervention.lat)
    station = stations.get(code_of(intervention))
    return None if station is None or station.position is None else station.position.point
