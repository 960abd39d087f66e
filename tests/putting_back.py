"""A shared application's database as it was made: what one test wrote is gone before the next."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


def put_back(made: Path, file: Path) -> None:
    """Write ``made`` over the database that an application has open, at a data revision it has not seen with other data.

    What the application keeps for a revision (the planner's ground, answers) would else be taken for the next test's,
    whose own writes come to the same revision. The number left is kept in ``user_version``, which the application does
    not use: a database still at it was not written to, and keeps it.
    """
    with closing(sqlite3.connect(made)) as source, closing(sqlite3.connect(file)) as to:
        (seen,) = to.execute("SELECT number FROM data_revision").fetchone()
        (left,) = to.execute("PRAGMA user_version").fetchone()
        source.backup(to)
        (first,) = source.execute("SELECT number FROM data_revision").fetchone()
        number = seen if seen in (left, first) else seen + 1
        with to:
            to.execute("UPDATE data_revision SET number = ?", (number,))
            to.execute(f"PRAGMA user_version = {number}")
