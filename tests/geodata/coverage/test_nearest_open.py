"""Who goes where: nearest assignment with its ties, loads by hour, travel times without an infinity."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.coverage.nearest import NOBODY, catchment_loads, nearest_open, travel_times
from geodata.coverage.supply import Counted
from geodata.coverage.week import EVERY_HOUR
from geodata.coverage.worker_hours import WorkerHours
from geodata.errors import InvalidValue
from geodata.stations.vocabulary import WorkerGroup
from tests.geodata.coverage.town import (
    ON_FOOT,
    WEEK,
    Shelter,
    layer_of,
    metres,
    open_then,
    pairs_of,
    point_lists,
    shelter_lists,
    supply_of,
)

HOME = (106.25, 38.47)
ALL_IN_USE = Counted()


class TestNearest:
    @settings(max_examples=40, deadline=None)
    @given(points=point_lists, shelters=shelter_lists, reach_s=st.floats(60, 4000), data=st.data())
    def test_it_is_the_first_of_the_least_times_among_the_open(
        self, points: list[tuple[float, float]], shelters: list[Shelter], reach_s: float, data: st.DataObject
    ) -> None:
        layer, supply = layer_of(points), supply_of(shelters)
        is_open = [data.draw(st.booleans()) for _each in shelters]

        nearest = nearest_open(pairs_of(layer, supply, reach_s), np.array(is_open, dtype=np.bool_))

        for point in range(len(points)):
            times = [float(ON_FOOT.travel.time_s(metres(layer, point, each), ON_FOOT.mode)) for each in shelters]
            near = [(time_s, row) for row, time_s in enumerate(times) if is_open[row] and time_s <= reach_s]
            expected = min(near, default=(np.inf, NOBODY))
            assert (nearest.time_s[point], nearest.station_rows[point]) == expected

    def test_of_two_at_one_place_the_lesser_code_serves_whatever_the_order(self) -> None:
        twins = [Shelter(*HOME, seats=1), Shelter(*HOME, seats=2)]
        supply = supply_of(twins)

        nearest = nearest_open(pairs_of(layer_of([HOME]), supply), np.ones(2, dtype=np.bool_))

        assert supply.columns.codes[int(nearest.station_rows[0])] == "TC-000"


class TestLoads:
    @settings(max_examples=15, deadline=None)
    @given(points=point_lists, shelters=shelter_lists, reach_s=st.floats(60, 4000))
    def test_every_worker_hour_is_at_one_station_or_unserved(
        self, points: list[tuple[float, float]], shelters: list[Shelter], reach_s: float
    ) -> None:
        layer, supply = layer_of(points), supply_of(shelters)
        demand = WorkerHours.of(layer, (), EVERY_HOUR)
        week = supply.week(ALL_IN_USE, WEEK)

        loads = catchment_loads(pairs_of(layer, supply, reach_s), week.surely, demand, supply.seats)

        assert loads.worker_hours.sum() + loads.unserved == pytest.approx(demand.at_points().sum())

    @settings(max_examples=10, deadline=None)
    @given(points=point_lists, shelters=shelter_lists)
    def test_the_peak_is_the_fullest_of_all_hours(
        self, points: list[tuple[float, float]], shelters: list[Shelter]
    ) -> None:
        layer, supply = layer_of(points), supply_of(shelters)
        pairs, week = pairs_of(layer, supply), supply.week(ALL_IN_USE, WEEK)

        together = catchment_loads(pairs, week.surely, WorkerHours.of(layer, (), EVERY_HOUR), supply.seats)

        hours = [7, 12, 18, 23, 100, 130, 155, 167]
        some = catchment_loads(pairs, week.surely, WorkerHours.of(layer, (), hours), supply.seats)
        each = [catchment_loads(pairs, week.surely, WorkerHours.of(layer, (), [h]), supply.seats) for h in hours]
        fullest = np.max([loads.worker_hours for loads in each], axis=0)
        assert some.peak_workers == pytest.approx(fullest)
        assert some.worker_hours == pytest.approx(np.sum([loads.worker_hours for loads in each], axis=0))
        assert (together.peak_workers >= some.peak_workers - 1e-9).all()

    def test_workers_per_seat_say_what_is_not_known(self) -> None:
        apart = [(106.20, 38.47), (106.30, 38.47), (106.40, 38.47)]
        shelters = [Shelter(*apart[0], seats=4), Shelter(*apart[1], seats=None), Shelter(*apart[2], seats=0)]
        layer, supply = layer_of(apart, [8, 8, 8]), supply_of(shelters)
        demand = WorkerHours.of(layer, [WorkerGroup.RIDERS], [12])

        loads = catchment_loads(
            pairs_of(layer, supply, 600), supply.week(ALL_IN_USE, WEEK).surely, demand, supply.seats
        )

        assert loads.per_seat[0] == pytest.approx(demand.at_points()[0] / 4)
        assert np.isnan(loads.per_seat[1])
        assert np.isinf(loads.per_seat[2])

    def test_an_empty_station_without_seats_is_not_overrun(self) -> None:
        layer, supply = layer_of([HOME]), supply_of([Shelter(106.9, 38.9, seats=0)])

        loads = catchment_loads(
            pairs_of(layer, supply, 60),
            supply.week(ALL_IN_USE, WEEK).surely,
            WorkerHours.of(layer, (), [12]),
            supply.seats,
        )

        assert loads.per_seat.tolist() == [0.0]

    def test_seats_of_another_register_are_refused(self) -> None:
        layer, supply = layer_of([HOME]), supply_of([Shelter(*HOME)])

        with pytest.raises(InvalidValue):
            catchment_loads(
                pairs_of(layer, supply),
                supply.week(ALL_IN_USE, WEEK).surely,
                WorkerHours.of(layer, (), [12]),
                np.ones(2),
            )


class TestTravelTimes:
    def test_who_finds_nothing_is_listed_and_in_no_average(self) -> None:
        layer = layer_of([HOME, (106.9, 38.9)], [3, 1])
        supply = supply_of([Shelter(*HOME)])
        demand = WorkerHours.of(layer, [WorkerGroup.RIDERS], [12])

        times = travel_times(pairs_of(layer, supply, 900), supply.week(ALL_IN_USE, WEEK).surely, demand)

        assert times.beyond == pytest.approx(times.worker_hours / 4)
        assert times.mean_s == 0
        assert times.p50_s == 0
        assert times.p90_s is None
        assert times.curve[-1][0] == 30
        assert times.curve[-1][1] == pytest.approx(0.75)

    def test_the_limit_of_the_curve_is_within_it(self) -> None:
        layer = layer_of([HOME])
        place = Shelter(106.25, 38.48)
        exactly_m = metres(layer, 0, place)
        supply = supply_of([place])
        demand = WorkerHours.of(layer, (), [12])
        pairs = pairs_of(layer, supply)

        minutes = int(np.ceil(float(ON_FOOT.travel.time_s(exactly_m, ON_FOOT.mode)) / 60))
        times = travel_times(pairs, supply.week(ALL_IN_USE, WEEK).surely, demand, (minutes - 1, minutes))

        assert [share for _limit, share in times.curve] == [0, 1]

    @settings(max_examples=15, deadline=None)
    @given(points=point_lists, shelters=shelter_lists, hours=st.sets(st.integers(0, 167), min_size=1, max_size=4))
    def test_the_mean_over_hours_is_that_of_each_worker_in_each_hour(
        self, points: list[tuple[float, float]], shelters: list[Shelter], hours: set[int]
    ) -> None:
        layer, supply = layer_of(points), supply_of(shelters)

        times = travel_times(
            pairs_of(layer, supply), supply.week(ALL_IN_USE, WEEK).surely, WorkerHours.of(layer, (), hours)
        )

        total = weight = beyond = 0.0
        for hour in hours:
            open_rows = [
                row
                for row, each in enumerate(shelters)
                if open_then(each, hour) and each.life_cycle in ALL_IN_USE.life_cycles
            ]
            for point in range(len(points)):
                present = sum(float(layer.workers_at(group, hour)[point]) for group in layer.workers)
                if not open_rows:
                    beyond += present
                    continue
                nearest_m = min(metres(layer, point, shelters[row]) for row in open_rows)
                total += present * float(ON_FOOT.travel.time_s(nearest_m, ON_FOOT.mode))
                weight += present
        assert times.beyond == pytest.approx(beyond)
        assert (times.mean_s or 0.0) == pytest.approx(total / weight if weight else 0.0)

    def test_nobody_has_no_times(self) -> None:
        times = travel_times(
            pairs_of(layer_of([]), supply_of([])),
            supply_of([]).week(ALL_IN_USE, WEEK).surely,
            WorkerHours.of(layer_of([]), (), [12]),
        )

        assert (times.worker_hours, times.mean_s, times.p50_s, times.curve) == (0, None, None, ())
