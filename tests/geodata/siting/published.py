"""Published instances, read where they lie: below the directory named by ``SITING_BENCHMARKS_DIR``."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse.csgraph import shortest_path

from geodata.siting.choices import Choices
from geodata.siting.covers import Covers
from geodata.siting.distances import DistanceProblem
from geodata.siting.kernel import CoverProblem
from geodata.siting.solution import Floats


def published_dir() -> Path | None:
    """Where the instances are, if anywhere."""
    named = os.environ.get("SITING_BENCHMARKS_DIR")
    return Path(named) if named and Path(named).is_dir() else None


needs_instances = pytest.mark.skipif(published_dir() is None, reason="SITING_BENCHMARKS_DIR names no directory")


def rows_of(*names: str) -> list[dict[str, str]]:
    """The rows of a table; none where the instances are not here."""
    found = published_dir()
    if found is None:
        return []
    with found.joinpath(*names).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _folder() -> Path:
    found = published_dir()
    assert found is not None
    return found


def sao_jose(node_count: int, radius_m: float, limit_count: int) -> CoverProblem:
    """São José dos Campos: plane coordinates, every node a candidate."""
    xy = np.loadtxt(_folder() / "mclp_sjc" / f"SJC{node_count}.txt", skiprows=1)
    weights = np.loadtxt(_folder() / "mclp_sjc" / f"demand-SJC{node_count}.dat")
    distance_m = np.hypot(xy[:, :1] - xy[:, 0], xy[:, 1:] - xy[:, 1])
    return _of_matrix(distance_m <= radius_m, weights, limit_count)


def bronx(radius_m: float, limit_count: int) -> CoverProblem:
    """Bronx: the instance's own 32-bit spherical distance."""
    lines = (_folder() / "mclp_city" / "Bronx.txt").read_text(encoding="utf-8").split("\n")
    coordinates, demand = (
        next(i for i, line in enumerate(lines) if line.startswith(word)) for word in ("NODE", "DEMAND")
    )
    degrees = np.array([line.split() for line in lines[coordinates + 1 : demand] if line.strip()], dtype=np.float64)
    weights = np.array([float(line) for line in lines[demand + 1 :] if line.strip()[:1].isdigit()])
    lat, lon = np.radians(degrees).T
    angle = np.sin(lat)[:, None] * np.sin(lat) + np.cos(lat)[:, None] * np.cos(lat) * np.cos(lon[:, None] - lon)
    distance_m = np.arccos(np.clip(angle, -1, 1)).astype(np.float32) * 6378100.0
    return _of_matrix((distance_m <= radius_m) | np.eye(len(weights), dtype=np.bool_), weights, limit_count)


def _of_matrix(covered: np.ndarray, weights: Floats, limit_count: int) -> CoverProblem:
    points, candidates = np.nonzero(covered)
    covers = Covers.of_pairs(covered.shape[0], covered.shape[1], points, candidates)
    return CoverProblem(weights, covers, Choices.of_count(covered.shape[1], limit_count))


def pmed(name: str) -> DistanceProblem:
    """OR-Library: shortest paths of a graph whose repeated edges count with their last cost."""
    rows = [line.split() for line in (_folder() / "pmed" / f"{name}.txt").read_text().splitlines() if line.strip()]
    node_count, _edges, limit_count = (int(each) for each in rows[0])
    costs = np.full((node_count, node_count), np.inf)
    for i, j, cost in rows[1:]:
        costs[int(i) - 1, int(j) - 1] = costs[int(j) - 1, int(i) - 1] = float(cost)
    costs = shortest_path(costs, method="FW", directed=False)
    return DistanceProblem(np.ones(node_count), costs, Choices.of_count(node_count, limit_count))


@dataclass(frozen=True, slots=True, eq=False)
class SanFrancisco:
    """205 tracts × 16 stores: network metres (n, m), and people."""

    distance_m: Floats
    people: Floats
    expected: dict[str, float]
    curve: list[float]


def san_francisco() -> SanFrancisco:
    """The test data of pysal's spopt."""
    folder = _folder() / "spopt_sf"
    with (folder / "SF_demand_205_centroid_uniform_weight.csv").open(encoding="utf-8") as file:
        people = {row["NAME"]: float(row["POP2000"]) for row in csv.DictReader(file)}
    with (folder / "SF_network_distance_candidateStore_16_censusTract_205_new.csv").open(encoding="utf-8") as file:
        ways = list(csv.DictReader(file))
    stores, tracts = sorted({row["name"] for row in ways}), list(people)
    distance_m = np.full((len(tracts), len(stores)), np.inf)
    for row in ways:
        distance_m[tracts.index(row["DestinationName"]), stores.index(row["name"])] = float(row["distance"])
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return SanFrancisco(
        distance_m, np.array([people[tract] for tract in tracts]), expected, expected["mclp_curve_p1_7"]
    )
