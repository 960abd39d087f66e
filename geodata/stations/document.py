"""A station as a plain JSON object and back, exactly.

The document is what revisions compare and what the store keeps in its JSON columns, so its form is
stable: every field of `Station` is there by name; inside a list entry only what differs from the
default is written. Dates are ISO 8601; instants are written in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any, Final

from geodata.coordinates import Crs, LonLat
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Alert, Award, Position, Season, ServiceOffer, Station, Verification
from geodata.stations.vocabulary import (
    AwardScheme,
    BuildMode,
    EntryMethod,
    HostType,
    LifeCycle,
    PositionAccuracy,
    Service,
    ServiceState,
    StationKind,
    VerifiedHow,
)

Json = Any
"""None, bool, int, float, str, or lists and objects of them."""

_UNCOMPARED: Final = frozenset({"version"})


def station_document(station: Station) -> dict[str, Json]:
    """The station as a JSON object with one entry a field."""
    document = {field.name: getattr(station, field.name) for field in fields(Station)}
    document |= {
        "kind": station.kind.value,
        "other_names": list(station.other_names),
        "position": _position_document(station.position),
        "entry_methods": [method.value for method in station.entry_methods],
        "services": services_document(station.services),
        "hours": {"rule": station.hours.rule, "original_text": station.hours.original_text},
        "build_mode": station.build_mode.value if station.build_mode else None,
        "host_type": station.host_type.value if station.host_type else None,
        "life_cycle": station.life_cycle.value,
        "alert": _alert_document(station.alert),
        "awards": awards_document(station.awards),
        "last_verified": _verification_document(station.last_verified),
    }
    return document


def station_from_document(document: Mapping[str, Json]) -> Station:
    """The station a document describes.

    Raises
    ------
    InvalidValue
        A value breaks an invariant of the station.
    KeyError, ValueError
        The document lacks a field or holds a word outside a vocabulary.
    """
    plain = {field.name: document[field.name] for field in fields(Station)}
    build_mode, host_type = document["build_mode"], document["host_type"]
    plain |= {
        "kind": StationKind(document["kind"]),
        "other_names": tuple(document["other_names"]),
        "position": _position_from(document["position"]),
        "entry_methods": tuple(EntryMethod(code) for code in document["entry_methods"]),
        "services": services_from(document["services"]),
        "hours": OpeningHours(document["hours"]["rule"], document["hours"]["original_text"]),
        "build_mode": BuildMode(build_mode) if build_mode is not None else None,
        "host_type": HostType(host_type) if host_type is not None else None,
        "life_cycle": LifeCycle(document["life_cycle"]),
        "alert": _alert_from(document["alert"]),
        "awards": awards_from(document["awards"]),
        "last_verified": _verification_from(document["last_verified"]),
    }
    return Station(**plain)


def changed_fields(old: Station | None, new: Station) -> dict[str, tuple[Json, Json]]:
    """What differs, as field → (old, new) in document form; the version, which always grows, is left out.

    Without an old station every field that is not at its default counts as changed from None.
    """
    after = station_document(new)
    if old is None:
        blank = station_document(Station(code=new.code, kind=new.kind, name=new.name))
        kept = {"code", "kind", "name"}
        return {
            name: (None, value)
            for name, value in after.items()
            if name not in _UNCOMPARED and (name in kept or value != blank[name])
        }
    before = station_document(old)
    return {
        name: (before[name], value)
        for name, value in after.items()
        if name not in _UNCOMPARED and before[name] != value
    }


def services_document(offers: tuple[ServiceOffer, ...]) -> list[Json]:
    """Service offers as JSON; only what differs from an available service is written."""
    return [_offer_document(offer) for offer in offers]


def services_from(document: list[Json]) -> tuple[ServiceOffer, ...]:
    """The inverse of `services_document`."""
    return tuple(
        ServiceOffer(
            service=Service(entry["service"]),
            state=ServiceState(entry.get("state", ServiceState.AVAILABLE)),
            season=Season(*entry["season"]) if "season" in entry else None,
            fee=entry.get("fee", ""),
            note=entry.get("note", ""),
            confirmed_on=_date_from(entry.get("confirmed_on")),
        )
        for entry in document
    )


def awards_document(awards: tuple[Award, ...]) -> list[Json]:
    """Awards as JSON; an unknown year or body is left out."""
    return [
        {"scheme": award.scheme.value, "level": award.level}
        | ({"year": award.year} if award.year is not None else {})
        | ({"granted_by": award.granted_by} if award.granted_by else {})
        for award in awards
    ]


def awards_from(document: list[Json]) -> tuple[Award, ...]:
    """The inverse of `awards_document`."""
    return tuple(
        Award(
            scheme=AwardScheme(entry["scheme"]),
            level=entry["level"],
            year=entry.get("year"),
            granted_by=entry.get("granted_by", ""),
        )
        for entry in document
    )


def _offer_document(offer: ServiceOffer) -> Json:
    entry: dict[str, Json] = {"service": offer.service.value}
    if offer.state is not ServiceState.AVAILABLE:
        entry["state"] = offer.state.value
    if offer.season is not None:
        entry["season"] = [offer.season.first_month, offer.season.last_month]
    if offer.fee:
        entry["fee"] = offer.fee
    if offer.note:
        entry["note"] = offer.note
    if offer.confirmed_on is not None:
        entry["confirmed_on"] = offer.confirmed_on.isoformat()
    return entry


def _position_document(position: Position | None) -> Json:
    if position is None:
        return None
    return {
        "lon": position.point.lon,
        "lat": position.point.lat,
        "accuracy": position.accuracy.value,
        "given_crs": position.given_crs.value,
        "given_lon": position.given_lon,
        "given_lat": position.given_lat,
    }


def _position_from(document: Json) -> Position | None:
    if document is None:
        return None
    return Position(
        point=LonLat(document["lon"], document["lat"]),
        accuracy=PositionAccuracy(document["accuracy"]),
        given_crs=Crs(document["given_crs"]),
        given_lon=document["given_lon"],
        given_lat=document["given_lat"],
    )


def _alert_document(alert: Alert | None) -> Json:
    if alert is None:
        return None
    return {"text": alert.text, "expires_at": alert.expires_at.astimezone(UTC).isoformat()}


def _alert_from(document: Json) -> Alert | None:
    return Alert(document["text"], datetime.fromisoformat(document["expires_at"])) if document is not None else None


def _verification_document(verification: Verification | None) -> Json:
    return {"on": verification.on.isoformat(), "how": verification.how.value} if verification is not None else None


def _verification_from(document: Json) -> Verification | None:
    if document is None:
        return None
    return Verification(date.fromisoformat(document["on"]), VerifiedHow(document["how"]))


def _date_from(text: str | None) -> date | None:
    return date.fromisoformat(text) if text is not None else None
