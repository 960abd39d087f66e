"""Clusters by map tile: the sorted array gives what counting square by square gives."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.stations.clusters import MAX_TILE_ZOOM, SQUARES_ZOOM, ClusterIndex

COUNT = 500


def square_of(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """Column and row of the web map tile a position lies in, by the textbook's formula."""
    side = 1 << zoom
    phi = math.radians(lat)
    x = (lon + 180.0) / 360.0 * side
    y = (1.0 - math.log(math.tan(phi) + 1.0 / math.cos(phi)) / math.pi) / 2.0 * side
    return math.floor(x), math.floor(y)


@pytest.fixture(scope="module")
def positions() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(11)
    return rng.normal(106, 2, COUNT).round(6), rng.normal(36, 2, COUNT).round(6)


@settings(max_examples=40)
@given(zoom=st.integers(0, MAX_TILE_ZOOM), row=st.integers(0, COUNT - 1))
def test_a_tiles_clusters_are_its_squares_with_their_mean_place(
    zoom: int, row: int, positions: tuple[np.ndarray, np.ndarray]
) -> None:
    lon, lat = positions
    x, y = square_of(lon[row], lat[row], zoom)

    clusters = ClusterIndex(lon, lat).tile(zoom, x, y)

    expected: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for each_lon, each_lat in zip(lon.tolist(), lat.tolist(), strict=True):
        if square_of(each_lon, each_lat, zoom) == (x, y):
            square = square_of(each_lon, each_lat, zoom + SQUARES_ZOOM)
            expected.setdefault(square, []).append((each_lon, each_lat))
    means = {(round(c.lon, 9), round(c.lat, 9), c.count) for c in clusters}
    assert means == {
        (*(round(float(mean), 9) for mean in np.mean(members, axis=0)), len(members)) for members in expected.values()
    }
    assert len(clusters) == len(expected) >= 1


def test_four_tiles_hold_what_the_one_above_them_holds(positions: tuple[np.ndarray, np.ndarray]) -> None:
    index = ClusterIndex(*positions)

    whole = sum(cluster.count for cluster in index.tile(0, 0, 0))
    parts = sum(cluster.count for x in (0, 1) for y in (0, 1) for cluster in index.tile(1, x, y))

    assert whole == parts == COUNT


def test_nobody_without_a_position_is_counted_and_poles_do_not_fall_off() -> None:
    index = ClusterIndex(np.array([np.nan, 180.0, -180.0]), np.array([np.nan, 90.0, -90.0]))

    assert sum(cluster.count for cluster in index.tile(0, 0, 0)) == 2
    assert index.tile(9, 300, 200) == ()
    assert ClusterIndex(np.array([]), np.array([])).tile(0, 0, 0) == ()


@pytest.mark.parametrize("tile", [(-1, 0, 0), (MAX_TILE_ZOOM + 1, 0, 0), (3, 8, 0), (3, 0, 8), (3, -1, 0)])
def test_a_tile_that_is_none_is_refused(tile: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no tile"):
        ClusterIndex(np.array([106.0]), np.array([38.0])).tile(*tile)
