"""The register as those see it who keep it true: what is known, how old it is, what people say, whom it affects.

Everything is one array a fact over the public stations, in the order of the snapshot, so that 20,000 stations
are judged, counted and put in order in milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geodata.coverage.question import WithinMetres
from geodata.coverage.reach import Reach
from geodata.demand.points import DemandLayer
from geodata.reports.vocabulary import ReportKind
from geodata.stations.freshness import FieldGroup, FreshnessLimits, is_known
from geodata.stations.vocabulary import StationKind
from mapapp.services.coverage import CoverageDesk, NoDemandLayer
from mapapp.services.districts import NO_DISTRICT
from mapapp.services.snapshot import StationSnapshot
from mapapp.services.truth.ages import GROUPS, NEVER, ConfirmedDays, Days
from mapapp.services.truth.completeness import completeness
from mapapp.services.truth.navigation_counts import DueStations
from mapapp.settings import Settings
from mapapp.store import Reader, Store
from mapapp.store.report_counts import OpenReports

Mask = NDArray[np.bool_]
Rows = NDArray[np.intp]
AFFECTED_WITHIN_M: Final = 1_000.0
"""Whom a station affects: the workers within the cited service radius."""
CONTRADICTING: Final = frozenset(
    {
        ReportKind.LOCKED,
        ReportKind.WRONG_HOURS,
        ReportKind.WRONG_PLACE,
        ReportKind.BROKEN,
        ReportKind.CLOSED_FOR_GOOD,
    }
)
"""What says that something we publish is not so; other reports ask for something."""
DOOR: Final = GROUPS.index(FieldGroup.DOOR)


class Reason(StrEnum):
    """Why somebody should look at a station. Order is display order."""

    CONTRADICTED = "contradicted"
    UNKNOWN_HOURS = "unknown_hours"
    STALE = "stale"
    REPORTED = "reported"


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What does not change while the snapshot stands.

    Attributes
    ----------
    known : bool (n, 4)
        Whether the group can be confirmed, columns as `GROUPS`.
    complete : bool (n, 7)
        What a complete entry has, columns as `Fact`.
    row_of
        The row of each code.
    district_rows : intp (n,)
        Each station's district, as a place in ``district_keys``: the place's units, then `NO_DISTRICT`.
    kind_rows : intp (n,)
        Each station's kind, as a place in `StationKind`.
    affected : float64 (n,)
        Workers within 1 km in an average hour; 0 for unplaced stations.
    is_demand_known
        Whether there was a demand layer to count them from.
    """

    snapshot: StationSnapshot
    known: Mask
    complete: Mask
    row_of: Mapping[str, int]
    district_rows: Rows
    district_keys: tuple[str, ...]
    kind_rows: Rows
    affected: NDArray[np.float64]
    is_demand_known: bool
    is_demand_sample: bool


@dataclass(frozen=True, slots=True, eq=False)
class RegisterTruth:
    """The truth about n stations as of one moment; row i is ``facts.snapshot.stations[i]``.

    Attributes
    ----------
    confirmed : int64 (n, 4)
        The day each group was last confirmed on (`date.toordinal`), 0 for never.
    contradicted, reported : int64 (n,)
        Open reports that contradict what we publish, and open reports of any kind.
    oldest_report : int64 (n,)
        The day the oldest open report came in on, 0 where there is none.
    warned : bool (n,)
        Where a locked-door warning stands.
    stale : bool (n, 4)
        Which groups are known and too old.
    because : bool (n,) by reason
        Which stations there is that reason to look at.
    due : bool (n,)
        Which there is any reason to look at.
    """

    facts: Facts
    today: int
    limits: FreshnessLimits
    confirmed: Days
    contradicted: Days
    reported: Days
    oldest_report: Days
    warned: Mask
    stale: Mask
    because: Mapping[Reason, Mask]
    due: Mask

    @property
    def snapshot(self) -> StationSnapshot:
        """The stations."""
        return self.facts.snapshot

    def door_confirmed_since(self, day: int) -> Mask:
        """At which stations the door was confirmed on that day or later, shape (n,)."""
        confirmed: Mask = self.confirmed[:, DOOR] >= day
        return confirmed


