"""What an OpenStreetMap way or barrier lets through: by mode, in which direction, how fast.

Pure functions of tags. Where a tag is silent, a class of way decides (``_CLASSES``, ``CAR_KMH``): round figures of
ours, to be changed here. Access follows OpenStreetMap's hierarchy, the most specific key present deciding:

    on foot    access < foot
    cycling    access < vehicle < bicycle
    driving    access < vehicle < motor_vehicle < motorcar

``no``, ``private`` and their like close a way; ``destination``, ``customers``, ``delivery``, ``permissive`` and
values nobody knows leave it open. Conditions in time (``…:conditional``), turn restrictions, ferries, surfaces and
traffic are not read: docs/streets.md says what that means.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from geodata.travel.straight_line import TravelMode

Tags = Mapping[str, str]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CAR_WAYS: Final = _words(
    "primary primary_link secondary secondary_link tertiary tertiary_link unclassified residential "
    "living_street service road"
)
_TRUNKS: Final = frozenset({"trunk", "trunk_link"})
_MOTORWAYS: Final = frozenset({"motorway", "motorway_link"})
_PATHS: Final = frozenset({"path", "track", "cycleway"})
_FOOTWAYS: Final = frozenset(
    {"footway", "pedestrian", "steps", "corridor", "platform", "bridleway", "trail", "elevator"}
)
_RIDEABLE: Final = frozenset({"footway", "pedestrian", "bridleway", "platform"})
"""Closed to bicycles unless a tag opens them; the rest of the footways stay closed."""

_CLASSES: Final[Mapping[TravelMode, frozenset[str]]] = {
    TravelMode.WALK: _CAR_WAYS | _TRUNKS | _PATHS | _FOOTWAYS,
    TravelMode.EBIKE: _CAR_WAYS | _TRUNKS | _PATHS,
    TravelMode.CAR: _CAR_WAYS | _TRUNKS | _MOTORWAYS,
}
_OPENED_BY_TAG: Final[Mapping[TravelMode, frozenset[str]]] = {
    TravelMode.WALK: frozenset(),
    TravelMode.EBIKE: _RIDEABLE,
    TravelMode.CAR: frozenset({"pedestrian", "track"}),
}
_ACCESS_KEYS: Final[Mapping[TravelMode, tuple[str, ...]]] = {
    TravelMode.WALK: ("foot", "access"),
    TravelMode.EBIKE: ("bicycle", "vehicle", "access"),
    TravelMode.CAR: ("motorcar", "motor_vehicle", "vehicle", "access"),
}
"""The most specific first."""

_CLOSED_VALUES: Final = _words(
    "no private agricultural forestry military emergency restricted permit residents use_sidepath "
    "service employees staff"
)
_OPEN_VALUES: Final = frozenset({"yes", "designated", "permissive", "destination", "official", "customers", "delivery"})
_DISMOUNT: Final = "dismount"

_STOPPING: Final[Mapping[TravelMode, frozenset[str]]] = {
    TravelMode.WALK: frozenset(),
    TravelMode.EBIKE: _words("stile turnstile kissing_gate full-height_turnstile horse_stile fence wall"),
    TravelMode.CAR: _words(
        "bollard block jersey_barrier cycle_barrier motorcycle_barrier stile turnstile kissing_gate "
        "planter log chain full-height_turnstile horse_stile fence wall debris bus_trap"
    ),
}
"""Barriers on a way that stop a mode where no access tag says otherwise; gates, lifts and toll booths stop nobody."""

CAR_KMH: Final[Mapping[str, float]] = {
    "motorway": 100, "motorway_link": 60, "trunk": 80, "trunk_link": 50, "primary": 50, "primary_link": 40,
    "secondary": 45, "secondary_link": 40, "tertiary": 40, "tertiary_link": 35, "unclassified": 35,
    "residential": 30, "road": 30, "living_street": 15, "service": 15, "pedestrian": 10, "track": 15,
}  # fmt: skip
"""Driving speeds where no limit is tagged."""

SLOWEST_CAR_KMH: Final = 5.0
_FASTEST_CAR_KMH: Final = 130.0
_NAMED_LIMITS_KMH: Final[Mapping[str, float]] = {
    "urban": 50, "rural": 80, "trunk": 80, "motorway": 120, "living_street": 15, "bicycle_road": 30, "walk": 5,
}  # fmt: skip
_MPH_KMH: Final = 1.609344
_KNOT_KMH: Final = 1.852
_LIMIT: Final = re.compile(r"(\d{1,3}(?:\.\d{1,2})?)\s*(km/h|kmh|kph|mph|knots)?", re.ASCII)
_ZONE: Final = re.compile(r"(?:[a-z]{2}:)?zone:?(\d{1,3})", re.ASCII)


class Direction(Enum):
    """In which direction of its nodes a way may be travelled: (forward, backward)."""

    BOTH = (True, True)
    FORWARD = (True, False)
    BACKWARD = (False, True)
    NONE = (False, False)


@dataclass(frozen=True, slots=True)
class CarSpeeds:
    """Driving speeds along and against the order of a way's nodes."""

    forward_kmh: float
    backward_kmh: float


_ONEWAY_WORDS: Final = {
    **dict.fromkeys(("yes", "true", "1"), Direction.FORWARD),
    **dict.fromkeys(("-1", "reverse"), Direction.BACKWARD),
    **dict.fromkeys(("no", "false", "0", "alternating"), Direction.BOTH),
    "reversible": Direction.NONE,
}


