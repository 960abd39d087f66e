"""The sample stations look like a city's, and like nobody's in particular."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from geodata.coordinates import great_circle_m
from geodata.places import Place, load_place
from geodata.sample import sample_stations
from geodata.sample.facts import SAMPLE_DATED
from geodata.sample.hours import HoursSort, wordings
from geodata.sample.scatter import MIN_GAP_M
from geodata.stations.holidays import HolidayTable
from geodata.stations.hours_text import read_hours
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.schedule import Schedule
from geodata.stations.station import Station
from geodata.stations.vocabulary import EntryMethod, LifeCycle, Service, ServiceState, StationKind

TESTCITY_DIR = Path(__file__).resolve().parents[2] / "places" / "testcity"
MONDAY = date(2026, 11, 16)
MIDSUMMER = date(2026, 7, 15)


@pytest.fixture(scope="module")
def yinchuan() -> Place:
    return load_place("yinchuan")


@pytest.fixture(scope="module")
def stations(yinchuan: Place) -> tuple[Station, ...]:
    return sample_stations(yinchuan)


def positions(stations: tuple[Station, ...]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    points = [station.position.point for station in stations if station.position]
    return np.array([(point.lon, point.lat) for point in points])


def schedule(hours: OpeningHours, place: Place) -> Schedule:
    return Schedule.compile(hours, HolidayTable.empty(), place.timezone)


def closes_late(hours: OpeningHours, place: Place) -> bool:
    return any(end >= 22 * 60 for _start, end in schedule(hours, place).day_spans(MONDAY))


def test_there_are_420_with_codes_in_order(stations: tuple[Station, ...]) -> None:
    assert [station.code for station in stations] == [f"YC-S{number:04d}" for number in range(1, 421)]


def test_the_same_seed_gives_the_same_stations(yinchuan: Place, stations: tuple[Station, ...]) -> None:
    assert sample_stations(yinchuan) == stations
    assert sample_stations(yinchuan, seed=1) != stations


def test_they_are_the_same_on_every_machine(stations: tuple[Station, ...]) -> None:
    facts = [(station.code, station.name, station.position, station.hours.rule) for station in stations]
    digest = hashlib.sha256(repr(facts).encode()).hexdigest()

    # Changes with the generator on purpose only: then put the new digest here and say so in CHANGELOG.md.
    assert digest[:16] == "ca0faf478fd1cf02"


def test_each_says_that_it_is_a_sample(stations: tuple[Station, ...]) -> None:
    for station in stations:
        assert station.is_sample
        assert station.name.startswith("示例")
        assert station.name_en.startswith("Sample")
        assert "示例" in station.address
        assert "示例" in station.source


def test_none_claims_a_real_telephone_town_or_contact(stations: tuple[Station, ...]) -> None:
    for station in stations:
        assert (station.public_phone, station.internal_contact, station.town) == ("", "", "")
        assert not re.search(r"[路街巷号]", station.name + station.address)


def test_names_are_not_given_twice(stations: tuple[Station, ...]) -> None:
    assert len({station.name for station in stations}) == len(stations)


def test_the_three_kinds_come_in_plausible_numbers(stations: tuple[Station, ...]) -> None:
    assert Counter(station.kind for station in stations) == {
        StationKind.REST_STATION: 330,
        StationKind.DRIVER_HOME: 40,
        StationKind.WORKER_HOME: 50,
    }


def test_the_published_shares_of_long_hours_hold(yinchuan: Place, stations: tuple[Station, ...]) -> None:
    known = [station for station in stations if station.hours.known]
    round_the_clock = [station for station in known if schedule(station.hours, yinchuan).is_24h]
    extended = [station for station in known if station not in round_the_clock and closes_late(station.hours, yinchuan)]

    assert len(round_the_clock) / len(stations) == pytest.approx(0.065, abs=0.002)
    assert len(extended) / len(stations) == pytest.approx(0.109, abs=0.002)
    assert (len(stations) - len(known)) / len(stations) == pytest.approx(0.05, abs=0.002)


@pytest.mark.parametrize("sort", [HoursSort.EXTENDED, HoursSort.ORDINARY])
def test_hours_are_of_the_sort_they_are_counted_as(yinchuan: Place, sort: HoursSort) -> None:
    for rule, _words in wordings(sort):
        hours = OpeningHours.from_rule(rule)

        assert closes_late(hours, yinchuan) is (sort is HoursSort.EXTENDED), rule
        assert not schedule(hours, yinchuan).is_24h


def test_many_keep_the_split_office_day_and_few_schedules_are_shared(stations: tuple[Station, ...]) -> None:
    rules = Counter(station.hours.rule for station in stations)

    assert sum(count for rule, count in rules.items() if rule and "08:30-12:00,14:30-18:00" in rule) > 100
    assert len(rules) <= 60


def test_some_keep_overnight_seasonal_and_holiday_hours(stations: tuple[Station, ...]) -> None:
    rules = {station.hours.rule or "" for station in stations}

    assert any("20:00-06:00" in rule for rule in rules)
    assert any("May-Sep" in rule for rule in rules)
    assert any("PH off" in rule for rule in rules)


def test_every_known_hour_has_the_words_it_was_read_from(stations: tuple[Station, ...]) -> None:
    assert all(station.hours.original_text for station in stations if station.hours.known)


@pytest.mark.parametrize("sort", HoursSort)
def test_those_words_say_what_the_rule_says(yinchuan: Place, sort: HoursSort) -> None:
    for rule, words in wordings(sort):
        meant = schedule(OpeningHours.from_rule(rule), yinchuan)
        read = schedule(OpeningHours(read_hours(words).rule), yinchuan)

        assert read.week_bits(MONDAY) == meant.week_bits(MONDAY), words
        assert read.week_bits(MIDSUMMER) == meant.week_bits(MIDSUMMER), words


def test_they_lie_inside_the_unit_they_name(yinchuan: Place, stations: tuple[Station, ...]) -> None:
    outlines = {unit.code: unit.outline for unit in yinchuan.units}
    placed = [(station, station.position.point) for station in stations if station.position]
    districts = yinchuan.districts_of([point.lon for _, point in placed], [point.lat for _, point in placed])

    assert [station.district_code for station, _ in placed] == districts
    assert {station.district_code for station in stations} == set(outlines)


def test_a_few_are_unplaced_and_still_name_their_unit(stations: tuple[Station, ...]) -> None:
    unplaced = [station for station in stations if station.position is None]

    assert len(unplaced) == 8
    assert all(station.district_code for station in unplaced)


def test_only_two_pairs_share_a_spot_and_the_others_keep_their_distance(stations: tuple[Station, ...]) -> None:
    points = positions(stations)
    lon, lat = points[:, 0], points[:, 1]
    distances_m = great_circle_m(lon[:, None], lat[:, None], lon, lat)[np.triu_indices(len(points), 1)]

    assert np.count_nonzero(distances_m == 0) == 2
    assert distances_m[distances_m > 0].min() > MIN_GAP_M * 0.99


def test_they_cluster_like_a_city(yinchuan: Place, stations: tuple[Station, ...]) -> None:
    points = positions(stations)
    nearest_m = np.min(
        [great_circle_m(points[:, 0], points[:, 1], each.at.lon, each.at.lat) for each in yinchuan.settlements], axis=0
    )

    assert np.median(nearest_m) < 3_000
    assert nearest_m.max() < 10_000


def test_every_service_entry_method_state_and_life_cycle_occurs(stations: tuple[Station, ...]) -> None:
    offers = [offer for station in stations for offer in station.services]

    assert {offer.service for offer in offers} == set(Service)
    assert {offer.state for offer in offers} == set(ServiceState)
    assert {method for station in stations for method in station.entry_methods} == set(EntryMethod)
    assert {station.life_cycle for station in stations} == set(LifeCycle)


def test_a_season_belongs_to_seasonal_services_only(stations: tuple[Station, ...]) -> None:
    for station in stations:
        for offer in station.services:
            assert (offer.season is not None) is (offer.state is ServiceState.SEASONAL)


def test_a_toilet_nearby_is_named_only_where_there_is_none_inside(stations: tuple[Station, ...]) -> None:
    for station in stations:
        assert not {Service.TOILET, Service.TOILET_NEARBY} <= {offer.service for offer in station.services}


def test_nothing_in_them_depends_on_the_day_they_are_made(stations: tuple[Station, ...]) -> None:
    assert all(station.alert is None for station in stations)
    assert all(station.last_verified.on <= SAMPLE_DATED for station in stations if station.last_verified)


def test_any_other_city_gets_its_own() -> None:
    testcity = load_place(str(TESTCITY_DIR))

    stations = sample_stations(testcity)

    assert len(stations) == 420
    assert all(station.code.startswith("TC-S") for station in stations)
    assert all(testcity.contains(station.position.point) for station in stations if station.position)
