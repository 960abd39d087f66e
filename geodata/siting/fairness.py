"""Fairness: raise the worst district first.

The value of a choice is the least share of its workers any district has covered; among choices with the same least
share (exact mode) the one that covers more workers in all is taken. Districts without demand are not looked at.

The search weighs districts: whoever is badly served in one choice weighs more in the next (multiplicative weights),
and each weighing is a covering problem of its own. It also proves a bound: whatever the weights λ_d ≥ 0 that sum to
1, no choice raises the worst share above the most that Σ_d λ_d · share_d can be.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from geodata.errors import InvalidValue
from geodata.siting.effort import Effort
from geodata.siting.greedy import best_greedy
from geodata.siting.kernel import CoverProblem, Kernel, kernel_of
from geodata.siting.lagrange import price_bound
from geodata.siting.max_cover import cover_model
from geodata.siting.mixed_integer import Goal, Model, Outcome, minimise
from geodata.siting.solution import Floats, Rows, Solution, Status, found, nothing_found
from geodata.siting.swapping import improve

_ROUNDS = 40
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
    worst = float(np.nanmin(district_shares(problem, sites)))
    return found(
        sites, worst, run.bound, maximising=True, whole=False, method=run.method, seconds=effort.seconds
    )  # fmt: skip


def _districts(problem: CoverProblem) -> Rows:
    if problem.districts is None or len(problem.districts) != len(problem.weights):
        raise InvalidValue("Every demand point needs a district.", field="districts")
    return problem.districts


@dataclass(frozen=True, slots=True, eq=False)
class _Value:
    """First the worst share, then the weight in all."""

    worst: float
    total: float

    def beats(self, other: _Value) -> bool:
        level = abs(self.worst - other.worst) <= _SHARE_STEP
        return self.total > other.total if level else self.worst > other.worst


class _Run:
    """The kernel, the districts' totals, and the best choice and bound so far."""

    def __init__(self, problem: CoverProblem, effort: Effort) -> None:
        self.problem, self.effort = problem, effort
        districts = _districts(problem)
        self.totals = np.bincount(districts, problem.weights)
        if not bool((self.totals > 0).any()):
            raise InvalidValue("Fairness needs demand.", field="demand")
        self.kernel = kernel_of(problem)
        self.counted = np.flatnonzero(self.totals > 0)
        self.base = np.nan_to_num(district_shares(problem, self.kernel.taken))
        self.chosen: Rows = np.empty(0, dtype=np.int64)
        self.value = self._value(self.chosen)
        self.bound, self.method = 1.0, "greedy"

    def _value(self, chosen: Rows) -> _Value:
        shares = district_shares(self.problem, self.kernel.whole_choice(chosen))
        return _Value(float(np.nanmin(shares)), self.kernel.value(chosen))

    def _take(self, chosen: Rows, method: str) -> None:
        value = self._value(chosen)
        if value.beats(self.value):
            self.chosen, self.value, self.method = chosen, value, method
            self.effort.say(method, value.worst, self.bound)

    def weigh(self, effort: Effort) -> None:
        """Covering problems, one after another, each kinder to those the choices so far have left out."""
        weights = np.zeros(len(self.totals))
        weights[self.counted] = 1 / len(self.counted)
        for round_number in range(_ROUNDS):
            kernel = self._weighed(weights)
            first = best_greedy(kernel)
            self.bound = min(self.bound, first.bound)
            steps = effort.part(0.2, steps_count=60)
            chosen = improve(kernel, first.chosen, steps, idle_steps_count=20)
            self._take(chosen, "weights")
            self.bound = min(self.bound, price_bound(kernel, self.value.worst, effort.part(0.2), 60).bound)
            if effort.is_over or self.bound - self.value.worst <= _SHARE_STEP:
                break
            shares = district_shares(self.problem, self.kernel.whole_choice(chosen))[self.counted]
            spread = float(shares.max() - shares.min())
            if spread <= 0:
                break
            haste = 2.0 / np.sqrt(round_number + 1)
            weights[self.counted] *= np.exp(-haste * (shares - shares.min()) / spread)
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
        """HiGHS: first the worst share, then, with that share kept, the most workers in all."""
        model = self._model()
        answer = minimise(model, self.effort.part(0.7), Goal(), start=self._start(self.value.worst))
        self.method += "+highs"
        if answer.values is not None:
            self._take(self._sites_of(answer.values), self.method)
        if answer.outcome is not Outcome.INFEASIBLE:
            self.bound = min(self.bound, max(self.value.worst, -answer.bound))
        if self.effort.is_over or self.bound - self.value.worst > _SHARE_STEP:
            return
        second = replace(
            model,
            costs=np.concatenate((np.zeros(self.kernel.site_count), -self.kernel.weights, [0.0])),
            lower=np.append(model.lower[:-1], max(0.0, self.value.worst - _SHARE_STEP / 2)),
        )
        answer = minimise(second, self.effort, Goal(), start=self._start(self.value.worst))
        if answer.values is not None:
            self._take(self._sites_of(answer.values), self.method)

    def _sites_of(self, values: Floats) -> Rows:
        chosen = np.flatnonzero(values[: self.kernel.site_count] > 0.5)
        return chosen if self.kernel.choices.allow(chosen) else self.chosen

    def _start(self, worst: float) -> Floats:
        sites = np.zeros(self.kernel.site_count)
        sites[self.chosen] = 1.0
        return np.concatenate((sites, self.kernel.by_point.covered_by(self.chosen).astype(np.float64), [worst]))

    def _model(self) -> Model:
        """The covering model with one column more, the worst share t, and a row a district: its share is at least t."""
        kernel = self.kernel
        cover = cover_model(kernel, np.ones(kernel.site_count, dtype=np.bool_))
        m, last = kernel.site_count, len(cover.costs)
        indptr, indices, values, lower = cover.indptr, [cover.indices], [cover.values], [cover.row_lower]
        for district in self.counted:
            points = np.flatnonzero(kernel.districts == district)
            indices.append(np.append(m + points, last))
            values.append(np.append(kernel.weights[points] / self.totals[district], -1.0))
            lower.append(np.array([-self.base[district]]))
            indptr = np.append(indptr, indptr[-1] + len(points) + 1)
        return Model(
            np.append(np.zeros(last), -1.0),
            np.append(cover.lower, 0.0),
            np.append(cover.upper, 1.0),
            np.append(cover.whole, False),
            np.concatenate(lower),
            np.concatenate((cover.row_upper, np.full(len(self.counted), np.inf))),
            indptr,
            np.concatenate(indices),
            np.concatenate(values),
        )
