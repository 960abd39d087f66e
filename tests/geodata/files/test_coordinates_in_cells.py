"""Coordinates as people type them, and what is refused."""

from __future__ import annotations

import math

import pytest

from geodata.files.messages import UnreadCell
from geodata.files.positions import degrees_of, point_of_pair, point_of_text


@pytest.mark.parametrize(
    ("written", "degrees"),
    [
        (106.25, 106.25),
        ("106.25", 106.25),
        (" 106.25° ", 106.25),
        ("１０６．２５", 106.25),
        ("106.25E", 106.25),
        ("东经106.25", 106.25),
        ("106°15′0″", 106.25),
        ("106° 15' 0\" E", 106.25),
        ("106度15分0秒", 106.25),
        ("北纬38°30′", 38.5),
        ("106:15:00", 106.25),
        ("西经106.25", -106.25),
        (None, None),
        ("无", None),
        ("—", None),
        (math.nan, None),
    ],
)
def test_degrees_are_read_however_they_are_written(written: object, degrees: float | None) -> None:
    assert degrees_of(written) == degrees


@pytest.mark.parametrize(
    "written",
    ["106.27,38.47", "38.47，106.27", "106.27 38.47", "(106.27; 38.47)", "106.27°E, 38.47°N", [106.27, 38.47]],
)
def test_a_pair_in_one_cell_is_put_in_order_by_its_ranges(written: object) -> None:
    point = point_of_text(written)

    assert point is not None
    assert (point.lon, point.lat) == (106.27, 38.47)


def test_two_blank_cells_are_no_position() -> None:
    assert point_of_pair(None, "") is None
    assert point_of_text("暂无") is None


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        (106.2, None, "half_position"),
        ("", 38.4, "half_position"),
        (0, 0, "zero_position"),
        (106.2, 0, "zero_position"),
        (38.4, 106.2, "swapped_axes"),
        (39.5, 76.0, "swapped_axes"),
        (361, 38.4, "out_of_range"),
        (620000.5, 4260000.5, "out_of_range"),
        ("east", 38.4, "not_a_number"),
        ("1_0", 38.4, "not_a_number"),
        (math.inf, 38.4, "not_finite"),
        (10**400, 38.4, "not_finite"),
        ("106°75′", 38.4, "not_sixtieths"),
        (True, 38.4, "not_a_number"),
    ],
)
def test_a_position_that_cannot_be_is_refused_with_its_reason(lon: object, lat: object, code: str) -> None:
    with pytest.raises(UnreadCell) as refused:
        point_of_pair(lon, lat)

    assert refused.value.code == code


@pytest.mark.parametrize("written", ["106.27", "106.27,38.47,1100", "in the park"])
def test_a_cell_that_is_no_pair_is_refused(written: str) -> None:
    with pytest.raises(UnreadCell):
        point_of_text(written)
