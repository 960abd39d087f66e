"""What the pages of demand say, in the page's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from flask import url_for
from flask_babel import LazyString, format_datetime, format_decimal, lazy_gettext

from geodata.coordinates import Crs
from geodata.demand.headings import COORDINATES, GROUP, LAT, LON, ORDERS, WKT, WORKERS
from geodata.files import CRS_NAMES
from geodata.stations.vocabulary import WorkerGroup
from mapapp.planner.speech import gettext
from mapapp.services.jobs.kinds import DEMAND_CHECK, DEMAND_SAVE
from mapapp.services.unmet.demand_layer import METHOD as UNMET
from mapapp.store import Job, JobState, LayerCard, LayerSort
from mapapp.web.language import current_language

SORT_NAMES: Final[Mapping[LayerSort, LazyString]] = {
    LayerSort.TITLE: lazy_gettext("Layer"),
    LayerSort.POINTS: lazy_gettext("Cells"),
    LayerSort.MADE_AT: lazy_gettext("Made"),
}
KIND_NAMES: Final[Mapping[str, LazyString]] = {
    DEMAND_CHECK: lazy_gettext("Check of a file of workers"),
    DEMAND_SAVE: lazy_gettext("Saving a demand layer"),
}
STATE_NAMES: Final[Mapping[JobState, LazyString]] = {
    JobState.QUEUED: lazy_gettext("waiting"),
    JobState.RUNNING: lazy_gettext("at work"),
    JobState.DONE: lazy_gettext("done"),
    JobState.FAILED: lazy_gettext("failed"),
    JobState.CANCELLED: lazy_gettext("cancelled"),
}
STATE_TONES: Final[Mapping[JobState, str]] = {
    JobState.DONE: "good",
    JobState.FAILED: "bad",
    JobState.RUNNING: "attention",
}
PHASE_NAMES: Final[Mapping[str, LazyString]] = {
    "": lazy_gettext("Waiting for its turn …"),
    "reading": lazy_gettext("Reading the file"),
    "spreading": lazy_gettext("Spreading over the cells"),
    "keeping": lazy_gettext("Keeping the result"),
}
SHAPE_NAMES: Final[Mapping[str, LazyString]] = {
    "point": lazy_gettext("points"),
    "linestring": lazy_gettext("lines"),
    "polygon": lazy_gettext("polygons"),
}
MEANING_NAMES: Final[Mapping[str, LazyString]] = {
    GROUP: lazy_gettext("Name of the group"),
    WORKERS: lazy_gettext("Workers of one group"),
    ORDERS: lazy_gettext("Orders per hour"),
    LON: lazy_gettext("Longitude"),
    LAT: lazy_gettext("Latitude"),
    COORDINATES: lazy_gettext("Longitude and latitude in one cell"),
    WKT: lazy_gettext("Shape as WKT"),
}
CRS_HINTS: Final[Mapping[Crs, LazyString]] = {
    Crs.WGS84: lazy_gettext("GPS, Tianditu (CGCS2000), OpenStreetMap"),
    Crs.GCJ02: lazy_gettext("Gaode (AMap), Tencent and most Chinese lists"),
    Crs.BD09: lazy_gettext("Baidu"),
}
DRAFT_PROBLEMS: Final[Mapping[str, LazyString]] = {
    "empty": lazy_gettext("Please fill this in."),
    "too_long": lazy_gettext("This is too long."),
    "unprintable": lazy_gettext("This holds characters that cannot be printed."),
    "no_date": lazy_gettext("Not a date (for example 2026-03-01)."),
}
WEEKDAYS: Final = (
    lazy_gettext("Monday"),
    lazy_gettext("Tuesday"),
    lazy_gettext("Wednesday"),
    lazy_gettext("Thursday"),
    lazy_gettext("Friday"),
    lazy_gettext("Saturday"),
    lazy_gettext("Sunday"),
)
WEEK_PHRASES: Final[Mapping[str, LazyString]] = {
    "chart": lazy_gettext("The hours of %(day)s"),
    "hint": lazy_gettext("Draw over the bars, or use the arrow keys on one. The table below holds the same numbers."),
    "day": lazy_gettext("Day"),
    "bar": lazy_gettext("%(day)s, %(hour)s:00"),
    "copy_workdays": lazy_gettext("Copy this day to Monday to Friday"),
    "copy_all": lazy_gettext("Copy this day to every day"),
    "copied": lazy_gettext("%(day)s was copied."),
}


def language() -> str:
    """``zh`` or ``en``."""
    return "zh" if current_language().startswith("zh") else "en"


def title_of(card: LayerCard) -> str:
    """What a layer is called; the model's own have no name given by anybody."""
    if card.title:
        return card.title
    return gettext("Modelled sample") if card.is_sample else gettext("Model") if card.is_modelled else card.name


