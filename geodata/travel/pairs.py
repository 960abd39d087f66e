"""Pairs of demand points and stations within a cut-off, and what every travel model has to answer.

A travel model is asked once for its pairs. Hours, services and worker groups only switch stations and weights on
and off afterwards, so everything that coverage, accessibility and siting need is worked out over the same pairs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import Floats
from geodata.errors import InvalidValue
from geodata.stations.ordering import Rows
from geodata.travel.straight_line import TravelMode


class Network(StrEnum):
    """What one travels along."""

    STRAIGHT_LINE = "straight_line"
    STREETS = "streets"


@dataclass(frozen=True, slots=True, kw_only=True)
class TravelNote:
    """How travel was worked out, as every result says it.

    ``detour_factor`` is of the straight line only; ``source``, ``checksum`` and ``source_date`` are of streets
    only: the extract's file name, its SHA-256 and the day of its data (None where it does not say).
    ``speed_kmh`` is the steady speed; None where it depends on the street. ``off_network_kmh`` is the pace on the
    legs between a place and the nearest street.
    """

    network: Network
    mode: TravelMode
    speed_kmh: float | None
    detour_factor: float | None = None
    source: str | None = None
    checksum: str | None = None
    source_date: date | None = None
    off_network_kmh: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TravelPairs:
    """Pairs (point, station) within a cut-off, each once.

    Sorted by point, then time, then station row: the first pair of a point is its nearest station, ties going to
    the station listed first. The arrays become read-only.

    Attributes
    ----------
    point_count, station_count : int
        How many points and stations were asked about, with or without a pair.
    point_ids, station_rows : int64 (m,)
    distance_m : float64 (m,)
        Along the way used: the great circle for a straight line, the route for streets with the legs off them.
    time_s : float64 (m,)
        Travel time, the detour included.
    unreachable_point_ids, unreachable_station_rows : int64
        In order: without a position, or too far from the network. They are in no pair.
    """

    point_count: int
    station_count: int
    point_ids: Rows
    station_rows: Rows
    distance_m: Floats
    time_s: Floats
    unreachable_point_ids: Rows
    unreachable_station_rows: Rows

    def __post_init__(self) -> None:
        lengths = {len(column) for column in (self.point_ids, self.station_rows, self.distance_m, self.time_s)}
        if len(lengths) != 1:
            raise InvalidValue("Pairs need one entry a pair in every column.", field="pairs", code="length")
        if (np.diff(self.point_ids) < 0).any():
            raise InvalidValue("Pairs are sorted by point.", field="pairs", code="order")
        if not (np.isfinite(self.distance_m).all() and np.isfinite(self.time_s).all()):
            raise InvalidValue("Who is out of reach is in no pair.", field="pairs", code="not_finite")
        for name in ("point_ids", "station_rows", "unreachable_point_ids", "unreachable_station_rows"):
            object.__setattr__(self, name, _column(getattr(self, name), np.int64))
        for name in ("distance_m", "time_s"):
            object.__setattr__(self, name, _column(getattr(self, name), np.float64))

    @classmethod
    def in_order(
        cls,
        *,
        point_count: int,
        station_count: int,
        point_ids: Rows,
        station_rows: Rows,
        distance_m: Floats,
        time_s: Floats,
        unreachable_point_ids: Rows,
        unreachable_station_rows: Rows,
    ) -> TravelPairs:
        """Pairs that were found in any order, put into theirs."""
        order = _in_order(point_count, point_ids, time_s, station_rows)
        return cls(
            point_count,
            station_count,
            point_ids[order],
            station_rows[order],
            distance_m[order],
            time_s[order],
            unreachable_point_ids,
            unreachable_station_rows,
        )

    @property
    def pair_count(self) -> int:
        """How many pairs there are."""
        return len(self.point_ids)

    def up_to(self, limit_s: float) -> TravelPairs:
        """Those at most so many seconds apart (<=)."""
        near = self.time_s <= limit_s
        if near.all():
            return self
        columns = ("point_ids", "station_rows", "distance_m", "time_s")
        return replace(self, **{name: getattr(self, name)[near] for name in columns})

    def starts(self) -> Rows:
        """Where each point's pairs begin, (point_count + 1,): those of point i are starts[i]:starts[i + 1]."""
        counts = np.bincount(self.point_ids, minlength=self.point_count)
        return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts, dtype=np.int64)))


class Travel(Protocol):
    """One way of getting about: a mode on a network."""

    @property
    def mode(self) -> TravelMode:
        """How one travels."""
        ...

    def pairs(
        self,
        point_lon: Floats,
        point_lat: Floats,
        station_lon: Floats,
        station_lat: Floats,
        *,
        reach_m: float | None,
        reach_s: float | None,
    ) -> TravelPairs:
        """All pairs at most ``reach_m`` metres and at most ``reach_s`` seconds apart (<=); None cuts nothing off.

        Positions are WGS-84 degrees; NaN for a place without one.
        """
        ...

    def described(self) -> TravelNote:
        """What every result says about how travel was worked out."""
        ...


_FEW: Final = 1 << 16


def _in_order(point_count: int, point_ids: Rows, time_s: Floats, station_rows: Rows) -> Rows:
    """``np.lexsort((station_rows, time_s, point_ids))``, found faster: ties in time are few, and are mended after."""
    order = np.argsort(time_s)
    ids = point_ids[order].astype(np.uint16) if point_count <= _FEW else point_ids[order]
    order = order[np.argsort(ids, kind="stable")]
    ids, times_s = point_ids[order], time_s[order]
    ties = np.zeros(len(order) + 1, dtype=np.bool_)
    ties[1:-1] = (ids[1:] == ids[:-1]) & (times_s[1:] == times_s[:-1])
    tied = np.flatnonzero(ties[1:] | ties[:-1])
    members = order[tied]
    order[tied] = members[np.lexsort((station_rows[members], time_s[members], point_ids[members]))]
    return order


def _column(values: NDArray[Any], kind: type[np.int64] | type[np.float64]) -> NDArray[Any]:
    column = np.asarray(values, dtype=kind).view()
    column.setflags(write=False)
    return column
