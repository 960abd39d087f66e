"""Which station each point goes to in each hour: every point walks down its list of stations, nearest first.

A point's pairs are sorted by time. The first station takes the hours in which it is open, the next those that are
left, and so on: a handful of steps for most points, instead of a search for every hour.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
from scipy.sparse import csr_array

from geodata.coordinates import Floats
from geodata.coverage.week import hour_bits, hours_held, packed, unpacked
from geodata.coverage.worker_hours import WorkerHours
from geodata.stations.columns import Bits
from geodata.stations.ordering import Rows
from geodata.travel.pairs import TravelPairs

_STEPS_AT_FIRST: Final = 24


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """Which of s stations each of n points goes to, and in which hours.

    ``point_ids``, ``station_rows`` and ``time_s`` have shape (t,), sorted by point, then time. ``bits`` (t, w) are the
    hours of that pair: one bit for all hours in which the same stations are open, ``bit_of_hour`` (168,). No hour of
    a point is in two of its rows; in those in none no station is open within the pairs' cut-off. A tie goes to the
    station listed first.
    """

    station_count: int
    point_ids: Rows
    station_rows: Rows
    time_s: Floats
    bits: Bits
    bit_of_hour: Rows

    @classmethod
    def of(cls, pairs: TravelPairs, open_hours: Bits, hours: Collection[int]) -> Self:
        """In some hours; ``open_hours`` (s, 3) are the stations' bits."""
        is_open, bit_of_hour = _condensed(open_hours & hour_bits(hours))
        starts = np.searchsorted(pairs.point_ids, np.arange(pairs.point_count + 1))
        left = np.tile(np.bitwise_or.reduce(is_open, axis=0, keepdims=True), (pairs.point_count, 1))
        walk = _Walk(pairs.station_rows, is_open, left, starts[1:])
        still = walk.on(np.arange(pairs.point_count), starts[:-1], _STEPS_AT_FIRST)
        if len(still):  # a few are left who find nobody for a long while: what no station of theirs offers is given up
            left[still] &= _ever(pairs, still, is_open, starts)
            walk.on(still, starts[still] + _STEPS_AT_FIRST, None)
        places, bits = walk.found()
        return cls(
            pairs.station_count,
            pairs.point_ids[places],
            pairs.station_rows[places],
            pairs.time_s[places],
            bits,
            bit_of_hour,
        )

    @property
    def _bit_count(self) -> int:
        return int(self.bit_of_hour.max()) + 1

    def amounts(self, demand: WorkerHours) -> Floats:
        """The worker-hours of each pair, (t,)."""
        held = hours_held(self.bits, demand.condensed(self.bit_of_hour).activity)
        amounts: Floats = np.einsum("tg,gt->t", held, demand.heads[:, self.point_ids])
        return amounts

    def served(self, demand: WorkerHours) -> Floats:
        """The workers at each station hour by hour, (168, s)."""
        served = np.zeros((len(self.bit_of_hour), self.station_count))
        is_taken = unpacked(self.bits, self._bit_count).astype(np.float64)
        starts = np.arange(len(self.point_ids) + 1)
        shape = (len(self.point_ids), self.station_count)
        for heads, profile in zip(demand.heads, demand.activity.T, strict=True):
            to_station = csr_array((heads[self.point_ids], self.station_rows, starts), shape=shape)
            served += profile[:, None] * (to_station.T @ is_taken).T[self.bit_of_hour]
        return served


@dataclass(slots=True)
class _Walk:
    """Points going down their lists of pairs: ``left`` (n, w) are the hours still to be taken, ``ends`` (n,)."""

    station_rows: Rows
    is_open: Bits
    left: Bits
    ends: Rows
    places: list[Rows] = field(default_factory=list)
    taken: list[Bits] = field(default_factory=list)

    def on(self, points: Rows, places: Rows, steps_count: int | None) -> Rows:
        """Let some points go on from some of their pairs; those that have hours and pairs left after so many steps."""
        step = 0
        while True:
            goes_on = (places < self.ends[points]) & self.left[points].any(axis=1)
            points, places = points[goes_on], places[goes_on]
            if len(points) == 0 or step == steps_count:
                return points
            taken = self.is_open[self.station_rows[places]] & self.left[points]
            takes = taken.any(axis=1)
            self.places.append(places[takes])
            self.taken.append(taken[takes])
            self.left[points] &= ~taken
            places, step = places + 1, step + 1

    def found(self) -> tuple[Rows, Bits]:
        """The pairs that somebody took, in order, and the hours of each."""
        places = np.concatenate([np.empty(0, dtype=np.int64), *self.places])
        taken = np.concatenate([self.is_open[:0], *self.taken])
        order = np.argsort(places, kind="stable")
        return places[order], taken[order]


def _ever(pairs: TravelPairs, points: Rows, is_open: Bits, starts: Rows) -> Bits:
    """The hours in which any station of each of some points is open, (k, w); each has a pair, in order."""
    counts = starts[points + 1] - starts[points]
    firsts = np.cumsum(counts) - counts
    places = np.arange(int(counts.sum())) + np.repeat(starts[points] - firsts, counts)
    ever: Bits = np.bitwise_or.reduceat(is_open[pairs.station_rows[places]], firsts, axis=0)
    return ever


def _condensed(open_hours: Bits) -> tuple[Bits, Rows]:
    """One bit for all hours in which the same stations are open, (s, w), and the bit of each hour, (168,)."""
    is_open = unpacked(open_hours)
    columns = np.ascontiguousarray(np.packbits(is_open, axis=0).T)
    _values, firsts, bit_of_hour = np.unique(columns, axis=0, return_index=True, return_inverse=True)
    return packed(is_open[:, firsts] != 0), bit_of_hour.reshape(-1).astype(np.int64)
