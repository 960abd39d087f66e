"""The charts of an answer: numbers that its tables hold too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geodata.places import Place
from mapapp.services.planning_report.answer_tables import need_name
from mapapp.services.planning_report.content import Chart, ChartKind, Line
from mapapp.services.planning_report.place_tables import district_name
from mapapp.services.planning_report.speech import Speech

Document = Mapping[str, Any]


def answer_charts(document: Document, place: Place, speech: Speech) -> tuple[Chart, ...]:
    """Districts, the week, and the curve of travel times; without numbers there is no chart."""
    made = (_districts(document, place, speech), _week(document, speech), _curve(document, speech))
    return tuple(chart for chart in made if chart is not None)


def _districts(document: Document, place: Place, speech: Speech) -> Chart | None:
    gettext, head = speech.gettext, document["headline"]
    rows = [row for row in document["districts"] if row["share_low"] is not None]
    if head["share_low"] is None:
        return None
    lines = [Line(district_name(row["code"], place, speech), (row["share_low"],), (row["share_high"],)) for row in rows]
    lines.append(Line(place.name(speech.language), (head["share_low"],), (head["share_high"],)))
    least = min(lines, key=lambda line: line.low[0] or 0.0)
    return Chart(
        key="districts",
        kind=ChartKind.BARS,
        title=gettext("Covered share by district"),
        words=gettext(
            "Bars of the covered share by district. The least is %(name)s with %(share)s.",
            name=least.name,
            share=speech.percent(least.low[0]),
        ),
        lines=tuple(lines),
        table_key="districts",
    )


def _week(document: Document, speech: Speech) -> Chart | None:
    gettext, week = speech.gettext, document["week"]
    if not any(week["workers"]):
        return None
    lines = tuple(
        Line(need_name(need, speech), tuple(low), tuple(high))
        for need, low, high in zip(week["needs"], week["share_low"], week["share_high"], strict=True)
    )
    return Chart(
        key="week",
        kind=ChartKind.WEEK,
        title=gettext("Covered share by hour of the week and service"),
        words=gettext(
            "The covered share in each of 168 hours, a row a service, darker where more are surely covered. The table "
            "holds every number."
        ),
        lines=lines,
        table_key="week",
    )


def _curve(document: Document, speech: Speech) -> Chart | None:
    gettext, travel = speech.gettext, document["travel"]
    low, high = travel["low"], travel["high"]
    if not low["curve"]:
        return None
    marks = [(low[name] / 60, words) for name, words in (("p50_s", "P50"), ("p90_s", "P90")) if low[name] is not None]
    return Chart(
        key="curve",
        kind=ChartKind.CURVE,
        title=gettext("How long workers travel to the nearest open station"),
        words=gettext(
            "The share of worker-hours that reach an open station within so many minutes, up to %(minutes)s. The table "
            "holds every number.",
            minutes=speech.count(low["curve"][-1][0]),
        ),
        lines=(
            Line(
                gettext("share of worker-hours"),
                tuple(share for _minutes, share in low["curve"]),
                tuple(share for _minutes, share in high["curve"]),
            ),
        ),
        at=tuple(float(minutes) for minutes, _share in low["curve"]),
        at_title=gettext("minutes"),
        marks=tuple(marks),
        table_key="curve",
    )
