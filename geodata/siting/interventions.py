"""Interventions: what can be done about coverage, each a small value, and the register as it would be then.

Four kinds: a new site, longer hours, a service added or repaired, a closed station reopened. `applied` is their one
definition: it makes stations of stations, so coverage after is computed as coverage before is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from geodata.coordinates import PUBLISHED_DECIMALS, LonLat
from geodata.errors import InvalidValue
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.rule_text import DAY_MIN
from geodata.stations.station import MAX_CODE_CHARS, Position, ServiceOffer, Station, check_text
from geodata.stations.vocabulary import (
    EntryMethod,
    LabelledCode,
    LifeCycle,
    PositionAccuracy,
    Service,
    ServiceState,
    StationKind,
)
from geodata.stations.week_rule import WeekHours, rule_of_week, week_of_rule

AROUND_THE_CLOCK: Final = "24/7"
LATE_END_MIN: Final = 22 * 60
NEW_SITE_PREFIX: Final = "NEW-"
"""Codes of sites that are only thought of; no register's codes begin so."""
MAX_NAME_CHARS: Final = 120
_KEY: Final = re.compile(r"[A-Z0-9]([A-Z0-9-]{0,23}[A-Z0-9])?", re.ASCII)
_CLOSED_FOR_A_TIME: Final = frozenset({LifeCycle.TEMPORARILY_CLOSED, LifeCycle.RENOVATING})


class InterventionKind(LabelledCode):
    """What sort of change it is; costs are kept by these."""

    OPEN_SITE = "open_site", "新建驿站", "open a new site"
    TO_LATE = "to_late", "延长开放到22:00", "keep open to 22:00"
    TO_24H = "to_24h", "延长到24小时开放", "keep open around the clock"
    PROVIDE_SERVICE = "provide_service", "增设或修复服务", "add or repair a service"
    REOPEN = "reopen", "恢复开放", "reopen"


class Until(StrEnum):
    """How long a station is to stay open."""

    LATE = "22:00"
    AROUND_THE_CLOCK = "24h"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSite:
    """A station where there is none. ``key`` names the site (A-Z, 0-9, '-'); WGS-84 degrees.

    ``name_en`` is its name for English readers; empty: it has but one.
    """

    key: str
    name: str
    lon: float
    lat: float
    rule: str = AROUND_THE_CLOCK
    kind: StationKind = StationKind.REST_STATION
    services: tuple[Service, ...] = ()
    entry_methods: tuple[EntryMethod, ...] = (EntryMethod.OPEN_DOOR,)
    district_code: str | None = None
    name_en: str = ""

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise InvalidValue("A site's key is 1 to 25 of A-Z, 0-9 and '-'.", field="key", code="key_form")
        LonLat(self.lon, self.lat)
        check_text("name", self.name, MAX_NAME_CHARS)
        check_text("name_en", self.name_en, MAX_NAME_CHARS)
        check_text("district_code", self.district_code or "", MAX_CODE_CHARS)
        if not self.name.strip():
            raise InvalidValue("A site needs a name.", field="name", code="empty")
        _check_likeness(self.kind, self.rule, self.services, self.entry_methods)

    @property
    def code(self) -> str:
        """The code of the station that is only thought of."""
        return f"{NEW_SITE_PREFIX}{self.key}"

    def label(self, language: str) -> str:
        """Its name in a language."""
        return self.name if language.startswith("zh") else self.name_en or self.name

    def station(self) -> Station:
        """The site as a station in use."""
        point = LonLat(self.lon, self.lat).rounded(PUBLISHED_DECIMALS)
        return Station(
            code=self.code,
            kind=self.kind,
            name=self.name,
            district_code=self.district_code,
            position=Position.wgs84(point.lon, point.lat, PositionAccuracy.APPROXIMATE),
            entry_methods=self.entry_methods,
            services=tuple(ServiceOffer(service=service) for service in self.services),
            hours=OpeningHours.from_rule(self.rule),
        )


@dataclass(frozen=True, slots=True)
class LengthenHours:
    """A station that stays open longer on the days it opens, or around the clock."""

    station_code: str
    until: Until


@dataclass(frozen=True, slots=True)
class ProvideService:
    """A service a station is to have, added or repaired."""

    station_code: str
    service: Service


@dataclass(frozen=True, slots=True)
class Reopen:
    """A station closed for a time, in use again."""

    station_code: str


@lru_cache(maxsize=64)
def _check_likeness(
    kind: StationKind, rule: str, services: tuple[Service, ...], entry_methods: tuple[EntryMethod, ...]
) -> None:
    """Raise what a station like this would: many sites are alike but for their place."""
    Station(
        code=f"{NEW_SITE_PREFIX}X",
        kind=kind,
        name="X",
        entry_methods=entry_methods,
        services=tuple(ServiceOffer(service=service) for service in services),
        hours=OpeningHours.from_rule(rule),
    )


Intervention = OpenSite | LengthenHours | ProvideService | Reopen


def kind_of(intervention: Intervention) -> InterventionKind:
    """What its cost is looked up by."""
    if isinstance(intervention, OpenSite):
        return InterventionKind.OPEN_SITE
    if isinstance(intervention, LengthenHours):
        return InterventionKind.TO_LATE if intervention.until is Until.LATE else InterventionKind.TO_24H
    return InterventionKind.PROVIDE_SERVICE if isinstance(intervention, ProvideService) else InterventionKind.REOPEN


