"""The week's matrix: it agrees with asking every point, hour, station and service one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.coverage.answer import answer_coverage
from geodata.coverage.areas import OUTSIDE, Areas
from geodata.coverage.matrix import NightGap, coverage_matrix
from geodata.coverage.question import CoverageQuestion, HourCell, WithinMetres
from geodata.coverage.reach import Reach
from geodata.coverage.supply import NOTHING_SPECIAL, REOPENED, WITH_PLANNED, Counted, Need, Supply
from geodata.coverage.week import DAY_HOURS, NIGHT_HOURS
from geodata.demand.points import DemandLayer
from geodata.stations.filters import StationFilter
from geodata.stations.vocabulary import LifeCycle, Service, WorkerGroup
from tests.geodata.coverage.town import (
    BOOK,
    GROUPS,
    WEEK,
    Shelter,
    layer_of,
    matrix_of,
    metres,
    open_then,
    pairs_of,
    point_lists,
    reach_of,
    shelter_lists,
    supply_of,
)

HOME = (106.25, 38.47)
NEEDS = (
    NOTHING_SPECIAL,
    Need.one(Service.TOILET),
    Need(all_of=frozenset({Service.TOILET, Service.WATER})),
    Need(any_of=frozenset({Service.REST, Service.WATER})),
)


def serves(shelter: Shelter, need: Need) -> bool:
    return need.all_of <= shelter.services and (not need.any_of or bool(need.any_of & shelter.services))


class TestAgainstBruteForce:
    @settings(max_examples=25, deadline=None)
    @given(points=point_lists, shelters=shelter_lists, limit_m=st.floats(50, 4000), reopened=st.booleans())
    def test_every_need_and_hour_is_counted_alike(
        self, points: list[tuple[float, float]], shelters: list[Shelter], limit_m: float, reopened: bool
    ) -> None:
        layer = layer_of(points)
        counted = Counted(life_cycles=REOPENED if reopened else WITH_PLANNED)

        matrix = matrix_of(layer, shelters, limit_m, NEEDS, counted)

        near = [[metres(layer, point, each) <= limit_m for each in shelters] for point in range(len(points))]
        for row, need in enumerate(NEEDS):
            useful = [each.life_cycle in counted.life_cycles and serves(each, need) for each in shelters]
            for hour in (3, 10, 23, 100, 154, 167):
                states = [open_then(each, hour) for each in shelters]
                for place, group in enumerate(GROUPS):
                    here = layer.workers_at(group, hour)
                    for values, answers in ((matrix.low, {True}), (matrix.high, {True, None})):
                        covered = sum(
                            here[point]
                            for point in range(len(points))
                            if any(
                                ok and is_near and state in answers
                                for ok, is_near, state in zip(useful, near[point], states, strict=True)
                            )
                        )
                        assert values[row, :, place, hour].sum() == pytest.approx(covered, abs=1e-9)

    @settings(max_examples=15, deadline=None)
    @given(points=point_lists, shelters=shelter_lists, limit_m=st.floats(50, 4000), hour=st.integers(0, 167))
    def test_one_hour_of_it_is_what_the_public_page_answers(
        self, points: list[tuple[float, float]], shelters: list[Shelter], limit_m: float, hour: int
    ) -> None:
        layer, supply = layer_of(points), supply_of(shelters)
        question = CoverageQuestion(moment=HourCell(hour, WEEK), rule=WithinMetres(limit_m))

        answer = answer_coverage(question, layer, [None] * len(points), [], supply.columns)
        tally = matrix_of(layer, shelters, limit_m).tally(NOTHING_SPECIAL, hours=[hour])

        assert tally.worker_hours == pytest.approx(answer.city.workers_count)
        assert tally.low == pytest.approx(answer.city.covered_low_count)
        assert tally.high == pytest.approx(answer.city.covered_high_count)


class TestWhatNeverHappens:
    @settings(max_examples=20, deadline=None)
    @given(points=point_lists, shelters=shelter_lists, limit_m=st.floats(50, 3000), extra_m=st.floats(0, 2000))
    def test_more_stations_longer_hours_or_a_larger_limit_never_cover_fewer(
        self, points: list[tuple[float, float]], shelters: list[Shelter], limit_m: float, extra_m: float
    ) -> None:
        layer = layer_of(points)
        before = matrix_of(layer, shelters, limit_m)
        added = matrix_of(layer, [*shelters, Shelter(106.22, 38.42)], limit_m)
        longer = matrix_of(
            layer, [Shelter(each.lon, each.lat, "24/7", each.services, each.life_cycle) for each in shelters], limit_m
        )
        wider = matrix_of(layer, shelters, limit_m + extra_m)

        for after in (added, longer, wider):
            assert (after.low >= before.low - 1e-9).all()
            assert (after.high >= before.high - 1e-9).all()
        assert (before.low <= before.high).all()
        assert (before.high <= before.workers + 1e-9).all()

    @settings(max_examples=20, deadline=None)
    @given(points=point_lists, shelters=shelter_lists, data=st.data())
    def test_the_order_of_the_input_changes_nothing(
        self, points: list[tuple[float, float]], shelters: list[Shelter], data: st.DataObject
    ) -> None:
        stations = [each.station(number) for number, each in enumerate(shelters)]
        order = data.draw(st.permutations(range(len(points))))
        supply = supply_of(shelters)
        shuffled = Supply.of(data.draw(st.permutations(stations)), BOOK)
        layer = layer_of(points)
        other = layer_of([points[row] for row in order], [1.0 + row for row in order])

        def all_of(of_layer: object, of_supply: Supply) -> tuple[np.ndarray, np.ndarray]:
            here = layer if of_layer is layer else other
            areas = Areas.units([None] * len(points), [])
            matrix = coverage_matrix(here, areas, of_supply, reach_of(here, of_supply, 1500), NEEDS, Counted(), WEEK)
            return matrix.low, matrix.high

        for one, two in zip(all_of(layer, supply), all_of(other, shuffled), strict=True):
            assert np.allclose(one, two, rtol=1e-12)


class TestAreas:
    def test_units_add_up_to_the_whole_and_points_outside_are_an_area(self) -> None:
        layer = layer_of([(106.25, 38.47), (106.26, 38.47), (106.40, 38.47)])
        areas = Areas.units(["640104", "640105", None], ["640104", "640105", "640106"])
        supply = supply_of([Shelter(106.25, 38.47)])

        matrix = coverage_matrix(
            layer, areas, supply, reach_of(layer, supply, 2000), [NOTHING_SPECIAL], Counted(), WEEK
        )

        parts = [matrix.tally(NOTHING_SPECIAL, area=area) for area in (OUTSIDE, "640104", "640105", "640106")]
        whole = matrix.tally(NOTHING_SPECIAL)
        assert sum(part.worker_hours for part in parts) == pytest.approx(whole.worker_hours)
        assert sum(part.low for part in parts) == pytest.approx(whole.low)
        assert [part.share_low for part in parts] == [0, pytest.approx(1), pytest.approx(1), None]

    def test_town_sized_cells_hold_every_worker_once(self) -> None:
        layer = layer_of([(106.20 + step / 100, 38.47) for step in range(20)])

        towns = Areas.towns(layer.h3_cells)

        assert 1 < len(towns.codes) < 20
        assert towns.sums(layer.workers[WorkerGroup.RIDERS]).sum() == layer.workers[WorkerGroup.RIDERS].sum()


def night_gap(layer: DemandLayer, rule: str | None) -> NightGap:
    """The gap where one station at home has these hours."""
    both = matrix_of(layer, [Shelter(*HOME, rule)], 500).day_and_night(NOTHING_SPECIAL)
    day, night = ((each.share_low, each.share_high) for each in both)
    return NightGap.of(day, night)


class TestHours:
    def test_a_set_of_hours_is_the_sum_of_its_hours(self) -> None:
        matrix = matrix_of(layer_of([HOME]), [Shelter(*HOME, "Mo-Su 08:00-18:00")], 500)

        together = matrix.tally(NOTHING_SPECIAL, hours=NIGHT_HOURS)
        one_by_one = [matrix.tally(NOTHING_SPECIAL, hours=[hour]) for hour in NIGHT_HOURS]

        assert together.worker_hours == pytest.approx(sum(each.worker_hours for each in one_by_one))
        assert together.low == pytest.approx(sum(each.low for each in one_by_one))

    def test_the_night_gap_is_day_minus_night(self) -> None:
        layer = layer_of([HOME])
        by_day, always, unknown = (night_gap(layer, rule) for rule in ("Mo-Su 08:00-20:00", "24/7", None))

        assert by_day.least == by_day.most == pytest.approx(1)
        assert always.least == always.most == pytest.approx(0)
        assert unknown.shut == 0
        assert unknown.open == pytest.approx(0)

    def test_unknown_hours_may_be_day_hours_or_night_hours(self) -> None:
        layer = layer_of([HOME])
        unknown = night_gap(layer, None)
        truths = [night_gap(layer, rule).least for rule in ("Mo-Su 08:00-20:00", "Mo-Su 22:00-06:00", "24/7")]

        assert (unknown.least, unknown.most) == pytest.approx((-1, 1))
        assert truths == pytest.approx([1, -1, 0])

    def test_day_and_night_are_twelve_and_eight_hours_a_day(self) -> None:
        assert (len(DAY_HOURS), len(NIGHT_HOURS)) == (84, 56)
        assert not DAY_HOURS & NIGHT_HOURS

    def test_shares_have_a_low_and_a_high_row_for_every_need(self) -> None:
        low, high = matrix_of(layer_of([HOME]), [Shelter(*HOME, None)], 500, NEEDS[:2]).shares([WorkerGroup.RIDERS])

        assert (low[0] == 0).all()
        assert high[0] == pytest.approx(np.ones(168))
        assert (high[1] == 0).all()

    def test_a_season_is_that_of_the_week_asked_about(self) -> None:
        layer, supply = layer_of([HOME]), supply_of([Shelter(*HOME, "May-Sep: Mo-Su 06:00-22:00")])
        areas, reach = Areas.units([None], []), reach_of(layer, supply, 500)

        def low_at(week_of: date) -> float:
            matrix = coverage_matrix(layer, areas, supply, reach, [NOTHING_SPECIAL], Counted(), week_of)
            return matrix.tally(NOTHING_SPECIAL, hours=[12]).low

        assert low_at(date(2026, 7, 1)) > 0
        assert low_at(date(2026, 11, 18)) == 0


class TestWhoCounts:
    @pytest.mark.parametrize(
        ("life_cycle", "counted", "covers"),
        [
            (LifeCycle.ACTIVE, Counted(), True),
            (LifeCycle.PLANNED, Counted(), False),
            (LifeCycle.PLANNED, Counted(life_cycles=WITH_PLANNED), True),
            (LifeCycle.RENOVATING, Counted(life_cycles=REOPENED), True),
            (LifeCycle.DELISTED, Counted(life_cycles=REOPENED | WITH_PLANNED), False),
        ],
    )
    def test_a_life_cycle_counts_when_it_is_asked_for(
        self, life_cycle: LifeCycle, counted: Counted, covers: bool
    ) -> None:
        matrix = matrix_of(layer_of([HOME]), [Shelter(*HOME, life_cycle=life_cycle)], 500, counted=counted)

        assert (matrix.tally(NOTHING_SPECIAL).low > 0) is covers

    def test_services_in_the_filter_are_asked_of_the_same_station_as_the_need(self) -> None:
        apart = [
            Shelter(*HOME, services=frozenset({Service.WATER})),
            Shelter(*HOME, services=frozenset({Service.TOILET})),
        ]
        counted = Counted(filters=StationFilter(services=frozenset({Service.WATER})))

        matrix = matrix_of(layer_of([HOME]), apart, 500, [NOTHING_SPECIAL, Need.one(Service.TOILET)], counted)

        assert [matrix.tally(need).share_low for need in matrix.needs] == [pytest.approx(1), 0]

    def test_groups_can_travel_by_different_reaches(self) -> None:
        layer, supply = layer_of([HOME]), supply_of([Shelter(106.27, 38.47)])
        near, far = reach_of(layer, supply, 500), reach_of(layer, supply, 5000)
        reaches = {WorkerGroup.RIDERS: far, WorkerGroup.SANITATION: near}

        matrix = coverage_matrix(layer, Areas.units([None], []), supply, reaches, [NOTHING_SPECIAL], Counted(), WEEK)

        assert matrix.tally(NOTHING_SPECIAL, groups=[WorkerGroup.RIDERS]).share_low == pytest.approx(1)
        assert matrix.tally(NOTHING_SPECIAL, groups=[WorkerGroup.SANITATION]).share_low == 0


class TestKeptPairs:
    @settings(max_examples=20, deadline=None)
    @given(points=point_lists, shelters=shelter_lists, data=st.data())
    def test_a_lesser_limit_is_cut_from_them_with_the_limit_itself_within(
        self, points: list[tuple[float, float]], shelters: list[Shelter], data: st.DataObject
    ) -> None:
        layer, supply = layer_of(points), supply_of(shelters)
        pairs = pairs_of(layer, supply)
        distances = sorted({float(each) for each in pairs.distance_m if each > 0}) or [500.0]
        limit_m = data.draw(st.sampled_from(distances))

        kept, anew = Reach.of(pairs, limit_m=limit_m), reach_of(layer, supply, limit_m)

        assert sorted(zip(kept.point_ids.tolist(), kept.station_rows.tolist(), strict=True)) == sorted(
            zip(anew.point_ids.tolist(), anew.station_rows.tolist(), strict=True)
        )
        within_s = Reach.of(pairs, limit_s=float(pairs.time_s.max(initial=0)))
        assert len(within_s.point_ids) == pairs.pair_count

    def test_groups_that_were_asked_apart_add_up(self) -> None:
        matrix = matrix_of(layer_of([HOME]), [Shelter(*HOME, "Mo-Su 08:00-18:00")], 500)

        riders, cleaners = (matrix.tally(NOTHING_SPECIAL, groups=[group]) for group in GROUPS)

        together = riders + cleaners
        assert together.worker_hours == pytest.approx(matrix.tally(NOTHING_SPECIAL).worker_hours)
        assert together.low == pytest.approx(matrix.tally(NOTHING_SPECIAL).low)


@pytest.mark.parametrize("shelters", [[], [Shelter(*HOME)]])
@pytest.mark.parametrize("points", [[], [HOME]])
def test_empty_layers_and_registers_have_answers(
    points: Sequence[tuple[float, float]], shelters: Sequence[Shelter]
) -> None:
    tally = matrix_of(layer_of(points), shelters, 500).tally(NOTHING_SPECIAL)

    assert tally.share_low == (None if not points else pytest.approx(1 if shelters else 0))
