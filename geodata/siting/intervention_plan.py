"""A plan: which options to take for an objective under a count or a budget, with its bound, curve and alternatives.

Who is covered is counted with every station of unknown hours shut; both bounds of coverage after the plan come from
evaluating it (`applied`), not from here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from geodata.errors import InvalidValue
from geodata.siting.choices import NO_GROUP, Choices
from geodata.siting.curve import Alternative, alternatives, marginal_curve
from geodata.siting.effort import Effort
from geodata.siting.fair_exchanges import fair_alternatives
from geodata.siting.fairness import district_shares, raise_the_worst
from geodata.siting.intervention_bound import Prices, fewest_bounded, most_bounded
from geodata.siting.intervention_options import EACH_ONE, Costs, Option
from geodata.siting.intervention_outlook import (
    CURVE_COUNT,
    MOST_SPENT,
    Step,
    fair_steps,
    greedy_steps,
    knee_at,
    travel_steps,
    with_own,
)
from geodata.siting.intervention_prospect import Prospect
from geodata.siting.kernel import CoverProblem
from geodata.siting.max_cover import cover_most
from geodata.siting.p_center import least_worst_cost
from geodata.siting.p_median import least_total_cost
from geodata.siting.set_cover import cover_share
from geodata.siting.solution import Level, Rows, Solution, Status
from geodata.siting.travel_outlook import Ways, mean_alternatives, worst_alternatives
from geodata.stations.vocabulary import LabelledCode

MOST_PAIRS: Final = 6_000_000
MOST_PAIRS_AT_ONCE: Final = 800_000
"""Ways from somebody to an option shorter than today's, up to which a plan for travel has a curve and alternatives."""
AT_ONCE_S: Final = 1.0
"""Whoever gives less time than this is waiting for a page."""

_SAME_SHARE: Final = 1e-9
"""Ways that differ by less than this share of them are as long."""


class Objective(LabelledCode):
    """What a plan is to achieve."""

    MOST_COVERED = "most_covered", "覆盖最多劳动者", "cover the most workers"
    FEWEST = "fewest", "用最少的措施达到目标覆盖率", "reach a target share with the least"
    LEAST_MEAN = "least_mean", "平均路程时间最短", "the least mean travel"
    LEAST_WORST = "least_worst", "最远路程时间最短", "the least worst travel"
    FAIREST = "fairest", "优先改善最差的区县", "raise the worst district first"

    @property
    def is_travel(self) -> bool:
        """Whether it is about ways, not about who is covered."""
        return self in {Objective.LEAST_MEAN, Objective.LEAST_WORST}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much may be done: a count of changes, or a budget in the unit of ``costs``.

    ``target_share`` (0-1) is the fewest's; it takes neither count nor budget as a must.
    """

    count: int | None = None
    budget: float | None = None
    costs: Costs = EACH_ONE
    target_share: float | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PlanTask:
    """What is asked: of whom and what may be done (``prospect``), for what, within which limits.

    ``required`` and ``forbidden`` are keys of options; unknown ones are refused.
    """

    prospect: Prospect
    objective: Objective
    limits: Limits
    required: frozenset[str] = frozenset()
    forbidden: frozenset[str] = frozenset()

    @property
    def options(self) -> tuple[Option, ...]:
        """What may be done."""
        return self.prospect.options


@dataclass(frozen=True, slots=True)
class Exchange:
    """Take one option instead of another; ``lost_share`` (0-1) of what the plan gains is lost by it.

    For fairness that is the most that is lost of any district's share, in order; the fewest's target is still reached.
    """

    out: Option
    into: Option
    lost_share: float


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The options taken. ``solution`` is in ``unit``: worker-hours newly covered, cost, share, or seconds.

    Where nothing shortens the longest way, the least worst travel takes only what is required.
    For the least mean travel objective and bound are mean seconds. ``before`` is the value without any change.
    ``curve`` is what less and more would reach: worker-hours newly covered (also where the fewest that reach a target
    are sought), the worst district's share, or seconds. ``own`` is what the plan itself spends and reaches, a point of
    the curve but for the fewest.
    """

    objective: Objective
    options: tuple[Option, ...]
    solution: Solution
    before: float
    curve: tuple[Step, ...] = ()
    knee: float | None = None
    own: Step | None = None
    exchanges: tuple[Exchange, ...] = ()


