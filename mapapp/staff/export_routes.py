"""The register as a file, and the empty sheet to fill in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from flask import abort, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geodata.coordinates import Crs
from geodata.files import CRS_NAMES, FileKind
from geodata.stations.vocabulary import StationKind
from mapapp.services.exporting.files import (
    ExportQuestion,
    count_stations,
    empty_sheet,
    export_stations,
    may_export_contacts,
)
from mapapp.services.exporting.jobs import FILE_JOBS, MOST_ROWS_AT_ONCE, ask_export, mime_type_of
from mapapp.services.exporting.jobs import made_file as made_file_of
from mapapp.services.exporting.kept_files import kept_file
from mapapp.services.jobs import desk
from mapapp.services.jobs.kinds import MAKE_EXPORT
from mapapp.services.rights import Forbidden
from mapapp.staff.blueprint import staff
from mapapp.staff.import_pages import page_data
from mapapp.staff.import_view import CRS_HINTS, progress_document
from mapapp.staff.speech import gettext
from mapapp.store import Job, UnknownJob
from mapapp.web import services
from mapapp.web.language import current_language
from mapapp.web.problems import too_many_jobs_words
from mapapp.web.signed_in import signed_in

_FORMATS: Final = (
    (FileKind.XLSX, "Excel (.xlsx)"),
    (FileKind.CSV, "CSV (UTF-8)"),
    (FileKind.GEOJSON, "GeoJSON"),
    (FileKind.GEOPACKAGE, "GeoPackage (.gpkg)"),
)
_ASKED: Final = ("format", "crs", "district", "kind", "contacts")
_PIECE_BYTES: Final = 256 * 1024
_TEMPLATES: Final = (FileKind.XLSX, FileKind.CSV)


@staff.get("/exports", endpoint="exports")
def show_exports() -> Response:
    """The forms for both."""
    return make_response(_exports_page())


def _exports_page(problem: str = "") -> str:
    language = current_language()
    return render_template(
        "staff/exports.html",
        formats=[(kind.value, name) for kind, name in _FORMATS],
        template_formats=[(kind.value, name) for kind, name in _FORMATS if kind in _TEMPLATES],
        systems=[(crs.value, CRS_NAMES[crs], CRS_HINTS[crs]) for crs in Crs],
        districts=[(unit.code, unit.name(language)) for unit in services().place.units],
        kinds=[(kind.value, kind.label(language)) for kind in StationKind],
        offers_contacts=may_export_contacts(signed_in().actor),
        asked=request.values,
        is_large=bool(request.args.get("large")),
        problem=problem,
    )


@staff.get("/exports/stations")
def export_file() -> Response:
    """The stations asked for, as a file; of more than a request has time for, the form to have it made."""
    question = _question()
    if count_stations(services().store, question) > MOST_ROWS_AT_ONCE:
        asked: dict[str, Any] = {name: request.args[name] for name in _ASKED if name in request.args}
        return redirect(url_for("staff.exports", large=1, **asked), 303)
    return _written(question)


@staff.post("/exports/stations")
def order_export() -> Response:
    """The same as a form: a small file at once, a large one from the worker."""
    parts, question = services(), _question()
    if count_stations(parts.store, question) <= MOST_ROWS_AT_ONCE:
        return _written(question)
    try:
        job = ask_export(parts.store, signed_in().actor, question, parts.now())
    except Forbidden:
        abort(403)
    except desk.TooManyJobs as error:
        return make_response(_exports_page(too_many_jobs_words(error)), 429)
    return redirect(url_for("staff.export_job", job_id=job.id), 303)


@staff.get("/exports/<int:job_id>")
def export_job(job_id: int) -> str:
    """How far a file is, or where to fetch it."""
    job = _job(job_id)
    is_export = job.kind == MAKE_EXPORT
    return render_template(
        "staff/export_job.html",
        job=job,
        title=gettext("The stations as a file") if is_export else gettext("The refused rows with the reasons"),
        back_url=url_for("staff.exports") if is_export else url_for("staff.import_job", job_id=job.parameters["plan"]),
        is_export=is_export,
        is_waiting=not job.state.is_ended,
        has_file=kept_file(services().settings, job) is not None,
        error=getattr(job.error, _language()) if job.error else "",
        progress=progress_document(job),
        page_data=page_data(url_for("staff.export_progress", job_id=job.id)),
    )


@staff.get("/exports/<int:job_id>/progress")
def export_progress(job_id: int) -> Response:
    """How far a file is, for the page that waits."""
    return make_response(jsonify(progress_document(_job(job_id))))


@staff.post("/exports/<int:job_id>/cancel")
def cancel_export(job_id: int) -> Response:
    """Ask for the job to end."""
    _job(job_id)
    desk.cancel(services().store, signed_in().actor, job_id, services().now())
    return redirect(url_for("staff.export_job", job_id=job_id), 303)


@staff.get("/exports/<int:job_id>/file")
def made_file(job_id: int) -> Response:
    """The file the worker made."""
    job = _job(job_id)
    try:
        file = made_file_of(services().settings, signed_in().actor, job)
    except Forbidden:
        abort(403)
    if file is None:
        abort(404)
    name = str((job.result or {})["name"])
    answer = _download(name, mime_type_of(file), _pieces(file))
    answer.content_length = file.stat().st_size
    return answer


@staff.get("/exports/template")
def export_template() -> Response:
    """The headings, with nothing below."""
    kind = _format(request.args.get("format", ""))
    if kind not in _TEMPLATES:
        abort(404)
    file = empty_sheet(services().place, kind, _crs(request.args.get("crs", "")), _language())
    return _download(file.name, file.mime_type, file.content)


def _written(question: ExportQuestion) -> Response:
    parts = services()
    try:
        file = export_stations(parts.store, parts.place, signed_in().actor, question, parts.now())
    except Forbidden:
        abort(403)
    return _download(file.name, file.mime_type, file.content)


def _pieces(file: Path) -> Iterator[bytes]:
    """The file, a piece at a time: a country's list is 200 MB and more."""
    with file.open("rb") as stream:
        while piece := stream.read(_PIECE_BYTES):
            yield piece


def _download(name: str, mime_type: str, content: bytes | Iterator[bytes]) -> Response:
    answer = Response(content)
    answer.content_type = mime_type
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _question() -> ExportQuestion:
    asked = request.values
    districts = {unit.code for unit in services().place.units}
    return ExportQuestion(
        kind=_format(asked.get("format", "")),
        crs=_crs(asked.get("crs", "")),
        language=_language(),
        district_codes=frozenset(asked.getlist("district")) & districts,
        station_kinds=frozenset(kind for kind in StationKind if kind.value in asked.getlist("kind")),
        with_contacts=asked.get("contacts") == "1",
    )


def _job(job_id: int) -> Job:
    try:
        job = desk.job_of(services().store, signed_in().actor, job_id)
    except UnknownJob:
        abort(404)
    return job if job.kind in FILE_JOBS else abort(404)


def _format(asked: str) -> FileKind:
    return next((kind for kind in FileKind if kind.value == asked), FileKind.XLSX)


def _crs(asked: str) -> Crs:
    return next((crs for crs in Crs if crs.value == asked), Crs.WGS84)


def _language() -> str:
    return "zh" if current_language().startswith("zh") else "en"
