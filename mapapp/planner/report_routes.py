"""What a planner takes home of a run or of two: the page that offers the files, the files, and the method."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

from flask import abort, jsonify, make_response, redirect, render_template, request, send_file, url_for
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from geodata.errors import InvalidValue
from mapapp.planner.demand_words import progress_document
from mapapp.planner.routes import planner
from mapapp.planner.speech import gettext
from mapapp.services.jobs import desk
from mapapp.services.jobs.desk import TooManyJobs
from mapapp.services.jobs.kinds import MAKE_PLANNING_REPORT
from mapapp.services.planning_report.files import (
    NotReady,
    ReportFormat,
    ReportHead,
    Subject,
    format_of,
    report_file,
    report_head,
    report_of,
)
from mapapp.services.planning_report.job import ask_report, made_report
from mapapp.services.planning_report.page import AssetsMissing
from mapapp.store import Job, JobState, UnknownJob, UnknownRun, UnknownScenario
from mapapp.web import services
from mapapp.web.csrf import csrf_token
from mapapp.web.language import current_language
from mapapp.web.lists import whole_number
from mapapp.web.signed_in import signed_in

FORMAT_NAMES: Final = {
    ReportFormat.HTML: (
        lazy_gettext("Report for a browser (HTML)"),
        lazy_gettext("One file that needs no network: the map can be moved, and it prints on A4."),
    ),
    ReportFormat.PDF: (lazy_gettext("Report to print (PDF)"), lazy_gettext("A4, with the map and charts as pictures.")),
    ReportFormat.XLSX: (
        lazy_gettext("Workbook (XLSX)"),
        lazy_gettext("Every table on a sheet of its own; the first sheet says what was asked."),
    ),
    ReportFormat.GEOPACKAGE: (
        lazy_gettext("Layers for a GIS (GeoPackage)"),
        lazy_gettext("Cells, gaps, stations and proposed sites in WGS-84 (EPSG:4326)."),
    ),
    ReportFormat.GEOJSON: (
        lazy_gettext("Layers for a GIS (GeoJSON)"),
        lazy_gettext("The same layers, a file each, in one archive."),
    ),
    ReportFormat.PICTURES: (
        lazy_gettext("Pictures (PNG)"),
        lazy_gettext("The map and each chart, without a background map, in one archive."),
    ),
}

PHASE_NAMES: Final = {
    "reading": lazy_gettext("Reading the analysis"),
    "writing": lazy_gettext("Writing the file"),
    "keeping": lazy_gettext("Keeping the result"),
}


@planner.get("/method")
def method() -> str:
    """How coverage and proposals are computed."""
    return render_template("planner/method.html")


@planner.get("/report")
def report() -> Response:
    """The files that a run, or a run and a later one, can be had as."""
    return _page()


@planner.get("/report/file")
def report_now() -> Response:
    """A file that is written at once; what takes longer is asked for on the page."""
    head, kind, parts = _head(), _format(request.args.get("format", "")), services()
    if not head.is_quick(kind):
        return redirect(url_for("planner.report", **_asked()), 303)
    try:
        whole = report_of(parts.planning, parts.store, parts.place, signed_in().actor, _subject(), _language())
        file = report_file(whole, kind, parts.place, parts.settings)
    except AssetsMissing:
        return _page(gettext("The pages' own files are not built on this server, so this cannot be written."), 503)
    return send_file(BytesIO(file.content), file.mime_type, as_attachment=True, download_name=file.name)


@planner.post("/report")
def order_report() -> Response:
    """Have the worker write a file."""
    _head()
    kind, parts = _format(request.form.get("format", "")), services()
    try:
        job = ask_report(parts.store, signed_in().actor, _subject(), kind, _language(), parts.now())
    except TooManyJobs:
        return _page(gettext("So many of your jobs are waiting that no more are taken. Try again later."), 429)
    return redirect(url_for("planner.report_job", job_id=job.id), 303)


@planner.get("/report/jobs/<int:job_id>")
def report_job(job_id: int) -> Response:
    """How far a file is, or where to fetch it."""
    job = _job(job_id)
    made = made_report(services().settings, signed_in().actor, job) if job.state is JobState.DONE else None
    subject = Subject.of(job.parameters)
    page_data = {
        "urls": {"progress": url_for("planner.report_progress", job_id=job.id)},
        "csrf": csrf_token(),
        "messages": {"percent": gettext("%(phase)s: %(percent)s %% (%(done)s of %(total)s)")},
    }
    page = render_template(
        "planner/report_job.html",
        job=job,
        name=FORMAT_NAMES[_format(str(job.parameters.get("format")))][0],
        progress=_progress(job),
        is_made=made is not None,
        is_waiting=not job.state.is_ended,
        is_done=job.state is JobState.DONE,
        size_kb=round(made.stat().st_size / 1024) if made is not None else 0,
        error=getattr(job.error, _language()) if job.error else "",
        back_url=url_for("planner.report", **subject.document()),
        page_data=page_data,
    )
    return make_response(page)


@planner.get("/report/jobs/<int:job_id>/progress")
def report_progress(job_id: int) -> Response:
    """How far it is, for the page that waits."""
    return make_response(jsonify(_progress(_job(job_id))))


@planner.post("/report/jobs/<int:job_id>/cancel")
def cancel_report(job_id: int) -> Response:
    """Ask for the work to end."""
    job = _job(job_id)
    desk.cancel(services().store, signed_in().actor, job.id, services().now())
    return redirect(url_for("planner.report_job", job_id=job.id), 303)


@planner.get("/report/jobs/<int:job_id>/file")
def made_report_file(job_id: int) -> Response:
    """The file a job made."""
    job = _job(job_id)
    path = made_report(services().settings, signed_in().actor, job)
    if path is None:
        return redirect(url_for("planner.report_job", job_id=job.id), 303)
    kind = _format(str(job.parameters.get("format")))
    name = str((job.result or {}).get("name", f"report.{kind.ending}"))
    return send_file(path, kind.mime_type, as_attachment=True, download_name=name, conditional=False, etag=False)


def _progress(job: Job) -> dict[str, Any]:
    """How far a job is, in words of its own."""
    said = progress_document(job)
    return {**said, "phase": str(PHASE_NAMES.get(job.progress.phase, said["phase"]))}


def _page(problem: str = "", status: int = 200) -> Response:
    head = _head()
    kinds = [(kind.value, *FORMAT_NAMES[kind], head.is_quick(kind)) for kind in ReportFormat]
    page = render_template("planner/report.html", report=head, kinds=kinds, asked=_asked(), problem=problem)
    return make_response(page, status)


def _language() -> str:
    return "en" if current_language() == "en" else "zh"


def _head() -> ReportHead:
    """What the request is about; 404 where there is no such run, 409 where it is not computed yet."""
    parts = services()
    try:
        return report_head(parts.planning, parts.store, parts.place, signed_in().actor, _subject(), _language())
    except (UnknownRun, UnknownScenario):
        abort(404)
    except NotReady:
        abort(409)


def _subject() -> Subject:
    said = {name: request.values[name] for name in ("run", "scenario", "after") if name in request.values}
    try:
        return Subject.of({name: whole_number(text) for name, text in said.items() if text or name != "after"})
    except ValueError:
        abort(404)


def _asked() -> dict[str, Any]:
    return _subject().document()


def _format(text: str) -> ReportFormat:
    try:
        return format_of(text)
    except InvalidValue:
        abort(404)


def _job(job_id: int) -> Job:
    try:
        job = desk.job_of(services().store, signed_in().actor, job_id)
    except UnknownJob:
        abort(404)
    return job if job.kind == MAKE_PLANNING_REPORT else abort(404)
