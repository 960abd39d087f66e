"""How many stations stand where, for a map of a whole country: clusters by map tile, from one sorted array.

Positions are put on the grid of web map tiles (Web Mercator, zoom ``FINEST_ZOOM``) and sorted along its Z-order
curve. Every tile of any zoom is then one run of the array, and every square of its grid a run within the run: a
tile's clusters cost two binary searches and one pass over the stations it holds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import Floats

MAX_TILE_ZOOM: Final = 9
"""The smallest tiles that are given: at 35° north 64 km wide, more than twice a res-4 cell's area, so that looking at
a map tells the server less than the cell it is in."""
SQUARES_ZOOM: Final = 3
"""A tile's grid has 2³ × 2³ squares."""
FINEST_ZOOM: Final = MAX_TILE_ZOOM + SQUARES_ZOOM
MAX_LAT_DEG: Final = 85.0511287798066

Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Stations of one square: where they are on average (degrees), and how many."""

    lon: float
    lat: float
    count: int


class ClusterIndex:
    """The placed stations along the curve; it never changes."""

    def __init__(self, lon: Floats, lat: Floats) -> None:
        placed = ~np.isnan(lon)
        codes = z_order(lon[placed], lat[placed])
        order = np.argsort(codes, kind="stable")
        self._codes: Final = codes[order]
        self._rows: Final = np.flatnonzero(placed)[order]
        self._lon: Final = lon[placed][order]
        self._lat: Final = lat[placed][order]

    def tile(self, zoom: int, x: int, y: int, counted: NDArray[np.bool_] | None = None) -> tuple[Cluster, ...]:
        """The clusters of a tile, along the curve: of all stations, or of the rows where ``counted`` (n,) holds.

        Raises ValueError where there is no such tile.
        """
        check_tile(zoom, x, y)
        shift = 2 * (FINEST_ZOOM - zoom)
        number = int(_interleaved(np.array([x]), np.array([y]))[0])
        first, end = np.searchsorted(self._codes, [number << shift, (number + 1) << shift])
        codes, lons, lats = self._codes[first:end], self._lon[first:end], self._lat[first:end]
        if counted is not None:
            among = counted[self._rows[first:end]]
            codes, lons, lats = codes[among], lons[among], lats[among]
        if len(codes) == 0:
            return ()
        starts = np.flatnonzero(np.diff(codes >> (shift - 2 * SQUARES_ZOOM), prepend=-1))
        counts = np.diff(starts, append=len(codes))
        lon, lat = np.add.reduceat(lons, starts) / counts, np.add.reduceat(lats, starts) / counts
        return tuple(Cluster(*each) for each in zip(lon.tolist(), lat.tolist(), counts.tolist(), strict=True))


def check_tile(zoom: int, x: int, y: int) -> None:
    """Raise ValueError where there is no such tile."""
    if not (0 <= zoom <= MAX_TILE_ZOOM and 0 <= x < 1 << zoom and 0 <= y < 1 << zoom):
        raise ValueError(f"no tile {zoom}/{x}/{y}")


def z_order(lon: Floats, lat: Floats) -> Codes:
    """The numbers along the curve of positions at ``FINEST_ZOOM``; poles fall into the last row."""
    side = 1 << FINEST_ZOOM
    phi = np.radians(np.clip(lat, -MAX_LAT_DEG, MAX_LAT_DEG))
    x = np.floor((np.asarray(lon) + 180.0) / 360.0 * side)
    y = np.floor((1.0 - np.arcsinh(np.tan(phi)) / math.pi) / 2.0 * side)
    columns, rows = (np.clip(each, 0, side - 1).astype(np.int64) for each in (x, y))
    return _interleaved(columns, rows)


def _interleaved(x: Codes, y: Codes) -> Codes:
    """Bits of y and x in turn: y the higher of each pair."""
    codes = np.zeros_like(x)
    for bit in range(FINEST_ZOOM):
        codes |= ((x >> bit) & 1) << (2 * bit)
        codes |= ((y >> bit) & 1) << (2 * bit + 1)
    return codes
