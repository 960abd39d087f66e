"""A new database gets the sample, once."""

from __future__ import annotations

from time import process_time

from geodata.places import Place
from geodata.stations.station import Station
from geodata.stations.vocabulary import StationKind
from mapapp.services.load_sample import load_sample, set_up
from mapapp.settings import Settings
from mapapp.store import Store

REAL = Station(code="TC-0001", kind=StationKind.WORKER_HOME, name="测试职工之家")


def test_an_empty_database_gets_the_whole_sample_in_one_revision(store: Store, place: Place) -> None:
    count = load_sample(store, place)

    with store.reading() as reader:
        stations, layers = reader.stations(), reader.demand_layers()
        assert reader.data_revision() == 1
        assert reader.holidays().years
        assert [event.action for event in reader.events()][-1] == "sample_loaded"
    assert count == len(stations) == 420
    assert all(station.is_sample and station.code.startswith(f"{place.code_prefix}-S") for station in stations)
    assert [(layer.is_sample, layer.is_modelled) for layer in layers] == [(True, True)]


def test_every_sample_station_has_its_first_revision(sample_store: Store) -> None:
    with sample_store.reading() as reader:
        code = reader.stations()[0].code
        (revision,) = reader.revisions(code)

    assert (revision.number, revision.origin) == (1, "sample")


def test_a_second_sample_is_refused(sample_store: Store, place: Place) -> None:
    before = sample_store.data_revision()

    assert load_sample(sample_store, place) == 0
    assert sample_store.data_revision() == before


def test_a_sample_never_joins_real_stations(store: Store, place: Place) -> None:
    with store.writing("form") as writer:
        writer.add_station(REAL, actor="li", reason="")

    assert load_sample(store, place) == 0


def test_a_sample_that_was_removed_does_not_come_back(sample_store: Store, place: Place) -> None:
    with sample_store.writing("command") as writer:
        writer.remove_sample(actor="li")

    assert load_sample(sample_store, place) == 0


def test_a_sample_of_another_city_has_its_codes(store: Store, testcity: Place) -> None:
    load_sample(store, testcity)

    with store.reading() as reader:
        assert all(station.code.startswith("TC-S") for station in reader.stations())


def test_modelled_demand_outlives_the_sample_stations(sample_store: Store) -> None:
    with sample_store.writing("command") as writer:
        writer.remove_sample(actor="li")

    with sample_store.reading() as reader:
        (layer,) = reader.demand_layers()
    assert layer.is_modelled


def test_setting_up_makes_everything_and_then_nothing(settings: Settings, place: Place) -> None:
    store = Store(settings.database_url)

    started = process_time()
    first = set_up(store, place)
    first_s = process_time() - started
    revision = store.data_revision()
    started = process_time()
    second = set_up(store, place)
    second_s = process_time() - started

    assert (first.migrated, first.sample_station_count) == (True, 420)
    assert 2026 in first.seeded_years
    assert (second.migrated, second.seeded_years, second.sample_station_count) == (False, (), 0)
    assert store.data_revision() == revision
    assert second_s < first_s / 5
    store.close()
