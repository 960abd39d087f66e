"""Travel along streets: against networkx on a real extract, and by hand on drawn maps."""

from __future__ import annotations

import math
import pickle
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest

from geodata.coordinates import great_circle_m
from geodata.errors import InvalidValue
from geodata.travel.pairs import Network
from geodata.travel.straight_line import TravelMode
from geodata.travel.street_files import Streets
from geodata.travel.street_pairs import StreetTravel
from tests.geodata.travel import street_oracle
from tests.geodata.travel.street_maps import asked, at, helsinki, streets_of, times, write_map

WALK, EBIKE, CAR = TravelMode.WALK, TravelMode.EBIKE, TravelMode.CAR
STEP_M = float(great_circle_m(*at(0, 0), *at(0, 1)))
WALK_M_S = 4.8 / 3.6
ROAD = {"highway": "residential"}


@pytest.fixture(scope="module")
def city() -> Streets:
    return streets_of(helsinki())


@pytest.fixture(scope="module", params=list(TravelMode))
def mode_and_graph(request: pytest.FixtureRequest) -> tuple[TravelMode, street_oracle.Graph]:
    return request.param, street_oracle.graph_of(helsinki(), request.param)


def road(tmp_path: Path, tags: dict[str, str] | None = None, **nodes: dict[int, dict[str, str]]) -> Streets:
    """Nodes 1 to 4 north of one another along one road, and a loop around so that one-way roads hang together."""
    places: dict[int, tuple[float, float]] = {1: (0, 0), 2: (0, 1), 3: (0, 2), 4: (0, 3), 5: (2, 3), 6: (2, 0)}
    ways = [([1, 2, 3, 4], {**ROAD, **(tags or {})}), ([4, 5, 6, 1], ROAD)]
    return streets_of(write_map(tmp_path / "road.osm.pbf", places, ways, nodes.get("nodes")))


# --- against networkx ---------------------------------------------------------------------------


def test_a_real_city_has_the_same_streets_as_networkx_finds(
    city: Streets, mode_and_graph: tuple[TravelMode, street_oracle.Graph]
) -> None:
    mode, oracle = mode_and_graph
    graph = city.graphs[mode]

    assert graph.node_count == oracle.number_of_nodes()
    assert graph.edge_count == oracle.number_of_edges()
    assert graph.length_m.sum() == pytest.approx(
        sum(edge["metres"] for _a, _b, edge in oracle.edges(data=True)), rel=1e-9
    )


def test_ways_between_street_corners_are_those_of_networkx(
    city: Streets, mode_and_graph: tuple[TravelMode, street_oracle.Graph]
) -> None:
    mode, oracle = mode_and_graph
    corners = sorted(node for node in oracle if isinstance(node, int) and oracle.degree(node) >= 6)
    rng = np.random.default_rng(7)
    starts, goals = (rng.choice(corners, 15, replace=False).tolist() for _side in range(2))
    travel = StreetTravel(streets=city, mode=mode)

    found = times(asked(travel, [oracle.nodes[n]["at"] for n in starts], [oracle.nodes[n]["at"] for n in goals]))

    assert len(found) == 15 * 15
    for row, goal in enumerate(goals):
        weight = "seconds" if mode is CAR else "metres"
        backwards = oracle.reverse(copy=False)
        costs = nx.single_source_dijkstra_path_length(backwards, goal, weight=weight)
        ways = nx.single_source_dijkstra_path(backwards, goal, weight=weight)
        for number, start in enumerate(starts):
            metres, seconds = found[number, row]
            path = ways[start][::-1]
            length_m = sum(oracle.edges[a, b]["metres"] for a, b in pairwise(path))
            speed_m_s = {WALK: 4.8, EBIKE: 18.0}.get(mode, math.nan) / 3.6
            expected_s = costs[start] if mode is CAR else length_m / speed_m_s
            assert seconds == pytest.approx(expected_s, rel=1e-6, abs=1e-9)
            assert metres == pytest.approx(length_m, rel=1e-6, abs=1e-9)


def test_anywhere_in_a_real_city_the_nearest_street_is_the_one_found_by_trying_all(
    city: Streets, mode_and_graph: tuple[TravelMode, street_oracle.Graph]
) -> None:
    mode, oracle = mode_and_graph
    rng = np.random.default_rng(11)
    lon, lat = rng.uniform(24.936, 24.953, 12), rng.uniform(60.165, 60.179, 12)

    snapped = StreetTravel(streets=city, mode=mode).snap(lon, lat)

    for row in range(12):
        metres = street_oracle.nearest_street_m(oracle, float(lon[row]), float(lat[row]))
        assert snapped.leg_m[row] == pytest.approx(metres, rel=0.004, abs=0.02)


