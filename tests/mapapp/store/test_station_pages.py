"""Pages of the register's list: found, sorted and cut alike by both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Position, Station, Verification
from geodata.stations.vocabulary import LifeCycle, StationKind, VerifiedHow
from mapapp.store import StationSort, StationsQuestion, Store
from tests.mapapp.store.station_writing import NOW, add, real

BANK = real(
    "TC-0001",
    name="银行驿站",
    name_en="Bank Stop",
    address="解放路10号",
    district_code="990101",
    position=Position.wgs84(113.6, 34.7),
    hours=OpeningHours("24/7"),
)
PARK = real("TC-0002", name="公园_驿站", other_names=("湖边驿站",), town="湖滨街道", life_cycle=LifeCycle.DELISTED)
DRIVERS = real(
    "TC-0003",
    name="ABC司机之家",
    kind=StationKind.DRIVER_HOME,
    district_code="990102",
    last_verified=Verification(date(2026, 11, 1), VerifiedHow.PHONE),
)


@pytest.fixture
def register(store: Store) -> Store:
    add(store, BANK, PARK, DRIVERS)
    return store


def found(store: Store, **question: object) -> list[str]:
    with store.reading() as reader:
        rows, total = reader.stations_page(StationsQuestion(**question))  # type: ignore[arg-type] # tests name fields
    assert total >= len(rows)
    return [row.code.removeprefix("TC-000") for row in rows]


def test_without_a_question_all_are_listed_by_code_hidden_ones_too(register: Store) -> None:
    assert found(register) == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("银行", ["1"]),
        ("bank", ["1"]),
        ("ＢＡＮＫ", ["1"]),
        ("abc", ["3"]),
        ("湖边", ["2"]),
        ("湖滨", ["2"]),
        ("解放路 银行", ["1"]),
        ("解放路 公园", []),
        ("tc-0003", ["3"]),
        ("_", ["2"]),
        ("%", []),
        ("\\", []),
        ("\x00", []),
        ("\ud800", []),
        ("  ", ["1", "2", "3"]),
    ],
)
def test_words_are_found_wherever_people_look(register: Store, text: str, expected: list[str]) -> None:
    assert found(register, text=text) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ({"district_codes": frozenset({"990101"})}, ["1"]),
        ({"without_district": True}, ["2"]),
        ({"district_codes": frozenset({"990101"}), "without_district": True}, ["1", "2"]),
        ({"kinds": frozenset({StationKind.DRIVER_HOME})}, ["3"]),
        ({"life_cycles": frozenset({LifeCycle.ACTIVE})}, ["1", "3"]),
        ({"only_unplaced": True}, ["2", "3"]),
        ({"only_unknown_hours": True, "only_unplaced": True}, ["2", "3"]),
        ({"codes": frozenset({"TC-0002", "TC-0404"})}, ["2"]),
        ({"codes": frozenset()}, []),
    ],
)
def test_filters_must_all_hold(register: Store, question: dict[str, object], expected: list[str]) -> None:
    assert found(register, **question) == expected


@pytest.mark.parametrize(
    ("sort", "ascending"),
    [
        (StationSort.CODE, ["1", "2", "3"]),
        (StationSort.NAME, ["3", "2", "1"]),
        (StationSort.KIND, ["3", "1", "2"]),
        (StationSort.DISTRICT, ["2", "1", "3"]),
        (StationSort.LIFE_CYCLE, ["1", "3", "2"]),
        (StationSort.VERIFIED, ["1", "2", "3"]),
    ],
)
def test_every_column_sorts_what_is_missing_first(register: Store, sort: StationSort, ascending: list[str]) -> None:
    assert found(register, sort=sort) == ascending


def test_sorting_down_puts_what_is_missing_last(register: Store) -> None:
    assert found(register, sort=StationSort.DISTRICT, descending=True) == ["3", "1", "2"]


def test_the_latest_change_comes_first_with_its_author(register: Store) -> None:
    with register.writing("form", at=NOW + timedelta(hours=1)) as writer:
        writer.update_station(replace(PARK, town="新街道"), expected_version=1, actor="wang", reason="")

    with register.reading() as reader:
        (row, *_), _ = reader.stations_page(StationsQuestion(sort=StationSort.UPDATED, descending=True))

    assert (row.code, row.version, row.updated_by, row.town) == ("TC-0002", 2, "wang", "新街道")


def test_a_row_says_what_a_list_shows(register: Store) -> None:
    with register.reading() as reader:
        (row, *_), total = reader.stations_page(StationsQuestion(limit=1))

    assert total == 3
    assert (row.name, row.kind, row.is_placed, row.hours_known) == ("银行驿站", BANK.kind, True, True)


def test_pages_follow_each_other(register: Store) -> None:
    assert [found(register, limit=2, offset=offset) for offset in (0, 2, 4)] == [["1", "2"], ["3"], []]


def test_many_stations_are_read_by_their_codes(store: Store) -> None:
    many: list[Station] = [real(f"TC-{number:04}") for number in range(1, 602)]
    add(store, *many)

    with store.reading() as reader:
        assert reader.stations_of([one.code for one in many] + ["TC-9999"]) == {one.code: one for one in many}


def test_the_revisions_of_one_import_are_found_by_its_batch(store: Store) -> None:
    with store.writing("import") as writer:
        for station, batch in ((PARK, "b1"), (BANK, "b1"), (DRIVERS, "b2")):
            writer.add_station(station, actor="li", reason="", batch=batch)

    with store.reading() as reader:
        assert [revision.code for revision in reader.batch_revisions("b1")] == ["TC-0001", "TC-0002"]
        assert reader.batch_revisions("b3") == ()
