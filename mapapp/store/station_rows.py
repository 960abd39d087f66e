"""Between a row of ``stations`` and a `Station`, exactly both ways."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import JSON, ColumnElement, Text, cast

from geodata.coordinates import Crs, LonLat
from geodata.stations.document import awards_document, awards_from, services_document, services_from
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Alert, Position, ServiceOffer, Station, Verification
from geodata.stations.vocabulary import (
    BuildMode,
    EntryMethod,
    HostType,
    LifeCycle,
    PositionAccuracy,
    StationKind,
    VerifiedHow,
)
from mapapp.store.quick_values import quick_maker
from mapapp.store.schema import stations

STATION_COLUMNS: Final[tuple[ColumnElement[Any], ...]] = tuple(
    cast(column, Text).label(column.name) if isinstance(column.type, JSON) else column for column in stations.c
)
"""What `StationsOfRows` reads: the columns, those of JSON as text, because equal texts need no second reading."""

_MOST_LISTS: Final = 10_000
"""Lists of services kept by their text. Where there are more they hardly repeat, and their texts would take up room."""
_STATION: Final = quick_maker(Station)
_OFFER: Final = quick_maker(ServiceOffer)
_OFFER_FIELDS: Final = tuple(each.name for each in fields(ServiceOffer))
_POSITION: Final = quick_maker(Position)
_members_of_offer: Final = attrgetter(*_OFFER_FIELDS)
_POINT: Final = quick_maker(LonLat)
_CONFIRMED_MARKS: Final = (',"confirmed_on":"', ', "confirmed_on": "')
"""What precedes the day in a list of services, as SQLite and as PostgreSQL have it."""
_DAY_CHARS: Final = len('2026-01-01"')
_KINDS: Final = {kind.value: kind for kind in StationKind}
_LIFE_CYCLES: Final = {cycle.value: cycle for cycle in LifeCycle}
_ACCURACIES: Final = {accuracy.value: accuracy for accuracy in PositionAccuracy}
_SYSTEMS: Final = {system.value: system for system in Crs}
_BUILD_MODES: Final = {mode.value: mode for mode in BuildMode}
_HOST_TYPES: Final = {host.value: host for host in HostType}


def row_of_station(station: Station) -> dict[str, Any]:
    """The columns of the station's row."""
    position, alert, verified = station.position, station.alert, station.last_verified
    return {
        "code": station.code,
        "kind": station.kind.value,
        "name": station.name,
        "name_en": station.name_en,
        "other_names": list(station.other_names),
        "address": station.address,
        "district_code": station.district_code,
        "town": station.town,
        "lon": position.point.lon if position else None,
        "lat": position.point.lat if position else None,
        "accuracy": position.accuracy.value if position else None,
        "given_crs": position.given_crs.value if position else None,
        "given_lon": position.given_lon if position else None,
        "given_lat": position.given_lat if position else None,
        "entry_methods": [method.value for method in station.entry_methods],
        "entry_note": station.entry_note,
        "services": services_document(station.services),
        "hours_rule": station.hours.rule,
        "hours_text": station.hours.original_text,
        "build_mode": station.build_mode.value if station.build_mode else None,
        "host_type": station.host_type.value if station.host_type else None,
        "capacity_count": station.capacity_count,
        "area_m2": station.area_m2,
        "public_phone": station.public_phone,
        "internal_contact": station.internal_contact,
        "life_cycle": station.life_cycle.value,
        "alert_text": alert.text if alert else None,
        "alert_expires_at": alert.expires_at if alert else None,
        "awards": awards_document(station.awards),
        "photo": station.photo,
        "source": station.source,
        "verified_on": verified.on if verified else None,
        "verified_how": verified.how.value if verified else None,
        "is_sample": station.is_sample,
        "version": station.version,
    }


class _OffersOfTexts(dict[str, ServiceOffer]):
    """Offers by the members of their JSON object; one that is missing is read.

    Most differ only by the day they were confirmed on, which both databases write last: then what stands before is
    looked up, and read once for all days. Within a string the mark could not stand, for its quotes would be escaped.
    """

    def __init__(self) -> None:
        super().__init__()
        self._days: dict[str, date] = {}

    def __missing__(self, text: str) -> ServiceOffer:
        for mark in _CONFIRMED_MARKS:
            others, found, day = text.partition(mark)
            if found and len(day) == _DAY_CHARS and day[-1] == '"':
                members = dict(zip(_OFFER_FIELDS, _members_of_offer(self[others]), strict=True))
                offer = self[text] = _OFFER(**{**members, "confirmed_on": self._day(day[:-1])})
                return offer
        (offer,) = services_from([json.loads(f"{{{text}}}")])
        self[text] = offer
        return offer

    def _day(self, text: str) -> date:
        found = self._days.get(text)
        if found is None:
            found = self._days[text] = date.fromisoformat(text)
        return found


