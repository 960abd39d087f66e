"""What one answer changes against another, in tables: by cell, by service, by hour. Runs and scenarios share it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mapapp.planner.ask_words import cases_words, count_words, hour_words
from mapapp.planner.charts import Table, need_name
from mapapp.planner.speech import gettext
from mapapp.planner.wording import workers_count
from mapapp.services.planning.comparing import PARTS_OF_WEEK, Comparison, NeedChange, compared
from mapapp.web.language import current_language

Document = Mapping[str, Any]
_LEAST: Final = 0.05
"""Of workers in an hour: less is written as no change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesView:
    """The tables; one that cannot be made is None. ``note`` says how gains and losses are counted."""

    cells: Table | None
    services: Table | None
    hours: Table | None
    note: str


def changes_view(before: Document, after: Document) -> ChangesView:
    """What the second changes."""
    found = compared(before, after)
    return ChangesView(
        cells=_cells_table(found),
        services=_services_table(found) if found.week else None,
        hours=_hours_table(found) if found.week else None,
        note=_note(found),
    )


def _note(found: Comparison) -> str:
    if found.is_exact:
        return gettext(
            "Counted hour by hour in every cell: what is won in one hour does not make up for what is lost in another."
        )
    if found.low is not None:
        return gettext(
            "Each cell's hours are taken together, so gain and loss within a cell make one number: one of the two was "
            "kept before hours were."
        )
    if not found.is_same_demand:
        return gettext("The demand differs: compare shares only. Nothing is counted as newly covered or lost.")
    if found.week:
        return gettext("The two ask about other hours, so only the whole week is compared.")
    return ""


def _cells_table(found: Comparison) -> Table | None:
    """Worker-hours newly covered, lost, unchanged; None where the two count different ones."""
    sides = found.sides()
    if sides is None:
        return None
    names = (gettext("Newly covered"), gettext("Lost"), gettext("Covered in both"))
    return Table(
        caption=gettext("What changes, in worker-hours of the hours asked about"),
        headings=(gettext("What changed"), gettext("Unknown hours shut"), gettext("Unknown hours open")),
        rows=tuple(
            (name, workers_count(low), workers_count(high))
            for name, low, high in zip(names, *(side.sums() for side in sides), strict=True)
        ),
    )


def _services_table(found: Comparison) -> Table:
    """Each service over the whole week, by day and by night."""
    titles = {
        "all": gettext("whole week"),
        "day": gettext("by day (08–20)"),
        "night": gettext("by night (22–06)"),
    }
    rows = []
    for need in found.week:
        row = [need_name(need.need, current_language())]
        for part in titles:
            hours = PARTS_OF_WEEK[part]
            row += [cases_words(count_words, *need.worker_hours(name, hours)) for name in ("newly_covered", "lost")]
        rows.append(tuple(row))
    headings = [gettext("Service")]
    for title in titles.values():
        headings += [
            gettext("newly covered, %(when)s", when=title),
            gettext("lost, %(when)s", when=title),
        ]
    return Table(
        caption=gettext("Worker-hours of an ordinary week, service by service (unknown hours all shut / all open)"),
        headings=tuple(headings),
        rows=tuple(rows),
    )


def _hours_table(found: Comparison) -> Table:
    """Workers newly covered and lost in each hour, for every service in which any hour changes."""
    changed = [need for need in found.week if any(need.worker_hours(name)[1] > 0 for name in _CHANGES)]
    changed = changed or list(found.week[:1])
    return Table(
        caption=gettext("Workers newly covered (+) and lost (−) in each hour of an ordinary week, unknown hours shut"),
        headings=(gettext("Hour"), *(need_name(need.need, current_language()) for need in changed)),
        rows=tuple((hour_words(hour), *(_hour_words(need, hour) for need in changed)) for hour in range(168)),
    )


_CHANGES: Final = ("newly_covered", "lost")


def _hour_words(need: NeedChange, hour: int) -> str:
    newly, lost = (float(getattr(need.low, name)[hour]) for name in _CHANGES)
    said = [f"{sign}{workers_count(value)}" for sign, value in (("+", newly), ("−", lost)) if value >= _LEAST]
    return " ".join(said) or "0"
