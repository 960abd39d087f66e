"""Use case: can this process answer from current data?"""

from __future__ import annotations

from typing import Any

from mapapp.services.container import Services
from mapapp.services.snapshot import SnapshotNotReady


class NotReady(RuntimeError):
    """Why not, as a short stable word in ``code``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def readiness(services: Services) -> dict[str, Any]:
    """What the process answers from.

    Raises
    ------
    NotReady
        The database cannot be read or is not migrated, it now holds another place's stations, or there
        is no snapshot yet.
    """
    try:
        services.store.require_migrated()
        data_revision = services.store.data_revision()
    except Exception as error:  # whatever a database can do, the question has an answer: no
        raise NotReady("database_unreachable") from error
    if services.keeper.holds_other_place:
        raise NotReady("other_place")
    try:
        snapshot = services.snapshot
    except SnapshotNotReady as error:
        raise NotReady("no_snapshot") from error
    age = services.keeper.age
    return {
        "status": "ready",
        "data_revision": data_revision,
        "snapshot_revision": snapshot.revision,
        "snapshot_built_at": snapshot.built_at.astimezone(services.place.timezone).isoformat(timespec="seconds"),
        "checked_age_s": round(age.total_seconds(), 1) if age is not None else None,
        "stations_count": len(snapshot.stations),
        "sample": snapshot.is_sample,
    }
