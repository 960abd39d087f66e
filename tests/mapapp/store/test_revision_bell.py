"""A process is told of a new data revision, and finds it without being told."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from geodata.places import Place
from mapapp.services.snapshot import StationSnapshot
from mapapp.services.snapshot_keeper import SnapshotKeeper
from mapapp.store import CodeTaken, RevisionBell, Store
from tests.conftest import FrozenClock
from tests.mapapp.store.databases import on_postgresql
from tests.mapapp.store.station_writing import add, real
from tests.patience import PATIENCE_S
from tests.postgres_cluster import PostgresCluster

NEVER_S = 100 * PATIENCE_S


@pytest.fixture
def bell(store: Store) -> Iterator[RevisionBell]:
    bell = store.bell()
    yield bell
    bell.close()


@on_postgresql
def test_the_next_snapshot_comes_with_the_commit_and_not_with_the_next_look(
    store: Store, testcity: Place, clock: FrozenClock
) -> None:
    """The keeper looks by itself only in an hour: whatever it sees, it was told of."""
    seen = {number: threading.Event() for number in (1, 2)}

    def note(snapshot: StationSnapshot) -> None:
        if len(snapshot.stations) in seen:
            seen[len(snapshot.stations)].set()

    keeper = SnapshotKeeper(store, testcity, clock, NEVER_S, note)
    keeper.refresh()
    keeper.start()
    add(store, real("TC-0001"))
    assert seen[1].wait(PATIENCE_S)
    add(store, real("TC-0002"))
    assert seen[2].wait(PATIENCE_S)
    keeper.stop()


@on_postgresql
def test_what_was_not_committed_rings_no_bell(store: Store, bell: RevisionBell) -> None:
    bell.wait(0)
    assert bell.listens
    with pytest.raises(CodeTaken):
        add(store, real(), real())

    assert not bell.wait(0.05)
    add(store, real())
    assert bell.wait(PATIENCE_S)


@on_postgresql
def test_a_bell_whose_connection_was_lost_listens_again(
    store: Store, cluster: PostgresCluster, request: pytest.FixtureRequest
) -> None:
    now_s = [0.0]
    bell = RevisionBell(store._engine, steady_s=lambda: now_s[0])
    request.addfinalizer(bell.close)
    bell.wait(0)
    with cluster.away():
        while bell.listens:
            bell.wait(PATIENCE_S)
        now_s[0] += 100
        bell.wait(0)
        assert not bell.listens

    now_s[0] += 100
    assert bell.wait(0)  # what was said meanwhile nobody has heard: look
    assert bell.listens


def test_a_bell_can_be_rung_by_hand_before_and_while_somebody_waits(bell: RevisionBell) -> None:
    bell.wait(0)
    bell.ring()
    bell.wait(NEVER_S)

    threading.Timer(0.02, bell.ring).start()
    bell.wait(NEVER_S)


def test_a_closed_bell_is_rung_in_vain(store: Store) -> None:
    bell = store.bell()
    bell.close()
    bell.ring()
