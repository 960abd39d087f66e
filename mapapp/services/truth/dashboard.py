"""How true the register is: complete and fresh by district and kind, what waits, and how it went by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from geodata.stations.freshness import FieldGroup
from geodata.stations.vocabulary import StationKind
from mapapp.services.districts import NO_DISTRICT
from mapapp.services.truth.ages import GROUPS
from mapapp.services.truth.completeness import Fact
from mapapp.services.truth.months import Month
from mapapp.services.truth.register import Mask, Reason, RegisterTruth, Rows
from mapapp.store import Reader, Store

TREND_MONTHS: Final = 12
AGE_BOUNDS_DAYS: Final = (2, 7, 30)
"""Open reports are younger than the first, then up to each next, then older than the last."""


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
    facts = truth.facts
    today = now.astimezone(truth.snapshot.place.timezone).date()
    door_confirmed = truth.door_confirmed_since(Month.of(today).first_day.toordinal())
    columns = (*facts.complete.T, *(~truth.stale & facts.known).T, door_confirmed, truth.due)
    with store.reading() as reader:
        trend = _trend(reader, Month.of(today), truth)
        reports = _report_ages(reader, truth, now)
    by_district = _counted(facts.district_rows, facts.district_keys, columns)
    by_kind = _counted(facts.kind_rows, tuple(kind.value for kind in StationKind), columns)
    everywhere = _counted(np.zeros(len(facts.kind_rows), dtype=np.intp), ("",), columns)[0]
    return Dashboard(
        all=everywhere,
        by_district=tuple(shares for shares in by_district if shares.key != NO_DISTRICT or shares.station_count),
        by_kind=by_kind,
        reports=reports,
        trend=trend,
        waiting={reason: int(truth.because[reason].sum()) for reason in Reason},
        unknown_hours_count=everywhere.station_count - everywhere.complete[Fact.HOURS],
        door_unconfirmed_count=everywhere.station_count - everywhere.door_confirmed_count,
        is_sample=truth.snapshot.is_sample,
    )


def _counted(rows: Rows, keys: Sequence[str], columns: Sequence[Mask]) -> tuple[Shares, ...]:
    """The shares of each part: ``rows`` (n,) says which part a station belongs to, as a place in ``keys``.

    ``columns`` are facts, groups, doors confirmed and stations that wait, each (n,).
    """
    station_counts = np.bincount(rows, minlength=len(keys))
    counts = np.column_stack([np.bincount(rows[column], minlength=len(keys)) for column in columns])
    return tuple(
        Shares(
            key=key,
            station_count=int(station_count),
            complete={fact: int(count) for fact, count in zip(Fact, row[: len(Fact)], strict=True)},
            fresh={group: int(count) for group, count in zip(GROUPS, row[len(Fact) : -2], strict=True)},
            door_confirmed_count=int(row[-2]),
            waiting_count=int(row[-1]),
        )
        for key, station_count, row in zip(keys, station_counts, counts, strict=True)
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
