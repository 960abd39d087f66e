"""Fairness: raise the worst district first, then the next worst, and so on.

Choices are compared by the shares of their workers districts have covered, the least first, then the second least …
(leximin), and last by the workers covered in all. Districts without demand are not looked at.

The search weighs districts: whoever is badly served in one choice weighs more in the next (multiplicative weights),
and each weighing is a covering problem of its own. It also proves a bound: whatever the weights λ_d ≥ 0 that sum to
1, no choice raises the worst share above the most that Σ_d λ_d · share_d can be.

No share rises above what all candidates together would bring its district; in order, these bound every level.

Exact mode raises one level after another: level k is the most the k-th least share can be while the levels before keep
theirs, that is while at most j - 1 districts lie below level j. Each level has a bound of its own; the first that is
not proven ends it. A solution is proven where all levels and the workers covered in all are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from geodata.errors import InvalidValue
from geodata.siting.cover_model import cover_model
from geodata.siting.effort import Effort
from geodata.siting.greedy import best_greedy
from geodata.siting.kernel import CoverProblem, Kernel, kernel_of
from geodata.siting.lagrange import price_bound
from geodata.siting.leximin import with_levels
from geodata.siting.mixed_integer import Goal, Model, Outcome, minimise
from geodata.siting.solution import MEETS_SHARE, Floats, Level, Mask, Rows, Solution, Status, found, nothing_found
from geodata.siting.swapping import improve
from geodata.siting.worst_first import worst_first

_ROUNDS = 40
_IDLE_ROUNDS = 6
"""So many rounds without a better choice end the search, once the worst share cannot be raised."""
_SHARE_STEP = 1e-6
"""Shares this near are the same share: a millionth of a district's workers."""


def district_shares(problem: CoverProblem, sites: Rows) -> Floats:
    """The share of each district's weight that is covered, (d,); NaN where there is none."""
    districts = _districts(problem)
    covered = problem.covers.covered_by(sites)
    if problem.covered_already is not None:
        covered |= problem.covered_already
    totals = np.bincount(districts, problem.weights)
    reached = np.bincount(districts, np.where(covered, problem.weights, 0.0), minlength=len(totals))
    return np.where(totals > 0, reached / np.where(totals > 0, totals, 1.0), np.nan)


def raise_the_worst(problem: CoverProblem, effort: Effort, *, exact: bool = True) -> Solution:
    """The choice whose worst district has the highest share covered; objective and bound are shares, 0–1.

    Raises ``InvalidValue`` if the problem names no districts or has no demand.
    """
    effort = effort.begun()
    if problem.choices.are_contradictory:
        return nothing_found(Status.INFEASIBLE, maximising=True, method="conditions", seconds=effort.seconds)
    run = _Run(problem, effort)
    run.weigh(effort.part(0.3, at_most_s=10.0) if exact else effort)
    if exact and not effort.is_over:
        run.close()
    sites = run.kernel.whole_choice(run.chosen)
    shares = np.sort(district_shares(problem, sites)[run.counted])
    answer = found(
        sites, float(shares[0]), run.bound, maximising=True, whole=False, method=run.method, seconds=effort.seconds
    )  # fmt: skip
    run.lower_total()
    levels = [_level(float(value), bound) for value, bound in zip(shares, run.level_bounds, strict=True)]
    whole = float(problem.weights.sum())
    return with_levels(answer, levels, _level(run.value.total / whole, run.total_bound / whole))


def _level(value: float, bound: float) -> Level:
    return Level(value, max(value, bound))


def _districts(problem: CoverProblem) -> Rows:
    if problem.districts is None or len(problem.districts) != len(problem.weights):
        raise InvalidValue("Every demand point needs a district.", field="districts")
    return problem.districts


@dataclass(frozen=True, slots=True, eq=False)
class _Value:
    """The shares, ascending, then the weight in all."""

    shares: Floats
    total: float

    @property
    def worst(self) -> float:
        return float(self.shares[0])

    def beats(self, other: _Value) -> bool:
        apart = np.flatnonzero(np.abs(self.shares - other.shares) > _SHARE_STEP)
        return self.total > other.total if not len(apart) else bool(self.shares[apart[0]] > other.shares[apart[0]])


