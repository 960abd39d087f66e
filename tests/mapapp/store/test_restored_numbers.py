"""A restored database goes on from numbers that nobody has seen with other data."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from geodata.places import Place
from mapapp.services.keeping.backing_up import make_backup
from mapapp.services.keeping.bringing_back import restore_backup
from mapapp.services.planning.ground import GroundKeeper
from mapapp.services.snapshot_keeper import SnapshotKeeper
from mapapp.settings import Settings
from mapapp.store import DataAction, DataEvent, Store
from mapapp.store.fresh_numbers import Numbers, Restoration
from tests.mapapp.store.databases import on_sqlite
from tests.mapapp.store.station_writing import NOW, add, change, real
from tests.postgres_cluster import programs_dir

HOUR: Final = timedelta(hours=1)


@pytest.fixture(autouse=True)
def programs_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """The programs of the server's own version."""
    monkeypatch.setenv("PATH", f"{programs_dir()}{os.pathsep}{os.environ['PATH']}")


def rename(store: Store, name: str) -> None:
    with store.reading() as reader:
        station = reader.station("TC-0001")
    assert station is not None
    change(store, real("TC-0001", name=name, version=station.version))


def events(store: Store) -> list[DataEvent]:
    with store.reading() as reader:
        return [event for event in reader.events() if event.action is DataAction.DATA_RESTORED]


def test_who_kept_what_was_there_before_sees_what_was_restored(
    store: Store, settings: Settings, testcity: Place, tmp_path: Path
) -> None:
    """As many changes after the backup as after the restoring, so that the numbers alone would be the same."""
    keeper = SnapshotKeeper(store, testcity, lambda: NOW, poll_s=1.0)
    ground = GroundKeeper(store, testcity, settings)
    add(store, real())
    file = make_backup(settings, tmp_path / "a.backup", None, NOW).file
    rename(store, "后来的名字")
    with store.writing("form") as writer:
        writer.note_event(DataAction.STATION_VERIFIED, {"station": "TC-0001"}, actor="li")
    keeper.refresh()
    assert [station.name for station in ground.current().register.stations] == ["后来的名字"]
    kept, last = keeper.current, store.data_revision()
    store.close()

    restored = restore_backup(settings, file, None, NOW + HOUR, replace=True)
    with store.writing("form") as writer:
        writer.note_event(DataAction.STATION_VERIFIED, {"station": "TC-0001"}, actor="li")

    assert restored.data_revision == last + 1
    assert keeper.refresh()
    assert [station.name for station in keeper.current.stations] == [real().name]
    assert keeper.current.revision > kept.revision
    assert [station.name for station in ground.current().register.stations] == [real().name]
    (event,) = events(store)
    assert (event.at, event.data_revision) == (NOW + HOUR, last + 1)
    assert event.detail == {"made_at": NOW.isoformat(), "backed_up": last - 2, "over": last}


@on_sqlite
def test_a_second_restoring_goes_on_from_the_first(store: Store, settings: Settings, tmp_path: Path) -> None:
    add(store, real())
    file = make_backup(settings, tmp_path / "a.backup", None, NOW).file
    last = store.data_revision()
    store.close()

    revisions = [restore_backup(settings, file, None, NOW, replace=True).data_revision for _ in range(3)]

    assert revisions == [last + 1, last + 2, last + 3]
    assert [event.data_revision for event in events(store)] == [last + 3]


def test_where_nobody_knows_how_far_the_lost_one_came_the_numbers_leap(
    store: Store, settings: Settings, empty_url: str, tmp_path: Path
) -> None:
    add(store, real())
    made = make_backup(settings, tmp_path / "a.backup", None, NOW)
    elsewhere = Settings(database_url=empty_url, data_dir=str(tmp_path / "elsewhere"))

    restored = restore_backup(elsewhere, made.file, None, NOW + HOUR, replace=False)

    assert restored.data_revision == made.manifest.content.data_revision + 1_000_000 + 3_600_000
    with closing(Store(empty_url)) as there:
        assert there.data_revision() == restored.data_revision
        (event,) = events(there)
        assert event.detail["over"] is None


@on_sqlite
def test_a_database_that_cannot_be_read_counts_as_none(store: Store, settings: Settings, tmp_path: Path) -> None:
    add(store, real())
    made = make_backup(settings, tmp_path / "a.backup", None, NOW)
    store.close()
    Path(settings.database_url.removeprefix("sqlite:///")).write_bytes(b"not a database any more" * 100)

    restored = restore_backup(settings, made.file, None, NOW, replace=True)

    assert restored.data_revision == made.manifest.content.data_revision + 1_000_000


@pytest.mark.parametrize(
    ("over", "revision", "least_event_id"),
    [
        (Numbers(150, 30), 151, 30),
        (Numbers(100, 20), 101, 20),
        (Numbers(99, 19), 1_003_100, 1_003_019),
        (Numbers(0, 0), 1_003_100, 1_003_000),
        (None, 1_003_100, 1_003_000),
    ],
)
def test_the_numbers_are_above_those_of_both(over: Numbers | None, revision: int, least_event_id: int) -> None:
    made_at = datetime(2026, 11, 18, tzinfo=UTC)
    at = made_at + timedelta(seconds=3.6)

    found = Restoration(at=at, made_at=made_at, backed_up=100, over=over)

    assert (found.revision, found.least_event_id) == (revision, least_event_id)


def test_a_clock_that_was_set_back_takes_nothing_from_the_leap() -> None:
    found = Restoration(at=NOW - HOUR, made_at=NOW, backed_up=100, over=None)

    assert found.revision == 1_000_100