def test_the_nearest_station_by_one_search_is_the_first_of_all_pairs(city: Streets) -> None:
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(24.935, 24.954, 200), rng.uniform(60.164, 60.18, 200)
    stations = lon[:30].copy(), lat[:30].copy()
    stations[0][7], stations[1][7] = stations[0][3], stations[1][3]
    for mode in TravelMode:
        travel = StreetTravel(streets=city, mode=mode)

        pairs = travel.pairs(lon, lat, *stations, reach_m=None, reach_s=240.0)
        nearest = travel.nearest(lon, lat, *stations, reach_s=240.0)

        starts = pairs.starts()
        has_one = np.diff(starts) > 0
        first = starts[:-1][has_one]
        assert np.array_equal(nearest.station_rows >= 0, has_one)
        assert np.array_equal(nearest.station_rows[has_one], pairs.station_rows[first])
        assert nearest.time_s[has_one] == pytest.approx(pairs.time_s[first], rel=1e-9, abs=1e-9)
        assert nearest.distance_m[has_one] == pytest.approx(pairs.distance_m[first], rel=1e-9, abs=1e-9)


def test_a_cut_off_keeps_just_the_pairs_within_it(city: Streets) -> None:
    rng = np.random.default_rng(5)
    lon, lat = rng.uniform(24.935, 24.954, 60), rng.uniform(60.164, 60.18, 60)
    for mode in TravelMode:
        travel = StreetTravel(streets=city, mode=mode)
        everything = times(travel.pairs(lon, lat, lon[:20], lat[:20], reach_m=None, reach_s=None))

        for reach_m, reach_s in ((400.0, None), (None, 200.0), (500.0, 150.0)):
            within = times(travel.pairs(lon, lat, lon[:20], lat[:20], reach_m=reach_m, reach_s=reach_s))

            assert within.keys() == {
                pair
                for pair, (metres, seconds) in everything.items()
                if metres <= (reach_m or math.inf) and seconds <= (reach_s or math.inf)
            }
            for pair, numbers in within.items():
                assert numbers == pytest.approx(everything[pair], rel=1e-9)


# --- by hand ------------------------------------------------------------------------------------


def test_a_place_in_the_middle_of_a_block_is_tied_there_and_not_to_a_corner(tmp_path: Path) -> None:
    travel = StreetTravel(streets=road(tmp_path), mode=WALK)

    metres, seconds = times(asked(travel, [at(0, 0.5)], [at(0, 2.25)]))[0, 0]

    assert metres == pytest.approx(1.75 * STEP_M, rel=1e-6)
    assert seconds == pytest.approx(metres / WALK_M_S)


def test_the_legs_to_and_from_the_street_are_walked_and_counted(tmp_path: Path) -> None:
    travel = StreetTravel(streets=road(tmp_path), mode=EBIKE)
    leg_m = float(great_circle_m(*at(0, 1), *at(-0.5, 1)))

    metres, seconds = times(asked(travel, [at(-0.5, 1)], [at(-0.5, 3)]))[0, 0]

    assert metres == pytest.approx(2 * STEP_M + 2 * leg_m, rel=1e-5)
    assert seconds == pytest.approx(2 * STEP_M / (18 / 3.6) + 2 * leg_m / WALK_M_S, rel=1e-5)


def test_a_one_way_street_is_ridden_one_way_and_walked_both_ways(tmp_path: Path) -> None:
    streets = road(tmp_path, {"oneway": "yes"})
    around_m = float(great_circle_m(*at(0, 3), *at(2, 3)) + great_circle_m(*at(0, 0), *at(2, 0))) + 3 * STEP_M

    for mode, back_m in ((EBIKE, around_m + STEP_M), (WALK, 2 * STEP_M)):
        there, back = (
            times(asked(StreetTravel(streets=streets, mode=mode), [start], [goal]))[0, 0][0]
            for start, goal in ((at(0, 0.5), at(0, 2.5)), (at(0, 2.5), at(0, 0.5)))
        )
        assert there == pytest.approx(2 * STEP_M, rel=1e-6)
        assert back == pytest.approx(back_m, rel=1e-6)


