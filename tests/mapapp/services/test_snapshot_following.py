"""A snapshot made from the one before answers as one for which everything is read."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.engine import Engine

from geodata.coordinates import LonLat
from geodata.places import Place
from geodata.stations.arrival import ArrivalRules
from geodata.stations.columns import StationColumns
from geodata.stations.filters import OpenFilter, Order, StationFilter
from geodata.stations.freshness import ConfirmedHow, FieldGroup
from geodata.stations.holidays import DayKind, SpecialDay
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.selection import FEW_ROWS
from geodata.stations.station import Alert, Position, ServiceOffer, Station, Verification
from geodata.stations.vocabulary import EntryMethod, LifeCycle, Service, ServiceState, StationKind, VerifiedHow
from geodata.travel.straight_line import StraightLineTravel, TravelMode
from mapapp.services.compact_file import compact_file
from mapapp.services.publish import collection_bytes, feature_bytes, notice
from mapapp.services.snapshot import StationSnapshot, build_snapshot
from mapapp.settings import Settings
from mapapp.store import DataAction, Store, Writer
from tests.conftest import FROZEN_AT

CODES: Final = tuple(f"TC-{number:04d}" for number in (1, 2, 3, 5, 8, 13))
RULES: Final = (None, "24/7", "Mo-Fr 08:30-18:00; PH off", "Mo-Su 20:00-02:00", "May-Sep Mo-Su 07:00-21:00")
DISTRICTS: Final = (None, "990101", "990102")
STEPS_COUNT: Final = 12
LONG_STEPS_COUNT: Final = 600

Step = Callable[[Writer, datetime], None]


@st.composite
def stations(draw: st.DrawFn) -> Station:
    services = draw(st.lists(st.sampled_from(list(Service)[:5]), unique=True, max_size=3))
    states = st.sampled_from((ServiceState.AVAILABLE, ServiceState.BROKEN))
    spot = st.sampled_from((None, Position.wgs84(113.02, 34.61), Position.wgs84(113.05, 34.63)))
    return Station(
        code=draw(st.sampled_from(CODES)),
        kind=draw(st.sampled_from(StationKind)),
        name=draw(st.sampled_from(("测试一站", "测试二站"))),
        district_code=draw(st.sampled_from(DISTRICTS)),
        position=draw(spot),
        entry_methods=draw(st.sampled_from(((), (EntryMethod.QR, EntryMethod.ATTENDED)))),
        services=tuple(ServiceOffer(service=service, state=draw(states)) for service in services),
        hours=OpeningHours(draw(st.sampled_from(RULES))),
        life_cycle=draw(st.sampled_from((LifeCycle.ACTIVE, LifeCycle.ACTIVE, LifeCycle.DELISTED, LifeCycle.PLANNED))),
        alert=draw(st.sampled_from((None, Alert("停水", FROZEN_AT + timedelta(days=1))))),
        last_verified=draw(st.sampled_from((None, Verification(date(2026, 10, 1), VerifiedHow.PHONE)))),
    )


def saving(station: Station) -> Step:
    def step(writer: Writer, _at: datetime) -> None:
        if writer.station(station.code) is None:
            writer.add_station(station, actor="li", reason="")
        else:
            writer.update_station(station, expected_version=None, actor="li", reason="")

    return step


def looking(code: str) -> Step:
    def step(writer: Writer, at: datetime) -> None:
        if writer.station(code) is not None:
            writer.confirmations.add(code, [FieldGroup.HOURS], at=at, actor="li", how=ConfirmedHow.ON_SITE)
            writer.note_event(DataAction.STATION_VERIFIED, {"station": code}, actor="li")

    return step


def removing(code: str) -> Step:
    def step(writer: Writer, _at: datetime) -> None:
        if writer.station(code) is not None:
            writer.remove_stations([code])
            writer.note_event(DataAction.IMPORT_UNDONE, {"removed": [code]}, actor="li")

    return step


def closing_a_day(day: date) -> Step:
    def step(writer: Writer, _at: datetime) -> None:
        writer.set_special_day(SpecialDay(day, DayKind.HOLIDAY, "节日", "a holiday"), actor="li")

    return step


steps = st.one_of(
    stations().map(saving),
    stations().map(saving),
    st.sampled_from(CODES).map(looking),
    st.sampled_from(CODES).map(removing),
    st.sampled_from((date(2026, 11, 18), date(2026, 11, 19))).map(closing_a_day),
)


def check_following(file: Path, place: Place, transactions: list[list[Step]]) -> None:
    store = Store(f"sqlite:///{file}", clock=lambda: FROZEN_AT)
    try:
        snapshot = build_snapshot(store, place, FROZEN_AT)
        for number, transaction in enumerate(transactions):
            at = FROZEN_AT + timedelta(minutes=number)
            with store.writing("form", at=at) as writer:
                for step in transaction:
                    step(writer, at)
            if number % 3 != 1:  # now and then two transactions are taken over at once
                snapshot = build_snapshot(store, place, at, snapshot)
                assert_answers_alike(snapshot, build_snapshot(store, place, at), at)
    finally:
        store.close()


@settings(max_examples=STEPS_COUNT, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(transactions=st.lists(st.lists(steps, min_size=1, max_size=4), min_size=1, max_size=6))
def test_following_any_changes_answers_as_reading_everything(
    transactions: list[list[Step]], migrated_database: Path, testcity: Place, tmp_path: Path
) -> None:
    file = tmp_path / "following.sqlite3"
    shutil.copyfile(migrated_database, file)
    check_following(file, testcity, transactions)


@pytest.mark.long
@settings(max_examples=LONG_STEPS_COUNT, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(transactions=st.lists(st.lists(steps, min_size=1, max_size=6), min_size=1, max_size=10))
def test_following_many_changes_answers_as_reading_everything(
    transactions: list[list[Step]],
    followed: FollowedCounts,
    migrated_database: Path,
    testcity: Place,
    tmp_path: Path,
) -> None:
    file = tmp_path / "following.sqlite3"
    shutil.copyfile(migrated_database, file)
    check_following(file, testcity, transactions)
    followed.histories += 1
    followed.changes += sum(map(len, transactions))


@dataclass(slots=True)
class FollowedCounts:
    """How much was tried."""

    histories: int = 0
    changes: int = 0


@pytest.fixture
def followed() -> Iterator[FollowedCounts]:
    counts = FollowedCounts()
    yield counts
    print(f"{counts.histories} histories of {counts.changes} changes followed")


def assert_answers_alike(one: StationSnapshot, other: StationSnapshot, at: datetime) -> None:
    assert (one.revision, one.position, one.stations) == (other.revision, other.position, other.stations)
    assert list(one.by_code.items()) == list(other.by_code.items())
    assert (one.holidays, one.is_sample, one.unplaced_count, one.alert_ends) == (
        other.holidays,
        other.is_sample,
        other.unplaced_count,
        other.alert_ends,
    )
    assert (dict(one.door_warnings), one.doors_change_at) == (dict(other.door_warnings), other.doors_change_at)
    assert published(one, at) == published(other, at)
    assert compact_file(one, Settings(), at.date()) == compact_file(other, Settings(), at.date())
    assert found(one, at) == found(other, at)
    assert_same_columns(one.index.columns, other.index.columns)


def published(snapshot: StationSnapshot, at: datetime) -> bytes:
    return collection_bytes(notice(snapshot), (feature_bytes(each, snapshot, at) for each in snapshot.stations))


def found(snapshot: StationSnapshot, at: datetime) -> list[object]:
    filters = (
        StationFilter(open=OpenFilter.ANY),
        StationFilter(open=OpenFilter.ARRIVAL),
        StationFilter(open=OpenFilter.ANY, services=frozenset(list(Service)[:1])),
        StationFilter(open=OpenFilter.ANY, district_codes=frozenset({"990101"})),
        StationFilter(open=OpenFilter.ANY, open_late=True),
    )
    return [
        snapshot.index.nearest(
            LonLat(113.0, 34.6),
            5,
            each,
            at=at,
            mode=TravelMode.WALK,
            travel=StraightLineTravel(),
            rules=ArrivalRules(),
            order=Order.USEFUL,
        )
        for each in filters
    ]


def assert_same_columns(one: StationColumns, other: StationColumns) -> None:
    for name in (field.name for field in fields(StationColumns)):
        if name not in {"districts", "district_ids", "schedules", "schedule_ids"}:
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert sorted(one.districts) == sorted(other.districts)
    for row in range(len(one.codes)):
        assert district(one, row) == district(other, row)
        assert one.schedules[one.schedule_ids[row]].rule == other.schedules[other.schedule_ids[row]].rule
    assert {schedule.rule for schedule in one.schedules} == {schedule.rule for schedule in other.schedules}


def district(columns: StationColumns, row: int) -> str | None:
    number = int(columns.district_ids[row])
    return columns.districts[number] if number >= 0 else None


# --- what is read, and what is kept --------------------------------------------------------------


@contextmanager
def statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def many(count: int) -> list[Station]:
    plain = Station(code="TC-0001", kind=StationKind.REST_STATION, name="测试驿站")
    return [
        replace(plain, code=f"TC-{number:04d}", position=Position.wgs84(113.0 + number / 1e4, 34.6))
        for number in range(1, count + 1)
    ]


def add(store: Store, each: list[Station]) -> None:
    with store.writing("form") as writer:
        for station in each:
            writer.add_station(station, actor="li", reason="")


def rename(store: Store, code: str) -> None:
    with store.writing("form") as writer:
        before = writer.station(code)
        assert before is not None
        writer.update_station(replace(before, name="新名字"), expected_version=None, actor="li", reason="")


def test_only_the_stations_that_changed_are_read(store: Store, testcity: Place) -> None:
    add(store, many(40))
    first = build_snapshot(store, testcity, FROZEN_AT)
    rename(store, "TC-0007")

    with statements() as seen:
        second = build_snapshot(store, testcity, FROZEN_AT, first)

    reads = [statement for statement in seen if statement.startswith("SELECT stations.code, stations.kind")]
    assert second.by_code["TC-0007"].name == "新名字"
    assert len(reads) == 1
    assert "stations.code IN" in reads[0]
    kept = [one is other for one, other in zip(first.stations, second.stations, strict=True)]
    assert kept.count(False) == 1


def test_an_edit_that_moves_nothing_keeps_the_tree_and_the_hours(store: Store, testcity: Place) -> None:
    add(store, many(FEW_ROWS + 1))
    first = build_snapshot(store, testcity, FROZEN_AT)
    rename(store, "TC-0007")

    second = build_snapshot(store, testcity, FROZEN_AT, first)

    assert second.book is first.book
    assert second.index.columns.schedules is first.index.columns.schedules
    assert second.index.columns.codes is first.index.columns.codes
    assert second.index.tree is first.index.tree


def test_what_changed_but_no_station_reads_no_station(store: Store, testcity: Place) -> None:
    add(store, many(3))
    first = build_snapshot(store, testcity, FROZEN_AT)
    with store.writing("form") as writer:
        writer.note_event(DataAction.DEMAND_CHOSEN, {}, actor="li")

    with statements() as seen:
        second = build_snapshot(store, testcity, FROZEN_AT, first)

    assert (second.revision, second.stations) == (first.revision + 1, first.stations)
    assert second.index is first.index
    assert not [statement for statement in seen if "FROM stations" in statement]


def test_new_holidays_change_the_hours_and_no_station_is_read(store: Store, testcity: Place) -> None:
    add(store, many(3))
    first = build_snapshot(store, testcity, FROZEN_AT)
    with store.writing("form") as writer:
        closing_a_day(FROZEN_AT.date())(writer, FROZEN_AT)

    second = build_snapshot(store, testcity, FROZEN_AT, first)

    assert second.holidays != first.holidays
    assert second.book is not first.book
    assert second.stations is first.stations


def test_reading_everything_again_keeps_the_objects_of_equal_stations(store: Store, testcity: Place) -> None:
    """So that two snapshots of a country do not take twice the memory while one takes over from the other."""
    add(store, many(5))
    first = build_snapshot(store, testcity, FROZEN_AT)
    with store.writing("form") as writer:
        removing("TC-0005")(writer, FROZEN_AT)

    second = build_snapshot(store, testcity, FROZEN_AT, first)

    assert [each.code for each in second.stations] == ["TC-0001", "TC-0002", "TC-0003", "TC-0004"]
    assert all(one is other for one, other in zip(first.stations, second.stations, strict=False))


def test_the_history_numbers_of_removed_stations_may_come_again(store: Store, testcity: Place) -> None:
    """SQLite gives the number of a removed last row to the next one."""
    add(store, many(2))
    first = build_snapshot(store, testcity, FROZEN_AT)
    with store.writing("form") as writer:
        removing("TC-0002")(writer, FROZEN_AT)
    rename(store, "TC-0001")

    second = build_snapshot(store, testcity, FROZEN_AT, first)

    assert [(each.code, each.name) for each in second.stations] == [("TC-0001", "新名字")]


def test_a_restored_backup_is_read_as_a_whole(store: Store, testcity: Place) -> None:
    add(store, many(2))
    first = build_snapshot(store, testcity, FROZEN_AT)
    rename(store, "TC-0001")
    later = build_snapshot(store, testcity, FROZEN_AT, first)

    with store.reading() as reader:
        assert reader.codes_changed_since(replace(later.position, revision=99), most=10) is None
        assert reader.codes_changed_since(replace(later.position, history_id=99), most=10) is None
        assert reader.codes_changed_since(replace(later.position, event_id=99), most=10) is None
        assert reader.codes_changed_since(first.position, most=10) == frozenset({"TC-0001"})
        assert reader.codes_changed_since(first.position, most=0) is None
