"""Many stations in one write: the same rows and revisions as one by one, or nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geodata.stations.station import Position, Station
from mapapp.store import (
    CodeTaken,
    MixedSampleAndReal,
    PreparedStation,
    StaleVersion,
    Store,
    StoreError,
    UnknownStation,
    prepared_addition,
    prepared_change,
)
from tests.mapapp.store.station_writing import add, change, real, sample

PLACED = Position.wgs84(113.6, 34.75)


def save(store: Store, *prepared: PreparedStation | None) -> None:
    with store.writing("import") as writer:
        ready = [each for each in prepared if each is not None]
        writer.save_batch(ready, actor="li", reason="sheet", batch="b1")


def stations_of(store: Store) -> tuple[Station, ...]:
    with store.reading() as reader:
        return reader.stations()


def test_a_batch_writes_what_single_writes_would(store: Store) -> None:
    add(store, real("TC-0001", address="东街"))
    old, new = real("TC-0001", address="东街"), real("TC-0002", position=PLACED)

    save(store, prepared_change(old, replace(old, address="西街")), prepared_addition(new))

    assert stations_of(store) == (replace(old, address="西街", version=2), new)
    with store.reading() as reader:
        (changed, added) = reader.batch("b1")
    assert (changed.code, changed.number, dict(changed.changes)) == ("TC-0001", 2, {"address": ("东街", "西街")})
    assert (added.code, added.number, added.origin, added.actor, added.reason) == (
        "TC-0002",
        1,
        "import",
        "li",
        "sheet",
    )
    assert added.changes["position"][1]["lon"] == 113.6
    assert store.data_revision() == 2


def test_nothing_new_makes_nothing(store: Store) -> None:
    add(store, real())

    assert prepared_change(real(), real()) is None
    save(store)

    assert store.data_revision() == 1


def test_a_stand_in_for_a_code_leaves_no_trace(store: Store) -> None:
    save(store, prepared_addition(real("PENDING-1")).with_code("TC-0009"))

    assert stations_of(store) == (real("TC-0009"),)
    with store.reading() as reader:
        (revision,) = reader.batch("b1")
    assert revision.changes["code"] == (None, "TC-0009")


@pytest.mark.parametrize(
    ("offender", "refusal"),
    [
        (prepared_addition(real("TC-0001")), CodeTaken),
        (prepared_addition(sample()), MixedSampleAndReal),
        (prepared_change(real("TC-0007"), real("TC-0007", name="乙")), UnknownStation),
        (prepared_change(real("TC-0001"), real("TC-0001", name="乙")), StaleVersion),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_one_station_that_cannot_be_saved_keeps_all_the_others_out(
    store: Store, offender: PreparedStation, refusal: type[StoreError]
) -> None:
    add(store, real("TC-0001"))
    changed = change(store, real("TC-0001", address="西街"))

    with pytest.raises(refusal):
        save(store, prepared_addition(real("TC-0002")), offender)

    assert stations_of(store) == (changed,)


def test_codes_for_many_are_those_that_nobody_has_or_had(store: Store) -> None:
    add(store, real("TC-0002"))

    with store.writing("import") as writer:
        assert writer.next_codes("TC", 3, besides={"TC-0003"}) == ["TC-0001", "TC-0004", "TC-0005"]
        assert writer.next_code("TC") == "TC-0006"
        assert writer.next_codes("TC", 0) == []


def test_removed_stations_leave_nothing_behind(store: Store) -> None:
    add(store, real("TC-0001"), real("TC-0002"))

    with store.writing("import") as writer:
        writer.remove_stations(["TC-0001"])

    assert stations_of(store) == (real("TC-0002"),)
    with store.reading() as reader:
        assert reader.revisions("TC-0001") == ()
        assert reader.versions() == {"TC-0002": 1}
    assert store.data_revision() == 2
