"""One analysis: its question, and every result cut from the same pairs, bits and worker-hours.

Results are worked out when they are first asked for and kept, so a page pays for what it shows. Travel is handed in:
another question over the same layer, stations, mode and network reuses the pairs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Final, Self

import numpy as np

from geodata.coordinates import Floats
from geodata.coverage.accessibility import WALKING_BANDS, Band
from geodata.coverage.areas import Areas
from geodata.coverage.gaps import Gap, GapOrder, find_gaps_over_hours
from geodata.coverage.losses import Losses, losses
from geodata.coverage.matrix import CoverageMatrix, CoveredHours, Tally, coverage_matrix
from geodata.coverage.nearest import Loads, TravelTimes, catchment_loads, travel_times
from geodata.coverage.question import Instant
from geodata.coverage.reach import Reach
from geodata.coverage.room import rooms_over_hours
from geodata.coverage.supply import NOTHING_SPECIAL, Counted, Need, Supply
from geodata.coverage.week import EVERY_HOUR, OpenWeek, hour_mask
from geodata.coverage.within import Within, WithinUnit
from geodata.coverage.worker_hours import WorkerHours
from geodata.demand.points import DemandLayer
from geodata.errors import InvalidValue
from geodata.places.place import Place
from geodata.stations.vocabulary import WorkerGroup
from geodata.travel.pairs import Travel, TravelNote, TravelPairs
from geodata.travel.straight_line import StraightLineTravel
from geodata.travel.straight_pairs import StraightLine

TRAVEL_CUT_OFF_S: Final = 1800.0
"""Who has no open station within half an hour is listed as beyond it, unless the rule itself reaches farther."""


def travel_cut_off_s(within: Within) -> float:
    """How far somebody goes at most under a rule: half an hour, or the rule's own minutes where these are more."""
    return max(TRAVEL_CUT_OFF_S, within.amount * 60) if within.unit is WithinUnit.MINUTES else TRAVEL_CUT_OFF_S


@dataclass(frozen=True, slots=True)
class HoursOfWeek:
    """Some hours of ordinary weeks, at least one, in the season of ``week_of``."""

    week_of: date
    hours: frozenset[int] = EVERY_HOUR

    def __post_init__(self) -> None:
        if not hour_mask(self.hours).any():
            raise InvalidValue("At least one hour of the week is needed.", field="hours", code="empty")


When = HoursOfWeek | Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisQuestion:
    """Who (no group named: all), near what (``within``), what they need, which stations count, and when."""

    when: When
    within: Within = field(default_factory=lambda: Within(1000.0, WithinUnit.METRES))
    groups: frozenset[WorkerGroup] = frozenset()
    need: Need = NOTHING_SPECIAL
    counted: Counted = field(default_factory=Counted)

    @property
    def limit_m(self) -> float:
        """The limit in metres; infinite for one in minutes."""
        return self.within.amount if self.within.unit is WithinUnit.METRES else np.inf

    @property
    def limit_s(self) -> float:
        """The limit in seconds; infinite for one in metres."""
        return self.within.amount * 60 if self.within.unit is WithinUnit.MINUTES else np.inf


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class AnalysisGround:
    """What questions are asked of: the same for all that differ in neither mode nor network.

    ``cover_pairs`` decide who is covered: in a straight line for a rule in metres, else by the network; they reach
    at least as far as the rule. ``travel_pairs`` decide who goes where and how long it takes; who has no open station
    in them is beyond their cut-off. ``note`` says how these were worked out.
    """

    layer: DemandLayer
    areas: Areas
    supply: Supply
    cover_pairs: TravelPairs
    travel_pairs: TravelPairs
    note: TravelNote

    @classmethod
    def of(
        cls,
        layer: DemandLayer,
        areas: Areas,
        supply: Supply,
        travel: Travel,
        within: Within,
        cut_off_s: float = TRAVEL_CUT_OFF_S,
    ) -> Self:
        """The ground of questions with this limit, or a lesser one in the same unit."""
        places = (layer.lon, layer.lat, supply.columns.lon, supply.columns.lat)
        if within.unit is WithinUnit.METRES:
            line = StraightLine(StraightLineTravel(), travel.mode)
            cover = line.pairs(*places, reach_m=within.amount, reach_s=None)
            way = travel.pairs(*places, reach_m=None, reach_s=cut_off_s)
        else:
            cover = way = travel.pairs(*places, reach_m=None, reach_s=max(cut_off_s, within.amount * 60))
        return cls(
            layer=layer, areas=areas, supply=supply, cover_pairs=cover, travel_pairs=way, note=travel.described()
        )


