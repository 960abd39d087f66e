"""Demand layers: the list, and the way from a file of workers to a layer. For planners and administrators."""

from __future__ import annotations

import re
from typing import Final

from flask import abort, jsonify, make_response, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from geodata.coordinates import Crs
from geodata.demand.sheet import DemandReading
from geodata.errors import InvalidValue, UnreadableFile
from geodata.stations.vocabulary import WorkerGroup
from mapapp.planner import demand_words as words
from mapapp.planner.demand_pages import (
    SentChoices,
    check_page,
    file_page,
    gone_page,
    layer_page,
    list_page,
    sentence_of,
)
from mapapp.planner.routes import planner
from mapapp.planner.speech import gettext
from mapapp.planner.typed_numbers import typed_number
from mapapp.services.demand.choosing import ChosenSince, choose_layers
from mapapp.services.demand.files import UnknownDemandFile, demand_file, known_meanings
from mapapp.services.demand.layers import LayerInUse, UnknownLayer, delete_layer, layer_of
from mapapp.services.demand.steering import DEMAND_JOBS, CheckClosed, LayerDraft, ask_check, ask_save
from mapapp.services.exporting.kept_files import kept_file
from mapapp.services.importing.uploads import keep_upload
from mapapp.services.jobs import desk
from mapapp.services.jobs.kinds import DEMAND_CHECK
from mapapp.services.rights import Right
from mapapp.store import Job, JobState, UnknownJob
from mapapp.web import services
from mapapp.web.csrf import csrf_token
from mapapp.web.signed_in import signed_in

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_COLUMN_FIELD: Final = re.compile(r"column-(\d{1,3})", re.ASCII)


@planner.get("/demand")
def demand_layers() -> Response:
    """Every layer, and which of them counts whom."""
    return list_page()


@planner.post("/demand/choices")
def choose_demand() -> Response:
    """Set which layer counts each group whose choice was changed."""
    sent = SentChoices(_by_group("layer"), _by_group("shown"))
    try:
        choose_layers(services().store, signed_in().actor, sent.typed, services().now(), sent.shown)
    except InvalidValue:
        return list_page(gettext("One of the layers is not there any more. Choose again."), 409, sent)
    except ChosenSince:
        problem = gettext(
            "Somebody else chose another layer meanwhile. Look at what is chosen now and what you chose, then send it "
            "again; nothing was saved."
        )
        return list_page(problem, 409, sent)
    return redirect(url_for("planner.demand_layers", done="chosen"), 303)


def _by_group(name: str) -> dict[WorkerGroup, str]:
    return {group: request.form[f"{name}-{group}"] for group in WorkerGroup if f"{name}-{group}" in request.form}


@planner.post("/demand/files")
def send_demand() -> Response:
    """Take a file in; its columns are next."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return list_page(gettext("Choose a file."), 400)
    parts, actor = services(), signed_in().actor
    try:
        upload = keep_upload(
            parts.store, parts.settings, actor, sent.filename, sent.stream, parts.now(), right=Right.RUN_ANALYSES
        )
    except UnreadableFile as error:
        return list_page(sentence_of(error), 400)
    return redirect(url_for("planner.demand_file", token=upload.token), 303)


@planner.get("/demand/files/<token>", endpoint="demand_file")
def show_demand_file(token: str) -> Response:
    """What the file's columns hold, and which system of coordinates it is in."""
    return file_page(token, sheet=request.args.get("sheet"))


@planner.post("/demand/files/<token>")
def read_demand_file(token: str) -> Response:
    """Look again with these columns, or ask what the file would make."""
    form = request.form
    sheet = form.get("sheet") or None
    said = {int(match[1]): form[name] for name in form if (match := _COLUMN_FIELD.fullmatch(name)) is not None}
    chosen = known_meanings(said)
    typed = {
        name: form.get(name, "").strip() for name in ("crs", "only_group", "orders_per_worker_hour", "hours_a_week")
    }
    if form.get("step") != "check":
        return file_page(token, sheet=sheet, chosen=chosen, typed=typed)
    problems = {
        name: gettext("A number above 0, please.")
        for name in ("orders_per_worker_hour", "hours_a_week")
        if typed[name] and _number(typed[name]) is None
    }
    try:
        reading = DemandReading(
            columns=chosen,
            crs=next((crs for crs in Crs if crs.value == typed["crs"]), None),
            sheet=sheet,
            only_group=next((group for group in WorkerGroup if group.value == typed["only_group"]), None),
            orders_per_worker_hour=_number(typed["orders_per_worker_hour"]),
            hours_a_week=_number(typed["hours_a_week"]),
        )
    except InvalidValue as error:
        reading = None
        problems.setdefault(str(error.field), _reading_problem(error))
    if problems or reading is None:
        return file_page(token, sheet=sheet, chosen=chosen, typed=typed, problems=problems)
    parts, actor = services(), signed_in().actor
    try:
        upload, _path = demand_file(parts.store, parts.settings, actor, token)
    except UnknownDemandFile:
        return gone_page()
    job = ask_check(parts.store, actor, upload, reading, parts.now())
    return redirect(url_for("planner.demand_job", job_id=job.id), 303)


