"""The distance to the nearest station, for more points than are looked up at a time."""

from __future__ import annotations

import numpy as np

from geodata.coordinates import great_circle_m
from geodata.coverage.reach import nearest_m


def test_every_point_of_many_gets_its_own_nearest_station() -> None:
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(105, 107, 140_000), rng.uniform(37, 39, 140_000)
    station_lon, station_lat = np.array([105.5, np.nan, 106.9, 106.0]), np.array([38.5, np.nan, 37.2, 38.0])

    found_m = nearest_m(lon, lat, station_lon, station_lat)

    placed = [0, 2, 3]
    each_m = [great_circle_m(lon, lat, station_lon[row], station_lat[row]) for row in placed]
    np.testing.assert_allclose(found_m, np.min(each_m, axis=0), rtol=0, atol=1e-6)


def test_without_stations_everything_is_infinitely_far() -> None:
    nowhere = np.array([np.nan])

    assert nearest_m(np.zeros(3), np.zeros(3), nowhere, nowhere).tolist() == [np.inf] * 3
    assert nearest_m(np.zeros(0), np.zeros(0), nowhere, nowhere).tolist() == []
