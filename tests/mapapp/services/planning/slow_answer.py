"""A planner's answer worked out the slow way: from stations and cells, one hour, group, cell and station at a time.

It shares no array code with the core. It takes over the definitions of docs/coverage-method.md, not their algorithms.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from geodata.coverage.within import WithinUnit
from geodata.demand.movement import Movement
from geodata.demand.points import DemandLayer
from geodata.stations.holidays import HolidayTable
from geodata.stations.schedule import ScheduleBook
from geodata.stations.station import Station
from geodata.stations.vocabulary import Service, ServiceState, WorkerGroup
from geodata.travel.straight_line import TravelMode
from mapapp.services.planning.question import PlanningQuestion

EARTH_M = 6_371_008.8
DAY_MIN = 1440
BANDS = ((300.0, 1.0), (600.0, 0.68), (900.0, 0.22))
CURVE = range(1, 31)

Tally = tuple[float, float, float]
"""Worker-hours: all, covered low, covered high."""


@dataclass(frozen=True, eq=False)
class SlowAnswer:
    """Everything by definition; ``perhaps`` (False: low, True: high) says how unknown hours are taken."""

    question: PlanningQuestion
    stations: Sequence[Station]
    layer: DemandLayer
    holidays: HolidayTable
    timezone: ZoneInfo
    speeds_kmh: dict[TravelMode, float]

    # --- who, when, how -----------------------------------------------------------------------------

    @property
    def groups(self) -> list[WorkerGroup]:
        asked = self.question.groups
        return [group for group in self.layer.workers if not asked or group in asked]

    @property
    def hours(self) -> list[int]:
        if self.question.instant is None:
            return sorted(self.question.hours)
        local = self.question.instant.astimezone(self.timezone)
        return [local.weekday() * 24 + local.hour]

    @property
    def month(self) -> int:
        at = self.question.instant
        return self.question.week_of.month if at is None else at.astimezone(self.timezone).month

    def workers(self, group: WorkerGroup, point: int, hour: int) -> float:
        return float(self.layer.workers[group][point]) * float(self.layer.profiles[group][hour])

    def movement(self, group: WorkerGroup) -> Movement:
        mode = self.question.mode
        return self.layer.movement[group] if mode is None else Movement(mode, self.speeds_kmh[mode])

    # --- stations -----------------------------------------------------------------------------------

    def offers(self, station: Station) -> set[Service]:
        return {
            offer.service
            for offer in station.services
            if offer.state is ServiceState.AVAILABLE
            or (offer.state is ServiceState.SEASONAL and offer.season is not None and offer.season.includes(self.month))
        }

    def counts(self, station: Station, needs_all: Iterable[Service], needs_any: Iterable[Service]) -> bool:
        asked, offered = self.question, self.offers(station)
        return (
            station.position is not None
            and station.life_cycle in asked.life_cycles
            and (not asked.kinds or station.kind in asked.kinds)
            and (not asked.entry_methods or any(method in asked.entry_methods for method in station.entry_methods))
            and all(service in offered for service in needs_all)
            and (not list(needs_any) or any(service in offered for service in needs_any))
        )

    @cached_property
    def own(self) -> list[bool]:
        """Which stations count for the question itself."""
        asked = self.question
        return [self.counts(each, asked.needs_all, asked.needs_any) for each in self.stations]

    @cached_property
    def _open_minutes(self) -> list[list[bool] | None]:
        """Of each station the open minutes of nine days from the Sunday before; None for unknown hours."""
        asked, book = self.question, ScheduleBook(self.holidays, self.timezone)
        day_of = asked.week_of if asked.instant is None else asked.instant.astimezone(self.timezone).date()
        first = day_of - timedelta(days=day_of.weekday() + 1)
        found: list[list[bool] | None] = []
        for station in self.stations:
            schedule = book.of(station.hours)
            if not schedule.known:
                found.append(None)
                continue
            minutes = [False] * (11 * DAY_MIN)
            for number in range(-1, 9):
                day = first + timedelta(days=number)
                spans = schedule.ordinary_day_spans(day) if asked.instant is None else schedule.day_spans(day)
                for start, end in spans:
                    for minute in range(max(number * DAY_MIN + start, 0), number * DAY_MIN + end):
                        minutes[minute] = True
            found.append(minutes)
        return found

    def is_open(self, row: int, hour: int, *, perhaps: bool) -> bool:
        minutes = self._open_minutes[row]
        if minutes is None:
            return perhaps
        at = self.question.instant
        minute_of_hour = 30 if at is None else at.astimezone(self.timezone).minute
        start = DAY_MIN + hour * 60 + minute_of_hour
        return all(minutes[start : start + max(self.question.min_stay_min, 1)])

    @cached_property
    def _opens(self) -> dict[tuple[int, int, bool], bool]:
        return {
            (row, hour, side): self.is_open(row, hour, perhaps=side)
            for row in range(len(self.stations))
            for hour in range(168)
            for side in (False, True)
            if self.question.instant is None or hour in self.hours
        }

    # --- ways ---------------------------------------------------------------------------------------

    @cached_property
    def metres(self) -> list[list[float]]:
        """By cell and station; infinite without a position."""
        return [
            [
                math.inf
                if each.position is None
                else _metres(lon, lat, each.position.point.lon, each.position.point.lat)
                for each in self.stations
            ]
            for lon, lat in zip(self.layer.lon.tolist(), self.layer.lat.tolist(), strict=True)
        ]

    def seconds(self, group: WorkerGroup, point: int, row: int) -> float:
        return self.metres[point][row] * self.question.detour / (self.movement(group).speed_kmh / 3.6)

    def near(self, group: WorkerGroup, point: int, row: int, time_factor: float = 1.0) -> bool:
        within = self.question.within
        if within.unit is WithinUnit.METRES:
            return self.metres[point][row] <= within.amount
        return self.seconds(group, point, row) * time_factor <= within.amount * 60

    # --- coverage -----------------------------------------------------------------------------------

    def covered(
        self,
        group: WorkerGroup,
        point: int,
        hour: int,
        *,
        perhaps: bool,
        counts: Sequence[bool] | None = None,
        without: int = -1,
        time_factor: float = 1.0,
    ) -> bool:
        counts = self.own if counts is None else counts
        return any(
            counts[row]
            and row != without
            and self.near(group, point, row, time_factor)
            and self._opens[row, hour, perhaps]
            for row in range(len(self.stations))
        )

    def tally(self, keep: Callable[[WorkerGroup, int], bool] = lambda _group, _point: True, **how: float) -> Tally:
        sums = [0.0, 0.0, 0.0]
        for group in self.groups:
            for point in range(self.layer.point_count):
                if not keep(group, point):
                    continue
                for hour in self.hours:
                    present = self.workers(group, point, hour)
                    sums[0] += present
                    for side in (False, True):
                        covered = self.covered(group, point, hour, perhaps=side, **how)  # type: ignore[arg-type]
                        sums[1 + side] += present if covered else 0.0
        return sums[0], sums[1], sums[2]

    def hour_share(self, service: Service | None, hour: int, *, perhaps: bool) -> float | None:
        """Of the whole in one hour of ordinary weeks: the question's own need, or one service."""
        counts = self.own if service is None else [self.counts(each, [service], []) for each in self.stations]
        present = covered = 0.0
        for group in self.groups:
            for point in range(self.layer.point_count):
                workers = self.workers(group, point, hour)
                present += workers
                covered += workers if self.covered(group, point, hour, perhaps=perhaps, counts=counts) else 0.0
        return covered / present if present > 0 else None

    def loss(self, row: int, *, perhaps: bool) -> float:
        return self.tally()[1 + perhaps] - self.tally(without=row)[1 + perhaps]

    # --- who goes where -----------------------------------------------------------------------------

    def trips(self, cut_off_s: float, *, perhaps: bool) -> list[tuple[WorkerGroup, int, int, int, float, float]]:
        """Group, cell, hour, station (-1: none), seconds and workers; a tie goes to the lesser code."""
        found = []
        for group in self.groups:
            for point in range(self.layer.point_count):
                times = [(self.seconds(group, point, row), row) for row in range(len(self.stations)) if self.own[row]]
                near = sorted(each for each in times if each[0] <= cut_off_s)
                for hour in self.hours:
                    open_ones = (each for each in near if self._opens[each[1], hour, perhaps])
                    time_s, row = next(open_ones, (math.inf, -1))
                    found.append((group, point, hour, row, time_s, self.workers(group, point, hour)))
        return found

    # --- room ---------------------------------------------------------------------------------------

    def room(self, supply: Sequence[float], *, perhaps: bool) -> tuple[list[float], float]:
        """E2SFCA hour by hour: supply per worker at each cell over its worker-hours, and the idle supply-hours."""
        count = self.layer.point_count
        given, present, idle = [0.0] * count, [0.0] * count, 0.0
        for hour in self.hours:
            for group in self.groups:
                for point in range(count):
                    present[point] += self.workers(group, point, hour)
            for row in range(len(self.stations)):
                if not self._opens[row, hour, perhaps] or supply[row] == 0:
                    continue
                weights = [
                    (point, self.workers(group, point, hour) * _weight(self.seconds(group, point, row)))
                    for group in self.groups
                    for point in range(count)
                ]
                competing = sum(weight for _point, weight in weights)
                if competing == 0:
                    idle += supply[row]
                    continue
                for point, weight in weights:
                    given[point] += supply[row] * weight / competing
        return [got / there if there > 0 else 0.0 for got, there in zip(given, present, strict=True)], idle


