"""Whether a database that somebody sent in may be read: nothing in it is worked out, and it is as large as it looks.

A GeoPackage is a SQLite database. Its schema may hold queries that never end and tables that are programs; its pages
may all lead to one page, so that there is no end to the rows; a default stands in it once and in every row that is
read. All that is looked for with SQLite alone, before anything else opens the file.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import quote

from geodata.errors import UnreadableFile

SQLITE_MARK: Final = b"SQLite format 3\x00"
MOST_TABLES: Final = 500
MOST_DEFAULT_BYTES: Final = 20 * 1024 * 1024
"""That the columns' defaults may come to in all rows of a table: as much as a file may weigh."""
_STEPS_AT_ONCE: Final = 1_000_000
_MOST_STEPS: Final = 300
"""Millions of steps of SQLite's machine; a file of 20 MB takes a tenth."""
_PLAIN: Final = re.compile(
    r"CREATE TABLE .*|CREATE (?:UNIQUE )?INDEX .*|CREATE TRIGGER .*|"
    r'CREATE VIRTUAL TABLE "?rtree_[^"]*"? USING rtree\(.*',
    re.DOTALL,
)
"""As SQLite writes what it keeps; of tables that are programs only a GeoPackage's index of places."""
_QUERIES: Final = re.compile(r"\s*CREATE\s+(?:TEMP(?:ORARY)?\s+)?VIEW\b", re.IGNORECASE)
_COLUMNS: Final = """
SELECT kept.name, total(col.hidden IN (2, 3)), total(length(col.dflt_value))
FROM sqlite_master AS kept, pragma_table_xinfo(kept.name) AS col
WHERE kept.type = 'table' AND kept.sql LIKE 'CREATE TABLE %' GROUP BY kept.name
"""


def refuse_unsound_database(path: Path) -> None:
    """Refuse a file that is no database, a damaged one, and one that holds more than its pages.

    Raises
    ------
    UnreadableFile
        With what is wrong.
    """
    with path.open("rb") as file:
        if file.read(len(SQLITE_MARK)) != SQLITE_MARK:
            raise not_geopackage()
    steps = 0

    def is_too_long() -> bool:
        nonlocal steps
        steps += 1
        return steps > _MOST_STEPS

    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)) as database:
            database.set_progress_handler(is_too_long, _STEPS_AT_ONCE)
            database.execute("PRAGMA trusted_schema = OFF")
            _refuse_programs(database)
            defaults = _default_bytes(database)
            _refuse_damage(database)
            _refuse_swelling(database, defaults)
    except (sqlite3.Error, UnicodeDecodeError) as error:  # SQLite's own words may quote the file's broken bytes
        raise not_geopackage() from error


def not_geopackage() -> UnreadableFile:
    """The refusal of what cannot be opened."""
    return UnreadableFile(
        "The file's ending says GeoPackage but it cannot be opened as one.",
        "文件的扩展名是 .gpkg，但不能作为 GeoPackage 打开。",
    )


def _refuse_programs(database: sqlite3.Connection) -> None:
    kept = database.execute("SELECT type, sql FROM sqlite_master").fetchall()
    if any(kind == "view" or _QUERIES.match(str(sql)) for kind, sql in kept):
        raise _worked_out()
    if any(sql is not None and not _PLAIN.fullmatch(str(sql)) for _kind, sql in kept):
        raise _not_plain()
    if sum(kind == "table" for kind, _sql in kept) > MOST_TABLES:
        raise UnreadableFile(
            f"The GeoPackage holds more than {MOST_TABLES} tables. Save the layer alone as a new file.",
            f"文件里的表超过 {MOST_TABLES} 个，请把图层单独另存为新文件。",
        )


def _refuse_damage(database: sqlite3.Connection) -> None:
    """Each page is used once; the rows' own conditions, which may take for ever, are not looked at."""
    database.execute("PRAGMA ignore_check_constraints = ON")
    (found,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise not_geopackage()


def _default_bytes(database: sqlite3.Connection) -> dict[str, int]:
    """What the defaults of a row's columns come to, by table; refuses columns that are worked out."""
    found = database.execute(_COLUMNS).fetchall()
    if any(worked_out_count for _name, worked_out_count, _bytes in found):
        raise _worked_out()
    return {str(name): int(default_bytes) for name, _count, default_bytes in found if default_bytes}


def _refuse_swelling(database: sqlite3.Connection, default_bytes: dict[str, int]) -> None:
    for name, each_bytes in default_bytes.items():
        (row_count,) = database.execute(f"SELECT count(*) FROM {_quoted(name)}").fetchone()  # noqa: S608
        if row_count * each_bytes > MOST_DEFAULT_BYTES:
            raise UnreadableFile(
                "The GeoPackage holds far more than it weighs. Save the layer alone as a new file.",
                "文件里的内容远多于文件的大小，请把图层单独另存为新文件。",
            )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _worked_out() -> UnreadableFile:
    return UnreadableFile(
        "The GeoPackage holds views or computed columns. Save the layer alone as a new file.",
        "文件里有视图或计算列，请把图层单独另存为新文件。",
    )


def _not_plain() -> UnreadableFile:
    return UnreadableFile(
        "The GeoPackage holds tables that are programs. Save the layer alone as a new file.",
        "文件里有虚拟表，请把图层单独另存为新文件。",
    )
