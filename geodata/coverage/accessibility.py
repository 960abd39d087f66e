"""Room per worker, with competition: the enhanced two-step floating catchment area (E2SFCA).

Luo and Qi, Health & Place 15 (2009) 1100-1107. With supply S_j, demand P_i and the weight w_ij of the band that the
travel time of pair (i, j) falls into:

    R_j = S_j ÷ Σ_i P_i w_ij          A_i = Σ_j R_j w_ij

so that Σ_i P_i A_i is the sum of S_j over the stations that have any demand in reach. One band of weight 1 is the
plain two-step method.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from geodata.coordinates import Floats
from geodata.coverage.sums import summed
from geodata.errors import InvalidValue
from geodata.stations.ordering import Rows
from geodata.travel.pairs import TravelPairs


@dataclass(frozen=True, slots=True)
class Band:
    """Pairs at most ``limit_s`` seconds apart (<=), and more than the band before, weigh ``weight``."""

    limit_s: float
    weight: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.limit_s) and self.limit_s >= 0 and 0 < self.weight <= 1):
            raise InvalidValue("A band needs a limit of 0 s or more and a weight above 0, at most 1.", field="bands")


WALKING_BANDS: Final = (Band(300.0, 1.0), Band(600.0, 0.68), Band(900.0, 0.22))
"""Five, ten and fifteen minutes: the published step weights over the fifteen minutes of the norm."""


@dataclass(frozen=True, slots=True, eq=False)
class Accessibility:
    """``at_points`` (n,) is A_i, supply per worker; ``at_stations`` (s,) is R_j, NaN for idle supply.

    ``idle_rows`` are the stations with supply but no demand in reach: their supply is in nobody's A_i.
    """

    at_points: Floats
    at_stations: Floats
    idle_rows: Rows


def e2sfca(pairs: TravelPairs, supply: Floats, demand: Floats, bands: Sequence[Band] = WALKING_BANDS) -> Accessibility:
    """Accessibility of every point.

    ``supply`` (s,) and ``demand`` (n,) are 0 or more; a station that is shut supplies 0. Bands are in the order of
    their limits; ``pairs`` must reach as far as the last.
    """
    if len(supply) != pairs.station_count or len(demand) != pairs.point_count:
        raise InvalidValue("Supply and demand need one number a station and a point.", field="supply", code="length")
    if not all(np.isfinite(each).all() and (each >= 0).all() for each in (supply, demand)):
        raise InvalidValue("Supply and demand are numbers of 0 or more.", field="supply", code="out_of_range")
    ids, rows, weights = pairs.point_ids, pairs.station_rows, band_weights(pairs.time_s, bands)
    competing = summed(rows, demand[ids] * weights, len(supply))
    with np.errstate(divide="ignore", invalid="ignore"):
        at_stations = np.where(competing > 0, supply / competing, np.nan)
    given = np.nan_to_num(at_stations, nan=0.0)[rows] * weights
    at_points = summed(ids, given, len(demand))
    return Accessibility(at_points, at_stations, np.flatnonzero((competing == 0) & (supply > 0)))


def band_weights(times_s: Floats, bands: Sequence[Band]) -> Floats:
    """The weight of each travel time's band, 0 beyond the last; (m,) to (m,).

    Raises InvalidValue for bands that are not in the order of their limits, or grow heavier with distance.
    """
    limits = np.array([band.limit_s for band in bands])
    weights = np.array([*(band.weight for band in bands), 0.0])
    if not len(bands) or (np.diff(limits) <= 0).any() or (np.diff(weights) > 0).any():
        raise InvalidValue("Bands need rising limits and weights that do not rise.", field="bands", code="order")
    found: Floats = weights[np.searchsorted(limits, times_s, side="left")]
    return found
