"""Reports in words: the form's choices and problems, and the page that follows a report up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any, Final

from flask_babel import LazyString, lazy_gettext

from geodata.reports.report import Report
from geodata.reports.vocabulary import ReportKind, ReportState
from geodata.stations.arrival import state_now
from geodata.stations.station import Station
from geodata.stations.vocabulary import Service, ServiceGroup
from mapapp.public.phrases import phrase
from mapapp.public.report_form import Problems, ReportForm
from mapapp.public.wording import arrival_sentence, listed, station_name
from mapapp.services.snapshot import StationSnapshot
from mapapp.settings import Settings

CHOICES: Final = tuple(kind for kind in ReportKind if kind.is_about_station and kind is not ReportKind.GOT_IN)
"""What can be wrong with a station, in display order."""

FIELDS: Final = ("kind", "station", "services", "place", "text", "photo", "contact")

HINTS: Final[Mapping[ReportKind, LazyString]] = {
    ReportKind.LOCKED: lazy_gettext(
        "When two people say so independently, everybody sees a warning at this station for up to a day."
    ),
    ReportKind.WRONG_HOURS: lazy_gettext("What does the sign at the door say? A photo of it helps most."),
    ReportKind.WRONG_PLACE: lazy_gettext("Where is the door really? Your words, your position or a photo help."),
    ReportKind.BROKEN: lazy_gettext("Staff will mark it as out of order and see to the repair."),
    ReportKind.SUPPLIES_OUT: lazy_gettext("Water, paper, medicines … Staff will refill it."),
    ReportKind.CLOSED_FOR_GOOD: lazy_gettext("Staff will check it on site before it is taken off the map."),
    ReportKind.OTHER: lazy_gettext("Tell staff anything about this station."),
}
"""What each choice is for, in one sentence."""


def form_view(form: ReportForm, station: Station | None, language: str) -> dict[str, Any]:
    """Everything the form's template writes."""
    return {
        "kind": form.typed["kind"] if form.kind else "",
        "choices": [{"code": kind.value, "label": kind.label(language), "hint": str(HINTS[kind])} for kind in CHOICES],
        "services": [(service.value, service.label(language)) for service in offered_services(station)],
        "ticked": set(form.services),
        "problems": problem_sentences(form.problems),
    }


def offered_services(station: Station | None) -> list[Service]:
    """What can be broken or missing: what the station has; the basics where nothing is recorded; all without one."""
    if station is None:
        return list(Service)
    offered = {offer.service for offer in station.services}
    return [
        service for service in Service if service in offered or (not offered and service.group is ServiceGroup.BASE)
    ]


def station_header(
    snapshot: StationSnapshot, station: Station, now: datetime, settings: Settings, language: str
) -> Any:
    """The station a report is about: its name and what is true of it now by its hours."""
    arrival = state_now(
        station.life_cycle, snapshot.book.of(station.hours), now, closing_soon_min=settings.closing_soon_min
    )
    return {
        "code": station.code,
        "name": station_name(station, language),
        "state": arrival.state.value,
        "sentence": arrival_sentence(arrival, now, now, on_arrival=False),
    }


def problem_sentences(problems: Problems) -> dict[str, str]:
    """A sentence for each field at fault, in the order of the form."""
    known = {field: _problem_sentence(field, problems[field]) for field in FIELDS if field in problems}
    return known | {field: _problem_sentence(field, code) for field, code in problems.items() if field not in known}


def _problem_sentence(field: str, code: str) -> str:
    try:
        return phrase(f"report_problem_{field}_{code}")
    except KeyError:
        return phrase("report_problem")


def tracking_view(report: Report, station: Station | None, zone: tzinfo, language: str) -> dict[str, Any]:
    """A report and its way, as whoever has the code may see it: no contact, no photo, no name of anybody."""
    return {
        "tracking": report.tracking,
        "kind": report.kind.value,
        "kind_label": report.kind.label(language),
        "station_code": station.code if station else "",
        "station": station_name(station, language) if station else report.station_code or "",
        "services": listed(service.label(language) for service in report.services),
        "text": report.text,
        "has_photo": report.photo_hash is not None,
        "place": f"{report.place.lon:.5f}, {report.place.lat:.5f}" if report.place else "",
        "received": _moment(report.received_at, zone),
        "state": report.state.value,
        "state_label": report.state.label(language),
        "steps": _steps(report, zone, language),
        "reply": report.public_reply,
    }


def _steps(report: Report, zone: tzinfo, language: str) -> list[dict[str, str]]:
    """The three stages: those passed with their last time, the present one, those ahead."""
    last_times = {change.to_state: change.at for change in report.history if not change.action}
    end = report.state if report.state.is_closed else ReportState.RESOLVED
    stages = (ReportState.OPEN, ReportState.IN_PROGRESS, end)
    present = stages.index(report.state)
    return [
        {
            "code": stage.value,
            "label": stage.label(language),
            "position": "present" if number == present else "passed" if number < present else "ahead",
            "time": _moment(last_times[stage], zone) if number <= present and stage in last_times else "",
        }
        for number, stage in enumerate(stages)
    ]


def _moment(instant: datetime, zone: tzinfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"


def kind_labels(language: str) -> dict[str, str]:
    """Every kind's label, for the browser."""
    return {kind.value: kind.label(language) for kind in ReportKind}
