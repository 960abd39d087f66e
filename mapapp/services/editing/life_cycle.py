"""Where a station may go from where it stands in its life, and since when it stands there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from geodata.stations.vocabulary import LifeCycle
from mapapp.store import Revision

NEXT_LIFE_CYCLES: Final[Mapping[LifeCycle, tuple[LifeCycle, ...]]] = {
    LifeCycle.PLANNED: (LifeCycle.ACTIVE, LifeCycle.DELISTED),
    LifeCycle.ACTIVE: (LifeCycle.TEMPORARILY_CLOSED, LifeCycle.RENOVATING, LifeCycle.DELISTED),
    LifeCycle.TEMPORARILY_CLOSED: (LifeCycle.ACTIVE, LifeCycle.RENOVATING, LifeCycle.DELISTED),
    LifeCycle.RENOVATING: (LifeCycle.ACTIVE, LifeCycle.TEMPORARILY_CLOSED, LifeCycle.DELISTED),
    LifeCycle.DELISTED: (LifeCycle.ACTIVE, LifeCycle.PLANNED),
}
"""The moves an editor can make, each with a reason. A station once open is not planned again unless it was delisted."""


def is_move(old: LifeCycle, new: LifeCycle) -> bool:
    """Whether a station may go from ``old`` to ``new``; staying is no move and always allowed."""
    return old is new or new in NEXT_LIFE_CYCLES[old]


def since(revisions: Iterable[Revision]) -> datetime | None:
    """When the station came into the life cycle it has, by its revisions in any order; None without revisions."""
    moves = [revision for revision in revisions if revision.number == 1 or "life_cycle" in revision.changes]
    return max(moves, key=lambda revision: revision.number).at if moves else None
