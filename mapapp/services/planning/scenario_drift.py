"""What became of a scenario's stations since it was planned: a plan is made on one day and carried out on another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from geodata.coordinates import great_circle_m
from geodata.errors import InvalidValue
from geodata.siting.interventions import (
    Intervention,
    LengthenHours,
    OpenSite,
    ProvideService,
    Reopen,
    changed,
    code_of,
)
from geodata.stations.station import Station
from geodata.stations.vocabulary import LifeCycle, ServiceState

OCCUPIED_M: Final = 50.0
"""A new site this near a station that is there by now is looked at again."""
_FAR_DEG: Final = 0.005
"""So far apart is farther, anywhere below 80 degrees of latitude."""


class Drift(StrEnum):
    """One way in which a station is no longer what the plan took it to be."""

    GONE = "gone"
    """Delisted, or not in the register any more: the change cannot be made."""
    IMPOSSIBLE = "impossible"
    """Its hours are such now that the change cannot be made."""
    NEEDLESS = "needless"
    """It is as the change would make it already."""
    HOURS = "hours"
    LIFE_CYCLE = "life_cycle"
    SERVICES = "services"
    MOVED = "moved"
    OCCUPIED = "occupied"
    """Where the new site is planned a station stands by now."""


@dataclass(frozen=True, slots=True)
class StationDrift:
    """What is different at one station, or about one new site; ``name`` is its present name, or its code."""

    code: str
    name: str
    what: tuple[Drift, ...]
    name_en: str = ""

    def label(self, language: str) -> str:
        """Its name in a language."""
        return self.name if language.startswith("zh") else self.name_en or self.name


def facts_of(stations: Iterable[Station], interventions: Sequence[Intervention]) -> dict[str, dict[str, Any]]:
    """What a plan takes its stations to be, by code, and what stands where its new sites are; to be kept with it."""
    known = tuple(stations)
    wanted = {code_of(each) for each in interventions if not isinstance(each, OpenSite)}
    facts = {station.code: _facts(station) for station in known if station.code in wanted}
    sites = (each for each in interventions if isinstance(each, OpenSite))
    return facts | {site.code: {"near": [station.code for station in _near(site, known)]} for site in sites}


def drift_of(
    interventions: Sequence[Intervention], facts: Mapping[str, Any], stations: Iterable[Station]
) -> tuple[StationDrift, ...]:
    """What is different from what was kept, in the interventions' order; stations that are as they were are left out.

    Of a station nothing was kept of, only that it is gone or the change needless can be told.
    """
    by_code = {station.code: station for station in stations if station.life_cycle is not LifeCycle.DELISTED}
    found: dict[str, tuple[str, str, dict[Drift, None]]] = {}
    for each in interventions:
        code = code_of(each)
        if isinstance(each, OpenSite):
            known = facts.get(code)
            before = known.get("near", []) if isinstance(known, Mapping) else None
            new = [] if before is None else [one for one in _near(each, by_code.values()) if one.code not in before]
            said = [Drift.OCCUPIED] if new else []
            beside = f" ({new[0].name})" if new else ""
            name, name_en = f"{each.name}{beside}", f"{each.label('en')}{beside}"
        else:
            station = by_code.get(code)
            said = [Drift.GONE] if station is None else _of_station(each, station, facts.get(code))
            name = name_en = code if station is None else station.name
        if said:
            found.setdefault(code, (name, name_en, {}))[2].update(dict.fromkeys(said))
    return tuple(StationDrift(code, name, tuple(what), name_en) for code, (name, name_en, what) in found.items())


def drift_key(drift: Sequence[StationDrift]) -> str:
    """Names just these differences; empty for none."""
    if not drift:
        return ""
    said = [[each.code, *each.what] for each in drift]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


def possible(interventions: Sequence[Intervention], drift: Sequence[StationDrift]) -> tuple[Intervention, ...]:
    """The interventions that can still be made."""
    void = {each.code for each in drift if not {Drift.GONE, Drift.IMPOSSIBLE}.isdisjoint(each.what)}
    return tuple(each for each in interventions if isinstance(each, OpenSite) or code_of(each) not in void)


def _facts(station: Station) -> dict[str, Any]:
    point = None if station.position is None else station.position.point
    return {
        "rule": station.hours.rule,
        "life_cycle": station.life_cycle.value,
        "services": sorted(offer.service.value for offer in station.services if offer.state is ServiceState.AVAILABLE),
        "at": None if point is None else [point.lon, point.lat],
    }


def _of_station(intervention: LengthenHours | ProvideService | Reopen, station: Station, kept: Any) -> list[Drift]:
    said: list[Drift] = []
    if isinstance(kept, Mapping):
        now = _facts(station)
        names = {"rule": Drift.HOURS, "life_cycle": Drift.LIFE_CYCLE, "services": Drift.SERVICES, "at": Drift.MOVED}
        said += [drift for name, drift in names.items() if name in kept and kept[name] != now[name]]
    try:
        after = changed(station, intervention)
    except InvalidValue:
        return [*said, Drift.IMPOSSIBLE]
    return [*said, Drift.NEEDLESS] if after == station else said


def _near(site: OpenSite, stations: Iterable[Station]) -> list[Station]:
    """The stations that stand where the site is planned."""
    found = []
    for station in stations:
        point = None if station.position is None else station.position.point
        if point is None or abs(point.lat - site.lat) > _FAR_DEG or abs(point.lon - site.lon) > _FAR_DEG:
            continue
        if float(great_circle_m(site.lon, site.lat, point.lon, point.lat)) <= OCCUPIED_M:
            found.append(station)
    return found