def code_of(intervention: Intervention) -> str:
    """The code of the station it makes or changes."""
    return intervention.code if isinstance(intervention, OpenSite) else intervention.station_code


def applied(stations: Sequence[Station], interventions: Iterable[Intervention]) -> tuple[Station, ...]:
    """The stations as they would be; new sites follow the others. Those that change nothing leave the same objects.

    Raises
    ------
    InvalidValue
        A station is not there (``unknown_station``), a site is named twice (``repeated``), or a station's hours
        cannot be kept to 22:00 (``hours_not_extendable``).
    """
    by_code = {station.code: station for station in stations}
    fresh: set[str] = set()
    for each in interventions:
        code = code_of(each)
        if isinstance(each, OpenSite):
            if code in by_code:
                raise InvalidValue(f"The site {code} is named twice.", field="interventions", code="repeated")
            by_code[code] = each.station()
            fresh.add(code)
        elif code not in by_code:
            raise InvalidValue(f"There is no station {code}.", field="interventions", code="unknown_station")
        else:
            by_code[code] = changed(by_code[code], each)
    return tuple(by_code.values())


def changed(station: Station, intervention: LengthenHours | ProvideService | Reopen) -> Station:
    """One station after one change."""
    if isinstance(intervention, Reopen):
        is_closed = station.life_cycle in _CLOSED_FOR_A_TIME
        return replace(station, life_cycle=LifeCycle.ACTIVE) if is_closed else station
    if isinstance(intervention, ProvideService):
        others = tuple(offer for offer in station.services if offer.service is not intervention.service)
        kept = next((offer for offer in station.services if offer.service is intervention.service), None)
        if kept is not None and kept.state is ServiceState.AVAILABLE:
            return station
        return replace(station, services=(*others, ServiceOffer(service=intervention.service)))
    hours = longer_hours(station.hours, intervention.until)
    if hours is None:
        raise InvalidValue(
            f"The hours of {station.code} cannot be kept to {intervention.until.value}.",
            field="interventions",
            code="hours_not_extendable",
        )
    return station if hours == station.hours else replace(station, hours=hours)


def longer_hours(hours: OpeningHours, until: Until) -> OpeningHours | None:
    """The hours with a later end; the same where they are as long already.

    To 22:00: on each day with times the last of them ends no earlier than 22:00; midday breaks and closed days
    stay. None where that cannot be said: unknown hours, and rules with seasons or dates.
    """
    if until is Until.AROUND_THE_CLOCK:
        return hours if hours.rule == AROUND_THE_CLOCK else OpeningHours.from_rule(AROUND_THE_CLOCK)
    week = week_of_rule(hours.rule) if hours.rule is not None else None
    if week is None:
        return None
    days = tuple(_to_late(spans) for spans in week.days)
    holidays = None if week.holidays is None else _to_late(week.holidays)
    if days == week.days and holidays == week.holidays:
        return hours
    rule = rule_of_week(WeekHours(days, holidays))
    return None if rule is None else OpeningHours.from_rule(rule)


def _to_late(spans: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    if not spans:
        return spans
    start_min, end_min = spans[-1]
    if start_min >= LATE_END_MIN:
        return spans
    return (*spans[:-1], (start_min, min(max(end_min, LATE_END_MIN), start_min + DAY_MIN)))


def intervention_document(intervention: Intervention) -> dict[str, Any]:
    """As JSON keeps it."""
    if isinstance(intervention, OpenSite):
        return {
            "type": "open_site",
            "key": intervention.key,
            "name": intervention.name,
            "name_en": intervention.name_en,
            "lon": intervention.lon,
            "lat": intervention.lat,
            "rule": intervention.rule,
            "kind": intervention.kind.value,
            "services": [service.value for service in intervention.services],
            "entry_methods": [method.value for method in intervention.entry_methods],
            "district_code": intervention.district_code,
        }
    if isinstance(intervention, LengthenHours):
        return {"type": "lengthen_hours", "station": intervention.station_code, "until": intervention.until.value}
    if isinstance(intervention, ProvideService):
        return {
            "type": "provide_service",
            "station": intervention.station_code,
            "service": intervention.service.value,
        }
    return {"type": "reopen", "station": intervention.station_code}


def intervention_of(document: object) -> Intervention:
    """What `intervention_document` wrote; raises InvalidValue for anything else."""
    if not isinstance(document, Mapping):
        raise InvalidValue("An intervention is an object.", field="interventions", code="not_an_object")
    try:
        return _READERS[str(document.get("type"))](document)
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidValue("An intervention cannot be read.", field="interventions", code="unreadable") from error


def _site_of(document: Mapping[str, Any]) -> OpenSite:
    return OpenSite(
        key=str(document["key"]),
        name=str(document["name"]),
        name_en=str(document.get("name_en") or ""),
        lon=float(document["lon"]),
        lat=float(document["lat"]),
        rule=str(document["rule"]),
        kind=StationKind(document["kind"]),
        services=tuple(Service(code) for code in document["services"]),
        entry_methods=tuple(EntryMethod(code) for code in document["entry_methods"]),
        district_code=None if document["district_code"] is None else str(document["district_code"]),
    )


_READERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Intervention]]] = {
    "open_site": _site_of,
    "lengthen_hours": lambda document: LengthenHours(str(document["station"]), Until(document["until"])),
    "provide_service": lambda document: ProvideService(str(document["station"]), Service(document["service"])),
    "reopen": lambda document: Reopen(str(document["station"])),
}
