"""Which addresses of databases are taken, and how they are shown."""

from __future__ import annotations

import pytest

from mapapp.store import Store, StoreUnusable
from tests.postgres_cluster import PostgresCluster


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "nonsense",
        "nosuchdatabase://host/name",
        "mysql://host/name",
        "postgres://host/name",
        "postgresql+nosuchdriver://host/name",
        "postgresql+psycopg://host:port/name",
        "",
    ],
)
def test_a_database_that_cannot_be_shared_or_reached_is_refused(url: str) -> None:
    with pytest.raises(StoreUnusable, match="MAPAPP_DATABASE_URL"):
        Store(url)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://somebody:secret@/stations.sqlite3",
        "mysql://somebody:secret@host/name",
        "postgresql+nosuchdriver://somebody:secret@host/name",
        "postgresql+psycopg://somebody:secret@host:port/name",
    ],
)
def test_a_refused_address_gives_no_password_away(url: str) -> None:
    with pytest.raises(StoreUnusable) as refusal:
        Store(url)

    assert "secret" not in refusal.value.en + refusal.value.zh


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql+psycopg://li:secret@host/name", "postgresql+psycopg://li:***@host/name"),
        ("postgresql+psycopg:///name?password=secret", "postgresql+psycopg:///name?password=***"),
        ("postgresql+psycopg:///name?sslpassword=secret&port=1", "postgresql+psycopg:///name?port=1&sslpassword=***"),
        ("postgresql+psycopg://host/name", "postgresql+psycopg://host/name"),
        ("sqlite:////a/b.sqlite3", "sqlite:////a/b.sqlite3"),
    ],
)
def test_an_address_is_shown_without_its_password(url: str, shown: str) -> None:
    assert Store(url).shown_url == shown


def test_a_password_opens_the_database_and_is_not_shown(cluster: PostgresCluster, postgresql_name: str) -> None:
    store = Store(cluster.network_url(postgresql_name))

    assert store.is_migrated()
    assert ":***@127.0.0.1:" in store.shown_url
    store.close()


def test_a_wrong_password_is_refused_and_not_told(cluster: PostgresCluster, postgresql_name: str) -> None:
    right = cluster.network_url(postgresql_name)
    start, _, end = right.partition("@")
    store = Store(f"{start}wrong@{end}")
    password = start.rpartition(":")[2] + "wrong"

    with pytest.raises(StoreUnusable, match="password authentication failed") as refusal:
        store.require_migrated()

    assert password not in refusal.value.en + refusal.value.zh
    store.close()


@pytest.mark.parametrize("parameter", ["nosuchparameter=1", "sslmode=perhaps"])
def test_a_parameter_nobody_knows_is_refused(cluster: PostgresCluster, parameter: str) -> None:
    store = Store(f"{cluster.network_url('postgres')}?{parameter}")

    with pytest.raises(StoreUnusable, match=parameter.partition("=")[0]):
        store.require_migrated()


def test_a_database_that_is_not_there_is_named(cluster: PostgresCluster) -> None:
    store = Store(cluster.url("nowhere"))

    with pytest.raises(StoreUnusable, match='database "nowhere" does not exist'):
        store.migrate()


def test_the_url_may_set_what_we_would_set(cluster: PostgresCluster, postgresql_name: str) -> None:
    store = Store(f"{cluster.network_url(postgresql_name)}?application_name=mine")

    with store.reading() as reader:
        assert reader._connection.exec_driver_sql("SHOW application_name").scalar_one() == "mine"
    store.close()
