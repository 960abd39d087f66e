"""Stations by the H3 cell they stand in: what a country's phones fetch instead of the whole list.

A phone that holds the stations of some cells must know how far its answer is true. Each cell therefore says
where it is and how far from there its farthest station stands (``reach_m``): by the triangle inequality no
station of a cell that is not held is nearer to a place than

    great_circle(place, center) - reach_m,

and the least of these over all cells not held is the distance up to which nothing is missing. That needs
neither the cells' outlines nor H3 on the phone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import h3
import numpy as np

from geodata.coordinates import Floats, LonLat, great_circle_m
from geodata.stations.ordering import Rows

RESOLUTION: Final = 4
"""Cells of about 1,770 km²: what a phone reveals by fetching one."""
CENTER_DECIMALS: Final = 2
REACH_STEP_M: Final = 100.0


@dataclass(frozen=True, slots=True, eq=False)
class StationCell:
    """One cell that holds stations.

    ``center`` is rounded to two decimals; ``reach_m`` counts from there, rounded up to whole 100 m.
    ``rows`` are the stations' rows, ascending.
    """

    id: str
    center: LonLat
    reach_m: float
    rows: Rows

    def neighbours(self, cells: Mapping[str, StationCell]) -> tuple[str, ...]:
        """The ids of the cells around this one that hold stations, in order."""
        return tuple(sorted(each for each in h3.grid_disk(self.id, 1) if each != self.id and each in cells))


def station_cells(lon: Floats, lat: Floats) -> dict[str, StationCell]:
    """The cells that hold stations, by id and in the order of ids; rows without a position (NaN) are in none."""
    placed = np.flatnonzero(~np.isnan(lon))
    ids = np.array([h3.latlng_to_cell(y, x, RESOLUTION) for x, y in zip(lon[placed], lat[placed], strict=True)])
    order = np.argsort(ids, kind="stable")
    names, firsts = np.unique(ids[order], return_index=True)
    groups = np.split(placed[order], firsts[1:]) if len(names) else []
    return {str(name): _cell(str(name), rows, lon, lat) for name, rows in zip(names, groups, strict=True)}


def _cell(name: str, rows: Rows, lon: Floats, lat: Floats) -> StationCell:
    y, x = h3.cell_to_latlng(name)
    center = LonLat(round(x, CENTER_DECIMALS), round(y, CENTER_DECIMALS))
    farthest_m = float(np.max(great_circle_m(center.lon, center.lat, lon[rows], lat[rows])))
    return StationCell(name, center, (math.floor(farthest_m / REACH_STEP_M) + 1) * REACH_STEP_M, rows)
