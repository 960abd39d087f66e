"""Areas from which a station is reached in time."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import shapely

from geodata.coordinates import great_circle_m
from geodata.errors import InvalidValue
from geodata.travel.straight_line import TravelMode
from geodata.travel.street_isochrones import WIDTH_M
from geodata.travel.streets import Streets, StreetTravel, isochrones
from tests.geodata.travel.street_maps import at, helsinki, streets_of, write_map

ROAD = {"highway": "residential"}
STEP_M = float(great_circle_m(*at(0, 0), *at(0, 1)))
WALK_M_S = 4.8 / 3.6


def road(tmp_path: Path, **tags: str) -> Streets:
    """A long road north, and a way back far to the east."""
    places: dict[int, tuple[float, float]] = {1: (0, 0), 2: (0, 20), 3: (30, 20), 4: (30, 0)}
    return streets_of(write_map(tmp_path / "road.osm.pbf", places, [([1, 2], {**ROAD, **tags}), ([2, 3, 4, 1], ROAD)]))


def south_and_north(area: shapely.MultiPolygon) -> tuple[float, float]:
    """How far it reaches south and north of row 10, in metres."""
    _west, south, _east, north = area.bounds
    return ((at(0, 10)[1] - south) / 0.001 * STEP_M, (north - at(0, 10)[1]) / 0.001 * STEP_M)


def one(travel: StreetTravel, place: tuple[float, float], within_s: float) -> shapely.MultiPolygon:
    (area,) = isochrones(travel, np.array([place[0]]), np.array([place[1]]), within_s=within_s)
    return area


def test_it_ends_where_the_time_runs_out_in_the_middle_of_a_block(tmp_path: Path) -> None:
    travel = StreetTravel(streets=road(tmp_path), mode=TravelMode.WALK)

    area = one(travel, at(0, 10), within_s=300 / WALK_M_S)

    assert south_and_north(area) == pytest.approx((300 + WIDTH_M, 300 + WIDTH_M), abs=6)


def test_on_a_one_way_street_it_lies_where_one_comes_from(tmp_path: Path) -> None:
    travel = StreetTravel(streets=road(tmp_path, oneway="yes"), mode=TravelMode.EBIKE)

    area = one(travel, at(0, 10), within_s=300 / (18 / 3.6))

    assert south_and_north(area) == pytest.approx((300 + WIDTH_M, WIDTH_M), abs=6)


def test_a_longer_time_covers_all_that_a_shorter_one_did() -> None:
    streets = streets_of(helsinki())
    lon, lat = np.array([24.944, 24.948]), np.array([60.170, 60.174])
    for mode in TravelMode:
        travel = StreetTravel(streets=streets, mode=mode)
        short, long = (isochrones(travel, lon, lat, within_s=seconds) for seconds in (60.0, 120.0))
        for less, more in zip(short, long, strict=True):
            assert less.is_valid
            assert 0 < less.area < more.area
            assert less.difference(more).area < 0.02 * less.area


def test_places_within_the_time_lie_in_it_and_places_well_beyond_do_not() -> None:
    travel = StreetTravel(streets=streets_of(helsinki()), mode=TravelMode.WALK)
    graph = travel.paths.graph
    station = np.array([24.944]), np.array([60.170])
    (area,) = isochrones(travel, *station, within_s=240.0)

    pairs = travel.pairs(graph.lon, graph.lat, *station, reach_m=None, reach_s=None)
    leg_s = travel.snap(*station).leg_m[0] / WALK_M_S
    time_s = np.full(graph.node_count, math.inf)
    time_s[pairs.point_ids] = pairs.time_s - leg_s
    inside = shapely.contains_xy(area, graph.lon, graph.lat)

    assert inside[time_s <= 238].all()
    # What is left: passages below and above the streets, which an outline cannot tell apart from them.
    holes_and_frontage_s = 3 * WIDTH_M / WALK_M_S
    assert (inside & (time_s > 240 + holes_and_frontage_s)).sum() < 0.1 * inside.sum()


def test_a_station_off_the_streets_has_none(tmp_path: Path) -> None:
    travel = StreetTravel(streets=road(tmp_path), mode=TravelMode.WALK)

    assert one(travel, at(-15, 10), within_s=600).is_empty
    assert one(travel, (math.nan, math.nan), within_s=600).is_empty


@pytest.mark.parametrize("within_s", [0.0, -5.0, math.nan, math.inf])
def test_a_time_that_is_none_is_refused(tmp_path: Path, within_s: float) -> None:
    with pytest.raises(InvalidValue):
        one(StreetTravel(streets=road(tmp_path), mode=TravelMode.WALK), at(0, 10), within_s)
