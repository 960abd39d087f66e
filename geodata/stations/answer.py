"""The answer to "which is nearest": candidates as arrays while searching, values in the end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import Floats
from geodata.stations.arrival import Arrival
from geodata.stations.columns import StationColumns
from geodata.stations.filters import Order
from geodata.stations.ordering import (
    CLOSED,
    CLOSING_SOON,
    OPEN,
    TIE_M,
    USEFUL_CLASSES,
    Rows,
    distance_order,
    useful_order,
)
from geodata.stations.span_table import Arrivals
from geodata.stations.vocabulary import OpenState


@dataclass(frozen=True, slots=True)
class Found:
    """A station in an answer. ``arrive_at`` and the arrival's instants are in the place's time zone."""

    row: int
    code: str
    distance_m: float
    travel_time_s: float
    arrive_at: datetime
    arrival: Arrival


@dataclass(frozen=True, slots=True)
class NearestAnswer:
    """The first k stations in the order asked for, and how many an ``open`` filter cannot judge."""

    found: tuple[Found, ...]
    unknown_count: int


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Stations that were looked at, and which of them pass every filter; all arrays have shape (n,)."""

    rows: Rows
    distance_m: Floats
    travel_time_s: Floats
    arrive_s: Floats
    arrivals: Arrivals
    passes: NDArray[np.bool_]

    def take(self, chosen: Rows) -> Candidates:
        """Some of them, in the order given."""
        return Candidates(
            self.rows[chosen],
            self.distance_m[chosen],
            self.travel_time_s[chosen],
            self.arrive_s[chosen],
            self.arrivals.take(chosen),
            self.passes[chosen],
        )

    def leading_m(self, order: Order) -> Floats:
        """The distances of those nothing farther away can overtake: in useful order, the open ones."""
        leads = self.passes & (self.arrivals.states == OPEN) if order is Order.USEFUL else self.passes
        return self.distance_m[leads]

    def first(self, k: int, order: Order, reach_m: float, code_rank: Rows) -> Candidates:
        """The first k in order of those that pass, up to ``reach_m`` away."""
        chosen = np.flatnonzero(self.passes & (self.distance_m <= reach_m))
        chosen = chosen[distance_order(self.distance_m[chosen], code_rank[self.rows[chosen]])]
        if order is Order.USEFUL:
            chosen = chosen[useful_order(self.arrivals.states[chosen], self.arrivals.opens_s[chosen])]
        return self.take(chosen[:k])

    def found(self, columns: StationColumns) -> tuple[Found, ...]:
        """Each as a value."""
        arrivals, timezone = self.arrivals, columns.timezone
        arrays = (self.rows, self.distance_m, self.travel_time_s, self.arrive_s)
        states = (arrivals.states, arrivals.closes_s, arrivals.opens_s)
        return tuple(
            Found(
                row=row,
                code=columns.codes[row],
                distance_m=distance_m,
                travel_time_s=time_s,
                arrive_at=datetime.fromtimestamp(arrive_s, timezone),
                arrival=_arrival(state, closes_s, opens_s, timezone),
            )
            for row, distance_m, time_s, arrive_s, state, closes_s, opens_s in zip(
                *(array.tolist() for array in (*arrays, *states)), strict=True
            )
        )


def deciding_reach_m(leading_m: Floats, k: int) -> float:
    """How far away a station can be and still matter, given the distances of some leading ones.

    Once k leading stations lie within d metres, whatever is farther than d + 0.1 m starts a later group.
    Infinite while there are fewer.
    """
    if len(leading_m) < k:
        return math.inf
    return float(np.partition(leading_m, k - 1)[k - 1]) + 2 * TIE_M


def _arrival(state: int, closes_s: float, opens_s: float, timezone: ZoneInfo) -> Arrival:
    changes_s = closes_s if state in {OPEN, CLOSING_SOON} else opens_s if state == CLOSED else math.inf
    if changes_s == math.inf:
        return Arrival(USEFUL_CLASSES[state])
    changes_at = datetime.fromtimestamp(changes_s, timezone)
    if state == CLOSED:
        return Arrival(OpenState.CLOSED, None, changes_at)
    return Arrival(USEFUL_CLASSES[state], changes_at)
