"""What the public reads comes from a replica where that has come far enough; nobody goes back in time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import event

from geodata.places import Place
from mapapp.services.snapshot_keeper import SnapshotKeeper
from mapapp.store import Store, StoreAway, StoreUnusable
from tests.conftest import FrozenClock
from tests.mapapp.store.databases import on_sqlite
from tests.mapapp.store.station_writing import add, real


@dataclass(slots=True)
class Copied:
    """A store and the file that is its replica, which follows when the test says so."""

    store: Store
    primary: Path
    copy: Path
    from_copy: list[str]

    def follow(self) -> None:
        with closing(sqlite3.connect(self.primary)) as source, closing(sqlite3.connect(self.copy)) as copy:
            source.backup(copy)

    def codes_at(self, revision: int) -> list[str]:
        with self.store.public_reading(at_least=revision) as reader:
            return [station.code for station in reader.stations()]


@pytest.fixture
def copied(store: Store, tmp_path: Path) -> Iterator[Copied]:
    primary, copy = tmp_path / "stations.sqlite3", tmp_path / "replica.sqlite3"
    both = Store(f"sqlite:///{primary}", replica_url=f"sqlite:///{copy}")
    asked: list[str] = []
    assert both._replica is not None
    event.listen(both._replica._engine, "before_cursor_execute", lambda *words: asked.append(words[2]))
    world = Copied(both, primary, copy, asked)
    world.follow()
    yield world
    both.close()


@on_sqlite
def test_the_public_reads_from_a_replica_that_has_come_far_enough(copied: Copied) -> None:
    add(copied.store, real("TC-0001"))
    copied.follow()

    assert copied.codes_at(1) == ["TC-0001"]
    assert any("FROM stations" in statement for statement in copied.from_copy)


@on_sqlite
def test_a_replica_that_is_behind_serves_nobody_who_has_seen_more(copied: Copied) -> None:
    add(copied.store, real("TC-0001"))

    assert copied.codes_at(1) == ["TC-0001"]
    assert copied.codes_at(0) == []  # who has seen nothing yet may read the older state
    assert not any("FROM stations" in statement for statement in copied.from_copy[:2])
    state = copied.store.replica_state
    assert state is not None
    assert (state.revision, state.is_away) == (0, False)


@on_sqlite
def test_whoever_writes_reads_it_back_from_the_primary(copied: Copied) -> None:
    add(copied.store, real("TC-0001"))

    with copied.store.reading() as reader:
        assert reader.station("TC-0001") is not None


@on_sqlite
def test_a_replica_that_is_away_is_left_alone_for_a_while(copied: Copied) -> None:
    now_s = [0.0]
    assert copied.store._replica is not None
    copied.store._replica._steady_s = lambda: now_s[0]
    copied.follow()
    copied.copy.rename(copied.copy.with_suffix(".away"))
    add(copied.store, real("TC-0001"))

    assert copied.codes_at(0) == ["TC-0001"]
    state = copied.store.replica_state
    assert state is not None
    assert state.is_away

    copied.copy.with_suffix(".away").rename(copied.copy)
    assert copied.codes_at(0) == ["TC-0001"]  # not asked yet
    now_s[0] += 100
    assert copied.codes_at(0) == []
    state = copied.store.replica_state
    assert state is not None
    assert not state.is_away


@on_sqlite
def test_snapshots_come_from_the_replica_and_never_go_back(copied: Copied, testcity: Place, clock: FrozenClock) -> None:
    keeper = SnapshotKeeper(copied.store, testcity, clock, 1.0)
    add(copied.store, real("TC-0001"))
    copied.follow()
    keeper.refresh()
    from_copy = [statement for statement in copied.from_copy if statement.startswith("SELECT stations.code")]
    add(copied.store, real("TC-0002"))
    keeper.refresh()  # the replica is one behind

    assert len(from_copy) == 1
    assert list(keeper.current.by_code) == ["TC-0001", "TC-0002"]
    copied.follow()
    assert not keeper.refresh()
    assert keeper.current.revision == 2


@on_sqlite
def test_while_the_primary_is_away_the_replica_is_followed_forward_only(
    copied: Copied, testcity: Place, clock: FrozenClock, tmp_path: Path
) -> None:
    keeper = SnapshotKeeper(copied.store, testcity, clock, 1.0)
    add(copied.store, real("TC-0001"))
    keeper.refresh()
    away = copied.primary.with_suffix(".away")
    add(copied.store, real("TC-0002"))
    later = tmp_path / "later.sqlite3"
    with closing(sqlite3.connect(copied.primary)) as source, closing(sqlite3.connect(later)) as copy:
        source.backup(copy)
    copied.primary.rename(away)

    with pytest.raises(StoreAway):
        keeper.refresh()
    assert keeper.current.revision == 1  # the replica stands at 0

    later.replace(copied.copy)
    with pytest.raises(StoreAway):
        keeper.refresh()
    assert list(keeper.current.by_code) == ["TC-0001", "TC-0002"]
    assert not keeper.database_answers

    away.rename(copied.primary)
    assert not keeper.refresh()
    assert keeper.database_answers


def test_a_replicas_url_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable, match="MAPAPP_DATABASE_REPLICA_URL"):
        Store(f"sqlite:///{tmp_path / 'one.sqlite3'}", replica_url="mysql://somewhere/else")
