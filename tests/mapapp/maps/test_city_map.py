"""Folium's map as a part of our page: local, deterministic, and no text can break out of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from geodata.places import Place
from mapapp.maps import MapFragment, city_map
from mapapp.settings import Settings

HOSTILE = "</script><img src=x onerror=alert(1)>`${alert(1)}`'\""


def local(name: str) -> str:
    return f"/static/built/{name}"


def drawn(place: Place, settings: Settings | None = None, language: str = "zh") -> MapFragment:
    return city_map(place, settings or Settings(), language, "/data/stations.json", local)


def test_the_page_gets_only_leaflet_and_the_cluster_plugin_from_our_own_files(place: Place) -> None:
    fragment = drawn(place)

    assert fragment.scripts == (local("leaflet.js"), local("markercluster.js"))
    assert fragment.stylesheets == (local("leaflet.css"), local("markercluster.css"))


def test_nothing_of_foliums_own_header_survives(place: Place) -> None:
    fragment = drawn(place)

    everything = f"{fragment.html}{fragment.script}{fragment.scripts}{fragment.stylesheets}"
    assert not re.search(r"jquery|bootstrap|awesome|viewport|<style|https?://|cdn", everything, re.IGNORECASE)


def test_two_processes_write_the_same_map(place: Place) -> None:
    assert drawn(place) == drawn(place)


def test_the_stations_are_fetched_not_written_into_the_page(place: Place) -> None:
    assert 'stationmap.stationLayer(map_0, "/data/stations.json");' in drawn(place).script


def test_zoom_is_limited_so_that_clusters_work_without_tiles(place: Place) -> None:
    assert '"maxZoom": 18' in drawn(place).script


def test_every_district_is_outlined_and_named(place: Place) -> None:
    script = drawn(place).script

    names = dress_of(script)["units"]
    assert [unit["name"] for unit in names] == [unit.name_zh for unit in place.units]
    assert all(f'"code": "{unit.code}"' in script for unit in place.units)


def test_names_follow_the_language(place: Place) -> None:
    assert dress_of(drawn(place, language="en").script)["units"][0]["name"] == place.units[0].name_en


def test_a_hostile_district_name_stays_inside_its_json(place: Place) -> None:
    unit = replace_name(place, HOSTILE)

    script = drawn(unit).script

    assert "</script" not in script
    assert "<img" not in script
    assert dress_of(script)["units"][0]["name"] == HOSTILE


def test_a_hostile_address_of_the_data_stays_inside_its_json(place: Place) -> None:
    fragment = city_map(place, Settings(), "zh", HOSTILE, local)

    assert "</script" not in fragment.script


def dress_of(script: str) -> dict[str, list[dict[str, object]]]:
    """The data of the call that writes the districts' names."""
    written = re.search(r"stationmap\.dressMap\(map_0, (.*)\);", script)
    assert written is not None
    data: dict[str, list[dict[str, object]]] = json.loads(written[1])
    return data


def replace_name(place: Place, name: str) -> Place:
    """The place with its first unit called ``name``."""
    first, *others = place.units
    return replace(place, units=(replace(first, name_zh=name), *others))
