"""Demand in any order becomes parts of whole H3 cells, in memory that does not grow with the number of points.

An external sort: each chunk is sorted by cell and written to disk as one run; of a run only the cells and where they
begin stay in memory. A part is then a range of cells, read from every run where that range lies in one piece. So a
cell's points are in one part, unless they alone are more than a part may hold: then in several, one after another.
The order of points is that of cells, then of runs, then of the chunk, whoever works through the parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import h3.api.basic_int as h3_by_number
import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import Floats
from geodata.coverage.bulk import DemandPart
from geodata.stations.ordering import Rows

Cells = NDArray[np.uint64]
RESOLUTION: Final = 4
"""H3 cells of about 1,770 km²: a county or a city's urban area."""
RESOLUTIONS: Final = range(3, 8)
PART_POINTS: Final = 250_000
_COLUMNS_COUNT: Final = 3
_VALUE_BYTES: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class CellPart:
    """Points sorted by cell: ``cells`` (c,) ascending, and how many points each has, (c,)."""

    number: int
    points: DemandPart
    cells: Cells
    counts: Rows

    @property
    def cell_ids(self) -> Rows:
        """Each point's place in ``cells``, (n,)."""
        return np.repeat(np.arange(len(self.cells)), self.counts)


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """A sorted chunk on disk; ``starts`` (c + 1,) are where its cells begin, and its end."""

    path: Path
    cells: Cells
    starts: Rows

    def read(self, start: int, end: int) -> Floats:
        """The points from one row to before another: longitude, latitude, workers, (3, n)."""
        size, total = end - start, int(self.starts[-1])
        places = (column * total + start for column in range(_COLUMNS_COUNT))
        return np.stack(
            [np.fromfile(self.path, dtype=np.float64, count=size, offset=place * _VALUE_BYTES) for place in places]
        )


@dataclass(frozen=True, slots=True)
class _Range:
    """A part to be: a range of cells in the order of all, or some rows of a single cell too large for one part."""

    first: int
    end: int
    from_row: int = 0
    to_row: int | None = None


def cells_of(lon: Floats, lat: Floats, resolution: int) -> Cells:
    """The H3 cell each point lies in, (n,)."""
    found = map(h3_by_number.latlng_to_cell, lat.tolist(), lon.tolist(), [resolution] * len(lon))
    return np.fromiter(found, dtype=np.uint64, count=len(lon))


class SortedDemand:
    """Demand on disk, sorted by cell. The folder is the caller's to remove.

    Parameters
    ----------
    resolution
        Of the cells, one of ``RESOLUTIONS``.
    part_points
        The most points of a part.
    """

    def __init__(self, folder: Path, resolution: int = RESOLUTION, part_points: int = PART_POINTS) -> None:
        self._folder = folder
        self._resolution = resolution
        self._part_points = part_points
        self._runs: list[_Run] = []

    def add(self, chunk: DemandPart) -> None:
        """Write a chunk down; an empty one is nothing."""
        if not len(chunk.lon):
            return
        of_points = cells_of(chunk.lon, chunk.lat, self._resolution)
        order = np.argsort(of_points, kind="stable")
        cells, firsts = np.unique(of_points[order], return_index=True)
        path = self._folder / f"run-{len(self._runs):06d}"
        np.stack([chunk.lon[order], chunk.lat[order], chunk.workers[order]]).tofile(path)
        starts = np.append(firsts, len(order)).astype(np.int64)
        self._runs.append(_Run(path, cells, starts))

    def add_all(self, chunks: Iterable[DemandPart]) -> None:
        """Write several chunks down, one after the other."""
        for chunk in chunks:
            self.add(chunk)

    @property
    def points_count(self) -> int:
        """How many points were written down."""
        return sum(int(run.starts[-1]) for run in self._runs)

    def ranges(self) -> tuple[Cells, list[_Range]]:
        """Every cell in order, and how they fall into parts."""
        cells, counts = self._cells()
        ranges: list[_Range] = []
        first, held = 0, 0
        for place, count in enumerate(counts.tolist()):
            if held and held + count > self._part_points:
                ranges.append(_Range(first, place))
                first, held = place, 0
            if count > self._part_points:
                cuts = range(0, count, self._part_points)
                ranges += [_Range(place, place + 1, cut, min(cut + self._part_points, count)) for cut in cuts]
                first, held = place + 1, 0
            else:
                held += count
        if held:
            ranges.append(_Range(first, len(cells)))
        return cells, ranges

    def parts(self) -> Iterator[CellPart]:
        """The parts in their order, each read when it is asked for."""
        cells, ranges = self.ranges()
        for number, each in enumerate(ranges):
            yield self._part(number, cells[each.first : each.end], each)

    @property
    def parts_count(self) -> int:
        """How many parts there are."""
        return len(self.ranges()[1])

    def _part(self, number: int, cells: Cells, each: _Range) -> CellPart:
        pieces: list[Floats] = []
        of_points: list[Cells] = []
        for run, start, end in self._pieces(cells[0], cells[-1], each):
            if end > start:
                pieces.append(run.read(start, end))
                rows = np.searchsorted(run.starts, np.arange(start, end), side="right") - 1
                of_points.append(run.cells[rows])
        whole = np.concatenate(of_points)
        order = np.argsort(whole, kind="stable")
        lon, lat, workers = np.concatenate(pieces, axis=1)[:, order]
        found, counts = np.unique(whole, return_counts=True)
        return CellPart(number, DemandPart(lon, lat, workers), found, counts.astype(np.int64))

    def _pieces(self, first: np.uint64, last: np.uint64, each: _Range) -> Iterator[tuple[_Run, int, int]]:
        """Where the range lies in each run; of a cell cut into several parts only the rows of this one."""
        passed = 0
        for run in self._runs:
            start = int(run.starts[np.searchsorted(run.cells, first, side="left")])
            end = int(run.starts[np.searchsorted(run.cells, last, side="right")])
            if each.to_row is not None:
                size = end - start
                lowest, highest = max(each.from_row - passed, 0), min(each.to_row - passed, size)
                passed += size
                start, end = start + lowest, start + max(highest, lowest)
                if lowest >= size:
                    continue
            yield run, start, end

    def _cells(self) -> tuple[Cells, Rows]:
        if not self._runs:
            return np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64)
        return _counted([run.cells for run in self._runs], [np.diff(run.starts) for run in self._runs])


def _counted(cells: Sequence[Cells], counts: Sequence[Rows]) -> tuple[Cells, Rows]:
    found, places = np.unique(np.concatenate(cells), return_inverse=True)
    totals = np.zeros(len(found), dtype=np.int64)
    np.add.at(totals, places.reshape(-1), np.concatenate(counts))
    return found, totals
