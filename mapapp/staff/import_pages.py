"""What the pages of an import are made of; ``import_routes`` has their addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import make_response, render_template, request, url_for
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from geodata.coordinates import BBox, Crs, LonLat
from geodata.errors import UnreadableFile
from geodata.files import CRS_NAMES
from geodata.files.reading_choice import ColumnsClash
from mapapp.maps import static_map
from mapapp.services.exporting.jobs import MOST_ROWS_AT_ONCE
from mapapp.services.importing import steering
from mapapp.services.importing.columns import FirstLook, UnknownUpload, look_at, upload_of
from mapapp.services.importing.plan_rows import Topic
from mapapp.services.importing.uploads import MAX_UPLOAD_BYTES
from mapapp.services.jobs import desk
from mapapp.services.jobs.kinds import IMPORT_COMMIT, IMPORT_PLAN
from mapapp.staff import import_view as view
from mapapp.staff.lists import PAGE_ROWS, offset_of, page_count, page_number
from mapapp.staff.speech import gettext
from mapapp.store import Job
from mapapp.web import services
from mapapp.web.csrf import csrf_token
from mapapp.web.language import current_language
from mapapp.web.signed_in import signed_in

AS_FILE: Final = "file"
_SHOWN_POINTS: Final = 300


def sentence_of(error: UnreadableFile) -> str:
    """Why a file cannot be read, in the page's language."""
    return error.zh if view.language() == "zh" else error.en


def start_page(problem: str = "", status: int = 200) -> Response:
    """The form that begins an import, below it one's own imports."""
    jobs = steering.imports_of(services().store, signed_in().actor)
    page = render_template(
        "staff/imports.html",
        jobs=[view.worded_job(job) for job in jobs],
        problem=problem,
        limit_mb=MAX_UPLOAD_BYTES // 1024 // 1024,
    )
    return make_response(page, status)


def gone_page() -> Response:
    """The answer when the file was deleted, or is not one's own."""
    return start_page(gettext("That file is not there any more. Send it again."), 404)


def closed_page() -> Response:
    """The answer to a choice that comes too late."""
    words = gettext("This was carried out already, or is not ready. Nothing was changed by this.")
    return start_page(words, 409)


def file_page(
    token: str,
    *,
    sheet: str | None,
    chosen: Mapping[int, str] | None = None,
    crs_code: str = "",
    problem: str = "",
    problem_at: str = "",
    status: int = 400,
) -> Response:
    """The file's columns and how its rows lie in each system of coordinates.

    ``status`` is that of a problem, ``problem_at`` the part of the page it is about: ``columns`` or ``crs``.
    """
    parts = services()
    today = parts.now().date()
    try:
        upload, path = upload_of(parts.store, parts.settings, signed_in().actor, token)
        known = parts.snapshot.stations
        try:
            look = look_at(parts.store, path, parts.place, known, today, sheet=sheet, chosen=chosen)
        except ColumnsClash as clash:
            problem = gettext(
                "Two columns are said to hold the same: %(what)s. Only one can.", what=view.held_name(clash.held)
            )
            problem_at = "columns"
            look = look_at(parts.store, path, parts.place, known, today, sheet=sheet)
    except UnknownUpload:
        return gone_page()
    except UnreadableFile as error:
        return start_page(sentence_of(error), 400)
    page = render_template(
        "staff/import_file.html",
        upload=upload,
        look=look,
        problem=problem,
        problem_at=problem_at,
        groups=view.column_choices(),
        fits=_fits(look),
        close_up=_close_up(look),
        crs=crs_code or (AS_FILE if look.states_crs else look.suggested_crs.value if look.suggested_crs else ""),
        as_file=AS_FILE,
        stated=CRS_NAMES[look.stated.crs] if look.stated else "",
        crs_hints=view.CRS_HINTS,
    )
    return make_response(page, status if problem else 200)


def _fits(look: FirstLook) -> list[dict[str, Any]]:
    """How the rows lie in each system: counts, and a picture of the city."""
    check, place = look.check, services().place
    told = []
    for crs in Crs:
        fit = check.fit(crs) if check.fits else None
        points = fit.points[:_SHOWN_POINTS] if fit else ()
        picture = static_map(place, current_language(), points, around=place.bbox) if points else None
        told.append(
            {
                "crs": crs,
                "name": CRS_NAMES[crs],
                "fit": fit,
                "picture": picture,
                "is_clear": check.clear is crs,
                "median_m": round(fit.median_m) if fit and fit.median_m is not None else None,
            }
        )
    return told


def _close_up(look: FirstLook) -> dict[str, Any] | None:
    """One row in each system, beside the known station of its name."""
    shown = look.check.close_up
    if shown is None:
        return None
    box = _box_around(shown.known, shown.spots)
    picture = static_map(services().place, current_language(), shown.spots, shown.known, around=box)
    return {"name": shown.name, "picture": picture, "systems": [CRS_NAMES[crs] for crs in Crs]}


def _box_around(known: LonLat, spots: Sequence[LonLat]) -> BBox:
    """A box that holds the spots, with the known one in its middle; wider than high."""
    half_lon = max(*(abs(spot.lon - known.lon) for spot in spots), 0.002) * 1.3
    half_lat = max(*(abs(spot.lat - known.lat) for spot in spots), 0.001) * 1.3
    return BBox(
        max(known.lon - half_lon, -180),
        max(known.lat - half_lat, -90),
        min(known.lon + half_lon, 180),
        min(known.lat + half_lat, 90),
    )


