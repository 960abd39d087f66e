"""Moving a whole database into one of the other kind, and back: nothing is lost, and nothing is done twice."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, inspect, select, text

from mapapp.settings import Settings
from mapapp.store import Origin, Store, StoreUnusable
from mapapp.store.confirmation_tables import confirmations
from mapapp.store.engine import begin_writing, make_engine, writing_connection
from mapapp.store.fingerprints import canonical_text, fingerprint, fingerprints
from mapapp.store.moving import move_data, moved_tables
from mapapp.store.planning_tables import planning_runs
from mapapp.store.schema import data_events
from tests.mapapp.store.databases import on_postgresql, on_sqlite
from tests.mapapp.store.every_row import BLOB, NASTY, ROWS, write_every_row
from tests.mapapp.store.table_definitions import NOT_OURS, connected


def written(url: str) -> dict[str, tuple[int, str]]:
    """What a database holds, in numbers."""
    with connected(url) as connection:
        return {name: (table.row_count, table.checksum) for name, table in fingerprints(connection).items()}


def fill(url: str) -> None:
    """Write a row of every kind."""
    engine = make_engine(url)
    with writing_connection(engine) as connection, begin_writing(connection):
        write_every_row(connection)
    engine.dispose()


class Interrupted(Exception):
    """Somebody pressed Ctrl-C."""


def stop(table: str, done_count: int, _count: int) -> None:
    """Be interrupted when some tables are written and others are not."""
    if table == "planning_runs" and done_count:
        raise Interrupted


@pytest.fixture
def full(store: Store, settings: Settings) -> str:
    """The URL of a database with rows in every table."""
    assert store.is_migrated()
    fill(settings.database_url)
    return settings.database_url


@pytest.fixture
def elsewhere(tmp_path: Path, migrated_database: Path) -> str:
    """The URL of a SQLite database with nothing in it."""
    return f"sqlite:///{shutil.copyfile(migrated_database, tmp_path / 'elsewhere.sqlite3')}"


@pytest.mark.usefixtures("store")
def test_every_table_there_is_is_moved(settings: Settings) -> None:
    with connected(settings.database_url) as connection:
        present = set(inspect(connection).get_table_names()) - NOT_OURS

    assert {table.name for table in moved_tables()} == present == ROWS.keys()


def test_a_database_comes_over_and_back_as_it_was(full: str, elsewhere: str, tmp_path: Path) -> None:
    back = f"sqlite:///{tmp_path / 'new' / 'back.sqlite3'}"

    there = move_data(full, elsewhere)
    again = move_data(elsewhere, back)

    assert written(full) == written(elsewhere) == written(back)
    assert not there.was_there
    assert there.row_count == again.row_count == sum(map(len, ROWS.values()))
    with connected(back) as connection:
        assert connection.execute(select(planning_runs.c.result).where(planning_runs.c.id == 31)).scalar_one() == BLOB
        assert connection.execute(select(data_events.c.detail)).scalar_one()["b"][-1] == NASTY


@on_postgresql
def test_from_sqlite_into_postgresql_with_its_geometry_and_counters(
    store: Store, settings: Settings, elsewhere: str
) -> None:
    url = elsewhere
    fill(url)
    with connected(url) as connection:  # given out once, and deleted since
        connection.execute(text("UPDATE sqlite_sequence SET seq = 100 WHERE name = 'confirmations'"))

    told: list[tuple[str, int, int]] = []
    with pytest.raises(Interrupted):
        move_data(url, settings.database_url, stop)
    move_data(url, settings.database_url, lambda *progress: told.append(progress))
    move_data(url, settings.database_url)

    assert written(url) == written(settings.database_url)
    assert {name for name, done_count, count in told if done_count == count} == ROWS.keys()
    with connected(settings.database_url) as connection:
        lon = connection.execute(text("SELECT ST_X(geom) FROM stations WHERE code = 'TC-0001'")).scalar_one()
        assert lon == 106.123456789012345
        row = dict(ROWS["confirmations"][0]) | {"id": None}
        del row["id"]
        assert connection.execute(insert(confirmations).returning(confirmations.c.id), [row]).scalar_one() == 101
    with store.writing(Origin.COMMAND) as writer:
        assert writer.next_code("TC") == "TC-0042"


@on_sqlite
def test_moving_again_changes_nothing(full: str, elsewhere: str) -> None:
    move_data(full, elsewhere)
    before = written(elsewhere)

    moved = move_data(full, elsewhere)

    assert moved.was_there
    assert written(elsewhere) == before


@on_sqlite
def test_other_data_are_never_overwritten(full: str, elsewhere: str) -> None:
    move_data(full, elsewhere)
    with connected(full) as connection:
        connection.execute(text("UPDATE stations SET name = 'later' WHERE code = 'TC-0002'"))
    before = written(elsewhere)

    with pytest.raises(StoreUnusable, match=r"holds other data already \(different: stations\)"):
        move_data(full, elsewhere)

    assert written(elsewhere) == before


@on_sqlite
def test_a_move_that_is_interrupted_leaves_nothing_and_begins_anew(full: str, elsewhere: str) -> None:
    with pytest.raises(Interrupted):
        move_data(full, elsewhere, stop)
    with closing(Store(elsewhere)) as store, store.reading() as reader:
        assert reader.stations() == ()
        assert reader.data_revision() == 0
    moved = move_data(full, elsewhere)

    assert not moved.was_there
    assert written(elsewhere) == written(full)


@on_sqlite
def test_somebody_elses_table_stays_and_is_named(full: str, elsewhere: str) -> None:
    with connected(full) as connection:
        Table("neighbours", MetaData(), Column("id", Integer)).create(connection)

    assert move_data(full, elsewhere).left_out == ["neighbours"]


@on_sqlite
def test_a_database_is_not_moved_onto_itself(full: str) -> None:
    with pytest.raises(StoreUnusable, match="same database twice"):
        move_data(full, full)


CHANGES = (
    "UPDATE data_events SET id = 4",
    "UPDATE data_events SET actor = 'lì'",
    "UPDATE data_events SET detail = '{}'",
    "UPDATE data_events SET at = '1969-12-31 23:59:59.999998'",
    "DELETE FROM data_events",
    (
        "INSERT INTO data_events (id, at, actor, origin, action, detail, data_revision)"
        " SELECT id + 1, at, actor, origin, action, detail, data_revision FROM data_events"
    ),
)


@pytest.mark.usefixtures("store")
def test_a_fingerprint_sees_every_change(settings: Settings) -> None:
    with connected(settings.database_url) as connection:
        connection.execute(insert(data_events), [dict(ROWS["data_events"][0])])
        before = fingerprint(connection, "data_events")
        seen = []
        for change in CHANGES:
            with connection.begin_nested() as tried:
                connection.execute(text(change))
                seen.append(fingerprint(connection, "data_events"))
                tried.rollback()

        assert fingerprint(connection, "data_events") == before
    assert len({before, *seen}) == len(CHANGES) + 1


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ([1e16], [10**16], True),
        ([1e23], [10**23], True),
        ([-0.0], [0.0], True),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ([1.0], [1], False),
        ([2**60], [2**60 + 1], False),
        (["1e+16"], [10**16], False),
        ([None], ["null"], False),
    ],
)
def test_numbers_are_the_same_however_a_database_writes_them(one: object, other: object, is_same: bool) -> None:
    assert (canonical_text(one) == canonical_text(other)) is is_same
