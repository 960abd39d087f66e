"""The tile sources: whom a page may ask, and how."""

from __future__ import annotations

import pytest

from geodata.places import Place
from mapapp.maps import city_map, tile_hosts
from mapapp.settings import Settings

CHOICES = {
    "none": Settings(),
    "osm": Settings(basemap="osm"),
    "tianditu": Settings(basemap="tianditu", tianditu_key="k3y"),
    "gaode": Settings(basemap="gaode"),
}


def script_of(place: Place, choice: str) -> str:
    return str(city_map(place, CHOICES[choice], "zh", "/data", str).script)


def test_by_default_nobody_else_is_asked(place: Place) -> None:
    assert tile_hosts(CHOICES["none"]) == ()
    assert "tileLayer" not in script_of(place, "none")


@pytest.mark.parametrize(
    ("choice", "hosts"),
    [
        ("osm", ("https://tile.openstreetmap.org",)),
        ("tianditu", ("https://*.tianditu.gov.cn",)),
        ("gaode", ("https://*.is.autonavi.com",)),
    ],
)
def test_the_policy_allows_exactly_the_chosen_hosts(choice: str, hosts: tuple[str, ...]) -> None:
    assert tile_hosts(CHOICES[choice]) == hosts


@pytest.mark.parametrize("choice", ["osm", "tianditu", "gaode"])
def test_tiles_learn_our_origin_and_no_more_and_are_credited(place: Place, choice: str) -> None:
    script = script_of(place, choice)

    assert '"referrerPolicy": "origin"' in script
    assert '"attribution": "\\u00a9' in script


def test_tianditu_draws_the_map_and_its_names_with_the_operators_key(place: Place) -> None:
    script = script_of(place, "tianditu")

    assert script.count("tk=k3y") == 2
    assert script.index("vec_w") < script.index("cva_w")


def test_only_gaode_needs_the_layer_that_undoes_its_shift(place: Place) -> None:
    shifted = {choice: "stationmap.gcj02TileLayer(" in script_of(place, choice) for choice in CHOICES}

    assert shifted == {"none": False, "osm": False, "tianditu": False, "gaode": True}