def plan_page(job: Job, problem: str = "", status: int = 200) -> Response:
    """What the import would change, row by row, a page of it; nothing can be chosen any more once it was asked for."""
    store, actor = services().store, signed_in().actor
    show, page = shown_topic(job, request.args.get("show", "")), page_number(request.args.get("page", ""))
    found = desk.results_of(store, actor, job.id, topics=(show,), offset=offset_of(page), limit=PAGE_ROWS)
    commit = steering.commit_of(store, job)
    choices = steering.choices_of(store, actor, job.id)
    taken = steering.taken(found.counts, choices)
    is_own = job.account_id == actor.account_id
    body = render_template(
        "staff/import_plan.html",
        job=job,
        summary=job.result,
        crs_sentence=view.crs_sentence(job.result or {}),
        other_crs=_other_crs(job.result or {}),
        rows=[view.worded_row(row, choices) for row in found.rows],
        is_open=steering.is_open(job) and is_own and commit is None,
        commit=commit,
        problem=problem,
        typed_reason=request.form.get("reason", ""),
        saving=saving_words(taken),
        taken=taken,
        kept=bool(request.args.get("kept")),
        again_url=again_url(job),
        is_large=is_large(job),
        page_data=page_data(""),
        **_pages(job, found.counts, view.PLAN_TOPICS, show, page),
    )
    return make_response(body, status)


def done_page(job: Job, problem: str = "", status: int = 200) -> Response:
    """What was saved or taken back, row by row, a page of it."""
    store, actor = services().store, signed_in().actor
    show, page = shown_topic(job, request.args.get("show", "")), page_number(request.args.get("page", ""))
    found = desk.results_of(store, actor, job.id, topics=(show,), offset=offset_of(page), limit=PAGE_ROWS)
    is_commit = job.kind == IMPORT_COMMIT
    body = render_template(
        "staff/import_done.html",
        job=job,
        result=job.result,
        is_commit=is_commit,
        title=view.KIND_NAMES[job.kind],
        rows=[view.worded_row(row, {}) for row in found.rows],
        can_undo=is_commit and bool((job.result or {}).get("batch")) and job.account_id == actor.account_id,
        undo=steering.undo_of(store, job) if is_commit else None,
        problem=problem,
        typed_reason=request.form.get("reason", ""),
        **_pages(job, found.counts, view.DONE_TOPICS, show, page),
    )
    return make_response(body, status)


def _pages(job: Job, counts: Mapping[str, int], topics: tuple[Topic, ...], show: str, page: int) -> dict[str, Any]:
    """What the tabs and the pager need."""
    total = counts.get(show, 0)
    return {
        "show": show,
        "page": page,
        "page_count": page_count(total),
        "page_url": lambda number: url_for("staff.import_job", job_id=job.id, show=show, page=number, _anchor="rows"),
        "tabs": [
            (
                topic.value,
                str(view.TOPIC_NAMES[topic]),
                counts[topic],
                url_for("staff.import_job", job_id=job.id, show=topic.value),
            )
            for topic in topics
            if counts.get(topic)
        ],
    }


def is_large(plan: Job) -> bool:
    """Whether the file has so many rows that what is made of it is the worker's to make."""
    return int((plan.result or {}).get("row_count", 0)) > MOST_ROWS_AT_ONCE


def shown_topic(job: Job, asked: str) -> str:
    """The topic a page shows: the one asked for, else the first there is something of."""
    topics = view.PLAN_TOPICS if job.kind == IMPORT_PLAN else view.DONE_TOPICS
    if asked in {topic.value for topic in topics}:
        return asked
    with services().store.reading() as reader:
        counts = reader.jobs.result_counts(job.id)
    return next((topic.value for topic in topics if counts.get(topic)), topics[0].value)


def again_url(job: Job) -> str:
    """Where the columns and the system of the same file are chosen anew."""
    token = job.parameters.get("upload")
    return url_for("staff.import_file", token=token) if token else url_for("staff.imports")


def _other_crs(summary: Mapping[str, Any]) -> str:
    """The warning that the points fit another system better."""
    other = summary.get("other_crs")
    if not other:
        return ""
    name = CRS_NAMES[Crs(other["crs"])]
    if other.get("known_m"):
        used_m, other_m = (round(metres) for metres in other["known_m"])
        return gettext(
            "Stations already known lie %(used)s m away from their rows; read as %(crs)s it is %(other)s m.",
            used=used_m,
            other=other_m,
            crs=name,
        )
    used_share, other_share = (round(100 * share) for share in other["inside_share"])
    return gettext(
        "%(used)s %% of the rows lie in the city; read as %(crs)s it is %(other)s %%.",
        used=used_share,
        other=other_share,
        crs=name,
    )


def saving_words(taken: steering.Taken) -> str:
    """How much would be saved."""
    return gettext("Will be saved: %(new)s new, %(changed)s changed.", new=taken.new_count, changed=taken.changed_count)


_MESSAGES: Final = {
    "failed": lazy_gettext("Not kept: there is no connection. Use the button below."),
    "percent": lazy_gettext("%(phase)s: %(done)s of %(total)s"),
}


def page_data(progress_url: str) -> dict[str, Any]:
    """What the script is given."""
    return {
        "language": view.language(),
        "messages": {key: str(words) for key, words in _MESSAGES.items()},
        "csrf": csrf_token(),
        "urls": {"progress": progress_url},
    }
