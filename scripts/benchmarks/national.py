"""An invented country of stations and demand points, as columns: for size, not for truth.

Stations crowd around invented centres. How many keep which hours follows the sample's sources (6.5 % round the
clock, 10.9 % extended); services run from common to rare.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from geodata.coordinates import PUBLISHED_DECIMALS, BBox, Floats, LonLat
from geodata.sample.hours import HoursSort, wordings
from geodata.stations.columns import MONTHS_COUNT, Bits, StationColumns, bits_of
from geodata.stations.holidays import national_holidays
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.ordering import Rows
from geodata.stations.schedule import Schedule, ScheduleBook
from geodata.stations.vocabulary import EntryMethod, Service, StationKind

AREA: Final = BBox(98.0, 22.0, 125.0, 45.0)
TIMEZONE: Final = ZoneInfo("Asia/Shanghai")
_BLUR_DEG: Final = 0.08
_HOURS_SHARES: Final = {HoursSort.ROUND_THE_CLOCK: 0.065, HoursSort.EXTENDED: 0.109, HoursSort.ORDINARY: 0.776}
_KIND_SHARES: Final = (0.85, 0.1, 0.05)
_MOST_LIKELY_SHARE: Final = 0.95
_LEAST_LIKELY_SHARE: Final = 0.05
_ACTIVE_SHARE: Final = 0.98


@dataclass(frozen=True, slots=True, eq=False)
class Country:
    """Stations and the centres they crowd around, (c, 2) in degrees."""

    columns: StationColumns
    centres: Floats

    def origins(self, rng: np.random.Generator, count: int) -> list[LonLat]:
        """Places people ask from: around the centres, like the stations."""
        return [LonLat(float(lon), float(lat)) for lon, lat in _around(self.centres, rng, count)]

    def demand(self, rng: np.random.Generator, count: int) -> tuple[Floats, Floats]:
        """Longitudes and latitudes of some demand points."""
        points = _around(self.centres, rng, count)
        return np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])


def invent(stations_count: int, centres_count: int = 400, seed: int = 20261) -> Country:
    """The same country for the same numbers."""
    rng = np.random.default_rng(seed)
    west_east, south_north = (AREA.west, AREA.east), (AREA.south, AREA.north)
    centres = np.column_stack([rng.uniform(*ends, centres_count) for ends in (west_east, south_north)])
    points = _around(centres, rng, stations_count).round(PUBLISHED_DECIMALS)
    schedules, schedule_ids = _hours(rng, stations_count)
    columns = StationColumns(
        codes=tuple(f"S{number:06d}" for number in range(stations_count)),
        lon=np.ascontiguousarray(points[:, 0]),
        lat=np.ascontiguousarray(points[:, 1]),
        kinds=_bits(tuple(StationKind))[rng.choice(len(StationKind), stations_count, p=_KIND_SHARES)],
        entry_bits=_bits(tuple(EntryMethod))[rng.integers(0, len(EntryMethod), stations_count)],
        service_bits=np.tile(_services(rng, stations_count), (MONTHS_COUNT, 1)),
        district_ids=rng.integers(0, centres_count, stations_count),
        districts=tuple(f"{number:06d}" for number in range(centres_count)),
        active=rng.random(stations_count) < _ACTIVE_SHARE,
        schedule_ids=schedule_ids,
        schedules=schedules,
        timezone=TIMEZONE,
    )
    return Country(columns, centres)


def _around(centres: Floats, rng: np.random.Generator, count: int) -> Floats:
    points: Floats = centres[rng.integers(0, len(centres), count)] + rng.normal(0, _BLUR_DEG, (count, 2))
    return points


def _hours(rng: np.random.Generator, count: int) -> tuple[tuple[Schedule, ...], Rows]:
    book = ScheduleBook(national_holidays(), TIMEZONE)
    schedules, shares = [book.of(OpeningHours.unknown())], [1 - sum(_HOURS_SHARES.values())]
    for sort, share in _HOURS_SHARES.items():
        rules = sorted({rule for rule, _words in wordings(sort)})
        schedules += [book.of(OpeningHours.from_rule(rule)) for rule in rules]
        shares += [share / len(rules)] * len(rules)
    return tuple(schedules), rng.choice(len(schedules), count, p=shares)


def _services(rng: np.random.Generator, count: int) -> Bits:
    offered = np.zeros(count, dtype=np.uint64)
    likelihoods = np.linspace(_MOST_LIKELY_SHARE, _LEAST_LIKELY_SHARE, len(Service))
    for bit, likelihood in zip(_bits(tuple(Service)), likelihoods, strict=True):
        offered |= np.where(rng.random(count) < likelihood, bit, np.uint64(0))
    return offered


def _bits(members: tuple[StationKind, ...] | tuple[Service, ...] | tuple[EntryMethod, ...]) -> Bits:
    return np.array([bits_of((member,)) for member in members], dtype=np.uint64)
