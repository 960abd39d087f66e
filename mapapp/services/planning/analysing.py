"""A question set upon its ground: one analysis a way of getting about, over pairs that are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from geodata.coverage.analysis import TRAVEL_CUT_OFF_S, Analysis, AnalysisGround, AnalysisQuestion
from geodata.coverage.grouped import GroupedAnalysis
from geodata.coverage.sensitivity import Assumption, assumptions, reach_needed_s
from geodata.coverage.within import WithinUnit
from geodata.stations.vocabulary import WorkerGroup
from geodata.travel.pairs import Network, TravelNote, TravelPairs
from mapapp.services.planning.ground import Demand, PlanningGround, Register
from mapapp.services.planning.question import PlanningQuestion
from mapapp.services.planning.travelling import Places, Way, joined

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
        parts = []
        for number, (way, groups) in enumerate(ways.items()):
            tell("ways", number, len(ways))
            pairs = self._along(way, longest_m)
            parts.append(self._part(way, groups, pairs if cover is None else cover, pairs))
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
        if self.in_metres:
            return TRAVEL_CUT_OFF_S
        note = way.travel(self.ground.streets).described()
        return max(TRAVEL_CUT_OFF_S, reach_needed_s(self.question.within.amount * 60, note, assumptions(note)))

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
