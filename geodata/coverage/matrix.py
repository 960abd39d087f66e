"""Coverage of a whole week at once: need × area × group × hour, with both bounds for unknown hours.

Each demand point ORs the open hours of the stations in its reach that meet the need (three words a station), and
the hours that come out select its workers. So the pairs are found once, and every need costs one pass over them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from geodata.coordinates import Floats
from geodata.coverage.areas import Areas
from geodata.coverage.reach import Reach
from geodata.coverage.supply import Counted, Need, Supply
from geodata.coverage.week import DAY_HOURS, NIGHT_HOURS, OpenWeek, hour_mask, unpacked
from geodata.demand.points import HOURS_A_WEEK, DemandLayer
from geodata.stations.columns import Bits
from geodata.stations.ordering import Rows
from geodata.stations.vocabulary import WorkerGroup

Reaches = Reach | Mapping[WorkerGroup, Reach]
"""One reach for every group, or one a group where they travel by different modes."""

_POINTS_AT_A_TIME: Final = 1 << 14


@dataclass(frozen=True, slots=True, eq=False)
class CoveredHours:
    """In which hours each point is covered, as bits (n, 3): surely, and with every unknown station open."""

    low: Bits
    high: Bits

    @classmethod
    def of(cls, reach: Reach, week: OpenWeek) -> CoveredHours:
        """By the stations of a week; those that do not count never open in it."""
        low = reach.covered_hours(week.surely)
        return cls(low, low | reach.covered_hours(week.perhaps & ~week.surely))


@dataclass(frozen=True, slots=True)
class Tally:
    """Worker-hours, and how many of them are covered. For one hour they are workers."""

    worker_hours: float
    low: float
    high: float

    def __add__(self, other: Tally) -> Tally:
        """Of others' workers or other hours beside these: groups that travel by different modes are added so."""
        return Tally(self.worker_hours + other.worker_hours, self.low + other.low, self.high + other.high)

    @property
    def share_low(self) -> float | None:
        """The covered share with every station of unknown hours shut; None without workers."""
        return self.low / self.worker_hours if self.worker_hours > 0 else None

    @property
    def share_high(self) -> float | None:
        """The covered share with every station of unknown hours open; None without workers."""
        return self.high / self.worker_hours if self.worker_hours > 0 else None


Shares = tuple[float | None, float | None]
"""A covered share with every station of unknown hours shut, and open; None without workers."""


@dataclass(frozen=True, slots=True)
class NightGap:
    """How much less is covered by night (22-06) than by day (08-20): day share − night share, of worker-hours.

    The truth lies between ``least`` and ``most``: a station of unknown hours may be open by day and shut by night, or
    the other way round. ``shut`` and ``open`` compare like with like, every such station shut both times or open both
    times; they bound nothing. None where no workers are out by day or by night.
    """

    least: float | None
    most: float | None
    shut: float | None
    open: float | None

    @classmethod
    def of(cls, day: Shares, night: Shares) -> NightGap:
        """Of the shares by day and by night, low and high."""
        return cls(_less(day[0], night[1]), _less(day[1], night[0]), _less(day[0], night[0]), _less(day[1], night[1]))


@dataclass(frozen=True, slots=True, eq=False)
class CoverageMatrix:
    """Workers, and the covered ones, of every need, area, group and hour of ordinary weeks.

    ``workers`` has shape (areas, groups, 168); ``low`` and ``high`` (needs, areas, groups, 168). Each point is in
    one area, so areas add up to the whole; groups and hours may be added too.
    """

    needs: tuple[Need, ...]
    areas: tuple[str, ...]
    groups: tuple[WorkerGroup, ...]
    workers: Floats
    low: Floats
    high: Floats

    def tally(
        self,
        need: Need,
        *,
        area: str | None = None,
        groups: Collection[WorkerGroup] = (),
        hours: Collection[int] = range(HOURS_A_WEEK),
    ) -> Tally:
        """One need over an area (None: all of them), some groups (none named: all) and some hours."""
        chosen_areas = slice(None) if area is None else [self.areas.index(area)]
        chosen = hour_mask(hours)
        of_groups = [number for number, group in enumerate(self.groups) if not groups or group in groups]

        def total(values: Floats) -> float:
            return float(values[chosen_areas][:, of_groups][..., chosen].sum())

        row = self.needs.index(need)
        return Tally(total(self.workers), total(self.low[row]), total(self.high[row]))

    def shares(self, groups: Collection[WorkerGroup] = ()) -> tuple[Floats, Floats]:
        """The covered share of the whole by need and hour, low and high, (needs, 168); NaN without workers."""
        of_groups = [number for number, group in enumerate(self.groups) if not groups or group in groups]
        present = self.workers[:, of_groups].sum(axis=(0, 1))
        sums = (values[:, :, of_groups].sum(axis=(1, 2)) for values in (self.low, self.high))
        low, high = (
            np.divide(covered, present, out=np.full_like(covered, np.nan), where=present > 0) for covered in sums
        )
        return low, high

    def day_and_night(self, need: Need, *, area: str | None = None) -> tuple[Tally, Tally]:
        """A need by day (08-20) and by night (22-06)."""
        return self.tally(need, area=area, hours=DAY_HOURS), self.tally(need, area=area, hours=NIGHT_HOURS)


