"""Importing a list of stations: file, columns and coordinates, what it would change, saving, taking back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from flask import abort, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geodata.coordinates import Crs
from geodata.errors import UnreadableFile
from geodata.files.reading_choice import ColumnsClash, ReadingChoice
from mapapp.services.exporting.jobs import ask_corrected_sheet
from mapapp.services.importing import steering
from mapapp.services.importing.columns import UnknownUpload, look_at, upload_of
from mapapp.services.importing.corrected_sheet import corrected_sheet
from mapapp.services.importing.memory import remember
from mapapp.services.importing.plan_rows import Topic
from mapapp.services.importing.uploads import keep_upload
from mapapp.services.jobs import desk
from mapapp.services.jobs.kinds import IMPORT_PLAN
from mapapp.staff import import_view as view
from mapapp.staff.blueprint import staff
from mapapp.staff.import_pages import (
    AS_FILE,
    again_url,
    closed_page,
    done_page,
    file_page,
    gone_page,
    is_large,
    page_data,
    plan_page,
    saving_words,
    sentence_of,
    shown_topic,
    start_page,
)
from mapapp.staff.lists import PAGE_ROWS, offset_of, page_number
from mapapp.staff.speech import gettext
from mapapp.staff.station_pages import typed_reason
from mapapp.store import Job, JobState, UnknownJob
from mapapp.web import services
from mapapp.web.problems import too_many_jobs_words
from mapapp.web.signed_in import signed_in

_ROW_FIELD: Final = re.compile(r"row-(\d{1,7})")
_COLUMN_FIELD: Final = re.compile(r"column-(\d{1,3})")
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@staff.get("/imports", endpoint="imports")
def list_imports() -> Response:
    """One's own imports, and the form that begins one."""
    return start_page()


@staff.post("/imports")
def send_import() -> Response:
    """Take a file in; its columns are next."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return start_page(gettext("Choose a file."), 400)
    parts = services()
    try:
        upload = keep_upload(parts.store, parts.settings, signed_in().actor, sent.filename, sent.stream, parts.now())
    except UnreadableFile as error:
        return start_page(sentence_of(error), 400)
    return redirect(url_for("staff.import_file", token=upload.token), 303)


@staff.get("/imports/files/<token>")
def import_file(token: str) -> Response:
    """What the file's columns hold and which system of coordinates it is in, as far as can be said."""
    return file_page(token, sheet=request.args.get("sheet"))


@staff.post("/imports/files/<token>")
def read_import_file(token: str) -> Response:
    """Look again with these columns, or ask for the plan."""
    form = request.form
    sheet = form.get("sheet") or None
    chosen = {int(match[1]): form[name] for name in form if (match := _COLUMN_FIELD.fullmatch(name)) is not None}
    crs_code = form.get("crs", "")
    if form.get("step") != "plan":
        return file_page(token, sheet=sheet, chosen=chosen, crs_code=crs_code)
    crs = next((crs for crs in Crs if crs.value == crs_code), None)
    return _ask_plan(token, sheet, chosen, crs_code, crs)


@staff.get("/imports/<int:job_id>")
def import_job(job_id: int) -> Response:
    """A check, an import or its taking back: how far it is, or what came of it."""
    job = _job(job_id)
    if not job.state.is_ended or job.state in {JobState.FAILED, JobState.CANCELLED}:
        return make_response(
            render_template(
                "staff/import_progress.html",
                job=job,
                title=view.KIND_NAMES[job.kind],
                progress=view.progress_document(job),
                error=getattr(job.error, view.language()) if job.error else "",
                is_waiting=not job.state.is_ended,
                again_url=again_url(job),
                page_data=page_data(url_for("staff.import_progress", job_id=job.id)),
            )
        )
    return plan_page(job) if job.kind == IMPORT_PLAN else done_page(job)


@staff.get("/imports/<int:job_id>/progress")
def import_progress(job_id: int) -> Response:
    """How far a job is, for the page that waits."""
    return make_response(jsonify(view.progress_document(_job(job_id))))


@staff.post("/imports/<int:job_id>/cancel")
def cancel_import(job_id: int) -> Response:
    """Ask for the job to end."""
    _job(job_id)
    desk.cancel(services().store, signed_in().actor, job_id, services().now())
    return redirect(url_for("staff.import_job", job_id=job_id), 303)


@staff.post("/imports/<int:job_id>/choices")
def choose_import_rows(job_id: int) -> Response:
    """Keep what was chosen on one page of a plan."""
    job = _job(job_id)
    show, page = shown_topic(job, request.form.get("show", "")), page_number(request.form.get("page", ""))
    said = {int(match[1]): text for name, text in request.form.items() if (match := _ROW_FIELD.fullmatch(name))}
    store, actor = services().store, signed_in().actor
    rows = desk.results_of(store, actor, job_id, topics=(show,), offset=offset_of(page), limit=PAGE_ROWS)
    try:
        steering.choose(store, actor, job_id, rows.rows, said, services().now())
    except steering.PlanClosed:
        return closed_page()
    if request.accept_mimetypes.best == "application/json":
        taken = steering.taken(rows.counts, steering.choices_of(store, actor, job_id))
        return make_response(jsonify(kept=gettext("Kept."), saving=saving_words(taken)))
    next_page = page + 1 if request.form.get("step") == "next" else page
    return redirect(url_for("staff.import_job", job_id=job_id, show=show, page=next_page, kept=1), 303)