def test_within_one_piece_of_a_one_way_street_going_back_means_going_around(tmp_path: Path) -> None:
    travel = StreetTravel(streets=road(tmp_path, {"oneway": "-1"}), mode=CAR)

    against, along = (
        times(asked(travel, [start], [goal]))[0, 0][0]
        for start, goal in ((at(0, 1.2), at(0, 1.7)), (at(0, 1.7), at(0, 1.2)))
    )

    assert along == pytest.approx(0.5 * STEP_M, rel=1e-6)
    assert against > 5 * STEP_M


def test_a_bollard_stops_cars_and_nobody_else(tmp_path: Path) -> None:
    streets = road(tmp_path, nodes={2: {"barrier": "bollard"}})

    for mode, is_direct in ((WALK, True), (EBIKE, True), (CAR, False)):
        metres, _seconds = times(asked(StreetTravel(streets=streets, mode=mode), [at(0, 0.5)], [at(0, 1.5)]))[0, 0]
        assert (metres == pytest.approx(STEP_M, rel=1e-6)) is is_direct


def test_the_quickest_way_counts_and_the_distance_is_its_own(tmp_path: Path) -> None:
    places: dict[int, tuple[float, float]] = {1: (0, 0), 2: (0, 2), 3: (1, 0), 4: (1, 2)}
    slow, fast = {"highway": "residential", "maxspeed": "10"}, {"highway": "primary", "maxspeed": "80"}
    streets = streets_of(write_map(tmp_path / "two.osm.pbf", places, [([1, 2], slow), ([1, 3, 4, 2], fast)]))
    sides_m = float(great_circle_m(*at(0, 0), *at(1, 0)) + great_circle_m(*at(0, 2), *at(1, 2)))

    metres, seconds = times(asked(StreetTravel(streets=streets, mode=CAR), [at(0, 0)], [at(0, 2)]))[0, 0]

    assert metres == pytest.approx(2 * STEP_M + sides_m, rel=1e-9)
    assert seconds == pytest.approx(metres / (80 / 3.6), rel=1e-9)


def test_places_nearer_to_one_another_than_to_the_street_are_reached_straight(tmp_path: Path) -> None:
    travel = StreetTravel(streets=road(tmp_path), mode=CAR)

    found = times(asked(travel, [at(-1, 1)], [at(-1, 1), at(-1, 1.5)]))

    assert found[0, 0] == (0.0, 0.0)
    assert found[0, 1] == pytest.approx((0.5 * STEP_M, 0.5 * STEP_M / WALK_M_S), rel=1e-9)


def test_too_far_from_a_street_is_unreachable_and_listed_and_in_no_pair(tmp_path: Path) -> None:
    travel = StreetTravel(streets=road(tmp_path), mode=WALK, snap_limit_m=300.0)
    nowhere = (math.nan, math.nan)

    pairs = asked(travel, [at(0, 1), at(-10, 1), nowhere], [at(0, 2), at(0, 20)])

    assert pairs.unreachable_point_ids.tolist() == [1, 2]
    assert pairs.unreachable_station_rows.tolist() == [1]
    assert set(times(pairs)) == {(0, 0)}
    assert np.isfinite(pairs.distance_m).all()


def test_thresholds_count_as_reached(tmp_path: Path) -> None:
    travel = StreetTravel(streets=road(tmp_path), mode=WALK)
    metres, seconds = times(asked(travel, [at(0, 0)], [at(0, 3)]))[0, 0]

    assert times(asked(travel, [at(0, 0)], [at(0, 3)], reach_m=metres, reach_s=seconds))
    assert not times(asked(travel, [at(0, 0)], [at(0, 3)], reach_m=metres * (1 - 1e-12)))


def test_within_nothing_is_only_where_one_stands(tmp_path: Path) -> None:
    travel = StreetTravel(streets=road(tmp_path), mode=WALK)

    found = times(asked(travel, [at(0, 1), at(-0.5, 2)], [at(0, 1), at(-0.5, 2), at(0, 2)], reach_m=0.0, reach_s=0.0))

    assert found == {(0, 0): (0.0, 0.0), (1, 1): (0.0, 0.0)}


