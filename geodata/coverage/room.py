"""E2SFCA hour by hour over a week, for workers who travel in different ways, in a handful of passes over the pairs.

Demand is Σ_g heads_g,i × profile_g(h), so what competes for a station in hour h is Σ_g profile_g(h) × C_g,j with
C_g,j = Σ_i heads_g,i w_ij: worked out once, not once an hour. What is given out is linear in the same way.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from geodata.coordinates import Floats
from geodata.coverage.accessibility import WALKING_BANDS, Band, band_weights
from geodata.coverage.week import hour_mask, unpacked
from geodata.coverage.worker_hours import WorkerHours
from geodata.demand.points import HOURS_A_WEEK
from geodata.errors import InvalidValue
from geodata.stations.columns import Bits
from geodata.travel.pairs import TravelPairs


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """``at_points`` (n,) is supply per worker, averaged over the point's worker-hours, 0 where nobody is.

    ``offered`` (s,) is each station's supply × the hours it is open; ``idle`` (s,) the part of it with nobody in reach.
    """

    at_points: Floats
    offered: Floats
    idle: Floats


def rooms_over_hours(
    parts: Sequence[tuple[TravelPairs, WorkerHours]],
    supply: Floats,
    weeks: Sequence[Bits],
    hours: Collection[int],
    bands: Sequence[Band] = WALKING_BANDS,
) -> tuple[Room, ...]:
    """Each hour's supply is shared among all the workers of that hour, whichever part they are in; a room a week.

    ``supply`` (s,) is what each station offers while it is open, a week (s, 3) the bits of when that is. Of each:
    Σ worker-hours × room + Σ idle is the hourly supply of the open stations, summed over the hours.
    """
    if not (np.isfinite(supply).all() and (supply >= 0).all()):
        raise InvalidValue("Supply is a number of 0 or more.", field="supply", code="out_of_range")
    weights = [_weights(pairs, len(supply), bands) for pairs, _demand in parts]
    competing, present = np.zeros((HOURS_A_WEEK, len(supply))), np.zeros(_point_count(parts))
    for weight, (_pairs, demand) in zip(weights, parts, strict=True):
        competing += demand.activity @ (demand.heads @ weight)
        present += demand.at_points()
    shares = [(weight, demand) for weight, (_pairs, demand) in zip(weights, parts, strict=True)]
    is_asked = hour_mask(hours)[:, None]
    rooms = []
    for week in weeks:
        offered = np.where(is_asked, (unpacked(week) != 0).T * supply, 0.0)
        at_points = _given_out(shares, offered, competing)
        at_points = np.divide(at_points, present, out=np.zeros_like(present), where=present > 0)
        rooms.append(Room(at_points, offered.sum(axis=0), np.where(competing > 0, 0.0, offered).sum(axis=0)))
    return tuple(rooms)


def _given_out(shares: Sequence[tuple[csr_array, WorkerHours]], offered: Floats, competing: Floats) -> Floats:
    """What the workers of each point get in all hours together, (n,); ``offered`` and ``competing`` (168, s)."""
    per_worker = np.divide(offered, competing, out=np.zeros_like(offered), where=competing > 0)
    given = np.zeros(shares[0][1].heads.shape[1] if shares else 0)
    for weight, demand in shares:
        given += np.einsum("gn,gn->n", demand.heads, (weight @ (demand.activity.T @ per_worker).T).T)
    return given


def _point_count(parts: Sequence[tuple[TravelPairs, WorkerHours]]) -> int:
    return parts[0][0].point_count if parts else 0


def _weights(pairs: TravelPairs, station_count: int, bands: Sequence[Band]) -> csr_array:
    """The band weight of each pair, (n, s)."""
    if pairs.station_count != station_count:
        raise InvalidValue("Supply needs one number a station.", field="supply", code="length")
    kept = np.flatnonzero(pairs.time_s <= max(band.limit_s for band in bands))
    values = band_weights(pairs.time_s[kept], bands)
    starts = np.searchsorted(pairs.point_ids[kept], np.arange(pairs.point_count + 1))
    return csr_array((values, pairs.station_rows[kept], starts), shape=(pairs.point_count, pairs.station_count))
