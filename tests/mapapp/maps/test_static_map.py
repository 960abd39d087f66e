"""The picture without script."""

from __future__ import annotations

import re

import pytest

from geodata.coordinates import LonLat
from geodata.places import Place
from mapapp.maps import static_map


def test_the_whole_city_fits_into_the_picture(place: Place) -> None:
    picture = static_map(place, "zh")

    pairs = re.findall(r"(-?[\d.]+) (-?[\d.]+)", "".join(picture.outlines))
    assert all(0 <= float(x) <= picture.width and 0 <= float(y) <= picture.height for x, y in pairs)
    assert [name.text for name in picture.names] == [unit.name_zh for unit in place.units]


def test_answers_are_numbered_as_in_the_list_and_lie_inside(place: Place) -> None:
    points = [LonLat(106.23, 38.48), LonLat(106.3, 38.5), LonLat(106.1, 38.4)]

    picture = static_map(place, "zh", points, LonLat(106.2, 38.45))

    assert [mark.text for mark in picture.marks] == ["1", "2", "3"]
    shown = [*picture.marks, picture.origin]
    assert all(mark and 0 <= mark.x <= picture.width and 0 <= mark.y <= picture.height for mark in shown)


def test_north_is_up_and_east_is_right(place: Place) -> None:
    picture = static_map(place, "zh", [LonLat(106.2, 38.4), LonLat(106.3, 38.5)])

    south_west, north_east = picture.marks
    assert north_east.y < south_west.y
    assert north_east.x > south_west.x


@pytest.mark.parametrize("point", [LonLat(0, 90), LonLat(180, -90), LonLat(-180, 0)])
def test_an_origin_at_the_end_of_the_world_still_gives_a_picture(place: Place, point: LonLat) -> None:
    assert static_map(place, "en", [LonLat(106.2, 38.4)], point).marks


def test_one_point_alone_is_drawn_with_its_surroundings(place: Place) -> None:
    picture = static_map(place, "zh", [LonLat(106.2, 38.4)])

    assert 0.4 * picture.width < picture.marks[0].x < 0.6 * picture.width
