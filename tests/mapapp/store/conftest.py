"""Every test of the store that takes ``store`` or ``settings`` runs on both databases.

Each test has a database of its own. In PostgreSQL it is a copy of one that is migrated once; the
server is private to this process, so that tests may restart it.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import count
from pathlib import Path
from typing import Final

import pytest

from mapapp.settings import Settings
from mapapp.store import Store
from tests.mapapp.store.databases import KINDS
from tests.mapapp.store.nursery import Nursery, open_nursery
from tests.mapapp.store.other_process import AT_ONCE_COUNT
from tests.postgres_cluster import PostgresCluster, missing_package

MIGRATED: Final = "migrated"
_numbers: Final = count(1)


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Where workers come from that are killed."""
    with open_nursery() as nursery:
        yield nursery


@pytest.fixture(scope="session")
def cluster() -> Iterator[PostgresCluster]:
    """A PostgreSQL server with PostGIS at hand."""
    package = missing_package()
    if package is not None:
        pytest.skip(f"{package} is missing")
    with PostgresCluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def migrated_template(cluster: PostgresCluster) -> str:
    """The name of a migrated database with nothing in it, to be copied."""
    cluster.create_database(MIGRATED)
    store = Store(cluster.url(MIGRATED))
    store.migrate()
    store.close()
    return MIGRATED


@pytest.fixture
def postgresql_name(cluster: PostgresCluster, migrated_template: str) -> Iterator[str]:
    """The name of a migrated PostgreSQL database of this test's own."""
    with_name = f"test_{next(_numbers)}"
    cluster.create_database(with_name, template=migrated_template)
    yield with_name
    cluster.drop_database(with_name)


@pytest.fixture
def empty_postgresql_name(cluster: PostgresCluster) -> Iterator[str]:
    """The name of a PostgreSQL database of this test's own without tables, and without PostGIS."""
    with_name = f"test_{next(_numbers)}"
    cluster.create_database(with_name)
    yield with_name
    cluster.drop_database(with_name)


@pytest.fixture(scope="session")
def processes() -> Iterator[ProcessPoolExecutor]:
    """Other processes, to run the functions of ``other_process`` in."""
    with ProcessPoolExecutor(AT_ONCE_COUNT, multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Both kinds of database in turn."""
    return str(request.param)


@pytest.fixture
def settings(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """The default settings over a database of this test's own; PostgreSQL's is migrated."""
    data_dir = str(tmp_path / "data")
    if kind == "sqlite":
        return Settings(database_url=f"sqlite:///{tmp_path / 'stations.sqlite3'}", data_dir=data_dir)
    cluster: PostgresCluster = request.getfixturevalue("cluster")
    return Settings(database_url=cluster.url(request.getfixturevalue("postgresql_name")), data_dir=data_dir)


@pytest.fixture
def empty_url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database of this test's own that was never migrated."""
    if kind == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'stations.sqlite3'}"
    cluster: PostgresCluster = request.getfixturevalue("cluster")
    return cluster.url(request.getfixturevalue("empty_postgresql_name"))
