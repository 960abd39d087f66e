"""A posted form of a station: what was typed, as a station or as problems at its fields.

Nothing typed is lost: whatever is wrong with it comes back as it was typed. What an actor may not change is
not read at all, and what a form leaves out stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from geodata.coordinates import Crs
from geodata.errors import InvalidCoordinate
from geodata.places import Place
from geodata.stations.document import services_document, station_document
from geodata.stations.field_problems import FieldProblem, InvalidFields
from geodata.stations.hours_problems import HoursProblem
from geodata.stations.reading import read_station
from geodata.stations.station import Station
from geodata.stations.vocabulary import EntryMethod, PositionAccuracy, Service, StationKind
from mapapp.services.editing.hours import InvalidHours, hours_from_form
from mapapp.services.editing.placing import place_point
from mapapp.staff.station_typed import (
    AWARD_PARTS,
    BY_POSITION,
    FIELD_INPUTS,
    MAX_AWARD_ROWS,
    Texts,
    inputs_of,
    texts_of,
)
from mapapp.web.lists import whole_number

MAX_TYPED_CHARS: Final = 4000
"""More than any field takes, so that what is too long is said and not cut."""
UNNAMED: Final = "-"
"""Stands for the name of a station that has none yet, until the form is read."""
_NUMBER: Final = re.compile(r"-?\d{1,9}(?:\.\d{1,20})?", re.ASCII)

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StationForm:
    """What stands in the form; ``station`` where nothing is wrong with it, else ``problems``."""

    texts: Texts
    station: Station | None = None
    problems: tuple[FieldProblem, ...] = ()
    hours_problems: tuple[HoursProblem, ...] = ()


@dataclass(slots=True)
class _Reading:
    """One form while it is read."""

    texts: Texts
    base: Station
    place: Place
    document: Document
    problems: list[FieldProblem] = field(default_factory=list)
    hours_problems: tuple[HoursProblem, ...] = ()

    def problem(self, name: str, code: str, message: str) -> None:
        self.problems.append(FieldProblem(name, code, message))

    def number(self, name: str) -> float | None:
        """The number typed there; None where nothing was typed, or no number."""
        text = _half_width(self.texts[name]).replace(",", "")
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            self.problem(name, "not_a_number", "Write a number in digits.")
            return None
        return float(text)


def blank_station(place: Place, code: str = "") -> Station:
    """What a new station begins from; its code is a stand-in until it is saved."""
    return Station(code=code or f"{place.code_prefix}-0000", kind=StationKind.REST_STATION, name=UNNAMED)


def fresh_form(station: Station, place: Place) -> StationForm:
    """The form as it is first shown."""
    texts = texts_of(station, place)
    if station.name == UNNAMED:
        texts |= {"name": "", "district_code": BY_POSITION}
    return StationForm(texts, station)


def read_form(posted: Mapping[str, str], base: Station, place: Place, editable: Collection[str]) -> StationForm:
    """The posted form over the station it was made from.

    ``editable`` are the fields its sender may change; ``photo`` must name a kept photo already.
    """
    before = dict(fresh_form(base, place).texts)
    texts = _typed(posted, before, editable)
    reading = _Reading(texts, base, place, station_document(base))
    touched = [name for name in FIELD_INPUTS if name in editable and inputs_of(name, texts) != inputs_of(name, before)]
    for name in touched:
        reader = _READERS.get(name)
        if reader is not None:
            reader(reading)
        else:
            reading.document[name] = texts[name].strip() or (None if name in _EMPTY_IS_NONE else "")
    _follow_position(reading, touched, editable)
    return _judged(reading)


def _typed(posted: Mapping[str, str], before: Texts, editable: Collection[str]) -> dict[str, str]:
    """What was posted over what stood there; a box that is not ticked is not posted, so its group says it was shown."""
    texts = dict(before)
    for name in FIELD_INPUTS:
        if name not in editable:
            continue
        if name == "entry_methods" and "entry.shown" in posted:
            texts = {key: text for key, text in texts.items() if not key.startswith("entry.")}
        texts |= {key: _clean(text) for key, text in inputs_of(name, posted).items() if _is_input(key)}
    return texts


def _is_input(name: str) -> bool:
    """Whether a form of ours has an input of that name; anything else that is posted is left alone."""
    group, _, rest = name.partition(".")
    if not rest:
        return True
    if group == "entry":
        return rest in set(EntryMethod)
    owner, _, part = rest.partition(".")
    if group == "service":
        return owner in set(Service) and part in {"state", "first", "last", "fee", "note"}
    row = whole_number(owner)
    return row is not None and row < MAX_AWARD_ROWS and part in AWARD_PARTS


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n")[:MAX_TYPED_CHARS]


def _half_width(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


_EMPTY_IS_NONE: Final = frozenset({"host_type", "build_mode", "photo"})


def _read_names(reading: _Reading) -> None:
    lines = (line.strip() for line in reading.texts["other_names"].splitlines())
    reading.document["other_names"] = [line for line in lines if line]


def _read_position(reading: _Reading) -> None:
    texts = reading.texts
    if not texts["lon"].strip() and not texts["lat"].strip():
        reading.document["position"] = None
        return
    lon, lat = reading.number("lon"), reading.number("lat")
    if lon is None or lat is None:
        for name in ("lon", "lat"):
            if not texts[name].strip():
                reading.problem(name, "missing", "A position needs both numbers.")
        return
    try:
        placed = place_point(reading.place, lon, lat, Crs(texts["crs"]), PositionAccuracy(texts["accuracy"]))
    except InvalidCoordinate as error:
        reading.problem("position", error.code, str(error))
    except ValueError:
        reading.problem("position", "unknown_word", "Choose one of the systems listed.")
    else:
        reading.document["position"] = station_document(replace(reading.base, position=placed.position))["position"]


def _read_entry_methods(reading: _Reading) -> None:
    ticked = {name.removeprefix("entry.") for name, text in reading.texts.items() if name.startswith("entry.") and text}
    reading.document["entry_methods"] = [method.value for method in EntryMethod if method.value in ticked]


def _read_services(reading: _Reading) -> None:
    """The services as typed: those that were there keep their place, new ones follow in display order."""
    kept = {offer["service"]: offer for offer in services_document(reading.base.services)}
    offers = []
    for service in (*map(Service, kept), *(each for each in Service if each.value not in kept)):
        start = f"service.{service.value}."
        state = reading.texts[start + "state"]
        if not state:
            continue
        offer: Document = {"service": service.value, "state": state}
        offer |= {part: text for part in ("fee", "note") if (text := reading.texts[start + part].strip())}
        season = _season(reading, service)
        if season is not None:
            offer["season"] = season
        if "confirmed_on" in kept.get(service.value, {}):
            offer["confirmed_on"] = kept[service.value]["confirmed_on"]
        offers.append(offer)
    reading.document["services"] = offers


def _season(reading: _Reading, service: Service) -> list[int] | None:
    start = f"service.{service.value}."
    first, last = (reading.texts[start + part] for part in ("first", "last"))
    if reading.texts[start + "state"] == "seasonal" and not (first and last):
        reading.problem(f"services.{service.value}", "season_missing", "A seasonal service needs its months.")
    if not (first and last):
        return None
    if not (_is_month(first) and _is_month(last)):
        reading.problem(f"services.{service.value}", "season", "A season runs from one month to another.")
        return None
    return [int(first), int(last)]


def _is_month(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 2 and 1 <= int(text) <= 12


def _read_capacity(reading: _Reading) -> None:
    number = reading.number("capacity_count")
    if number is not None and number != int(number):
        reading.problem("capacity_count", "not_whole", "Write a whole number.")
    reading.document["capacity_count"] = None if number is None else int(number)


def _read_area(reading: _Reading) -> None:
    reading.document["area_m2"] = reading.number("area_m2")


def _read_awards(reading: _Reading) -> None:
    awards = []
    for row in range(MAX_AWARD_ROWS):
        parts = {part: reading.texts.get(f"award.{row}.{part}", "").strip() for part in AWARD_PARTS}
        if not any(parts.values()):
            continue
        if not parts["scheme"]:
            reading.problem("awards", "scheme_missing", "Choose which award it is.")
            continue
        award: Document = {"scheme": parts["scheme"], "level": parts["level"]}
        year = _half_width(parts["year"])
        if year and not re.fullmatch(r"(?:19|20|21)\d\d", year, re.ASCII):
            reading.problem("awards", "year", "Write the year in four digits.")
        elif year:
            award["year"] = int(year)
        if parts["granted_by"]:
            award["granted_by"] = parts["granted_by"]
        awards.append(award)
    reading.document["awards"] = awards


def _read_alert(reading: _Reading) -> None:
    text, until = reading.texts["alert_text"].strip(), _half_width(reading.texts["alert_until"])
    if not text and not until:
        reading.document["alert"] = None
        return
    if not text:
        reading.problem("alert", "empty", "A notice needs words.")
    try:
        instant = datetime.fromisoformat(until).replace(tzinfo=reading.place.timezone)
    except ValueError:
        reading.problem("alert", "end_missing", "Say until when the notice is shown.")
        return
    reading.document["alert"] = {"text": text, "expires_at": instant.isoformat()} if text else None


def _read_verification(reading: _Reading) -> None:
    on, how = _half_width(reading.texts["verified_on"]), reading.texts["verified_how"]
    if not on and not how:
        reading.document["last_verified"] = None
        return
    try:
        day = date.fromisoformat(on)
    except ValueError:
        reading.problem("last_verified", "date_missing", "Say on which day it was confirmed.")
        return
    if not how:
        reading.problem("last_verified", "how_missing", "Say how it was confirmed.")
        return
    reading.document["last_verified"] = {"on": day.isoformat(), "how": how}


def _read_district(reading: _Reading) -> None:
    choice = reading.texts["district_code"]
    if choice != BY_POSITION:
        reading.document["district_code"] = choice or None


def _follow_position(reading: _Reading, touched: Collection[str], editable: Collection[str]) -> None:
    """Where the district is left to the position, it is what the position says."""
    is_asked = "position" in touched or "district_code" in touched
    if not is_asked or "district_code" not in editable or reading.texts["district_code"] != BY_POSITION:
        return
    position = reading.document["position"]
    if position is None:
        reading.document["district_code"] = None
        return
    placed = place_point(
        reading.place, position["lon"], position["lat"], Crs.WGS84, PositionAccuracy(position["accuracy"])
    )
    reading.document["district_code"] = placed.district_code


def _read_hours(reading: _Reading) -> None:
    """The hours, by the view of them that was edited last."""
    try:
        hours = hours_from_form(reading.texts, current=reading.base.hours)
    except InvalidFields as error:
        reading.problems.extend(error.problems)
        reading.hours_problems = error.hours_problems if isinstance(error, InvalidHours) else ()
    else:
        reading.document["hours"] = {"rule": hours.rule, "original_text": hours.original_text}


def _judged(reading: _Reading) -> StationForm:
    """The station the document describes, or all that is wrong: with single inputs, and with the whole."""
    document = reading.document
    station = None
    if not reading.texts["name"].strip() and document["name"] == UNNAMED:
        document["name"] = ""
    try:
        station = read_station(document, code=reading.base.code)
    except InvalidFields as error:
        known = {problem.field for problem in reading.problems}
        reading.problems.extend(problem for problem in error.problems if problem.field not in known)
    problems = tuple(sorted(reading.problems, key=_field_rank))
    return StationForm(reading.texts, None if problems else station, problems, reading.hours_problems)


_INPUT_ORDER: Final = {name: rank for rank, names in enumerate(FIELD_INPUTS.items()) for name in (names[0], *names[1])}


def _field_rank(problem: FieldProblem) -> int:
    name = problem.field
    return _INPUT_ORDER.get(name, _INPUT_ORDER.get(name.partition(".")[0], len(_INPUT_ORDER)))


_READERS: Final = {
    "other_names": _read_names,
    "position": _read_position,
    "district_code": _read_district,
    "entry_methods": _read_entry_methods,
    "services": _read_services,
    "capacity_count": _read_capacity,
    "area_m2": _read_area,
    "awards": _read_awards,
    "alert": _read_alert,
    "last_verified": _read_verification,
    "hours": _read_hours,
}
