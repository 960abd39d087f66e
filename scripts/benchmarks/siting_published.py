"""Published siting instances: proven in exact mode, and how near the search comes to the best known.

They are read below the directory that ``SITING_BENCHMARKS_DIR`` names; without it a note says what was skipped.
"""

from __future__ import annotations

from typing import Final

from benchmarks.measure import Spread
from benchmarks.results import Figure, at_least, at_most
from geodata.siting.effort import Effort
from geodata.siting.max_cover import cover_most
from geodata.siting.p_center import least_worst_cost
from geodata.siting.p_median import least_total_cost
from geodata.siting.solution import Solution
from tests.geodata.siting.published import bronx, pmed, published_dir, rows_of, sao_jose

PROOF_LIMIT_S: Final = 120.0
SHORT_S: Final = 1.0
LONG_S: Final = 60.0


def published_figures(*, quick: bool) -> tuple[tuple[Figure, ...], tuple[str, ...]]:
    """Figures over all instances (``quick``: some of them), and notes on what was skipped."""
    if published_dir() is None:
        return (), ("Published instances (pmed, SJC, Bronx) skipped: SITING_BENCHMARKS_DIR names no directory.",)
    figures = (*_proofs(quick=quick), *_bronx(quick=quick))
    return figures, (("Quick: some of the published instances only.",) if quick else ())


def _proofs(*, quick: bool) -> tuple[Figure, ...]:
    answers: list[tuple[Solution, float]] = []
    effort = Effort(time_limit_s=PROOF_LIMIT_S)
    for row in rows_of("mclp_sjc", "expected.csv")[:: 6 if quick else 1]:
        problem = sao_jose(int(row["n"]), float(row["radius_m"]), int(row["p"]))
        answers.append((cover_most(problem, effort), float(row["covered_demand"])))
    for row in rows_of("pmed", "expected.csv")[:: 4 if quick else 1]:
        problem_of_ways = pmed(row["instance"])
        answers.append((least_total_cost(problem_of_ways, effort), float(row["p_median_optimum"])))
        answers.append((least_worst_cost(problem_of_ways, effort), float(row["p_center_optimum"])))
    proven = tuple(float(answer.proven and answer.objective == known) for answer, known in answers)
    return (
        Figure("published optima proven, share", Spread((sum(proven) / len(proven),)), "", at_least(1.0)),
        Figure(
            "slowest proof", Spread((max(answer.seconds for answer, _known in answers),)), "s", at_most(PROOF_LIMIT_S)
        ),
    )


def _bronx(*, quick: bool) -> tuple[Figure, ...]:
    short: list[float] = []
    long: list[float] = []
    above: list[float] = []
    for row in rows_of("mclp_city", "expected.csv")[:: 3 if quick else 1]:
        problem, best = bronx(float(row["radius_m"]), int(row["p"])), float(row["published_best"])
        short.append((cover_most(problem, Effort(time_limit_s=SHORT_S), exact=False).objective or 0.0) / best)
        if not quick:
            answer = cover_most(problem, Effort(time_limit_s=LONG_S))
            long.append((answer.objective or 0.0) / best)
            above.append((answer.bound or 0.0) / best)
    figures = [Figure("Bronx, one second, worst share of the best known", Spread((min(short),)), "", at_least(0.975))]
    if long:
        figures.append(Figure("Bronx, exact, a minute, worst share", Spread((min(long),)), "", at_least(0.995)))
        figures.append(Figure("Bronx, bound over the best known, least", Spread((min(above),)), "", at_least(1.0)))
    return tuple(figures)
