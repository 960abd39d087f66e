"""What fails if a station closes: the same as closing it and counting again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.coverage.losses import losses
from geodata.coverage.matrix import CoveredHours
from geodata.coverage.supply import Counted
from geodata.coverage.week import EVERY_HOUR
from geodata.coverage.worker_hours import WorkerHours
from tests.geodata.coverage.town import WEEK, Shelter, layer_of, point_lists, reach_of, shelter_lists, supply_of

HOME = (106.25, 38.47)


@settings(max_examples=25, deadline=None)
@given(points=point_lists, shelters=shelter_lists, limit_m=st.floats(200, 5000))
def test_a_loss_is_the_difference_of_two_coverages(
    points: list[tuple[float, float]], shelters: list[Shelter], limit_m: float
) -> None:
    layer, supply = layer_of(points), supply_of(shelters)
    reach, week = reach_of(layer, supply, limit_m), supply.week(Counted(), WEEK)
    demand = WorkerHours.of(layer, (), EVERY_HOUR)

    def covered_without(closed: int | None) -> float:
        rest = week.of(np.arange(supply.station_count) != (-1 if closed is None else closed))
        return float(demand.in_hours(CoveredHours.of(reach, rest).low).sum())

    found = losses(reach, week.surely, demand)

    everything = covered_without(None)
    assert found.covered == pytest.approx(everything)
    assert found.lost == pytest.approx([everything - covered_without(row) for row in range(len(shelters))], abs=1e-6)
    assert found.single == pytest.approx(found.lost.sum(), abs=1e-6)


def test_two_at_one_place_stand_in_for_each_other() -> None:
    layer, supply = layer_of([HOME]), supply_of([Shelter(*HOME), Shelter(*HOME), Shelter(*HOME)])

    found = losses(
        reach_of(layer, supply, 500), supply.week(Counted(), WEEK).surely, WorkerHours.of(layer, (), EVERY_HOUR)
    )

    assert found.lost.tolist() == [0, 0, 0]
    assert found.single_share == 0


def test_where_nothing_is_covered_there_is_no_single_share() -> None:
    layer, supply = layer_of([HOME]), supply_of([Shelter(106.9, 38.9)])

    found = losses(reach_of(layer, supply, 500), supply.week(Counted(), WEEK).surely, WorkerHours.of(layer, (), [12]))

    assert found.single_share is None
