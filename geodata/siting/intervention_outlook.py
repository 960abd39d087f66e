"""What is said beside a plan: what less and more would reach, and where that bends.

Each aim has a curve of its own: workers newly covered, with a bound; the share of the worst district; the mean or the
longest way. Of the last ones no bound is known, only what was found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from geodata.siting.curve import knee_of
from geodata.siting.effort import Effort
from geodata.siting.fairness import district_shares
from geodata.siting.greedy import best_greedy
from geodata.siting.kernel import CoverProblem, gains_of, kernel_of
from geodata.siting.travel_outlook import Ways, mean_curve, worst_curve
from geodata.siting.worst_first import worst_first

BOUNDS_TRIED: Final = 6
"""Of the greedy steps, from so many a bound of the curve is worked out."""
MOST_SPENT: Final = 1.5
"""The curve goes on to so many times what the plan spends."""
CURVE_COUNT: Final = 60
"""A curve of changes goes so far whatever the plan takes: where it bends is about the place, not about the plan."""
CURVE_POINTS: Final = 30
"""So many at most has a curve of what is newly covered, and any curve of money."""


@dataclass(frozen=True, slots=True)
class Step:
    """A point of the marginal curve: what so much (changes, or money) reaches; None is a bound that is not known."""

    spent: float
    value: float
    bound: float | None = None


def with_own(steps: tuple[Step, ...], own: Step, *, is_rising: bool = True) -> tuple[Step, ...]:
    """The curve through what the plan reaches: it never turns back, for who does more may leave it at that."""
    less, more = (min, max) if is_rising else (max, min)
    before = [replace(step, value=less(step.value, own.value)) for step in steps if step.spent < own.spent]
    after = [
        Step(step.spent, more(step.value, own.value), None if step.bound is None else max(step.bound, own.value))
        for step in steps
        if step.spent > own.spent
    ]
    return (*before, own, *after)


def knee_at(steps: Sequence[Step], *, is_rising: bool = True) -> float | None:
    """What is spent where the curve bends most; None where it does not."""
    sign = 1.0 if is_rising else -1.0
    knee = knee_of(np.array([sign * step.value for step in steps]), np.array([step.spent for step in steps]))
    return None if knee is None or knee == 0 else steps[knee].spent


def fair_steps(problem: CoverProblem) -> tuple[Step, ...]:
    """The share covered of the district that is worst off, (0-1), with nothing and after each step taken for it.

    Always the candidate that brings that district the most for its cost; no bound is known.
    """
    kernel = kernel_of(problem)
    totals = np.bincount(np.asarray(problem.districts), problem.weights).astype(np.float64)
    counted = totals > 0
    shares = np.nan_to_num(district_shares(problem, kernel.taken))
    order = worst_first(kernel, totals, shares)
    spent = float(problem.choices.costs[kernel.taken].sum())
    found = {0.0: float(np.nanmin(district_shares(problem, kernel.taken[:0])))}
    found[spent] = float(shares[counted].min())
    uncovered = np.ones(len(kernel.weights), dtype=np.bool_)
    for candidate in order.tolist():
        points = kernel.by_site.of(candidate)
        points = points[uncovered[points]]
        uncovered[points] = False
        raised = np.bincount(kernel.districts[points], kernel.weights[points], minlength=len(totals))
        shares = shares + raised / np.where(counted, totals, 1.0)
        spent += float(kernel.choices.costs[candidate])
        found[spent] = float(shares[counted].min())
    steps = [Step(each, worst) for each, worst in found.items()]
    most = CURVE_COUNT if problem.choices.budget is None else CURVE_POINTS
    return (steps[0], *(steps[1 + place] for place in _spread(len(steps) - 1, most)))


def travel_steps(ways: Ways, before: float, most_count: int, effort: Effort) -> tuple[tuple[Step, ...], bool]:
    """The mean or the longest way in seconds, with nothing and for so many options as shorten it; no bound is known.

    Candidate 0 of the problem is what exists; the others are options. Beside it, whether the curve is all there.
    """
    found, is_whole = worst_curve(ways, most_count, effort) if ways.is_worst else (mean_curve(ways, most_count), True)
    steps = [Step(float(count - 1), value) for count, value in found]
    return (*([] if steps and steps[0].spent == 0 else [Step(0.0, before)]), *steps), is_whole


def greedy_steps(problem: CoverProblem, most: float) -> tuple[Step, ...]:
    """What each step of the greedy choice has spent and reached, up to ``most``, with the bound proven for so much."""
    kernel = kernel_of(problem)
    choice = best_greedy(kernel)
    fixed = float(problem.choices.costs[kernel.taken].sum())
    spent = np.cumsum(kernel.choices.costs[choice.chosen])
    count = max(1, int(np.searchsorted(spent, (most - fixed) * (1 + 1e-9), side="right"))) if len(spent) else 0
    states = []
    for taken in range(0, count + 1, max(1, (count + 1) // BOUNDS_TRIED)):
        covered = kernel.by_point.covered_by(choice.chosen[:taken])
        gains = gains_of(kernel.by_point, np.where(covered, 0.0, kernel.weights))
        states.append((kernel.base + float(kernel.weights[covered].sum()), gains))
    steps = []
    for place in _spread(count, CURVE_POINTS):
        within = replace(kernel.choices, budget=float(spent[place]), limit_count=None)
        bound = min(value + within.at_most(gains) for value, gains in states)
        value = float(choice.values[place])
        steps.append(Step(fixed + float(spent[place]), value, max(value, bound)))
    return tuple(steps)


def _spread(count: int, most: int) -> list[int]:
    """At most so many of 0 … count - 1 as a curve shows, the last among them."""
    every = -(-count // most) if count else 1
    return [place for place in range(count) if (count - 1 - place) % every == 0]