@planner.get("/demand/jobs/<int:job_id>")
def demand_job(job_id: int) -> Response:
    """A check or a saving: how far it is, or what came of it."""
    job = _job(job_id)
    if job.state is JobState.DONE:
        if job.kind == DEMAND_CHECK:
            return check_page(job)
        return redirect(url_for("planner.demand_layer", name=(job.result or {}).get("layer", ""), done="saved"), 303)
    page_data = {
        "urls": {"progress": url_for("planner.demand_progress", job_id=job.id)},
        "csrf": csrf_token(),
        "messages": {"percent": gettext("%(phase)s: %(percent)s %% (%(done)s of %(total)s)")},
    }
    page = render_template(
        "planner/demand_progress.html",
        job=job,
        title=words.KIND_NAMES[job.kind],
        progress=words.progress_document(job),
        error=getattr(job.error, words.language()) if job.error else "",
        is_waiting=not job.state.is_ended,
        again_url=_again_url(job),
        page_data=page_data,
    )
    return make_response(page)


@planner.get("/demand/jobs/<int:job_id>/refused.xlsx")
def refused_demand_rows(job_id: int) -> Response:
    """The rows that a check left out, with the reasons, to be put right and sent in again."""
    job = _job(job_id)
    path = kept_file(services().settings, job)
    if job.kind != DEMAND_CHECK or path is None:
        return redirect(url_for("planner.demand_job", job_id=job_id), 303)
    name = f"refused-rows-{job_id}.xlsx"
    return send_file(path, _XLSX, as_attachment=True, download_name=name, conditional=False, etag=False)


@planner.get("/demand/jobs/<int:job_id>/progress")
def demand_progress(job_id: int) -> Response:
    """How far a job is, for the page that waits."""
    return make_response(jsonify(words.progress_document(_job(job_id))))


@planner.post("/demand/jobs/<int:job_id>/cancel")
def cancel_demand(job_id: int) -> Response:
    """Ask for the job to end."""
    _job(job_id)
    desk.cancel(services().store, signed_in().actor, job_id, services().now())
    return redirect(url_for("planner.demand_job", job_id=job_id), 303)


@planner.post("/demand/jobs/<int:job_id>/save")
def save_demand(job_id: int) -> Response:
    """Have the checked file become a layer."""
    job, form = _job(job_id), request.form
    draft = LayerDraft(
        title=form.get("title", ""),
        source=form.get("source", ""),
        source_date=form.get("source_date", ""),
        groups=frozenset(form.getlist("groups")),
    )
    if draft.problems and job.kind == DEMAND_CHECK and job.state is JobState.DONE:
        return check_page(job, draft, 400)
    try:
        saving = ask_save(services().store, signed_in().actor, job_id, draft, services().now())
    except (CheckClosed, ValueError):
        return list_page(gettext("This was saved already, or is not ready. Nothing was changed by this."), 409)
    return redirect(url_for("planner.demand_job", job_id=saving.id), 303)


@planner.get("/demand/layers/<name>")
def demand_layer(name: str) -> Response:
    """A layer: where it is from, whom it counts, when they are out."""
    try:
        return layer_page(*layer_of(services().store, signed_in().actor, name))
    except UnknownLayer:
        abort(404)


@planner.post("/demand/layers/<name>/delete")
def delete_demand(name: str) -> Response:
    """Delete a layer that counts for nobody."""
    parts, actor = services(), signed_in().actor
    try:
        delete_layer(parts.store, actor, name, parts.now())
    except UnknownLayer:
        abort(404)
    except LayerInUse as refusal:
        problem = gettext("The layer is in use. Choose another one for its groups first.")
        if refusal.by_plans:
            problem = gettext("Kept answers or scenarios were computed from this layer. Delete those first.")
        return layer_page(*layer_of(parts.store, actor, name), problem, 409)
    return redirect(url_for("planner.demand_layers", done="deleted"), 303)


def _job(job_id: int) -> Job:
    try:
        job = desk.job_of(services().store, signed_in().actor, job_id)
    except UnknownJob:
        abort(404)
    return job if job.kind in DEMAND_JOBS else abort(404)


def _again_url(job: Job) -> str:
    """Where to begin again: with the file's columns where the check came to nothing, else with the check."""
    if job.kind == DEMAND_CHECK:
        return url_for("planner.demand_file", token=str(job.parameters.get("upload")))
    return url_for("planner.demand_job", job_id=int(job.parameters["check"]))


def _number(text: str) -> float | None:
    """The number typed, or None when there is none."""
    return typed_number(text, decimals=4, below=10_000)


def _reading_problem(error: InvalidValue) -> str:
    if error.code == "columns_clash":
        return gettext("Two columns are said to hold the same. Only one can.")
    return gettext("A number above 0, please.")
