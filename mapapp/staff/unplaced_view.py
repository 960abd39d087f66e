"""What the queue of unplaced stations shows: one station's facts, its form, what is like it, and what is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from flask import make_response, render_template, request, url_for
from flask_babel import LazyString, lazy_gettext
from werkzeug.wrappers import Response

from geodata.coordinates import LonLat
from geodata.errors import InvalidCoordinate
from geodata.stations.document import station_document
from geodata.stations.station import Station
from geodata.stations.vocabulary import VerifiedHow
from mapapp.services.districts import NO_DISTRICT
from mapapp.services.editing.history import history
from mapapp.services.editing.placing import place_point
from mapapp.services.editing.unplaced import (
    LikeNamed,
    left_by_district,
    like_named,
    may_place,
    unplaced_question,
)
from mapapp.services.geocoding.asking import MAX_ASKED_CHARS, vendor_of, words_for
from mapapp.services.geocoding.candidates import Candidate, GeocoderFailed
from mapapp.staff.speech import gettext
from mapapp.staff.station_form import StationForm
from mapapp.staff.station_form_view import FormPage
from mapapp.staff.station_pages import Editing, page_data, pin_map_fragment, wording
from mapapp.staff.station_typed import degree_text
from mapapp.staff.station_words import field_name
from mapapp.store import UnplacedQuestion
from mapapp.web import services
from mapapp.web.language import current_language
from mapapp.web.signed_in import signed_in

ONLY: Final = "only"
"""The parameter that names the district one goes through; nothing for all of one's own."""
PLACING: Final = frozenset({"position", "district_code"})
"""The fields this form may change."""
_FACTS: Final = ("address", "district_code", "town", "other_names", "entry_note", "life_cycle", "source")
_SHOWN_DECIMALS: Final = 6
_FAILURES: Final[Mapping[str, LazyString]] = {
    "off": lazy_gettext("No map service is set up here."),
    "nothing_asked": lazy_gettext("Write what to look for."),
    "slow": lazy_gettext("The map service did not answer in time. Try again, or set the pin yourself."),
    "unreachable": lazy_gettext("The map service cannot be reached. Try again later, or set the pin yourself."),
    "refused": lazy_gettext("The map service refused the question: its key or its daily number may be used up."),
    "unreadable": lazy_gettext("The map service gave an answer that cannot be read."),
}


@dataclass(frozen=True, slots=True)
class Search:
    """What was asked of the map service: the words, and what came of it."""

    words: str
    candidates: tuple[Candidate, ...] = ()
    failure: str = ""
    was_asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """One showing of a station in the queue; ``seen`` are the warnings whoever sent the form had before them."""

    station: Station
    form: StationForm
    search: Search | None = None
    message: str = ""
    warnings: list[str] = field(default_factory=list)
    seen: str = ""
    status: int = 200


def asked_district() -> str:
    """Which district's stations one goes through; only such as there are."""
    asked = request.values.get(ONLY, "")
    known = {unit.code for unit in services().place.units} | {NO_DISTRICT}
    return asked if asked in known else ""


def queue_question(only: str) -> UnplacedQuestion:
    """The unplaced stations of whoever is signed in."""
    parts = services()
    return unplaced_question(signed_in().actor, only, parts.now(), parts.truth.limits.position_days)


def queue_url(endpoint: str, **values: Any) -> str:
    """An address of the queue, in the district one goes through."""
    return url_for(f"staff.{endpoint}", **({ONLY: asked_district() or None} | values))


def failure_sentence(error: GeocoderFailed) -> str:
    """Why the map service gave no places."""
    sentence = str(_FAILURES[error.code])
    if not error.detail:
        return sentence
    return gettext("%(sentence)s It says: %(words)s", sentence=sentence, words=error.detail)


def station_page(showing: Showing) -> Response:
    """One unplaced station with all there is to place it by."""
    station, parts = showing.station, services()
    editing = Editing(station, station, PLACING if may_place(signed_in().actor, station) else ())
    alike = _worded_alike(like_named(station, parts.snapshot))
    search = showing.search or Search(words_for(station, parts.place))
    candidates = [_worded_candidate(each) for each in search.candidates]
    page = render_template(
        "staff/unplaced_station.html",
        station=station,
        facts=_facts(station),
        view=FormPage(showing.form, station, editing.editable, parts.place, current_language()).view(),
        message=showing.message,
        warnings=showing.warnings,
        seen=showing.seen,
        left=_left(),
        only=asked_district(),
        alike=alike,
        search=search,
        max_asked_chars=MAX_ASKED_CHARS,
        candidates=candidates,
        vendor=_vendor_name(),
        hows=_hows(),
        queue_url=queue_url,
        just=_just_done(),
        map_element=pin_map_fragment().html if editing.editable else "",
        page_data=page_data(editing, None) | {"alike": alike, "candidates": candidates},
    )
    return make_response(page, showing.status)


