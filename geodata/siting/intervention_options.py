"""Options: what a plan may take as a whole, one new site or the changes one station needs to serve, with its cost.

A station that is closed, lacks a service and shuts early helps only when all three are mended. So its changes come in
packages, of which a plan takes at most one; what a package covers does not depend on what else is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from geodata.coverage.supply import Counted, Need
from geodata.errors import InvalidValue
from geodata.siting.interventions import (
    Intervention,
    InterventionKind,
    LengthenHours,
    OpenSite,
    ProvideService,
    Reopen,
    Until,
    code_of,
    kind_of,
    longer_hours,
)
from geodata.stations.station import Station
from geodata.stations.vocabulary import LifeCycle, Service

_CLOSED_FOR_A_TIME: Final = frozenset({LifeCycle.TEMPORARILY_CLOSED, LifeCycle.RENOVATING})
_HOURS: Final = ((InterventionKind.TO_LATE, Until.LATE), (InterventionKind.TO_24H, Until.AROUND_THE_CLOCK))
MOST_COST: Final = 1e9


@dataclass(frozen=True, slots=True)
class Costs:
    """What one change of each kind costs, in a unit of the planner's own; 1 where nothing is said."""

    by_kind: Mapping[InterventionKind, float]

    def __post_init__(self) -> None:
        for kind, cost in self.by_kind.items():
            if not 0 <= cost <= MOST_COST:
                raise InvalidValue(f"A cost is 0 to {MOST_COST:g}.", field=f"cost-{kind.value}", code="out_of_range")

    def of(self, intervention: Intervention) -> float:
        """The cost of one change."""
        return self.by_kind.get(kind_of(intervention), 1.0)


EACH_ONE: Final = Costs({})
"""Every change costs 1: costs count changes."""


@dataclass(frozen=True, slots=True)
class Option:
    """Changes of one station, or one new site: at least one change, all of the same station."""

    changes: tuple[Intervention, ...]

    @property
    def station_code(self) -> str:
        """Whose changes they are."""
        return code_of(self.changes[0])

    @property
    def site(self) -> OpenSite | None:
        """The new site, if it is one."""
        first = self.changes[0]
        return first if isinstance(first, OpenSite) else None

    @property
    def key(self) -> str:
        """Names it among the options of a plan."""
        return "+".join([self.station_code, *(_word(change) for change in self.changes if self.site is None)])

    def cost(self, costs: Costs) -> float:
        """The sum of its changes."""
        return sum(costs.of(change) for change in self.changes)


def site_options(sites: Iterable[OpenSite]) -> list[Option]:
    """Each site by itself."""
    return [Option((site,)) for site in sites]


def station_options(
    stations: Sequence[Station], kinds: frozenset[InterventionKind], need: Need, counted: Counted, month: int
) -> list[Option]:
    """What of these ``kinds`` could make each placed station serve more in a month (1-12), stations by code.

    A station that fails what cannot be changed (its kind, its entry methods, its district) has none.
    """
    found: list[Option] = []
    for station in sorted(stations, key=lambda each: each.code):
        first = _first_changes(station, kinds, need, counted, month)
        if first is None:
            continue
        if first:
            found.append(Option(tuple(first)))
        for kind, until in _HOURS:
            longer = longer_hours(station.hours, until) if kind in kinds else None
            if longer is not None and longer != station.hours:
                found.append(Option((*first, LengthenHours(station.code, until))))
    return found


def _first_changes(
    station: Station, kinds: frozenset[InterventionKind], need: Need, counted: Counted, month: int
) -> list[Intervention] | None:
    """What must be changed before the station's hours matter; None where that is not among the kinds, or never will."""
    if station.position is None or not _may_count(station, counted):
        return None
    changes: list[Intervention] = []
    if station.life_cycle not in counted.life_cycles:
        if station.life_cycle not in _CLOSED_FOR_A_TIME or InterventionKind.REOPEN not in kinds:
            return None
        changes.append(Reopen(station.code))
    lacking = _lacking(station, need, counted, month)
    if lacking and InterventionKind.PROVIDE_SERVICE not in kinds:
        return None
    return changes + [ProvideService(station.code, service) for service in lacking]


def _may_count(station: Station, counted: Counted) -> bool:
    asked = counted.filters
    return (
        (not asked.kinds or station.kind in asked.kinds)
        and (not asked.entry_methods or not asked.entry_methods.isdisjoint(station.entry_methods))
        and (not asked.district_codes or station.district_code in asked.district_codes)
    )


def _lacking(station: Station, need: Need, counted: Counted, month: int) -> list[Service]:
    offered = station.services_in(month)
    lacking = [service for service in Service if service in (need.all_of | counted.filters.services) - offered]
    after = offered | set(lacking)
    if need.any_of and need.any_of.isdisjoint(after):
        listed = {offer.service for offer in station.services}
        choice = [service for service in Service if service in need.any_of]
        lacking.append(
            next((service for service in choice if service in listed), choice[0])
        )  # a repair before a new one
    return lacking


def _word(change: Intervention) -> str:
    if isinstance(change, LengthenHours):
        return change.until.value
    return change.service.value if isinstance(change, ProvideService) else "reopen"
