"""GeoPackages that answer with far more than they weigh, or with what runs when it is asked for."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import geopandas
import shapely

LAYER: Final = "stations"
_PAGE_BYTES: Final = 4096
_LEAF: Final = 13
_INTERIOR: Final = 5


def sound(path: Path, count: int = 3) -> Path:
    """A layer as a GIS writes it, with its index, its triggers and its extensions."""
    points = [shapely.Point(106.2 + number / 1e5, 38.4) for number in range(count)]
    names = [f"甲{number}驿站" for number in range(count)]
    frame = geopandas.GeoDataFrame({"站点名称": names, "riders": [1.0] * count}, geometry=points, crs=4326)
    path.unlink(missing_ok=True)
    frame.to_file(path, layer=LAYER, driver="GPKG")
    return path


def changed(path: Path, *statements: str, count: int = 3) -> Path:
    """Such a layer after these statements."""
    with closing(sqlite3.connect(sound(path, count))) as database:
        database.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            database.execute(statement)
        database.commit()
    return path


def default_of_a_megabyte(path: Path) -> Path:
    """A column added later, whose default stands in the file once and in every row that is read."""
    text = "x" * 1_000_000
    return changed(path, f"ALTER TABLE {LAYER} ADD COLUMN note TEXT DEFAULT '{text}'", count=5_000)


def _layer_is(kind: str, statement: str) -> Callable[[Path], Path]:
    """A file whose layer's line in the schema has another kind and statement."""

    def make(path: Path) -> Path:
        sound(path)
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA writable_schema = ON")
            database.execute(
                "UPDATE sqlite_master SET type = ?, sql = ?, rootpage = 0 WHERE name = ?", (kind, statement, LAYER)
            )
            database.execute("DELETE FROM sqlite_master WHERE type IN ('trigger', 'index') AND tbl_name = ?", (LAYER,))
            database.commit()
        return path

    return make


ENDLESS: Final = (
    "WITH RECURSIVE n(fid) AS (SELECT 1 UNION ALL SELECT fid + 1 FROM n) "
    "SELECT fid, NULL AS geom, 'a' AS \"站点名称\", 1.0 AS riders FROM n"
)
view: Final = _layer_is("view", f"CREATE VIEW {LAYER} AS {ENDLESS}")
view_said_to_be_a_table: Final = _layer_is("table", f"CREATE VIEW {LAYER} AS {ENDLESS}")
virtual_table_of_a_file: Final = _layer_is("table", f"CREATE VIRTUAL TABLE {LAYER} USING VirtualOGR('/etc/passwd')")
virtual_shape_of_a_file: Final = _layer_is(
    "table", f"CREATE VIRTUAL TABLE {LAYER} USING VirtualShape('/etc/hosts', 'UTF-8', 4326)"
)
virtual_table_in_disguise: Final = _layer_is("table", f"CREATE/**/VIRTUAL TABLE {LAYER} USING dbstat(main)")
full_text_table: Final = _layer_is("table", f"CREATE VIRTUAL TABLE {LAYER} USING fts5(name)")


def loads_an_extension(path: Path) -> Path:
    """A trigger and a default that would load a program."""
    return changed(
        path,
        f"CREATE TRIGGER a AFTER INSERT ON {LAYER} BEGIN SELECT load_extension('/tmp/evil.so'); END",
        f"CREATE TRIGGER b BEFORE UPDATE ON {LAYER} BEGIN SELECT writefile('/tmp/evil', 'a'); END",
    )


def worked_out_column(path: Path) -> Path:
    """A column that is worked out, for ever, whenever it is read."""
    slow = "length(replace(hex(zeroblob(50000000)), '00', 'aaaaaaaa'))"
    return changed(path, f"ALTER TABLE {LAYER} ADD COLUMN slow INTEGER GENERATED ALWAYS AS ({slow}) VIRTUAL")


def slow_check(path: Path) -> Path:
    """A condition on every row that takes long to look at."""
    sql = (
        f'CREATE TABLE "{LAYER}" ("fid" INTEGER PRIMARY KEY, "geom" POINT, "站点名称" TEXT, "riders" REAL '
        "CHECK (length(replace(hex(zeroblob(50000000)), '00', 'aaaaaaaa')) > 0))"
    )
    return changed(path, f"UPDATE sqlite_master SET sql = '{sql.replace(chr(39), chr(39) * 2)}' WHERE name = '{LAYER}'")  # noqa: S608


