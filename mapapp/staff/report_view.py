"""Reports in staff's words: the inbox's lines, one report with its steps, and why something was refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import url_for
from flask_babel import LazyString, lazy_gettext

from geodata.reports.report import Report, StateChange
from geodata.reports.vocabulary import ReportState
from mapapp.services.reports.answering import NOTE, WITH_MAIN
from mapapp.services.reports.assigning import ASSIGNED
from mapapp.services.reports.cases import InvalidMove
from mapapp.services.reports.erasing import CONTACT, ERASED, PHOTO, SENDER, WORDS
from mapapp.services.reports.inbox import OpenedReport
from mapapp.services.reports.merging import MERGED, SPLIT, TAKEN_IN
from mapapp.services.reports.new_station import NEW_STATION
from mapapp.staff.account_words import language, moment
from mapapp.staff.speech import gettext, ngettext
from mapapp.staff.station_pages import wording
from mapapp.store import CANDIDATE, ReportRow
from mapapp.store.accounts import Account

EXCERPT_CHARS: Final = 60
_LONG_DAYS: Final = 7
_TOO_LONG_DAYS: Final = 30
_ACTIONS: Final[Mapping[str, LazyString]] = {
    ASSIGNED: lazy_gettext("Given to %(about)s"),
    MERGED: lazy_gettext("Repeats %(about)s from now on"),
    TAKEN_IN: lazy_gettext("%(about)s repeats it from now on"),
    SPLIT: lazy_gettext("Told apart from %(about)s"),
    WITH_MAIN: lazy_gettext("Answered with %(about)s"),
    NEW_STATION: lazy_gettext("Station %(about)s was added here"),
    NOTE: lazy_gettext("Note"),
}
_FORGOTTEN: Final[Mapping[str, LazyString]] = {
    CONTACT: lazy_gettext("how to reach the sender"),
    PHOTO: lazy_gettext("photo"),
    SENDER: lazy_gettext("hashes of the device"),
    WORDS: lazy_gettext("words and notes"),
}
_REFUSALS: Final[Mapping[str, LazyString]] = {
    "no_such_step": lazy_gettext("The report cannot get this state from the one it has."),
    "reply_too_long": lazy_gettext("This is too long."),
    "reason_too_long": lazy_gettext("This is too long."),
    "reply_control_characters": lazy_gettext("This holds characters that cannot be seen. Type it again."),
    "reason_control_characters": lazy_gettext("This holds characters that cannot be seen. Type it again."),
    "repeats_another": lazy_gettext("This report repeats another one: answer that one."),
    "has_station": lazy_gettext("A station was added for it already."),
    "no_such_edit": lazy_gettext("There is no such version of the station."),
    "no_site": lazy_gettext("Only a suggested site can be kept for planners."),
    "no_such_colleague": lazy_gettext("This person does not answer reports of this district."),
    "itself": lazy_gettext("A report cannot repeat itself."),
    "other_station": lazy_gettext("That report is about something else."),
}
_BADGES: Final = {ReportState.OPEN: "attention", ReportState.RESOLVED: "good"}


@dataclass(frozen=True, slots=True)
class WordedRow:
    """One line of the inbox, as people read it."""

    tracking: str
    kind: str
    excerpt: str
    marks: list[str]
    station: str
    station_code: str
    district: str
    state: str
    state_badge: str
    received: str
    age: str
    age_badge: str
    assignee: str


@dataclass(frozen=True, slots=True)
class WordedStep:
    """One step of a report: what happened, when, by whom, and what was said to whom."""

    what: str
    when: str
    who: str
    reply: str
    reason: str
    is_internal: bool


def worded_row(row: ReportRow, now: datetime) -> WordedRow:
    """A line of the inbox at ``now``."""
    days = _days(row.received_at, row.closed_at or now)
    return WordedRow(
        tracking=row.tracking,
        kind=row.kind.label(language()),
        excerpt=_excerpt(row.text),
        marks=_marks(row),
        station=row.station_name,
        station_code=row.station_code or "",
        district=wording().value("district_code", row.district_code),
        state=row.state.label(language()),
        state_badge=_BADGES.get(row.state, ""),
        received=moment(row.received_at),
        age=_days_words(days),
        age_badge=_age_badge(days) if not row.state.is_closed else "",
        assignee=row.assignee_name,
    )


def worded_report(opened: OpenedReport, now: datetime) -> dict[str, Any]:
    """Everything the report's page writes."""
    report, case = opened.report, opened.found.case
    days = _days(report.received_at, report.closed_at or now)
    return {
        "tracking": report.tracking,
        "version": report.version,
        "kind": report.kind.label(language()),
        "is_site": not report.kind.is_about_station,
        "state": report.state.label(language()),
        "state_badge": _BADGES.get(report.state, ""),
        "district": wording().value("district_code", opened.found.district_code),
        "station": opened.station,
        "services": gettext(", ").join(service.label(language()) for service in report.services),
        "place": f"{report.place.lat:.6f}, {report.place.lon:.6f}" if report.place else "",
        "text": report.text,
        "contact": report.contact,
        "has_photo": report.photo_hash is not None,
        "received": moment(report.received_at),
        "made": moment(report.made_at) if report.made_at else "",
        "age": _days_words(days),
        "age_badge": _age_badge(days) if not report.state.is_closed else "",
        "reply": report.public_reply,
        "main": case.main,
        "repeated_by": case.repeated_by,
        "is_candidate": case.outcome == CANDIDATE,
        "solved_by": case.solved_by,
        "new_station": opened.new_station,
        "was_outside_hours": report.was_outside_hours,
        "assignee": name_of(opened.assignee) if opened.assignee else "",
        "assignee_id": case.assignee_id,
        "warning": _warning_words(opened),
        "steps": worded_steps(report.history),
        "may_answer": opened.may_answer,
        "follow_up": url_for("public.report_status", tracking=report.tracking),
    }


