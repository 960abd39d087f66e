"""Stations by H3 cell, and up to which distance somebody who holds some cells misses nothing."""

from __future__ import annotations

from typing import Any

import h3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.coordinates import Floats, great_circle_m
from geodata.stations.cells import RESOLUTION, station_cells

LONS = st.floats(100, 118)
LATS = st.floats(25, 40)


def known_within_m(cells: Any, held: set[str], lon: float, lat: float) -> float:
    """The phone's bound (static/js/cells.js)."""
    missing = (cell for cell in cells.values() if cell.id not in held)
    return min(
        (
            max(0.0, float(great_circle_m(lon, lat, cell.center.lon, cell.center.lat)) - cell.reach_m)
            for cell in missing
        ),
        default=np.inf,
    )


def some_positions(count: int = 400) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(4)
    return rng.uniform(104, 107, count).round(6), rng.uniform(34, 37, count).round(6)


def test_each_station_is_in_the_one_cell_it_stands_in() -> None:
    lon, lat = some_positions()

    cells = station_cells(lon, lat)

    assert list(cells) == sorted(cells)
    assert sorted(np.concatenate([cell.rows for cell in cells.values()]).tolist()) == list(range(len(lon)))
    for cell in cells.values():
        assert {h3.latlng_to_cell(lat[row], lon[row], RESOLUTION) for row in cell.rows} == {cell.id}
        assert cell.rows.tolist() == sorted(cell.rows.tolist())


def test_a_station_without_a_position_is_in_no_cell() -> None:
    cells = station_cells(np.array([105.0, np.nan]), np.array([35.0, np.nan]))

    assert [cell.rows.tolist() for cell in cells.values()] == [[0]]
    assert station_cells(np.array([]), np.array([])) == {}
    assert station_cells(np.array([np.nan]), np.array([np.nan])) == {}


def test_neighbours_are_the_cells_around_that_hold_stations() -> None:
    cells = station_cells(*some_positions())

    for cell in cells.values():
        around = cell.neighbours(cells)
        assert cell.id not in around
        assert set(around) == {each for each in cells if h3.are_neighbor_cells(each, cell.id)}


@settings(max_examples=60)
@given(st.lists(st.tuples(LONS, LATS), min_size=1, max_size=25), LONS, LATS, st.data())
def test_no_station_that_is_missing_stands_nearer_than_the_bound(
    positions: list[tuple[float, float]], lon: float, lat: float, data: st.DataObject
) -> None:
    lons, lats = (np.array(each).round(6) for each in zip(*positions, strict=True))
    cells = station_cells(lons, lats)
    held = data.draw(st.sets(st.sampled_from(sorted(cells))))

    bound_m = known_within_m(cells, held, lon, lat)

    missing = [row for cell in cells.values() if cell.id not in held for row in cell.rows]
    assert all(great_circle_m(lon, lat, lons[row], lats[row]) >= bound_m for row in missing)


def test_who_holds_a_cell_and_those_around_it_knows_what_is_near() -> None:
    """With stations everywhere the bound is never small: that is what the neighbours are fetched for."""
    grid = np.array([(x, y) for x in np.arange(104, 109, 0.08) for y in np.arange(33, 38, 0.08)])
    cells = station_cells(grid[:, 0], grid[:, 1])
    rng = np.random.default_rng(7)

    for lon, lat in zip(rng.uniform(105.5, 107.5, 200), rng.uniform(34.5, 36.5, 200), strict=True):
        home = min(cells.values(), key=lambda cell: float(great_circle_m(lon, lat, cell.center.lon, cell.center.lat)))
        held = {home.id, *home.neighbours(cells)}
        assert known_within_m(cells, held, lon, lat) > 10_000


@pytest.mark.parametrize("lon", [179.9999, -179.9999])
def test_a_cell_on_the_antimeridian_reaches_round_its_stations(lon: float) -> None:
    cells = station_cells(np.array([lon]), np.array([10.0]))

    (cell,) = cells.values()
    assert great_circle_m(cell.center.lon, cell.center.lat, lon, 10.0) < cell.reach_m < 40_000
