"""The addresses of one report: shown, answered, given to somebody, joined with another one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from flask import abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geodata.reports.tracking import read_tracking
from geodata.reports.vocabulary import ReportState
from mapapp.services.photos import photo_file
from mapapp.services.reports.answering import Answer, StaleReport, UnknownReport, end_door_warning, move_report
from mapapp.services.reports.assigning import assign_report
from mapapp.services.reports.cases import InvalidMove
from mapapp.services.reports.inbox import OpenedReport, open_report
from mapapp.services.reports.merging import merge_report, split_report
from mapapp.services.rights import Right, may
from mapapp.staff.account_words import language
from mapapp.staff.blueprint import staff
from mapapp.staff.lists import whole_number
from mapapp.staff.report_replies import ready_replies, with_ready_reply
from mapapp.staff.report_view import choices_of, refusal_sentence, worded_report, worded_steps
from mapapp.staff.speech import gettext
from mapapp.staff.station_words import busy_sentence
from mapapp.store import CANDIDATE, StoreBusy
from mapapp.web import services
from mapapp.web.bodies import body_response
from mapapp.web.signed_in import signed_in

MAX_TYPED_CHARS: Final = 2000
_DONE: Final = frozenset({"answered", "assigned", "merged", "split", "warning_ended", "no_warning", "erased"})
_FIELD_OF: Final = {
    "reply_too_long": "reply",
    "reply_control_characters": "reply",
    "reason_too_long": "reason",
    "reason_control_characters": "reason",
    "no_such_edit": "solved_by",
}
"""Where a refusal is shown; the others at the state."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the page's forms, and what is wrong with it."""

    state: str = ""
    reply: str = ""
    reason: str = ""
    solved_by: str = ""
    is_candidate: bool = False
    main: str = ""
    problems: dict[str, str] = field(default_factory=dict)
    focus: str = ""


@staff.get("/reports/<tracking>")
def report(tracking: str) -> Response:
    """One report, with all that is known of it."""
    opened = opened_report(tracking)
    return report_page(opened, stored_form(opened))


@staff.get("/reports/<tracking>/photo")
def report_photo(tracking: str) -> Response:
    """The photo that came with a report."""
    photo_hash = opened_report(tracking).report.photo_hash
    file = photo_file(services().settings, photo_hash) if photo_hash else None
    if file is None:
        abort(404)
    return body_response(file.read_bytes(), "image/jpeg", cache_control="no-store", with_etag=False)


@staff.post("/reports/<tracking>")
def answer_report(tracking: str) -> Response:
    """Put a ready sentence into the reply, or move the report on."""
    opened = opened_report(tracking)
    typed = _posted(opened)
    if request.form.get("insert"):
        reply = with_ready_reply(typed.reply, request.form.get("ready", ""), request.form["insert"])
        return report_page(opened, replace(typed, reply=reply, focus="reply"))
    state = next((each for each in ReportState if each.value == typed.state), opened.report.state)
    number = int(typed.solved_by) if typed.solved_by.isascii() and typed.solved_by.isdigit() else 0
    answer = Answer(
        to=state,
        reply=typed.reply,
        reason=typed.reason,
        solved_by=number if "solved_by" in request.form else None,
        is_candidate=typed.is_candidate if "is_site" in request.form else None,
    )
    if _says_nothing(opened, answer):
        problem = {"state": gettext("Choose another state, or write a reply or a note.")}
        return report_page(opened, replace(typed, problems=problem), status=400)
    parts = services()
    try:
        move_report(parts.store, tracking, answer, signed_in().actor, parts.now(), expected_version=version_seen())
    except (InvalidMove, StaleReport, StoreBusy) as error:
        return refused_step(tracking, typed, error)
    return back_to(tracking, "answered")


@staff.post("/reports/<tracking>/assign", endpoint="assign_report")
def give_report(tracking: str) -> Response:
    """Give the report to oneself, a colleague or nobody."""
    opened, parts, found = opened_report(tracking), services(), signed_in()
    chosen = request.form.get("colleague", "")
    if request.form.get("to") == "me":
        chosen = str(found.account.id)
    colleague = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) <= 18 else None
    try:
        assign_report(parts.store, tracking, colleague, found.actor, parts.now(), expected_version=version_seen())
    except (InvalidMove, StaleReport, StoreBusy) as error:
        return refused_step(tracking, stored_form(opened), error, "colleague")
    return back_to(tracking, "assigned")


@staff.post("/reports/<tracking>/merge", endpoint="merge_report")
def join_report(tracking: str) -> Response:
    """Let the report repeat another one, chosen or named by its tracking code; on to that one."""
    opened, parts = opened_report(tracking), services()
    typed = replace(stored_form(opened), main=request.form.get("main_code", "").strip()[:40])
    wanted = read_tracking(typed.main or request.form.get("repeats", ""))
    if wanted is None:
        problem = {"repeats": gettext("Choose the report that it repeats, or write its code.")}
        return report_page(opened, replace(typed, problems=problem), status=400)
    try:
        main = merge_report(
            parts.store, tracking, wanted, signed_in().actor, parts.now(), expected_version=version_seen()
        )
    except UnknownReport:
        problem = {"repeats": gettext("There is no report with this code.")}
        return report_page(opened, replace(typed, problems=problem), status=400)
    except (InvalidMove, StaleReport, StoreBusy) as error:
        return refused_step(tracking, typed, error, "repeats")
    return back_to(main.tracking, "merged")


