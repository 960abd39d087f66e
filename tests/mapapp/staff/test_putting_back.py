"""What the shared databases of tests are put back by."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from flask import Flask

from tests.mapapp.staff.world import OWN_STATION, StaffDatabase
from tests.putting_back import put_back_under


def test_a_database_that_was_written_to_comes_back_at_a_revision_not_seen_before(
    open_staff_app: Callable[[], Flask], staff_database: StaffDatabase
) -> None:
    app = open_staff_app()
    file = file_of(app)
    seen = [revision_after_renaming(app, file, "first")]
    for name in ("second", "third"):
        put_back_under(app, staff_database.file, file)
        seen.append(revision_of(file))
        assert name_of_station(app) not in {"first", "second"}
        seen.append(revision_after_renaming(app, file, name))
        assert name_of_station(app) == name
    assert len(set(seen)) == len(seen)


def test_a_database_that_was_not_written_to_keeps_its_revision(
    open_staff_app: Callable[[], Flask], staff_database: StaffDatabase
) -> None:
    app = open_staff_app()
    file = file_of(app)
    revision_after_renaming(app, file, "first")
    left = []
    for _ in range(3):
        put_back_under(app, staff_database.file, file)
        left.append(revision_of(file))
    assert len(set(left)) == 1


def file_of(app: Flask) -> Path:
    return Path(app.extensions["stationmap"].settings.database_url.removeprefix("sqlite:///"))


def name_of_station(app: Flask) -> str:
    return str(app.extensions["stationmap"].snapshot.by_code[OWN_STATION].name)


def revision_of(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute("SELECT number FROM data_revision").fetchone()[0])


def revision_after_renaming(app: Flask, file: Path, name: str) -> int:
    parts = app.extensions["stationmap"]
    with parts.store.writing("form") as writer:
        before = writer.station(OWN_STATION)
        writer.update_station(replace(before, name=name), expected_version=None, actor="li", reason="")
    parts.keeper.refresh()
    return revision_of(file)
