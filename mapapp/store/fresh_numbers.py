"""The numbers a restored database goes on from: none that anybody has seen with other data.

Snapshots, what planners' questions stand on, ETags and the phones' files go by the data revision. A database that is
brought back would come to numbers that were there before; so it begins after all of them, with an event that says so.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, column, func, select, table, text
from sqlalchemy.exc import DBAPIError

from mapapp.store.engine import database_file, make_engine, reading_connection
from mapapp.store.fingerprints import TableFingerprint, fingerprint, table_names
from mapapp.store.revisions import DataAction, Origin

ACTOR: Final = "restore"
_AT_LEAST: Final = 1_000_000
_A_SECOND: Final = 1_000
"""More than writers, who come one after the other and wait for the disk, bring about."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A data revision, and the last number of the events."""

    revision: int
    event_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """One putting back: of a backup made at that instant and data revision, over a database that stood at ``over``.

    ``over`` is None where there is no database, or none that can be read.
    """

    at: datetime
    made_at: datetime
    backed_up: int
    over: Numbers | None

    @property
    def revision(self) -> int:
        """The data revision of the restored database.

        The next one after the replaced database's. Where that is not known, or older than the backup, nobody can say
        how far the lost database came: then a million and a thousand a second since the backup was made further.
        """
        if self.over is not None and self.over.revision >= self.backed_up:
            return self.over.revision + 1
        return self.backed_up + self._leap

    @property
    def least_event_id(self) -> int:
        """What the number of the event is larger than, besides those of the backup."""
        known = self.over.event_id if self.over is not None else 0
        return known if self.over is not None and self.over.revision >= self.backed_up else known + self._leap

    @property
    def _leap(self) -> int:
        return _AT_LEAST + _A_SECOND * max(0, int((self.at - self.made_at).total_seconds()))

    def mark_file(self, file: Path) -> None:
        """Write the numbers into a SQLite database that nobody else has open; beside it nothing is left."""
        with closing(sqlite3.connect(file)) as database, database:
            (last,) = database.execute("SELECT coalesce(max(id), 0) FROM data_events").fetchone()
            database.execute("UPDATE data_revision SET number = ?", [self.revision])
            database.execute(
                "INSERT INTO data_events (id, at, actor, origin, action, detail, data_revision)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    max(last, self.least_event_id) + 1,
                    f"{self.at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}",
                    ACTOR,
                    Origin.COMMAND.value,
                    DataAction.DATA_RESTORED.value,
                    self._detail,
                    self.revision,
                ],
            )

    @property
    def script(self) -> str:
        """The same in PostgreSQL's words, for the transaction that puts the tables back; no value is a user's."""
        counter = "pg_get_serial_sequence('public.data_events', 'id')"
        known = f"(SELECT greatest({self.least_event_id:d}, nextval({counter}), max(id)) FROM public.data_events)"  # noqa: S608 - ours
        words = [self.at.astimezone(UTC).isoformat(), ACTOR, Origin.COMMAND, DataAction.DATA_RESTORED, self._detail]
        values = ", ".join(f"'{word}'" for word in words)
        return (
            f"UPDATE public.data_revision SET number = {self.revision:d};\n"  # noqa: S608 - our own
            f"SELECT setval({counter}, {known});\n"
            "INSERT INTO public.data_events (at, actor, origin, action, detail, data_revision)"
            f" VALUES ({values}, {self.revision:d});\n"
        )

    @property
    def _detail(self) -> str:
        over = None if self.over is None else self.over.revision
        return json.dumps(
            {"made_at": self.made_at.astimezone(UTC).isoformat(), "backed_up": self.backed_up, "over": over}
        )


def numbers_of(database_url: str) -> Numbers | None:
    """How far a database has come, in any migration's tables; None if there is none, or it cannot be read."""
    engine = make_engine(database_url)
    file = database_file(engine)
    try:
        if file is not None and not file.exists():
            return None
        with reading_connection(engine) as connection, connection.begin():
            return _read(connection)
    except DBAPIError:
        return None
    finally:
        engine.dispose()


def unmarked_fingerprints(connection: Connection) -> dict[str, TableFingerprint]:
    """The tables of a database just restored as they were in the backup: without the revision and its event."""
    last = select(func.max(column("id"))).select_from(table("data_events")).scalar_subquery()
    return {
        name: fingerprint(connection, name, only=column("id") < last if name == "data_events" else None)
        for name in table_names(connection)
        if name != "data_revision"
    }


def _read(connection: Connection) -> Numbers | None:
    revision = connection.execute(text("SELECT number FROM data_revision")).scalar_one_or_none()
    event_id = connection.execute(text("SELECT max(id) FROM data_events")).scalar_one()
    return None if revision is None else Numbers(int(revision), int(event_id or 0))
