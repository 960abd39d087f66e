"""A database that is away, full or moved: told as what it is, and well again by itself."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import event, text

from mapapp.settings import Settings
from mapapp.store import PoolLimits, Store, StoreAway, StoreBusy, StoreFull
from tests.mapapp.store.databases import on_postgresql, on_sqlite
from tests.mapapp.store.station_writing import add, change, real
from tests.postgres_cluster import PostgresCluster


def read(store: Store) -> int:
    with store.reading() as reader:
        return len(reader.stations())


@on_sqlite
def test_a_file_that_was_moved_away_is_missed_and_none_is_put_in_its_place(store: Store, tmp_path: Path) -> None:
    add(store, real("TC-0001"))
    file = tmp_path / "stations.sqlite3"
    file.rename(tmp_path / "elsewhere.sqlite3")

    with pytest.raises(StoreAway):
        read(store)
    with pytest.raises(StoreAway):
        add(store, real("TC-0002"))
    assert not file.exists()

    (tmp_path / "elsewhere.sqlite3").rename(file)
    add(store, real("TC-0003"))
    assert read(store) == 2


@on_sqlite
def test_a_file_put_in_the_others_place_is_the_one_that_is_used(store: Store, tmp_path: Path) -> None:
    """A kept connection would go on writing into the file that was replaced."""
    add(store, real("TC-0001"))
    file = tmp_path / "stations.sqlite3"
    other = tmp_path / "other.sqlite3"
    with sqlite3.connect(file) as source, sqlite3.connect(other) as copy:
        source.backup(copy)
    source.close()
    copy.close()
    change(store, real("TC-0001", address="东街 1 号"))
    for rest in tmp_path.glob("stations.sqlite3-*"):
        rest.unlink()
    other.replace(file)

    with store.reading() as reader:
        (station,) = reader.stations()
    assert station.address == ""


@on_sqlite
def test_a_full_disk_refuses_what_is_written_and_goes_on_reading(store: Store, tmp_path: Path) -> None:
    add(store, *(real(f"TC-{number:04d}") for number in range(1, 20)))
    event.listen(store._engine, "begin", _allow_no_more_pages)

    with pytest.raises(StoreFull):
        add(store, *(real(f"TC-{number:04d}", address="东" * 500) for number in range(20, 400)))

    assert read(store) == 19
    event.remove(store._engine, "begin", _allow_no_more_pages)
    store._engine.dispose()
    add(store, real("TC-9999"))
    with sqlite3.connect(tmp_path / "stations.sqlite3") as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert file.execute("SELECT count(*) FROM stations").fetchone() == (20,)
        assert file.execute("SELECT count(*) FROM station_revisions").fetchone() == (20,)
    file.close()


def _allow_no_more_pages(connection: object) -> None:
    """As if the disk were full: SQLite answers the very same."""
    connection.exec_driver_sql("PRAGMA max_page_count = 1")  # type: ignore[attr-defined]  # less than there are: no more


@on_sqlite
def test_a_file_that_is_none_is_told_as_away(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "stations.sqlite3").write_bytes(b"no database at all" * 100)

    store = Store(settings.database_url)
    with pytest.raises(StoreAway):
        store.data_revision()
    store.close()


@on_postgresql
def test_a_server_that_is_away_is_told_as_that_and_found_again(store: Store, cluster: PostgresCluster) -> None:
    add(store, real("TC-0001"))
    with cluster.away():
        with pytest.raises(StoreAway):
            read(store)
        with pytest.raises(StoreAway):
            add(store, real("TC-0002"))

    add(store, real("TC-0003"))
    assert read(store) == 2


@on_postgresql
def test_a_server_that_became_a_copy_takes_no_writes_until_it_is_none(store: Store) -> None:
    def read_only(connection: object) -> None:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")  # type: ignore[attr-defined]

    event.listen(store._engine, "begin", read_only)
    with pytest.raises(StoreAway):
        add(store, real("TC-0001"))
    event.remove(store._engine, "begin", read_only)

    add(store, real("TC-0001"))
    assert read(store) == 1


@on_postgresql
def test_who_gets_no_connection_in_time_is_told_to_come_again(settings: Settings, store: Store) -> None:
    narrow = Store(settings.database_url, pool=PoolLimits(size=1, overflow=0, timeout_s=0.05))
    with narrow.reading(), pytest.raises(StoreBusy, match="else"), narrow.reading():
        pass

    assert narrow.data_revision() == 0
    narrow.close()


@on_postgresql
def test_a_deadlock_or_a_lock_that_is_not_had_is_told_as_busy(store: Store) -> None:
    with pytest.raises(StoreBusy), store.reading() as reader:
        reader._connection.execute(text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$"))
    with pytest.raises(StoreFull), store.reading() as reader:
        reader._connection.execute(text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$"))


def test_a_mistake_of_ours_is_told_as_it_is(store: Store) -> None:
    with pytest.raises(Exception, match="no_such_table") as told, store.reading() as reader:
        reader._connection.execute(text("SELECT 1 FROM no_such_table"))

    assert not isinstance(told.value, StoreBusy)