def without_rowid(path: Path) -> Path:
    """A layer whose rows have no numbers."""
    return changed(
        path,
        "CREATE TABLE other (fid INTEGER PRIMARY KEY, geom POINT, 站点名称 TEXT) WITHOUT ROWID",
        f"INSERT INTO other SELECT fid, geom, 站点名称 FROM {LAYER}",  # noqa: S608
        "UPDATE gpkg_contents SET table_name = 'other', identifier = 'other'",
        "UPDATE gpkg_geometry_columns SET table_name = 'other'",
        "DELETE FROM gpkg_extensions",
    )


def thousands_of_columns(path: Path) -> Path:
    """As many columns as a table may have."""
    added = (f"ALTER TABLE {LAYER} ADD COLUMN c{number} TEXT DEFAULT 'x'" for number in range(1_900))
    return changed(path, *added, count=3_000)


def thousands_of_layers(path: Path, count: int) -> Path:
    """So many layers, none of them of stations."""
    statements: list[str] = ["DELETE FROM gpkg_contents", "DELETE FROM gpkg_geometry_columns"]
    for number in range(count):
        statements += [
            f"CREATE TABLE t{number} (fid INTEGER PRIMARY KEY, geom POINT)",
            (
                "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) "  # noqa: S608 - a number
                f"VALUES ('t{number}', 'features', 't{number}', 4326)"
            ),
            f"INSERT INTO gpkg_geometry_columns VALUES ('t{number}', 'geom', 'POINT', 4326, 0, 0)",  # noqa: S608
        ]
    return changed(path, *statements)


def pages_without_end(path: Path, depth: int = 8) -> Path:
    """A table whose pages all lead to one and the same page below: hundreds to the power of the depth of rows."""
    return _pages_that_branch(path, LAYER, depth)


def schema_without_end(path: Path, depth: int = 8) -> Path:
    """The same of the table that says which tables there are."""
    return _pages_that_branch(path, "sqlite_master", depth)


def _pages_that_branch(path: Path, table: str, depth: int) -> Path:
    changed(path, "DELETE FROM gpkg_ogr_contents")  # so that somebody has to count
    with closing(sqlite3.connect(path)) as database:
        (root,) = database.execute(
            "SELECT 1" if table == "sqlite_master" else "SELECT rootpage FROM sqlite_master WHERE name = ?",
            () if table == "sqlite_master" else (table,),
        ).fetchone()
    content = bytearray(path.read_bytes())
    assert int.from_bytes(content[16:18], "big") == _PAGE_BYTES
    start = (root - 1) * _PAGE_BYTES
    at = 100 if root == 1 else 0
    below = len(content) // _PAGE_BYTES + 1
    content += _moved_leaf(bytes(content[start : start + _PAGE_BYTES]), at)
    for _ in range(depth):
        content += _interior(below, 0)
        below += 1
    content[start + at : start + _PAGE_BYTES] = _interior(below, at)[at:]
    content[28:32] = (len(content) // _PAGE_BYTES).to_bytes(4, "big")
    content[92:96] = content[24:28]
    path.write_bytes(content)
    return path


def _moved_leaf(page: bytes, at: int) -> bytes:
    """A leaf page without the file's header, which only the first page has."""
    count = int.from_bytes(page[at + 3 : at + 5], "big")
    moved = bytearray(_PAGE_BYTES)
    moved[:8] = page[at : at + 8]
    moved[8 : 8 + 2 * count] = page[at + 8 : at + 8 + 2 * count]
    first = int.from_bytes(page[at + 5 : at + 7], "big")
    moved[first:] = page[first:]
    return bytes(moved)


def _interior(child: int, at: int) -> bytes:
    """A page of pointers, all to one child."""
    count = (_PAGE_BYTES - at - 12) // 7
    page = bytearray(_PAGE_BYTES)
    page[at] = _INTERIOR
    page[at + 3 : at + 5] = count.to_bytes(2, "big")
    page[at + 5 : at + 7] = (_PAGE_BYTES - 5 * count).to_bytes(2, "big")
    page[at + 8 : at + 12] = child.to_bytes(4, "big")
    for number in range(count):
        place = _PAGE_BYTES - 5 * (number + 1)
        page[place : place + 5] = child.to_bytes(4, "big") + b"\x05"
        pointer = at + 12 + 2 * number
        page[pointer : pointer + 2] = place.to_bytes(2, "big")
    return bytes(page)
