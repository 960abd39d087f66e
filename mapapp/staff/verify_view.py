"""The queue of stations to look at again, and one station at a time, as its pages say it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import url_for
from flask_babel import LazyString, lazy_gettext

from geodata.reports.report import Report
from geodata.stations.document import station_document
from geodata.stations.freshness import FieldGroup
from geodata.stations.station import Station
from mapapp.services.truth.one_station import GroupTruth, StationTruth
from mapapp.services.truth.register import Reason
from mapapp.services.truth.waiting import Waiting
from mapapp.staff.speech import gettext, ngettext
from mapapp.staff.station_pages import wording
from mapapp.staff.station_words import field_name
from mapapp.store import VerificationTask
from mapapp.web import services
from mapapp.web.language import current_language

REASON_NAMES: Final[Mapping[Reason, LazyString]] = {
    Reason.CONTRADICTED: lazy_gettext("The public says otherwise"),
    Reason.UNKNOWN_HOURS: lazy_gettext("Hours unknown"),
    Reason.STALE: lazy_gettext("Not confirmed for too long"),
    Reason.REPORTED: lazy_gettext("Reported"),
}
_PARTS_OF_FORM: Final = {
    FieldGroup.HOURS: "part-when",
    FieldGroup.DOOR: "part-door",
    FieldGroup.SERVICES: "part-services",
    FieldGroup.POSITION: "part-where",
}
_FIELDS: Final = {
    FieldGroup.HOURS: ("hours",),
    FieldGroup.DOOR: ("entry_methods", "entry_note"),
    FieldGroup.SERVICES: ("services",),
    FieldGroup.POSITION: ("address", "position"),
}


@dataclass(frozen=True, slots=True)
class WordedWaiting:
    """One line of the queue."""

    code: str
    name: str
    address: str
    district: str
    reasons: list[tuple[str, str]]
    stale: str
    affected: str
    looker: str


@dataclass(frozen=True, slots=True)
class WordedGroup:
    """One group of facts, to be compared with what one sees."""

    code: str
    name: str
    facts: list[tuple[str, str]]
    confirmed: str
    state: str
    badge: str
    can_confirm: bool
    change_url: str


def station_name(station: Station) -> str:
    """The station's name in the page's language."""
    return station.name_en if current_language() == "en" and station.name_en else station.name


def group_names(groups: Iterable[FieldGroup]) -> str:
    """Groups in a row."""
    return wording().listed(group.label(current_language()) for group in groups)


def worded_waiting(item: Waiting, tasks: Mapping[str, VerificationTask]) -> WordedWaiting:
    """A line of the queue in words."""
    station, task = item.station, tasks.get(item.station.code)
    return WordedWaiting(
        code=station.code,
        name=station_name(station),
        address=station.address,
        district=wording().value("district_code", station.district_code),
        reasons=[(reason.value, _reason(reason, item)) for reason in item.reasons],
        stale=group_names(item.stale),
        affected=f"{item.affected_count:,.0f}",
        looker=looker_name(task) if task else "",
    )


def looker_name(task: VerificationTask) -> str:
    """Who looks, by the name people know."""
    return task.display_name or task.account_name


def worded_groups(truth: StationTruth, *, may_change: bool) -> list[WordedGroup]:
    """The groups in words."""
    document = station_document(truth.station)
    return [_group(truth.station, each, document, may_change=may_change) for each in truth.groups]


def worded_reports(reports: Iterable[Report], *, is_readable: bool) -> list[tuple[str, str, str, str]]:
    """What people say: the kind, when it came in; for those who may read them their words, and where to answer."""
    return [
        (
            report.kind.label(current_language()),
            wording().moment(report.received_at),
            report.text if is_readable else "",
            url_for("staff.report", tracking=report.tracking) if is_readable else "",
        )
        for report in reports
    ]


def days_ago(day: date, today: date) -> str:
    """How long ago a day is."""
    days = (today - day).days
    return gettext("today") if days <= 0 else ngettext("%(num)s day ago", "%(num)s days ago", days)


def confirmed_words(each: GroupTruth, today: date) -> str:
    """When, how and by whom a group was last confirmed."""
    if each.confirmed_on is None or each.how is None:
        return gettext("never confirmed")
    parts = [
        gettext("confirmed on %(date)s", date=each.confirmed_on.isoformat()),
        days_ago(each.confirmed_on, today),
        each.how.label(current_language()),
        *([each.actor] if each.actor else []),
    ]
    return gettext(" · ").join(parts)


def _reason(reason: Reason, item: Waiting) -> str:
    if reason is Reason.CONTRADICTED and item.has_door_warning:
        return gettext("Door found locked")
    if reason is Reason.REPORTED and item.oldest_report_on is not None:
        return ngettext("%(num)s open report", "%(num)s open reports", item.report_count)
    return str(REASON_NAMES[reason])


def _group(station: Station, each: GroupTruth, document: Mapping[str, Any], *, may_change: bool) -> WordedGroup:
    words, language = wording(), current_language()
    facts = [(field_name(field, language), words.value(field, document.get(field))) for field in _FIELDS[each.group]]
    if not each.is_known:
        state, badge = gettext("unknown"), "attention"
    elif each.is_stale:
        state, badge = gettext("to be looked at again"), "attention"
    else:
        state, badge = gettext("fresh"), "good"
    return WordedGroup(
        code=each.group.value,
        name=each.group.label(language),
        facts=[(name, value or gettext("not known")) for name, value in facts],
        confirmed=confirmed_words(each, _today()),
        state=state,
        badge=badge,
        can_confirm=may_change and each.is_known,
        change_url=url_for("staff.station", code=station.code) + "#" + _PARTS_OF_FORM[each.group] if may_change else "",
    )


def _today() -> date:
    return services().now().date()
