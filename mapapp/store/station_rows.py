"""Between a row of ``stations`` and a `Station`, exactly both ways."""

from __future__ import annotations

from typing import Any

from sqlalchemy import RowMapping

from geodata.coordinates import Crs, LonLat
from geodata.stations.document import awards_document, awards_from, services_document, services_from
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Alert, Position, Station, Verification
from geodata.stations.vocabulary import (
    BuildMode,
    EntryMethod,
    HostType,
    LifeCycle,
    PositionAccuracy,
    StationKind,
    VerifiedHow,
)


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


def station_of_row(row: RowMapping, hours: OpeningHours) -> Station:
    """The station of a row; ``hours`` are the row's own, read once for all rows that share them."""
    return Station(
        code=row["code"],
        kind=StationKind(row["kind"]),
        name=row["name"],
        name_en=row["name_en"],
        other_names=tuple(row["other_names"]),
        address=row["address"],
        district_code=row["district_code"],
        town=row["town"],
        position=_position_of(row),
        entry_methods=tuple(EntryMethod(code) for code in row["entry_methods"]),
        entry_note=row["entry_note"],
        services=services_from(row["services"]),
        hours=hours,
        build_mode=BuildMode(row["build_mode"]) if row["build_mode"] else None,
        host_type=HostType(row["host_type"]) if row["host_type"] else None,
        capacity_count=row["capacity_count"],
        area_m2=row["area_m2"],
        public_phone=row["public_phone"],
        internal_contact=row["internal_contact"],
        life_cycle=LifeCycle(row["life_cycle"]),
        alert=Alert(row["alert_text"], row["alert_expires_at"]) if row["alert_text"] is not None else None,
        awards=awards_from(row["awards"]),
        photo=row["photo"],
        source=row["source"],
        last_verified=_verification_of(row),
        is_sample=row["is_sample"],
        version=row["version"],
    )


class HoursOfRows:
    """The opening hours of rows: each distinct pair of rule and words is validated once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str | None, str], OpeningHours] = {}

    def of(self, row: RowMapping) -> OpeningHours:
        """The hours of the row; equal hours are the same object."""
        words = (row["hours_rule"], row["hours_text"])
        hours = self._known.get(words)
        if hours is None:
            hours = self._known[words] = OpeningHours(*words)
        return hours


def _position_of(row: RowMapping) -> Position | None:
    if row["lon"] is None:
        return None
    return Position(
        point=LonLat(row["lon"], row["lat"]),
        accuracy=PositionAccuracy(row["accuracy"]),
        given_crs=Crs(row["given_crs"]),
        given_lon=row["given_lon"],
        given_lat=row["given_lat"],
    )


def _verification_of(row: RowMapping) -> Verification | None:
    if row["verified_on"] is None:
        return None
    return Verification(row["verified_on"], VerifiedHow(row["verified_how"]))