def placed_page(station: Station, status: int) -> Response:
    """A station that has a place already: where, and who put it there."""
    latest = next(
        (each for each in history(services().store, station.code) if _is_placing(each.changes)),
        None,
    )
    page = render_template(
        "staff/unplaced_placed.html",
        station=station,
        position=wording().value("position", station_document(station)["position"]),
        who=latest.actor if latest else "",
        when=wording().moment(latest.at) if latest else "",
        is_conflict=status != 200,
        queue_url=queue_url,
    )
    return make_response(page, status)


def district_rows(counts: Mapping[str | None, int]) -> list[dict[str, Any]]:
    """How many are left in each district that has any, in the place's order, those of none last."""
    language = current_language()
    named: list[tuple[str | None, str]] = [(unit.code, unit.name(language)) for unit in services().place.units]
    return [
        {
            "name": name,
            "count": counts[code],
            "url": url_for("staff.next_unplaced", only=code or NO_DISTRICT),
        }
        for code, name in [*named, (None, gettext("no district"))]
        if counts.get(code)
    ]


def _is_placing(changes: Iterable[Any]) -> bool:
    return any(change.field == "position" and change.new for change in changes)


def _facts(station: Station) -> list[tuple[str, str]]:
    """What may tell where it is, as people read it; what is empty is left out, but for the address."""
    words, document = wording(), station_document(station)
    worded = [(name, words.value(name, document[name])) for name in _FACTS]
    language = current_language()
    return [
        (field_name(name, language), text or gettext("not known")) for name, text in worded if text or name == "address"
    ]


def _left() -> dict[str, Any]:
    """How many are left: in the district one goes through, and in all of one's own."""
    only = asked_district()
    counts = left_by_district(services().store, queue_question(""))
    unit = None if only in {"", NO_DISTRICT} else services().place.unit(only)
    name = unit.name(current_language()) if unit else gettext("no district")
    here = counts.get(None if only == NO_DISTRICT else only, 0)
    return {"total": sum(counts.values()), "here": here, "district": name if only else ""}


def _worded_alike(found: Iterable[LikeNamed]) -> list[dict[str, Any]]:
    """Stations of alike names, each with the letter it has on the map."""
    words = wording()
    rows = []
    for number, each in enumerate(found):
        other = each.station
        point = other.position.point if other.position else LonLat(0, 0)
        rows.append(
            {
                "mark": chr(ord("A") + number),
                "code": other.code,
                "name": other.name,
                "address": other.address,
                "district": words.value("district_code", other.district_code),
                "apart": "" if each.apart_m is None else _distance(each.apart_m),
                "lon": point.lon,
                "lat": point.lat,
            }
        )
    return rows


def _worded_candidate(candidate: Candidate) -> dict[str, Any]:
    """A place the map service knows, as it stands in the list and on the map; ``lon`` and ``lat`` are WGS-84."""
    place, language = services().place, current_language()
    given = {"given_lon": degree_text(candidate.lon), "given_lat": degree_text(candidate.lat)}
    accuracy = candidate.level.accuracy
    try:
        placed = place_point(place, candidate.lon, candidate.lat, candidate.crs, accuracy)
    except InvalidCoordinate:  # degrees, but none on Earth
        return given | {"is_usable": False}
    code, point = placed.district_code, placed.position.point
    return given | {
        "is_usable": True,
        "crs": candidate.crs.value,
        "accuracy": accuracy.value,
        "lon": round(point.lon, _SHOWN_DECIMALS),
        "lat": round(point.lat, _SHOWN_DECIMALS),
        "label": candidate.label,
        "level": candidate.level.label(language),
        "level_word": candidate.level_word,
        "district": place.unit(code).name(language) if code else "",
    }


def _distance(metres: float) -> str:
    if metres < 1000:
        return gettext("%(metres)s m", metres=f"{metres:.0f}")
    return gettext("%(km)s km", km=f"{metres / 1000:.1f}")


def _vendor_name() -> str:
    vendor = vendor_of(services().settings)
    return vendor.name(current_language()) if vendor else ""


def _hows() -> list[tuple[str, str]]:
    language = current_language()
    return [(how.value, how.label(language)) for how in (VerifiedHow.PHONE, VerifiedHow.ON_SITE)]


def _just_done() -> dict[str, Any]:
    """What the address says was done to the station before this one."""
    number = request.args.get("number", "")
    return {
        "placed": request.args.get("placed", "")[:32],
        "number": number if number.isascii() and number.isdigit() and len(number) <= 9 else "",
        "aside": request.args.get("aside", "")[:32],
        "only_one": request.args.get("only_one", ""),
    }
