"""Positions: their invariants, the three coordinate systems, distances."""

from __future__ import annotations

import math

import numpy as np
import prcoords
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geodata.coordinates import (
    EARTH_RADIUS_M,
    BBox,
    Crs,
    LonLat,
    chord_of,
    convert,
    convert_point,
    great_circle_m,
    unit_sphere,
)
from geodata.errors import InvalidCoordinate

LONGITUDES = st.floats(-180, 180)
LATITUDES = st.floats(-90, 90)
POINTS = st.builds(LonLat, LONGITUDES, LATITUDES)
IN_CHINA = st.tuples(st.floats(73.7, 134.7), st.floats(18.2, 53.4))
SHIFTED = (Crs.GCJ02, Crs.BD09)
# Far outside the rectangle in which the offset is applied.
ABROAD = st.tuples(st.floats(-180, 70), LATITUDES) | st.tuples(LONGITUDES, st.floats(-90, 0))


def metres(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    return float(great_circle_m(lon, lat, other_lon, other_lat))


# --- LonLat and BBox -----------------------------------------------------------------------------


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("field", ["lon", "lat"])
def test_a_position_is_finite(field: str, value: float) -> None:
    degrees = {"lon": 106.2, "lat": 38.5, field: value}

    with pytest.raises(InvalidCoordinate, match=f"{field} must be a finite number") as refused:
        LonLat(**degrees)

    assert (refused.value.field, refused.value.code) == (field, "not_finite")


def test_swapped_axes_are_called_by_their_name() -> None:
    with pytest.raises(InvalidCoordinate, match="Are longitude and latitude swapped") as refused:
        LonLat(38.5, 106.2)

    assert (refused.value.field, refused.value.code) == ("lat", "swapped_axes")


@pytest.mark.parametrize(("lon", "lat", "field"), [(180.001, 0, "lon"), (-181, 0, "lon"), (0, 181, "lat")])
def test_a_position_lies_on_the_globe(lon: float, lat: float, field: str) -> None:
    with pytest.raises(InvalidCoordinate, match="must lie between") as refused:
        LonLat(lon, lat)

    assert (refused.value.field, refused.value.code) == (field, "out_of_range")


@given(POINTS)
def test_a_published_position_has_six_decimals_and_is_published_as_itself(point: LonLat) -> None:
    published = point.rounded()

    assert published.rounded() == published
    assert abs(published.lon - point.lon) <= 0.5000001e-6
    assert abs(published.lat - point.lat) <= 0.5000001e-6


@given(POINTS, POINTS)
def test_a_box_contains_its_corners_and_its_middle(one: LonLat, other: LonLat) -> None:
    (west, east), (south, north) = sorted((one.lon, other.lon)), sorted((one.lat, other.lat))
    box = BBox(west, south, east, north)

    assert all(box.contains(LonLat(lon, lat)) for lon in (west, east) for lat in (south, north))
    assert box.contains(box.center)


@given(POINTS, POINTS, POINTS)
def test_a_box_contains_what_lies_between_its_sides(one: LonLat, other: LonLat, point: LonLat) -> None:
    (west, east), (south, north) = sorted((one.lon, other.lon)), sorted((one.lat, other.lat))

    inside = BBox(west, south, east, north).contains(point)

    assert inside == (west <= point.lon <= east and south <= point.lat <= north)


@pytest.mark.parametrize("sides", [(107.0, 38.0, 106.0, 39.0), (106.0, 39.0, 107.0, 38.0)])
def test_a_box_inside_out_is_refused(sides: tuple[float, float, float, float]) -> None:
    with pytest.raises(InvalidCoordinate, match="The box's") as refused:
        BBox(*sides)

    assert (refused.value.field, refused.value.code) == ("bbox", "box_order")


def test_a_box_with_a_side_off_the_globe_is_refused() -> None:
    with pytest.raises(InvalidCoordinate, match="swapped"):
        BBox(38.0, 106.0, 39.0, 107.0)


# --- great-circle distance -----------------------------------------------------------------------


def vincenty_on_a_sphere_m(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """The arctangent form, exact at every distance; independent of the haversine."""
    phi1, phi2, dlambda = math.radians(lat1), math.radians(lat2), math.radians(lon2 - lon1)
    east = math.cos(phi2) * math.sin(dlambda)
    north = math.cos(phi1) * math.sin(phi2) - math.sin(phi1) * math.cos(phi2) * math.cos(dlambda)
    along = math.sin(phi1) * math.sin(phi2) + math.cos(phi1) * math.cos(phi2) * math.cos(dlambda)
    return 6_371_008.8 * math.atan2(math.hypot(east, north), along)


@given(POINTS, POINTS)
@example(LonLat(0, 0), LonLat(180, 0))
@example(LonLat(106.2, 90), LonLat(-73.8, -90))
def test_distance_agrees_with_the_arctangent_form(one: LonLat, other: LonLat) -> None:
    expected_m = vincenty_on_a_sphere_m(one.lon, one.lat, other.lon, other.lat)
    # The haversine loses digits near the antipode only.
    tolerance_m = 1e-6 if expected_m < 19_900_000 else 0.5

    assert metres(one.lon, one.lat, other.lon, other.lat) == pytest.approx(expected_m, abs=tolerance_m)


@given(POINTS, st.floats(-5e-6, 5e-6), st.floats(-5e-6, 5e-6))
def test_distance_is_exact_within_a_metre_too(point: LonLat, east_deg: float, north_deg: float) -> None:
    other = LonLat(max(-180, min(180, point.lon + east_deg)), max(-90, min(90, point.lat + north_deg)))

    assert metres(point.lon, point.lat, other.lon, other.lat) == pytest.approx(
        vincenty_on_a_sphere_m(point.lon, point.lat, other.lon, other.lat), abs=1e-8
    )


@given(POINTS, POINTS)
def test_there_is_as_far_as_back_and_here_is_no_way(one: LonLat, other: LonLat) -> None:
    there, back = metres(one.lon, one.lat, other.lon, other.lat), metres(other.lon, other.lat, one.lon, one.lat)

    assert there == pytest.approx(back, abs=1e-9)
    assert metres(one.lon, one.lat, one.lon, one.lat) == 0


@given(POINTS, POINTS)
def test_a_chord_lies_below_its_arc(one: LonLat, other: LonLat) -> None:
    ends = unit_sphere([one.lon, other.lon], [one.lat, other.lat])

    chord = float(np.linalg.norm(ends[0] - ends[1]))

    assert chord == pytest.approx(chord_of(metres(one.lon, one.lat, other.lon, other.lat)), abs=1e-12)


def test_no_chord_is_longer_than_the_diameter() -> None:
    assert chord_of(10 * math.pi * EARTH_RADIUS_M) == 2


# --- WGS-84, GCJ-02, BD-09 -------------------------------------------------------------------------


@given(IN_CHINA)
def test_gcj02_is_the_independent_package_s(point: tuple[float, float]) -> None:
    lon, lat = point
    expected = prcoords.wgs_gcj((lat, lon))

    shifted = convert_point(lon, lat, Crs.WGS84, Crs.GCJ02)

    assert metres(*shifted, expected.lon, expected.lat) < 1e-6


@given(IN_CHINA)
def test_bd09_is_the_independent_package_s(point: tuple[float, float]) -> None:
    lon, lat = point
    expected = prcoords.wgs_bd((lat, lon))

    shifted = convert_point(lon, lat, Crs.WGS84, Crs.BD09)

    assert metres(*shifted, expected.lon, expected.lat) < 1e-6


@given(IN_CHINA, st.sampled_from(Crs), st.sampled_from(Crs))
@example((105.0, 35.0), Crs.GCJ02, Crs.WGS84)  # where the offset's square root has no slope
@example((105.0 - 1e-9, 37.5), Crs.BD09, Crs.WGS84)
def test_there_and_back_is_less_than_a_micrometre_off(point: tuple[float, float], source: Crs, target: Crs) -> None:
    there = convert_point(*point, source, target)

    back = convert_point(*there, target, source)

    assert metres(*back, *point) < 1e-6


@given(ABROAD, st.sampled_from(Crs), st.sampled_from(Crs))
def test_points_abroad_pass_unchanged(point: tuple[float, float], source: Crs, target: Crs) -> None:
    assert convert_point(*point, source, target) == point


@given(IN_CHINA, st.sampled_from(Crs))
def test_the_same_system_changes_nothing(point: tuple[float, float], crs: Crs) -> None:
    assert convert_point(*point, crs, crs) == point


def test_in_yinchuan_the_shifts_are_hundreds_of_metres() -> None:
    off_m = {crs: metres(106.2309, 38.4872, *convert_point(106.2309, 38.4872, Crs.WGS84, crs)) for crs in SHIFTED}

    assert 300 < off_m[Crs.GCJ02] < 700
    assert 900 < off_m[Crs.BD09] < 1400


@given(st.lists(IN_CHINA | ABROAD, max_size=6), st.sampled_from(Crs), st.sampled_from(Crs))
def test_an_array_is_converted_point_by_point(points: list[tuple[float, float]], source: Crs, target: Crs) -> None:
    lon, lat = np.array(points, dtype=np.float64).reshape(-1, 2).T

    together = np.column_stack(convert(lon, lat, source, target))

    alone = np.array([convert_point(*point, source, target) for point in points], dtype=np.float64).reshape(-1, 2)
    assert together == pytest.approx(alone, abs=1e-12)


def test_conversion_keeps_the_shape_and_leaves_its_input_alone() -> None:
    lon, lat = np.full((2, 3), 106.2), np.full((2, 3), 38.5)

    shifted_lon, shifted_lat = convert(lon, lat, Crs.WGS84, Crs.BD09)

    assert shifted_lon.shape == shifted_lat.shape == (2, 3)
    assert (lon == 106.2).all()
    assert (lat == 38.5).all()
