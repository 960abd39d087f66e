"""A station as a program sends it: the GeoJSON feature it got, changed where it wants a change.

What follows from other facts, or says how things stand now, is accepted and ignored, so that what GET
gives can be sent back as it came. What equals the published form of the station as it is changes nothing,
so that rounding loses nothing: the exact position, and who gave it in which system, stay until the
geometry differs; a notice that is over and therefore not shown stays too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from geodata.places import Place
from geodata.stations.document import Json, station_document
from geodata.stations.field_problems import InvalidFields, Problems
from geodata.stations.hours_text import read_hours
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.reading import read_station
from geodata.stations.station import Station
from geodata.stations.vocabulary import PositionAccuracy, StationKind
from mapapp.services.publish import DERIVED_PROPERTIES, editable_properties, published_geometry

OF_ANSWERS: Final = frozenset(
    {"state_now", "closes_at", "opens_at", "distance_m", "travel_time_s", "arrive_at", "state_on_arrival"}
)
"""Properties that answer a question and are no facts of the station."""
_IGNORED: Final = DERIVED_PROPERTIES | OF_ANSWERS
_MAY_BE_ABSENT: Final = frozenset({"internal_contact"})
"""What the public does not get, and therefore cannot send back."""
_REQUIRED: Final = ("kind", "name")
_FIELD_OF: Final = {"district": "district_code", "capacity": "capacity_count"}
_JOINT: Final = frozenset({"opening_hours", "hours_text", "position_accuracy"})
"""Properties that make a field together with others."""
_PROPERTY_OF: Final = {
    "district_code": "district",
    "capacity_count": "capacity",
    "is_sample": "sample",
    "position.accuracy": "position_accuracy",
    "hours.original_text": "hours_text",
    "hours": "opening_hours",
    "hours.rule": "opening_hours",
}
_BLANK: Final = Station(code="NEW", kind=StationKind.REST_STATION, name="-")
_SHOWN_CHARS: Final = 40


@dataclass(frozen=True, slots=True)
class _Sent:
    """A feature taken apart: its properties that differ from what is published, and where it lies."""

    changed: Mapping[str, Json]
    geometry: Json
    accuracy: Json


def changed_station(
    feature: Json, current: Station, place: Place, now: datetime, published: Collection[Json | None] = ()
) -> Station:
    """What the feature makes of the station; a moved one is given the district it lies in now.

    ``published`` are the values of ``last_verified`` that answers may have had by what staff confirmed: sent
    back, they change nothing.

    Raises
    ------
    InvalidFields
        Every problem, by the name of the property.
    """
    problems = Problems()
    sent = _taken_apart(feature, current, place, now, problems)
    if sent.changed.get("last_verified") in published:
        sent = replace(sent, changed={name: sent.changed[name] for name in sent.changed if name != "last_verified"})
    _refuse_other_code(feature, current.code, problems)
    known = editable_properties(current, place)
    for name in sorted(set(known) - set(_properties(feature)) - _MAY_BE_ABSENT):
        problems.add(name, "missing", f"{name} is missing: send the whole feature, as GET gives it.")
    if "geometry" not in _members(feature):
        problems.add("geometry", "missing", "geometry is missing: send the whole feature, as GET gives it.")
    document = station_document(current) | _document(sent, current, problems)
    station = _read(document, current.code, problems)
    has_moved = station.position is not None and station.position != current.position
    if has_moved and station.position is not None and "district" not in sent.changed:
        station = replace(station, district_code=place.district_of(station.position.point))
    return station


def new_document(feature: Json, place: Place, now: datetime) -> dict[str, Json]:
    """The document of a new station for `create_station`; properties left out have their defaults.

    Raises
    ------
    InvalidFields
        Every problem, by the name of the property.
    """
    problems = Problems()
    sent = _taken_apart(feature, _BLANK, place, now, problems)
    properties = _properties(feature)
    document = _document(sent, _BLANK, problems)
    document |= {name: properties[name] for name in _REQUIRED if name in properties}
    if "sample" in properties:
        document["is_sample"] = properties["sample"]
    _read(document, _BLANK.code, problems)
    code = properties.get("code")
    return document if code is None else document | {"code": code}


def reason_of(feature: Json) -> str:
    """Why the change is made: the member ``reason`` beside ``properties``, or nothing."""
    reason = _members(feature).get("reason")
    if reason is not None and not isinstance(reason, str):
        raise InvalidFields.one("reason", "not_text", "reason must be text.")
    return reason or ""


def by_property(refusal: InvalidFields) -> InvalidFields:
    """The same problems under the names of the feature's properties."""
    return InvalidFields([replace(one, field=property_of(one.field)) for one in refusal.problems])


def property_of(field: str) -> str:
    """The name under which programs know a field of a station."""
    if field in _PROPERTY_OF:
        return _PROPERTY_OF[field]
    return "geometry" if field.partition(".")[0] == "position" else field


