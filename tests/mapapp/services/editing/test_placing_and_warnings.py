"""A point as a position, and what an editor should look at again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.coordinates import Crs, great_circle_m
from geodata.errors import InvalidCoordinate
from geodata.places import Place
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Position, Station
from geodata.stations.vocabulary import PositionAccuracy
from mapapp.services.editing.placing import Placed, place_point
from mapapp.services.editing.save import SaveWarning, warnings_for
from mapapp.services.snapshot import StationSnapshot, build_snapshot
from mapapp.store import Store
from tests.mapapp.services.editing.conftest import HOME, NOW

SURVEYED = PositionAccuracy.SURVEYED


@pytest.fixture
def snapshot(register: Store, place: Place) -> StationSnapshot:
    return build_snapshot(register, place, NOW)


def placed(place: Place, lon: float, lat: float, crs: Crs = Crs.WGS84) -> Placed:
    return place_point(place, lon, lat, crs, SURVEYED)


@given(
    lon=st.floats(106.0, 106.6, allow_nan=False), lat=st.floats(38.0, 38.7, allow_nan=False), crs=st.sampled_from(Crs)
)
def test_a_point_is_the_same_place_in_every_system(place: Place, lon: float, lat: float, crs: Crs) -> None:
    first = placed(place, lon, lat, crs)

    assert first.others[crs] == (lon, lat)
    for system, (other_lon, other_lat) in first.others.items():
        again = placed(place, other_lon, other_lat, system).position.point
        here = first.position.point
        assert great_circle_m(here.lon, here.lat, again.lon, again.lat) < 0.001


def test_what_was_given_is_kept(place: Place) -> None:
    position = placed(place, 106.29, 38.47, Crs.GCJ02).position

    assert (position.given_crs, position.given_lon, position.given_lat) == (Crs.GCJ02, 106.29, 38.47)
    assert position.point.lon != 106.29


def test_the_district_is_found_by_itself(place: Place) -> None:
    assert placed(place, 106.29, 38.47).district_code == "640104"


def test_outside_the_city_there_is_none(place: Place) -> None:
    outside = placed(place, 116.4, 39.9)

    assert (outside.district_code, outside.is_outside) == (None, True)


@pytest.mark.parametrize(("lon", "lat"), [(38.47, 106.29), (float("nan"), 38.4), (181.0, 0.0)])
def test_what_is_no_place_on_earth_is_refused(place: Place, lon: float, lat: float) -> None:
    with pytest.raises(InvalidCoordinate):
        placed(place, lon, lat, Crs.BD09)


def codes(station: Station, snapshot: StationSnapshot) -> list[tuple[str, str]]:
    return [(warning.code, warning.field) for warning in warnings_for(station, snapshot)]


def test_a_station_that_is_well_has_no_warnings(snapshot: StationSnapshot) -> None:
    assert warnings_for(HOME, snapshot) == ()


def test_a_position_outside_the_city_is_warned_of(snapshot: StationSnapshot) -> None:
    assert codes(replace(HOME, position=Position.wgs84(116.4, 39.9)), snapshot) == [("outside_city", "position")]


def test_a_district_the_position_does_not_lie_in_is_warned_of(snapshot: StationSnapshot) -> None:
    (warning,) = warnings_for(replace(HOME, district_code="640105"), snapshot)

    assert warning == SaveWarning("district_differs", "district_code", {"found": "640104"})


def test_a_like_named_station_within_80_m_is_warned_of(snapshot: StationSnapshot) -> None:
    twin = replace(HOME, code="YC-0002", name="测试 驿站", position=Position.wgs84(106.2905, 38.47))

    (warning,) = warnings_for(twin, snapshot)

    assert warning == SaveWarning(
        "like_named_nearby", "name", {"code": "YC-0001", "name": "测试驿站", "distance_m": 44}
    )


def test_one_farther_away_or_named_otherwise_is_not(snapshot: StationSnapshot) -> None:
    farther = replace(HOME, code="YC-0002", position=Position.wgs84(106.291, 38.47))
    otherwise = replace(HOME, code="YC-0002", name="兴源司机之家")

    assert (warnings_for(farther, snapshot), warnings_for(otherwise, snapshot)) == ((), ())


def test_words_that_say_nothing_readable_are_warned_of(snapshot: StationSnapshot) -> None:
    assert codes(replace(HOME, hours=OpeningHours(None, "看情况")), snapshot) == [("hours_not_read", "hours")]


def test_words_that_say_another_time_than_the_rule_are_warned_of(snapshot: StationSnapshot) -> None:
    hours = OpeningHours("Mo-Su 08:00-17:00", "每天9:00-17:00")

    assert codes(replace(HOME, hours=hours), snapshot) == [("hours_text_differs", "hours")]


def test_another_spelling_of_the_same_time_is_not(snapshot: StationSnapshot) -> None:
    assert warnings_for(replace(HOME, hours=OpeningHours("09:00-17:00", "每天9:00-17:00")), snapshot) == ()


def test_words_that_say_a_time_where_the_hours_are_unknown_are_warned_of(snapshot: StationSnapshot) -> None:
    hours = OpeningHours(None, "每天9:00-17:00")

    assert codes(replace(HOME, hours=hours), snapshot) == [("hours_text_differs", "hours")]
