"""The snapshot, and the keeper that swaps in the next one."""

from __future__ import annotations

import gc
import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import process_time

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from geodata.places import Place
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Position, Station
from geodata.stations.vocabulary import LifeCycle, StationKind
from mapapp.services.holidays import seed_holidays
from mapapp.services.snapshot import SnapshotNotReady, StationSnapshot, build_snapshot
from mapapp.services.snapshot_keeper import SnapshotKeeper
from mapapp.settings import Settings
from mapapp.store import Store
from tests.conftest import FROZEN_AT, FrozenClock
from tests.floor import slowness
from tests.patience import PATIENCE_S, wait_until

POLL_S = 0.01


class SteadyClock:
    """Seconds that only the test counts."""

    def __init__(self) -> None:
        self.now_s = 50.0

    def __call__(self) -> float:
        return self.now_s


def station(code: str, **fields: object) -> Station:
    plain = Station(code=code, kind=StationKind.REST_STATION, name="测试驿站", position=Position.wgs84(113.0, 34.6))
    return replace(plain, **fields)  # type: ignore[arg-type]


def add(store: Store, *stations: Station) -> None:
    with store.writing("form") as writer:
        for each in stations:
            writer.add_station(each, actor="li", reason="")


@contextmanager
def revisions_asked_by(thread_name: str) -> Iterator[list[str]]:
    """Each time the thread of that name asks for the data revision within the block."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "FROM data_revision" in statement and threading.current_thread().name == thread_name:
            asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
def keeper(store: Store, testcity: Place, clock: FrozenClock) -> Iterator[SnapshotKeeper]:
    keeper = SnapshotKeeper(store, testcity, clock, POLL_S)
    yield keeper
    keeper.stop()


def test_a_snapshot_holds_what_the_public_may_see_by_code(store: Store, testcity: Place) -> None:
    add(
        store,
        station("TC-0002", life_cycle=LifeCycle.TEMPORARILY_CLOSED),
        station("TC-0001", position=None),
        station("TC-0003", life_cycle=LifeCycle.DELISTED),
    )

    snapshot = build_snapshot(store, testcity, FROZEN_AT)

    assert [each.code for each in snapshot.stations] == ["TC-0001", "TC-0002"]
    assert list(snapshot.by_code) == ["TC-0001", "TC-0002"]
    assert snapshot.unplaced_count == 1
    assert (snapshot.revision, snapshot.built_at, snapshot.place) == (1, FROZEN_AT, testcity)
    assert not snapshot.is_sample


def test_a_snapshot_of_sample_stations_says_so(store: Store, testcity: Place) -> None:
    add(store, station("TC-S0001", is_sample=True))

    assert build_snapshot(store, testcity, FROZEN_AT).is_sample


def test_a_snapshot_of_nothing_is_a_snapshot(store: Store, testcity: Place) -> None:
    snapshot = build_snapshot(store, testcity, FROZEN_AT)

    assert (snapshot.stations, snapshot.is_sample, snapshot.unplaced_count) == ((), False, 0)


def test_schedules_follow_the_holiday_table_of_the_same_moment(store: Store, testcity: Place) -> None:
    hours = OpeningHours("Mo-Fr 08:00-18:00; PH off")
    add(store, station("TC-0001", hours=hours))
    seed_holidays(store, actor="li")

    snapshot = build_snapshot(store, testcity, FROZEN_AT)

    holiday = next(day.date for day in snapshot.holidays.days if day.kind == "holiday" and day.date.weekday() < 5)
    assert len(snapshot.book.of(hours).day_spans(holiday)) == 0
    assert len(snapshot.book.of(hours).day_spans(FROZEN_AT.date())) == 1


def test_payloads_belong_to_the_snapshot(store: Store, testcity: Place) -> None:
    snapshot = build_snapshot(store, testcity, FROZEN_AT)
    builds: list[StationSnapshot] = []

    def build(of: StationSnapshot) -> bytes:
        builds.append(of)
        return b"[]"

    first = snapshot.payload("list", "application/json", build)
    second = snapshot.payload("list", "application/json", build)

    assert first is second
    assert (first.identity, first.content_type) == (b"[]", "application/json")
    assert builds == [snapshot]


def test_before_the_first_reading_there_is_no_snapshot(keeper: SnapshotKeeper) -> None:
    with pytest.raises(SnapshotNotReady, match="not been read yet"):
        _ = keeper.current

    assert keeper.age is None


def test_the_snapshot_stays_the_same_object_while_nothing_changes(keeper: SnapshotKeeper) -> None:
    assert keeper.refresh()
    first = keeper.current

    assert not keeper.refresh()
    assert keeper.current is first


def test_a_new_data_revision_is_taken_over_whole(keeper: SnapshotKeeper, store: Store) -> None:
    keeper.refresh()
    first = keeper.current
    add(store, station("TC-0001"))

    assert keeper.refresh()
    assert [each.code for each in keeper.current.stations] == ["TC-0001"]
    assert first.stations == ()


def test_the_age_counts_from_the_last_look_however_the_machines_clock_is_set(
    store: Store, testcity: Place, clock: FrozenClock
) -> None:
    steady = SteadyClock()
    keeper = SnapshotKeeper(store, testcity, clock, poll_s=100 * PATIENCE_S, steady_s=steady)
    keeper.refresh()
    assert keeper.stands_since(older_than_s=-1) is None  # nobody follows it
    keeper.start()
    clock.advance(days=-400)
    steady.now_s += 3

    assert keeper.last_checked_at == FROZEN_AT
    assert keeper.age is not None
    assert keeper.age.total_seconds() == 3
    assert keeper.stands_since(older_than_s=3) is None
    assert keeper.stands_since(older_than_s=2) == clock.now - timedelta(seconds=3)
    keeper.stop()


def test_a_clock_that_was_set_back_has_what_stands_at_doors_read_anew(
    keeper: SnapshotKeeper, store: Store, clock: FrozenClock
) -> None:
    add(store, station("TC-0001"))
    keeper.refresh()
    first = keeper.current
    clock.advance(days=-2)

    assert keeper.refresh()
    assert keeper.current.built_at == clock.now
    assert keeper.current.stations is first.stations
    assert not keeper.refresh()


def test_a_clock_that_jumps_ahead_changes_nothing_but_the_day(keeper: SnapshotKeeper, clock: FrozenClock) -> None:
    keeper.refresh()
    first = keeper.current
    clock.advance(days=4000)

    assert not keeper.refresh()
    assert keeper.current is first


def test_the_threads_first_look_after_a_write_of_another_process_takes_it_over(
    store: Store, testcity: Place, clock: FrozenClock
) -> None:
    """One look may have begun before the write was through; the next one asks, and reads, and has it."""
    seen, asked_when_seen = threading.Event(), []

    def warm(snapshot: StationSnapshot) -> None:
        if snapshot.stations:
            asked_when_seen.append(len(asked))
            seen.set()

    keeper = SnapshotKeeper(store, testcity, clock, POLL_S, warm)
    keeper.refresh()
    keeper.start()
    with revisions_asked_by("snapshot-keeper") as asked:
        add(store, station("TC-0001"))
        asked_before = len(asked)
        assert seen.wait(PATIENCE_S)
    keeper.stop()

    assert asked_when_seen[0] - asked_before <= 3
    assert Settings().snapshot_poll_s <= 0.5


def test_the_thread_stops_without_waiting_for_its_next_look(store: Store, testcity: Place, clock: FrozenClock) -> None:
    keeper = SnapshotKeeper(store, testcity, clock, poll_s=100 * PATIENCE_S)
    others = {thread for thread in threading.enumerate() if thread.name == "snapshot-keeper"}
    keeper.start()
    keeper.start()
    (own,) = {thread for thread in threading.enumerate() if thread.name == "snapshot-keeper"} - others

    def stop_twice() -> None:
        keeper.stop()
        keeper.stop()

    stopping = threading.Thread(target=stop_twice, daemon=True)
    stopping.start()
    stopping.join(PATIENCE_S)

    assert not stopping.is_alive()
    assert not own.is_alive()


def test_a_stopped_keeper_can_start_again(keeper: SnapshotKeeper, store: Store) -> None:
    keeper.refresh()
    keeper.start()
    keeper.stop()
    keeper.start()
    add(store, station("TC-0001"))

    wait_until(lambda: len(keeper.current.stations) == 1)


def test_a_broken_database_leaves_the_last_good_snapshot(
    keeper: SnapshotKeeper, store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    add(store, station("TC-0001"))
    keeper.refresh()
    good = keeper.current
    rename(tmp_path, "data_revision", "lost")

    keeper.start()
    wait_until(lambda: keeper.last_error is not None)

    assert keeper.current is good
    assert "data_revision" in str(keeper.last_error)
    time.sleep(5 * POLL_S)
    complaints = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(complaints) == 1

    rename(tmp_path, "lost", "data_revision")
    wait_until(lambda: keeper.last_error is None)
    add(store, station("TC-0002"))
    wait_until(lambda: len(keeper.current.stations) == 2)


def test_asking_for_a_refresh_tells_what_is_wrong(keeper: SnapshotKeeper, tmp_path: Path) -> None:
    rename(tmp_path, "data_revision", "lost")

    with pytest.raises(Exception, match="data_revision"):
        keeper.refresh()
    with pytest.raises(SnapshotNotReady, match="data_revision"):
        _ = keeper.current


def test_a_snapshot_is_warm_before_anybody_sees_it(store: Store, testcity: Place, clock: FrozenClock) -> None:
    seen_while_warming: list[bool] = []

    def warm(snapshot: StationSnapshot) -> None:
        snapshot.payload("list", "application/json", lambda _: b"[]")
        try:
            seen_while_warming.append(warming.current is snapshot)
        except SnapshotNotReady:
            seen_while_warming.append(False)

    warming = SnapshotKeeper(store, testcity, clock, POLL_S, warm)
    warming.refresh()

    assert seen_while_warming == [False]
    assert warming.current.payload("list", "application/json", lambda _: b"other").identity == b"[]"


def test_a_new_day_warms_the_same_snapshot_again(store: Store, testcity: Place, clock: FrozenClock) -> None:
    warmed: list[int] = []
    keeper = SnapshotKeeper(store, testcity, clock, POLL_S, lambda snapshot: warmed.append(snapshot.revision))
    keeper.refresh()

    clock.advance(hours=13, minutes=59)
    keeper.refresh()
    before_midnight = len(warmed)
    clock.advance(minutes=2)

    assert not keeper.refresh()
    assert (before_midnight, len(warmed)) == (1, 2)


def test_a_snapshot_of_the_sample_is_built_in_a_moment(sample_store: Store, place: Place) -> None:
    times_s = []
    for _ in range(3):
        started = process_time()
        build_snapshot(sample_store, place, FROZEN_AT)
        times_s.append(process_time() - started)

    assert min(times_s) < 0.5 * slowness()


def test_what_was_built_is_not_walked_over_by_the_next_small_collection(sample_store: Store, place: Place) -> None:
    gc.disable()
    try:
        snapshot = build_snapshot(sample_store, place, FROZEN_AT)
        young = set(map(id, gc.get_objects(generation=0)))
    finally:
        gc.enable()

    assert not young & set(map(id, snapshot.stations))


def rename(folder: Path, table: str, to: str) -> None:
    """Rename a table behind the program's back."""
    with sqlite3.connect(folder / "stations.sqlite3", timeout=10) as connection:
        connection.execute(f"ALTER TABLE {table} RENAME TO {to}")
    connection.close()


def test_what_is_done_daily_is_done_at_the_start_and_on_each_new_day(
    store: Store, testcity: Place, clock: FrozenClock
) -> None:
    done: list[str] = []
    keeper = SnapshotKeeper(store, testcity, clock, POLL_S, daily=lambda: done.append(clock.now.date().isoformat()))
    keeper.start()
    wait_until(lambda: len(done) == 1)

    clock.advance(days=1)
    wait_until(lambda: len(done) == 2)
    keeper.stop()

    assert done == ["2026-11-18", "2026-11-19"]


def test_a_failure_of_what_is_done_daily_is_logged_and_stops_nothing(
    store: Store, testcity: Place, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        message = "no room left"
        raise OSError(message)

    keeper = SnapshotKeeper(store, testcity, clock, POLL_S, daily=fail)
    keeper.start()
    wait_until(lambda: "daily tidying failed" in caplog.text)

    add(store, station("TC-0001"))
    wait_until(lambda: len(keeper.current.stations) == 1)
    keeper.stop()

    assert caplog.text.count("daily tidying failed") == 1