def _members(feature: Json) -> Mapping[str, Json]:
    return feature if isinstance(feature, Mapping) else {}


def _properties(feature: Json) -> Mapping[str, Json]:
    properties = _members(feature).get("properties")
    return properties if isinstance(properties, Mapping) else {}


def _taken_apart(feature: Json, current: Station, place: Place, now: datetime, problems: Problems) -> _Sent:
    if _members(feature).get("type") != "Feature":
        problems.add("type", "not_a_feature", "The body must be a GeoJSON feature.")
    if not isinstance(_members(feature).get("properties"), Mapping):
        problems.add("properties", "not_an_object", "properties must be an object.")
    properties, known = _properties(feature), editable_properties(current, place)
    if current.alert is not None and current.alert.expires_at <= now and properties.get("alert") is None:
        known["alert"] = None
    for name in properties:
        if name not in known and name not in _IGNORED:
            shown = str(name)[:_SHOWN_CHARS]
            problems.add(shown, "unknown_field", f"Stations have no property {shown!r}.")
    changed = {name: properties[name] for name in known if name in properties and properties[name] != known[name]}
    return _Sent(changed, _members(feature).get("geometry"), properties.get("position_accuracy"))


def _refuse_other_code(feature: Json, code: str, problems: Problems) -> None:
    for name, given in (("id", _members(feature).get("id")), ("code", _properties(feature).get("code"))):
        if given is not None and given != code:
            problems.add(name, "other_code", f"{name} is not {code}, the code in the address; codes never change.")


def _document(sent: _Sent, current: Station, problems: Problems) -> dict[str, Json]:
    """The document's fields the feature changes."""
    document = {_FIELD_OF.get(name, name): value for name, value in sent.changed.items() if name not in _JOINT}
    if isinstance(document.get("services"), list):
        document["services"] = [_offer(offer) for offer in document["services"]]
    if not sent.changed.keys().isdisjoint({"opening_hours", "hours_text"}):
        document["hours"] = _hours(sent.changed, current.hours, problems)
    position = _position(sent, current, problems)
    if position != station_document(current)["position"]:
        document["position"] = position
    return document


def _offer(offer: Json) -> Json:
    """A published service offer in the document's form; anything else as it is, to be refused there."""
    if not isinstance(offer, Mapping):
        return offer
    season: Json = offer.get("season")
    if isinstance(season, Mapping) and season.keys() == {"first_month", "last_month"}:
        season = [season["first_month"], season["last_month"]]
    return {**offer, "season": season}


def _hours(changed: Mapping[str, Json], current: OpeningHours, problems: Problems) -> Json:
    """A changed rule wins, and old words do not stand beside it; changed words alone are read."""
    if "opening_hours" in changed:
        rule = changed["opening_hours"]
        tidy = " ".join(rule.split()).strip("; ") if isinstance(rule, str) else rule
        return {"rule": tidy, "original_text": changed.get("hours_text", "")}
    text = changed["hours_text"]
    if not isinstance(text, str):
        return {"rule": current.rule, "original_text": text}
    reading = read_hours(text)
    if reading.rule is None and reading.problems:
        first = reading.problems[0]
        english, chinese = f"The hours cannot be read: {first.message_en}.", f"开放时间无法读取：{first.message_zh}。"
        problems.add("hours_text", first.code, english, chinese)
        return station_document(_BLANK)["hours"]
    return {"rule": reading.rule, "original_text": text}


def _position(sent: _Sent, current: Station, problems: Problems) -> Json:
    known: Json = station_document(current)["position"]
    geometry = sent.geometry
    if geometry is None:
        return None
    if geometry == published_geometry(current):
        return known if sent.accuracy is None else {**known, "accuracy": sent.accuracy}
    coordinates: Any = geometry.get("coordinates") if isinstance(geometry, Mapping) else None
    is_point = isinstance(geometry, Mapping) and geometry.get("type") == "Point"
    if not is_point or not isinstance(coordinates, list) or len(coordinates) != 2:
        problems.add("geometry", "not_a_point", "geometry must be null or a Point: [longitude, latitude] in WGS-84.")
        return known
    accuracy = sent.accuracy if sent.accuracy is not None else PositionAccuracy.APPROXIMATE.value
    return {"lon": coordinates[0], "lat": coordinates[1], "accuracy": accuracy}


def _read(document: Mapping[str, Json], code: str, problems: Problems) -> Station:
    """The station; all problems, those found before and those of the document, are raised together."""
    station = _BLANK
    try:
        station = read_station(document, code=code)
    except InvalidFields as refusal:
        for problem in by_property(refusal).problems:
            problems.add(problem.field, problem.code, problem.message, problem.message_zh)
    problems.refuse_any()
    return station
