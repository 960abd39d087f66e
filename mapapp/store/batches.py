"""Many writes of stations at once, worked out before the transaction that makes them.

What takes long (comparing, writing documents) is done in `prepared_addition` and `prepared_change`; what is left
for the transaction is a look at the versions and three statements, however many stations there are. So an
import of 20,000 rows keeps other writers waiting for seconds, not for a minute.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from geodata.stations.document import changed_fields
from geodata.stations.station import Station
from mapapp.store.revisions import Origin, Revision, row_of_revision
from mapapp.store.schema import station_revisions, stations
from mapapp.store.station_rows import row_of_station

_ROWS_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class PreparedStation:
    """A station as it is to be saved, with its columns; ``before_version`` is None for a new one."""

    station: Station
    columns: Mapping[str, Any]
    changes: Mapping[str, tuple[Any, Any]]
    before_version: int | None = None

    def with_code(self, code: str) -> PreparedStation:
        """The new station with its code for good, in the place of one that stood in for it."""
        return PreparedStation(
            replace(self.station, code=code), {**self.columns, "code": code}, {**self.changes, "code": (None, code)}
        )


def prepared_addition(station: Station) -> PreparedStation:
    """A new station, ready to be written."""
    added = replace(station, version=1)
    return PreparedStation(added, row_of_station(added), changed_fields(None, added))


def prepared_change(before: Station, after: Station) -> PreparedStation | None:
    """New values of a station, ready to be written; None if nothing differs."""
    changed = replace(after, version=before.version + 1)
    changes = changed_fields(before, changed)
    return PreparedStation(changed, row_of_station(changed), changes, before.version) if changes else None


def insert_prepared(connection: Connection, additions: Sequence[PreparedStation]) -> None:
    """Write new stations."""
    for rows in _in_parts([dict(each.columns) for each in additions]):
        connection.execute(insert(stations), rows)


def update_prepared(connection: Connection, changes: Sequence[PreparedStation]) -> None:
    """Write new values of stations."""
    columns: dict[str, Any] = {
        column.name: bindparam(f"new_{column.name}") for column in stations.columns if column.name != "code"
    }
    statement = update(stations).where(stations.c.code == bindparam("of_code")).values(columns)
    rows = [
        {"of_code": each.station.code, **{f"new_{name}": each.columns[name] for name in columns}} for each in changes
    ]
    for part in _in_parts(rows):
        connection.execute(statement, part)


def insert_revisions(
    connection: Connection,
    written: Sequence[PreparedStation],
    *,
    at: datetime,
    actor: str,
    origin: Origin,
    reason: str,
    batch: str,
) -> None:
    """Write the revision of each of the stations."""
    revisions = [
        Revision(
            code=each.station.code,
            number=each.station.version,
            at=at,
            actor=actor,
            origin=origin,
            reason=reason,
            changes=each.changes,
            batch=batch,
        )
        for each in written
    ]
    for rows in _in_parts([row_of_revision(revision) for revision in revisions]):
        connection.execute(insert(station_revisions), rows)


def _in_parts(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    return [rows[start : start + _ROWS_AT_ONCE] for start in range(0, len(rows), _ROWS_AT_ONCE)]
