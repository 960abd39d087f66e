"""The kernel: what one part comes to, in all and cell by cell, and how the parts are added."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from geodata.coordinates import Floats
from geodata.coverage.bulk import BulkCoverage, BulkTally
from geodata.coverage.national.sorting import CellPart, Cells
from geodata.coverage.sums import summed
from geodata.stations.ordering import Rows


@dataclass(frozen=True, slots=True, eq=False)
class CellTally:
    """c cells in order: points, their workers, and those covered at least and at most; all (c,)."""

    cells: Cells
    points: Rows
    workers: Floats
    low: Floats
    high: Floats

    @classmethod
    def added(cls, tallies: Iterable[CellTally]) -> CellTally:
        """Several, a cell's numbers added in the order of the tallies."""
        every = list(tallies)
        if not every:
            none = np.empty(0)
            return cls(none.astype(np.uint64), none.astype(np.int64), none, none, none)
        cells, places = np.unique(np.concatenate([each.cells for each in every]), return_inverse=True)
        rows = places.reshape(-1)

        def total(values: Floats) -> Floats:
            return summed(rows, values, len(cells))

        return cls(
            cells,
            total(np.concatenate([each.points for each in every]).astype(np.float64)).astype(np.int64),
            *(total(np.concatenate([getattr(each, name) for each in every])) for name in ("workers", "low", "high")),
        )


@dataclass(frozen=True, slots=True, eq=False)
class PartTally:
    """What one part comes to."""

    number: int
    total: BulkTally
    by_cell: CellTally


def tally_part(coverage: BulkCoverage, part: CellPart) -> PartTally:
    """The same numbers for the same part, wherever it is worked out."""
    points, judged = part.points, coverage.judged(part.points)
    ids, count = part.cell_ids, len(part.cells)
    by_cell = CellTally(
        part.cells,
        part.counts,
        summed(ids, points.workers, count),
        summed(ids, points.workers * judged.low, count),
        summed(ids, points.workers * judged.high, count),
    )
    return PartTally(part.number, coverage.tallied(points, judged), by_cell)
