"""The whole service answers the same from either database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from geodata.places import Place
from mapapp import create_app
from mapapp.services.import_stations import import_stations
from mapapp.services.load_sample import set_up
from mapapp.services.snapshot import build_snapshot
from mapapp.settings import Settings
from mapapp.store import Store
from tests.conftest import FROZEN_AT, FrozenClock
from tests.postgres_cluster import PostgresCluster

QUESTIONS = (
    "/api/v1/stations",
    "/api/v1/stations/nearest?lon=106.23&lat=38.48&k=20&order=useful",
    "/data/stations.json",
)
ROSTER = """\
编号,名称,类型,地址,经度,纬度,开放时间
TC-0007,测试一站,户外劳动者驿站,示例路1号,113.001,34.601,周一至周五 08:30-12:00
TC-0008,测试二站,司机之家,示例路2号,113.101,34.611,24小时
TC-0009,测试三站,职工之家,示例路3号,,,
TC-0010,,职工之家,没有名称,113.2,34.6,
"""


class Urls(NamedTuple):
    """Two databases with the same data."""

    sqlite: str
    postgresql: str


@pytest.fixture(scope="session")
def sample_template(cluster: PostgresCluster, migrated_template: str, place: Place) -> str:
    """The name of a PostgreSQL database with the sample data, to be copied."""
    name = "sample"
    cluster.create_database(name, template=migrated_template)
    store = Store(cluster.url(name), clock=FrozenClock())
    set_up(store, place)
    store.close()
    return name


@pytest.fixture
def urls(sample_database: Path, tmp_path: Path, cluster: PostgresCluster, sample_template: str) -> Iterator[Urls]:
    """The sample data in both databases."""
    file, name = tmp_path / "stations.sqlite3", "sample_copy"
    shutil.copyfile(sample_database, file)
    cluster.create_database(name, template=sample_template)
    yield Urls(f"sqlite:///{file}", cluster.url(name))
    cluster.drop_database(name)


@pytest.fixture
def stores(urls: Urls, clock: FrozenClock) -> Iterator[tuple[Store, Store]]:
    """SQLite's and PostgreSQL's, with the same sample data."""
    sqlite, postgresql = (Store(url, clock=clock) for url in urls)
    yield sqlite, postgresql
    sqlite.close()
    postgresql.close()


def test_the_same_snapshot_is_built_from_both(stores: tuple[Store, Store], place: Place) -> None:
    from_sqlite, from_postgresql = (build_snapshot(store, place, FROZEN_AT) for store in stores)

    assert from_sqlite.stations == from_postgresql.stations
    assert from_sqlite.holidays == from_postgresql.holidays
    assert from_sqlite.revision == from_postgresql.revision
    assert from_sqlite.is_sample
    assert from_postgresql.is_sample


def test_the_same_history_and_demand_are_read_from_both(stores: tuple[Store, Store]) -> None:
    histories, layers = [], []
    for store in stores:
        with store.reading() as reader:
            codes = [station.code for station in reader.stations()]
            histories.append((reader.events(), [reader.revisions(code) for code in codes]))
            layers.append(reader.demand_layers())

    assert histories[0] == histories[1]
    for one, other in zip(*layers, strict=True):
        assert (one.name, one.h3_cells, list(one.workers)) == (other.name, other.h3_cells, list(other.workers))
        for group in one.workers:
            np.testing.assert_array_equal(one.workers[group], other.workers[group])
            np.testing.assert_array_equal(one.profiles[group], other.profiles[group])


def test_a_history_tells_changes_in_the_order_of_a_stations_fields(stores: tuple[Store, Store]) -> None:
    orders = []
    for store in stores:
        with store.reading() as reader:
            (revision,) = reader.revisions(reader.stations()[0].code)
            orders.append(list(revision.changes))

    assert orders[0] == orders[1]
    assert orders[0][:3] == ["code", "kind", "name"]


def test_visitors_and_machines_get_the_same_bytes_from_both(urls: Urls, clock: FrozenClock) -> None:
    answers = []
    for url in urls:
        app = create_app(Settings(database_url=url), clock=clock, start_refresher=False)
        client = app.test_client()
        answers.append(
            [(client.get(question).data, client.get(question).headers.get("ETag")) for question in QUESTIONS]
        )
        assert client.get("/readyz").status_code == 200
        app.extensions["stationmap"].store.close()

    assert answers[0] == answers[1]


def test_a_list_is_imported_alike_into_both(stores: tuple[Store, Store], testcity: Place, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(ROSTER, encoding="utf-8")
    reports, stations = [], []
    for store in stores:
        reports += [
            import_stations(store, testcity, file, crs=None, dry_run=dry_run, actor="li", now=FROZEN_AT)
            for dry_run in (True, False, False)
        ]
        with store.reading() as reader:
            stations.append(reader.stations())

    assert reports[:3] == reports[3:]
    assert (len(reports[1].new), reports[1].rejected_count, len(reports[2].unchanged)) == (3, 1, 3)
    assert stations[0] == stations[1]
