"""Travel time along a straight line with a detour."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import InvalidValue
from geodata.travel.straight_line import StraightLineTravel, TravelMode


@pytest.mark.parametrize(
    ("mode", "expected_s"), [(TravelMode.WALK, 975.0), (TravelMode.EBIKE, 260.0), (TravelMode.CAR, 156.0)]
)
def test_a_kilometre_takes_its_detour_at_the_mode_s_speed(mode: TravelMode, expected_s: float) -> None:
    assert StraightLineTravel().time_s(1000.0, mode) == pytest.approx(expected_s)


@given(st.lists(st.floats(0, 2e7), max_size=5), st.sampled_from(TravelMode))
def test_an_array_of_distances_takes_the_times_of_each(distances_m: list[float], mode: TravelMode) -> None:
    travel = StraightLineTravel(walk_kmh=4.1, detour_factor=1.27)

    times_s = travel.time_s(np.array(distances_m, dtype=np.float64), mode)

    assert times_s.tolist() == [travel.time_s(metres, mode) for metres in distances_m]


@pytest.mark.parametrize("field", ["walk_kmh", "ebike_kmh", "car_kmh", "detour_factor"])
@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf, 1e6])
def test_a_senseless_speed_or_detour_is_refused_by_name(field: str, value: float) -> None:
    with pytest.raises(InvalidValue, match=field) as refused:
        StraightLineTravel(**{field: value})

    assert refused.value.field == field


def test_every_mode_has_both_labels() -> None:
    assert [(mode.label("zh-CN"), mode.label("en")) for mode in TravelMode] == [
        ("步行", "walk"),
        ("电动车", "e-bike"),
        ("驾车", "car"),
    ]