@staff.post("/reports/<tracking>/split", endpoint="split_report")
def part_report(tracking: str) -> Response:
    """Let the report stand for itself again."""
    opened, parts = opened_report(tracking), services()
    try:
        split_report(parts.store, tracking, signed_in().actor, parts.now(), expected_version=version_seen())
    except (StaleReport, StoreBusy) as error:
        return refused_step(tracking, stored_form(opened), error)
    return back_to(tracking, "split")


@staff.post("/reports/<tracking>/end-warning", endpoint="end_report_warning")
def end_warning(tracking: str) -> Response:
    """End the locked-door warning of the report's station."""
    opened, parts = opened_report(tracking), services()
    reason = " ".join(request.form.get("warning_reason", "").split())[:300]
    if opened.station is None:
        abort(400)
    if not reason:
        problem = {"warning_reason": gettext("Say in a few words why.")}
        return report_page(opened, replace(stored_form(opened), problems=problem), status=400)
    try:
        stood = end_door_warning(parts.store, opened.station.code, signed_in().actor, reason, parts.now())
    except (InvalidMove, StoreBusy) as error:
        return refused_step(tracking, stored_form(opened), error, "warning_reason")
    return back_to(tracking, "warning_ended" if stood else "no_warning")


def opened_report(tracking: str) -> OpenedReport:
    """The report for whoever is signed in; not found where there is none."""
    parts = services()
    try:
        return open_report(parts.store, signed_in().actor, tracking, parts.now())
    except UnknownReport:
        abort(404)


def stored_form(opened: OpenedReport) -> Typed:
    """A form in which nothing was typed yet; the address may name the edit that was just saved."""
    numbers = {str(edit.number) for edit in opened.edits}
    asked, case = request.args.get("solved_by", ""), opened.found.case
    return Typed(
        state=opened.report.state.value,
        solved_by=asked if asked in numbers else str(case.solved_by or ""),
        is_candidate=case.outcome == CANDIDATE,
    )


def _posted(opened: OpenedReport) -> Typed:
    form = request.form
    return Typed(
        state=form.get("state", opened.report.state.value),
        reply=form.get("reply", "").replace("\r\n", "\n").strip()[:MAX_TYPED_CHARS],
        reason=form.get("reason", "").replace("\r\n", "\n").strip()[:MAX_TYPED_CHARS],
        solved_by=form.get("solved_by", "")[:9],
        is_candidate="is_candidate" in form,
    )


def _says_nothing(opened: OpenedReport, answer: Answer) -> bool:
    case = opened.found.case
    was_candidate = case.outcome == CANDIDATE
    return (
        answer.to is opened.report.state
        and not answer.reply
        and not answer.reason
        and answer.solved_by in {None, case.solved_by or 0}
        and answer.is_candidate in {None, was_candidate}
    )


def version_seen() -> int:
    """How far the report had come when the form was made."""
    return whole_number(request.form.get("version", "")) or 0


def refused_step(
    tracking: str, typed: Typed, error: InvalidMove | StaleReport | StoreBusy, at_field: str = ""
) -> Response:
    """The page as the report stands now, with all that was typed, and why nothing was saved."""
    opened = opened_report(tracking)
    if isinstance(error, StaleReport):
        return report_page(opened, typed, status=409, since=error)
    if isinstance(error, StoreBusy):
        return report_page(opened, typed, status=503, message=busy_sentence())
    name = at_field or _FIELD_OF.get(error.code, "state")
    problems = {name: refusal_sentence(error)}
    return report_page(opened, replace(typed, problems=problems), status=400)


def report_page(
    opened: OpenedReport, typed: Typed, *, status: int = 200, message: str = "", since: StaleReport | None = None
) -> Response:
    """The report's page with what stands in its forms."""
    done = request.args.get("done", "") if request.method == "GET" else ""
    page = render_template(
        "staff/report.html",
        view=worded_report(opened, services().now()),
        choices=choices_of(opened),
        typed=typed,
        ready=ready_replies(opened.report.kind, language()),
        since=worded_steps(since.since) if since else [],
        message=message,
        done=done if done in _DONE else "",
        me=signed_in().account.id,
        may_create=may(signed_in().actor, Right.CREATE_STATIONS),
        labels=_labels(),
    )
    return make_response(page, status)


def _labels() -> dict[str, str]:
    return {
        "state": gettext("New state"),
        "reply": gettext("Reply to the sender"),
        "reason": gettext("Note for staff"),
        "solved_by": gettext("The change that solved it"),
        "colleague": gettext("Who sees to it"),
        "repeats": gettext("The report it repeats"),
        "warning_reason": gettext("Why?"),
        "erase": gettext("The sender has asked for it"),
    }


def back_to(tracking: str, done: str) -> Response:
    """To the report's page, which says what was done."""
    code = read_tracking(tracking) or tracking
    return redirect(url_for("staff.report", tracking=code, done=done), 303)