class TruthDesk:
    """Where questions about the register's truth are answered, in one process."""

    def __init__(self, store: Store, settings: Settings, coverage: CoverageDesk) -> None:
        self.limits = limits_of(settings)
        self._store = store
        self._coverage = coverage
        self._lock = Lock()
        self._facts: Facts | None = None
        self._days: ConfirmedDays | None = None
        self._due: DueStations | None = None

    def due(self, snapshot: StationSnapshot, now: datetime) -> DueStations:
        """The stations there is a reason to look at; for a minute the same, or as `register` last found them."""
        kept = self._due
        if kept is None or not kept.holds_at(now):
            kept = _due_of(self.register(snapshot, now), now)
        return kept

    def register(self, snapshot: StationSnapshot, now: datetime) -> RegisterTruth:
        """The truth about the snapshot's stations; four statements, however many stations there are."""
        facts, days = self._parts(snapshot)
        timezone = snapshot.place.timezone
        with self._store.reading() as reader:
            confirmed = days.read(reader.confirmations, snapshot.stations)
            open_reports = reader.report_counts.open_by_station()
            doors = _doors_opened(reader, snapshot, now, self.limits)
        row_of = facts.row_of
        for code, day in doors.items():
            if code in row_of:
                confirmed[row_of[code], DOOR] = max(confirmed[row_of[code], DOOR], day)
        contradicted, reported, oldest = (np.zeros(len(row_of), dtype=np.int64) for _ in range(3))
        for report in open_reports:
            row = row_of.get(report.station_code)
            if row is not None:
                _count(report, row, contradicted, reported, oldest, report.oldest_at.astimezone(timezone).toordinal())
        today = now.astimezone(timezone).toordinal()
        stale = _stale(confirmed, facts.known, today, self.limits)
        warned = _warned(snapshot, row_of, now)
        because = {
            Reason.CONTRADICTED: _mask((contradicted > 0) | warned),
            Reason.UNKNOWN_HOURS: _mask(~facts.known[:, GROUPS.index(FieldGroup.HOURS)]),
            Reason.STALE: _mask(stale.any(axis=1)),
            Reason.REPORTED: _mask(reported > 0),
        }
        truth = RegisterTruth(
            facts=facts,
            today=today,
            limits=self.limits,
            confirmed=confirmed,
            contradicted=contradicted,
            reported=reported,
            oldest_report=oldest,
            warned=warned,
            stale=stale,
            because=because,
            due=np.logical_or.reduce(list(because.values())),
        )
        self._due = _due_of(truth, now)
        return truth

    def _parts(self, snapshot: StationSnapshot) -> tuple[Facts, ConfirmedDays]:
        with self._lock:
            if self._days is None:
                self._days = ConfirmedDays(snapshot.place.timezone)
            if self._facts is None or self._facts.snapshot is not snapshot:
                self._facts = self._read_facts(snapshot)
            return self._facts, self._days

    def _read_facts(self, snapshot: StationSnapshot) -> Facts:
        stations, count = snapshot.stations, len(snapshot.stations)
        known = [[is_known(station, group) for station in stations] for group in GROUPS]
        district_keys = (*(unit.code for unit in snapshot.place.units), NO_DISTRICT)
        district_of = {key: row for row, key in enumerate(district_keys)}
        kind_of = {kind: row for row, kind in enumerate(StationKind)}
        nowhere = len(district_keys) - 1
        try:
            layer: DemandLayer | None = self._coverage.ground(snapshot).layer
        except NoDemandLayer:
            layer = None
        return Facts(
            snapshot=snapshot,
            known=np.array(known, dtype=np.bool_).T,
            complete=completeness(stations),
            row_of={code: row for row, code in enumerate(snapshot.by_code)},
            district_rows=_rows((district_of.get(each.district_code or "", nowhere) for each in stations), count),
            district_keys=district_keys,
            kind_rows=_rows((kind_of[each.kind] for each in stations), count),
            affected=affected_workers(layer, snapshot) if layer else np.zeros(count),
            is_demand_known=layer is not None,
            is_demand_sample=layer is not None and layer.is_sample,
        )


def _rows(numbers: Iterable[int], count: int) -> Rows:
    return np.fromiter(numbers, dtype=np.intp, count=count)


def _due_of(truth: RegisterTruth, now: datetime) -> DueStations:
    facts = truth.facts
    counts = np.bincount(facts.district_rows[truth.due], minlength=len(facts.district_keys))
    by_district = {key: int(count) for key, count in zip(facts.district_keys, counts, strict=True)}
    return DueStations(now, facts.row_of, truth.due, by_district)


def limits_of(settings: Settings) -> FreshnessLimits:
    """The limits this installation works with."""
    return FreshnessLimits(
        hours_days=settings.fresh_hours_days,
        door_days=settings.fresh_door_days,
        services_days=settings.fresh_services_days,
        position_days=settings.fresh_position_days,
    )


def affected_workers(layer: DemandLayer, snapshot: StationSnapshot) -> NDArray[np.float64]:
    """How many workers are within 1 km of each station in an average hour, all groups together, shape (n,)."""
    columns = snapshot.index.columns
    reach = Reach.between(layer.lon, layer.lat, columns.lon, columns.lat, WithinMetres(AFFECTED_WITHIN_M))
    workers = np.sum(list(layer.workers.values()), axis=0) if layer.workers else np.zeros(layer.point_count)
    affected = np.zeros(len(columns.codes))
    np.add.at(affected, reach.station_rows, workers[reach.point_ids])
    return affected


def _stale(confirmed: Days, known: Mask, today: int, limits: FreshnessLimits) -> Mask:
    limit_days = np.array([limits.days(group) for group in GROUPS])
    return _mask(((confirmed == NEVER) | (today - confirmed > limit_days)) & known)


def _mask(values: object) -> Mask:
    return np.asarray(values, dtype=np.bool_)


def _doors_opened(
    reader: Reader, snapshot: StationSnapshot, now: datetime, limits: FreshnessLimits
) -> Mapping[str, int]:
    """The last day somebody of the public got in at each station; farther back than it counts nobody looks."""
    since = now - timedelta(days=max(limits.door_days, 31))
    found = reader.report_counts.got_in_by_station(since)
    timezone = snapshot.place.timezone
    return {code: at.astimezone(timezone).toordinal() for code, at in found.items()}


def _count(report: OpenReports, row: int, contradicted: Days, reported: Days, oldest: Days, day: int) -> None:
    reported[row] += report.count
    if report.kind in CONTRADICTING:
        contradicted[row] += report.count - report.outside_hours_count
    oldest[row] = min(oldest[row] or day, day)


def _warned(snapshot: StationSnapshot, row_of: Mapping[str, int], now: datetime) -> Mask:
    warned = np.zeros(len(row_of), dtype=np.bool_)
    for code, warning in snapshot.door_warnings.items():
        warned[row_of[code]] = warning.until > now
    return warned
