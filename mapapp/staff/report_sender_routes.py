"""What is held of a report's sender: handed out, or forgotten, because they ask for it."""

from __future__ import annotations

from dataclasses import replace

from flask import request
from werkzeug.wrappers import Response

from mapapp.services.reports.answering import StaleReport
from mapapp.services.reports.erasing import erase_person, personal_file
from mapapp.staff.blueprint import staff
from mapapp.staff.report_routes import back_to, opened_report, refused_step, report_page, stored_form, version_seen
from mapapp.staff.speech import gettext
from mapapp.store import StoreBusy
from mapapp.web import services
from mapapp.web.bodies import body_response
from mapapp.web.signed_in import signed_in


@staff.get("/reports/<tracking>/sender", endpoint="report_sender")
def person(tracking: str) -> Response:
    """A ZIP file of everything that is held of the sender."""
    opened, parts = opened_report(tracking), services()
    content = personal_file(parts.store, parts.settings, tracking, signed_in().actor)
    response = body_response(content, "application/zip", cache_control="no-store", with_etag=False)
    response.headers["Content-Disposition"] = f'attachment; filename="report-{opened.report.tracking}.zip"'
    return response


@staff.post("/reports/<tracking>/erase", endpoint="erase_report_sender")
def erase(tracking: str) -> Response:
    """Forget contact, photo and sender; with ``words`` also what was written."""
    opened, parts = opened_report(tracking), services()
    if not request.form.get("sure"):
        problem = {"erase": gettext("Tick this to show that the sender has asked for it.")}
        return report_page(opened, replace(stored_form(opened), problems=problem), status=400)
    try:
        erase_person(
            parts.store,
            parts.settings,
            tracking,
            signed_in().actor,
            parts.now(),
            words=bool(request.form.get("words")),
            expected_version=version_seen(),
        )
    except (StaleReport, StoreBusy) as error:
        return refused_step(tracking, stored_form(opened), error, "erase")
    return back_to(tracking, "erased")
