"""The order of an answer, defined so that the server and the phone give the same one.

*Distance order* of a set of stations, each with its great-circle distance in metres:

1. sort by (distance, code);
2. walk that list: the first station starts a group; a station belongs to the current group when
   ``distance - distance of the group's first <= 0.1``, else it starts the next group;
3. groups stay in order; inside a group stations are ordered by code.

So two stations at one address do not swap places because of a rounding, and a code decides. Codes are
compared character by character. The set is what passed *all* filters, ``open`` included.

*Useful order* is a stable sort of the distance order by class: open, closing soon, unknown, closed,
temporarily closed; inside closed, by the instant it opens, with no known opening last. (Travel time
grows with distance, so inside the other classes the distance order is the order of travel times.)

Both orders place a station by those before it only: the first k of an answer are the first k of a
longer one.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import Floats
from geodata.stations.vocabulary import OpenState

TIE_M: Final = 0.1
"""Stations this near to their group's first are ordered by code."""

USEFUL_CLASSES: Final = (
    OpenState.OPEN,
    OpenState.CLOSING_SOON,
    OpenState.UNKNOWN,
    OpenState.CLOSED,
    OpenState.TEMPORARILY_CLOSED,
)
"""The states, most useful first; arrays of states hold indices into this."""

OPEN, CLOSING_SOON, UNKNOWN, CLOSED, TEMPORARILY_CLOSED = range(len(USEFUL_CLASSES))

Rows = NDArray[np.int64]
States = NDArray[np.int8]


def distance_order(distance_m: Floats, code_rank: Rows) -> Rows:
    """The permutation that puts stations into distance order.

    ``code_rank`` orders the stations' codes. Both have shape (n,).
    """
    by_distance = np.lexsort((code_rank, distance_m))
    sorted_m = distance_m[by_distance]
    starts = np.ones(len(sorted_m), dtype=bool)
    starts[1:] = sorted_m[1:] - sorted_m[:-1] > TIE_M
    close = np.flatnonzero(~starts)
    if len(close) == 0:
        return by_distance
    first = 0
    for place in close.tolist():
        if starts[place - 1]:
            first = place - 1
        if sorted_m[place] - sorted_m[first] > TIE_M:
            starts[place] = True
    order: Rows = by_distance[np.lexsort((code_rank[by_distance], np.cumsum(starts)))]
    return order


def useful_order(states: States, opens_s: Floats) -> Rows:
    """The permutation that puts stations *already in distance order* into useful order.

    ``opens_s`` is the opening instant of a closed station, infinite where there is none.
    """
    order: Rows = np.lexsort((np.where(states == CLOSED, opens_s, 0.0), states))
    return order
