"""A navigation link leads to the door: each map gets its own coordinate system."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, unquote, urlsplit

import prcoords
import pytest

from geodata.stations.station import Position, Station
from geodata.stations.vocabulary import StationKind
from mapapp.services.navigation_links import navigation_links

LON, LAT = 106.232157, 38.487312
STATION = Station(
    code="TC-0001",
    kind=StationKind.REST_STATION,
    name="A&B; 驿站:一#号?",
    address="某路 1 号",
    position=Position.wgs84(LON, LAT),
)
GCJ02 = prcoords.wgs_gcj((LAT, LON))
BD09 = prcoords.wgs_bd((LAT, LON))


def url_of(vendor: str, station: Station = STATION) -> str:
    return {link.vendor: link.url for link in navigation_links(station)}[vendor]


def asked(vendor: str, name: str) -> str:
    return parse_qs(urlsplit(url_of(vendor)).query, strict_parsing=True)[name][0]


def test_amap_gets_gcj02_longitude_first() -> None:
    lon, lat = map(float, asked("amap", "position").split(","))

    assert (lat, lon) == pytest.approx(tuple(GCJ02), abs=2e-6)
    assert asked("amap", "coordinate") == "gaode"


def test_baidu_gets_bd09_latitude_first_and_is_told_so() -> None:
    lat, lon = map(float, asked("baidu", "location").split(","))

    assert (lat, lon) == pytest.approx(tuple(BD09), abs=2e-6)
    assert asked("baidu", "coord_type") == "bd09ll"


def test_tencent_gets_gcj02_latitude_first() -> None:
    marker = dict(part.split(":", 1) for part in asked("tencent", "marker").split(";"))

    lat, lon = map(float, marker["coord"].split(","))
    assert (lat, lon) == pytest.approx(tuple(GCJ02), abs=2e-6)
    assert marker["title"] == "A&B  驿站 一#号?"


def test_apple_gets_gcj02_in_china() -> None:
    lat, lon = map(float, asked("apple", "ll").split(","))

    assert (lat, lon) == pytest.approx(tuple(GCJ02), abs=2e-6)


def test_the_systems_own_link_is_wgs84() -> None:
    url = url_of("system")

    assert url.startswith(f"geo:{LAT},{LON}?q={LAT},{LON}(")
    assert unquote(url).endswith(f"({STATION.name})")


def test_a_name_cannot_add_parameters() -> None:
    assert asked("amap", "name") == STATION.name
    assert asked("baidu", "title") == STATION.name


@pytest.mark.parametrize("station", [replace(STATION, is_sample=True), replace(STATION, position=None)])
def test_sample_and_unplaced_stations_have_no_links(station: Station) -> None:
    assert navigation_links(station) == ()
