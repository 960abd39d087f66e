"""Searching the index, by example."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
import pytest

from geodata.coordinates import BBox, LonLat
from geodata.errors import InvalidValue
from geodata.stations.arrival import ArrivalRules
from geodata.stations.columns import StationColumns
from geodata.stations.index import NearestAnswer, OpenFilter, Order, StationFilter, StationIndex
from geodata.stations.station import Season, ServiceOffer, Station
from geodata.stations.vocabulary import LifeCycle, OpenState, Service, ServiceState, StationKind
from geodata.travel.straight_line import StraightLineTravel, TravelMode
from tests.geodata.stations.worlds import MIDDLE, SHANGHAI, large_world, new_book, station

METRE_DEG = 1 / 111_195
TEN = datetime(2026, 11, 18, 10, 0, tzinfo=SHANGHAI)
ANY = StationFilter(open=OpenFilter.ANY)
BY_DAY = "Mo-Su 08:00-12:00"


def north(code: str, metres: float, **facts: Any) -> Station:
    """A station so many metres north of the middle."""
    return station(code, MIDDLE.lon, MIDDLE.lat + metres * METRE_DEG, **facts)


def ask(stations: list[Station], filters: StationFilter = ANY, k: int = 5, **changes: Any) -> NearestAnswer:
    question: dict[str, Any] = {
        "origin": MIDDLE,
        "at": TEN,
        "mode": TravelMode.WALK,
        "travel": StraightLineTravel(),
        "rules": ArrivalRules(),
        **changes,
    }
    return StationIndex.of(stations, new_book()).nearest(question.pop("origin"), k, filters, **question)


def codes(answer: NearestAnswer) -> list[str]:
    return [found.code for found in answer.found]


def test_filters_come_before_the_count() -> None:
    homes = [north(f"TC-{number}", 10.0 * number) for number in range(10, 60)]
    driver_home = north("TC-99", 5000.0, kind=StationKind.DRIVER_HOME)

    answer = ask([*homes, driver_home], StationFilter(kinds=frozenset({StationKind.DRIVER_HOME})), k=1)

    assert codes(answer) == ["TC-99"]


def test_the_state_is_that_of_the_arrival_not_of_now() -> None:
    shuts_at_ten_past = north("TC-1", 1000.0, rule="Mo-Su 08:00-10:10")

    assert codes(ask([shuts_at_ten_past], StationFilter(open=OpenFilter.ARRIVAL))) == []
    assert codes(ask([shuts_at_ten_past], StationFilter(open=OpenFilter.AT))) == ["TC-1"]
    (found,) = ask([shuts_at_ten_past]).found
    assert found.arrival.state is OpenState.CLOSED
    assert found.arrival.opens_at == datetime(2026, 11, 19, 8, 0, tzinfo=SHANGHAI)


def test_it_may_open_while_you_are_on_the_way() -> None:
    opens_at_ten_past = north("TC-1", 1000.0, rule="Mo-Su 10:10-18:00")

    assert codes(ask([opens_at_ten_past], StationFilter(open=OpenFilter.ARRIVAL))) == ["TC-1"]
    assert codes(ask([opens_at_ten_past], StationFilter(open=OpenFilter.AT))) == []


def test_a_faster_mode_arrives_before_the_door_shuts() -> None:
    stations = [north("TC-1", 1000.0, rule="Mo-Su 08:00-10:20")]

    assert codes(ask(stations, StationFilter(), mode=TravelMode.WALK)) == []
    assert codes(ask(stations, StationFilter(), mode=TravelMode.CAR)) == ["TC-1"]


def test_unknown_hours_are_counted_and_never_taken_for_open() -> None:
    stations = [north("TC-1", 10.0, rule=None), north("TC-2", 90_000.0, rule=None), north("TC-3", 20.0)]

    answer = ask(stations, StationFilter(open=OpenFilter.ARRIVAL), k=1)

    assert (codes(answer), answer.unknown_count) == (["TC-3"], 2)


@pytest.mark.parametrize(
    "filters",
    [
        StationFilter(open=OpenFilter.AT),
        StationFilter(open=OpenFilter.ANY, open_late=True),
        StationFilter(open=OpenFilter.ANY, always_open=True),
        StationFilter(open_late=True, always_open=True),
    ],
)
def test_whatever_is_asked_of_the_hours_leaves_the_unknown_out_and_counts_them(filters: StationFilter) -> None:
    stations = [north("TC-1", 10.0, rule=None), north("TC-2", 20.0, rule="24/7")]

    answer = ask(stations, filters)

    assert filters.asks_hours
    assert (codes(answer), answer.unknown_count) == (["TC-2"], 1)


def test_whoever_asks_nothing_of_the_hours_gets_the_unknown_too() -> None:
    assert not ANY.asks_hours
    assert codes(ask([north("TC-1", 10.0, rule=None)], ANY)) == ["TC-1"]


def test_open_late_is_open_at_ten_in_the_evening_of_the_arrival() -> None:
    stations = [
        north("TC-1", 10.0, rule="Mo-Su 08:00-22:00"),
        north("TC-2", 20.0, rule="Mo-Su 08:00-22:09"),
        north("TC-3", 30.0, rule="Mo-Su 08:00-22:10"),
        north("TC-4", 40.0, rule="Mo,Tu,Th-Su 18:00-23:00"),
        north("TC-5", 50.0, rule="We 20:00-01:00"),
        north("TC-6", 60.0, rule="24/7", life_cycle=LifeCycle.RENOVATING),
    ]

    assert codes(ask(stations, StationFilter(open=OpenFilter.ANY, open_late=True))) == ["TC-3", "TC-5"]


def test_until_four_in_the_morning_the_evening_is_the_one_before() -> None:
    stations = [north("TC-1", 10.0, rule="We 18:00-24:00"), north("TC-2", 20.0, rule="Th 18:00-24:00")]
    late = StationFilter(open=OpenFilter.ANY, open_late=True)
    thursday = [datetime(2026, 11, 19, 3, 59, 30, tzinfo=SHANGHAI), datetime(2026, 11, 19, 4, 0, tzinfo=SHANGHAI)]

    assert [codes(ask(stations, late, at=at)) for at in thursday] == [["TC-1"], ["TC-2"]]


def test_always_open_is_what_the_hours_say_all_week_round() -> None:
    stations = [
        north("TC-1", 10.0, rule="Mo-Su 00:00-24:00; We 10:00-10:05 off"),
        north("TC-2", 20.0, rule="Mo-Su 05:00-23:00", name="24小时示例驿站"),
        north("TC-3", 30.0, rule="Mo-Fr 00:00-24:00; Sa,Su 00:00-12:00,12:00-24:00"),
        north("TC-4", 40.0, rule="24/7", life_cycle=LifeCycle.TEMPORARILY_CLOSED),
    ]

    assert codes(ask(stations, StationFilter(open=OpenFilter.ANY, always_open=True))) == ["TC-3"]


def test_a_station_closed_for_works_is_not_unknown() -> None:
    stations = [north("TC-1", 10.0, rule=None, life_cycle=LifeCycle.RENOVATING)]

    assert ask(stations).unknown_count == 0


def test_a_seasonal_service_counts_in_the_month_of_the_arrival() -> None:
    winter = ServiceOffer(service=Service.COOL_WARM, state=ServiceState.SEASONAL, season=Season(12, 2))
    stations = [north("TC-1", 2000.0, services=(winter,)), north("TC-2", 2000.0, services=(winter,), rule=None)]
    wanted = StationFilter(services=frozenset({Service.COOL_WARM}))
    last_minute_of_november = datetime(2026, 11, 30, 23, 50, tzinfo=SHANGHAI)

    walking = ask(stations, wanted, at=last_minute_of_november)
    driving = ask(stations, wanted, at=last_minute_of_november, mode=TravelMode.CAR)

    assert (codes(walking), walking.unknown_count) == (["TC-1"], 1)
    assert (codes(driving), driving.unknown_count) == ([], 0)


@pytest.mark.parametrize("state", [ServiceState.BROKEN, ServiceState.UNKNOWN])
def test_a_broken_or_unknown_service_does_not_count(state: ServiceState) -> None:
    offer = ServiceOffer(service=Service.TOILET, state=state, confirmed_on=date(2026, 1, 1))

    assert (
        codes(ask([north("TC-1", 1.0, services=(offer,))], StationFilter(services=frozenset({Service.TOILET})))) == []
    )


def test_an_unplaced_station_is_in_no_answer() -> None:
    index = StationIndex.of([station("TC-1", None), station("TC-2")], new_book())
    now: dict[str, Any] = {"at": TEN, "rules": ArrivalRules()}
    way: dict[str, Any] = {"mode": TravelMode.WALK, "travel": StraightLineTravel(), **now}

    assert index.placed_count == 1
    assert codes(index.nearest(MIDDLE, 5, ANY, **way)) == ["TC-2"]
    assert index.within_radius(MIDDLE, 2e7, ANY, **way).tolist() == [1]
    assert index.within_box(BBox(-180, -90, 180, 90), ANY, **now).tolist() == [1]
    assert index.rows_matching(ANY, 11).tolist() == [0, 1]


def test_useful_puts_a_far_open_door_before_a_near_closed_one() -> None:
    stations = [
        north("TC-1", 10.0, rule="Mo-Su 20:00-22:00"),
        north("TC-2", 20.0, rule="Mo-Su 18:00-22:00"),
        north("TC-3", 30.0, life_cycle=LifeCycle.TEMPORARILY_CLOSED),
        north("TC-4", 40.0, rule=None),
        north("TC-5", 50.0, rule="Mo-Su 08:00-10:20"),
        north("TC-6", 3000.0, rule=BY_DAY),
        north("TC-7", 60.0, rule="2025 Dec 24 10:00-12:00"),
    ]

    answer = ask(stations, k=7, order=Order.USEFUL)

    assert codes(answer) == ["TC-6", "TC-5", "TC-4", "TC-2", "TC-1", "TC-7", "TC-3"]


def test_hundreds_on_one_spot_are_answered_by_code() -> None:
    on_one_spot = [north(f"TC-{(number + 300) % 600:04d}", 5000.0) for number in range(600)]
    elsewhere = [north(f"TC-9{number:03d}", 9000.0 + number) for number in range(600)]

    answer = ask([*elsewhere, *on_one_spot], k=3)

    assert codes(answer) == ["TC-0000", "TC-0001", "TC-0002"]


def test_a_radius_includes_its_edge_and_a_box_its_edges() -> None:
    index = StationIndex.of([north("TC-1", 1000.0)], new_book())
    way: dict[str, Any] = {"mode": TravelMode.WALK, "travel": StraightLineTravel(), "rules": ArrivalRules(), "at": TEN}
    (found,) = index.nearest(MIDDLE, 1, ANY, **way).found
    lon, lat = float(index.columns.lon[0]), float(index.columns.lat[0])

    assert index.within_radius(MIDDLE, found.distance_m, ANY, **way).tolist() == [0]
    assert index.within_radius(MIDDLE, np.nextafter(found.distance_m, 0), ANY, **way).tolist() == []
    assert index.within_box(BBox(lon, lat, lon, lat), ANY, at=TEN, rules=ArrivalRules()).tolist() == [0]


def test_instants_of_an_answer_are_in_the_place_s_zone() -> None:
    (found,) = ask([north("TC-1", 100.0, rule=BY_DAY)]).found

    assert found.arrive_at.tzinfo is SHANGHAI
    assert found.arrival.closes_at == datetime(2026, 11, 18, 12, 0, tzinfo=SHANGHAI)
    assert (found.arrive_at - TEN).total_seconds() == pytest.approx(found.travel_time_s, abs=1e-5)


@pytest.mark.parametrize(
    "origin", [LonLat(180, 0), LonLat(-180, 0), LonLat(0, 90), LonLat(0, -90), LonLat(-73.77, -38.48)]
)
def test_the_ends_of_the_earth_are_places_too(origin: LonLat) -> None:
    stations = [station("TC-1", 179.9999, 0.0), station("TC-2", -179.9999, 0.0), station("TC-3", 12.0, 89.9)]

    assert sorted(codes(ask(stations, origin=origin))) == ["TC-1", "TC-2", "TC-3"]


def test_no_stations_give_an_empty_answer() -> None:
    assert ask([]) == NearestAnswer((), 0)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"k": 0}, "k"),
        ({"at": datetime(2026, 11, 18, 10)}, "at"),  # noqa: DTZ001 - naive on purpose
        ({"at": datetime(9999, 12, 31, tzinfo=SHANGHAI)}, "at"),
        ({"at": datetime(1970, 1, 1, tzinfo=SHANGHAI)}, "at"),
    ],
)
def test_a_senseless_question_is_refused_by_its_parameter(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        ask([station("TC-1")], **changes)

    assert refused.value.field == field


@pytest.mark.parametrize("radius_m", [-1.0, float("nan"), float("inf")])
def test_a_senseless_radius_is_refused(radius_m: float) -> None:
    index = StationIndex.of([], new_book())

    with pytest.raises(InvalidValue, match="radius"):
        index.within_radius(
            MIDDLE, radius_m, ANY, at=TEN, mode=TravelMode.WALK, travel=StraightLineTravel(), rules=ArrivalRules()
        )


def test_two_stations_of_one_code_are_refused() -> None:
    with pytest.raises(InvalidValue, match="share a code"):
        StationIndex.of([station("TC-1"), station("TC-1")], new_book())


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("lon", np.array([106.0, 106.0])),
        ("lon", np.array([np.nan])),
        ("lat", np.array([91.0])),
        ("schedule_ids", np.array([1])),
        ("district_ids", np.array([0])),
    ],
)
def test_columns_that_contradict_each_other_are_refused(column: str, value: np.ndarray[Any, Any]) -> None:
    columns = StationColumns.of([station("TC-1")], new_book())

    changes: dict[str, Any] = {column: value}

    with pytest.raises(InvalidValue):
        replace(columns, **changes)


def test_columns_cannot_be_written_to() -> None:
    columns = StationColumns.of([station("TC-1")], new_book())

    with pytest.raises(ValueError, match="read-only"):
        columns.lon[0] = 0.0


def test_stations_of_one_rule_share_a_schedule() -> None:
    columns = StationColumns.of([station("TC-1"), station("TC-2", rule=None), station("TC-3")], new_book())

    assert columns.schedule_ids.tolist() == [0, 1, 0]
    assert [schedule.rule for schedule in columns.schedules] == ["24/7", None]


def test_threads_get_the_answers_one_thread_gets() -> None:
    world = large_world(seed=3, count=800, spread_deg=0.3)
    questions = [
        (LonLat(106.0 + number / 100, 38.4), StationFilter(kinds=frozenset({kind}), open=open_filter), order)
        for number in range(12)
        for kind in StationKind
        for open_filter in OpenFilter
        for order in Order
    ]

    def answer(index: StationIndex, question: tuple[LonLat, StationFilter, Order]) -> NearestAnswer:
        origin, filters, order = question
        return index.nearest(
            origin,
            8,
            filters,
            at=TEN,
            mode=TravelMode.WALK,
            travel=StraightLineTravel(),
            rules=ArrivalRules(),
            order=order,
        )

    shared, alone = StationIndex.of(world, new_book()), StationIndex.of(world, new_book())
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda question: answer(shared, question), questions))

    assert together == [answer(alone, question) for question in questions]
