"""A question set upon its ground: one analysis a way of getting about, over pairs that are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from geodata.coordinates import great_circle_m
from geodata.coverage.analysis import Analysis, AnalysisGround, AnalysisQuestion, travel_cut_off_s
from geodata.coverage.grouped import GroupedAnalysis
from geodata.coverage.sensitivity import Assumption, assumptions, reach_needed_s
from geodata.coverage.within import WithinUnit
from geodata.errors import InvalidValue
from geodata.stations.vocabulary import WorkerGroup
from geodata.travel.pairs import Network, TravelNote, TravelPairs
from mapapp.services.planning.ground import Demand, PlanningGround, Register
from mapapp.services.planning.question import PlanningQuestion
from mapapp.services.planning.travelling import Places, Way, joined

SAMPLED_POINTS: Final = 64
MOST_PAIRS_TOGETHER: Final = 30_000_000
"""Of all ways of one question: a gigabyte."""

Tell = Callable[[str, int, int], object]
"""Told what is being done, how many steps of it are done, and of how many; may raise to end it."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A question with what it is asked of."""

    question: PlanningQuestion
    ground: PlanningGround
    demand: Demand
    register: Register

    @property
    def in_metres(self) -> bool:
        """Whether straight lines alone decide who is covered."""
        return self.question.within.unit is WithinUnit.METRES

    def pairs_expected(self) -> float:
        """About how many pairs must be gone through, along straight lines: counted from a few points.

        Those of a rule in minutes count twice: it is asked again with other speeds and detours.
        """
        places = self.ground.places(self.demand, self.register)
        count = len(places.point_lon)
        some = np.unique(np.linspace(0, max(count - 1, 0), SAMPLED_POINTS).astype(np.int64))[: count or 0]
        if not len(some):
            return 0.0
        from_points = (places.point_lon[some, None], places.point_lat[some, None])
        apart_m = great_circle_m(*from_points, places.station_lon[None], places.station_lat[None])
        reaches_m = [way.reach_m(self._reach_s(way)) for way in self._ways()]
        if self.in_metres:
            reaches_m.append(self.question.within.amount)
        found = sum(float(np.count_nonzero(apart_m <= reach_m)) for reach_m in reaches_m)
        return found / len(some) * count * (1.0 if self.in_metres else 2.0)

    def covering(self) -> GroupedAnalysis:
        """For a rule in metres: may be asked who is covered, but not who goes where nor how long that takes."""
        cover = self._straight(self.question.within.amount)
        return GroupedAnalysis(tuple(self._part(way, groups, cover, cover) for way, groups in self._ways().items()))

    def travelling(self, tell: Tell) -> GroupedAnalysis:
        """May be asked everything."""
        ways = self._ways()
        straight_m = [way.reach_m(self._reach_s(way)) for way in ways if way.network is Network.STRAIGHT_LINE]
        longest_m = max(straight_m, default=0.0)
        cover = self._straight(self.question.within.amount) if self.in_metres else None
        parts, count = [], 0
        for number, (way, groups) in enumerate(ways.items()):
            tell("ways", number, len(ways))
            pairs = self._along(way, longest_m)  # assumptions about travel may look farther than anybody goes
            count += pairs.pair_count
            if count > MOST_PAIRS_TOGETHER:
                raise InvalidValue("So far there are too many pairs.", field="within", code="too_many_pairs")
            trips = pairs.up_to(travel_cut_off_s(self.question.within))
            parts.append(self._part(way, groups, pairs if cover is None else cover, trips))
        tell("ways", len(ways), len(ways))
        return GroupedAnalysis(tuple(parts))

    def notes(self) -> tuple[tuple[TravelNote, tuple[WorkerGroup, ...]], ...]:
        """How each part travels."""
        return tuple((way.travel(self.ground.streets).described(), groups) for way, groups in self._ways().items())

    def assumptions(self) -> tuple[Assumption, ...]:
        """What a rule in minutes is asked again with; none for one in metres, which assumes nothing of travel."""
        return () if self.in_metres else assumptions(self.notes()[0][0])

    def _ways(self) -> dict[Way, tuple[WorkerGroup, ...]]:
        return self.ground.ways(self.question, self.demand)

    def _part(self, way: Way, groups: tuple[WorkerGroup, ...], cover: TravelPairs, pairs: TravelPairs) -> Analysis:
        ground = AnalysisGround(
            layer=self.demand.layer,
            areas=self.demand.districts,
            supply=self.register.supply,
            cover_pairs=cover,
            travel_pairs=pairs,
            note=way.travel(self.ground.streets).described(),
        )
        question = AnalysisQuestion(
            when=self.question.when,
            within=self.question.within,
            groups=frozenset(groups),
            need=self.question.need,
            counted=self.question.counted,
        )
        return Analysis(ground, question)

    def _reach_s(self, way: Way) -> float:
        cut_off_s = travel_cut_off_s(self.question.within)
        if self.in_metres:
            return cut_off_s
        note = way.travel(self.ground.streets).described()
        return max(cut_off_s, reach_needed_s(self.question.within.amount * 60, note, assumptions(note)))

    def _straight(self, reach_m: float) -> TravelPairs:
        return self._with_fresh_ones(lambda places: self.ground.pairer.straight(places, reach_m))

    def _along(self, way: Way, longest_m: float) -> TravelPairs:
        reach_s, streets = self._reach_s(way), self.ground.streets
        return self._with_fresh_ones(lambda places: self.ground.pairer.along(places, way, streets, reach_s, longest_m))

    def _with_fresh_ones(self, find: Callable[[Places], TravelPairs]) -> TravelPairs:
        """The pairs of the register's stations, which are kept, and those of stations only thought of."""
        known = self.ground.places(self.demand, self.ground.register)
        if not self.register.fresh:
            return find(known)
        is_fresh = np.array([code in self.register.fresh for code in self.register.supply.columns.codes])
        columns = self.register.supply.columns
        fresh = known.with_stations(columns.lon[is_fresh], columns.lat[is_fresh])
        return joined(find(known), np.flatnonzero(~is_fresh), find(fresh), np.flatnonzero(is_fresh))
