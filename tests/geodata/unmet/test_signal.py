"""What a phone may say: a square of the fixed grid, an hour, things that can be asked for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.coordinates import LonLat
from geodata.errors import InvalidValue
from geodata.places import Place
from geodata.unmet.signal import ASKABLE, NORM_M, GridSquare, UnmetSignal


def test_the_norm_is_one_kilometre() -> None:
    assert NORM_M == 1000.0


@given(st.floats(-179.9, 179.9), st.floats(-89.9, 89.9))
@settings(max_examples=60)
def test_a_point_lies_in_the_square_it_is_rounded_to(lon: float, lat: float) -> None:
    square = GridSquare.around(LonLat(lon, lat))

    assert abs(square.middle.lon - lon) <= 0.005 + 1e-9
    assert abs(square.middle.lat - lat) <= 0.005 + 1e-9
    assert square.outline.buffer(1e-9).contains(square.outline.centroid)
    assert GridSquare.around(square.middle) == square


@pytest.mark.parametrize("cell", [(18001, 0), (0, 9001), (-18001, 0), (10**9, 10**9)])
def test_there_is_no_square_off_the_map(cell: tuple[int, int]) -> None:
    with pytest.raises(InvalidValue):
        GridSquare(*cell)


def test_a_square_is_in_the_city_as_soon_as_any_of_it_is(testcity: Place) -> None:
    box = testcity.bbox
    at_the_edge = GridSquare.around(LonLat(box.west, box.center.lat))

    assert at_the_edge.touches(testcity)
    assert not GridSquare(at_the_edge.lon_c - 3, at_the_edge.lat_c).touches(testcity)
    assert not GridSquare(0, 0).touches(testcity)


def test_the_words_of_a_signal_do_not_say_where_when_or_what() -> None:
    signal = UnmetSignal(GridSquare(10623, 3848), 17, frozenset({"open_late"}))

    assert not any(part in repr(signal) for part in ("10623", "3848", "17", "open_late"))


@pytest.mark.parametrize(("hour", "asked"), [(168, set()), (-1, set()), (0, {"service:anything"}), (0, {"q:my name"})])
def test_only_hours_of_a_week_and_known_filters_can_be_said(hour: int, asked: set[str]) -> None:
    with pytest.raises(InvalidValue):
        UnmetSignal(GridSquare(10623, 3848), hour, frozenset(asked))


def test_what_can_be_asked_for_fits_into_the_table() -> None:
    assert len(",".join(ASKABLE)) <= 1000
    assert not any("," in thing for thing in ASKABLE)
