"""Whoever reads for the public waits for nobody for ever; jobs and backups do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import Connection

from mapapp.store import ReadingLimits, Store, StoreBusy
from mapapp.store.engine import LOOK_LIMITS, make_engine
from tests.postgres_cluster import PostgresCluster

IMPATIENT = ReadingLimits(lock_s=0.02, statement_s=30.0)
HASTY = ReadingLimits(lock_s=30.0, statement_s=0.02)


@pytest.fixture
def url(cluster: PostgresCluster, postgresql_name: str) -> str:
    """A PostgreSQL database of this test's own."""
    return cluster.network_url(postgresql_name)


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Within the block nobody else can read the data revision."""
    engine = make_engine(url)
    with engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("LOCK TABLE data_revision IN ACCESS EXCLUSIVE MODE")
        yield
    engine.dispose()


def limits_of(connection: Connection) -> tuple[str, str]:
    names = ("lock_timeout", "statement_timeout")
    lock, statement = (connection.exec_driver_sql(f"SHOW {name}").scalar_one() for name in names)
    return lock, statement


def test_a_connection_is_read_through_again_and_again(url: str) -> None:
    """Drivers prepare what they are given often, and two commands at once cannot be prepared."""
    with closing(Store(url, reading_limits=ReadingLimits(lock_s=30.0, statement_s=31.0))) as store:
        for _ in range(12):
            with store.looking() as look, store.public_reading(at_least=0) as reader:
                assert limits_of(look._connection) != limits_of(reader._connection) == ("30s", "31s")


def test_a_locked_table_is_told_as_busy(url: str) -> None:
    with closing(Store(url, reading_limits=IMPATIENT)) as store, locked(url):
        with pytest.raises(StoreBusy):
            store.data_revision()
        with pytest.raises(StoreBusy), store.public_reading(at_least=0) as reader:
            reader.data_revision()


def test_a_replica_that_is_locked_is_left_and_the_primary_asked(url: str) -> None:
    with closing(Store(url, replica_url=url, reading_limits=IMPATIENT)) as store, locked(url):
        with pytest.raises(StoreBusy), store.public_reading(at_least=0) as reader:
            reader.data_revision()
        state = store.replica_state
    assert state is not None
    assert state.is_away


def test_a_statement_that_takes_too_long_is_told_as_busy(url: str) -> None:
    with (
        closing(Store(url, reading_limits=HASTY)) as store,
        pytest.raises(StoreBusy),
        store.reading() as reader,
    ):
        reader._connection.exec_driver_sql("SELECT pg_sleep(30)")


def test_only_readers_of_who_asks_for_it_have_limits(url: str) -> None:
    limited = ReadingLimits(lock_s=5.0, statement_s=60.0)
    with closing(Store(url, reading_limits=limited)) as store:
        with store.reading() as reader:
            read = limits_of(reader._connection)
        with store.writing("form") as writer:
            written = limits_of(writer._connection)
    with closing(Store(url)) as store, store.reading() as reader:
        read_by_job = limits_of(reader._connection)

    assert read == ("5s", "1min")
    assert written[1] == "0"
    assert read_by_job == ("0", "0")


@pytest.mark.parametrize("further", ["", "?connect_timeout=60&application_name=mine"])
def test_a_look_gives_up_within_seconds_whatever_the_url_says(url: str, further: str) -> None:
    with closing(Store(url + further)) as store, store.looking() as reader:
        given = reader._connection.connection.driver_connection.info.get_parameters()  # type: ignore[union-attr]
        limits = limits_of(reader._connection)

    assert given["connect_timeout"] == "3"
    assert given["tcp_user_timeout"] == "3000"
    assert limits == (f"{LOOK_LIMITS.lock_s:.0f}s", f"{LOOK_LIMITS.statement_s:.0f}s")


def test_a_look_has_a_connection_of_its_own(url: str) -> None:
    with closing(Store(url)) as store:
        with store.reading() as reader, store.looking() as look:
            reader.data_revision()
            assert look.schema_revision() is not None
            assert store.connection_counts() == (2, 0)
        assert store.connection_counts() == (0, 2)