@staff.post("/imports/<int:job_id>/choices/duplicates")
def choose_all_duplicates(job_id: int) -> Response:
    """Keep one choice for all probable duplicates."""
    _job(job_id)
    what = request.form.get("all", "")
    try:
        steering.choose_for_all_duplicates(services().store, signed_in().actor, job_id, what, services().now())
    except steering.PlanClosed:
        return closed_page()
    target = url_for("staff.import_job", job_id=job_id, show=Topic.DUPLICATE.value, kept=1, _anchor="rows")
    return redirect(target, 303)


@staff.post("/imports/<int:job_id>/commit")
def commit_import(job_id: int) -> Response:
    """Have the plan carried out as chosen."""
    plan = _job(job_id)
    try:
        commit = steering.ask_commit(services().store, signed_in().actor, job_id, typed_reason(), services().now())
    except steering.PlanClosed:
        return closed_page()
    except desk.TooManyJobs as error:
        return plan_page(plan, too_many_jobs_words(error), 429)
    return redirect(url_for("staff.import_job", job_id=commit.id), 303)


@staff.post("/imports/<int:job_id>/undo")
def undo_import(job_id: int) -> Response:
    """Have all that an import saved taken back."""
    commit = _job(job_id)
    try:
        undo = steering.ask_undo(services().store, signed_in().actor, job_id, typed_reason(), services().now())
    except steering.PlanClosed:
        return closed_page()
    except desk.TooManyJobs as error:
        return done_page(commit, too_many_jobs_words(error), 429)
    return redirect(url_for("staff.import_job", job_id=undo.id), 303)


@staff.get("/imports/<int:job_id>/refused.xlsx")
def refused_rows(job_id: int) -> Response:
    """The rows the plan refuses, with the reasons, to be put right and sent in again."""
    job = _done_plan(job_id)
    if job.result is None or is_large(job):
        return redirect(url_for("staff.import_job", job_id=job_id, show=Topic.ERROR.value), 303)
    parts = services()
    with parts.store.reading() as reader:
        problems = reader.jobs.results(job_id, topics=(Topic.ERROR,))
    try:
        _upload, path = upload_of(parts.store, parts.settings, signed_in().actor, str(job.parameters["upload"]))
        choice = ReadingChoice.of(job.parameters.get("reading"))
        content = corrected_sheet(path, choice, Crs(job.result["crs"]["used"]), problems, view.language())
    except (UnknownUpload, UnreadableFile):
        return gone_page()
    answer = make_response(content)
    answer.content_type = _XLSX
    answer.headers["Content-Disposition"] = f'attachment; filename="refused-rows-{job_id}.xlsx"'
    return answer


@staff.post("/imports/<int:job_id>/refused")
def order_refused_rows(job_id: int) -> Response:
    """Have the worker make that workbook: of a large file it takes seconds."""
    plan, parts = _done_plan(job_id), services()
    try:
        job = ask_corrected_sheet(parts.store, signed_in().actor, plan.id, view.language(), parts.now())
    except desk.TooManyJobs as error:
        return plan_page(plan, too_many_jobs_words(error), 429)
    return redirect(url_for("staff.export_job", job_id=job.id), 303)


def _done_plan(job_id: int) -> Job:
    job = _job(job_id)
    return job if job.kind == IMPORT_PLAN and job.state is JobState.DONE else abort(404)


def _job(job_id: int) -> Job:
    try:
        job = desk.job_of(services().store, signed_in().actor, job_id)
    except UnknownJob:
        abort(404)
    return job if job.kind in steering.IMPORT_JOBS else abort(404)


def _ask_plan(token: str, sheet: str | None, chosen: Mapping[int, str], crs_code: str, crs: Crs | None) -> Response:
    parts, actor = services(), signed_in().actor
    if crs is None and crs_code != AS_FILE:
        problem = gettext("Choose the coordinate system.")
        return file_page(token, sheet=sheet, chosen=chosen, crs_code=crs_code, problem=problem, problem_at="crs")
    try:
        upload, path = upload_of(parts.store, parts.settings, actor, token)
        look = look_at(parts.store, path, parts.place, (), parts.now().date(), sheet=sheet, chosen=chosen)
    except UnknownUpload:
        return gone_page()
    except (ColumnsClash, UnreadableFile):
        return file_page(token, sheet=sheet, chosen=chosen, crs_code=crs_code)
    if not look.has_name:
        problem = gettext("Say which column holds the stations' names.")
        return file_page(token, sheet=sheet, chosen=chosen, crs_code=crs_code, problem=problem, problem_at="columns")
    columns = {column.index: column.held for column in look.columns}
    choice = ReadingChoice(look.sheet or None, columns)
    try:
        job = steering.ask_plan(parts.store, actor, upload, crs, choice, parts.now())
    except desk.TooManyJobs as error:
        problem = too_many_jobs_words(error)
        return file_page(token, sheet=sheet, chosen=chosen, crs_code=crs_code, problem=problem, status=429)
    remember(parts.store, actor, look.headings, columns, crs, parts.now())
    return redirect(url_for("staff.import_job", job_id=job.id), 303)