def test_the_straight_way_is_found_for_short_legs_and_long_ones_alike(city: Streets) -> None:
    rng = np.random.default_rng(13)
    lon, lat = rng.uniform(24.93, 24.958, 300), rng.uniform(60.162, 60.182, 300)
    travel = StreetTravel(streets=city, mode=CAR, snap_limit_m=2000.0)
    legs_m = travel.snap(lon, lat).leg_m

    pairs = travel.pairs(lon, lat, lon[:40], lat[:40], reach_m=None, reach_s=None)

    straight_m = great_circle_m(
        lon[pairs.point_ids], lat[pairs.point_ids], lon[pairs.station_rows], lat[pairs.station_rows]
    )
    is_straight = straight_m <= legs_m[pairs.point_ids] + legs_m[pairs.station_rows]
    assert is_straight.sum() > 100
    assert np.array_equal(np.isclose(pairs.distance_m, straight_m, rtol=1e-12, atol=1e-9), is_straight)


def test_the_order_of_points_and_stations_changes_no_answer(city: Streets) -> None:
    rng = np.random.default_rng(17)
    lon, lat = rng.uniform(24.936, 24.953, 50), rng.uniform(60.165, 60.179, 50)
    mixed = rng.permutation(50)
    travel = StreetTravel(streets=city, mode=CAR)

    straight_on = times(travel.pairs(lon, lat, lon[:15], lat[:15], reach_m=None, reach_s=300.0))
    shuffled = times(travel.pairs(lon[mixed], lat[mixed], lon[14::-1], lat[14::-1], reach_m=None, reach_s=300.0))

    assert {(int(mixed[point]), 14 - station): numbers for (point, station), numbers in shuffled.items()} == {
        pair: pytest.approx(numbers, rel=1e-12) for pair, numbers in straight_on.items()
    }


def test_travel_can_be_sent_to_another_process(city: Streets) -> None:
    travel = StreetTravel(streets=city, mode=WALK)
    lon, lat = np.array([24.94, 24.95]), np.array([60.17, 60.175])
    here = times(travel.pairs(lon, lat, lon, lat, reach_m=None, reach_s=None))

    there = pickle.loads(pickle.dumps(travel))  # noqa: S301 - our own, just made

    assert times(there.pairs(lon, lat, lon, lat, reach_m=None, reach_s=None)) == here


def test_nobody_to_ask_about_is_no_pair(tmp_path: Path) -> None:
    travel = StreetTravel(streets=road(tmp_path), mode=WALK)

    assert asked(travel, [], [at(0, 1)]).pair_count == 0
    assert asked(travel, [at(0, 1)], []).pair_count == 0
    assert travel.nearest(np.empty(0), np.empty(0), np.empty(0), np.empty(0)).station_rows.tolist() == []


def test_faster_walking_changes_the_time_and_not_the_way(tmp_path: Path) -> None:
    streets = road(tmp_path)
    slow, fast = (StreetTravel(streets=streets, mode=WALK, walk_kmh=kmh) for kmh in (4.0, 8.0))

    (slow_m, slow_s), (fast_m, fast_s) = (times(asked(each, [at(-0.5, 0)], [at(0, 3)]))[0, 0] for each in (slow, fast))

    assert (fast_m, fast_s) == pytest.approx((slow_m, slow_s / 2))


def test_every_result_says_which_streets_and_speeds_it_used(city: Streets) -> None:
    note = StreetTravel(streets=city, mode=EBIKE).described()

    assert (note.network, note.mode, note.speed_kmh, note.off_network_kmh) == (Network.STREETS, EBIKE, 18.0, 4.8)
    assert (note.source, note.checksum, note.detour_factor) == ("Helsinki.osm.pbf", "0" * 64, None)
    assert note.source_date is not None
    assert StreetTravel(streets=city, mode=CAR).described().speed_kmh is None


@pytest.mark.parametrize(
    "fault", [{"walk_kmh": 0}, {"ebike_kmh": math.nan}, {"car_speed_factor": -1}, {"snap_limit_m": math.inf}]
)
def test_speeds_and_limits_that_make_no_sense_are_refused(city: Streets, fault: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        StreetTravel(streets=city, mode=WALK, **fault)


def test_streets_without_any_for_a_mode_are_refused(tmp_path: Path) -> None:
    streets = streets_of(
        write_map(tmp_path / "steps.osm.pbf", {1: (0, 0), 2: (0, 1)}, [([1, 2], {"highway": "steps"})])
    )

    with pytest.raises(InvalidValue, match="car"):
        StreetTravel(streets=streets, mode=CAR)
