"""Siting: most workers covered by 20 of 400 candidates for 10,000 demand points, beside spopt with CBC.

Both build their model from what they are given: ours from places, spopt from the matrix of distances. The search ends
by itself, once its core brings nothing more. The instance is made here: a city of twelve centres, seeded.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from benchmarks.measure import Spread, in_turns
from benchmarks.results import Figure, Section, at_least
from benchmarks.siting_cities import city_figures
from benchmarks.siting_published import published_figures
from geodata.siting.choices import Choices
from geodata.siting.covers import Covers
from geodata.siting.effort import Effort as SearchEffort
from geodata.siting.kernel import CoverProblem
from geodata.siting.max_cover import cover_most
from geodata.siting.solution import Floats

TITLE: Final = "Siting: 10,000 points × 400 candidates, p = 20"
RADIUS_M: Final = 1000.0
SITES_COUNT: Final = 20


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured."""

    points_count: int
    rounds_count: int


FULL: Final = Effort(10_000, 3)
QUICK: Final = Effort(4_000, 1)


@dataclass(frozen=True, slots=True)
class Run:
    """What one turn found, and how long it took with the building of its model."""

    objective: float
    seconds: float


def measure(effort: Effort) -> Section:
    """Ours, exact and heuristic, and spopt with CBC, in turns."""
    points, weights = _city(effort.points_count)
    sites = points[np.random.default_rng(1).choice(len(points), 400, replace=False)]
    turns = {
        "exact": lambda: _ours(points, sites, weights, exact=True),
        "heuristic": lambda: _ours(points, sites, weights, exact=False),
        "spopt": lambda: _spopt(points, sites, weights),
    }
    runs = in_turns(turns, effort.rounds_count)
    seconds = {name: Spread(tuple(run.seconds for run in each)) for name, each in runs.items()}
    reached = {name: Spread(tuple(run.objective for run in each)) for name, each in runs.items()}
    published, notes = published_figures(quick=effort == QUICK)
    return Section(
        TITLE,
        (
            Figure("exact, proven", seconds["exact"], "s"),
            Figure("heuristic, until it ends by itself", seconds["heuristic"], "s"),
            Figure("spopt with CBC", seconds["spopt"], "s"),
            Figure(
                "spopt's time over ours, heuristic", seconds["spopt"].over(seconds["heuristic"]), "", at_least(100.0)
            ),
            Figure("spopt's time over ours, exact", seconds["spopt"].over(seconds["exact"]), ""),
            Figure("our objective over spopt's, exact", reached["exact"].over(reached["spopt"]), "", at_least(1.0)),
            Figure(
                "our objective over spopt's, heuristic",
                reached["heuristic"].over(reached["spopt"]),
                "",
                at_least(1.0),
            ),
            *city_figures(quick=effort == QUICK),
            *published,
        ),
        (
            *notes,
            "Times include building the model; the distances are given to spopt, the cover lists are made by us.",
        ),
    )


def _city(points_count: int) -> tuple[Floats, Floats]:
    random = np.random.default_rng(3)
    centres, spread_m = random.uniform(0, 20_000, (12, 2)), random.uniform(600, 2500, 12)
    of = random.choice(12, points_count, p=random.dirichlet(np.full(12, 2.0)))
    points = centres[of] + random.normal(size=(points_count, 2)) * spread_m[of][:, None]
    return points, np.rint(random.pareto(1.5, points_count) * 50 + 1)


def _ours(points: Floats, sites: Floats, weights: Floats, *, exact: bool) -> Run:
    started_s = time.perf_counter()
    pairs = cKDTree(points).sparse_distance_matrix(cKDTree(sites), RADIUS_M, output_type="ndarray")
    covers = Covers.of_pairs(len(points), len(sites), pairs["i"].astype(np.int64), pairs["j"].astype(np.int64))
    problem = CoverProblem(weights, covers, Choices.of_count(len(sites), SITES_COUNT))
    answer = cover_most(problem, SearchEffort(time_limit_s=120.0), exact=exact)
    return Run(answer.objective or 0.0, time.perf_counter() - started_s)


def _spopt(points: Floats, sites: Floats, weights: Floats) -> Run:
    import pulp  # type: ignore[import-untyped]
    from spopt.locate import MCLP  # type: ignore[import-untyped]

    distance_m = np.hypot(points[:, :1] - sites[:, 0], points[:, 1:] - sites[:, 1])
    started_s = time.perf_counter()
    model = MCLP.from_cost_matrix(distance_m, weights, RADIUS_M, SITES_COUNT)
    model.solve(pulp.PULP_CBC_CMD(msg=False))
    return Run(float(model.problem.objective.value()), time.perf_counter() - started_s)
