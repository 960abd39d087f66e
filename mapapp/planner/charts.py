"""The charts of an answer document (``services/planning/results``): what is drawn, its words, the table behind it.

``templates/planner/charts.html`` has a macro for each; pages, reports and scenarios share both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from geodata.places import Place
from geodata.stations.vocabulary import Service
from mapapp.planner.ask_words import (
    all_of,
    count_words,
    hour_words,
    minutes_of,
    points_words,
    share_words,
)
from mapapp.planner.speech import gettext
from mapapp.planner.wording import NOTHING, percent, workers_count
from mapapp.services.charts import (
    BarChart,
    BarValue,
    LineChart,
    LineMark,
    LineSeries,
    WeekHeat,
    WeekShares,
    bar_chart,
    line_chart,
    week_heat,
)
from mapapp.services.planning.results import night_gap
from mapapp.services.planning_report.sentence import short_days
from mapapp.services.planning_report.speech import Speech

Key = tuple[tuple[str, str], ...]
"""The legend: the class of a look, and its words."""
_LEVEL_WORDS: Final = ("0–20%", "20–40%", "40–60%", "60–80%", "80–90%", "90–100%")
_BOUNDS: Final = ("low", "high")


@dataclass(frozen=True, slots=True)
class Table:
    """Words in rows; the first of each heads it. ``texts`` are the places of columns that hold no numbers."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: frozenset[int] = frozenset()
    last_is_whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartView:
    """A chart with its words; ``words`` say in a sentence what the picture shows."""

    drawn: LineChart | BarChart
    caption: str
    words: str
    table: Table
    key: Key = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatView:
    """The week's picture with its words; ``apart`` names the pattern of hours whose bounds lie far apart."""

    drawn: WeekHeat
    caption: str
    words: str
    table: Table
    key: Key
    apart: str
    foot: str
    hint: str


def week_chart(document: Mapping[str, Any], language: str) -> HeatView:
    """Hour of the week × service. The first row is what the question itself needs."""
    week = document["week"]
    rows = [
        WeekShares(need_name(need, language), low, high)
        for need, low, high in zip(week["needs"], week["share_low"], week["share_high"], strict=True)
    ]
    return HeatView(
        drawn=week_heat(rows, short_days(Speech.of(language))),
        caption=gettext("Covered share in each hour of an ordinary week"),
        words=_week_words(rows),
        table=_week_table(rows),
        key=tuple((str(level), words) for level, words in enumerate(_LEVEL_WORDS)),
        apart=gettext("bounds at least 10 points apart (unknown hours)"),
        foot=gettext("▮ below the rows: night, 22:00 to 06:00. Each day begins at midnight."),
        hint=gettext("Point at an hour, or choose one with the arrow keys, to read its numbers."),
    )


def need_name(need: str, language: str) -> str:
    """A row of the week: a service, or what the question asks for."""
    return Service(need).label(language) if need else gettext("as asked")


def _week_words(rows: Sequence[WeekShares]) -> str:
    first = [(share, hour) for hour, share in enumerate(rows[0].low) if share is not None] if rows else []
    if not first:
        return gettext("Nobody is asked about.")
    (least, worst), (most, best) = min(first), max(first, key=lambda pair: (pair[0], -pair[1]))
    return gettext(
        "%(count)s rows of 168 hours. As asked, the least is %(least)s (%(worst)s), the most %(most)s (%(best)s), "
        "surely covered. The table below holds every number.",
        count=len(rows),
        least=percent(least),
        worst=hour_words(worst),
        most=percent(most),
        best=hour_words(best),
    )


def _week_table(rows: Sequence[WeekShares]) -> Table:
    return Table(
        caption=gettext("Covered share by hour of the week, between its bounds"),
        headings=(gettext("Hour"), *(row.name for row in rows)),
        rows=tuple(
            (hour_words(hour), *(share_words(row.low[hour], row.high[hour]) for row in rows)) for hour in range(168)
        ),
    )


def night_table(document: Mapping[str, Any], language: str) -> Table:
    """Day, night and the gap between them, service by service."""
    return Table(
        caption=gettext("By day, by night, and the gap between"),
        headings=(
            gettext("Service"),
            gettext("By day (08–20)"),
            gettext("By night (22–06)"),
            gettext("Night gap (points)"),
            gettext("Unknown hours all shut"),
            gettext("All open"),
        ),
        rows=tuple(
            (
                need_name(row["need"], language),
                share_words(row["day_low"], row["day_high"]),
                share_words(row["night_low"], row["night_high"]),
                points_words(gap.least, gap.most),
                points_words(gap.shut, gap.shut),
                points_words(gap.open, gap.open),
            )
            for row, gap in ((row, night_gap(row)) for row in document["night_gaps"])
        ),
    )


