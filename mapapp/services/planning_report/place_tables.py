"""The tables of places: gaps, stations, and what is proposed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from geodata.places import Place
from geodata.siting.interventions import (
    Intervention,
    OpenSite,
    ProvideService,
    code_of,
    intervention_of,
    kind_of,
)
from geodata.stations.vocabulary import LifeCycle, StationKind
from mapapp.services.planning_report.content import Cell, Column, Form, Table, both_cases
from mapapp.services.planning_report.speech import Speech

Document = Mapping[str, Any]
ENDLESS: Final = -1
"""Workers per seat where there are no seats but somebody comes, as a document writes it."""


def district_name(code: str, place: Place, speech: Speech) -> str:
    """A district, or outside of all."""
    return district_names(place, speech).get(code, code)


def district_names(place: Place, speech: Speech) -> Mapping[str, str]:
    """Every district by its code; the empty one is outside of all."""
    return {unit.code: unit.name(speech.language) for unit in place.units} | {"": speech.gettext("outside the city")}


def interventions_table(document: Document, place: Place, speech: Speech) -> Table:
    """What the register was taken to have changed."""
    gettext = speech.gettext
    stations = document["stations"]
    names = dict(zip(stations["code"], stations["name"], strict=True))
    return Table(
        key="interventions",
        title=gettext("Proposed changes"),
        columns=(
            Column(gettext("change")),
            Column(gettext("station")),
            Column(gettext("name")),
            Column(gettext("what")),
            Column(gettext("district")),
            Column(gettext("longitude (WGS-84)"), Form.DEGREES, is_minor=True),
            Column(gettext("latitude (WGS-84)"), Form.DEGREES, is_minor=True),
        ),
        rows=tuple(
            _intervention_row(intervention_of(each), names, place, speech) for each in document["interventions"]
        ),
        page_rows=400,
    )


def _intervention_row(
    intervention: Intervention, names: Mapping[str, str], place: Place, speech: Speech
) -> tuple[Cell, ...]:
    code, language = code_of(intervention), speech.language
    kind = kind_of(intervention).label(language)
    if isinstance(intervention, OpenSite):
        what = f"{intervention.kind.label(language)} · {intervention.rule}"
        district = district_name(intervention.district_code or "", place, speech)
        return kind, code, intervention.label(language), what, district, intervention.lon, intervention.lat
    what = intervention.service.label(language) if isinstance(intervention, ProvideService) else ""
    return kind, code, names.get(code, ""), what, "", None, None


def gaps_table(document: Document, place: Place, speech: Speech) -> Table:
    """What is not covered, largest first."""
    gettext = speech.gettext
    return Table(
        key="gaps",
        title=gettext("Gaps"),
        columns=(
            Column(gettext("rank"), Form.COUNT),
            Column(gettext("rank by workers"), Form.COUNT, is_minor=True),
            Column(gettext("where")),
            Column(gettext("district")),
            Column(gettext("uncovered worker-hours"), Form.COUNT),
            Column(gettext("workers in a mean hour"), Form.NUMBER),
            Column(gettext("of these perhaps covered"), Form.NUMBER),
            Column(gettext("longitude (WGS-84)"), Form.DEGREES, is_minor=True),
            Column(gettext("latitude (WGS-84)"), Form.DEGREES, is_minor=True),
        ),
        rows=tuple(
            (
                gap["rank"],
                gap["rank_by_workers"],
                gap[f"name_{speech.language}"],
                district_name(gap["district"] or "", place, speech),
                gap["worker_hours"],
                gap["workers"],
                gap["perhaps_covered_workers"],
                gap["lon"],
                gap["lat"],
            )
            for gap in document["gaps"]
        ),
        note=gettext("Cells that touch, at least half of whose worker-hours are not covered, are one gap."),
    )


def station_rows(document: Document) -> list[dict[str, Any]]:
    """The stations, a mapping each."""
    stations = document["stations"]
    return [dict(zip(stations, row, strict=True)) for row in zip(*stations.values(), strict=True)]


def stations_table(document: Document, place: Place, speech: Speech) -> Table:
    """Whom each station serves, and what fails if it closes."""
    gettext = speech.gettext
    return Table(
        key="stations",
        title=gettext("Stations"),
        columns=(
            Column(gettext("code")),
            Column(gettext("name")),
            Column(gettext("kind")),
            Column(gettext("life cycle"), is_minor=True),
            Column(gettext("district")),
            Column(gettext("counts"), is_minor=True),
            Column(gettext("seats"), Form.COUNT),
            *both_cases(gettext("load"), Form.COUNT, speech),
            *both_cases(gettext("peak workers"), Form.NUMBER, speech, is_minor=True),
            *both_cases(gettext("workers per seat"), Form.NUMBER, speech),
            *both_cases(gettext("lost if it closes"), Form.COUNT, speech),
            Column(gettext("idle"), is_minor=True),
            Column(gettext("longitude (WGS-84)"), Form.DEGREES, is_minor=True),
            Column(gettext("latitude (WGS-84)"), Form.DEGREES, is_minor=True),
        ),
        rows=tuple(_station_row(row, place, speech) for row in station_rows(document)),
        note=gettext(
            "Load and loss are worker-hours. Everybody goes to the nearest open station; a tie goes to the lesser "
            "code. Low and high are with all unknown hours shut, and with all open; other values are possible."
        ),
    )


def _station_row(row: Mapping[str, Any], place: Place, speech: Speech) -> tuple[Cell, ...]:
    gettext = speech.gettext
    return (
        row["code"],
        row["name"],
        StationKind(row["kind"]).label(speech.language),
        gettext("proposed") if row["is_new"] else LifeCycle(row["life_cycle"]).label(speech.language),
        district_name(row["district"] or "", place, speech),
        gettext("yes") if row["counts"] else gettext("no"),
        row["seats"],
        row["load_low"],
        row["load_high"],
        row["peak_low"],
        row["peak_high"],
        _per_seat(row["per_seat_low"], speech),
        _per_seat(row["per_seat_high"], speech),
        row["loss_low"],
        row["loss_high"],
        gettext("yes") if row["idle"] else "",
        row["lon"],
        row["lat"],
    )


def _per_seat(value: float | None, speech: Speech) -> Cell:
    return speech.gettext("no seats") if value == ENDLESS else value
