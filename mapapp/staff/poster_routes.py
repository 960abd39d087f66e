"""QR posters: chosen by a filter or for one station; shown as pages to print, as PDF, as SVG."""

from __future__ import annotations

from typing import Any, Final

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from geodata.stations.station import Station
from geodata.stations.vocabulary import LifeCycle, StationKind
from mapapp.services.jobs.desk import TooManyJobs, job_of, submit
from mapapp.services.jobs.kinds import MAKE_POSTERS
from mapapp.services.posters import PdfUnavailable, Poster, poster_of, poster_pdf, poster_svg, svg_archive
from mapapp.services.posters.job import posters_file
from mapapp.services.posters.poster import Words
from mapapp.staff.blueprint import staff
from mapapp.store import Job, StationsQuestion, UnknownJob
from mapapp.store.accounts import Role
from mapapp.web import services
from mapapp.web.language import current_language
from mapapp.web.problems import too_many_jobs_words
from mapapp.web.signed_in import signed_in

MOST_POSTERS: Final = 200
"""In one file."""
PDF_AT_ONCE: Final = 20
"""A PDF of more is made by the worker."""
MAX_TEXT_CHARS: Final = 60
_FILTERS: Final = ("text", "district", "kind", "all")
_PUBLIC: Final = frozenset(cycle for cycle in LifeCycle if cycle.is_public)
_REFRESH_S: Final = 2


@staff.get("/posters")
def posters() -> AnyResponse:
    """Which stations' posters, and as what."""
    return _choice_page()


@staff.get("/posters/print")
def print_posters() -> str:
    """The posters as pages of A4 for the browser to print."""
    made = _posters_of(_chosen())
    return render_template("posters/print.html", posters=made, back=_url("staff.posters"))


@staff.get("/posters/posters.pdf", endpoint="posters_pdf")
def few_posters_pdf() -> AnyResponse:
    """A PDF of a few posters; of more than that the worker makes one."""
    stations = _chosen()
    if len(stations) > PDF_AT_ONCE:
        return redirect(_url("staff.posters"), 303)
    return _pdf(_posters_of(stations), "posters.pdf")


@staff.get("/posters/posters.zip", endpoint="posters_svg")
def posters_archive() -> AnyResponse:
    """A ZIP with an SVG for each."""
    return _file(svg_archive(_posters_of(_chosen())), "application/zip", "posters.zip")


@staff.post("/posters/job")
def order_posters() -> AnyResponse:
    """Have the worker make a PDF of many posters."""
    parts = services()
    codes = [station.code for station in _chosen()]
    parameters = {"codes": codes, "root_url": _root_url()}
    try:
        job = submit(parts.store, signed_in().actor, MAKE_POSTERS, parameters, parts.now())
    except TooManyJobs as error:
        return _choice_page(problem=too_many_jobs_words(error), status=429)
    return redirect(url_for("staff.posters_job", job_id=job.id), 303)


@staff.get("/posters/job/<int:job_id>")
def posters_job(job_id: int) -> str:
    """How far the PDF is; the page asks again by itself until it is there."""
    job = _job(job_id)
    error = job.error
    return render_template(
        "staff/posters_job.html",
        job=job,
        refresh_s=0 if job.state.is_ended else _REFRESH_S,
        count=len(job.parameters["codes"]),
        file_url=url_for("staff.posters_file", job_id=job.id) if posters_file(services().settings, job) else "",
        problem="" if error is None else error.zh if current_language().startswith("zh") else error.en,
    )


@staff.get("/posters/job/<int:job_id>/posters.pdf", endpoint="posters_file")
def send_posters_file(job_id: int) -> AnyResponse:
    """The PDF the worker made."""
    file = posters_file(services().settings, _job(job_id))
    if file is None:
        abort(404)
    return _file(file.read_bytes(), "application/pdf", "posters.pdf")


@staff.get("/stations/<code>/poster")
def station_poster(code: str) -> str:
    """One station's poster, with what it can be had as."""
    made = _poster(code)
    return render_template(
        "staff/poster.html",
        poster=made,
        station=services().snapshot.by_code[code],
        root_url=_root_url(),
        has_public_url=bool(services().settings.public_url),
        missing="",
    )


