"""Pairs in a straight line: all of them, once, in order, and nothing beyond the cut-off."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.coordinates import great_circle_m
from geodata.errors import InvalidValue
from geodata.travel.pairs import Network, Travel, TravelPairs
from geodata.travel.straight_line import StraightLineTravel, TravelMode
from geodata.travel.straight_pairs import StraightLine

ON_FOOT: Travel = StraightLine(StraightLineTravel(), TravelMode.WALK)
places = st.lists(
    st.tuples(
        st.integers(0, 40).map(lambda n: round(106.2 + n / 1000, 6)),
        st.integers(0, 40).map(lambda n: round(38.4 + n / 1000, 6)),
    ),
    max_size=10,
)
cut_offs = st.one_of(st.none(), st.floats(0, 5000))


def columns(points: list[tuple[float, float]]) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], ...]:
    return tuple(np.array([point[axis] for point in points], dtype=np.float64) for axis in (0, 1))


@settings(max_examples=60, deadline=None)
@given(points=places, stations=places, reach_m=cut_offs, reach_s=cut_offs)
def test_they_are_those_of_a_double_loop(
    points: list[tuple[float, float]],
    stations: list[tuple[float, float]],
    reach_m: float | None,
    reach_s: float | None,
) -> None:
    pairs = ON_FOOT.pairs(*columns(points), *columns(stations), reach_m=reach_m, reach_s=reach_s)

    expected = []
    for point, (lon, lat) in enumerate(points):
        for row, (station_lon, station_lat) in enumerate(stations):
            distance_m = float(great_circle_m(lon, lat, station_lon, station_lat))
            time_s = StraightLineTravel().time_s(distance_m, TravelMode.WALK)
            if (reach_m is None or distance_m <= reach_m) and (reach_s is None or time_s <= reach_s):
                expected.append((point, time_s, row, distance_m))
    found = zip(
        *(each.tolist() for each in (pairs.point_ids, pairs.time_s, pairs.station_rows, pairs.distance_m)), strict=True
    )
    assert list(found) == sorted(expected)


def test_the_cut_off_itself_is_within_it() -> None:
    lon, lat = np.array([106.25]), np.array([38.47])
    there = (np.array([106.25]), np.array([38.478]))
    exactly_m = float(great_circle_m(106.25, 38.47, 106.25, 38.478))

    at_it = ON_FOOT.pairs(lon, lat, *there, reach_m=exactly_m, reach_s=None)
    below = ON_FOOT.pairs(lon, lat, *there, reach_m=np.nextafter(exactly_m, 0), reach_s=None)

    assert (at_it.pair_count, below.pair_count) == (1, 0)


def test_places_without_a_position_are_listed_and_in_no_pair() -> None:
    pairs = ON_FOOT.pairs(
        np.array([np.nan, 106.25]),
        np.array([np.nan, 38.47]),
        np.array([106.25, np.nan]),
        np.array([38.47, np.nan]),
        reach_m=None,
        reach_s=None,
    )

    assert (pairs.point_ids.tolist(), pairs.station_rows.tolist()) == ([1], [0])
    assert (pairs.unreachable_point_ids.tolist(), pairs.unreachable_station_rows.tolist()) == ([0], [1])
    assert pairs.starts().tolist() == [0, 0, 1]


def test_it_says_how_travel_was_worked_out() -> None:
    note = ON_FOOT.described()

    assert (note.network, note.mode, note.speed_kmh, note.detour_factor) == (
        Network.STRAIGHT_LINE,
        TravelMode.WALK,
        4.8,
        1.3,
    )


def test_pairs_cannot_be_written_to() -> None:
    pairs = ON_FOOT.pairs(*columns([(106.2, 38.4)]), *columns([(106.2, 38.4)]), reach_m=None, reach_s=None)

    with pytest.raises(ValueError, match="read-only"):
        pairs.time_s[0] = 1.0


@pytest.mark.parametrize(("point_ids", "times_s"), [([1, 0], [1.0, 1.0]), ([0, 1], [1.0, np.inf])])
def test_pairs_out_of_order_or_without_an_end_are_refused(point_ids: list[int], times_s: list[float]) -> None:
    none, rows = np.empty(0, dtype=np.int64), np.zeros(2, dtype=np.int64)

    with pytest.raises(InvalidValue):
        TravelPairs(2, 1, np.array(point_ids), rows, np.array(times_s), np.array(times_s), none, none)


def test_columns_of_different_lengths_are_refused() -> None:
    none = np.empty(0, dtype=np.int64)

    with pytest.raises(InvalidValue):
        TravelPairs(1, 1, np.zeros(1, dtype=np.int64), none, np.empty(0), np.empty(0), none, none)
