"""How far the data have come, and which stations differ from where somebody stands.

Transactions that write queue (see ``mapapp.store.engine``), so the numbers of histories and events grow in the order
in which they become visible: whoever knows the last number of each sees all that came after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, select

from mapapp.store.revisions import DataAction
from mapapp.store.schema import data_events, data_revision, station_revisions

_UNFOLLOWED: Final = frozenset(
    {DataAction.SAMPLE_REMOVED.value, DataAction.IMPORT_UNDONE.value, DataAction.DATA_RESTORED.value}
)
"""With these stations went away and took their histories with them: who follows reads everything anew."""


@dataclass(frozen=True, slots=True)
class DataPosition:
    """A state of the data: the data revision, and the last numbers of the stations' histories and of the events."""

    revision: int
    history_id: int
    event_id: int


def read_position(connection: Connection) -> DataPosition:
    """Where the data are now."""
    revision = connection.execute(select(data_revision.c.number)).scalar_one()
    history_id = connection.execute(select(func.max(station_revisions.c.id))).scalar_one()
    event_id = connection.execute(select(func.max(data_events.c.id))).scalar_one()
    return DataPosition(int(revision), int(history_id or 0), int(event_id or 0))


def read_codes_changed_since(connection: Connection, since: DataPosition, most: int) -> frozenset[str] | None:
    """The codes of the stations of which the public may read something else than at ``since``.

    None when that cannot be told: more than ``most`` changed, stations were removed, or the data are not a later state
    of the same (a backup was restored).
    """
    now = read_position(connection)
    if now.revision < since.revision or now.history_id < since.history_id or now.event_id < since.event_id:
        return None
    history, events = station_revisions.c, data_events.c
    changed = select(history.code).where(history.id > since.history_id).distinct().limit(most + 1)
    codes = set(connection.execute(changed).scalars())
    happened = select(events.action, events.detail).where(events.id > since.event_id).limit(most + 1)
    for number, (action, detail) in enumerate(connection.execute(happened)):
        if action in _UNFOLLOWED or number == most:
            return None
        if action == DataAction.STATION_VERIFIED.value:
            codes.add(detail["station"])
    return frozenset(codes) if len(codes) <= most else None