def worded_steps(steps: Iterable[StateChange]) -> list[WordedStep]:
    """Steps in the order in which they are given."""
    return [
        WordedStep(
            what=_step_words(step),
            when=moment(step.at),
            who=step.actor,
            reply=step.reply,
            reason=step.reason,
            is_internal=bool(step.action),
        )
        for step in steps
    ]


def choices_of(opened: OpenedReport) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen on the report's page: states, colleagues, edits, other reports."""
    state = opened.report.state
    return {
        "state": [(each.value, each.label(language())) for each in (state, *state.next_states)],
        "colleague": [(str(each.id), name_of(each)) for each in opened.colleagues],
        "edit": [
            (
                str(edit.number),
                " · ".join(
                    filter(
                        None,
                        (
                            gettext("Version %(number)s", number=edit.number),
                            moment(edit.at),
                            edit.actor,
                            _excerpt(edit.reason),
                        ),
                    )
                ),
            )
            for edit in opened.edits
        ],
        "main": [(each.tracking, _main_words(each)) for each in opened.possible_mains],
    }


def refusal_sentence(error: InvalidMove) -> str:
    """Why a step cannot be taken."""
    return str(_REFUSALS.get(error.code, _REFUSALS["no_such_step"]))


def name_of(account: Account) -> str:
    """What people call a colleague."""
    return account.display_name or account.name


def _marks(row: ReportRow) -> list[str]:
    marks = []
    if row.repeat_count:
        marks.append(ngettext("%(num)d repeat", "%(num)d repeats", row.repeat_count))
    if row.is_repeat:
        marks.append(gettext("repeats another"))
    if row.outcome == CANDIDATE:
        marks.append(gettext("kept for planners"))
    if row.has_photo:
        marks.append(gettext("photo"))
    if row.has_contact:
        marks.append(gettext("contact"))
    return marks


def _step_words(step: StateChange) -> str:
    if step.action == ASSIGNED and not step.detail:
        return gettext("Given to nobody")
    if step.action == ERASED:
        about = gettext(", ").join(str(_FORGOTTEN[word]) for word in step.detail.split() if word in _FORGOTTEN)
        return gettext("Forgotten on request: %(about)s", about=about)
    if step.action in _ACTIONS:
        return str(_ACTIONS[step.action]) % {"about": step.detail}
    if step.from_state is None:
        return gettext("Received")
    if step.from_state is step.to_state:
        return gettext("New reply")
    move = gettext("%(old)s → %(new)s", old=step.from_state.label(language()), new=step.to_state.label(language()))
    return gettext("%(move)s, with %(tracking)s", move=move, tracking=step.detail) if step.detail else move


def _warning_words(opened: OpenedReport) -> str:
    if opened.warning is None:
        return ""
    return ngettext(
        "%(num)d person found the door locked. Everybody sees a warning until %(time)s.",
        "%(num)d people found the door locked. Everybody sees a warning until %(time)s.",
        opened.warning.count,
        time=moment(opened.warning.until),
    )


def _main_words(report: Report) -> str:
    parts = (report.tracking, report.kind.label(language()), moment(report.received_at), _excerpt(report.text))
    return " · ".join(part for part in parts if part)


def _excerpt(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= EXCERPT_CHARS else words[: EXCERPT_CHARS - 1] + "…"


def _days(since: datetime, until: datetime) -> int:
    return max(0, (until - since).days)


def _days_words(days: int) -> str:
    return ngettext("%(num)d day", "%(num)d days", days) if days else gettext("under a day")


def _age_badge(days: int) -> str:
    return "bad" if days > _TOO_LONG_DAYS else "attention" if days > _LONG_DAYS else ""
