"""What the shared databases of tests are put back by."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.putting_back import put_back


def test_a_database_that_was_written_to_comes_back_at_a_revision_not_seen_before(
    migrated_database: Path, tmp_path: Path
) -> None:
    file = tmp_path / "shared.sqlite3"
    shutil.copyfile(migrated_database, file)
    seen = [revision_after_writing(file)]
    for _ in range(3):
        put_back(migrated_database, file)
        seen.append(revision_after_writing(file))
    assert len(set(seen)) == len(seen)


def test_a_database_that_was_not_written_to_keeps_its_revision(migrated_database: Path, tmp_path: Path) -> None:
    file = tmp_path / "shared.sqlite3"
    shutil.copyfile(migrated_database, file)
    revision_after_writing(file)
    left = []
    for _ in range(3):
        put_back(migrated_database, file)
        left.append(revision_of(file))
    assert len(set(left)) == 1


def revision_of(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute("SELECT number FROM data_revision").fetchone()[0])


def revision_after_writing(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE data_revision SET number = number + 1")
    return revision_of(file)
