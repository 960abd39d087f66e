"""What one answer changes against another, as rows and tables of a report: by cell, by service, by hour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from mapapp.services.planning.comparing import PARTS_OF_WEEK, Comparison, NeedChange
from mapapp.services.planning_report.answer_tables import hour_name, need_name
from mapapp.services.planning_report.content import Cell, Column, Form, Table, both_bounds, both_cases
from mapapp.services.planning_report.speech import Speech

Document = Mapping[str, Any]
CELL_FIELDS: Final = (
    "cell",
    "worker_hours",
    "before_low",
    "before_high",
    "after_low",
    "after_high",
    "newly_covered_low",
    "newly_covered_high",
    "lost_low",
    "lost_high",
)
_COVERED: Final = CELL_FIELDS[2:6]


def changed_cells(before: Document, after: Document, found: Comparison) -> list[dict[str, Cell]]:
    """Each cell of either, with its covered worker-hours before and after, and what is won and lost in between."""
    rows: dict[str, dict[str, Cell]] = {}
    for side, document in (("before", before), ("after", after)):
        cells = document["cells"]
        names = ("worker_hours", "covered_low", "covered_high")
        for cell, whole, low, high in zip(cells["h3"], *(cells[name] for name in names), strict=True):
            row = rows.setdefault(cell, {"cell": cell, **dict.fromkeys(_COVERED, 0.0)})
            row |= {"worker_hours": whole, f"{side}_low": low, f"{side}_high": high}
    for bound, change in (("low", found.low), ("high", found.high)):
        amounts = [None] * len(found.cells) if change is None else zip(change.newly, change.lost, strict=True)
        for cell, pair in zip(found.cells, amounts, strict=True):
            newly, lost = (None, None) if pair is None else (round(float(pair[0]), 4), round(float(pair[1]), 4))
            rows[cell] |= {f"newly_covered_{bound}": newly, f"lost_{bound}": lost}
    return [rows[cell] for cell in sorted(rows)]


def cell_table(changed: Iterable[Mapping[str, Cell]], speech: Speech) -> Table:
    """Every cell, for the workbook."""
    gettext = speech.gettext
    return Table(
        key="cells",
        title=gettext("Demand cells"),
        columns=(
            Column(gettext("H3 cell")),
            Column(gettext("worker-hours"), Form.COUNT),
            *both_bounds(gettext("covered before"), Form.COUNT, speech),
            *both_bounds(gettext("covered after"), Form.COUNT, speech),
            *both_cases(gettext("newly covered"), Form.COUNT, speech),
            *both_cases(gettext("lost"), Form.COUNT, speech),
        ),
        rows=tuple(tuple(row[name] for name in CELL_FIELDS) for row in changed),
        page_rows=0,
    )


def service_table(found: Comparison, speech: Speech) -> Table:
    """Worker-hours newly covered and lost, service by service: the whole week, by day, by night."""
    gettext = speech.gettext
    titles = {"all": gettext("whole week"), "day": gettext("by day (08–20)"), "night": gettext("by night (22–06)")}
    names = {"newly_covered": gettext("newly covered"), "lost": gettext("lost")}
    columns = [Column(gettext("service"))]
    for title in titles.values():
        for name in names.values():
            columns += both_cases(gettext("%(what)s (%(which)s)", what=name, which=title), Form.COUNT, speech)
    rows = []
    for need in found.week:
        row: list[Cell] = [need_name(need.need, speech)]
        for part in titles:
            for name in names:
                row += need.worker_hours(name, PARTS_OF_WEEK[part])
        rows.append(tuple(row))
    return Table(
        key="change_by_service",
        title=gettext("What changes, service by service"),
        columns=tuple(columns),
        rows=tuple(rows),
        note=gettext(
            "Worker-hours of an ordinary week, counted hour by hour in every cell. Low: unknown hours shut before and "
            "after; high: open before and after."
        ),
    )


def hour_table(found: Comparison, speech: Speech) -> Table:
    """Workers newly covered and lost in each hour of the week and for each service, for the workbook."""
    gettext = speech.gettext
    columns = [Column(gettext("hour"))]
    for need in found.week:
        name = need_name(need.need, speech)
        for what in (gettext("newly covered"), gettext("lost")):
            columns += both_cases(gettext("%(what)s (%(which)s)", what=what, which=name), Form.NUMBER, speech)
    return Table(
        key="change_by_hour",
        title=gettext("What changes, hour by hour"),
        columns=tuple(columns),
        rows=tuple((hour_name(hour, speech), *_in_hour(found.week, hour)) for hour in range(168 if found.week else 0)),
        note=gettext("Workers in each hour of an ordinary week."),
        page_rows=0,
    )


def _in_hour(week: Iterable[NeedChange], hour: int) -> list[Cell]:
    return [
        round(float(getattr(side, name)[hour]), 4)
        for need in week
        for name in ("newly_covered", "lost")
        for side in (need.low, need.high)
    ]