class _Run:
    """The kernel, the districts' totals, and the best choice and bound so far."""

    def __init__(self, problem: CoverProblem, effort: Effort) -> None:
        self.problem, self.effort = problem, effort
        districts = _districts(problem)
        self.totals = np.bincount(districts, problem.weights).astype(np.float64, copy=False)
        if not bool((self.totals > 0).any()):
            raise InvalidValue("Fairness needs demand.", field="demand")
        self.kernel = kernel_of(problem)
        self.counted = np.flatnonzero(self.totals > 0)
        self.base = np.nan_to_num(district_shares(problem, self.kernel.taken))
        kernel = self.kernel
        more = np.bincount(kernel.districts, kernel.weights, minlength=len(self.totals))
        more = np.divide(more, self.totals, out=np.zeros_like(self.totals), where=self.totals > 0)
        self.open = np.flatnonzero(more > _SHARE_STEP)
        """Districts some candidate serves; the others have what they have, whatever is chosen."""
        most = np.sort((self.base + more)[self.counted])
        self.level_bounds: list[float] = np.minimum(most, 1.0).tolist()
        self.total_bound = kernel.base + float(kernel.weights.sum())
        self.chosen: Rows = np.empty(0, dtype=np.int64)
        self.value = self._value(self.chosen)
        self.method = "greedy"

    @property
    def bound(self) -> float:
        """What no choice raises the worst share above."""
        return self.level_bounds[0]

    def _lower(self, place: int, bound: float) -> None:
        self.level_bounds[place] = min(self.level_bounds[place], bound)

    @property
    def has_the_most(self) -> bool:
        """Whether every level is as high as it can be with whatever is chosen."""
        return bool(np.all(np.array(self.level_bounds) - self.value.shares <= _SHARE_STEP))

    def _value(self, chosen: Rows) -> _Value:
        shares = district_shares(self.problem, self.kernel.whole_choice(chosen))
        return _Value(np.sort(shares[self.counted]), self.kernel.value(chosen))

    def lower_total(self) -> None:
        """Once no level can be raised: at most all is covered where the largest districts have the highest shares."""
        if self.has_the_most:
            largest = float(np.sort(self.level_bounds) @ np.sort(self.totals[self.counted]))
            self.total_bound = min(self.total_bound, largest)

    def _take(self, chosen: Rows, method: str) -> bool:
        value = self._value(chosen)
        is_better = value.beats(self.value)
        if is_better:
            self.chosen, self.value, self.method = chosen, value, method
            self.effort.say(method, value.worst, self.bound)
        return is_better

    def weigh(self, effort: Effort) -> None:
        """Covering problems, one after another, each kinder to those the choices so far have left out.

        Once the worst share cannot be raised it goes on for the next ones.
        """
        self._take(worst_first(self.kernel, self.totals.astype(np.float64), self.base), "worst first")
        if not len(self.open):
            return
        weights, idle_count = np.zeros(len(self.totals)), 0
        weights[self.open] = 1 / len(self.open)
        for round_number in range(_ROUNDS):
            kernel = self._weighed(weights)
            first = best_greedy(kernel)
            self._lower(0, first.bound)
            steps = effort.part(0.2, steps_count=60)
            chosen = improve(kernel, first.chosen, steps, idle_steps_count=20)
            idle_count = 0 if self._take(chosen, "weights") else idle_count + 1
            is_raised = self.bound - self.value.worst <= _SHARE_STEP
            if not is_raised:
                self._lower(0, price_bound(kernel, self.value.worst, effort.part(0.2), 60).bound)
                is_raised = self.bound - self.value.worst <= _SHARE_STEP
            if effort.is_over or (is_raised and (idle_count >= _IDLE_ROUNDS or self.has_the_most)):
                break
            shares = district_shares(self.problem, self.kernel.whole_choice(chosen))[self.open]
            spread = float(shares.max() - shares.min())
            if spread <= 0:
                break
            haste = 2.0 / np.sqrt(round_number + 1)
            weights[self.open] *= np.exp(-haste * (shares - shares.min()) / spread)
            weights /= weights.sum()

    def _weighed(self, weights: Floats) -> Kernel:
        """The covering problem whose value is Σ λ_d · share_d."""
        worth = np.divide(weights, self.totals, out=np.zeros_like(weights), where=self.totals > 0)
        return replace(
            self.kernel,
            weights=self.kernel.weights * worth[self.kernel.districts],
            base=float(weights @ self.base),
        )

    def close(self) -> None:
        """HiGHS: one level after another, then, with all of them kept, the most workers in all."""
        self.method += "+highs"
        for place in range(len(self.counted)):
            if self.level_bounds[place] - self.value.shares[place] <= _SHARE_STEP:
                continue
            model = self._model(place)
            answer = minimise(model, self.effort.part(0.6), Goal(), start=self._start(model, place))
            if answer.values is not None:
                self._take(self._sites_of(answer.values), self.method)
            reached = float(self.value.shares[place])
            self._lower(place, reached if answer.outcome is Outcome.INFEASIBLE else max(reached, -answer.bound))
            if self.effort.is_over or self.level_bounds[place] - reached > _SHARE_STEP:
                return
        self.lower_total()
        if self.total_bound - self.value.total <= MEETS_SHARE * self.total_bound:
            return
        model, place = self._model(len(self.counted)), len(self.counted)
        answer = minimise(model, self.effort, Goal(), start=self._start(model, place))
        if answer.values is not None:
            self._take(self._sites_of(answer.values), self.method)
        most = self.value.total if answer.outcome is Outcome.INFEASIBLE else self.kernel.base - answer.bound
        self.total_bound = min(self.total_bound, max(self.value.total, most))

    def _sites_of(self, values: Floats) -> Rows:
        chosen = np.flatnonzero(values[: self.kernel.site_count] > 0.5)
        return chosen if self.kernel.choices.allow(chosen) else self.chosen

    def _kept(self, place: int) -> list[int]:
        """The levels before one that say something of their own: of equal ones the first."""
        shares = self.value.shares
        return [each for each in range(place) if each == 0 or shares[each] - shares[each - 1] > _SHARE_STEP]

    def _start(self, model: Model, place: int) -> Floats:
        """The best choice known as columns of the model of a level."""
        m, n, d = self.kernel.site_count, len(self.kernel.weights), len(self.counted)
        start = np.zeros(len(model.costs))
        start[self.chosen] = 1.0
        start[m : m + n] = self.kernel.by_point.covered_by(self.chosen)
        start[m + n] = self.value.shares[min(place, d - 1)]
        sites = self.kernel.whole_choice(self.chosen)
        ranked = np.argsort(district_shares(self.problem, sites)[self.counted], kind="stable")
        levels = self._kept(place) + ([place] if place < d else [])
        for number, level in enumerate(levels):
            start[m + n + 1 + number * d + ranked[:level]] = 1.0
        return start

    def _model(self, place: int) -> Model:
        """The covering model with columns more, and rows that hold the levels before ``place``; it maximises that one.

        The columns: the level t, then for each level held, and t, one a district: 1 lets it lie below. Of level j at
        most j - 1 districts may. After the last level the weight in all is maximised.
        """
        kernel, d = self.kernel, len(self.counted)
        cover = cover_model(kernel, np.ones(kernel.site_count, dtype=np.bool_))
        last = len(cover.costs)
        held = self._kept(place)
        is_level = place < d
        levels = held + ([place] if is_level else [])
        rows = _Rows(cover)
        for number, level in enumerate(levels):
            below = last + 1 + number * d + np.arange(d)
            is_own = is_level and number == len(held)
            least = 0.0 if is_own else float(self.value.shares[level]) - _SHARE_STEP / 2
            for column, district in zip(below, self.counted, strict=True):
                points = np.flatnonzero(kernel.districts == district)
                worth = kernel.weights[points] / self.totals[district]
                columns = np.concatenate((kernel.site_count + points, [column], [last] if is_own else []))
                values = np.concatenate((worth, [1.0], [-1.0] if is_own else []))
                rows.add(columns, values, least - float(self.base[district]), np.inf)
            rows.add(below, np.ones(d), -np.inf, float(level))
        more = 1 + len(levels) * d
        costs = np.zeros(last + more) if is_level else np.append(cover.costs, np.zeros(more))
        costs[last] = -1.0 if is_level else 0.0
        return rows.model(costs, np.concatenate((cover.whole, [False], np.ones(more - 1, dtype=np.bool_))), more)


class _Rows:
    """Rows added to a model, and columns between 0 and 1."""

    def __init__(self, model: Model) -> None:
        self.old = model
        self.indices, self.values = [model.indices], [model.values]
        self.lengths: list[int] = []
        self.lower: list[float] = []
        self.upper: list[float] = []

    def add(self, columns: Rows, values: Floats, lower: float, upper: float) -> None:
        """One more row."""
        self.indices.append(columns.astype(np.int64))
        self.values.append(values)
        self.lengths.append(len(columns))
        self.lower.append(lower)
        self.upper.append(upper)

    def model(self, costs: Floats, whole: Mask, more_count: int) -> Model:
        """The model with all of them, and so many columns more."""
        old = self.old
        return Model(
            costs,
            np.concatenate((old.lower, np.zeros(more_count))),
            np.concatenate((old.upper, np.ones(more_count))),
            whole,
            np.concatenate((old.row_lower, self.lower)),
            np.concatenate((old.row_upper, self.upper)),
            np.concatenate((old.indptr, old.indptr[-1] + np.cumsum(self.lengths, dtype=np.int64))),
            np.concatenate(self.indices),
            np.concatenate(self.values),
        )