@staff.get("/stations/<code>/poster.pdf")
def station_poster_pdf(code: str) -> AnyResponse:
    """One station's poster as a PDF."""
    made = _poster(code)
    return _pdf([made], f"{made.code}.pdf")


@staff.get("/stations/<code>/poster.svg")
def station_poster_svg(code: str) -> AnyResponse:
    """One station's poster as an SVG."""
    made = _poster(code)
    return _file(poster_svg(made).encode(), "image/svg+xml; charset=utf-8", f"{made.code}.svg")


def _poster(code: str) -> Poster:
    station = services().snapshot.by_code.get(code)
    if station is None:
        abort(404)
    return _posters_of([station])[0]


def _posters_of(stations: list[Station]) -> list[Poster]:
    root_url, place = _root_url(), services().place
    return [poster_of(station, root_url, Words(place.name_zh, place.name_en)) for station in stations]


def _chosen() -> list[Station]:
    """The stations the question names, by code; 404 where there is none or there are too many for a file."""
    with services().store.reading() as reader:
        rows, total = reader.stations_page(_question())
        found = reader.stations_of([row.code for row in rows])
    if not 0 < total <= MOST_POSTERS:
        abort(404)
    return [found[code] for code in sorted(found)]


def _question() -> StationsQuestion:
    """The public stations asked for; a keeper's or an editor's own, unless a district or all are asked for."""
    asked, actor = request.values, signed_in().actor
    code = asked.get("code", "")
    district = asked.get("district", "")
    codes = frozenset({code}) if code else None
    districts = frozenset({district}) if district.isdigit() and district.isascii() else frozenset()
    if not asked.get("all") and codes is None:
        if actor.role is Role.KEEPER:
            codes = actor.stations
        elif actor.role is Role.EDITOR and not districts:
            districts = actor.districts
    kind = asked.get("kind", "")
    return StationsQuestion(
        text=asked.get("text", "")[:MAX_TEXT_CHARS],
        district_codes=districts,
        kinds=frozenset(each for each in StationKind if each.value == kind),
        life_cycles=_PUBLIC,
        codes=codes,
        limit=MOST_POSTERS,
    )


def _choice_page(missing: str = "", problem: str = "", status: int = 200) -> AnyResponse:
    with services().store.reading() as reader:
        rows, total = reader.stations_page(_question())
    language = current_language()
    page = render_template(
        "staff/posters.html",
        rows=rows,
        total=total,
        most=MOST_POSTERS,
        at_once=PDF_AT_ONCE,
        asked=request.values,
        filters=[(name, request.values[name]) for name in _FILTERS if request.values.get(name)],
        form_url=_url,
        own_only=signed_in().actor.role in {Role.KEEPER, Role.EDITOR},
        districts=[(unit.code, unit.name(language)) for unit in services().place.units],
        kinds=[(kind.value, kind.label(language)) for kind in StationKind],
        root_url=_root_url(),
        has_public_url=bool(services().settings.public_url),
        missing=missing,
        problem=problem,
    )
    return make_response(page, status)


def _url(endpoint: str) -> str:
    """An address with the present question."""
    asked: dict[str, Any] = {name: request.values[name] for name in _FILTERS if request.values.get(name)}
    return url_for(endpoint, **asked)


def _root_url() -> str:
    """The address people reach the service under: what the codes lead to."""
    public_url = services().settings.public_url.rstrip("/").removesuffix(request.script_root)
    return (public_url or request.host_url.rstrip("/")) + request.script_root


def _pdf(made: list[Poster], file_name: str) -> AnyResponse:
    try:
        pdf = poster_pdf(made)
    except PdfUnavailable as error:
        return _choice_page(missing=error.packages, status=503)
    return _file(pdf, "application/pdf", file_name)


def _file(body: bytes, content_type: str, file_name: str) -> AnyResponse:
    answer = Response(body, content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return answer


def _job(job_id: int) -> Job:
    parts = services()
    try:
        job = job_of(parts.store, signed_in().actor, job_id)
    except UnknownJob:
        abort(404)
    return job if job.kind == MAKE_POSTERS else abort(404)