@dataclass(frozen=True, eq=False)
class Analysis:
    """The answers to one question."""

    ground: AnalysisGround
    question: AnalysisQuestion

    @property
    def hours(self) -> frozenset[int]:
        """The hours of the week whose workers are counted; of an instant the one it falls into."""
        when = self.question.when
        if isinstance(when, HoursOfWeek):
            return when.hours
        return frozenset({when.hour_cell(self.ground.supply.columns.timezone)})

    @cached_property
    def week(self) -> OpenWeek:
        """When the stations that count and meet the need can be entered."""
        supply, question = self.ground.supply, self.question
        if isinstance(question.when, HoursOfWeek):
            month_id = question.when.week_of.month - 1
            week = supply.week(question.counted, question.when.week_of)
        else:
            month_id = question.when.month_id(supply.columns.timezone)
            week = supply.at_instant(question.counted, question.when)
        return week.of(supply.offering(question.need, month_id))

    @cached_property
    def demand(self) -> WorkerHours:
        """The workers asked about in the hours asked about."""
        return WorkerHours.of(self.ground.layer, self.question.groups, self.hours)

    @cached_property
    def reach(self) -> Reach:
        """The pairs within the rule."""
        return Reach.of(self.ground.cover_pairs, limit_m=self.question.limit_m, limit_s=self.question.limit_s)

    @cached_property
    def covered(self) -> CoveredHours:
        """In which hours each point is covered."""
        return CoveredHours.of(self.reach, self.week)

    @cached_property
    def whole(self) -> Tally:
        """All points together."""
        return Tally(*(float(each.sum()) for each in self.by_point))

    @cached_property
    def by_point(self) -> tuple[Floats, Floats, Floats]:
        """Worker-hours of each point: all, covered low, covered high; each (n,)."""
        demand, covered = self.demand, self.covered
        return demand.at_points(), demand.in_hours(covered.low), demand.in_hours(covered.high)

    def tallies(self, areas: Areas | None = None) -> Mapping[str, Tally]:
        """By area; without any named, by the ground's."""
        areas = areas or self.ground.areas
        sums = [areas.sums(each) for each in self.by_point]
        tallies = (Tally(*(float(each[row]) for each in sums)) for row in range(len(areas.codes)))
        return MappingProxyType(dict(zip(areas.codes, tallies, strict=True)))

    def matrix(self, needs: Sequence[Need]) -> CoverageMatrix:
        """Every hour of ordinary weeks for some needs, in the question's season.

        Raises InvalidValue for a question about an instant, which is no ordinary hour.
        """
        if not isinstance(self.question.when, HoursOfWeek):
            raise InvalidValue("A week's matrix needs hours of the week.", field="when", code="instant")
        ground, counted = self.ground, self.question.counted
        week_of = self.question.when.week_of
        return coverage_matrix(ground.layer, ground.areas, ground.supply, self.reach, needs, counted, week_of)

    @cached_property
    def times(self) -> tuple[TravelTimes, TravelTimes]:
        """Travel times to the nearest station: surely open ones, and with every unknown one open."""
        surely, perhaps = self.week.surely, self.week.perhaps
        pairs = self.ground.travel_pairs
        return travel_times(pairs, surely, self.demand), travel_times(pairs, perhaps, self.demand)

    @cached_property
    def loads(self) -> tuple[Loads, Loads]:
        """Whom each station serves: surely open ones, and with every unknown one open."""
        pairs, seats = self.ground.travel_pairs, self.ground.supply.seats
        surely, perhaps = self.week.surely, self.week.perhaps
        return catchment_loads(pairs, surely, self.demand, seats), catchment_loads(pairs, perhaps, self.demand, seats)

    @cached_property
    def losses(self) -> tuple[Losses, Losses]:
        """What each station alone covers: among surely open ones, and with every unknown one open."""
        return losses(self.reach, self.week.surely, self.demand), losses(self.reach, self.week.perhaps, self.demand)

    def gaps(
        self, place: Place, point_units: Sequence[str | None], order: GapOrder = GapOrder.WORKER_HOURS
    ) -> tuple[Gap, ...]:
        """What is not covered, as named polygons."""
        return find_gaps_over_hours(self.ground.layer, self.demand, self.covered, place, point_units, order=order)

    def room(self, supply: Floats, bands: Sequence[Band] = WALKING_BANDS) -> tuple[Floats, Floats]:
        """E2SFCA supply per worker at each point, averaged over its worker-hours, (n,) twice: low and high.

        ``supply`` (s,) is what each station offers while it is open: seats, or 1. Hour by hour what is not idle is
        given out, so Σ worker-hours × room is the hourly supply with demand in reach, summed over the hours.
        """
        parts = [(self.ground.travel_pairs, self.demand)]
        low, high = rooms_over_hours(parts, supply, (self.week.surely, self.week.perhaps), self.hours, bands)
        return low.at_points, high.at_points