def cells_words(count: int) -> str:
    """How many cells a layer has."""
    return str(format_decimal(count))


def workers_words(count: float) -> str:
    """Workers in an average hour, one decimal where there are few."""
    return str(format_decimal(round(count, 1) if abs(count) < 1000 else round(count)))


def group_names(groups: tuple[WorkerGroup, ...]) -> str:
    """Groups in a row."""
    return gettext(", ").join(group.label(current_language()) for group in groups)


def moment(instant: datetime | None) -> str:
    """Date and time in the place's clock, or a dash."""
    return str(format_datetime(instant, "yyyy-MM-dd HH:mm")) if instant else "–"


def method_words(card: LayerCard) -> list[str]:
    """How the numbers came about, a sentence each."""
    method = card.method
    if not card.is_upload:
        return [gettext("Modelled from assumptions; nobody counted it.")]
    if method.get("code") == UNMET:
        return _unmet_words(method)
    words = [gettext("From %(shapes)s.", shapes=shapes_words(method.get("shapes", {})))]
    if method.get("orders_per_worker_hour") and method.get("code") == "orders":
        words.append(
            gettext(
                "Orders per hour ÷ %(rate)s orders a worker and hour.", rate=f"{method['orders_per_worker_hour']:g}"
            )
        )
    if method.get("hours_a_week"):
        words.append(gettext("People on a roster × %(hours)s ÷ 168 hours.", hours=f"{method['hours_a_week']:g}"))
    crs = method.get("crs")
    if crs:
        words.append(gettext("Coordinates read as %(crs)s.", crs=CRS_NAMES[Crs(crs)]))
    words.append(gettext("Gathered in H3 cells of resolution 9: polygons by area, lines by length."))
    return words


def _unmet_words(method: Mapping[str, Any]) -> list[str]:
    """How a layer of the quiet signal came about."""
    words = [
        gettext(
            "From %(squares)s grid squares of %(month)s that may be shown, %(signals)s signals.",
            squares=method["square_count"],
            month=method["month"],
            signals=method["signals_count"],
        ),
        gettext(
            "Each device taken as one worker, × %(hours)s ÷ 168 hours; spread over H3 cells by area.",
            hours=f"{method['hours_a_week']:g}",
        ),
        gettext("The week is that of the signals whose hours may be shown.")
        if method.get("has_own_week")
        else gettext("The week is the group's assumed one."),
    ]
    return [*words, gettext("A lower bound: squares that may not be shown are missing.")]


def shapes_words(shapes: Mapping[str, int]) -> str:
    """How many points, lines and polygons."""
    parts = [f"{count} {SHAPE_NAMES[kind]}" for kind, count in shapes.items() if kind in SHAPE_NAMES]
    return gettext(", ").join(parts)


def totals_rows(totals: Mapping[str, Any]) -> list[dict[str, str]]:
    """The table of totals: what was given is placed or outside."""
    rows = []
    for group in WorkerGroup:
        if group.value in totals:
            given, placed, outside = totals[group.value]
            rows.append(
                {
                    "group": group.label(current_language()),
                    "given": workers_words(given),
                    "placed": workers_words(placed),
                    "outside": workers_words(outside),
                }
            )
    return rows


def meaning_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """What a column can hold, in groups: code and name."""
    groups = [(group.value, group.label(current_language())) for group in WorkerGroup]
    others = [(code, str(name)) for code, name in MEANING_NAMES.items()]
    return [(gettext("Workers of"), groups), (gettext("Other columns"), others)]


def progress_document(job: Job) -> dict[str, Any]:
    """How far a job is, for the page that waits for it."""
    done, total = job.progress.done_count, job.progress.total_count
    return {
        "ended": job.state.is_ended,
        "phase": str(PHASE_NAMES.get(job.progress.phase, job.progress.phase)),
        "done": done,
        "total": total,
        "percent": round(100 * done / total) if total else None,
        "cancelling": job.cancel_asked,
    }


def job_row(job: Job) -> dict[str, str]:
    """A line of the list of one's own checks."""
    result = job.result or {}
    return {
        "url": url_for("planner.demand_job", job_id=job.id),
        "what": f"{KIND_NAMES[job.kind]} {job.id}",
        "about": str(result.get("file_name") or result.get("title") or ""),
        "state": str(STATE_NAMES[job.state]),
        "tone": STATE_TONES.get(job.state, ""),
        "when": moment(job.created_at),
    }


def week_phrases() -> dict[str, str]:
    """What the chart of a week says, its blanks still open."""
    return {key: str(words) for key, words in WEEK_PHRASES.items()}