class PlanRun:
    """One task made ready to be solved: at once with `solve(quick)`, then again with more effort."""

    def __init__(self, task: PlanTask) -> None:
        if not task.options:
            raise InvalidValue("There is nothing to choose from.", field="candidates", code="no_options")
        self.task = task
        self._required = task.prospect.rows(task.required, "required")
        self._forbidden = task.prospect.rows(task.forbidden, "forbidden")
        self._prices: Prices | None = None
        if task.objective.is_travel:
            if task.limits.count is None:
                raise InvalidValue("Travel is planned under a count.", field="count", code="empty")
            self._travel = task.prospect.travel(is_worst=task.objective is Objective.LEAST_WORST)
        else:
            self.cover = replace(task.prospect.cover(), choices=self._choices())

    def _choices(self) -> Choices:
        task, limits = self.task, self.task.limits
        groups, counts = task.prospect.groups, task.prospect.costs(EACH_ONE)
        by_cost = limits.budget is not None or bool(limits.costs.by_kind)
        costs = task.prospect.costs(limits.costs) if by_cost else counts
        is_plain = bool((groups == NO_GROUP).all() and (counts == 1).all())
        count, budget = limits.count, limits.budget
        if count is not None and budget is None:
            costs = counts
            if not is_plain:  # a package counts each of its changes
                budget, count = float(count), None
        return Choices(costs, groups, self._required, self._forbidden, count, budget)

    @property
    def gain(self) -> CoverProblem:
        """The covering problem counted from what is covered already: its value is what is newly covered."""
        already = self.cover.covered_already
        weights = self.cover.weights if already is None else np.where(already, 0.0, self.cover.weights)
        return replace(self.cover, weights=weights)

    def solve(self, effort: Effort, *, exact: bool) -> Plan:
        """The plan with this effort; without the curve and the alternatives."""
        task = self.task
        none = np.empty(0, dtype=np.int64)
        if task.objective is Objective.MOST_COVERED:
            solution, before = cover_most(self.gain, effort, exact=exact), 0.0
        elif task.objective is Objective.FEWEST:
            share = task.limits.target_share
            if share is None:
                raise InvalidValue("A target share is needed.", field="target", code="empty")
            solution, before = cover_share(self.cover, share, effort, exact=exact), 0.0
        elif task.objective is Objective.FAIREST:
            solution = raise_the_worst(self.cover, effort, exact=exact)
            before = float(np.nanmin(district_shares(self.cover, none)))
        else:
            solution, before = self._solve_travel(effort, exact=exact)
        chosen = tuple(task.options[site] for site in solution.sites)
        return Plan(task.objective, chosen, solution, before)

    def bounded(self, plan: Plan, effort: Effort) -> Plan:
        """The plan with a nearer bound, worked out from prices; of travel and fairness it stays as it is."""
        task = self.task
        if task.objective is Objective.MOST_COVERED:
            solution, prices = most_bounded(self.gain, plan.solution, effort)
            self._prices = prices
        elif task.objective is Objective.FEWEST:
            solution = fewest_bounded(self.cover, task.limits.target_share or 0.0, plan.solution, effort)
        else:
            return plan
        return replace(plan, solution=solution)

    def chosen(self, keys: Collection[str], known: Plan) -> Plan:
        """Just these options, judged by the bound of a plan that is known.

        Raises InvalidValue at ``chosen`` for an unknown option, or where they break the task's conditions.
        """
        task, sites = self.task, self.task.prospect.rows(keys, "chosen")
        if task.objective.is_travel:
            problem = self._travel.problem(task.limits.count or 0, self._required, self._forbidden)
            taken = np.append(0, sites + 1)
            is_allowed, ways = problem.choices.allow(taken), problem.nearest(taken)
            is_mean = task.objective is Objective.LEAST_MEAN
            value = float(problem.weights @ ways) / float(problem.weights.sum()) if is_mean else float(ways.max())
        else:
            is_allowed, value = self._cover_value(sites)
        if not is_allowed:
            raise InvalidValue("These options break the conditions.", field="chosen", code="not_allowed")
        options = tuple(task.options[site] for site in sites)
        solution = replace(
            known.solution,
            objective=value,
            sites=tuple(sites.tolist()),
            status=Status.FEASIBLE,
            method="greedy",
            levels=self._levels(sites, known.solution.bound) if task.objective is Objective.FAIREST else (),
            in_all=None,
        )
        return replace(known, options=options, solution=solution, curve=(), knee=None, own=None, exchanges=())

    def _levels(self, sites: Rows, bound: float | None) -> tuple[Level, ...]:
        """The districts' shares in order, of which only the worst has a bound."""
        shares = district_shares(self.cover, sites)
        worst, *others = np.sort(shares[~np.isnan(shares)]).tolist()
        return (Level(worst, max(worst, 1.0 if bound is None else bound)), *(Level(each, 1.0) for each in others))

    def _cover_value(self, sites: Rows) -> tuple[bool, float]:
        is_allowed = self.cover.choices.allow(sites)
        match self.task.objective:
            case Objective.MOST_COVERED:
                return is_allowed, self.gain.value(sites)
            case Objective.FEWEST:
                is_enough = self.cover.value(sites) >= self._enough
                return is_allowed and is_enough, float(self.cover.choices.costs[sites].sum())
            case _:
                return is_allowed, float(np.nanmin(district_shares(self.cover, sites)))

    @property
    def _enough(self) -> float:
        """The weight the target share asks for."""
        return (self.task.limits.target_share or 0.0) * float(self.cover.weights.sum()) * (1 - 1e-9)

    def _solve_travel(self, effort: Effort, *, exact: bool) -> tuple[Solution, float]:
        problem = self._travel.problem(self.task.limits.count or 0, self._required, self._forbidden)
        total = float(problem.weights.sum())
        is_mean = self.task.objective is Objective.LEAST_MEAN
        solve = least_total_cost if is_mean else least_worst_cost
        solution = solve(problem, effort, exact=exact)
        now = problem.costs[:, 0]
        before = float(problem.weights @ now) if is_mean else float(now.max(initial=0.0))
        scale = 1 / total if is_mean and total > 0 else 1.0
        sites = tuple(site - 1 for site in solution.sites if site > 0)
        if not is_mean and solution.objective is not None and solution.objective >= before * (1 - _SAME_SHARE):
            sites = tuple(self._required.tolist())  # the others would shorten nothing
        return replace(
            solution,
            objective=None if solution.objective is None else solution.objective * scale,
            bound=None if solution.bound is None else solution.bound * scale,
            sites=sites,
        ), before * scale

    def with_outlook(self, plan: Plan, effort: Effort) -> Plan:
        """The plan with the curve of its aim and its alternatives."""
        effort = effort.begun()
        if self.task.objective.is_travel:
            return self._with_travel_outlook(plan, effort)
        if not plan.options:
            return plan
        sites = np.array(plan.solution.sites, dtype=np.int64)
        most, objective = self.gain, self.task.objective
        spent = float(most.choices.costs[sites].sum())
        if objective is Objective.FAIREST:
            steps = fair_steps(self._further(self.cover, spent))
            own = Step(spent, float(np.nanmin(district_shares(self.cover, sites))))
        else:
            steps = self._curve(most, spent, effort)
            own = Step(spent, *self._own(plan, most.value(sites), spent, steps))
        return replace(
            plan,
            curve=steps if objective is Objective.FEWEST else with_own(steps, own),
            own=own,
            knee=knee_at(steps) if self._is_counted else None,
            exchanges=tuple(self._exchange(each) for each in self._alternatives(most, sites, spent)),
        )

    def _with_travel_outlook(self, plan: Plan, effort: Effort) -> Plan:
        """Of more pairs than there is time for there is no curve: at once of fewer than in a search of some seconds."""
        is_worst = self.task.objective is Objective.LEAST_WORST
        if plan.solution.objective is None:
            return plan
        most_count = min(max(CURVE_COUNT, len(np.unique(self._required))), len(self.task.options))
        ways = Ways(self._travel.problem(most_count, self._required, self._forbidden), is_worst)
        if ways.are_many(MOST_PAIRS_AT_ONCE if effort.time_limit_s < AT_ONCE_S else MOST_PAIRS):
            return plan
        own = Step(float(len(plan.options)), plan.solution.objective)
        steps, is_whole = travel_steps(ways, plan.before, most_count + 1, effort)
        sites = np.array(plan.solution.sites, dtype=np.int64) + 1
        found = (worst_alternatives if is_worst else mean_alternatives)(ways, sites)
        return replace(
            plan,
            curve=with_own(steps, own, is_rising=False),
            own=own,
            knee=knee_at(steps, is_rising=False) if is_whole else None,
            exchanges=tuple(
                self._exchange(replace(each, site_out=each.site_out - 1, site_in=each.site_in - 1)) for each in found
            ),
        )

    def _further(self, problem: CoverProblem, spent: float) -> CoverProblem:
        """The problem under limits as far as curves go: of changes to `CURVE_COUNT`, of money to half as much again."""
        required = np.unique(problem.choices.required)
        if not self._is_counted:
            choices = replace(problem.choices, budget=MOST_SPENT * spent, limit_count=None)
        elif problem.choices.is_plain:
            most_count = min(max(CURVE_COUNT, len(required)), problem.choices.candidate_count)
            choices = replace(problem.choices, limit_count=most_count)
        else:
            most = max(float(CURVE_COUNT), float(problem.choices.costs[required].sum()))
            choices = replace(problem.choices, budget=most, limit_count=None)
        return replace(problem, choices=choices)

    def _own(self, plan: Plan, value: float, spent: float, steps: tuple[Step, ...]) -> tuple[float, float]:
        """What a plan newly covers, and the bound of what so much could."""
        known = [step.bound for step in steps if step.spent >= spent and step.bound is not None][:1]
        if self.task.objective is Objective.MOST_COVERED and plan.solution.bound is not None:
            known.append(plan.solution.bound)
        return value, max(value, min(known, default=float(self.gain.weights.sum())))

    def _alternatives(self, most: CoverProblem, sites: Rows, spent: float) -> list[Alternative]:
        """Exchanges that lose hardly anything of what the objective is about, for no more than is spent."""
        objective = self.task.objective
        same = replace(most.choices, limit_count=len(sites))
        if same.budget is None and objective is not Objective.MOST_COVERED:
            same = replace(same, budget=spent)
        if objective is Objective.FAIREST:
            return fair_alternatives(replace(self.cover, choices=same), sites)
        found = alternatives(replace(most, choices=same), sites)
        if objective is Objective.FEWEST:
            needed = self._enough - self.cover.value(sites[:0])
            found = [each for each in found if each.value >= needed]
        return found

    @property
    def _is_counted(self) -> bool:
        """Whether limits are counts of changes."""
        return self.task.limits.budget is None and not self.task.limits.costs.by_kind

    def _exchange(self, found: Alternative) -> Exchange:
        return Exchange(self.task.options[found.site_out], self.task.options[found.site_in], found.lost_share)

    def _curve(self, problem: CoverProblem, spent: float, effort: Effort) -> tuple[Step, ...]:
        """What less and more would newly cover."""
        start, further = Step(0.0, 0.0, 0.0), self._further(problem, spent)
        if problem.choices.is_plain and self._is_counted:
            curve = marginal_curve(problem, further.choices.limit_count or 0, effort)
            steps = [Step(float(each.count), each.value, each.bound) for each in curve.points]
            taken = len(np.unique(problem.choices.required))
            return (start, *(self._priced(step, limit_count=round(step.spent) - taken) for step in steps))
        fixed = float(problem.choices.costs[np.unique(problem.choices.required)].sum())
        steps = list(greedy_steps(further, CURVE_COUNT if self._is_counted else MOST_SPENT * spent))
        return (start, *(self._priced(step, budget=step.spent - fixed) for step in steps))

    def _priced(self, step: Step, *, limit_count: int | None = None, budget: float | None = None) -> Step:
        """A step with the nearer of its bound and that of the plan's prices, which bound every limit."""
        prices, limits = self._prices, [each for each in (limit_count, budget) if each is not None]
        if prices is None or step.bound is None or min(limits, default=0) < 0:
            return step
        within = replace(prices.kernel.choices, limit_count=limit_count, budget=budget)
        return replace(step, bound=max(step.value, min(step.bound, prices.at_most(within))))
