"""Who goes where in which hour: the walk down each point's list against a search hour by hour."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.coverage.assignment import Assignment
from geodata.coverage.nearest import NOBODY, nearest_open
from geodata.coverage.supply import Counted
from geodata.coverage.week import EVERY_HOUR, unpacked
from geodata.coverage.worker_hours import WorkerHours
from geodata.stations.columns import Bits
from tests.geodata.coverage.town import WEEK, Shelter, layer_of, pairs_of, point_lists, shelter_lists, supply_of

HOURS = st.one_of(st.just(EVERY_HOUR), st.frozensets(st.integers(0, 167), min_size=1, max_size=6))


def station_by_hour(assignment: Assignment, point_count: int) -> np.ndarray:
    """The station each point goes to in each hour, (n, 168); no hour may be taken twice."""
    rows = np.full((point_count, 168), NOBODY)
    taken = unpacked(assignment.bits, int(assignment.bit_of_hour.max()) + 1)[:, assignment.bit_of_hour] != 0
    for point, station, hours in zip(assignment.point_ids, assignment.station_rows, taken, strict=True):
        assert (rows[point, hours] == NOBODY).all()
        rows[point, hours] = station
    return rows


@settings(max_examples=60, deadline=None)
@given(points=point_lists, shelters=shelter_lists, reach_s=st.floats(60, 4000), hours=HOURS)
def test_every_hour_goes_to_the_nearest_station_that_is_open_then(
    points: list[tuple[float, float]], shelters: list[Shelter], reach_s: float, hours: frozenset[int]
) -> None:
    layer, supply = layer_of(points), supply_of(shelters)
    pairs, week = pairs_of(layer, supply, reach_s), supply.week(Counted(), WEEK)

    for bits in (week.surely, week.perhaps):
        found = station_by_hour(Assignment.of(pairs, bits, hours), len(points))
        is_open = unpacked(bits) != 0
        for hour in range(168):
            expected = nearest_open(pairs, is_open[:, hour]).station_rows if hour in hours else NOBODY
            assert (found[:, hour] == expected).all()


@settings(max_examples=30, deadline=None)
@given(points=point_lists, shelters=shelter_lists, hours=HOURS)
def test_what_is_served_adds_up_to_the_pairs_amounts(
    points: list[tuple[float, float]], shelters: list[Shelter], hours: frozenset[int]
) -> None:
    layer, supply = layer_of(points), supply_of(shelters)
    bits: Bits = supply.week(Counted(), WEEK).surely
    demand = WorkerHours.of(layer, (), hours)

    assignment = Assignment.of(pairs_of(layer, supply, 3000), bits, hours)

    served, amounts = assignment.served(demand), assignment.amounts(demand)
    by_station = np.bincount(assignment.station_rows, weights=amounts, minlength=len(shelters))
    assert np.allclose(served.sum(axis=0), by_station)
    assert not served[[hour for hour in range(168) if hour not in hours]].any()


def test_without_stations_nobody_is_assigned() -> None:
    layer, supply = layer_of([(106.25, 38.47)]), supply_of([])

    assignment = Assignment.of(pairs_of(layer, supply), supply.week(Counted(), WEEK).surely, EVERY_HOUR)

    assert len(assignment.point_ids) == 0
    assert assignment.served(WorkerHours.of(layer, (), EVERY_HOUR)).shape == (168, 0)
