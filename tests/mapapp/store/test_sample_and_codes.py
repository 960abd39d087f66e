"""Sample and real stations stand apart, and a code is given once."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from geodata.stations.station import Station
from mapapp.store import DataAction, MixedSampleAndReal, Store
from tests.mapapp.store.station_writing import NOW, add, change, real, sample
from tests.statements import statements_asked


@pytest.mark.parametrize(("first", "second"), [(sample(), real()), (real(), sample())], ids=["sample", "real"])
def test_sample_and_real_stations_never_stand_together(store: Store, first: Station, second: Station) -> None:
    add(store, first)

    with pytest.raises(MixedSampleAndReal, match=second.code):
        add(store, second)


def test_sample_and_real_stations_cannot_be_mixed_within_one_transaction(store: Store) -> None:
    with pytest.raises(MixedSampleAndReal):
        add(store, sample(), real())


def test_one_of_several_sample_stations_cannot_become_real(store: Store) -> None:
    add(store, sample("TC-S0001"), sample("TC-S0002"))

    with pytest.raises(MixedSampleAndReal):
        change(store, sample("TC-S0001", is_sample=False))


def test_real_stations_can_take_the_samples_place_in_one_transaction(store: Store) -> None:
    add(store, sample("TC-S0001"), sample("TC-S0002"))

    with store.writing("import") as writer:
        removed = writer.remove_sample(actor="li", reason="first real list")
        writer.add_station(real(), actor="li", reason="")

    with store.reading() as reader:
        assert removed == 2
        assert [station.code for station in reader.stations()] == ["TC-0001"]
        assert reader.revisions("TC-S0001") == ()
        assert not reader.has_sample_stations()
        (event,) = reader.events()
    assert (event.action, event.actor, event.at) == ("sample_removed", "li", NOW)
    assert event.detail == {"stations": 2, "reason": "first real list"}


def test_removing_a_sample_that_is_not_there_changes_nothing(store: Store) -> None:
    with store.writing("import") as writer:
        assert writer.remove_sample() == 0

    assert store.data_revision() == 0


def test_a_database_is_pristine_until_stations_came(store: Store) -> None:
    with store.reading() as reader:
        assert reader.is_pristine()
    add(store, sample())
    with store.writing("command") as writer:
        assert not writer.is_pristine()
        writer.remove_sample()
        assert not writer.is_pristine()


def test_codes_are_counted_up_and_never_reused(store: Store) -> None:
    codes = []
    for _ in range(2):
        with store.writing("form") as writer:
            codes += [writer.next_code("TC"), writer.next_code("TC"), writer.next_code("ZZ")]

    assert codes == ["TC-0001", "TC-0002", "ZZ-0001", "TC-0003", "TC-0004", "ZZ-0002"]


def test_a_code_that_a_list_brought_along_is_not_given_again(store: Store) -> None:
    add(store, real("TC-0001"), real("TC-0002"))

    with store.writing("form") as writer:
        assert writer.next_code("TC") == "TC-0003"


def test_asking_for_a_code_costs_the_same_however_many_a_list_brought(store: Store) -> None:
    asked_counts = []
    for prefix, count in (("TC", 1), ("ZZ", 30)):
        add(store, *(real(f"{prefix}-{number:04d}") for number in range(1, count + 1)))
        with store.writing("form") as writer, statements_asked() as asked:
            assert writer.next_code(prefix) == f"{prefix}-{count + 1:04d}"
        asked_counts.append(len(asked))

    assert asked_counts[0] == asked_counts[1]


def test_a_code_that_an_undone_import_brought_is_not_given_again(store: Store) -> None:
    add(store, real("TC-0001"), real("TC-0002"))
    with store.writing("import") as writer:
        writer.remove_stations(["TC-0001"])
        writer.note_event(DataAction.IMPORT_UNDONE, {"removed": ["TC-0001"]}, actor="li")

    with store.writing("form") as writer:
        assert writer.next_codes("TC", 2) == ["TC-0003", "TC-0004"]


def test_codes_grow_beyond_four_digits(store: Store) -> None:
    with store.writing("form") as writer:
        writer._connection.execute(text("INSERT INTO code_counters VALUES ('TC', 9999)"))
        assert writer.next_code("TC") == "TC-10000"
