"""How true the register is: complete and fresh by district and kind, what waits, and how it went by month."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import numpy as np

from geodata.stations.freshness import FieldGroup
from geodata.stations.station import Station
from geodata.stations.vocabulary import StationKind
from mapapp.services.districts import NO_DISTRICT
from mapapp.services.truth.ages import GROUPS
from mapapp.services.truth.months import Month
from mapapp.services.truth.register import Mask, Reason, RegisterTruth
from mapapp.store import Reader, Store

TREND_MONTHS: Final = 12
AGE_BOUNDS_DAYS: Final = (2, 7, 30)
"""Open reports are younger than the first, then up to each next, then older than the last."""


class Fact(StrEnum):
    """Something a complete entry has. Order is display order."""

    POSITION = "position"
    ADDRESS = "address"
    HOURS = "hours"
    ENTRY = "entry"
    SERVICES = "services"
    PHONE = "phone"
    PHOTO = "photo"


_HAS: Final[Mapping[Fact, Callable[[Station], bool]]] = {
    Fact.POSITION: lambda station: station.position is not None,
    Fact.ADDRESS: lambda station: bool(station.address),
    Fact.HOURS: lambda station: station.hours.known,
    Fact.ENTRY: lambda station: bool(station.entry_methods),
    Fact.SERVICES: lambda station: bool(station.services),
    Fact.PHONE: lambda station: bool(station.public_phone),
    Fact.PHOTO: lambda station: station.photo is not None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Some of the stations: how many have each fact, how many of each group are fresh, how many wait.

    ``key`` is a district's or kind's code, `NO_DISTRICT`, or empty for all of them. ``fresh`` counts stations
    whose group is known and not stale.
    """

    key: str
    station_count: int
    complete: Mapping[Fact, int]
    fresh: Mapping[FieldGroup, int]
    door_confirmed_count: int
    waiting_count: int


@dataclass(frozen=True, slots=True)
class MonthTrend:
    """What happened within a month: stations somebody confirmed, saved changes, reports that came and went."""

    month: Month
    confirmed_stations: int
    changes: int
    reports_came: int
    reports_closed: int


@dataclass(frozen=True, slots=True)
class ReportAges:
    """Open reports of a district by age: one count for each part of `AGE_BOUNDS_DAYS`, and all of them."""

    key: str
    counts: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """All of it, at one moment."""

    all: Shares
    by_district: tuple[Shares, ...]
    by_kind: tuple[Shares, ...]
    reports: tuple[ReportAges, ...]
    trend: tuple[MonthTrend, ...]
    waiting: Mapping[Reason, int]
    unknown_hours_count: int
    door_unconfirmed_count: int
    is_sample: bool


def dashboard(store: Store, truth: RegisterTruth, now: datetime) -> Dashboard:
    """The dashboard; the number of statements does not grow with the number of stations."""
    stations, place = truth.snapshot.stations, truth.snapshot.place
    today = now.astimezone(place.timezone).date()
    has = np.array([[_HAS[fact](station) for fact in Fact] for station in stations], dtype=np.bool_)
    parts = _Parts(
        truth,
        has.reshape(len(stations), len(Fact)),
        truth.door_confirmed_since(Month.of(today).first_day.toordinal()),
        np.logical_or.reduce(list(truth.because.values())),
    )
    district_of = np.array([station.district_code or NO_DISTRICT for station in stations], dtype=object)
    kind_of = np.array([station.kind.value for station in stations], dtype=object)
    with store.reading() as reader:
        trend = _trend(reader, Month.of(today), truth)
        reports = _report_ages(reader, truth, now)
    everywhere = parts.shares("", np.ones(len(stations), dtype=np.bool_))
    hours_known = everywhere.complete[Fact.HOURS]
    return Dashboard(
        all=everywhere,
        by_district=tuple(
            parts.shares(key, district_of == key)
            for key in (*(unit.code for unit in place.units), NO_DISTRICT)
            if key != NO_DISTRICT or bool((district_of == key).any())
        ),
        by_kind=tuple(parts.shares(kind.value, kind_of == kind.value) for kind in StationKind),
        reports=reports,
        trend=trend,
        waiting={reason: int(truth.because[reason].sum()) for reason in Reason},
        unknown_hours_count=len(stations) - hours_known,
        door_unconfirmed_count=len(stations) - everywhere.door_confirmed_count,
        is_sample=truth.snapshot.is_sample,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """The arrays that are cut by district and kind: ``has`` (n, facts), the others (n,)."""

    truth: RegisterTruth
    has: Mask
    door_confirmed: Mask
    waiting: Mask

    def shares(self, key: str, mask: Mask) -> Shares:
        """Those of the stations in the mask."""
        fresh = (~self.truth.stale & self.truth.facts.known)[mask].sum(axis=0)
        complete = self.has[mask].sum(axis=0)
        return Shares(
            key=key,
            station_count=int(mask.sum()),
            complete={fact: int(count) for fact, count in zip(Fact, complete, strict=True)},
            fresh={group: int(count) for group, count in zip(GROUPS, fresh, strict=True)},
            door_confirmed_count=int(self.door_confirmed[mask].sum()),
            waiting_count=int(self.waiting[mask].sum()),
        )


def _trend(reader: Reader, this_month: Month, truth: RegisterTruth) -> tuple[MonthTrend, ...]:
    """The last twelve months, the present one last."""
    months = [this_month.earlier(back) for back in reversed(range(TREND_MONTHS))]
    spans = [month.span(truth.snapshot.place.timezone) for month in months]
    confirmed = reader.confirmations.station_counts(spans)
    changes = reader.report_counts.stations_changed(spans)
    reports = reader.report_counts.came_and_went(spans)
    return tuple(
        MonthTrend(month, stations, changed, came, closed)
        for month, stations, changed, (came, closed) in zip(months, confirmed, changes, reports, strict=True)
    )


def _report_ages(reader: Reader, truth: RegisterTruth, now: datetime) -> tuple[ReportAges, ...]:
    """By district, and those of no public station or of no district last."""
    by_code, place = truth.snapshot.by_code, truth.snapshot.place
    counts: dict[str, list[int]] = {}
    for code, received_at in reader.report_counts.open_received():
        station = by_code.get(code) if code is not None else None
        key = (station.district_code if station else None) or NO_DISTRICT
        row = counts.setdefault(key, [0] * (len(AGE_BOUNDS_DAYS) + 1))
        row[age_part((now - received_at).days, AGE_BOUNDS_DAYS)] += 1
    keys = [key for key in (*(unit.code for unit in place.units), NO_DISTRICT) if key in counts]
    return tuple(ReportAges(key, tuple(counts[key]), sum(counts[key])) for key in keys)


def age_part(age_days: int, bounds: Sequence[int]) -> int:
    """Which part an age falls into: 0 below the first bound, one more from each bound on."""
    return sum(age_days >= bound for bound in bounds)
