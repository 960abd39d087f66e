"""What PostgreSQL has beyond SQLite: the extension, and the column that spatial queries look in."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from psycopg import sql
from sqlalchemy import Connection, insert, text

from geodata.coordinates import great_circle_m
from geodata.stations.station import Position
from mapapp.settings import Settings
from mapapp.store import Store, StoreUnusable
from mapapp.store.migrations.preconditions import bring_extension
from mapapp.store.schema import stations
from mapapp.store.station_rows import row_of_station
from tests.mapapp.store.databases import on_postgresql, on_sqlite
from tests.mapapp.store.station_writing import add, change, real
from tests.mapapp.store.table_definitions import connected
from tests.postgres_cluster import PostgresCluster

STATIONS_COUNT = 3_000
NEAREST = "SELECT code FROM stations ORDER BY geom <-> ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) LIMIT :k"
BY_SPHERE = """
    SELECT code, ST_DistanceSphere(geom, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)) AS distance_m
    FROM stations WHERE geom IS NOT NULL ORDER BY distance_m, code LIMIT :k
"""
HERE = {"lon": 113.3, "lat": 34.7, "k": 25}


@pytest.fixture
def many_stations(store: Store, settings: Settings) -> Iterator[Connection]:
    """A connection to a database with stations all over the test city, the planner knowing about them."""
    chance = random.Random(20_261)
    spots = [(chance.uniform(112.6, 114.3), chance.uniform(34.2, 35.1)) for _ in range(STATIONS_COUNT)]
    rows = [
        row_of_station(real(f"TC-{number:04d}", position=Position.wgs84(*spot))) for number, spot in enumerate(spots)
    ]
    with store.writing("form") as writer:
        writer._connection.execute(insert(stations), rows)
        writer._connection.execute(text("ANALYZE stations"))
    with connected(settings.database_url) as connection:
        yield connection


def geometry(store: Store) -> tuple[str | None, ...]:
    """Every station's geometry in PostGIS's extended text, by code."""
    with store.reading() as reader:
        rows = reader._connection.execute(text("SELECT ST_AsEWKT(geom) FROM stations ORDER BY code"))
        return tuple(rows.scalars())


@on_postgresql
def test_the_geometry_is_the_position_longitude_first(store: Store) -> None:
    add(store, real(position=Position.wgs84(113.25, 34.5)))

    assert geometry(store) == ("SRID=4326;POINT(113.25 34.5)",)


@on_postgresql
def test_the_geometry_follows_a_station_that_moves(store: Store) -> None:
    add(store, real(position=Position.wgs84(113.25, 34.5)))

    change(store, real(position=Position.wgs84(113.5, 34.75)))

    assert geometry(store) == ("SRID=4326;POINT(113.5 34.75)",)


@on_postgresql
def test_an_unplaced_station_has_no_geometry(store: Store) -> None:
    add(store, real("TC-0001"), real("TC-0002", position=Position.wgs84(113.25, 34.5)))
    change(store, real("TC-0002"))

    assert geometry(store) == (None, None)


@on_postgresql
def test_nobody_can_write_a_geometry_that_is_not_the_position(store: Store) -> None:
    add(store, real(position=Position.wgs84(113.25, 34.5)))

    with pytest.raises(Exception, match="generated column"), store.writing("form") as writer:
        writer._connection.execute(text("UPDATE stations SET geom = ST_SetSRID(ST_MakePoint(0, 0), 4326)"))


@on_sqlite
def test_sqlite_has_no_geometry(store: Store) -> None:
    with store.reading() as reader:
        columns = [row.name for row in reader._connection.execute(text("PRAGMA table_xinfo(stations)"))]

    assert columns == [column.name for column in stations.columns]


@on_postgresql
def test_the_nearest_are_found_by_the_index(many_stations: Connection) -> None:
    plan = "\n".join(many_stations.execute(text(f"EXPLAIN {NEAREST}"), HERE).scalars())

    assert "Index Scan using ix_stations_geom" in plan
    assert "Order By: (geom <->" in plan
    assert "Seq Scan" not in plan


@on_postgresql
def test_postgis_and_the_core_measure_the_same_distances(many_stations: Connection) -> None:
    by_postgis = many_stations.execute(text(BY_SPHERE), HERE | {"k": STATIONS_COUNT}).all()
    rows = many_stations.execute(text("SELECT code, lon, lat FROM stations")).all()
    by_core = {row.code: float(great_circle_m(HERE["lon"], HERE["lat"], row.lon, row.lat)) for row in rows}

    assert len(by_postgis) == STATIONS_COUNT
    for code, distance_m in by_postgis:
        assert by_core[code] == pytest.approx(distance_m, rel=1e-7)  # PostGIS's sphere is 3 cm smaller
    assert [code for code, _ in by_postgis] == sorted(by_core, key=lambda code: (by_core[code], code))


def test_a_user_who_may_not_make_the_extension_is_told_who_may(
    cluster: PostgresCluster, empty_postgresql_name: str
) -> None:
    cluster.execute(sql.SQL("DROP ROLE IF EXISTS clerk"))
    cluster.execute(sql.SQL("CREATE ROLE clerk LOGIN"))
    store = Store(cluster.url(empty_postgresql_name, user="clerk"))

    with pytest.raises(StoreUnusable) as refusal:
        store.migrate()

    assert "administrator" in refusal.value.en
    assert "管理员" in refusal.value.zh
    assert refusal.value.en.endswith("CREATE EXTENSION postgis")
    assert refusal.value.zh.endswith("CREATE EXTENSION postgis")
    store.close()


def test_an_owner_without_other_rights_can_migrate_once_the_extension_is_there(
    cluster: PostgresCluster, empty_postgresql_name: str
) -> None:
    cluster.execute(sql.SQL("DROP ROLE IF EXISTS owner"))
    cluster.execute(sql.SQL("CREATE ROLE owner LOGIN"))
    cluster.execute(sql.SQL("ALTER DATABASE {} OWNER TO owner").format(sql.Identifier(empty_postgresql_name)))
    cluster.execute(sql.SQL("CREATE EXTENSION postgis"), empty_postgresql_name)
    store = Store(cluster.url(empty_postgresql_name, user="owner"))

    store.migrate()
    add(store, real(position=Position.wgs84(113.25, 34.5)))

    assert geometry(store) == ("SRID=4326;POINT(113.25 34.5)",)
    store.close()


def test_a_user_who_may_make_no_tables_is_told_so(cluster: PostgresCluster, empty_postgresql_name: str) -> None:
    cluster.execute(sql.SQL("DROP ROLE IF EXISTS reader"))
    cluster.execute(sql.SQL("CREATE ROLE reader LOGIN"))
    cluster.execute(sql.SQL("CREATE EXTENSION postgis"), empty_postgresql_name)
    store = Store(cluster.url(empty_postgresql_name, user="reader"))

    with pytest.raises(StoreUnusable, match="permission denied for schema public") as refusal:
        store.migrate()

    assert "无法" in refusal.value.zh
    store.close()


@on_postgresql
def test_a_server_without_the_extension_is_told_what_to_install(store: Store) -> None:
    with pytest.raises(StoreUnusable) as refusal, store.writing("command") as writer:
        bring_extension(writer._connection, "nosuchextension")

    assert "nosuchextension" in refusal.value.en
    assert "postgresql-15-postgis-3" in refusal.value.en
    assert "请在数据库服务器上安装" in refusal.value.zh


def test_a_database_that_cannot_hold_every_name_is_refused(cluster: PostgresCluster) -> None:
    cluster.create_database("ascii", template="template0", encoding="SQL_ASCII")
    store = Store(cluster.url("ascii"))

    with pytest.raises(StoreUnusable, match="UTF8") as refusal:
        store.migrate()

    assert "SQL_ASCII" in refusal.value.zh
    store.close()
    cluster.drop_database("ascii")
