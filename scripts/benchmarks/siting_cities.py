"""Ways in cities made here: how near one second of search comes to what a minute finds, and whether time limits hold.

p-median and p-center over every node as point and candidate; the published instances of those are small.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.measure import Spread
from benchmarks.results import Figure, at_least, at_most
from geodata.siting.choices import Choices
from geodata.siting.distances import DistanceProblem
from geodata.siting.effort import Effort
from geodata.siting.p_center import least_worst_cost
from geodata.siting.p_median import least_total_cost
from geodata.siting.solution import Solution

SHORT_S: Final = 1.0
LONG_S: Final = 60.0
OVERRUN_S: Final = 0.25
"""What a search of one second may take beyond it: 5 % and 0.2 s."""

CITIES: Final = ((4000, 100), (8000, 200), (8000, 400), (5900, 1000))


def city_figures(*, quick: bool) -> tuple[Figure, ...]:
    """Figures for each city; ``quick``: a small one, against ten seconds."""
    figures: list[Figure] = []
    overruns: list[float] = []
    for node_count, limit_count in ((1500, 60),) if quick else CITIES:
        problem = _city(node_count, limit_count)
        named = f"{node_count:,} nodes, p = {limit_count}: one second's share of the best known"
        for name, solve in (("p-median", least_total_cost), ("p-center", least_worst_cost)):
            short = solve(problem, Effort(time_limit_s=SHORT_S), exact=False)
            long = solve(problem, Effort(time_limit_s=10.0 if quick else LONG_S), exact=False)
            overruns.append(short.seconds - SHORT_S)
            figures.append(Figure(f"{name}, {named}", Spread((_share(short, long),)), "", at_least(0.975)))
            near = Spread((1 - (short.gap_share or 0.0),))
            figures.append(Figure(f"{name}, p = {limit_count}: its bound over its value", near, ""))
    return (*figures, Figure("one second, run over by", Spread((max(overruns),)), "s", at_most(OVERRUN_S)))


def _share(short: Solution, long: Solution) -> float:
    best = min(short.objective or np.inf, long.objective or np.inf)
    return best / short.objective if short.objective else 0.0


def _city(node_count: int, limit_count: int) -> DistanceProblem:
    """Twelve centres, weights with a long tail, whole metres; seeded."""
    random = np.random.default_rng(1)
    centres, spread_m = random.uniform(0, 30_000, (12, 2)), random.uniform(600, 4000, 12)
    of = random.choice(12, node_count, p=random.dirichlet(np.full(12, 2.0)))
    places = centres[of] + random.normal(size=(node_count, 2)) * spread_m[of][:, None]
    weights = np.rint(random.pareto(1.5, node_count) * 50 + 1)
    ways_m = np.rint(np.hypot(places[:, :1] - places[:, 0], places[:, 1:] - places[:, 1]))
    return DistanceProblem(weights, ways_m, Choices.of_count(node_count, limit_count))
