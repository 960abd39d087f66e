"""What tags of ways and barriers mean to somebody on foot, on a bicycle, in a car."""

from __future__ import annotations

import pytest

from geodata.travel.straight_line import TravelMode
from geodata.travel.street_rules import CarSpeeds, Direction, car_speeds, direction_of, read_limit_kmh, stops

WALK, EBIKE, CAR = TravelMode.WALK, TravelMode.EBIKE, TravelMode.CAR
WORDS = {"=": Direction.BOTH, ">": Direction.FORWARD, "<": Direction.BACKWARD, "-": Direction.NONE}


def tags(text: str) -> dict[str, str]:
    return dict(pair.split("=", maxsplit=1) for pair in text.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("highway=residential", "==="),
        ("highway=motorway", "-->"),
        ("highway=motorway oneway=no", "--="),
        ("highway=motorway_link", "--="),
        ("highway=trunk motorroad=yes", "--="),
        ("highway=footway", "=--"),
        ("highway=footway bicycle=yes", "==-"),
        ("highway=footway access=yes", "=--"),
        ("highway=steps bicycle=yes", "=--"),
        ("highway=cycleway", "==-"),
        ("highway=cycleway foot=no", "-=-"),
        ("highway=track", "==-"),
        ("highway=track motor_vehicle=yes", "==="),
        ("highway=pedestrian area=yes", "=--"),
        ("highway=construction", "---"),
        ("highway=proposed", "---"),
        ("railway=tram", "---"),
        ("highway=service service=emergency_access", "---"),
    ],
)
def test_a_class_of_way_is_open_to_the_modes_that_use_it(text: str, expected: str) -> None:
    assert [direction_of(tags(text), mode) for mode in (WALK, EBIKE, CAR)] == [WORDS[sign] for sign in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("highway=service access=private", "---"),
        ("highway=service access=no foot=yes", "=--"),
        ("highway=service access=destination", "==="),
        ("highway=service access=customers", "==="),
        ("highway=service access=no vehicle=yes", "-=="),
        ("highway=residential vehicle=no", "=--"),
        ("highway=residential vehicle=no bicycle=designated", "==-"),
        ("highway=residential motor_vehicle=no", "==-"),
        ("highway=residential motor_vehicle=no motorcar=destination", "==="),
        ("highway=residential motorcar=private", "==-"),
        ("highway=primary foot=use_sidepath bicycle=use_sidepath", "--="),
        ("highway=path bicycle=dismount", "=--"),
        ("highway=residential access=no;destination", "==="),
        ("highway=residential access=nobody_knows", "==="),
    ],
)
def test_the_most_specific_access_key_decides(text: str, expected: str) -> None:
    assert [direction_of(tags(text), mode) for mode in (WALK, EBIKE, CAR)] == [WORDS[sign] for sign in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("oneway=yes", "=>>"),
        ("oneway=1", "=>>"),
        ("oneway=-1", "=<<"),
        ("oneway=no", "==="),
        ("oneway=reversible", "=--"),
        ("junction=roundabout", "=>>"),
        ("junction=roundabout oneway=no", "==="),
        ("oneway=yes oneway:bicycle=no", "==>"),
        ("oneway=yes cycleway=opposite", "==>"),
        ("oneway=yes cycleway=opposite_lane", "==>"),
        ("oneway=yes cycleway:left=opposite_track", "==>"),
        ("oneway=yes cycleway:left=lane cycleway:left:oneway=-1", "==>"),
        ("oneway=yes cycleway:left=no cycleway:left:oneway=-1", "=>>"),
        ("oneway=yes cycleway:right=lane", "=>>"),
        ("oneway=-1 oneway:bicycle=yes", "=><"),
        ("oneway=yes oneway:motor_vehicle=no", "=>="),
        ("oneway=no oneway:foot=-1", "<=="),
    ],
)
def test_one_way_streets_bind_vehicles_and_contraflow_frees_bicycles(text: str, expected: str) -> None:
    way = {"highway": "residential", **tags(text)}

    assert [direction_of(way, mode) for mode in (WALK, EBIKE, CAR)] == [WORDS[sign] for sign in expected]


def test_an_escalator_carries_one_way() -> None:
    assert direction_of({"highway": "steps", "conveying": "backward"}, WALK) is Direction.BACKWARD


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("50", 50),
        ("30 mph", 30 * 1.609344),
        ("60 km/h", 60),
        ("80;60", 60),
        ("none", 130),
        ("walk", 5),
        ("CN:urban", 50),
        ("DE:zone30", 30),
        ("FI:30", 30),
        ("2", 5),
        ("900", 130),
        ("0", None),
        ("signals", None),
        ("", None),
        ("-40", None),
        ("٤٠", None),
        ("1e9", None),
        ("1" * 5000, None),
    ],
)
def test_a_limit_is_read_within_bounds_or_not_at_all(text: str, kmh: float | None) -> None:
    assert read_limit_kmh(text) == (None if kmh is None else pytest.approx(kmh))


def test_driving_speed_is_the_limit_else_that_of_the_class_in_each_direction() -> None:
    assert car_speeds({"highway": "primary"}) == CarSpeeds(50, 50)
    assert car_speeds({"highway": "primary", "maxspeed": "70"}) == CarSpeeds(70, 70)
    assert car_speeds({"highway": "primary", "maxspeed": "70", "maxspeed:backward": "40"}) == CarSpeeds(70, 40)
    assert car_speeds({"highway": "primary", "maxspeed": "variable"}) == CarSpeeds(50, 50)


@pytest.mark.parametrize(
    ("text", "stopped"),
    [
        ("barrier=bollard", (False, False, True)),
        ("barrier=bollard motor_vehicle=yes", (False, False, False)),
        ("barrier=gate", (False, False, False)),
        ("barrier=gate access=private", (True, True, True)),
        ("barrier=gate access=no foot=yes", (False, True, True)),
        ("barrier=stile", (False, True, True)),
        ("barrier=lift_gate bicycle=no", (False, True, False)),
    ],
)
def test_a_barrier_stops_by_its_kind_unless_a_tag_says_otherwise(text: str, stopped: tuple[bool, bool, bool]) -> None:
    assert tuple(stops(tags(text), mode) for mode in (WALK, EBIKE, CAR)) == stopped
