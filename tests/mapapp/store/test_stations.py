"""Writing stations and reading them back, with their history."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Position, Station
from geodata.stations.vocabulary import LifeCycle
from mapapp.store import CodeTaken, Origin, StaleVersion, Store, UnknownStation
from tests.floor import slowness
from tests.geodata.stations.any_station import stations as any_stations
from tests.mapapp.store.station_writing import NOW, add, change, real


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(any_stations)
def test_any_station_comes_back_as_it_went_in(store: Store, station: Station) -> None:
    with store.writing("form") as writer:
        code = writer.next_code("XX")
        writer.remove_sample()
        added = writer.add_station(replace(station, code=code, is_sample=False), actor="li", reason="")

    with store.reading() as reader:
        assert reader.station(code) == added == replace(station, code=code, is_sample=False, version=1)


def test_stations_are_read_by_code(store: Store) -> None:
    add(store, real("TC-0003"), real("TC-0001"), real("TC-0002"))

    with store.reading() as reader:
        assert [station.code for station in reader.stations()] == ["TC-0001", "TC-0002", "TC-0003"]


@pytest.mark.parametrize("life_cycle", LifeCycle)
def test_the_public_sees_only_public_life_cycles(store: Store, life_cycle: LifeCycle) -> None:
    add(store, real(life_cycle=life_cycle))

    with store.reading() as reader:
        assert len(reader.stations()) == 1
        assert len(reader.stations(include_hidden=False)) == life_cycle.is_public


def test_photos_of_changes_are_those_that_came_or_went_since(store: Store) -> None:
    first, second = "a" * 64, "b" * 64
    add(store, real(photo=first), real("TC-0002", address='"photo"'))
    change(store, real(photo=second))
    change(store, real())

    with store.reading() as reader:
        assert reader.photos_changed_since(NOW - timedelta(seconds=1)) == {first, second}
        assert reader.photos_changed_since(NOW) == frozenset()


def test_adding_writes_the_first_revision_beside_the_station(store: Store) -> None:
    add(store, real(address="示例路1号"), reason="from the list")

    with store.reading() as reader:
        (revision,) = reader.revisions("TC-0001")

    assert (revision.number, revision.at, revision.actor) == (1, NOW, "li")
    assert (revision.origin, revision.reason, revision.batch) == (Origin.FORM, "from the list", None)
    assert revision.changes["address"] == (None, "示例路1号")


def test_changing_raises_the_version_and_tells_what_changed(store: Store) -> None:
    add(store, real())

    changed = change(store, real(hours=OpeningHours("24/7", "全天")), expected_version=1)

    with store.reading() as reader:
        revision = reader.revisions("TC-0001")[-1]
    assert changed.version == revision.number == 2
    assert revision.changes == {
        "hours": ({"rule": None, "original_text": ""}, {"rule": "24/7", "original_text": "全天"})
    }


def test_a_revision_can_carry_its_own_origin_batch_and_time(store: Store) -> None:
    moment = NOW - timedelta(hours=5)

    with store.writing("command", at=moment) as writer:
        writer.add_station(real(), actor="li", reason="", origin="import", batch="b7")

    with store.reading() as reader:
        (revision,) = reader.revisions("TC-0001")
    assert (revision.origin, revision.batch, revision.at) == (Origin.IMPORT, "b7", moment)


def test_saving_what_is_there_already_changes_nothing(store: Store) -> None:
    add(store, real())
    before = store.data_revision()

    same = change(store, real(version=1))

    assert same.version == 1
    assert store.data_revision() == before


def test_the_second_of_two_editors_is_told_what_the_first_saved(store: Store) -> None:
    add(store, real())
    change(store, real(address="示例路2号"), expected_version=1)

    with pytest.raises(StaleVersion) as refusal:
        change(store, real(address="示例路3号"), expected_version=1)

    assert (refusal.value.current.address, refusal.value.current.version) == ("示例路2号", 2)


def test_a_code_is_given_once(store: Store) -> None:
    add(store, real())

    with pytest.raises(CodeTaken, match="TC-0001"):
        add(store, real())


def test_changing_an_unknown_station_is_refused(store: Store) -> None:
    with pytest.raises(UnknownStation, match="TC-0001"):
        change(store, real())


def test_the_history_is_readable_text_in_the_database(store: Store) -> None:
    add(store, real(address="示例路1号"))

    with store.reading() as reader:
        words = reader._connection.execute(text("SELECT CAST(changes AS TEXT) FROM station_revisions")).scalar_one()

    assert '"address":[null,"示例路1号"]' in words.replace(" ", "")


def test_the_time_of_a_revision_is_in_utc(store: Store) -> None:
    add(store, real())

    with store.reading() as reader:
        assert reader.revisions("TC-0001")[0].at.tzinfo is UTC


def test_an_instant_without_a_time_zone_is_never_written(store: Store) -> None:
    naive = NOW.replace(tzinfo=None)

    with pytest.raises(StatementError, match="time zone"), store.writing("form", at=naive) as writer:
        writer.add_station(real(), actor="li", reason="")

    assert store.data_revision() == 0


def test_a_city_is_read_in_a_moment(store: Store) -> None:
    add(store, *(real(f"TC-{number:04d}", position=Position.wgs84(113.0, 34.6)) for number in range(420)))

    times_s = []
    for _ in range(5):
        started = process_time()
        with store.reading() as reader:
            reader.stations()
        times_s.append(process_time() - started)

    assert min(times_s) < 0.05 * slowness()
