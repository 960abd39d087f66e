"""A shared application's database as it was made: what one test wrote is gone before the next."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from flask import Flask


def put_back(made: Path, file: Path) -> None:
    """Write ``made`` over a database that somebody has open."""
    with closing(sqlite3.connect(made)) as source, closing(sqlite3.connect(file)) as to:
        source.backup(to)


def put_back_under(app: Flask, made: Path, file: Path) -> None:
    """The same under an application of this process, at a data revision that it has not seen with other data.

    What the application keeps for a revision (the planner's ground, answers) would else be taken for the next test's,
    whose own writes come to the same revision. The number left is kept in ``user_version``, which the application does
    not use: a database still at it was not written to, and keeps it.
    """
    seen, left, first = _revision(file), _left(file), _revision(made)
    put_back(made, file)
    keeper = app.extensions["stationmap"].keeper
    number = seen
    if seen not in (left, first):
        keeper.refresh()  # at an earlier revision everything is read anew
        number = seen + 1
    with closing(sqlite3.connect(file)) as to, to:
        to.execute("UPDATE data_revision SET number = ?", (number,))
        to.execute(f"PRAGMA user_version = {number}")
    keeper.refresh()


def _revision(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute("SELECT number FROM data_revision").fetchone()[0])


def _left(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
