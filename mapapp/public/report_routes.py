"""The addresses of reports from the public: the form, what is sent, and the page that follows one up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from flask import abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from geodata.errors import InvalidReport
from geodata.reports.report import ReportDraft
from geodata.reports.vocabulary import ReportKind
from mapapp.public.blueprint import public
from mapapp.public.browser_page import language, page_data
from mapapp.public.phrases import phrase
from mapapp.public.report_answers import accepted, is_answered_as_json, problem, refused
from mapapp.public.report_form import HONEYPOT, ReportForm, empty_report, known_kind, new_key, read_report, with_key
from mapapp.public.report_view import CHOICES, form_view, kind_labels, station_header, tracking_view
from mapapp.services.reports.desk import Sender, TooManyReports, UnknownStation
from mapapp.store import FilesUnkept, StoreBusy
from mapapp.web import services
from mapapp.web.bodies import NEVER_STORE
from mapapp.web.device import device_of_request
from mapapp.web.kept_pages import answer_key
from mapapp.web.problems import RequestProblem
from mapapp.web.same_origin import require_same_origin

MAX_REPORT_BYTES: Final = 9 * 1024 * 1024
"""A photo of 8 MB and what stands around it; every other address reads far less."""
MAX_TYPED_BYTES: Final = 256 * 1024
"""What is typed, and the 64 kB by which werkzeug reads a photo."""
FORM_CACHE_CONTROL: Final = "private, no-cache"
"""A new form, with a key of its own, each time it is opened; on Back the same one."""
_SUBJECTS: Final = ("states", "reports", "outbox", "offline")


@public.app_context_processor
def offer_report_key() -> dict[str, object]:
    """What a form for a report needs on any page: a key of this answer alone, also where the page is kept."""
    return {"report_key": answer_key}


@public.get("/stations/<code>/report")
def report_form(code: str) -> Response:
    """The form about one station; ``?kind=`` is the answer to its first question."""
    if code not in services().snapshot.by_code:
        abort(404)
    kind = known_kind(request.args.get("kind", ""))
    return _fresh_form(empty_report(kind if kind in CHOICES else None, code, new_key()))


@public.get("/suggest")
def suggest() -> Response:
    """The form for a site where a station is needed."""
    return _fresh_form(empty_report(ReportKind.SUGGEST_SITE, "", new_key()))


@public.get("/offline/report")
def report_shell() -> str:
    """Both forms without their station, to be filled in by the script when the network is away."""
    empty = empty_report(None, "", "")
    suggestion = empty_report(ReportKind.SUGGEST_SITE, "", "")
    return render_template(
        "public/report_shell.html",
        form=empty,
        view=form_view(empty, None, language()),
        suggestion=suggestion,
        suggestion_view=form_view(suggestion, None, language()),
        page_data=_data_of_page(),
    )


@public.post("/reports")
def send_report() -> Response:
    """Take a report in: a form's answer is a redirect to its page, a script's is JSON."""
    parts = services()
    try:
        require_same_origin(parts.settings.public_url)
        request.max_content_length = MAX_REPORT_BYTES
        request.max_form_memory_size = MAX_TYPED_BYTES
        form = read_report(request.form, request.files.get("photo"), parts.place.bbox)
        is_from_a_program = bool(request.form.get(HONEYPOT))
    except RequestProblem as error:
        return problem(error.status, error.detail, code=error.code)
    except RequestEntityTooLarge:
        return problem(413, phrase("report_problem_photo_too_large"), problems={"photo": "too_large"})
    if is_from_a_program:
        return _pretended_thanks()
    return _submitted(form, form.draft) if form.draft else refused(400, form, _form_page)


@public.get("/reports")
def report_lookup() -> Response:
    """Where a tracking code is typed in, and where this phone's own reports are listed."""
    typed = request.args.get("code", "")
    if typed.strip():
        return redirect(url_for("public.report_status", tracking=typed.strip()[:40]), 303)
    return make_response(_lookup_page(""))


@public.get("/reports/<tracking>")
def report_status(tracking: str) -> Response:
    """A report and what has become of it, for whoever has its code."""
    parts = services()
    report = parts.reports.find(tracking)
    if report is None:
        answer = make_response(_lookup_page(tracking), 404)
    else:
        station = parts.snapshot.by_code.get(report.station_code or "")
        view = tracking_view(report, station, parts.place.timezone, language())
        answer = make_response(
            render_template(
                "public/tracking.html", view=view, sent=request.args.get("sent", ""), page_data=_data_of_page()
            )
        )
    answer.headers["Cache-Control"] = NEVER_STORE
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _submitted(form: ReportForm, draft: ReportDraft) -> Response:
    """The answer to a report without faults."""
    parts = services()
    sender = Sender(device_of_request(parts.secret), request.remote_addr or "", request.user_agent.string)
    try:
        return accepted(parts.reports.submit(draft, sender, parts.now()), parts.secret)
    except InvalidReport as error:
        usable = form if "key" not in error.problems else with_key(form, new_key())
        return refused(400, replace(usable, problems=error.problems), _form_page)
    except UnknownStation:
        return refused(404, replace(form, problems={"station": "unknown"}), _form_page)
    except TooManyReports as error:
        minutes = max(1, -(-error.retry_after_s // 60))
        return refused(
            429,
            form,
            _form_page,
            detail=phrase("report_too_many", count=minutes),
            code="too_many_reports",
            retry_after_s=error.retry_after_s,
        )
    except FilesUnkept as error:
        detail = phrase("report_photo_unkept")
        return refused(503, form, _form_page, detail=detail, code="unkept", retry_after_s=error.retry_after_s)
    except StoreBusy as error:
        return refused(503, form, _form_page, detail=phrase("report_busy"), retry_after_s=error.retry_after_s)


def _fresh_form(form: ReportForm) -> Response:
    answer = make_response(_form_page(form))
    answer.headers["Cache-Control"] = FORM_CACHE_CONTROL
    return answer


def _form_page(form: ReportForm, detail: str = "") -> str:
    """The form with what was typed; ``detail`` says what went wrong as a whole."""
    parts = services()
    station = parts.snapshot.by_code.get(form.typed["station"])
    header = None
    if station is not None:
        header = station_header(parts.snapshot, station, parts.now(), parts.settings, language())
    template = "public/suggest.html" if form.kind is ReportKind.SUGGEST_SITE else "public/report.html"
    return render_template(
        template,
        form=form,
        view=form_view(form, station, language()),
        station=header,
        detail=detail,
        page_data=_data_of_page(),
    )


def _lookup_page(typed: str) -> str:
    return render_template("public/track.html", typed=typed, is_unknown=bool(typed), page_data=_data_of_page())


def _pretended_thanks() -> Response:
    """What a program that filled in the hidden field gets: nothing was stored, and it is not told so."""
    if is_answered_as_json():
        return Response("{}", status=202, content_type="application/json")
    return make_response(
        render_template(
            "public/track.html",
            typed="",
            is_unknown=False,
            thanks=gettext("Thank you! We have received it."),
            page_data=_data_of_page(),
        ),
        202,
    )


def _data_of_page() -> dict[str, Any]:
    data = page_data(*_SUBJECTS)
    return data | {"labels": data["labels"] | {"report_kinds": kind_labels(language())}}
