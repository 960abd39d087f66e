"""The database comes into being by migration, and is what the program thinks it is."""

from __future__ import annotations

import logging
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, Table, insert, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from mapapp.settings import Settings
from mapapp.store import Origin, Revision, Store, StoreUnusable
from mapapp.store.engine import writing_connection
from mapapp.store.migrations import HEAD
from mapapp.store.migrations.preconditions import bring_extension
from mapapp.store.migrations.upgrade import alembic_config
from mapapp.store.revisions import row_of_revision
from mapapp.store.schema import accounts, api_tokens, metadata, station_revisions, stations
from mapapp.store.station_rows import row_of_station
from tests.mapapp.store import other_process
from tests.mapapp.store.station_writing import NOW, real
from tests.mapapp.store.table_definitions import NOT_OURS, connected, table_definitions
from tests.patience import PATIENCE_S


def is_ours(_item: object, name: str | None, _kind: str, _reflected: bool, _compared_to: object) -> bool:
    """Whether Alembic should compare it: not PostGIS's tables, nor the column made from lon and lat."""
    return name not in NOT_OURS | {"geom", "ix_stations_geom"}


# Nothing of ours reads the column that PostgreSQL makes, so SQLAlchemy need not know its type.
@pytest.mark.filterwarnings("ignore:Did not recognize type 'geometry'")
@pytest.mark.usefixtures("store")
def test_migrating_gives_the_tables_the_program_knows(settings: Settings) -> None:
    with connected(settings.database_url) as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_ours})

        assert compare_metadata(context, metadata) == []


@pytest.mark.usefixtures("store")
def test_migrating_gives_the_same_constraints_too(settings: Settings, empty_url: str, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir(exist_ok=True)
    with connected(settings.database_url) as connection:
        migrated = {words for words in table_definitions(connection) if "geom" not in words}
    with connected(empty_url) as connection:
        metadata.create_all(connection)
        created = table_definitions(connection)

    assert migrated == created


@pytest.mark.usefixtures("store")
def test_the_newest_migration_is_the_one_the_program_asks_for(settings: Settings) -> None:
    with connected(settings.database_url) as connection:
        scripts = ScriptDirectory.from_config(alembic_config(connection))

    assert scripts.get_heads() == [HEAD]


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: str(table.name))
def test_postgresql_keeps_documents_as_jsonb(table: object) -> None:
    sql = str(CreateTable(table).compile(dialect=postgresql.dialect()))  # type: ignore[arg-type, no-untyped-call]

    assert " JSON " not in sql


def test_the_first_migration_makes_the_tables(empty_url: str) -> None:
    store = Store(empty_url)

    assert not store.is_migrated()
    assert store.migrate()
    assert store.is_migrated()
    assert store.data_revision() == 0
    store.close()


def test_a_second_migration_has_nothing_to_do(store: Store) -> None:
    assert not store.migrate()
    assert store.data_revision() == 0


def test_asking_after_a_database_that_is_not_there_makes_none(tmp_path: Path) -> None:
    file = tmp_path / "none.sqlite3"

    assert not Store(f"sqlite:///{file}").is_migrated()
    assert not file.exists()


def test_a_database_without_tables_is_refused_with_the_command_that_helps(empty_url: str) -> None:
    store = Store(empty_url)

    with pytest.raises(StoreUnusable, match="python -m mapapp db upgrade"):
        store.require_migrated()
    store.close()


def test_a_database_of_a_newer_program_is_refused(store: Store, settings: Settings) -> None:
    with connected(settings.database_url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StoreUnusable, match="newer"):
        store.migrate()


def test_migrating_leaves_logging_alone(empty_url: str) -> None:
    before = (list(logging.root.handlers), logging.root.level, logging.getLogger("alembic").level)
    store = Store(empty_url)
    store.migrate()
    store.close()

    assert (list(logging.root.handlers), logging.root.level, logging.getLogger("alembic").level) == before


def test_processes_that_migrate_at_once_do_not_get_in_each_others_way(
    empty_url: str, processes: ProcessPoolExecutor
) -> None:
    started = [processes.submit(other_process.migrate, empty_url) for _ in range(other_process.AT_ONCE_COUNT)]

    assert [process.result(timeout=PATIENCE_S) for process in started] == [0] * other_process.AT_ONCE_COUNT


def test_a_migration_that_cannot_write_says_so(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    store = Store(f"sqlite:///{tmp_path / 'folder'}")

    with pytest.raises(StoreUnusable, match="folder"):
        store.migrate()


def test_an_upgrade_keeps_stations_and_their_histories(empty_url: str, tmp_path: Path) -> None:
    """From the first version's tables, with a row in each that a later migration touches."""
    (tmp_path / "new").mkdir(exist_ok=True)
    (tmp_path / "new" / "stations.sqlite3").touch()
    store = Store(empty_url)
    with writing_connection(store._engine) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            bring_extension(connection, "postgis")
        command.upgrade(alembic_config(connection), "0001")
        row = row_of_station(real(address="东街 1 号"))
        del row["photo"]
        columns = [column for column in stations.columns if column.name != "photo"]
        connection.execute(insert(Table("stations", MetaData(), *(c._copy() for c in columns))), [row])
        revision = Revision(code="TC-0001", number=1, at=NOW, actor="li", origin=Origin.FORM, reason="", changes={})
        connection.execute(insert(station_revisions), [row_of_revision(revision)])

    assert store.migrate()

    with store.reading() as reader:
        assert reader.stations() == (real(address="东街 1 号"),)
        assert reader.revisions("TC-0001") == (revision,)
        assert reader.reports.all() == ()
    store.close()


def test_an_upgrade_ends_tokens_whose_maker_may_make_none_any_more(empty_url: str, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir(exist_ok=True)
    (tmp_path / "new" / "stations.sqlite3").touch()
    store = Store(empty_url)
    people = {"wang": ("admin", False), "gone": ("admin", True), "moved": ("planner", False)}
    with writing_connection(store._engine) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            bring_extension(connection, "postgis")
        command.upgrade(alembic_config(connection), "0008")
        for name, (role, is_disabled) in people.items():
            row = {"name": name, "display_name": name, "role": role, "is_disabled": is_disabled, "created_at": NOW}
            connection.execute(insert(accounts), [{**row, "districts": [], "stations": []}])
        for name in (*people, "command line"):
            row = {"secret_hash": name, "name": name, "created_by": name, "created_at": NOW, "expires_at": NOW}
            connection.execute(insert(api_tokens), [{**row, "scopes": [], "districts": []}])

    store.migrate()

    with store.reading() as reader:
        assert {token.name for token in reader.tokens.all() if token.revoked_at is not None} == {"gone", "moved"}
    store.close()