def quantile(trips: Iterable[tuple[float, float]], share: float) -> float | None:
    """The least time such that at least the share of all weight has at most it; None where that is endless."""
    ordered = sorted((time_s, weight) for time_s, weight in trips if weight > 0)
    total, reached = sum(weight for _time, weight in ordered), 0.0
    for time_s, weight in ordered:
        reached += weight
        if reached >= share * total * (1 - 1e-11):
            return time_s if math.isfinite(time_s) else None
    return None


def slow_gini(values: Sequence[float], weights: Sequence[float]) -> float | None:
    pairs = [(value, weight) for value, weight in zip(values, weights, strict=True) if weight > 0]
    held, people = sum(v * w for v, w in pairs), sum(w for _v, w in pairs)
    if not held > 0:
        return None
    apart = sum(w1 * w2 * abs(v1 - v2) for v1, w1 in pairs for v2, w2 in pairs)
    return apart / (2 * people * held)


def slow_palma(values: Sequence[float], weights: Sequence[float]) -> float | None:
    pairs = sorted((value, weight) for value, weight in zip(values, weights, strict=True) if weight > 0)
    people = sum(weight for _value, weight in pairs)

    def held_by(worst_share: float) -> float:
        left, held = worst_share * people, 0.0
        for value, weight in pairs:
            held += value * min(weight, max(left, 0.0))
            left -= weight
        return held

    total, bottom = sum(v * w for v, w in pairs), held_by(0.4)
    return (total - held_by(0.9)) / bottom if total > 0 and bottom > 0 else None


def slow_fgt(values: Sequence[float], weights: Sequence[float], line: float, order: int) -> float | None:
    pairs = [(value, weight) for value, weight in zip(values, weights, strict=True) if weight > 0]
    people = sum(weight for _value, weight in pairs)
    below = sum(w * ((line - v) / line) ** order for v, w in pairs if v < line)
    return below / people if people > 0 else None


def groups_of_touching(cells: Iterable[str], touches: Callable[[str], Iterable[str]]) -> list[set[str]]:
    """Cells in groups that touch."""
    left, found = set(cells), []
    while left:
        group, edge = set(), {left.pop()}
        while edge:
            group |= edge
            edge = {other for cell in edge for other in touches(cell)} & left
            left -= edge
        found.append(group)
    return found


def sums_by(keys: Iterable[int], values: Iterable[float]) -> dict[int, float]:
    sums: dict[int, float] = defaultdict(float)
    for key, value in zip(keys, values, strict=True):
        sums[key] += value
    return sums


def _weight(seconds: float) -> float:
    return next((weight for limit_s, weight in BANDS if seconds <= limit_s), 0.0)


def _metres(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    step = math.sin((phi2 - phi1) / 2) ** 2
    step += math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(step))
