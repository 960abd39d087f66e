"""Pairs that are kept and cut are the pairs a travel model would find."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.coordinates import Floats
from geodata.coverage.within import Within
from geodata.demand.movement import Movement
from geodata.errors import InvalidValue
from geodata.travel.pairs import Network, TravelPairs
from geodata.travel.straight_line import TravelMode
from geodata.travel.street_pairs import StreetTravel
from mapapp.services.planning.analysing import Asked
from mapapp.services.planning.travelling import Pairer, Places, Way, joined, stepped_m
from tests.mapapp.services.planning.small_town import Town, question

DEGREES = st.lists(
    st.tuples(st.integers(0, 30).map(lambda n: 106.2 + n / 500), st.integers(0, 30).map(lambda n: 38.4 + n / 500)),
    max_size=8,
)
WAYS = st.builds(
    Way,
    st.builds(Movement, st.sampled_from(TravelMode), st.floats(1, 60)),
    st.just(Network.STRAIGHT_LINE),
    st.floats(1, 3),
)


def columns(rows: list[tuple[float, float]]) -> tuple[Floats, Floats]:
    lon, lat = np.array(rows, dtype=np.float64).reshape(-1, 2).T
    return lon, lat


def same(found: TravelPairs, expected: TravelPairs) -> bool:
    names = ("point_ids", "station_rows", "distance_m", "time_s", "unreachable_point_ids", "unreachable_station_rows")
    return all(np.array_equal(getattr(found, name), getattr(expected, name)) for name in names)


@settings(max_examples=60)
@given(points=DEGREES, stations=DEGREES, way=WAYS, reach_s=st.floats(30, 3000), farther_m=st.floats(0, 9000))
def test_cut_from_kept_ones_they_are_those_found_anew(
    points: list[tuple[float, float]],
    stations: list[tuple[float, float]],
    way: Way,
    reach_s: float,
    farther_m: float,
) -> None:
    places = Places(*columns(points), *columns([*stations, (float("nan"), float("nan"))]))

    found = Pairer().along(places, way, None, reach_s, farther_m)

    travel = way.travel(None)
    expected = travel.pairs(
        places.point_lon, places.point_lat, places.station_lon, places.station_lat, reach_m=None, reach_s=reach_s
    )
    assert same(found, expected)


@settings(max_examples=60)
@given(points=DEGREES, stations=DEGREES, more=DEGREES, data=st.data())
def test_two_sets_of_stations_joined_are_as_if_they_had_been_one(
    points: list[tuple[float, float]],
    stations: list[tuple[float, float]],
    more: list[tuple[float, float]],
    data: st.DataObject,
) -> None:
    count = len(stations) + len(more)
    order = np.array(data.draw(st.permutations(range(count))), dtype=np.int64)
    rows, more_rows = np.sort(order[: len(stations)]), np.sort(order[len(stations) :])
    everything = [(0.0, 0.0)] * count
    for row, each in [*zip(rows, stations, strict=True), *zip(more_rows, more, strict=True)]:
        everything[row] = each
    pairer, point_columns = Pairer(), columns(points)

    first, second, whole = (
        pairer.straight(Places(*point_columns, *columns(each)), 5000.0) for each in (stations, more, everything)
    )

    assert same(joined(first, rows, second, more_rows), whole)


def test_like_questions_share_their_pairs() -> None:
    places, pairer = Places(*columns([(106.2, 38.4)]), *columns([(106.21, 38.4)])), Pairer()

    assert pairer.straight(places, 800.0) is pairer.straight(places, 1900.0)
    assert pairer.straight(places, 800.0) is not pairer.straight(places, 2100.0)
    assert [stepped_m(each) for each in (0.0, 2000.0, 2000.1, 9000.0)] == [2000.0, 2000.0, 4000.0, 16000.0]


def test_more_pairs_than_fit_are_refused_before_they_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mapapp.services.planning.travelling.MAX_PAIRS_COUNT", 3)
    crowd = columns([(106.2 + number / 10_000, 38.4) for number in range(4)])
    places = Places(*crowd, *crowd)

    with pytest.raises(InvalidValue) as caught:
        Pairer().straight(places, 1000.0)

    assert caught.value.code == "too_many_pairs"
    assert Pairer().straight(Places(*columns([(106.2, 38.4)]), *crowd), 1.0).pair_count == 1


def test_of_a_small_place_as_many_pairs_are_expected_as_there_are(town: Town) -> None:
    for asked in (question(within=Within.parse("9min")), question(within=Within.parse("700m"))):
        ground = town.desk.ground()
        demand = ground.demand(())
        found = Asked(asked, ground, demand, ground.register)
        parts = found.travelling(lambda _what, _done, _of: None).parts
        along = sum(part.ground.travel_pairs.pair_count for part in parts)
        near = ground.pairer.straight(ground.places(demand, ground.register), 700.0)
        covering = int(np.count_nonzero(near.distance_m <= 700.0))

        assert found.pairs_expected() == pytest.approx(along + covering if found.in_metres else 2 * along)


def test_along_streets_more_pairs_than_fit_are_refused_while_they_are_found(town: Town, tmp_path: Path) -> None:
    town.load_streets(tmp_path)
    ground = town.desk.ground()
    places, streets = ground.places(ground.demand(()), ground.register), ground.streets
    assert streets is not None

    def found(most_pairs: int | None) -> int:
        travel = StreetTravel(streets=streets, mode=TravelMode.WALK, most_pairs=most_pairs)
        where = (places.point_lon, places.point_lat, places.station_lon, places.station_lat)
        return travel.pairs(*where, reach_m=None, reach_s=900.0).pair_count

    there = found(None)
    assert found(there) == there > 10
    with pytest.raises(InvalidValue) as refused:
        found(there // 2)
    assert refused.value.code == "too_many_pairs"
