"""A station as the texts of its form, by the names of the form's inputs.

``texts_of`` is what an untouched form posts, so a field whose texts are the same has not been touched: it
keeps its value exactly, also where the form shows less of it than there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Final

from geodata.coordinates import Crs
from geodata.places import Place
from geodata.stations.station import MAX_AWARDS, Award, Position, ServiceOffer, Station
from geodata.stations.vocabulary import PositionAccuracy, Service

Texts = Mapping[str, str]
"""What stands in the form, by the names of its inputs."""

BY_POSITION: Final = "auto"
"""The choice of district that leaves it to the position."""
TICKED: Final = "on"
AWARD_PARTS: Final = ("scheme", "level", "year", "granted_by")
OFFER_PARTS: Final = ("state", "first", "last", "fee", "note")
EMPTY_AWARD_ROWS: Final = 2
MAX_AWARD_ROWS: Final = MAX_AWARDS
_DEGREE_DECIMALS: Final = 7

FIELD_INPUTS: Final[Mapping[str, tuple[str, ...]]] = {
    "kind": ("kind",),
    "name": ("name",),
    "name_en": ("name_en",),
    "other_names": ("other_names",),
    "position": ("lon", "lat", "crs", "accuracy"),
    "address": ("address",),
    "district_code": ("district_code",),
    "town": ("town",),
    "hours": ("hours_text", "hours_rule", "hours_week", "hours_source", "hours_as_unknown"),
    "entry_methods": ("entry.",),
    "entry_note": ("entry_note",),
    "services": ("service.",),
    "host_type": ("host_type",),
    "build_mode": ("build_mode",),
    "capacity_count": ("capacity_count",),
    "area_m2": ("area_m2",),
    "public_phone": ("public_phone",),
    "internal_contact": ("internal_contact",),
    "awards": ("award.",),
    "photo": ("photo",),
    "life_cycle": ("life_cycle",),
    "alert": ("alert_text", "alert_until"),
    "source": ("source",),
    "last_verified": ("verified_on", "verified_how"),
}
"""Each field in the order of the form, with its inputs; a name that ends in a dot begins the names of many."""

PLAIN_FIELDS: Final = (
    "name",
    "name_en",
    "address",
    "town",
    "entry_note",
    "public_phone",
    "internal_contact",
    "source",
)
CODED_FIELDS: Final = ("kind", "host_type", "build_mode", "life_cycle")


def texts_of(station: Station, place: Place) -> dict[str, str]:
    """Every input of the form with what it holds for this station."""
    texts = {field: getattr(station, field) for field in PLAIN_FIELDS}
    texts |= {field: getattr(station, field) or "" for field in CODED_FIELDS}
    texts |= {
        "other_names": "\n".join(station.other_names),
        "district_code": _district_choice(station, place),
        "hours_text": station.hours.original_text,
        "hours_rule": station.hours.rule or "",
        "capacity_count": "" if station.capacity_count is None else str(station.capacity_count),
        "area_m2": "" if station.area_m2 is None else f"{station.area_m2:.10g}",
        "photo": station.photo or "",
        "verified_on": station.last_verified.on.isoformat() if station.last_verified else "",
        "verified_how": station.last_verified.how.value if station.last_verified else "",
    }
    texts |= {f"entry.{method.value}": TICKED for method in station.entry_methods}
    texts |= _position_texts(station.position) | _alert_texts(station, place.timezone)
    texts |= _offer_texts(station.services) | _award_texts(station.awards)
    return {name: str(text) for name, text in texts.items()}


def inputs_of(field: str, texts: Texts) -> dict[str, str]:
    """The inputs of one field of a station, and what they hold."""
    names = FIELD_INPUTS[field]
    return {
        name: text
        for name, text in texts.items()
        if name in names or any(start.endswith(".") and name.startswith(start) for start in names)
    }


def _district_choice(station: Station, place: Place) -> str:
    found = place.district_of(station.position.point) if station.position else None
    return BY_POSITION if found == station.district_code else station.district_code or ""


def _position_texts(position: Position | None) -> dict[str, str]:
    if position is None:
        return {"lon": "", "lat": "", "crs": Crs.GCJ02.value, "accuracy": PositionAccuracy.SURVEYED.value}
    return {
        "lon": degree_text(position.given_lon),
        "lat": degree_text(position.given_lat),
        "crs": position.given_crs.value,
        "accuracy": position.accuracy.value,
    }


def degree_text(degrees: float) -> str:
    """Degrees as the form writes them, to about a centimetre."""
    return f"{degrees:.{_DEGREE_DECIMALS}f}".rstrip("0").rstrip(".")


def _alert_texts(station: Station, zone: tzinfo) -> dict[str, str]:
    if station.alert is None:
        return {"alert_text": "", "alert_until": ""}
    until = station.alert.expires_at.astimezone(zone)
    return {"alert_text": station.alert.text, "alert_until": f"{until:%Y-%m-%dT%H:%M}"}


def _offer_texts(offers: tuple[ServiceOffer, ...]) -> dict[str, str]:
    texts = {f"service.{service.value}.{part}": "" for service in Service for part in OFFER_PARTS}
    for offer in offers:
        start = f"service.{offer.service.value}."
        months = (str(offer.season.first_month), str(offer.season.last_month)) if offer.season else ("", "")
        texts |= {
            start + "state": offer.state.value,
            start + "first": months[0],
            start + "last": months[1],
            start + "fee": offer.fee,
            start + "note": offer.note,
        }
    return texts


def _award_texts(awards: tuple[Award, ...]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for row in range(min(len(awards) + EMPTY_AWARD_ROWS, MAX_AWARD_ROWS)):
        award = awards[row] if row < len(awards) else None
        values = (award.scheme.value, award.level, str(award.year or ""), award.granted_by) if award else ("",) * 4
        texts |= {f"award.{row}.{part}": value for part, value in zip(AWARD_PARTS, values, strict=True)}
    return texts