def direction_of(tags: Tags, mode: TravelMode) -> Direction:
    """Whether and in which direction a mode may use a way with these tags."""
    if not _is_open(tags, mode):
        return Direction.NONE
    if mode is TravelMode.WALK:
        return _walking_direction(tags)
    if mode is TravelMode.EBIKE:
        return _cycling_direction(tags)
    return _stated(tags, "oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle") or _vehicle_direction(tags)


def stops(tags: Tags, mode: TravelMode) -> bool:
    """Whether a barrier with these tags, standing on a way, stops a mode."""
    allowed = _allowed(tags, mode)
    return tags.get("barrier", "") in _STOPPING[mode] if allowed is None else not allowed


def car_speeds(tags: Tags) -> CarSpeeds:
    """Driving speeds on a way: its limit where tagged and readable, else its class's speed."""
    usual_kmh = CAR_KMH.get(tags.get("highway", ""), CAR_KMH["road"])
    both_kmh = read_limit_kmh(tags.get("maxspeed", "")) or usual_kmh
    return CarSpeeds(
        read_limit_kmh(tags.get("maxspeed:forward", "")) or both_kmh,
        read_limit_kmh(tags.get("maxspeed:backward", "")) or both_kmh,
    )


def read_limit_kmh(text: str) -> float | None:
    """A ``maxspeed`` in km/h, 5 to 130; the least of several; None where there is none to be read."""
    limits = [limit for part in text.lower().split(";")[:8] if (limit := _one_limit_kmh(part.strip())) is not None]
    return min(max(min(limits), SLOWEST_CAR_KMH), _FASTEST_CAR_KMH) if limits else None


def _one_limit_kmh(text: str) -> float | None:
    if text == "none":
        return _FASTEST_CAR_KMH
    if text in _NAMED_LIMITS_KMH or (text[2:3] == ":" and text[3:] in _NAMED_LIMITS_KMH):
        return _NAMED_LIMITS_KMH[text.rsplit(":", maxsplit=1)[-1]]
    if zone := _ZONE.fullmatch(text) or re.fullmatch(r"[a-z]{2}:(\d{1,3})", text, re.ASCII):
        return float(zone[1]) or None
    if not (number := _LIMIT.fullmatch(text)):
        return None
    factor = {"mph": _MPH_KMH, "knots": _KNOT_KMH}.get(number[2] or "", 1.0)
    limit_kmh = float(number[1]) * factor
    return limit_kmh if limit_kmh > 0 and math.isfinite(limit_kmh) else None


def _is_open(tags: Tags, mode: TravelMode) -> bool:
    highway = tags.get("highway", "")
    if mode is not TravelMode.WALK and (tags.get("area") == "yes" or highway == "steps"):
        return False
    allowed = _allowed(tags, mode)
    if highway in _CLASSES[mode]:
        if tags.get("motorroad") == "yes" and mode is not TravelMode.CAR and allowed is None:
            return False
        return tags.get("service") != "emergency_access" if allowed is None else allowed
    return highway in _OPENED_BY_TAG[mode] and _is_opened_by_name(tags, mode)


def _allowed(tags: Tags, mode: TravelMode) -> bool | None:
    """What the most specific access key says; None where none is present."""
    for key in _ACCESS_KEYS[mode]:
        if key in tags:
            values = {value.strip() for value in tags[key].lower().split(";")}
            if values & _OPEN_VALUES:
                return True
            return not values & (_CLOSED_VALUES | ({_DISMOUNT} if mode is TravelMode.EBIKE else set()))
    return None


def _is_opened_by_name(tags: Tags, mode: TravelMode) -> bool:
    """Whether a tag that names the mode itself, not traffic in general, opens the way."""
    for key in _ACCESS_KEYS[mode][:-1]:
        if key in tags:
            return bool({value.strip() for value in tags[key].lower().split(";")} & _OPEN_VALUES)
    return False


def _walking_direction(tags: Tags) -> Direction:
    if stated := _stated(tags, "oneway:foot", "foot:oneway"):
        return stated
    return {"forward": Direction.FORWARD, "backward": Direction.BACKWARD}.get(tags.get("conveying", ""), Direction.BOTH)


def _cycling_direction(tags: Tags) -> Direction:
    if stated := _stated(tags, "oneway:bicycle"):
        return stated
    if _has_contraflow(tags):
        return Direction.BOTH
    return _stated(tags, "oneway:vehicle") or _vehicle_direction(tags)


def _has_contraflow(tags: Tags) -> bool:
    for key in ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both"):
        if tags.get(key, "").startswith("opposite"):
            return True
        if key != "cycleway" and tags.get(f"{key}:oneway") in {"-1", "no"} and tags.get(key) not in {"no", "separate"}:
            return True
    return False


def _vehicle_direction(tags: Tags) -> Direction:
    if stated := _stated(tags, "oneway"):
        return stated
    if tags.get("junction") in {"roundabout", "circular"} or tags.get("highway") == "motorway":
        return Direction.FORWARD
    return Direction.BOTH


def _stated(tags: Tags, *keys: str) -> Direction | None:
    for key in keys:
        if (word := _ONEWAY_WORDS.get(tags.get(key, "").strip().lower())) is not None:
            return word
    return None
