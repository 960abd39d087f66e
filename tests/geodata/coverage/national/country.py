"""A small country: stations, and demand in chunks."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from geodata.coverage.bulk import BulkCoverage, DemandPart
from geodata.coverage.national.sorting import SortedDemand
from geodata.coverage.nearest_points import NearestStations
from geodata.coverage.question import WithinMetres

WEST_SOUTH, EAST_NORTH = (104.0, 36.0), (107.0, 39.0)


def chunk(seed: int, size: int) -> DemandPart:
    rng = np.random.default_rng(seed)
    points = rng.uniform(WEST_SOUTH, EAST_NORTH, (size, 2))
    return DemandPart(points[:, 0].copy(), points[:, 1].copy(), rng.uniform(0, 9, size))


def chunks(count: int, size: int) -> list[DemandPart]:
    return [chunk(seed, size) for seed in range(count)]


def coverage(stations_count: int = 300) -> BulkCoverage:
    rng = np.random.default_rng(99)
    surely, more = (rng.uniform(WEST_SOUTH, EAST_NORTH, (stations_count, 2)) for _ in range(2))
    perhaps = np.concatenate((surely, more))
    return BulkCoverage(NearestStations.of(*surely.T), NearestStations.of(*perhaps.T), WithinMetres(5000))


def sorted_on_disk(folder: Path, parts: list[DemandPart], part_points: int = 3_000) -> SortedDemand:
    demand = SortedDemand(folder, 4, part_points)
    demand.add_all(parts)
    return demand


def joined(parts: list[DemandPart]) -> DemandPart:
    return DemandPart(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("lon", "lat", "workers")))
