"""A navigation link leads to the door: each map gets its own coordinate system, in the form its maker publishes."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, unquote, urlsplit

import prcoords
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.coordinates import Crs, great_circle_m
from geodata.stations.station import Position, Station
from geodata.stations.vocabulary import StationKind
from mapapp.services.navigation_links import LINK_TEMPLATES, navigation_links

LON, LAT = 106.232157, 38.487312
STATION = Station(
    code="TC-0001",
    kind=StationKind.REST_STATION,
    name="A&B; 驿站:一#号?",
    address="某路 1 号",
    position=Position.wgs84(LON, LAT),
)
DOOR = {Crs.WGS84: (106.232157, 38.487312), Crs.GCJ02: (106.236555, 38.487771), Crs.BD09: (106.243075, 38.493657)}
"""The same door in all three systems, converted once with another program (prcoords)."""

WIDEST_ERROR_M = 0.2


def url_of(vendor: str, station: Station = STATION) -> str:
    return {link.vendor: link.url for link in navigation_links(station)}[vendor]


def asked(vendor: str, name: str, station: Station = STATION) -> str:
    return parse_qs(urlsplit(url_of(vendor, station)).query, strict_parsing=True)[name][0]


def place_in(vendor: str, station: Station = STATION) -> tuple[float, float]:
    """Longitude and latitude as the vendor reads them out of its link."""
    match vendor:
        case "amap":
            lon, lat, *_ = asked("amap", "to", station).split(",")
        case "baidu":
            lat, lon = asked("baidu", "location", station).split(",")
        case "tencent":
            lat, lon = marker_of(station)["coord"].split(",")
        case "apple":
            lat, lon = asked("apple", "ll", station).split(",")
        case _:
            lat, lon = urlsplit(url_of("system", station)).path.split(",")
    return float(lon), float(lat)


def marker_of(station: Station = STATION) -> dict[str, str]:
    """腾讯's marker parameter, taken apart as its documentation says."""
    pairs = (part.partition(":") for part in asked("tencent", "marker", station).split(";"))
    return {name: value for name, _, value in pairs}


@pytest.mark.parametrize(
    ("vendor", "crs"),
    [
        ("amap", Crs.GCJ02),
        ("baidu", Crs.BD09),
        ("tencent", Crs.GCJ02),
        ("apple", Crs.GCJ02),
        ("system", Crs.WGS84),
    ],
)
def test_each_map_is_given_the_door_in_its_own_system(vendor: str, crs: Crs) -> None:
    assert great_circle_m(*place_in(vendor), *DOOR[crs]) < WIDEST_ERROR_M
    assert {link.vendor: link.crs for link in navigation_links(STATION)}[vendor] is crs


def test_a_wrong_system_would_miss_the_door_by_a_street() -> None:
    away_m = [great_circle_m(*DOOR[Crs.WGS84], *DOOR[crs]) for crs in (Crs.GCJ02, Crs.BD09)]

    assert 300 < away_m[0] < 500
    assert 1000 < away_m[1] < 1400


@given(lon=st.floats(105.8, 107.0), lat=st.floats(37.5, 38.9))
def test_every_door_of_the_city_is_met(lon: float, lat: float) -> None:
    station = replace(STATION, position=Position.wgs84(lon, lat))
    gcj02, bd09 = prcoords.wgs_gcj((lat, lon)), prcoords.wgs_bd((lat, lon))

    assert great_circle_m(*place_in("amap", station), gcj02.lon, gcj02.lat) < WIDEST_ERROR_M
    assert great_circle_m(*place_in("tencent", station), gcj02.lon, gcj02.lat) < WIDEST_ERROR_M
    assert great_circle_m(*place_in("baidu", station), bd09.lon, bd09.lat) < WIDEST_ERROR_M


def test_the_maps_that_ask_are_told_the_system() -> None:
    assert asked("amap", "coordinate") == "gaode"
    assert asked("baidu", "coord_type") == "bd09ll"
    assert asked("tencent", "coord_type") == "2", "1 is GPS: 腾讯 would shift the place once more"


def test_amap_leads_there_from_where_one_is() -> None:
    assert urlsplit(url_of("amap")).path == "/navigation"
    assert "from=" not in url_of("amap")
    assert asked("amap", "callnative") == "1"


def test_the_systems_own_link_is_a_pin_with_a_name() -> None:
    assert url_of("system").startswith(f"geo:{LAT},{LON}?q={LAT},{LON}(")
    assert url_of("system").endswith(")")


def test_a_name_cannot_add_parameters_or_end_one() -> None:
    name = "A&B  驿站 一#号?"

    assert asked("amap", "to").split(",")[2] == name
    assert asked("baidu", "title") == name
    assert marker_of()["title"] == name
    assert unquote(url_of("system")).endswith(f"({name})")


def test_a_station_without_an_address_is_described_by_its_name() -> None:
    nameless = replace(STATION, address="", name="某驿站")

    assert asked("baidu", "content", nameless) == "某驿站"
    assert marker_of(nameless)["addr"] == "某驿站"


def test_every_blank_of_every_template_is_filled() -> None:
    assert [link.vendor for link in navigation_links(STATION)] == [each.vendor for each in LINK_TEMPLATES]
    assert not any("{" in link.url or "}" in link.url for link in navigation_links(STATION))


@pytest.mark.parametrize("station", [replace(STATION, is_sample=True), replace(STATION, position=None)])
def test_sample_and_unplaced_stations_have_no_links(station: Station) -> None:
    assert navigation_links(station) == ()
