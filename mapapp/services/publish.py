"""Stations as the world sees them: GeoJSON features, WGS-84, without anything internal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from geodata.places import Place
from geodata.reports.door_warning import DoorWarning
from geodata.stations.schedule import Schedule
from geodata.stations.station import Alert, Award, ServiceOffer, Station, Verification
from mapapp.services.snapshot import StationSnapshot

Json = dict[str, Any]

SAMPLE_NOTICE: Final[Mapping[str, str]] = {
    "zh": "示例数据: 这些站点是为演示而虚构的, 不是真实地点。",
    "en": "Sample data: these stations are invented for demonstration; they are no real places.",
}
"""What every answer says while a database holds the sample set."""

DERIVED_PROPERTIES: Final = frozenset(
    {"code", "district_name", "district_name_en", "hours_known", "is_24h", "door_warning", "sample", "version"}
)
"""The properties of a feature that follow from others or from elsewhere: nobody edits them."""


_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def json_bytes(document: Mapping[str, Any]) -> bytes:
    """Compact JSON in UTF-8; NaN and infinities are refused, they are no JSON."""
    return _compact(document).encode()


def feature_bytes(station: Station, snapshot: StationSnapshot, at: datetime, more: Json | None = None) -> bytes:
    """``station_feature`` as compact JSON, with ``more`` as its last properties.

    What a question does not change is written once and kept with the snapshot.
    """
    key = (station.code, _stands(station.alert, at), door_warning_at(station.code, snapshot, at) is not None)
    written = snapshot.part(key, lambda: json_bytes(station_feature(station, snapshot, at)))
    return b"%b,%b}" % (written[: -len(b"}}")], json_bytes(more)[len(b"{") :]) if more else written


def collection_bytes(head: Json, features: Iterable[bytes]) -> bytes:
    """A feature collection: what comes before the features, and the features as they are written."""
    return b'%b,"features":[%b]}' % (json_bytes(head)[: -len(b"}")], b",".join(features))


def station_feature(station: Station, snapshot: StationSnapshot, at: datetime) -> Json:
    """The station as a GeoJSON feature; an unplaced one has a null geometry.

    ``at`` decides whether its alert and a locked-door warning still stand.
    """
    properties = (
        _identity(station, snapshot.place)
        | _inside(station)
        | _hours(station, snapshot.book.of(station.hours))
        | _of_now(station, snapshot, at)
        | _record(station)
        | {"last_verified": verification_document(snapshot.last_verified(station))}
    )
    return {"type": "Feature", "id": station.code, "geometry": published_geometry(station), "properties": properties}


def editable_properties(station: Station, place: Place) -> Json:
    """The properties of the feature that are the station's own facts, and with them its internal contact.

    They are what an editor may send back; the alert is among them also when it is over.
    """
    properties = (
        _identity(station, place)
        | _inside(station)
        | _hours(station, None)
        | {"life_cycle": station.life_cycle.value, "alert": _alert(station.alert)}
        | _record(station)
    )
    kept = {name: value for name, value in properties.items() if name not in DERIVED_PROPERTIES}
    return kept | {"internal_contact": station.internal_contact}


def notice(snapshot: StationSnapshot) -> Json:
    """What an answer says about its data: whether they are a sample, and of which revision."""
    words = dict(SAMPLE_NOTICE) if snapshot.is_sample else None
    return {"sample": snapshot.is_sample, "notice": words, "revision": snapshot.revision}


def instant_text(instant: datetime | None, snapshot: StationSnapshot) -> str | None:
    """An instant as ISO 8601 to the second, in the place's time zone."""
    if instant is None:
        return None
    return instant.astimezone(snapshot.place.timezone).isoformat(timespec="seconds")


def door_warning_at(code: str, snapshot: StationSnapshot, at: datetime) -> DoorWarning | None:
    """The locked-door warning that stands at a station at that instant."""
    warning = snapshot.door_warnings.get(code)
    return warning if warning is not None and warning.until > at else None


def published_geometry(station: Station) -> Json | None:
    """The station's place, rounded as everybody gets it; None for an unplaced one."""
    if station.position is None:
        return None
    point = station.position.point.rounded()
    return {"type": "Point", "coordinates": [point.lon, point.lat]}


def _identity(station: Station, place: Place) -> Json:
    unit = place.unit(station.district_code) if station.district_code else None
    return {
        "code": station.code,
        "name": station.name,
        "name_en": station.name_en,
        "other_names": list(station.other_names),
        "kind": station.kind.value,
        "address": station.address,
        "district": station.district_code,
        "district_name": unit.name_zh if unit else None,
        "district_name_en": unit.name_en if unit else None,
        "town": station.town,
        "position_accuracy": station.position.accuracy.value if station.position else None,
    }


def _inside(station: Station) -> Json:
    return {
        "entry_methods": [method.value for method in station.entry_methods],
        "entry_note": station.entry_note,
        "services": [_service(offer) for offer in station.services],
        "build_mode": station.build_mode.value if station.build_mode else None,
        "host_type": station.host_type.value if station.host_type else None,
        "capacity": station.capacity_count,
        "area_m2": station.area_m2,
        "public_phone": station.public_phone,
    }


def _hours(station: Station, schedule: Schedule | None) -> Json:
    return {
        "opening_hours": station.hours.rule,
        "hours_known": station.hours.known,
        "hours_text": station.hours.original_text,
        "is_24h": schedule.is_24h if schedule is not None and station.hours.known else None,
    }


def _of_now(station: Station, snapshot: StationSnapshot, at: datetime) -> Json:
    return {
        "life_cycle": station.life_cycle.value,
        "alert": _alert(station.alert) if _stands(station.alert, at) else None,
        "door_warning": _door_warning(door_warning_at(station.code, snapshot, at), snapshot),
    }


def _record(station: Station) -> Json:
    return {
        "awards": [_award(award) for award in station.awards],
        "source": station.source,
        "last_verified": verification_document(station.last_verified),
        "photo": station.photo,
        "sample": station.is_sample,
        "version": station.version,
    }


def verification_document(verified: Verification | None) -> Json | None:
    """When and how a station's facts were last found to be so, as everybody gets it."""
    return {"on": verified.on.isoformat(), "how": verified.how.value} if verified else None


def _service(offer: ServiceOffer) -> Json:
    season = offer.season
    return {
        "service": offer.service.value,
        "state": offer.state.value,
        "season": {"first_month": season.first_month, "last_month": season.last_month} if season else None,
        "fee": offer.fee,
        "note": offer.note,
        "confirmed_on": offer.confirmed_on.isoformat() if offer.confirmed_on else None,
    }


def _stands(alert: Alert | None, at: datetime) -> bool:
    return alert is not None and alert.expires_at > at


def _alert(alert: Alert | None) -> Json | None:
    if alert is None:
        return None
    return {"text": alert.text, "expires_at": alert.expires_at.isoformat(timespec="seconds")}


def _door_warning(warning: DoorWarning | None, snapshot: StationSnapshot) -> Json | None:
    if warning is None:
        return None
    return {
        "count": warning.count,
        "first_at": instant_text(warning.first_at, snapshot),
        "until": instant_text(warning.until, snapshot),
    }


def _award(award: Award) -> Json:
    return {"scheme": award.scheme.value, "level": award.level, "year": award.year, "granted_by": award.granted_by}