class StationsOfRows:
    """Stations made from the rows of one reading, sharing what they have in common.

    A register repeats itself: a few hundred different hours, offers, dates and sources serve every station.
    Each is read and validated once and then shared, so that 200,000 stations take neither the time nor the
    memory of so many copies.
    """

    def __init__(self) -> None:
        self._words: dict[str, str] = {}
        self._hours: dict[tuple[str | None, str], OpeningHours] = {}
        self._verified: dict[tuple[date, str], Verification] = {}
        self._documents: dict[tuple[str, str], Any] = {}
        self._offers_of_texts = _OffersOfTexts()
        self._offer_lists: dict[str, tuple[ServiceOffer, ...]] = {"[]": ()}

    def station(self, row: Sequence[Any]) -> Station:
        """The station of a row with the columns `STATION_COLUMNS`, in that order."""
        (code, kind, name, name_en, other_names, address, district_code, town, lon, lat, accuracy, given_crs, given_lon,
         given_lat, entry_methods, entry_note, services, hours_rule, hours_text, build_mode, host_type, capacity_count,
         area_m2, public_phone, internal_contact, life_cycle, alert_text, alert_expires_at, awards, source,
         verified_on, verified_how, is_sample, version, photo) = row  # fmt: skip
        shared = self._words.setdefault
        return _STATION(
            code=code,
            kind=_KINDS[kind],
            name=name,
            name_en=name_en,
            other_names=() if other_names == "[]" else self._document("other_names", other_names),
            address=address,
            district_code=district_code and shared(district_code, district_code),
            town=shared(town, town),
            position=None if lon is None else _position(lon, lat, accuracy, given_crs, given_lon, given_lat),
            entry_methods=self._document("entry_methods", entry_methods),
            entry_note=shared(entry_note, entry_note),
            services=self.services(services),
            hours=self._hours_of(hours_rule, hours_text),
            build_mode=_BUILD_MODES[build_mode] if build_mode else None,
            host_type=_HOST_TYPES[host_type] if host_type else None,
            capacity_count=capacity_count,
            area_m2=area_m2,
            public_phone=shared(public_phone, public_phone),
            internal_contact=shared(internal_contact, internal_contact),
            life_cycle=_LIFE_CYCLES[life_cycle],
            alert=Alert(alert_text, alert_expires_at) if alert_text is not None else None,
            awards=() if awards == "[]" else self._document("awards", awards),
            photo=photo,
            source=shared(source, source),
            last_verified=None if verified_on is None else self._verification(verified_on, verified_how),
            is_sample=is_sample,
            version=version,
        )

    def services(self, text: str) -> tuple[ServiceOffer, ...]:
        """The offers of a JSON list. Lists may all differ, by a day here and there; what they are made of does not.

        So each object of the list is looked up by its text. A cut within a string leaves that string open, which is no
        JSON: then the list is read as a whole.
        """
        known = self._offer_lists.get(text)
        if known is not None:
            return known
        pieces = text[2:-2].split("}, {" if "}, {" in text else "},{")  # as PostgreSQL and as SQLite have it
        try:
            offers = tuple(map(self._offers_of_texts.__getitem__, pieces))
        except json.JSONDecodeError:
            offers = tuple(services_from(json.loads(text)))
        if len(self._offer_lists) < _MOST_LISTS:
            self._offer_lists[text] = offers
        return offers

    def _hours_of(self, rule: str | None, text: str) -> OpeningHours:
        hours = self._hours.get((rule, text))
        if hours is None:
            hours = self._hours[rule, text] = OpeningHours(rule, text)
        return hours

    def _verification(self, on: date, how: str) -> Verification:
        verified = self._verified.get((on, how))
        if verified is None:
            verified = self._verified[on, how] = Verification(on, VerifiedHow(how))
        return verified

    def _document(self, field: str, text: str) -> Any:
        """The value of a column of JSON, which comes as text; equal texts give the same value."""
        if text == "[]":
            return ()
        value = self._documents.get((field, text))
        if value is None:
            value = self._documents[field, text] = self._read(field, json.loads(text))
        return value

    def _read(self, field: str, document: Any) -> Any:
        if field == "awards":
            return awards_from(document)
        if field == "entry_methods":
            return tuple(EntryMethod(code) for code in document)
        return tuple(document)


def _position(lon: float, lat: float, accuracy: str, given_crs: str, given_lon: float, given_lat: float) -> Position:
    """The position of a row; what was given in WGS-84 is mostly the point itself, and then the same numbers."""
    return _POSITION(
        point=_POINT(lon, lat),
        accuracy=_ACCURACIES[accuracy],
        given_crs=_SYSTEMS[given_crs],
        given_lon=lon if given_lon == lon else given_lon,
        given_lat=lat if given_lat == lat else given_lat,
    )
