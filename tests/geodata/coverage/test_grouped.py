"""Workers who get about in different ways, asked about at once: against each way by itself, and hour by hour."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.coverage.accessibility import WALKING_BANDS, e2sfca
from geodata.coverage.analysis import Analysis, AnalysisGround, AnalysisQuestion, HoursOfWeek, When
from geodata.coverage.areas import Areas
from geodata.coverage.gaps import find_gaps_over_hours
from geodata.coverage.grouped import GroupedAnalysis
from geodata.coverage.matrix import coverage_matrix
from geodata.coverage.question import Instant
from geodata.coverage.room import rooms_over_hours
from geodata.coverage.sensitivity import assumptions, sensitivity
from geodata.coverage.supply import NOTHING_SPECIAL, Need, Supply
from geodata.coverage.week import unpacked
from geodata.coverage.within import Within
from geodata.demand.points import DemandLayer
from geodata.errors import InvalidValue
from geodata.places import Place
from geodata.stations.vocabulary import Service, WorkerGroup
from geodata.travel.straight_line import StraightLineTravel, TravelMode
from geodata.travel.straight_pairs import StraightLine
from tests.geodata.coverage.town import WEEK, Shelter, layer_of, point_lists, shelter_lists, supply_of

WALKERS, RIDERS = frozenset({WorkerGroup.SANITATION}), frozenset({WorkerGroup.RIDERS})
ON_FOOT, BY_EBIKE = (StraightLine(StraightLineTravel(), mode) for mode in (TravelMode.WALK, TravelMode.EBIKE))
LIMITS = st.sampled_from(("600m", "1500m", "9min", "25min"))
WHENS: st.SearchStrategy[When] = st.one_of(
    st.builds(HoursOfWeek, st.just(WEEK), st.frozensets(st.integers(0, 167), min_size=1, max_size=30)),
    st.just(Instant(datetime(2026, 11, 18, 22, 10, tzinfo=ZoneInfo("Asia/Shanghai")))),
)


def part(
    layer: DemandLayer, supply: Supply, line: StraightLine, groups: frozenset[WorkerGroup], within: str, when: When
) -> Analysis:
    areas, limit = Areas.towns(layer.h3_cells), Within.parse(within)
    ground = AnalysisGround.of(layer, areas, supply, line, limit, cut_off_s=3600.0)
    return Analysis(ground, AnalysisQuestion(when=when, within=limit, groups=groups))


def both(layer: DemandLayer, supply: Supply, within: str, when: When) -> GroupedAnalysis:
    return GroupedAnalysis(
        (
            part(layer, supply, ON_FOOT, WALKERS, within, when),
            part(layer, supply, BY_EBIKE, RIDERS, within, when),
        )
    )


@settings(max_examples=40, deadline=None)
@given(points=point_lists, shelters=shelter_lists, within=LIMITS, when=WHENS)
def test_what_adds_up_is_the_sum_of_the_parts(
    points: list[tuple[float, float]], shelters: list[Shelter], within: str, when: When
) -> None:
    layer, supply = layer_of(points), supply_of(shelters)
    grouped = both(layer, supply, within, when)

    for number, sums in enumerate(grouped.by_point):
        assert np.allclose(sums, sum(each.by_point[number] for each in grouped.parts))
    assert grouped.whole.low == pytest.approx(sum(each.whole.low for each in grouped.parts))
    (walkers, riders), by_group = grouped.parts, grouped.by_group
    assert by_group[WorkerGroup.SANITATION].low == pytest.approx(walkers.whole.low)
    assert by_group[WorkerGroup.RIDERS].high == pytest.approx(riders.whole.high)
    for side, losses in enumerate(grouped.loss_of_each):
        assert np.allclose(losses.lost, sum(each.losses[side].lost for each in grouped.parts))
        assert losses.covered == pytest.approx(sum(each.losses[side].covered for each in grouped.parts))
    for side, loads in enumerate(grouped.loads):
        assert np.allclose(loads.worker_hours, sum(each.loads[side].worker_hours for each in grouped.parts))
        assert loads.worker_hours.sum() + loads.unserved == pytest.approx(grouped.whole.worker_hours)
    for side, times in enumerate(grouped.times):
        assert times.beyond == pytest.approx(sum(each.times[side].beyond for each in grouped.parts))


@settings(max_examples=25, deadline=None)
@given(points=point_lists, shelters=shelter_lists, within=LIMITS, when=WHENS)
def test_one_way_alone_is_that_analysis(
    points: list[tuple[float, float]], shelters: list[Shelter], within: str, when: When
) -> None:
    layer, supply = layer_of(points), supply_of(shelters)
    alone = part(layer, supply, ON_FOOT, frozenset(WorkerGroup), within, when)

    grouped = GroupedAnalysis((alone,))

    assert grouped.whole.low == pytest.approx(alone.whole.low)
    assert [times.p90_s for times in grouped.times] == [times.p90_s for times in alone.times]
    assert np.allclose(grouped.loads[0].peak_workers, alone.loads[0].peak_workers)
    assert grouped.tallies(alone.ground.areas)[0].high == pytest.approx(next(iter(alone.tallies().values())).high)


@settings(max_examples=30, deadline=None)
@given(points=point_lists, shelters=shelter_lists, when=WHENS, seats=st.integers(1, 9))
def test_room_is_shared_hour_by_hour_among_walkers_and_riders(
    points: list[tuple[float, float]], shelters: list[Shelter], when: When, seats: int
) -> None:
    layer, supply = layer_of(points), supply_of(shelters)
    grouped = both(layer, supply, "1000m", when)
    offered = np.full(len(shelters), float(seats))

    low, _high = grouped.room(offered)

    walkers, riders = grouped.parts
    given_out, idle = np.zeros(len(points)), np.zeros(len(shelters))
    is_open = unpacked(grouped.week.surely) != 0
    for hour in sorted(grouped.hours):
        supplied = offered * is_open[:, hour]
        present = [walkers.demand.at_hours([hour]), riders.demand.at_hours([hour])]
        competing = np.zeros(len(shelters))
        weights = []
        for each, heads in zip(grouped.parts, present, strict=True):
            pairs, weight = each.ground.travel_pairs, np.zeros((len(points), len(shelters)))
            for point, station, time_s in zip(pairs.point_ids, pairs.station_rows, pairs.time_s, strict=True):
                band = next((band.weight for band in WALKING_BANDS if time_s <= band.limit_s), 0.0)
                weight[point, station] = band
            weights.append(weight)
            competing += heads @ weight
        ratio = np.divide(supplied, competing, out=np.zeros_like(competing), where=competing > 0)
        idle += np.where(competing > 0, 0.0, supplied)
        for weight, heads in zip(weights, present, strict=True):
            given_out += heads * (weight @ ratio)
    worker_hours = grouped.by_point[0]
    assert np.allclose(low.at_points * worker_hours, given_out)
    assert np.allclose(low.idle, idle)
    assert (low.at_points * worker_hours).sum() + low.idle.sum() == pytest.approx(low.offered.sum())


@settings(max_examples=20, deadline=None)
@given(points=point_lists, shelters=shelter_lists)
def test_room_in_one_hour_on_foot_is_the_published_method(
    points: list[tuple[float, float]], shelters: list[Shelter]
) -> None:
    layer, supply = layer_of(points), supply_of(shelters)
    alone = part(layer, supply, ON_FOOT, WALKERS, "1000m", HoursOfWeek(WEEK, frozenset({34})))
    offered = np.ones(len(shelters))

    (found,) = rooms_over_hours([(alone.ground.travel_pairs, alone.demand)], offered, [alone.week.surely], {34})

    is_open = unpacked(alone.week.surely)[:, 34] != 0
    expected = e2sfca(alone.ground.travel_pairs, offered * is_open, alone.demand.at_points())
    assert np.allclose(found.at_points, expected.at_points)


@settings(max_examples=20, deadline=None)
@given(points=point_lists, shelters=shelter_lists, minutes=st.sampled_from(("6min", "15min")), when=WHENS)
def test_each_assumption_is_asked_of_every_part(
    points: list[tuple[float, float]], shelters: list[Shelter], minutes: str, when: When
) -> None:
    layer, supply = layer_of(points), supply_of(shelters)
    grouped = both(layer, supply, minutes, when)
    tried = assumptions(grouped.parts[0].ground.note)

    found = grouped.sensitivity(tried)

    for number, each in enumerate(found):
        parts = [
            list(sensitivity(p.ground.cover_pairs, p.ground.note, p.question.limit_s, p.week, p.demand, tried))[number]
            for p in grouped.parts
        ]
        assert each.tally.low == pytest.approx(sum(one.tally.low for one in parts))


def test_the_matrix_knows_each_groups_own_reach() -> None:
    shelters = [Shelter(106.25, 38.47, services=frozenset({Service.WATER}))]
    layer, supply = layer_of([(106.25, 38.47), (106.25, 38.49)]), supply_of(shelters)
    grouped = both(layer, supply, "15min", HoursOfWeek(WEEK))
    needs = (NOTHING_SPECIAL, Need.one(Service.WATER), Need.one(Service.TOILET))
    areas = Areas.units([None, None], [])

    found = grouped.matrix(needs, areas, HoursOfWeek(WEEK))

    walkers, riders = grouped.parts
    reaches = {WorkerGroup.SANITATION: walkers.reach, WorkerGroup.RIDERS: riders.reach}
    expected = coverage_matrix(layer, areas, supply, reaches, needs, walkers.question.counted, WEEK)
    assert np.allclose(found.low, expected.low)
    assert found.tally(needs[0], groups=[WorkerGroup.RIDERS]).share_low == pytest.approx(1.0)
    assert found.tally(needs[0], groups=[WorkerGroup.SANITATION]).share_low == pytest.approx(1 / 3)
    assert found.tally(needs[2]).low == 0


def test_gaps_are_those_of_all_workers_together(place: Place) -> None:
    layer = layer_of([(106.25, 38.47), (106.26, 38.47), (106.4, 38.3)])
    supply = supply_of([Shelter(106.25, 38.47)])
    alone = part(layer, supply, ON_FOOT, frozenset(WorkerGroup), "1000m", HoursOfWeek(WEEK))
    units = place.districts_of(layer.lon, layer.lat)

    found = GroupedAnalysis((alone,)).gaps(place, units)

    expected = find_gaps_over_hours(layer, alone.demand, alone.covered, place, units)
    assert [(gap.cells, gap.unit_code) for gap in found] == [(gap.cells, gap.unit_code) for gap in expected]
    assert found[0].worker_hours_count == pytest.approx(expected[0].worker_hours_count)


def test_the_main_station_serves_most_and_a_tie_goes_to_the_lesser_code() -> None:
    shelters = [
        Shelter(106.25, 38.47, "Mo-Su 08:00-10:00"),
        Shelter(106.2501, 38.47, "24/7"),
        Shelter(106.35, 38.47, "24/7"),
    ]
    layer, supply = layer_of([(106.25, 38.47), (106.35, 38.47), (107.0, 38.47)]), supply_of(shelters)

    grouped = both(layer, supply, "1000m", HoursOfWeek(WEEK))

    assert grouped.main_stations.tolist() == [1, 2, -1]


def test_unreachable_stations_are_those_off_every_network() -> None:
    layer, supply = layer_of([(106.25, 38.47)]), supply_of([Shelter(float("nan"), float("nan"))][:0])

    assert both(layer, supply, "1000m", HoursOfWeek(WEEK)).unreachable == (0.0, ())


def test_a_group_in_two_parts_would_be_counted_twice() -> None:
    layer, supply = layer_of([(106.25, 38.47)]), supply_of([])
    one = part(layer, supply, ON_FOOT, WALKERS, "1000m", HoursOfWeek(WEEK))

    with pytest.raises(InvalidValue, match="twice"):
        GroupedAnalysis((one, one))


def test_nobody_at_all_is_no_question() -> None:
    with pytest.raises(InvalidValue, match="Nobody"):
        GroupedAnalysis(())
