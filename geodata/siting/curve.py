"""What one site more brings: the curve for 1…K sites with its knee, and choices of nearly equal value."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from geodata.errors import InvalidValue
from geodata.siting.annealing import anneal
from geodata.siting.effort import Effort
from geodata.siting.greedy import greedy
from geodata.siting.kernel import CoverProblem, Kernel, gains_of, kernel_of
from geodata.siting.solution import Floats, Rows
from geodata.siting.swapping import SwapSearch, improve

_STEPS_EACH = 150
_STATES = 16
"""Of the greedy steps, from about so many the bounds are worked out."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What ``count`` sites cover, the bound above it, and those sites."""

    count: int
    value: float
    bound: float
    sites: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """The value without any new site, one point a count, and the count at the knee (None: the curve has none).

    Counts include required sites, so the first count is theirs where there are some.
    """

    base: float
    points: tuple[CurvePoint, ...]
    knee_count: int | None


def marginal_curve(problem: CoverProblem, most_count: int, effort: Effort) -> Curve:
    """Greedy for every count, then each improved by swaps from the one before, as far as the time goes.

    Values never fall with the count, nor do bounds. Raises ``InvalidValue`` for conditions beyond a count.
    """
    if not problem.choices.is_plain:
        raise InvalidValue("A curve counts sites; it takes no budget and no groups.", field="budget")
    effort = effort.begun()
    choices = replace(problem.choices, limit_count=most_count)
    if choices.are_contradictory:
        return Curve(problem.value(np.empty(0, dtype=np.int64)), (), None)
    kernel = kernel_of(replace(problem, choices=choices))
    order = greedy(kernel).chosen
    states = _greedy_states(kernel, order)
    first = len(kernel.taken)
    points: list[CurvePoint] = []
    best = order[:0]
    for count in range(max(first, 1), most_count + 1):
        counted = replace(kernel, choices=replace(kernel.choices, limit_count=count - first))
        is_greedy = np.array_equal(best, order[: len(best)])
        best = (
            order[: count - first] if is_greedy else _better(counted, order[: count - first], _one_more(counted, best))
        )
        if not effort.is_over:
            small = effort.part(0.5, steps_count=_STEPS_EACH)
            best = anneal(counted, improve(counted, best, small, idle_steps_count=20), small, rounds_count=1)
        value = kernel.value(best)
        sites = tuple(int(site) for site in kernel.whole_choice(best))
        points.append(CurvePoint(count, value, max(value, _bound(counted, states)), sites))
        effort.say("curve", value, points[-1].bound)
    reached = [(each.count, each.value) for each in points]
    drawn = [(0, kernel.base), *reached] if first == 0 else reached
    knee = knee_of(np.array([value for _count, value in drawn]), np.array([float(count) for count, _value in drawn]))
    return Curve(kernel.base, tuple(points), None if knee is None or knee == 0 else drawn[knee][0])


def knee_of(values: Floats, at: Floats | None = None) -> int | None:
    """Where a rising curve bends most: furthest above the straight line between its ends; None if nowhere.

    ``values`` (k,) are those at ``at`` (k,), ascending: counts, or what was spent; without it they are evenly spaced.
    """
    at = np.arange(len(values), dtype=np.float64) if at is None else at
    if len(values) < 3 or values[-1] <= values[0] or at[-1] <= at[0]:
        return None
    share = (values - values[0]) / (values[-1] - values[0])
    above = share - (at - at[0]) / (at[-1] - at[0])
    knee = int(np.argmax(above))
    return knee if above[knee] > 1e-9 else None


@dataclass(frozen=True, slots=True)
class Alternative:
    """Take ``site_in`` instead of ``site_out``: the value then, and the share of the value that is lost (0–1)."""

    site_out: int
    site_in: int
    value: float
    lost_share: float


def alternatives(
    problem: CoverProblem, sites: Rows, *, lost_share: float = 0.01, most_count: int = 200
) -> list[Alternative]:
    """Every exchange of one site that loses at most this share of the value, the best first.

    Required sites stay, and every condition is kept. Of sites that add nothing no exchanges are listed.
    """
    kernel = kernel_of(replace(problem, choices=replace(problem.choices, limit_count=len(np.unique(sites)))))
    chosen = np.flatnonzero(np.isin(kernel.sites, sites))
    search = SwapSearch(kernel, chosen, seed=0)
    if not len(chosen):
        return []
    value = search.value
    changes = search.changes()[: len(chosen)]
    enough = changes >= -lost_share * value - 1e-9 * max(1.0, value)
    slots, candidates = np.nonzero(enough & np.isfinite(changes))
    order = np.lexsort((candidates, slots, -changes[slots, candidates]))[:most_count]
    found = []
    for slot, candidate in zip(slots[order], candidates[order], strict=True):
        after = value + float(changes[slot, candidate])
        lost = max(0.0, (value - after) / value) if value > 0 else 0.0
        found.append(Alternative(int(kernel.sites[chosen[slot]]), int(kernel.sites[candidate]), after, lost))
    return found


def _better(kernel: Kernel, one: Rows, other: Rows) -> Rows:
    return one if kernel.value(one) >= kernel.value(other) else other


def _one_more(kernel: Kernel, chosen: Rows) -> Rows:
    """The choice with the one candidate that adds most, where the count leaves room for it."""
    if len(chosen) >= kernel.capacity:
        return chosen
    uncovered = np.where(kernel.by_point.covered_by(chosen), 0.0, kernel.weights)
    gains = gains_of(kernel.by_point, uncovered)
    gains[chosen] = -1.0
    return np.append(chosen, int(np.argmax(gains)))


def _greedy_states(kernel: Kernel, order: Rows) -> list[tuple[float, Floats]]:
    """What is covered after some of the greedy steps, and what each candidate would add then."""
    states = []
    for taken in range(0, len(order) + 1, 1 + len(order) // _STATES):
        covered = kernel.by_point.covered_by(order[:taken])
        gains = gains_of(kernel.by_point, np.where(covered, 0.0, kernel.weights))
        states.append((kernel.base + float(kernel.weights[covered].sum()), gains))
    return states


def _bound(kernel: Kernel, states: list[tuple[float, Floats]]) -> float:
    """The least of what the greedy steps prove for this count."""
    whole = kernel.base + float(kernel.weights.sum())
    return min(whole, *(covered + kernel.choices.at_most(gains) for covered, gains in states))
