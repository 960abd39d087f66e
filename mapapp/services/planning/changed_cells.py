"""How each cell is drawn in a comparison of two answers: one rule for the page's map and the files'."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from mapapp.services.planning.comparing import CellChange, Comparison

COVERED_FROM: Final = 0.5
"""A cell's state is that of at least half of its worker-hours, as for gaps."""
SHOWN_FROM: Final = 0.01
"""A cell is drawn as changed from this share of its worker-hours on."""


class ChangeLook(StrEnum):
    """What became of a cell; ``mixed`` won some hours and lost others."""

    NEWLY = "newly"
    LOST = "lost"
    MIXED = "mixed"
    STILL = "still"


def looks_of_cells(before: Mapping[str, Any], after: Mapping[str, Any], found: Comparison) -> dict[str, ChangeLook]:
    """The cells to be drawn, in order; those that are covered neither before nor after are left out.

    By the low bounds, and a share of `SHOWN_FROM` of a cell's worker-hours on. Where the two count different
    worker-hours, by the state that most of each cell's have; a cell that only one of them counts has no change then.
    """
    return _by_state(before, after) if found.low is None else _by_change(found, found.low)


def surely_covered(cells: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Which cells of a document are surely covered for more than half of their worker-hours, (n,)."""
    present, low = (np.asarray(cells[name], dtype=np.float64) for name in ("worker_hours", "covered_low"))
    return np.asarray(low > np.maximum(present, 0.0) * COVERED_FROM)


def _by_change(found: Comparison, change: CellChange) -> dict[str, ChangeLook]:
    least = np.maximum(SHOWN_FROM * found.worker_hours, 0.0)
    newly, lost = change.newly > least, change.lost > least
    still = change.still > COVERED_FROM * found.worker_hours
    looks = {}
    for cell, is_newly, is_lost, is_still in zip(found.cells, newly, lost, still, strict=True):
        if is_newly or is_lost:
            looks[cell] = (
                ChangeLook.MIXED if is_newly and is_lost else ChangeLook.NEWLY if is_newly else ChangeLook.LOST
            )
        elif is_still:
            looks[cell] = ChangeLook.STILL
    return looks


def _by_state(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, ChangeLook]:
    was, now = (_counted(document["cells"]) for document in (before, after))
    looks = {}
    for cell in sorted(was.keys() & now.keys()):
        if now[cell]:
            looks[cell] = ChangeLook.STILL if was[cell] else ChangeLook.NEWLY
        elif was[cell]:
            looks[cell] = ChangeLook.LOST
    return looks


def _counted(cells: Mapping[str, Any]) -> dict[str, bool]:
    """Whether each cell with worker-hours is covered."""
    rows = zip(cells["h3"], surely_covered(cells).tolist(), cells["worker_hours"], strict=True)
    return {cell: is_covered for cell, is_covered, hours in rows if hours > 0}
