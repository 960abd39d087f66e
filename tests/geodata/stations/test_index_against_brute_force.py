"""The index gives the answer of a plain loop over all stations, for every filter and both orders."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.coordinates import BBox, LonLat
from geodata.stations.filters import OpenFilter, Order, StationFilter
from geodata.stations.index import NearestAnswer, StationIndex
from geodata.stations.station import Station
from tests.geodata.stations.worlds import (
    FILTERS,
    INSTANTS,
    MIDDLE,
    QUESTIONS,
    Asked,
    distance_m,
    large_world,
    new_book,
    slow_nearest,
    worlds,
)


def ask(index: StationIndex, asked: Asked) -> NearestAnswer:
    return index.nearest(
        asked.origin,
        asked.k,
        asked.filters,
        at=asked.at,
        mode=asked.mode,
        travel=asked.travel,
        rules=asked.rules,
        order=asked.order,
    )


def index_of(stations: list[Station]) -> StationIndex:
    return StationIndex.of(stations, new_book())


def codes(answer: NearestAnswer) -> list[str]:
    return [found.code for found in answer.found]


def assert_same_answer(stations: list[Station], asked: Asked, answer: NearestAnswer) -> None:
    expected, unknown_count = slow_nearest(stations, asked)
    assert codes(answer) == [slow.station.code for slow in expected]
    assert answer.unknown_count == unknown_count
    for found, slow in zip(answer.found, expected, strict=True):
        assert stations[found.row] is slow.station
        assert found.distance_m == pytest.approx(slow.distance_m, abs=1e-6)
        assert found.travel_time_s == pytest.approx(asked.travel.time_s(slow.distance_m, asked.mode), abs=1e-6)
        assert abs((found.arrive_at - slow.arrive_at).total_seconds()) < 1e-5
        assert found.arrival == slow.arrival


@given(worlds(), QUESTIONS)
@settings(max_examples=300, deadline=None)
def test_nearest_in_a_small_world_is_the_plain_loop_s_answer(stations: list[Station], asked: Asked) -> None:
    answer = ask(index_of(stations), asked)

    assert_same_answer(stations, asked, answer)


CITY = large_world(seed=1, count=1200, spread_deg=0.3)
COUNTRY = large_world(seed=2, count=1200, spread_deg=20.0)
CITY_INDEX = index_of(CITY)
COUNTRY_INDEX = index_of(COUNTRY)


@given(QUESTIONS, st.sampled_from((1, 3, 40, 700)))
@settings(max_examples=60, deadline=None)
def test_nearest_in_a_city_is_the_plain_loop_s_answer(asked: Asked, k: int) -> None:
    asked = replace(asked, k=k)

    assert_same_answer(CITY, asked, ask(CITY_INDEX, asked))


@given(QUESTIONS, st.floats(80, 130), st.floats(25, 50))
@settings(max_examples=60, deadline=None)
def test_walking_for_weeks_through_a_country_gives_the_plain_loop_s_answer(
    asked: Asked, lon: float, lat: float
) -> None:
    asked = replace(asked, origin=LonLat(lon, lat), k=60)

    assert_same_answer(COUNTRY, asked, ask(COUNTRY_INDEX, asked))


@given(worlds(), QUESTIONS)
@settings(max_examples=100, deadline=None)
def test_the_first_k_are_the_first_of_k_plus_one(stations: list[Station], asked: Asked) -> None:
    index = index_of(stations)

    fewer, more = ask(index, asked), ask(index, replace(asked, k=asked.k + 1))

    assert fewer.found == more.found[: asked.k]
    assert fewer.unknown_count == more.unknown_count


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("open_filter", OpenFilter)
def test_every_shorter_answer_of_a_city_begins_the_longer_one(order: Order, open_filter: OpenFilter) -> None:
    asked = Asked(filters=StationFilter(open=open_filter), order=order, k=1200)
    longest = codes(ask(CITY_INDEX, asked))

    for k in (1, 2, 7, 50, 51, 130, 131, 400):
        assert codes(ask(CITY_INDEX, replace(asked, k=k))) == longest[:k]


@given(worlds(), QUESTIONS, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_the_input_does_not_matter(stations: list[Station], asked: Asked, rng: st.DataObject) -> None:
    shuffled = list(stations)
    rng.shuffle(shuffled)  # type: ignore[attr-defined] # a random.Random drawn by Hypothesis

    first, second = ask(index_of(stations), asked), ask(index_of(shuffled), asked)

    assert codes(first) == codes(second)
    assert [found.arrival for found in first.found] == [found.arrival for found in second.found]
    assert first.unknown_count == second.unknown_count


@given(QUESTIONS, st.floats(0, 60_000))
@settings(max_examples=60, deadline=None)
def test_within_a_radius_are_the_nearest_up_to_that_distance(asked: Asked, radius_m: float) -> None:
    everything = replace(asked, k=len(CITY), order=Order.DISTANCE)

    rows = CITY_INDEX.within_radius(
        asked.origin, radius_m, asked.filters, at=asked.at, mode=asked.mode, travel=asked.travel, rules=asked.rules
    )

    nearest = [found for found in ask(CITY_INDEX, everything).found if found.distance_m <= radius_m]
    assert sorted(rows.tolist()) == sorted(found.row for found in nearest)
    assert [distance_m(asked.origin, _point(row)) for row in rows] == pytest.approx(
        sorted(distance_m(asked.origin, _point(row)) for row in rows), abs=0.1
    )


@given(FILTERS, INSTANTS, st.tuples(*(st.floats(-0.3, 0.3),) * 4))
@settings(max_examples=60, deadline=None)
def test_within_a_box_are_those_a_visitor_at_the_door_would_get_by_code(
    filters: StationFilter, at: object, sides: tuple[float, float, float, float]
) -> None:
    (west, east), (south, north) = sorted(sides[:2]), sorted(sides[2:])
    box = BBox(MIDDLE.lon + west, MIDDLE.lat + south, MIDDLE.lon + east, MIDDLE.lat + north)
    asked = Asked(filters=filters, at=at, k=1)  # type: ignore[arg-type] # an instant

    rows = CITY_INDEX.within_box(box, filters, at=asked.at, rules=asked.rules)

    inside = [one for one in CITY if one.position and box.contains(one.position.point.rounded())]
    at_the_door = [one for one in inside if slow_nearest([one], replace(asked, origin=_door(one)))[0]]
    assert [CITY[row].code for row in rows] == sorted(one.code for one in at_the_door)


def _point(row: int) -> LonLat:
    position = CITY[row].position
    assert position is not None
    return position.point.rounded()


def _door(one: Station) -> LonLat:
    assert one.position is not None
    return one.position.point.rounded()
