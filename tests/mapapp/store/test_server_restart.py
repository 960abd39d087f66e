"""The database server goes away and comes back, as servers do."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from geodata.places import Place
from mapapp.services.snapshot_keeper import SnapshotKeeper
from mapapp.store import Store, StoreAway, StoreUnusable
from tests.conftest import FrozenClock
from tests.mapapp.store.databases import on_postgresql
from tests.mapapp.store.station_writing import add, real
from tests.patience import wait_until
from tests.postgres_cluster import PostgresCluster

POLL_S = 0.02

pytestmark = on_postgresql


@pytest.fixture
def keeper(store: Store, testcity: Place, clock: FrozenClock) -> Iterator[SnapshotKeeper]:
    """A keeper that follows the store, one station in its snapshot."""
    add(store, real("TC-0001"))
    keeper = SnapshotKeeper(store, testcity, clock, POLL_S)
    keeper.refresh()
    keeper.start()
    yield keeper
    keeper.stop()


def test_a_restart_between_two_transactions_goes_unnoticed(store: Store, cluster: PostgresCluster) -> None:
    add(store, real("TC-0001"))
    with cluster.away():
        pass

    add(store, real("TC-0002"))

    assert store.data_revision() == 2


def test_a_restart_within_a_transaction_leaves_nothing_of_it(store: Store, cluster: PostgresCluster) -> None:
    def write() -> None:
        with store.writing("form") as writer:
            writer.add_station(real(), actor="li", reason="")
            with cluster.away():
                pass

    with pytest.raises(StoreAway):
        write()

    with store.reading() as reader:
        assert (reader.stations(), reader.data_revision()) == ((), 0)


def test_a_server_that_is_away_is_named_without_its_password(
    store: Store, cluster: PostgresCluster, postgresql_name: str
) -> None:
    by_network = Store(cluster.network_url(postgresql_name))
    with cluster.away():
        with pytest.raises(StoreUnusable, match="refused") as refusal:
            by_network.require_migrated()
        with pytest.raises(StoreUnusable):
            store.migrate()

    assert ":***@127.0.0.1" in refusal.value.en
    assert ":***@127.0.0.1" in refusal.value.zh


def test_the_last_good_snapshot_stays_while_the_server_is_away(
    keeper: SnapshotKeeper, store: Store, cluster: PostgresCluster, caplog: pytest.LogCaptureFixture
) -> None:
    good = keeper.current

    with cluster.away():
        wait_until(lambda: keeper.last_error is not None)
        time.sleep(5 * POLL_S)

        assert keeper.current is good

    wait_until(lambda: keeper.last_error is None)
    add(store, real("TC-0002"))
    wait_until(lambda: len(keeper.current.stations) == 2)
    levels = [record.levelname for record in caplog.records if record.levelname != "INFO"]
    assert (levels[0], levels[-1]) == ("ERROR", "WARNING")
    assert len(levels) < 8  # one line a reason, not one a look
