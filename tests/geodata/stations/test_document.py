"""A station as a JSON document and back."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import pytest
from hypothesis import given

from geodata.errors import InvalidStation
from geodata.stations.document import changed_fields, station_document, station_from_document
from geodata.stations.station import Position, Station
from geodata.stations.vocabulary import LifeCycle, StationKind
from tests.geodata.stations.any_station import stations

HOME = Station(code="TC-0001", kind=StationKind.DRIVER_HOME, name="示例司机之家")


@given(stations)
def test_a_station_survives_the_way_through_json_text(station: Station) -> None:
    text = json.dumps(station_document(station), allow_nan=False)

    assert station_from_document(json.loads(text)) == station


@given(stations)
def test_every_field_has_its_place_in_the_document(station: Station) -> None:
    assert set(station_document(station)) == {field.name for field in fields(Station)}


@given(stations, stations)
def test_changes_are_exactly_the_fields_that_differ(old: Station, new: Station) -> None:
    differing = {
        field.name
        for field in fields(Station)
        if field.name != "version" and getattr(old, field.name) != getattr(new, field.name)
    }

    assert set(changed_fields(old, new)) == differing


@given(stations, stations)
def test_undoing_the_changes_gives_the_old_station_back(old: Station, new: Station) -> None:
    undone = station_document(new) | {name: pair[0] for name, pair in changed_fields(old, new).items()}

    assert station_from_document(undone) == replace(old, version=new.version)


def test_a_first_revision_lists_what_was_given_and_no_defaults() -> None:
    changes = changed_fields(None, replace(HOME, address="示例路1号"))

    assert changes == {
        "code": (None, "TC-0001"),
        "kind": (None, "driver_home"),
        "name": (None, "示例司机之家"),
        "address": (None, "示例路1号"),
    }


def test_a_new_version_alone_is_no_change() -> None:
    assert changed_fields(HOME, replace(HOME, version=7)) == {}


def test_a_moved_station_shows_both_positions() -> None:
    moved = replace(HOME, position=Position.wgs84(113.0, 34.5))

    old, new = changed_fields(HOME, moved)["position"]

    assert old is None
    assert (new["lon"], new["lat"], new["given_crs"]) == (113.0, 34.5, "wgs84")


def test_a_word_outside_a_vocabulary_is_refused() -> None:
    document = station_document(HOME) | {"life_cycle": "lost"}

    with pytest.raises(ValueError, match="lost"):
        station_from_document(document)


def test_the_station_keeps_its_invariants_when_read() -> None:
    document = station_document(HOME) | {"name": " ", "life_cycle": LifeCycle.ACTIVE.value}

    with pytest.raises(InvalidStation):
        station_from_document(document)
