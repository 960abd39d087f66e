"""Which unit a point belongs to, what units are called, and what a place refuses."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geodata.coordinates import LonLat, great_circle_m
from geodata.errors import InvalidValue, UnknownPlace
from geodata.places import SNAP_M, Place, known_places, load_place

TESTCITY_DIR = Path(__file__).resolve().parents[2] / "places" / "testcity"
TESTCITY = load_place(str(TESTCITY_DIR))

WEST, SOUTH, EAST, NORTH = 112.6, 34.2, 114.3, 35.1
MIDDLE_LON, MIDDLE_LAT = 113.45, 34.65


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [(113.0, 34.9, "990101"), (114.0, 34.9, "990102"), (113.0, 34.4, "990103"), (114.0, 34.4, "990104")],
)
def test_a_point_inside_an_outline_belongs_to_that_unit(lon: float, lat: float, code: str) -> None:
    assert TESTCITY.district_of(LonLat(lon, lat)) == code


def test_a_point_on_a_shared_border_belongs_to_the_lowest_code() -> None:
    assert TESTCITY.district_of(LonLat(MIDDLE_LON, 34.9)) == "990101"
    assert TESTCITY.district_of(LonLat(114.0, MIDDLE_LAT)) == "990102"
    assert TESTCITY.district_of(LonLat(MIDDLE_LON, MIDDLE_LAT)) == "990101"


def test_a_point_just_outside_belongs_to_the_nearest_unit() -> None:
    just_outside = LonLat(113.0, NORTH + 0.004)
    assert 400 < float(great_circle_m(113.0, NORTH, just_outside.lon, just_outside.lat)) < SNAP_M

    assert TESTCITY.district_of(just_outside) == "990101"
    assert TESTCITY.contains(just_outside)


def test_a_point_farther_outside_than_that_belongs_to_none() -> None:
    outside = LonLat(113.0, NORTH + 0.005)
    assert float(great_circle_m(113.0, NORTH, outside.lon, outside.lat)) > SNAP_M

    assert TESTCITY.district_of(outside) is None
    assert not TESTCITY.contains(outside)


def test_a_point_outside_as_near_to_two_units_belongs_to_the_lower_code() -> None:
    assert TESTCITY.district_of(LonLat(MIDDLE_LON, NORTH + 0.002)) == "990101"


@pytest.mark.parametrize(("lon", "lat"), [(0.0, 0.0), (-66.5, -34.6), (180.0, 90.0), (106.2, 38.5)])
def test_a_point_elsewhere_on_earth_belongs_to_none(lon: float, lat: float) -> None:
    assert TESTCITY.district_of(LonLat(lon, lat)) is None


def test_an_unplaced_station_among_many_belongs_to_none() -> None:
    assert TESTCITY.districts_of([113.0, float("nan")], [34.9, float("nan")]) == ["990101", None]


def test_no_points_belong_to_no_units() -> None:
    assert TESTCITY.districts_of([], []) == []


def oracle(place: Place, lon: float, lat: float) -> str | None:
    """The rule, one outline at a time, without any index."""
    touching = [unit.code for unit in place.units if unit.outline.intersects(shapely.Point(lon, lat))]
    if touching:
        return min(touching)
    x_m, y_m = place.plane.to_xy_m(lon, lat)
    here = shapely.Point(float(x_m), float(y_m))
    distances_m = [(place.plane.flatten(unit.outline).distance(here), unit.code) for unit in place.units]
    nearest_m, code = min(distances_m)
    return code if nearest_m <= SNAP_M else None


around = st.tuples(
    st.one_of(st.floats(WEST - 0.02, EAST + 0.02), st.sampled_from([WEST, MIDDLE_LON, EAST])),
    st.one_of(st.floats(SOUTH - 0.02, NORTH + 0.02), st.sampled_from([SOUTH, MIDDLE_LAT, NORTH])),
)


@given(points=st.lists(around, max_size=20))
def test_many_points_at_once_are_answered_like_one_by_one(points: list[tuple[float, float]]) -> None:
    lon, lat = [point[0] for point in points], [point[1] for point in points]

    answers = TESTCITY.districts_of(lon, lat)

    assert answers == [oracle(TESTCITY, *point) for point in points]
    assert answers == [TESTCITY.district_of(LonLat(*point)) for point in points]


def test_a_real_citys_points_are_answered_like_the_oracle() -> None:
    yinchuan = load_place("yinchuan")
    rng = np.random.default_rng(7)
    box = yinchuan.bbox
    lon = rng.uniform(box.west - 0.05, box.east + 0.05, 400)
    lat = rng.uniform(box.south - 0.05, box.north + 0.05, 400)

    answers = yinchuan.districts_of(lon, lat)

    assert answers == [oracle(yinchuan, float(x), float(y)) for x, y in zip(lon, lat, strict=True)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("兴庆区", "640104"),
        ("兴庆", "640104"),
        (" 银川市兴庆区 ", "640104"),
        ("银川兴庆", "640104"),
        ("宁夏回族自治区银川市灵武市", "640181"),
        ("灵武", "640181"),
        ("640121", "640121"),
        ("\uff16\uff14\uff10\uff11\uff12\uff11", "640121"),
        ("Helan County", "640122"),
        ("helan", "640122"),
        ("金 凤 区", "640106"),
    ],
)
def test_a_unit_is_found_by_what_people_call_it(text: str, code: str) -> None:
    unit = load_place("yinchuan").unit_named(text)

    assert unit is not None
    assert unit.code == code


@pytest.mark.parametrize("text", ["", "银川市", "郑州市", "区", "640199"])
def test_no_unit_is_found_where_none_is_named(text: str) -> None:
    assert load_place("yinchuan").unit_named(text) is None


def test_a_unit_is_found_by_its_code_and_no_other() -> None:
    assert TESTCITY.unit("990102").name("en") == "Test District Two"
    with pytest.raises(InvalidValue, match="990199"):
        TESTCITY.unit("990199")


def test_a_place_without_settlements_gets_one_in_the_middle_of_each_unit() -> None:
    assert [settlement.unit_code for settlement in TESTCITY.settlements] == [unit.code for unit in TESTCITY.units]


def test_the_same_folder_read_twice_is_the_same_place() -> None:
    assert load_place(str(TESTCITY_DIR)) == TESTCITY


@pytest.mark.parametrize("name", ["atlantis", "", "..", "/nowhere"])
def test_an_unknown_place_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(UnknownPlace, match="yinchuan"):
        load_place(name)


def test_the_places_below_the_package_are_known_by_name() -> None:
    assert "yinchuan" in known_places()


def test_a_folder_that_names_other_units_than_it_draws_is_refused(tmp_path: Path) -> None:
    facts = json.loads((TESTCITY_DIR / "place.json").read_text(encoding="utf-8"))
    facts["units"].pop()
    (tmp_path / "place.json").write_text(json.dumps(facts), encoding="utf-8")
    (tmp_path / "units.geojson").write_bytes((TESTCITY_DIR / "units.geojson").read_bytes())

    with pytest.raises(InvalidValue, match="same units"):
        load_place(str(tmp_path))


def test_a_folder_with_a_missing_fact_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "place.json").write_text("{}", encoding="utf-8")
    (tmp_path / "units.geojson").write_text('{"features": []}', encoding="utf-8")

    with pytest.raises(InvalidValue, match="cannot be read"):
        load_place(str(tmp_path))


def test_units_out_of_order_are_refused() -> None:
    with pytest.raises(InvalidValue, match="order of their codes"):
        dataclasses.replace(TESTCITY, units=TESTCITY.units[::-1])


def test_two_units_of_one_name_are_refused() -> None:
    twin = dataclasses.replace(TESTCITY.units[1], name_zh=TESTCITY.units[0].name_zh)

    with pytest.raises(InvalidValue, match="Two units"):
        dataclasses.replace(TESTCITY, units=(TESTCITY.units[0], twin, *TESTCITY.units[2:]))


def test_an_outline_that_crosses_itself_is_refused() -> None:
    bow_tie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])

    with pytest.raises(InvalidValue, match="no valid polygon"):
        dataclasses.replace(TESTCITY.units[0], outline=bow_tie)
