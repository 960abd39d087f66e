"""Two coverages side by side: every worker-hour in one of four, and nothing far from a change changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.coverage.changes import changes
from geodata.coverage.matrix import CoveredHours
from geodata.coverage.nearest import nearest_open
from geodata.coverage.reach import Reach
from geodata.coverage.sensitivity import assumptions, reach_needed_s, sensitivity
from geodata.coverage.supply import Counted, Supply
from geodata.coverage.week import EVERY_HOUR
from geodata.coverage.worker_hours import WorkerHours
from geodata.demand.points import DemandLayer
from geodata.errors import InvalidValue
from geodata.travel.pairs import Network
from geodata.travel.straight_line import StraightLineTravel, TravelMode
from geodata.travel.straight_pairs import StraightLine
from tests.geodata.coverage.town import (
    ON_FOOT,
    WEEK,
    Shelter,
    layer_of,
    metres,
    pairs_of,
    point_lists,
    reach_of,
    shelter_lists,
    supply_of,
)

HOME = (106.25, 38.47)
NEW = Shelter(106.225, 38.425)


def covered(layer: DemandLayer, supply: Supply, limit_m: float) -> CoveredHours:
    return CoveredHours.of(reach_of(layer, supply, limit_m), supply.week(Counted(), WEEK))


class TestChanges:
    @settings(max_examples=20, deadline=None)
    @given(points=point_lists, before=shelter_lists, after=shelter_lists, limit_m=st.floats(100, 4000))
    def test_the_four_parts_are_all_of_the_workers(
        self, points: list[tuple[float, float]], before: list[Shelter], after: list[Shelter], limit_m: float
    ) -> None:
        layer = layer_of(points)
        demand = WorkerHours.of(layer, (), EVERY_HOUR)
        was, becomes = covered(layer, supply_of(before), limit_m), covered(layer, supply_of(after), limit_m)

        found = changes(was, becomes, demand)

        for change, old, new in ((found.low, was.low, becomes.low), (found.high, was.high, becomes.high)):
            assert change.newly_covered + change.still_covered == pytest.approx(demand.in_hours(new))
            assert change.lost + change.still_covered == pytest.approx(demand.in_hours(old))
            everything = change.newly_covered + change.lost + change.still_covered + change.still_uncovered
            assert everything == pytest.approx(demand.at_points())

    @settings(max_examples=25, deadline=None)
    @given(points=point_lists, shelters=shelter_lists, limit_m=st.floats(100, 3000))
    def test_nothing_beyond_the_limit_of_a_new_station_changes(
        self, points: list[tuple[float, float]], shelters: list[Shelter], limit_m: float
    ) -> None:
        layer = layer_of(points)
        demand = WorkerHours.of(layer, (), EVERY_HOUR)

        found = changes(
            covered(layer, supply_of(shelters), limit_m), covered(layer, supply_of([*shelters, NEW]), limit_m), demand
        )

        far = np.array([metres(layer, point, NEW) > limit_m for point in range(len(points))])
        for change in (found.low, found.high):
            assert not change.newly_covered[far].any()
            assert not change.lost.any()

    @settings(max_examples=25, deadline=None)
    @given(points=point_lists, shelters=shelter_lists)
    def test_a_new_station_takes_only_those_to_whom_it_is_nearer(
        self, points: list[tuple[float, float]], shelters: list[Shelter]
    ) -> None:
        layer = layer_of(points)
        before = nearest_open(pairs_of(layer, supply_of(shelters)), np.ones(len(shelters), dtype=np.bool_))
        after = nearest_open(pairs_of(layer, supply_of([*shelters, NEW])), np.ones(len(shelters) + 1, dtype=np.bool_))

        for point in range(len(points)):
            if after.station_rows[point] != before.station_rows[point]:
                assert after.station_rows[point] == len(shelters)
                assert after.time_s[point] < before.time_s[point]
            else:
                assert after.time_s[point] == before.time_s[point]

    def test_two_layers_cannot_be_compared(self) -> None:
        one, two = layer_of([HOME]), layer_of([HOME, (106.26, 38.47)])
        supply = supply_of([NEW])

        with pytest.raises(InvalidValue):
            changes(covered(one, supply, 500), covered(two, supply, 500), WorkerHours.of(one, (), [12]))


class TestSensitivity:
    @settings(max_examples=10, deadline=None)
    @given(points=point_lists, shelters=shelter_lists, limit_min=st.integers(3, 40))
    def test_each_assumption_is_asked_as_if_it_were_the_setting(
        self, points: list[tuple[float, float]], shelters: list[Shelter], limit_min: int
    ) -> None:
        layer, supply, note = layer_of(points), supply_of(shelters), ON_FOOT.described()
        demand, week = WorkerHours.of(layer, (), EVERY_HOUR), supply.week(Counted(), WEEK)
        tried = assumptions(note)
        limit_s = limit_min * 60.0 + 0.5

        pairs = pairs_of(layer, supply, reach_needed_s(limit_s, note, tried))
        found = list(sensitivity(pairs, note, limit_s, week, demand, tried))

        assert len(found) == 9
        for each in found:
            assumed = each.assumption
            travel = StraightLineTravel(walk_kmh=4.8 * assumed.speed_factor, detour_factor=assumed.detour_factor or 1.3)
            line, columns = StraightLine(travel, TravelMode.WALK), supply.columns
            theirs = line.pairs(layer.lon, layer.lat, columns.lon, columns.lat, reach_m=None, reach_s=limit_s)
            expected = CoveredHours.of(Reach.of(theirs), week)
            assert each.tally.low == pytest.approx(demand.in_hours(expected.low).sum())
            assert each.tally.high == pytest.approx(demand.in_hours(expected.high).sum())

    def test_streets_vary_by_speed_alone(self) -> None:
        note = replace(ON_FOOT.described(), network=Network.STREETS, detour_factor=None)

        tried = assumptions(note)

        assert [each.detour_factor for each in tried] == [None, None, None]
        assert [each.time_factor(note) for each in tried] == [1 / 0.8, 1, 1 / 1.2]