def coverage_matrix(
    layer: DemandLayer,
    areas: Areas,
    supply: Supply,
    reaches: Reaches,
    needs: Sequence[Need],
    counted: Counted,
    week_of: date,
) -> CoverageMatrix:
    """The matrix of some needs, each beside what ``counted.filters`` asks anyway.

    ``reaches`` holds pairs of the layer's points and the supply's stations. ``week_of`` decides the season.
    """
    groups = tuple(group for group in WorkerGroup if group in layer.workers)
    week, bit_of_hour = supply.week(counted, week_of).condensed()
    bits_count = int(bit_of_hour.max()) + 1
    weeks = [week.of(supply.offering(need, week_of.month - 1)) for need in needs]
    shape = (len(needs), len(areas.codes), len(groups), bits_count)
    low, high = np.zeros(shape), np.zeros(shape)
    for reach, places in _by_reach(reaches, groups):
        ground = _Ground.of(layer, areas, [groups[place] for place in places])
        for row, of_need in enumerate(weeks):
            hours = CoveredHours.of(reach, of_need)
            low[row][:, places] = ground.present_in(hours.low, bits_count)
            high[row][:, places] = low[row][:, places] + ground.present_in(hours.high & ~hours.low, bits_count)
    profiles = np.array([layer.profiles[group] for group in groups]).reshape(len(groups), HOURS_A_WEEK)
    heads = np.array([areas.sums(layer.workers[group]) for group in groups]).reshape(len(groups), len(areas.codes))
    workers = heads.T[:, :, None] * profiles
    low, high = (present[..., bit_of_hour] * profiles for present in (low, high))
    return CoverageMatrix(tuple(needs), areas.codes, groups, workers, low, high)


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """The points in the order of their areas: ``order`` (n,), ``ids`` (n,) and ``heads`` (groups, n) in that order."""

    areas_count: int
    order: Rows
    ids: Rows
    heads: Floats

    @classmethod
    def of(cls, layer: DemandLayer, areas: Areas, groups: Sequence[WorkerGroup]) -> _Ground:
        order = np.argsort(areas.ids, kind="stable")
        heads = np.array([layer.workers[group][order] for group in groups]).reshape(len(groups), layer.point_count)
        return cls(len(areas.codes), order, areas.ids[order], heads)

    def present_in(self, hours: Bits, bits_count: int) -> Floats:
        """Average-hour workers whose point has a bit set; (n, w) to (areas, groups, bits_count)."""
        present = np.zeros((self.areas_count, len(self.heads), bits_count))
        ordered = hours[self.order]
        rows = np.flatnonzero(ordered.any(axis=1))
        edges = np.searchsorted(self.ids[rows], np.arange(self.areas_count + 1))
        for area, (start, end) in enumerate(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)):
            for first in range(start, end, _POINTS_AT_A_TIME):
                part = rows[first : min(first + _POINTS_AT_A_TIME, end)]
                present[area] += self.heads[:, part] @ unpacked(ordered[part], bits_count).astype(np.float64)
        return present


def _by_reach(reaches: Reaches, groups: Sequence[WorkerGroup]) -> list[tuple[Reach, list[int]]]:
    """The different reaches, each with the places of its groups."""
    if isinstance(reaches, Reach):
        return [(reaches, list(range(len(groups))))] if groups else []
    found: dict[int, tuple[Reach, list[int]]] = {}
    for place, group in enumerate(groups):
        found.setdefault(id(reaches[group]), (reaches[group], []))[1].append(place)
    return list(found.values())


def _less(day: float | None, night: float | None) -> float | None:
    return None if day is None or night is None else day - night
