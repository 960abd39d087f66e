"""Two editors who began from one station: nothing either did is lost, and what both changed is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from geodata.stations.station import Position, ServiceOffer, Station
from geodata.stations.vocabulary import Service, ServiceState
from mapapp.services.editing.merge import merge
from mapapp.services.editing.preview import preview
from tests.geodata.stations.any_station import stations
from tests.mapapp.services.editing.conftest import HOME


def of_one_register(*versions: Station) -> list[Station]:
    """The stations as versions of one: what nobody edits is the same."""
    return [replace(one, code="TC-0001", is_sample=False) for one in versions]


def by_hand(_station: Station) -> bool:
    """No district follows from a position."""
    return False


@given(stations, stations)
def test_where_they_changed_nothing_mine_is_taken(first: Station, second: Station) -> None:
    base, mine = of_one_register(first, second)

    merged = merge(base, mine, base, by_hand)

    assert merged.station == replace(mine, version=base.version)
    assert (merged.both_changed, merged.only_theirs) == ((), ())


@given(stations, stations)
def test_where_i_changed_nothing_theirs_is_taken(first: Station, second: Station) -> None:
    base, theirs = of_one_register(first, second)

    merged = merge(base, base, theirs, by_hand)

    assert merged.station == theirs
    assert set(merged.only_theirs) == {change.field for change in preview(base, theirs)}


@given(stations, stations)
def test_what_both_did_alike_is_no_conflict(first: Station, second: Station) -> None:
    base, both = of_one_register(first, second)

    merged = merge(base, both, both, by_hand)

    assert merged.station == both
    assert merged.both_changed == ()


@given(stations, stations, stations)
def test_every_change_is_in_the_result_or_in_a_conflict(first: Station, second: Station, third: Station) -> None:
    base, mine, theirs = of_one_register(first, second, third)

    merged = merge(base, mine, theirs, by_hand)

    conflicts = {conflict.field for conflict in merged.both_changed}
    left_of_mine = {change.field for change in preview(merged.station, mine)} - {"services"}
    left_of_theirs = {change.field for change in preview(merged.station, theirs)} - {"services"}
    assert left_of_mine == set(merged.only_theirs) - {"services"} | conflicts
    assert left_of_theirs == set(merged.only_mine) - {"services"}


@given(stations, stations, stations)
def test_choosing_mine_everywhere_leaves_only_what_they_alone_changed(
    first: Station, second: Station, third: Station
) -> None:
    base, mine, theirs = of_one_register(first, second, third)
    merged = merge(base, mine, theirs, by_hand)

    chosen = merged.taking_mine([conflict.field for conflict in merged.both_changed])

    assert {change.field for change in preview(chosen, mine)} - {"services"} == set(merged.only_theirs) - {"services"}
    assert chosen.version == theirs.version


def test_services_are_merged_one_by_one() -> None:
    broken = ServiceOffer(service=Service.WATER, state=ServiceState.BROKEN)
    mine = replace(HOME, services=(broken, HOME.services[1]))
    theirs = replace(HOME, services=(HOME.services[0], ServiceOffer(service=Service.WIFI)), version=2)

    merged = merge(HOME, mine, theirs, by_hand)

    assert merged.station.services == (broken, ServiceOffer(service=Service.WIFI))
    assert merged.only_mine == ("services.water",)
    assert merged.only_theirs == ("services.toilet", "services.wifi")
    assert merged.both_changed == ()


def test_a_conflict_shows_the_three_values_and_theirs_stands() -> None:
    mine, theirs = replace(HOME, name="甲驿站"), replace(HOME, name="乙驿站", version=2)

    merged = merge(HOME, mine, theirs, by_hand)

    (conflict,) = merged.both_changed
    assert (conflict.field, conflict.base, conflict.mine, conflict.theirs) == ("name", HOME.name, "甲驿站", "乙驿站")
    assert merged.station.name == "乙驿站"
    assert merged.taking_mine({"name"}).name == "甲驿站"


def test_one_service_removed_here_and_changed_there_is_a_conflict() -> None:
    mine = replace(HOME, services=HOME.services[1:])
    theirs = replace(HOME, services=(replace(HOME.services[0], note="坏了"), HOME.services[1]), version=2)

    merged = merge(HOME, mine, theirs, by_hand)

    assert [(one.field, one.mine) for one in merged.both_changed] == [("services.water", None)]
    assert merged.station.services == theirs.services
    assert merged.taking_mine({"services.water"}).services == mine.services


def test_services_only_i_reordered_keep_my_order() -> None:
    mine = replace(HOME, services=HOME.services[::-1])
    theirs = replace(HOME, services=(*HOME.services, ServiceOffer(service=Service.WIFI)), version=2)

    merged = merge(HOME, mine, theirs, by_hand)

    assert [offer.service for offer in merged.station.services] == [Service.TOILET, Service.WATER, Service.WIFI]


WEST, EAST = (Position.wgs84(lon, 38.5) for lon in (106.1, 106.3))
IN_WEST = replace(HOME, position=WEST, district_code="640105")
MOVED_WITHIN = replace(IN_WEST, position=Position.wgs84(106.11, 38.5))
MOVED_EAST = replace(IN_WEST, position=EAST, district_code="640104")


def by_longitude(station: Station) -> bool:
    """West of 106.2° is one district, east of it the other."""
    assert station.position is not None
    return station.district_code == ("640104" if station.position.point.lon > 106.2 else "640105")


@pytest.mark.parametrize("chosen", [MOVED_WITHIN, MOVED_EAST], ids=["within", "across"])
@pytest.mark.parametrize("is_mine", [True, False], ids=["mine", "theirs"])
def test_the_position_that_is_chosen_brings_its_district(chosen: Station, is_mine: bool) -> None:
    other = MOVED_EAST if chosen is MOVED_WITHIN else MOVED_WITHIN
    mine, theirs = (chosen, other) if is_mine else (other, chosen)
    merged = merge(IN_WEST, mine, replace(theirs, version=2), by_longitude)

    station = merged.taking_mine(["position"] if is_mine else [])

    assert [conflict.field for conflict in merged.both_changed] == ["position"]
    assert (station.position, station.district_code) == (chosen.position, chosen.district_code)


def test_a_district_given_by_hand_outlives_a_position() -> None:
    theirs = replace(IN_WEST, district_code="640106", version=2)

    merged = merge(IN_WEST, MOVED_WITHIN, theirs, by_longitude)

    assert (merged.station.position, merged.station.district_code) == (MOVED_WITHIN.position, "640106")


def test_a_district_that_both_changed_is_for_them_to_choose() -> None:
    theirs = replace(MOVED_WITHIN, district_code="640106", version=2)

    merged = merge(IN_WEST, MOVED_EAST, theirs, by_longitude)

    assert merged.taking_mine(["district_code"]).district_code == "640104"
    assert merged.taking_mine(["position"]).district_code == "640106"