def travel_chart(document: Mapping[str, Any]) -> ChartView:
    """The curve of travel times with P50 and P90."""
    travel = document["travel"]
    looks = {"low": gettext("surely open"), "high": gettext("unknown hours taken as open")}
    lines = [LineSeries(bound, [(0.0, 0.0), *map(tuple, travel[bound]["curve"])]) for bound in _shown_bounds(travel)]
    marks = [
        LineMark(travel["low"][name] / 60, part, gettext("%(name)s %(time)s", name=words, time=minutes_of(seconds)))
        for name, part, words in (("p50_s", 0.5, "P50"), ("p90_s", 0.9, "P90"))
        if (seconds := travel["low"][name]) is not None
    ]
    return ChartView(
        drawn=line_chart(
            lines,
            marks,
            x_words=gettext("minutes to the nearest open station"),
            y_words=gettext("share of worker-hours"),
            y_is_share=True,
        ),
        caption=gettext("How long the way is"),
        words=travel_words(document),
        table=_travel_table(travel),
        key=tuple((bound, looks[bound]) for bound in _shown_bounds(travel)) if len(lines) > 1 else (),
    )


def travel_words(document: Mapping[str, Any]) -> str:
    """P50, P90 and who finds nothing, in a sentence."""
    travel = document["travel"]
    low, cut_off_min = travel["low"], travel["cut_off_min"]
    return gettext(
        "P50 %(p50)s: half of the worker-hours are no farther from a surely open station. P90 %(p90)s. For %(beyond)s "
        "there is none within %(cut_off)s minutes; these are in no mean of travel times.",
        p50=minutes_of(low["p50_s"], cut_off_min=cut_off_min),
        p90=minutes_of(low["p90_s"], cut_off_min=cut_off_min),
        beyond=NOTHING if low["beyond_share"] is None else percent(low["beyond_share"]),
        cut_off=f"{cut_off_min:g}",
    )


def _shown_bounds(travel: Mapping[str, Any]) -> tuple[str, ...]:
    """Both bounds, or one where they are the same."""
    return _BOUNDS[:1] if travel["low"]["curve"] == travel["high"]["curve"] else _BOUNDS


def _travel_table(travel: Mapping[str, Any]) -> Table:
    high = dict(travel["high"]["curve"])
    rows = [
        (gettext("%(value)s min", value=f"{minutes:g}"), share_words(share, high.get(minutes)))
        for minutes, share in travel["low"]["curve"]
    ]
    for name, words in (("p50_s", "P50"), ("p90_s", "P90"), ("mean_s", gettext("mean of those who find one"))):
        rows.append((words, all_of(dict.fromkeys(minutes_of(travel[bound][name]) for bound in _BOUNDS))))
    beyond = share_words(travel["high"]["beyond_share"], travel["low"]["beyond_share"])
    rows.append((gettext("none within the cut-off"), beyond))
    return Table(
        caption=gettext("Share of worker-hours that travel at most so long"),
        headings=(gettext("At most"), gettext("Share, or time")),
        rows=tuple(rows),
    )


def district_chart(document: Mapping[str, Any], place: Place, language: str) -> ChartView:
    """A bar a district with its bounds, the whole city last."""
    city: Mapping[str, Any] = next((row for row in document.get("night_gaps", ()) if not row["need"]), {})
    rows = [*document["districts"], {**city, **document["headline"], "code": None}]
    shown = [row for row in rows if row["code"] != "" or row["worker_hours"] > 0]
    values = [
        BarValue(
            area_name(row["code"], place, language),
            row["share_low"],
            row["share_high"],
            share_words(row["share_low"], row["share_high"]),
            is_whole=row["code"] is None,
        )
        for row in shown
    ]
    return ChartView(
        drawn=bar_chart(values),
        caption=gettext("Covered share by district"),
        words=all_of(gettext("%(name)s %(share)s", name=value.name, share=value.words) for value in values),
        table=_district_table(shown, place, language),
        key=(
            ("low", gettext("surely covered")),
            ("high", gettext("perhaps: hours unknown")),
            ("whole", gettext("not covered")),
        ),
    )


def area_name(code: str | None, place: Place, language: str) -> str:
    """A district, the whole city (None), or what lies outside all districts (empty)."""
    if code is None:
        return gettext("Whole city")
    return place.unit(code).name(language) if code else gettext("outside the districts")


def _district_table(rows: Iterable[Mapping[str, Any]], place: Place, language: str) -> Table:
    return Table(
        caption=gettext("Covered share by district"),
        headings=(
            gettext("District"),
            gettext("Worker-hours"),
            gettext("Covered"),
            gettext("Share"),
            gettext("Night gap (points)"),
        ),
        rows=tuple(
            (
                area_name(row["code"], place, language),
                workers_count(row["worker_hours"]),
                count_words(row["covered_low"], row["covered_high"]),
                share_words(row["share_low"], row["share_high"]),
                points_words(gap.least, gap.most),
            )
            for row, gap in ((row, night_gap(row)) for row in rows)
        ),
        last_is_whole=True,
    )
