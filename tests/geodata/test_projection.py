"""Metres and square metres against independent ways to get them."""

from __future__ import annotations

import geopandas
import numpy as np
import pytest
import shapely

from geodata.coordinates import LonLat, great_circle_m
from geodata.projection import LocalPlane, geodesic_area_m2

EQUAL_AREA = "EPSG:6933"


def test_an_area_agrees_with_an_equal_area_projection() -> None:
    hexagon = shapely.Point(106.2, 38.5).buffer(0.2, quad_segs=16)
    projected = geopandas.GeoSeries([hexagon], crs="EPSG:4326").to_crs(EQUAL_AREA)

    assert geodesic_area_m2(hexagon) == pytest.approx(float(projected.area.iloc[0]), rel=1e-5)


def test_an_area_does_not_depend_on_the_direction_of_its_ring() -> None:
    square = shapely.box(106.0, 38.0, 106.1, 38.1)

    assert geodesic_area_m2(square) == pytest.approx(geodesic_area_m2(square.reverse()), rel=1e-12)


def test_a_hole_is_no_area() -> None:
    outer, hole = shapely.box(106.0, 38.0, 106.4, 38.4), shapely.box(106.1, 38.1, 106.2, 38.2)
    holed = shapely.Polygon(outer.exterior.coords, [hole.exterior.coords])

    assert geodesic_area_m2(holed) == pytest.approx(geodesic_area_m2(outer) - geodesic_area_m2(hole), rel=1e-9)


def test_a_plane_gives_back_the_degrees_it_was_given() -> None:
    plane = LocalPlane(LonLat(106.2, 38.4))
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(105, 107, 50), rng.uniform(37, 39, 50)

    there_and_back = plane.to_lonlat(*plane.to_xy_m(lon, lat))

    np.testing.assert_allclose(there_and_back, (lon, lat), atol=1e-10)


def test_distances_on_the_plane_are_those_on_the_ground() -> None:
    plane = LocalPlane(LonLat(106.2, 38.4))
    x_m, y_m = plane.to_xy_m([106.3, 106.35], [38.5, 38.45])

    on_plane_m = float(np.hypot(x_m[1] - x_m[0], y_m[1] - y_m[0]))

    # The sphere of the great circle and the ellipsoid differ by up to half a per cent.
    assert on_plane_m == pytest.approx(float(great_circle_m(106.3, 38.5, 106.35, 38.45)), rel=5e-3)


def test_a_long_edge_along_a_parallel_stays_where_it_is_on_the_ground() -> None:
    plane = LocalPlane(LonLat(113.45, 34.65))
    edge = plane.flatten(shapely.LineString([(112.6, 35.1), (113.45, 35.1)]))
    x_m, y_m = plane.to_xy_m(113.0, 35.1)

    assert edge.distance(shapely.Point(float(x_m), float(y_m))) < 0.1
