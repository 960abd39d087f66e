"""Rows of workers gathered in H3 cells, with totals that add up.

For each group: ``given = placed + outside``, to rounding. A cell belongs to the place by its middle
(`Place.districts_of`, which allows for coarse outlines).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import h3
import numpy as np
from scipy.sparse import csr_array

from geodata.coordinates import Floats
from geodata.demand.sheet import DemandRow
from geodata.demand.spreading import OUTSIDE, CellSpreader, refuse_too_many_pieces
from geodata.places import Place
from geodata.stations.vocabulary import WorkerGroup


@dataclass(frozen=True, slots=True)
class GroupTotal:
    """Workers of one group in an average hour: given in the file, placed in cells, outside the city."""

    given_count: float
    placed_count: float
    outside_count: float


@dataclass(frozen=True, slots=True, eq=False)
class GatheredDemand:
    """The cells of a place with workers, (n,), sorted by name; ``lon`` and ``lat`` are their middles in degrees."""

    h3_cells: tuple[str, ...]
    lon: Floats
    lat: Floats
    workers: Mapping[WorkerGroup, Floats]
    totals: Mapping[WorkerGroup, GroupTotal]


def gather(
    rows: Sequence[DemandRow],
    groups: Sequence[WorkerGroup],
    place: Place,
    on_progress: Callable[[int, int], None] | None = None,
) -> GatheredDemand:
    """Spread the rows over the place's cells and add them up.

    ``on_progress`` is told rows done and all, also within a row that takes long; what it raises ends the work.

    Raises
    ------
    UnreadableFile
        The shapes are too many and too large to be spread.
    """
    given = np.array([[row.workers.get(group, 0.0) for group in groups] for row in rows], dtype=np.float64)
    given = given.reshape(len(rows), len(groups))
    cells, in_cells = _spread(rows, given, place, on_progress)
    lat_lon = np.array([h3.cell_to_latlng(cell) if cell else (np.nan, np.nan) for cell in cells]).reshape(-1, 2)
    lat_lon = lat_lon.round(6)
    is_inside = np.array([unit is not None for unit in place.districts_of(lat_lon[:, 1], lat_lon[:, 0])], dtype=bool)
    outside = in_cells[~is_inside].sum(axis=0)
    kept = np.flatnonzero(is_inside & (in_cells > 0).any(axis=1))
    placed = in_cells[kept]
    return GatheredDemand(
        h3_cells=tuple(cells[row] for row in kept),
        lon=lat_lon[kept, 1],
        lat=lat_lon[kept, 0],
        workers={group: placed[:, column] for column, group in enumerate(groups)},
        totals={
            group: GroupTotal(float(given[:, column].sum()), float(placed[:, column].sum()), float(outside[column]))
            for column, group in enumerate(groups)
        },
    )


def _spread(
    rows: Sequence[DemandRow], given: Floats, place: Place, on_progress: Callable[[int, int], None] | None
) -> tuple[list[str], Floats]:
    """The cells, sorted, and the workers in each by group, (cells, groups)."""
    number = 0

    def tell() -> None:
        if on_progress is not None:
            on_progress(number, len(rows))

    spreader = CellSpreader(place, on_piece=tell)
    cell_names: list[str] = []
    row_numbers: list[int] = []
    shares: list[float] = []
    for number, row in enumerate(rows):
        tell()
        for cell, share in spreader.shares(row.shape) or [(OUTSIDE, 1.0)]:
            cell_names.append(cell)
            row_numbers.append(number)
            shares.append(share)
        refuse_too_many_pieces(len(shares))
    cells, places = np.unique(np.array(cell_names, dtype=np.str_), return_inverse=True)
    weights = csr_array((shares, (places, row_numbers)), shape=(len(cells), len(rows)))
    return [str(cell) for cell in cells], np.asarray(weights @ given)
