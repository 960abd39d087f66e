"""The queue of unplaced stations: one after another is set on the map, left for later, or put aside."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flask import abort, redirect, render_template, request
from werkzeug.wrappers import Response

from geodata.errors import InvalidValue
from geodata.stations.field_problems import FieldProblem, InvalidFields
from geodata.stations.freshness import ConfirmedHow
from geodata.stations.station import Station
from mapapp.services.editing.save import save_station
from mapapp.services.editing.unplaced import aside, ask_again, left_by_district, may_place, next_unplaced, put_aside
from mapapp.services.editing.warnings import SaveWarning, warnings_for
from mapapp.services.geocoding.asking import MAX_ASKED_CHARS, candidates_for
from mapapp.services.geocoding.candidates import GeocoderFailed
from mapapp.services.rights import Forbidden, Right
from mapapp.staff.blueprint import staff
from mapapp.staff.lists import whole_number
from mapapp.staff.speech import gettext
from mapapp.staff.station_form import StationForm, fresh_form, read_form
from mapapp.staff.station_pages import known_station, wording
from mapapp.staff.station_words import busy_sentence, forbidden_sentence, sample_sentence, warning_sentence
from mapapp.staff.unplaced_view import (
    PLACING,
    Search,
    Showing,
    asked_district,
    district_rows,
    failure_sentence,
    placed_page,
    queue_question,
    queue_url,
    station_page,
)
from mapapp.store import MixedSampleAndReal, StaleVersion, StoreBusy
from mapapp.web import services
from mapapp.web.language import current_language
from mapapp.web.signed_in import signed_in

SEARCH: Final = "search"
TAKE: Final = "take"
REASON: Final = "在地图上定位 / placed on the map"
_POINT: Final = ("lon", "lat", "crs", "accuracy")
_OF_PLACE: Final = frozenset({"outside_city", "district_differs", "like_named_nearby"})


@staff.get("/unplaced")
def unplaced() -> str:
    """How many stations wait for their place, by district, and which were put aside."""
    question, words = queue_question(""), wording()
    counts = left_by_district(services().store, question)
    return render_template(
        "staff/unplaced.html",
        total=sum(counts.values()),
        rows=district_rows(counts),
        aside=[
            (row, words.value("district_code", row.district_code), words.moment(row.at))
            for row in aside(services().store, question)
        ],
        queue_url=queue_url,
        placed=request.args.get("placed", "")[:32],
        number=_number(request.args.get("number", "")),
    )


@staff.get("/unplaced/next", endpoint="next_unplaced")
def next_unplaced_station() -> Response:
    """On to the next station; to the overview where none is left."""
    after = request.args.get("after", "")[:32]
    return redirect(_next_url(after), 303)


@staff.get("/unplaced/<code>")
def unplaced_station(code: str) -> Response:
    """One station, to be placed."""
    station = known_station(code)
    if station.position is not None:
        return placed_page(station, 200)
    return station_page(Showing(station=station, form=fresh_form(station, services().place)))


@staff.post("/unplaced/<code>")
def place_station(code: str) -> Response:
    """Save the place; or ask the map service; or take one of the places it knows into the form."""
    station = known_station(code)
    if not may_place(signed_in().actor, station):
        raise Forbidden(signed_in().actor, Right.EDIT_STATIONS, fields=frozenset({"position"}), code="not_yours")
    if station.position is not None:
        return placed_page(station, 409)
    form = read_form(_typed(), station, services().place, PLACING)
    step = request.form.get("step", "")
    if step == SEARCH:
        return _search(station, form)
    if step.startswith(f"{TAKE}:"):
        return station_page(Showing(station=station, form=replace(form, problems=())))
    if _number(request.form.get("version", "")) != station.version:
        return _changed_since(station, form)
    return _save(station, form)


@staff.post("/unplaced/<code>/aside")
def put_unplaced_aside(code: str) -> Response:
    """Write down that the station has no fixed place."""
    parts, actor = services(), signed_in().actor
    how = next((how for how in ConfirmedHow if how.value == request.form.get("how")), ConfirmedHow.EDIT)
    try:
        put_aside(parts.store, actor, code, how, _number(request.form.get("version", "")), parts.now())
    except StaleVersion as error:
        return _changed_since(error.current, fresh_form(error.current, parts.place))
    except InvalidValue:
        return _not_put_aside(known_station(code))
    except StoreBusy:
        return _busy(known_station(code))
    return redirect(_next_url(code, aside=code), 303)


@staff.post("/unplaced/<code>/ask-again")
def ask_again_for_place(code: str) -> Response:
    """Take a station back into the queue that was put aside."""
    parts = services()
    known_station(code)
    try:
        ask_again(parts.store, signed_in().actor, code, parts.now())
    except StoreBusy:
        return _busy(known_station(code))
    return redirect(queue_url("unplaced_station", code=code), 303)


def _typed() -> dict[str, str]:
    """What was posted; the place of a candidate that was taken stands in for the typed one."""
    posted = request.form.to_dict()
    step = posted.get("step", "")
    if step.startswith(f"{TAKE}:"):
        parts = step.removeprefix(f"{TAKE}:").split(",")
        if len(parts) == len(_POINT):
            posted |= dict(zip(_POINT, parts, strict=True))
    return posted


def _search(station: Station, form: StationForm) -> Response:
    """The page with the places the map service knows; nothing is saved, and nothing typed is lost."""
    parts = services()
    words = request.form.get("words", "")[:MAX_ASKED_CHARS]
    typed = replace(form, problems=())
    try:
        search = Search(words, candidates_for(parts.settings, parts.place, words), was_asked=True)
    except GeocoderFailed as error:
        return station_page(Showing(station=station, form=typed, search=Search(words, failure=failure_sentence(error))))
    return station_page(Showing(station=station, form=typed, search=search))


def _save(station: Station, form: StationForm) -> Response:
    """Save and go on to the next; or say why not, with everything still there."""
    placed = form.station
    if placed is None:
        return station_page(Showing(station=station, form=form, status=400))
    if placed.position is None:
        missing = FieldProblem("position", "missing", "Set the pin, or type where it is.")
        return station_page(Showing(station=station, form=replace(form, station=None, problems=(missing,)), status=400))
    warnings = [each for each in warnings_for(placed, services().snapshot) if each.code in _OF_PLACE]
    seen = _sign_of(warnings, form)
    if warnings and request.form.get("seen", "") != seen:
        words = [warning_sentence(each) for each in warnings]
        return station_page(Showing(station=station, form=form, warnings=words, seen=seen, status=409))
    return _saved(station, placed, form)


def _saved(station: Station, placed: Station, form: StationForm) -> Response:
    parts, actor = services(), signed_in().actor
    try:
        saved = save_station(
            parts.store, parts.place, actor, station.code, placed, station.version, REASON, parts.now()
        )
    except StaleVersion as error:
        return _changed_since(error.current, form)
    except (InvalidFields, Forbidden, MixedSampleAndReal, StoreBusy) as error:
        return station_page(_refused(station, form, error))
    return redirect(_next_url(station.code, placed=saved.code, number=saved.version), 303)


def _refused(
    station: Station, form: StationForm, error: InvalidFields | Forbidden | MixedSampleAndReal | StoreBusy
) -> Showing:
    """Why it was not saved, with everything that was typed."""
    if isinstance(error, InvalidFields):
        return Showing(station=station, form=replace(form, station=None, problems=error.problems), status=400)
    if isinstance(error, StoreBusy):
        return Showing(station=station, form=form, message=busy_sentence(), status=503)
    if isinstance(error, MixedSampleAndReal):
        return Showing(station=station, form=form, message=sample_sentence(), status=409)
    if error.code != "district":
        message = forbidden_sentence(error, current_language())
        return Showing(station=station, form=form, message=message, status=403)
    problem = FieldProblem("district_code", "not_your_district", str(error))
    return Showing(station=station, form=replace(form, station=None, problems=(problem,)), status=403)


def _changed_since(current: Station, form: StationForm) -> Response:
    """Somebody saved meanwhile. A place stands, and is shown; anything else is shown with the typed point beside it.

    The district is the one that stands there now; an older choice would undo another's.
    """
    if current.position is not None:
        return placed_page(current, 409)
    fresh = fresh_form(current, services().place)
    typed = {name: form.texts[name] for name in _POINT}
    message = gettext(
        "Somebody has saved this station since you opened it. It stands here as it is now, with your position in the "
        "form: look at both, then press again."
    )
    kept = StationForm({**fresh.texts, **typed}, current)
    return station_page(Showing(station=current, form=kept, message=message, status=409))


def _not_put_aside(station: Station) -> Response:
    """The station has a place, or nobody said how it is known that it has none."""
    if station.position is not None:
        return placed_page(station, 409)
    message = gettext("Say how you know it: were you there, or did you call?")
    form = fresh_form(station, services().place)
    return station_page(Showing(station=station, form=form, message=message, status=400))


def _busy(station: Station) -> Response:
    form = fresh_form(station, services().place)
    return station_page(Showing(station=station, form=form, message=busy_sentence(), status=503))


def _sign_of(warnings: list[SaveWarning], form: StationForm) -> str:
    """What the sender must have had before them to go on in spite of it: these warnings, at this point."""
    codes = [f"{each.code}:{each.data.get('code', '')}" for each in warnings]
    return "|".join([*codes, *(form.texts[name] for name in (*_POINT, "district_code"))])


def _next_url(after: str, **done: object) -> str:
    """The next station's page, or the overview where nothing is left in what one goes through."""
    only = asked_district()
    code = next_unplaced(services().store, queue_question(only), after)
    if code is None:
        return queue_url("unplaced", only=None, **done)
    return queue_url("unplaced_station", code=code, only_one="1" if code == after else None, **done)


def _number(typed: str) -> int:
    if not typed:
        return 0
    number = whole_number(typed)
    if number is None:
        abort(400)
    return number
