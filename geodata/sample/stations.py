"""The sample stations: 420 invented ones of all three kinds, scattered where people plausibly are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from geodata.coordinates import LonLat
from geodata.places import Place, SettlementRole, Unit
from geodata.sample.facts import SampleFacts, draw_facts
from geodata.sample.hours import SORT_WEIGHTS, HoursSort, draw_hours
from geodata.sample.scatter import RoleWeights, Scatter
from geodata.sample.seed import SAMPLE_SEED, streams
from geodata.sample.services import draw_services
from geodata.sample.shares import apportion
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Position, ServiceOffer, Station
from geodata.stations.vocabulary import LifeCycle, StationKind

SAMPLE_SOURCE: Final = "示例数据（程序生成，非真实站点）"

KIND_COUNTS: Final[Mapping[StationKind, int]] = MappingProxyType(
    {
        StationKind.REST_STATION: 330,
        StationKind.DRIVER_HOME: 40,
        StationKind.WORKER_HOME: 50,
    }
)

LIFE_CYCLE_COUNTS: Final[Mapping[LifeCycle, int]] = MappingProxyType(
    {
        LifeCycle.TEMPORARILY_CLOSED: 9,
        LifeCycle.RENOVATING: 6,
        LifeCycle.PLANNED: 4,
        LifeCycle.DELISTED: 3,
    }
)
"""How many are not active."""

UNPLACED_COUNT: Final = 8
SHARED_SPOT_COUNT: Final = 2
"""Worker homes in the very building of a rest station."""

_ROLE_WEIGHTS: Final[Mapping[StationKind, RoleWeights]] = MappingProxyType(
    {
        StationKind.REST_STATION: {SettlementRole.URBAN: 1.0, SettlementRole.TOWN: 1.0, SettlementRole.FREIGHT: 0.6},
        StationKind.DRIVER_HOME: {SettlementRole.URBAN: 0.08, SettlementRole.TOWN: 0.3, SettlementRole.FREIGHT: 6.0},
        StationKind.WORKER_HOME: {SettlementRole.URBAN: 1.0, SettlementRole.TOWN: 0.8, SettlementRole.FREIGHT: 0.2},
    }
)

STATION_NAMES: Final[Mapping[StationKind, tuple[str, str]]] = MappingProxyType(
    {
        StationKind.REST_STATION: ("示例驿站", "Sample rest station"),
        StationKind.DRIVER_HOME: ("示例司机之家", "Sample driver home"),
        StationKind.WORKER_HOME: ("示例职工之家", "Sample worker home"),
    }
)


@dataclass(frozen=True, slots=True)
class _Slot:
    """One station to be: its kind, its unit, and its number among those."""

    kind: StationKind
    unit: Unit
    number: int


def sample_stations(place: Place, seed: int = SAMPLE_SEED) -> tuple[Station, ...]:
    """The 420 sample stations of a place, by code (``<prefix>-S0001`` and on); the same for the same seed."""
    slots = _slots(place)
    positions_rng, hours_rng, services_rng, facts_rng, exceptions_rng = streams(seed, 5)
    points = _points(place, slots, positions_rng, exceptions_rng)
    sorts = _hours_sorts(slots, hours_rng)
    life_cycles = _life_cycles(len(slots), exceptions_rng)
    stations = []
    for row, slot in enumerate(slots):
        facts = draw_facts(facts_rng, slot.kind, sorts[row])
        services = draw_services(services_rng, slot.kind, facts.verified.on if facts.verified else None)
        hours = draw_hours(hours_rng, sorts[row])
        code = f"{place.code_prefix}-S{row + 1:04d}"
        stations.append(_station(code, slot, points[row], hours, services, life_cycles[row], facts))
    return tuple(stations)


def _slots(place: Place) -> tuple[_Slot, ...]:
    """Units by code, in each the three kinds, numbered from 1; as many as the unit's residents call for."""
    weights = [unit.census_2020_count for unit in place.units]
    counts = {kind: apportion(total, weights) for kind, total in KIND_COUNTS.items()}
    return tuple(
        _Slot(kind, unit, number)
        for row, unit in enumerate(place.units)
        for kind in KIND_COUNTS
        for number in range(1, int(counts[kind][row]) + 1)
    )


def _points(
    place: Place, slots: Sequence[_Slot], rng: np.random.Generator, exceptions_rng: np.random.Generator
) -> list[LonLat | None]:
    """A position for each slot; a few have none, and a few worker homes share a rest station's."""
    scatter = Scatter(place, rng)
    points: list[LonLat | None] = [scatter.draw_in(slot.unit, _ROLE_WEIGHTS[slot.kind]) for slot in slots]
    firsts = {(slot.unit.code, slot.kind): row for row, slot in enumerate(slots) if slot.number == 1}
    for unit in place.units[:SHARED_SPOT_COUNT]:
        points[firsts[unit.code, StationKind.WORKER_HOME]] = points[firsts[unit.code, StationKind.REST_STATION]]
    later = [row for row, slot in enumerate(slots) if slot.number > 1]
    for row in exceptions_rng.choice(later, UNPLACED_COUNT, replace=False):
        points[int(row)] = None
    return points


def _hours_sorts(slots: Sequence[_Slot], rng: np.random.Generator) -> list[HoursSort]:
    """The sort of hours of each slot: exact counts a kind, in random order."""
    sorts = [HoursSort.ORDINARY] * len(slots)
    for kind, weights in SORT_WEIGHTS.items():
        rows = [row for row, slot in enumerate(slots) if slot.kind is kind]
        counts = apportion(len(rows), list(weights.values()))
        each = [sort for sort, count in zip(weights, counts, strict=True) for _ in range(int(count))]
        for row, position in zip(rows, rng.permutation(len(rows)), strict=True):
            sorts[row] = each[int(position)]
    return sorts


def _life_cycles(station_count: int, rng: np.random.Generator) -> list[LifeCycle]:
    life_cycles = [LifeCycle.ACTIVE] * station_count
    exceptions = [life_cycle for life_cycle, count in LIFE_CYCLE_COUNTS.items() for _ in range(count)]
    for row, life_cycle in zip(rng.choice(station_count, len(exceptions), replace=False), exceptions, strict=True):
        life_cycles[int(row)] = life_cycle
    return life_cycles


def _station(
    code: str,
    slot: _Slot,
    point: LonLat | None,
    hours: OpeningHours,
    services: tuple[ServiceOffer, ...],
    life_cycle: LifeCycle,
    facts: SampleFacts,
) -> Station:
    name_zh, name_en = STATION_NAMES[slot.kind]
    return Station(
        code=code,
        kind=slot.kind,
        name=f"{name_zh}·{slot.unit.short_zh}{slot.number:03d}",
        name_en=f"{name_en} {slot.unit.short_en} {slot.number:03d}",
        address=f"{slot.unit.name_zh}(示例地址)",
        district_code=slot.unit.code,
        position=Position.wgs84(point.lon, point.lat, facts.accuracy) if point else None,
        entry_methods=facts.entry_methods,
        entry_note=facts.entry_note,
        services=services,
        hours=hours,
        build_mode=facts.build_mode,
        host_type=facts.host_type,
        capacity_count=facts.capacity_count,
        area_m2=facts.area_m2,
        life_cycle=life_cycle,
        awards=facts.awards,
        source=SAMPLE_SOURCE,
        last_verified=facts.verified,
        is_sample=True,
    )
