"""A database of any earlier version, with rows in all the tables it had, comes to the present one with all of them."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from alembic import command
from sqlalchemy import Connection, column, select, table, text

from mapapp.store import Store
from mapapp.store.engine import database_file, make_engine, writing_connection
from mapapp.store.fingerprints import canonical_text
from mapapp.store.migrations import HEAD
from mapapp.store.migrations.preconditions import bring_extension
from mapapp.store.migrations.upgrade import alembic_config
from mapapp.store.schema import metadata
from tests.mapapp.store.databases import KINDS
from tests.mapapp.store.every_row import CODE, write_every_row

VERSIONS: Final = sorted(
    file.name[:4] for file in (Path(__file__).parents[3] / "mapapp/store/migrations/versions").glob("[0-9]*.py")
)


def migrated_to(url: str, version: str) -> dict[str, list[str]]:
    """Make a database of that version, with rows; the columns that were written, by table."""
    engine = make_engine(url)
    file = database_file(engine)
    if file is not None:
        file.touch()  # an engine makes no file
    with writing_connection(engine) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            bring_extension(connection, "postgis")
        command.upgrade(alembic_config(connection), version)
    with writing_connection(engine) as connection, connection.begin():
        written = write_every_row(connection)
    engine.dispose()
    return written


def rows_of(connection: Connection, columns: dict[str, list[str]]) -> dict[str, list[str]]:
    """The rows of these tables as far as these columns go, in one order."""
    found: dict[str, list[str]] = {}
    for name, names in columns.items():
        types: dict[str, Any] = {each.name: each.type for each in metadata.tables[name].columns}
        query = select(*(column(each, types[each]) for each in names)).select_from(table(name))
        found[name] = sorted(canonical_text(list(row)) for row in connection.execute(query))
    return found


ALWAYS: Final = {
    "sqlite": ("0002", "0003", "0005", "0006", "0009", "0011"),
    "postgresql": ("0004", "0007", "0010", HEAD),
}
"""Every version is upgraded from in one of the two; 0001 and 0008 in both, by the other tests of migrations.
Under --long every version is, in both."""


@pytest.mark.parametrize(
    ("kind", "version"),
    [
        pytest.param(kind, version, marks=[] if version in ALWAYS[kind] else [pytest.mark.long])
        for kind in KINDS
        for version in VERSIONS
    ],
    indirect=["kind"],
)
def test_an_upgrade_keeps_every_row(empty_url: str, tmp_path: Path, version: str) -> None:
    (tmp_path / "new").mkdir(exist_ok=True)
    written = migrated_to(empty_url, version)
    engine = make_engine(empty_url)
    with engine.connect() as connection:
        before = rows_of(connection, written)

    with closing(Store(empty_url)) as store:
        assert store.migrate() is (version != HEAD)

        with engine.connect() as connection:
            assert rows_of(connection, written) == before
            if connection.dialect.name == "sqlite":
                assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        with store.reading() as reader:
            station = reader.station(CODE)
            assert station is not None
            assert [each.number for each in reader.revisions(CODE)] == [1]
            assert len(reader.stations()) == 2
    engine.dispose()


def test_every_version_is_upgraded_from() -> None:
    assert VERSIONS[-1] == HEAD
    assert [f"{number:04d}" for number in range(1, int(HEAD) + 1)] == VERSIONS
    assert {"0001", "0008"}.union(*ALWAYS.values()) == set(VERSIONS)
