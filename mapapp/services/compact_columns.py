"""The stations of the compact file as columns: dense where nearly every station has a value, else sparse.

docs/compact-file.md describes each of them. Codes are indices and bits in the order of the vocabularies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, Final

from geodata.coordinates import PUBLISHED_DECIMALS
from geodata.places import Unit
from geodata.reports.door_warning import DoorWarning
from geodata.stations.station import ServiceOffer, Station, Verification
from geodata.stations.vocabulary import (
    EntryMethod,
    LifeCycle,
    PositionAccuracy,
    Service,
    ServiceState,
    StationKind,
    VerifiedHow,
)
from mapapp.services.snapshot import StationSnapshot

NONE: Final = -1
"""In a column of indices: no district, unknown hours, no words, never verified."""

PUBLIC_LIFE_CYCLES: Final = tuple(each for each in LifeCycle if each.is_public)

_DEGREE: Final = 10**PUBLISHED_DECIMALS
_EPOCH: Final = date(1970, 1, 1)


class SharedTexts:
    """Texts that many stations have, each once in the order they first occur."""

    def __init__(self) -> None:
        self._row_of: dict[str, int] = {}

    @property
    def written(self) -> list[str]:
        """The texts by row."""
        return list(self._row_of)

    def row(self, text: str) -> int:
        """The row of a text, or NONE for an empty one."""
        return self._row_of.setdefault(text, len(self._row_of)) if text else NONE


def station_columns(
    snapshot: StationSnapshot,
    stations: Sequence[Station],
    units: Sequence[Unit],
    schedule_row: Callable[[Station], int],
    hours_texts: SharedTexts,
) -> dict[str, Any]:
    """Every column of the file; row i is ``stations[i]``, and districts are rows of ``units``."""
    return (
        _names(stations, units)
        | _positions(stations)
        | {
            "schedule": [schedule_row(station) for station in stations],
            "hours_text": [hours_texts.row(station.hours.original_text) for station in stations],
            "life_cycle": [PUBLIC_LIFE_CYCLES.index(station.life_cycle) for station in stations],
        }
        | _services(stations)
        | _at_the_door(stations, snapshot.door_warnings)
        | _record(stations, [snapshot.last_verified(station) for station in stations])
    )


def _names(stations: Sequence[Station], units: Sequence[Unit]) -> dict[str, Any]:
    district_row = {unit.code: row for row, unit in enumerate(units)}
    return {
        "code": [station.code for station in stations],
        "name": [station.name for station in stations],
        "name_en": _sparse([station.name_en for station in stations]),
        "other_names": _sparse([list(station.other_names) for station in stations]),
        "kind": [list(StationKind).index(station.kind) for station in stations],
        "district": [district_row.get(station.district_code or "", NONE) for station in stations],
        "town": [station.town for station in stations],
        "address": [station.address for station in stations],
    }


def _positions(stations: Sequence[Station]) -> dict[str, Any]:
    points = [station.position.point.rounded() if station.position else None for station in stations]
    return {
        "lon_e6": [None if point is None else round(point.lon * _DEGREE) for point in points],
        "lat_e6": [None if point is None else round(point.lat * _DEGREE) for point in points],
        "is_approximate": [int(_is_approximate(station)) for station in stations],
    }


def _is_approximate(station: Station) -> bool:
    return station.position is not None and station.position.accuracy is PositionAccuracy.APPROXIMATE


def _services(stations: Sequence[Station]) -> dict[str, Any]:
    return {
        "services": [_bits_in_state(station, ServiceState.AVAILABLE) for station in stations],
        "seasonal": _sparse([_seasonal(station) for station in stations]),
        "broken": _sparse([_bits_in_state(station, ServiceState.BROKEN) for station in stations]),
        "unknown_services": _sparse([_bits_in_state(station, ServiceState.UNKNOWN) for station in stations]),
        "fees": _sparse([_said(station, lambda offer: offer.fee) for station in stations]),
        "service_notes": _sparse([_said(station, lambda offer: offer.note) for station in stations]),
    }


def _at_the_door(stations: Sequence[Station], door_warnings: Mapping[str, DoorWarning]) -> dict[str, Any]:
    return {
        "entry": [_bits(station.entry_methods, EntryMethod) for station in stations],
        "entry_note": _sparse([station.entry_note for station in stations]),
        "phone": _sparse([station.public_phone for station in stations]),
        "alert": _sparse([_alert(station) for station in stations]),
        "door": _sparse([_door(door_warnings.get(station.code)) for station in stations]),
    }


def _record(stations: Sequence[Station], verified: Sequence[Verification | None]) -> dict[str, Any]:
    return {
        "verified_day": [None if each is None else (each.on - _EPOCH).days for each in verified],
        "verified_how": [NONE if each is None else list(VerifiedHow).index(each.how) for each in verified],
        "has_photo": _sparse([int(station.photo is not None) for station in stations]),
    }


def _sparse(values: Sequence[Any]) -> dict[str, Any]:
    """The values that say something, by row."""
    return {str(row): value for row, value in enumerate(values) if value}


def _bits_in_state(station: Station, state: ServiceState) -> int:
    return _bits([offer.service for offer in station.services if offer.state is state], Service)


def _seasonal(station: Station) -> list[list[int]]:
    return [
        [list(Service).index(offer.service), _month_bits(offer)]
        for offer in station.services
        if offer.state is ServiceState.SEASONAL
    ]


def _month_bits(offer: ServiceOffer) -> int:
    return sum(1 << (month - 1) for month in range(1, 13) if offer.matches_in(month))


def _said(station: Station, words: Callable[[ServiceOffer], str]) -> list[list[Any]]:
    """Some words about services: pairs of a service's index and the words."""
    return [[list(Service).index(offer.service), words(offer)] for offer in station.services if words(offer)]


def _bits(codes: Sequence[StrEnum], vocabulary: type[StrEnum]) -> int:
    order = list(vocabulary)
    return sum(1 << order.index(code) for code in codes)


def _alert(station: Station) -> list[Any] | None:
    if station.alert is None:
        return None
    return [station.alert.text, int(station.alert.expires_at.timestamp())]


def _door(warning: DoorWarning | None) -> list[int] | None:
    if warning is None:
        return None
    return [warning.count, int(warning.first_at.timestamp()), int(warning.until.timestamp())]
