"""What helps most: the form with a plan at once, premises sent in, the long search. For planners and administrators."""

from __future__ import annotations

from typing import Any, Final

from flask import abort, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from geodata.coordinates import Crs
from geodata.errors import InvalidValue, UnreadableFile
from geodata.siting.intervention_premises import read_premises
from mapapp.planner import demand_words
from mapapp.planner import sites_words as words
from mapapp.planner.ask_pages import address
from mapapp.planner.demand_pages import sentence_of
from mapapp.planner.routes import planner
from mapapp.planner.sites_form import BUDGET, COUNT, number_text, read_sites_form
from mapapp.planner.sites_pages import labels, new_form_key, plan_view, question_pairs, read_form, sent_of, sites_page
from mapapp.planner.speech import gettext
from mapapp.services.importing.uploads import keep_upload, upload_file
from mapapp.services.jobs import desk
from mapapp.services.jobs.kinds import PLAN_INTERVENTIONS
from mapapp.services.planning.interventions import PlanRequest
from mapapp.services.planning.siting_job import ask_plan, plan_of
from mapapp.services.rights import Right
from mapapp.store import Job, JobState, UnknownJob
from mapapp.web import services
from mapapp.web.csrf import csrf_token
from mapapp.web.signed_in import signed_in

_SHOWN_PROBLEMS: Final = 20


@planner.get("/sites")
def sites() -> Response:
    """The form, with a plan at once where the address asks for one."""
    return sites_page(request.args)


@planner.post("/sites/premises")
def send_premises() -> Response:
    """Take a file of premises in; new sites are then looked for among them."""
    parts, actor = services(), signed_in().actor
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return sites_page(request.form, problems={"file": gettext("Choose a file.")}, status=400)
    crs = next((each for each in Crs if each.value == request.form.get("crs")), None)
    try:
        upload = keep_upload(
            parts.store, parts.settings, actor, sent.filename, sent.stream, parts.now(), right=Right.RUN_ANALYSES
        )
        listed = read_premises(upload_file(parts.settings, upload), parts.place, crs)
    except UnreadableFile as error:
        return sites_page(request.form, problems={"file": sentence_of(error)}, status=400)
    if not listed.premises:
        sentence = gettext("No row of the file can be used.")
        rows = gettext("; ").join(
            f"{each.line}: {each.message.zh if demand_words.language() == 'zh' else each.message.en}"
            for each in listed.problems[:_SHOWN_PROBLEMS]
        )
        return sites_page(request.form, problems={"file": f"{sentence} {rows}"}, status=400)
    form = read_form(request.form)
    pairs = [pair for pair in form.pairs(parts.place.timezone, upload=upload.token) if pair[0] != "places"]
    return redirect(address("planner.sites", [*pairs, ("places", "premises")]) + "#places", 303)


@planner.post("/sites/search")
def search_sites() -> Response:
    """Ask for the long search; whoever asks twice gets the same."""
    form = read_form(request.form)
    if form.request is None:
        return sites_page(request.form, problems=form.problems, status=400)
    job = ask_plan(services().store, signed_in().actor, form.request, services().now())
    return redirect(url_for("planner.sites_job", job_id=job.id), 303)


@planner.get("/sites/jobs/<int:job_id>")
def sites_job(job_id: int) -> Response:
    """The search: how far it is with the best so far, or the plan."""
    return job_page(_job(job_id))


@planner.get("/sites/jobs/<int:job_id>/progress")
def sites_progress(job_id: int) -> Response:
    """How far a search is, for the page that waits."""
    return make_response(jsonify(progress_document(_job(job_id))))


@planner.post("/sites/jobs/<int:job_id>/cancel")
def cancel_sites(job_id: int) -> Response:
    """Ask for the search to end; the best so far stays."""
    _job(job_id)
    desk.cancel(services().store, signed_in().actor, job_id, services().now())
    return redirect(url_for("planner.sites_job", job_id=job_id), 303)


def job_page(
    job: Job, *, typed: dict[str, str] | None = None, problems: dict[str, str] | None = None, status: int = 200
) -> Response:
    """The page of a search, with the form that keeps its plan."""
    document = plan_of(services().store, signed_in().actor, job)
    is_waiting = not job.state.is_ended
    page_data: dict[str, Any] = {
        "urls": {"progress": url_for("planner.sites_progress", job_id=job.id)},
        "csrf": csrf_token(),
        "messages": {"percent": gettext("%(phase)s: %(percent)s %% (%(done)s of %(total)s)")},
    }
    page = render_template(
        "planner/sites_plan.html",
        job=job,
        is_waiting=is_waiting,
        is_partial=job.state is not JobState.DONE,
        progress=progress_document(job),
        error=getattr(job.error, demand_words.language()) if job.error else "",
        plan=None if document is None else plan_view(document, None),
        again_url=_again_url(job),
        form_key=new_form_key((typed or {}).get("form_key", "")),
        typed=typed or {"name": "", "note": ""},
        problems=problems or {},
        labels=labels(),
        page_data=page_data,
    )
    return make_response(page, status)


def progress_document(job: Job) -> dict[str, Any]:
    """How far a search is."""
    done, total = job.progress.done_count, job.progress.total_count
    phase = job.progress.phase
    return {
        "ended": job.state.is_ended,
        "phase": str(words.PHASE_NAMES.get(phase, words.PHASE_NAMES["swap"])),
        "done": done,
        "total": total,
        "percent": round(100 * done / total) if total else None,
        "cancelling": job.cancel_asked,
    }


def _again_url(job: Job) -> str:
    """The form of a search, filled as it was."""
    try:
        asked = PlanRequest.from_document(job.parameters.get("request"))
    except InvalidValue:
        return url_for("planner.sites")
    return address("planner.sites", request_pairs(asked))


def request_pairs(asked: PlanRequest) -> list[tuple[str, str]]:
    """A request as the form's fields."""
    pairs = question_pairs(asked.question)
    pairs += [("do", kind.value) for kind in sorted(asked.kinds)]
    pairs += [("places", each.value) for each in sorted(asked.candidates)]
    pairs += [("must", key) for key in sorted(asked.required)] + [("not", key) for key in sorted(asked.forbidden)]
    fields = {
        "objective": asked.objective.value,
        "limit": BUDGET if asked.budget is not None or (asked.costs and asked.count is None) else COUNT,
        "count": "" if asked.count is None else str(asked.count),
        "budget": "" if asked.budget is None else number_text(asked.budget),
        "target": "" if asked.target_share is None else number_text(asked.target_share * 100),
        "rule": asked.site_rule,
        "seconds": str(asked.time_limit_s),
        "upload": asked.upload,
        "crs": "" if asked.crs is None else asked.crs.value,
        "own_offer": "" if asked.site_services is None else "1",
    }
    pairs += [("offer", service.value) for service in sorted(asked.site_services or ())]
    fields |= {f"cost-{kind.value}": number_text(cost) for kind, cost in asked.costs.items()}
    pairs += [(name, text) for name, text in fields.items() if text]
    form = read_sites_form(sent_of(pairs), services().now(), frozenset(asked.question.layers))
    return form.pairs(services().place.timezone)


def _job(job_id: int) -> Job:
    try:
        job = desk.job_of(services().store, signed_in().actor, job_id)
    except UnknownJob:
        abort(404)
    return job if job.kind == PLAN_INTERVENTIONS else abort(404)
