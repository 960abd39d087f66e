"""A report's charts for a page: geometry and words, as the macros of ``planner/charts.html`` want them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from mapapp.services.charts import (
    HEAT_LEVELS,
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
from mapapp.services.planning_report.content import Chart, ChartKind, Report
from mapapp.services.planning_report.page_tables import PageTable, page_table
from mapapp.services.planning_report.sentence import weekdays
from mapapp.services.planning_report.speech import Speech

_LINE_LOOKS: Final = ("low", "high", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageChart:
    """What a macro of ``planner/charts.html`` needs. ``macro`` says which."""

    macro: str
    id: str
    caption: str
    words: str
    drawn: BarChart | LineChart | WeekHeat
    key: tuple[tuple[str | int, str], ...]
    table: PageTable
    foot: str = ""
    hint: str = ""
    apart: str = ""


def page_chart(report: Report, chart: Chart) -> PageChart:
    """One chart with the table behind it."""
    make = {ChartKind.WEEK: _week, ChartKind.CURVE: _curve, ChartKind.BARS: _bars}[chart.kind]
    table = report.table(chart.table_key)
    if table is None:
        raise ValueError(f"The chart {chart.key} has no table.")
    return make(chart, page_table(table, report.speech, all_rows=True), report.speech)


def _week(chart: Chart, table: PageTable, speech: Speech) -> PageChart:
    gettext = speech.gettext
    limits = [0.0, *HEAT_LEVELS, 1.0]
    return PageChart(
        macro="week_heat",
        id=f"chart-{chart.key}",
        caption=chart.title,
        words=chart.words,
        drawn=week_heat([WeekShares(line.name, line.low, line.high) for line in chart.lines], weekdays(speech)),
        key=tuple((level, f"{low:.0%}–{high:.0%}") for level, (low, high) in enumerate(pairwise(limits))),
        table=table,
        foot=gettext("The thin bars below are the nights (22–06)."),
        apart=gettext("bounds at least 10 points apart"),
    )


def _curve(chart: Chart, table: PageTable, speech: Speech) -> PageChart:
    gettext, series, key = speech.gettext, [], []
    has_bounds = len(chart.lines) == 1 and chart.lines[0].low != chart.lines[0].high
    for number, line in enumerate(chart.lines):
        look = "low" if has_bounds else _LINE_LOOKS[number % len(_LINE_LOOKS)]
        series.append(LineSeries(look, _points(chart.at, line.low)))
        key.append((look, line.name))
    if has_bounds:
        series.append(LineSeries("high", _points(chart.at, chart.lines[0].high)))
        key = [("low", gettext("surely open stations")), ("high", gettext("unknown ones open too"))]
    first = dict(_points(chart.at, chart.lines[0].low)) if chart.lines else {}
    marks = [LineMark(at, _between(first, at), words) for at, words in chart.marks]
    return PageChart(
        macro="line_chart",
        id=f"chart-{chart.key}",
        caption=chart.title,
        words=chart.words,
        drawn=line_chart(series, marks, x_words=chart.at_title, y_words=gettext("share"), y_is_share=True),
        key=tuple(key),
        table=table,
    )


def _points(at: Sequence[float], values: Sequence[float | None]) -> list[tuple[float, float]]:
    return [(x, y) for x, y in zip(at, values, strict=True) if y is not None]


def _between(points: dict[float, float], at: float) -> float:
    """The height of the line at ``at``, on the straight way between its points."""
    before = max((x for x in points if x <= at), default=None)
    after = min((x for x in points if x >= at), default=None)
    if before is None or after is None:
        return points[after] if after is not None else points[before] if before is not None else 0.0
    share = 0.0 if after == before else (at - before) / (after - before)
    return points[before] + share * (points[after] - points[before])


def _bars(chart: Chart, table: PageTable, speech: Speech) -> PageChart:
    gettext = speech.gettext
    values = [
        BarValue(
            line.name,
            line.low[0],
            line.high[0],
            speech.between(speech.percent(line.low[0]), speech.percent(line.high[0])),
            is_whole=number == len(chart.lines) - 1,
        )
        for number, line in enumerate(chart.lines)
    ]
    return PageChart(
        macro="bar_chart",
        id=f"chart-{chart.key}",
        caption=chart.title,
        words=chart.words,
        drawn=bar_chart(values),
        key=(("low", gettext("surely covered")), ("high", gettext("covered if unknown stations are open"))),
        table=table,
    )
