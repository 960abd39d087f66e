"""One question of workers who get about in different ways: an analysis a way, and their results added up.

Covered worker-hours, losses and changes add up part by part. Who goes where, how long it takes and how much room is
left are worked out over all parts together: a rider and a walker wait for the same seat.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import add
from types import MappingProxyType

import numpy as np

from geodata.coordinates import Floats
from geodata.coverage.accessibility import WALKING_BANDS, Band
from geodata.coverage.analysis import Analysis, HoursOfWeek
from geodata.coverage.areas import Areas
from geodata.coverage.assignment import Assignment
from geodata.coverage.cells import Touching
from geodata.coverage.footprint import Footprint, FootprintPart
from geodata.coverage.gaps import Gap, GapOrder, gaps_of_worker_hours
from geodata.coverage.losses import Losses, losses
from geodata.coverage.matrix import CoverageMatrix, CoveredHours, Tally, coverage_matrix
from geodata.coverage.nearest import Assigned, Loads, TravelTimes, loads_of, travel_times_of
from geodata.coverage.reach import Reach
from geodata.coverage.room import Room, rooms_over_hours
from geodata.coverage.sensitivity import Assumption, Sensitivity, sensitivity
from geodata.coverage.supply import Need
from geodata.coverage.week import OpenWeek
from geodata.coverage.worker_hours import WorkerHours
from geodata.demand.points import DemandLayer
from geodata.errors import InvalidValue
from geodata.places.place import Place
from geodata.stations.columns import Bits
from geodata.stations.ordering import Rows
from geodata.stations.vocabulary import WorkerGroup


@dataclass(frozen=True, eq=False)
class GroupedAnalysis:
    """Parts of one question over the same layer, areas, stations and hours; no worker group is in two of them.

    Each part's question names its groups. Results are worked out when they are first asked for.
    """

    parts: tuple[Analysis, ...]

    def __post_init__(self) -> None:
        if not self.parts:
            raise InvalidValue("Nobody is asked about.", field="groups", code="empty")
        named = [group for part in self.parts for group in part.question.groups]
        if len(named) != len(set(named)):
            raise InvalidValue("A group is asked about twice.", field="groups", code="repeated")

    @property
    def layer(self) -> DemandLayer:
        """The demand of all parts."""
        return self.parts[0].ground.layer

    @property
    def hours(self) -> frozenset[int]:
        """The hours of the week whose workers are counted."""
        return self.parts[0].hours

    @property
    def week(self) -> OpenWeek:
        """When the stations that count and meet the need can be entered."""
        return self.parts[0].week

    @cached_property
    def _short(self) -> tuple[OpenWeek, Rows]:
        """The week of the hours asked about, with one bit for all hours in which the same stations are open."""
        return self.week.during(self.hours).condensed()

    @cached_property
    def _covers(self) -> tuple[_Cover, ...]:
        """The parts joined where the same pairs decide who is covered."""
        week, bit_of_hour = self._short
        found: dict[int, list[Analysis]] = {}
        for part in self.parts:
            found.setdefault(id(part.ground.cover_pairs), []).append(part)
        return tuple(_Cover.of(parts, week, bit_of_hour) for parts in found.values())

    @cached_property
    def by_point(self) -> tuple[Floats, Floats, Floats]:
        """Worker-hours of each point: all, covered low, covered high; each (n,)."""
        low, high = (
            reduce(add, (cover.demand.in_hours(bits) for cover, bits in _sides(self._covers, side))) for side in (0, 1)
        )
        return reduce(add, (cover.demand.at_points() for cover in self._covers)), low, high

    @cached_property
    def whole(self) -> Tally:
        """All points together."""
        return Tally(*(float(each.sum()) for each in self.by_point))

    @cached_property
    def by_group(self) -> Mapping[WorkerGroup, Tally]:
        """Each group's tally, in the vocabulary's order."""
        found: dict[WorkerGroup, Tally] = {}
        for cover in self._covers:
            demand, bits = cover.demand, cover.covered
            present = demand.activity.sum(axis=0) * demand.heads.sum(axis=1)
            sums = (present, demand.by_group_in_hours(bits.low), demand.by_group_in_hours(bits.high))
            rows = zip(*(each.tolist() for each in sums), strict=True)
            found |= {group: Tally(*row) for group, row in zip(cover.groups, rows, strict=True)}
        return MappingProxyType({group: found[group] for group in WorkerGroup if group in found})

    def tallies(self, areas: Areas) -> tuple[Tally, ...]:
        """By area, in the order of its codes."""
        sums = [areas.sums(each).tolist() for each in self.by_point]
        return tuple(Tally(*row) for row in zip(*sums, strict=True))

    def matrix(self, needs: Sequence[Need], areas: Areas, when: HoursOfWeek) -> CoverageMatrix:
        """Every hour of ordinary weeks for some needs, in the season of ``when``."""
        ground, counted = self.parts[0].ground, self.parts[0].question.counted
        reaches = {group: cover.reach for cover in self._covers for group in cover.groups}
        shown = ground.layer.only(reaches)
        return coverage_matrix(shown, areas, ground.supply, reaches, needs, counted, when.week_of)

    def week_footprint(self, needs: Sequence[Need], when: HoursOfWeek) -> Footprint:
        """In which hours of ordinary weeks every point is covered, for some needs, in the season of ``when``."""
        ground, counted = self.parts[0].ground, self.parts[0].question.counted
        week, bit_of_hour = ground.supply.week(counted, when.week_of).condensed()
        weeks = [week.of(ground.supply.offering(need, when.week_of.month - 1)) for need in needs]
        parts = tuple(
            FootprintPart(cover.groups, tuple(CoveredHours.of(cover.reach, each) for each in weeks))
            for cover in self._covers
        )
        return Footprint(bit_of_hour, parts)

    @property
    def asked_footprint(self) -> Footprint:
        """The same of the question itself in the hours, or at the instant, asked about; it has one need."""
        parts = tuple(FootprintPart(cover.groups, (cover.covered,)) for cover in self._covers)
        return Footprint(self._short[1], parts)

    @cached_property
    def assigned(self) -> tuple[tuple[Assigned, ...], tuple[Assigned, ...]]:
        """Who goes where: to surely open stations, and with every unknown one open."""
        low, high = (
            tuple(
                Assigned(Assignment.of(part.ground.travel_pairs, bits, self.hours), part.demand) for part in self.parts
            )
            for bits in (self.week.surely, self.week.perhaps)
        )
        return low, high

    @cached_property
    def times(self) -> tuple[TravelTimes, TravelTimes]:
        """Travel times to the nearest station: surely open ones, and with every unknown one open."""
        low, high = (travel_times_of(assigned) for assigned in self.assigned)
        return low, high

    @cached_property
    def loads(self) -> tuple[Loads, Loads]:
        """Whom each station serves: surely open ones, and with every unknown one open."""
        seats = self.parts[0].ground.supply.seats
        low, high = (loads_of(assigned, seats) for assigned in self.assigned)
        return low, high

    @cached_property
    def loss_of_each(self) -> tuple[Losses, Losses]:
        """What each station alone covers: among surely open ones, and with every unknown one open."""
        week, _bit_of_hour = self._short
        low, high = (
            reduce(_added, (losses(cover.reach, bits, cover.demand) for cover in self._covers))
            for bits in (week.surely, week.perhaps)
        )
        return low, high

    def room(self, supply: Floats, bands: Sequence[Band] = WALKING_BANDS) -> tuple[Room, Room]:
        """Supply per worker: of surely open stations, and with every unknown one open; see ``rooms_over_hours``."""
        parts = [(part.ground.travel_pairs, part.demand) for part in self.parts]
        low, high = rooms_over_hours(parts, supply, (self.week.surely, self.week.perhaps), self.hours, bands)
        return low, high

    def gaps(
        self,
        place: Place,
        point_units: Sequence[str | None],
        touching: Touching | None = None,
        order: GapOrder = GapOrder.WORKER_HOURS,
    ) -> tuple[Gap, ...]:
        """What is not covered, as named polygons."""
        return gaps_of_worker_hours(self.layer, self.by_point, len(self.hours), place, point_units, touching, order)

    def sensitivity(self, tried: Sequence[Assumption]) -> tuple[Sensitivity, ...]:
        """What each assumption about travel would give, for a rule in minutes; the pairs must reach as far."""
        week, _bit_of_hour = self._short
        rows = []
        for cover in self._covers:
            ground, limit_s = cover.part.ground, cover.part.question.limit_s
            rows.append(sensitivity(ground.cover_pairs, ground.note, limit_s, week, cover.demand, tried))
        return tuple(
            Sensitivity(tried[number], reduce(add, (each.tally for each in row)))
            for number, row in enumerate(zip(*rows, strict=True))
        )

    @cached_property
    def unreachable(self) -> tuple[float, tuple[int, ...]]:
        """Worker-hours at points off their network, and the rows of the stations off every network used."""
        worker_hours, stations = 0.0, []
        for part in self.parts:
            pairs = part.ground.travel_pairs
            worker_hours += float(part.demand.at_points()[pairs.unreachable_point_ids].sum())
            stations.append(set(pairs.unreachable_station_rows.tolist()))
        return worker_hours, tuple(sorted(set.intersection(*stations)))

    @property
    def unreachable_points(self) -> Rows:
        """The points that are off the network of any of the workers."""
        return np.unique(np.concatenate([part.ground.travel_pairs.unreachable_point_ids for part in self.parts]))

    @cached_property
    def main_stations(self) -> Rows:
        """The station that serves most of each point's worker-hours (a tie: the lesser code), -1 for none; (n,)."""
        rows = np.full(self.layer.point_count, -1, dtype=np.int64)
        low = self.assigned[0]
        ids = np.concatenate([part.assignment.point_ids for part in low])
        stations = np.concatenate([part.assignment.station_rows for part in low])
        amounts = np.concatenate([part.amounts for part in low])
        station_count = low[0].assignment.station_count
        keys, places = np.unique(ids * station_count + stations, return_inverse=True)
        sums = np.bincount(places.reshape(-1), weights=amounts, minlength=len(keys))
        order = np.lexsort((keys, -sums, keys // station_count))
        order = order[sums[order] > 0]
        points, firsts = np.unique((keys // station_count)[order], return_index=True)
        rows[points] = (keys % station_count)[order][firsts]
        return rows


@dataclass(frozen=True, slots=True, eq=False)
class _Cover:
    """Groups whose cover is decided by the same pairs. Bits and activity are those of condensed hours."""

    part: Analysis
    groups: tuple[WorkerGroup, ...]
    reach: Reach
    demand: WorkerHours
    covered: CoveredHours

    @classmethod
    def of(cls, parts: Sequence[Analysis], week: OpenWeek, bit_of_hour: Rows) -> _Cover:
        first = parts[0]
        named = {group for part in parts for group in part.question.groups or part.ground.layer.workers}
        demand = WorkerHours.of(first.ground.layer, named, first.hours).condensed(bit_of_hour)
        groups = tuple(group for group in first.ground.layer.groups if group in named)
        return cls(first, groups, first.reach, demand, CoveredHours.of(first.reach, week))


def _sides(covers: Sequence[_Cover], side: int) -> Iterator[tuple[_Cover, Bits]]:
    return ((cover, cover.covered.high if side else cover.covered.low) for cover in covers)


def _added(first: Losses, other: Losses) -> Losses:
    """Of some workers and others."""
    return Losses(first.lost + other.lost, first.single + other.single, first.covered + other.covered)
