"""From one database into another, of the other kind or the same: every table, every row, every counter.

Everything is written in one transaction of the target, and compared with the source before that transaction ends. So
a move that is interrupted, by whatever, leaves the target as it was, and doing it again begins anew; one that is
done finds nothing to do. Both databases take no other writes meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, LargeBinary, Table, delete, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from mapapp.store.engine import begin_writing, database_file, make_engine, shown_url, writing_connection
from mapapp.store.errors import StoreUnusable
from mapapp.store.fingerprints import (
    TableFingerprint,
    fingerprint,
    fingerprints,
    named_photos,
    other_tables,
    tables_with_data,
)
from mapapp.store.schema import metadata
from mapapp.store.store import Store

_ROWS_AT_ONCE: Final = 1000
_LARGE_ROWS_AT_ONCE: Final = 4
"""Of a table with documents of megabytes."""
_MADE_WITH_THE_TABLES: Final = "data_revision"
_SHOWN_TABLES: Final = 4

OnProgress = Callable[[str, int, int], None]
"""Told the table, the rows of it that are written, and how many it has."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What the target now holds, and whether it had held it before."""

    tables: Mapping[str, TableFingerprint]
    photos: frozenset[str]
    was_there: bool
    left_out: Sequence[str]
    """Tables of the source that this program does not know: somebody else's, who shares the database."""

    @property
    def row_count(self) -> int:
        """The rows of all tables together."""
        return sum(table.row_count for table in self.tables.values())


def move_data(source_url: str, target_url: str, on_progress: OnProgress = lambda *_: None) -> Moved:
    """Copy everything from one database into another, which holds nothing yet or the very same.

    Raises
    ------
    StoreUnusable
        One of the two cannot be used, the source is not migrated, or the target holds something else. Then the
        target is as it was, but for the tables, which it may have got.
    StoreBusy
        Somebody writes to one of the two and does not finish.
    """
    _require_two(source_url, target_url)
    _prepare(source_url, target_url)
    with _written(source_url) as source, _written(target_url) as target:
        try:
            return _move(source, target, on_progress)
        except DBAPIError as error:
            raise StoreUnusable(
                f"The data could not be copied; nothing was changed: {error.orig}",
                f"数据复制失败，未作任何改动：{error.orig}",
            ) from error


def moved_tables() -> Sequence[Table]:
    """The tables in an order in which every row finds the rows it refers to."""
    return metadata.sorted_tables


def _move(source: Connection, target: Connection, on_progress: OnProgress) -> Moved:
    wanted = {table.name: fingerprint(source, table.name) for table in moved_tables()}
    left_out = other_tables(source)
    was_there = _is_there(target, wanted)
    if not was_there:
        target.execute(delete(metadata.tables[_MADE_WITH_THE_TABLES]))
        for table in moved_tables():
            _copy(table, source, target, wanted[table.name].row_count, on_progress)
            _set_counter(table, source, target)
        _require_equal(target, wanted)
    return Moved(wanted, named_photos(source), was_there, left_out)


def _is_there(target: Connection, wanted: Mapping[str, TableFingerprint]) -> bool:
    """Whether the target holds exactly this; False if it holds nothing, refused if it holds something else."""
    held = tables_with_data(target)
    if not held:
        return not any(table.row_count for name, table in wanted.items() if name != _MADE_WITH_THE_TABLES)
    differing = [name for name, table in wanted.items() if fingerprint(target, name) != table]
    if differing:
        names = ", ".join(differing[:_SHOWN_TABLES])
        raise StoreUnusable(
            f"The other database holds other data already (different: {names}). Nothing was changed. "
            "Move into an empty database.",
            f"目标数据库中已有其他数据（不同的表：{names}），未作任何改动。请移入空数据库。",
        )
    return True


def _copy(table: Table, source: Connection, target: Connection, row_count: int, on_progress: OnProgress) -> None:
    is_large = any(isinstance(column.type, LargeBinary) for column in table.columns)
    at_once = _LARGE_ROWS_AT_ONCE if is_large else _ROWS_AT_ONCE
    done_count = 0
    on_progress(table.name, done_count, row_count)
    with source.execute(select(table), execution_options={"yield_per": at_once}) as found:
        for rows in found.mappings().partitions():
            target.execute(insert(table), [dict(row) for row in rows])
            done_count += len(rows)
            on_progress(table.name, done_count, row_count)


def _require_equal(target: Connection, wanted: Mapping[str, TableFingerprint]) -> None:
    written = fingerprints(target)
    differing = [name for name, table in wanted.items() if written.get(name) != table]
    if differing:
        names = ", ".join(differing)
        raise StoreUnusable(
            f"What was written is not what was read, in {names}. Nothing was kept.",
            f"写入的内容与读出的不一致（{names}），未保留任何改动。",
        )


def _set_counter(table: Table, source: Connection, target: Connection) -> None:
    """Let the target go on counting where the source would have: a number given out once is not given out again."""
    column = table.autoincrement_column
    if column is None or column.autoincrement is not True:
        return
    last_number = max(_counted(table, source), source.execute(select(func.max(column))).scalar_one() or 0)
    if last_number == 0:
        return
    named: dict[str, Any] = {"name": table.name, "column": column.name, "last": last_number}
    if target.dialect.name == "postgresql":
        target.execute(text("SELECT setval(pg_get_serial_sequence(:name, :column), :last)"), named)
    elif _is_counted_by_sqlite(table):
        target.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), named)
        target.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), named)


def _counted(table: Table, source: Connection) -> int:
    """The last number the source's own counter gave out; 0 if it keeps none."""
    column = table.autoincrement_column
    assert column is not None  # noqa: S101 - the one caller has looked
    named = {"name": table.name, "column": column.name}
    if source.dialect.name == "postgresql":
        counter = source.execute(text("SELECT pg_get_serial_sequence(:name, :column)"), named).scalar_one()
        last, is_called = source.execute(text(f"SELECT last_value, is_called FROM {counter}")).one()  # noqa: S608
        return int(last) if is_called else 0
    if not _is_counted_by_sqlite(table):
        return 0
    return source.execute(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), named).scalar_one_or_none() or 0


def _is_counted_by_sqlite(table: Table) -> bool:
    """Whether SQLite keeps a counter for the table; of the others it takes the number after the largest."""
    return bool(table.dialect_options["sqlite"]["autoincrement"])


def _prepare(source_url: str, target_url: str) -> None:
    """See that the source can be read and the target has its tables, before either is locked."""
    with closing(Store(source_url)) as source:
        source.require_migrated()
    with closing(Store(target_url)) as target:
        target.migrate()


def _require_two(source_url: str, target_url: str) -> None:
    source, target = make_engine(source_url), make_engine(target_url)
    files = [file and file.resolve() for file in (database_file(source), database_file(target))]
    if shown_url(source) == shown_url(target) or (files[0] is not None and files[0] == files[1]):
        raise StoreUnusable("This is the same database twice.", "两个地址是同一个数据库。")


@contextmanager
def _written(url: str) -> Iterator[Connection]:
    """A transaction beside which nobody else writes; kept when the block ends well."""
    engine = make_engine(url)
    try:
        with writing_connection(engine) as connection, begin_writing(connection):
            yield connection
    finally:
        engine.dispose()
