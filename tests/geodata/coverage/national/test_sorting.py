"""Demand sorted by cell on disk: nothing lost, cells whole, parts no larger than asked, memory flat."""

from __future__ import annotations

import tempfile
import tracemalloc
from itertools import pairwise
from pathlib import Path

import h3
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.coverage.bulk import DemandPart
from geodata.coverage.national.sorting import SortedDemand, cells_of
from tests.geodata.coverage.national.country import chunk, chunks, joined, sorted_on_disk


def rows(part: DemandPart) -> list[tuple[float, float, float]]:
    return sorted(zip(part.lon.tolist(), part.lat.tolist(), part.workers.tolist(), strict=True))


@settings(max_examples=40, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 60), max_size=5),
    part_points=st.integers(1, 70),
    spread_deg=st.sampled_from([0.01, 3.0]),
)
def test_every_point_is_in_one_part_with_the_others_of_its_cell(
    sizes: list[int], part_points: int, spread_deg: float
) -> None:
    given_parts = [shrunk(chunk(seed, size), spread_deg) for seed, size in enumerate(sizes)]
    with tempfile.TemporaryDirectory() as folder:
        demand = sorted_on_disk(Path(folder), given_parts, part_points)
        parts = list(demand.parts())

    assert demand.points_count == sum(sizes)
    assert [part.number for part in parts] == list(range(demand.parts_count))
    assert rows(joined([part.points for part in parts])) == rows(joined(given_parts)) if parts else sum(sizes) == 0
    for part in parts:
        assert 0 < len(part.points.lon) <= part_points
        assert part.counts.sum() == len(part.points.lon)
        names = [h3.latlng_to_cell(lat, lon, 4) for lon, lat in zip(part.points.lon, part.points.lat, strict=True)]
        assert [h3.int_to_str(int(part.cells[place])) for place in part.cell_ids] == names
        assert all(before < after for before, after in pairwise(part.cells.tolist()))
    for before, after in pairwise(parts):
        shared = set(before.cells.tolist()) & set(after.cells.tolist())
        assert before.cells[-1] <= after.cells[0]
        assert not shared or len(before.cells) == len(after.cells) == 1, "only a cell too large for a part is cut"


def shrunk(part: DemandPart, spread_deg: float) -> DemandPart:
    """The same points nearer together, so that many or all share a cell."""
    return DemandPart(104 + (part.lon - 104) * spread_deg / 3, 36 + (part.lat - 36) * spread_deg / 3, part.workers)


def test_the_order_does_not_hang_on_how_parts_are_cut(tmp_path: Path) -> None:
    both = []
    for part_points in (700, 100_000):
        folder = tmp_path / str(part_points)
        folder.mkdir()
        demand = sorted_on_disk(folder, chunks(3, 2_000), part_points)
        both.append(joined([part.points for part in demand.parts()]))

    assert np.array_equal(both[0].lon, both[1].lon)
    assert np.array_equal(both[0].workers, both[1].workers)


def test_no_demand_has_no_part(tmp_path: Path) -> None:
    demand = SortedDemand(tmp_path)
    demand.add(chunk(1, 0))

    assert (demand.points_count, demand.parts_count, list(demand.parts())) == (0, 0, [])


def test_memory_does_not_grow_with_the_number_of_points(tmp_path: Path) -> None:
    def peak_bytes(chunks_count: int) -> int:
        folder = tmp_path / str(chunks_count)
        folder.mkdir()
        tracemalloc.start()
        try:
            demand = SortedDemand(folder, 4, 5_000)
            demand.add_all(chunk(seed, 5_000) for seed in range(chunks_count))
            assert sum(len(part.points.lon) for part in demand.parts()) == chunks_count * 5_000
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak_bytes(1)
    assert peak_bytes(16) < 1.6 * peak_bytes(4)


def test_cells_are_those_of_h3() -> None:
    points = chunk(5, 50)

    assert [h3.int_to_str(int(cell)) for cell in cells_of(points.lon, points.lat, 7)] == [
        h3.latlng_to_cell(lat, lon, 7) for lon, lat in zip(points.lon, points.lat, strict=True)
    ]
