"""The remaining facts of a sample station: entry, host, size, awards, verification. All invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

import numpy as np

from geodata.sample.hours import HoursSort
from geodata.sample.shares import draw
from geodata.stations.station import Award, Verification
from geodata.stations.vocabulary import (
    AwardScheme,
    BuildMode,
    EntryMethod,
    HostType,
    PositionAccuracy,
    StationKind,
    VerifiedHow,
)

SAMPLE_DATED: Final = date(2026, 6, 30)
"""The day the sample pretends to have been put together; nothing in it is later."""

_E = EntryMethod

_ENTRY_BY_DAY: Final = (
    ((_E.ATTENDED,), 40),
    ((_E.OPEN_DOOR,), 30),
    ((_E.OPEN_DOOR, _E.ATTENDED), 14),
    ((_E.QR,), 5),
    ((_E.PHONE_CODE,), 4),
    ((_E.CARD,), 2),
    ((_E.ATTENDED, _E.ID_CARD), 2),
    ((_E.APP,), 1),
    ((), 2),
)
_ENTRY_AT_NIGHT: Final = (
    ((_E.QR,), 25),
    ((_E.ATTENDED,), 20),
    ((_E.OPEN_DOOR,), 15),
    ((_E.QR, _E.FACE), 12),
    ((_E.PHONE_CODE,), 10),
    ((_E.QR, _E.ID_CARD), 6),
    ((_E.CARD,), 6),
    ((_E.APP,), 6),
)
_ENTRY_NOTES: Final = (
    ("", 70),
    ("一层临街，进大厅左转", 10),
    ("进院后右手第一间", 6),
    ("门口按铃", 5),
    ("请从北门进入", 5),
    ("营业厅内，告知工作人员即可", 4),
)

_H = HostType
_HOSTS: Final[Mapping[StationKind, tuple[tuple[HostType, float], ...]]] = MappingProxyType(
    {
        StationKind.REST_STATION: (
            (_H.COMMUNITY, 26),
            (_H.BANK, 16),
            (_H.GOVERNMENT, 6),
            (_H.POST, 5),
            (_H.TELECOM, 6),
            (_H.ENTERPRISE, 7),
            (_H.FUEL_STATION, 4),
            (_H.ESTATE_AGENCY, 5),
            (_H.TRANSIT, 4),
            (_H.PUBLIC_TOILET, 5),
            (_H.PARK, 4),
            (_H.RETAIL, 5),
            (_H.RESTAURANT, 3),
            (_H.HOSPITAL, 2),
            (_H.OTHER, 2),
        ),
        StationKind.DRIVER_HOME: (
            (_H.LOGISTICS_PARK, 14),
            (_H.FUEL_STATION, 8),
            (_H.SERVICE_AREA, 6),
            (_H.TRANSIT, 6),
            (_H.ENTERPRISE, 6),
        ),
        StationKind.WORKER_HOME: ((_H.GOVERNMENT, 12), (_H.ENTERPRISE, 20), (_H.COMMUNITY, 16), (_H.OTHER, 2)),
    }
)
_SELF_BUILT_LIKELIHOOD: Final[Mapping[StationKind, float]] = MappingProxyType(
    {
        StationKind.REST_STATION: 0.25,
        StationKind.DRIVER_HOME: 0.3,
        StationKind.WORKER_HOME: 0.8,
    }
)

_CAPACITY: Final[Mapping[StationKind, tuple[int, int]]] = MappingProxyType(
    {
        StationKind.REST_STATION: (4, 24),
        StationKind.DRIVER_HOME: (10, 60),
        StationKind.WORKER_HOME: (20, 200),
    }
)
"""Fewest and most people at a time."""

_AREA_EACH_M2: Final = (2.2, 5.0)
_SMALLEST_AREA_M2: Final = 12.0
_MEASURED_LIKELIHOOD: Final = 0.85

_ACCURACIES: Final = (
    (PositionAccuracy.SURVEYED, 50),
    (PositionAccuracy.GEOCODED, 38),
    (PositionAccuracy.APPROXIMATE, 12),
)
_VERIFIED_LIKELIHOOD: Final = 0.85
_VERIFIED_WITHIN_DAYS: Final = 500
_VERIFIED_HOW: Final = (
    (VerifiedHow.ON_SITE, 45),
    (VerifiedHow.PHONE, 25),
    (VerifiedHow.PUBLIC, 15),
    (VerifiedHow.IMPORT, 15),
)

_AWARD_LIKELIHOOD: Final = 0.12
_AWARD_YEARS: Final = (2023, 2026)
_GRANTED_BY: Final = "示例"
_AWARDS: Final[Mapping[StationKind, tuple[tuple[tuple[AwardScheme, str], float], ...]]] = MappingProxyType(
    {
        StationKind.REST_STATION: (
            ((AwardScheme.STARS, "3"), 5),
            ((AwardScheme.STARS, "4"), 3),
            ((AwardScheme.STARS, "5"), 1),
            ((AwardScheme.MOST_BEAUTIFUL, "市级"), 3),
            ((AwardScheme.MOST_BEAUTIFUL, "省级"), 1),
        ),
        StationKind.DRIVER_HOME: (
            ((AwardScheme.DRIVER_HOME_GRADE, "AAA"), 3),
            ((AwardScheme.DRIVER_HOME_GRADE, "AAAA"), 2),
            ((AwardScheme.DRIVER_HOME_GRADE, "AAAAA"), 1),
        ),
        StationKind.WORKER_HOME: (),
    }
)


@dataclass(frozen=True, slots=True)
class SampleFacts:
    """What is left to say about a station once its place, hours and services are known."""

    entry_methods: tuple[EntryMethod, ...]
    entry_note: str
    host_type: HostType
    build_mode: BuildMode
    capacity_count: int | None
    area_m2: float | None
    accuracy: PositionAccuracy
    verified: Verification | None
    awards: tuple[Award, ...]


def draw_facts(rng: np.random.Generator, kind: StationKind, sort: HoursSort) -> SampleFacts:
    """The facts of one station of that kind with hours of that sort."""
    is_late = sort in {HoursSort.ROUND_THE_CLOCK, HoursSort.EXTENDED}
    capacity_count, area_m2 = _draw_size(rng, kind)
    return SampleFacts(
        entry_methods=draw(rng, _ENTRY_AT_NIGHT if is_late else _ENTRY_BY_DAY),
        entry_note=draw(rng, _ENTRY_NOTES),
        host_type=draw(rng, _HOSTS[kind]),
        build_mode=BuildMode.SELF_BUILT if rng.random() < _SELF_BUILT_LIKELIHOOD[kind] else BuildMode.CO_BUILT,
        capacity_count=capacity_count,
        area_m2=area_m2,
        accuracy=draw(rng, _ACCURACIES),
        verified=_draw_verification(rng),
        awards=_draw_awards(rng, kind),
    )


def _draw_size(rng: np.random.Generator, kind: StationKind) -> tuple[int | None, float | None]:
    """People at a time and whole square metres that go together; either may be unknown."""
    fewest, most = _CAPACITY[kind]
    capacity_count = int(fewest + (most - fewest) * rng.random() ** 2)
    area_m2 = max(_SMALLEST_AREA_M2, float(round(capacity_count * rng.uniform(*_AREA_EACH_M2))))
    return (
        capacity_count if rng.random() < _MEASURED_LIKELIHOOD else None,
        area_m2 if rng.random() < _MEASURED_LIKELIHOOD else None,
    )


def _draw_verification(rng: np.random.Generator) -> Verification | None:
    on = SAMPLE_DATED - timedelta(days=int(rng.integers(_VERIFIED_WITHIN_DAYS)))
    how = draw(rng, _VERIFIED_HOW)
    return Verification(on, how) if rng.random() < _VERIFIED_LIKELIHOOD else None


def _draw_awards(rng: np.random.Generator, kind: StationKind) -> tuple[Award, ...]:
    if not _AWARDS[kind] or rng.random() >= _AWARD_LIKELIHOOD:
        return ()
    scheme, level = draw(rng, _AWARDS[kind])
    return (Award(scheme=scheme, level=level, year=int(rng.integers(*_AWARD_YEARS)), granted_by=_GRANTED_BY),)
