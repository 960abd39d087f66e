"""A planner's request becomes a task of the core, and what came of it a JSON document that pages and scenarios keep.

Shape of the document: ``request`` (PlanRequest), ``status``, ``proven``, ``value``, ``bound``, ``before``, ``unit``
(worker_hours, cost, share or s), ``gap_share``, ``levels`` {count, proven_count} (of fairness: the districts' shares in
order, and how many from the least on cannot be raised further; otherwise none), ``chosen`` [{key, name, name_en, cost,
changes}], ``spent``, ``curve`` [[spent, value, bound or null]] in ``curve_unit`` (worker_hours newly covered, share of
the worst district, or s; documents without it hold worker-hours), ``knee``, ``own`` (what the plan itself spends and
reaches, as a point of the curve), ``exchanges`` [{out, out_name, into, into_name, lost_share}; the names in English
too, ``…_en``], ``hours_count``, ``basis`` (revision, layers, code, sample), ``options_count``, ``candidates``,
``site_services``, ``stations`` (what the changed ones were taken to be, by code), ``seconds``.
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from geodata.siting.effort import Effort
from geodata.siting.intervention_options import Option
from geodata.siting.intervention_plan import Objective, Plan, PlanRun, PlanTask
from geodata.siting.interventions import Intervention, intervention_document, intervention_of
from geodata.siting.leximin import better_by_levels, proven_count
from geodata.siting.solution import Solution, Status
from mapapp.services.planning.ground import PlanningGround
from mapapp.services.planning.interventions import PlanRequest
from mapapp.services.planning.plan_offers import Offer, Offers
from mapapp.services.planning.scenario_drift import facts_of
from mapapp.services.planning.version import code_version
from mapapp.settings import Settings
from mapapp.store import Store

UNITS: Final = {
    Objective.MOST_COVERED: "worker_hours",
    Objective.FEWEST: "cost",
    Objective.FAIREST: "share",
    Objective.LEAST_MEAN: "s",
    Objective.LEAST_WORST: "s",
}
CURVE_UNITS: Final = {**UNITS, Objective.FEWEST: UNITS[Objective.MOST_COVERED]}
MOST_EXCHANGES: Final = 60
SEARCH_S: Final = 0.06
FAIR_SEARCH_S: Final = 0.35
"""Fairness is found by weighing the districts again and again; what finds it proves its bound too."""
BOUND_S: Final = 0.2
CURVE_S: Final = 0.01
TRAVEL_CURVE_S: Final = 0.2
"""What a request may spend on each, of this thread's own time; building comes beside."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A request ready to be solved."""

    request: PlanRequest
    run: PlanRun
    offer: Offer

    def at_once(self) -> Plan:
        """The greedy answer improved a little, with its bound, its curve and alternatives."""
        search_s = FAIR_SEARCH_S if self.request.objective is Objective.FAIREST else SEARCH_S
        curve_s = TRAVEL_CURVE_S if self.request.objective.is_travel else CURVE_S
        search, bound, curve = (
            Effort(time_limit_s=limit_s, clock=time.thread_time) for limit_s in (search_s, BOUND_S, curve_s)
        )
        plan = self.run.bounded(self.run.solve(search, exact=False), bound)
        return self.run.with_outlook(plan, curve)

    def document(self, plan: Plan, seconds: float) -> dict[str, Any]:
        """What came of it, as JSON."""
        request, question = self.request, self.request.question
        return {
            "request": request.to_document(),
            **self._reached(plan),
            **self._to_do(plan),
            "hours_count": 1 if question.instant is not None else len(question.hours),
            "options_count": len(self.run.task.options),
            "candidates": {
                "counts": {each.value: count for each, count in self.offer.sites.counts.items()},
                "left_aside_count": self.offer.sites.left_aside_count,
                "refused_count": self.offer.sites.refused_count,
            },
            "site_services": [service.value for site in self.offer.sites.sites[:1] for service in site.services],
            "basis": self._basis(),
            "seconds": round(seconds, 3),
        }

    def _reached(self, plan: Plan) -> dict[str, Any]:
        """How good the plan is, what is proven of it, and what less or more would reach."""
        solution = plan.solution
        return {
            "status": solution.status.value,
            "proven": solution.proven,
            "method": solution.method,
            "value": _rounded(solution.objective),
            "bound": _rounded(solution.bound),
            "gap_share": _rounded_up(solution.gap_share),
            "before": _rounded(plan.before),
            "unit": UNITS[plan.objective],
            "levels": {"count": len(solution.levels), "proven_count": proven_count(solution.levels)},
            "curve": [[step.spent, _rounded(step.value), _rounded(step.bound)] for step in plan.curve],
            "curve_unit": CURVE_UNITS[plan.objective],
            "knee": plan.knee,
            "own": None if plan.own is None else [plan.own.spent, _rounded(plan.own.value), _rounded(plan.own.bound)],
        }

    def _to_do(self, plan: Plan) -> dict[str, Any]:
        """What the plan takes, what that costs, what it takes the stations to be, and what could be taken instead."""
        costs, stations = self.request.limits.costs, self.run.task.prospect.stations
        names = {station.code: station.name for station in stations.values()}
        return {
            "chosen": [
                {
                    "key": option.key,
                    **_named("name", option, names),
                    "cost": option.cost(costs),
                    "changes": [intervention_document(change) for change in option.changes],
                }
                for option in plan.options
            ],
            "spent": sum(option.cost(costs) for option in plan.options),
            "stations": facts_of(stations.values(), [change for option in plan.options for change in option.changes]),
            "exchanges": [
                {
                    "out": each.out.key,
                    **_named("out_name", each.out, names),
                    "into": each.into.key,
                    **_named("into_name", each.into, names),
                    "lost_share": _rounded(each.lost_share),
                }
                for each in plan.exchanges[:MOST_EXCHANGES]
            ],
        }

    def _basis(self) -> dict[str, Any]:
        """The data the plan was made of."""
        offer, stations = self.offer, self.run.task.prospect.stations.values()
        uses = offer.demand.uses
        return {
            "data_revision": offer.revision,
            "code_version": code_version(),
            "layers": [{"name": use.name, "title": use.title, "checksum": use.checksum} for use in uses],
            "is_sample": any(use.is_sample for use in uses) or any(station.is_sample for station in stations),
            "is_modelled": any(use.is_modelled for use in uses),
        }


class PlanDesk:
    """Where plans of one process are made. Safe between threads."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._offers = Offers(store, settings)

    def prepared(self, request: PlanRequest, ground: PlanningGround, account_id: int | None) -> Prepared:
        """Everything before the search; raises as `Offers.of`, and InvalidValue for a key that is no option."""
        offer = self._offers.of(request, ground, account_id)
        task = PlanTask(
            prospect=offer.prospect,
            objective=request.objective,
            limits=request.limits,
            required=request.required,
            forbidden=request.forbidden & offer.prospect.keys,
        )
        return Prepared(request, PlanRun(task), offer)

    def at_once(self, request: PlanRequest, ground: PlanningGround, account_id: int | None) -> dict[str, Any]:
        """The plan a request can wait for; the same for the same request while it is kept. Raises as ``prepared``."""
        prepared = self.prepared(request, ground, account_id)
        plan = self._at_once(prepared)
        return prepared.document(plan, plan.solution.seconds)

    def chosen(
        self, request: PlanRequest, ground: PlanningGround, account_id: int | None, keys: Collection[str]
    ) -> dict[str, Any]:
        """The plan with just these options, as somebody saw it at once and wants it kept.

        Raises as ``prepared``; InvalidValue at ``chosen`` where they are no plan for the request any more.
        """
        prepared = self.prepared(request, ground, account_id)
        plan = self._at_once(prepared)
        if {option.key for option in plan.options} != set(keys):
            plan = prepared.run.chosen(keys, plan)
        return prepared.document(plan, plan.solution.seconds)

    def _at_once(self, prepared: Prepared) -> Plan:
        return prepared.offer.plans.get(prepared.request.key, prepared.at_once)


def better_of(one: Plan, other: Plan) -> Plan:
    """The better choice of two plans for one task, with the nearer of their bounds."""
    first, second = one.solution, other.solution
    if first.objective is None and second.objective is None:
        return one if first.status is Status.INFEASIBLE else other
    if first.objective is None or second.objective is None:
        return other if first.objective is None else one
    if first.levels and second.levels:
        solution = better_by_levels(first, second)
        return replace(one if solution.sites == first.sites else other, solution=solution)
    sign = 1.0 if second.maximising else -1.0
    best = one if sign * first.objective > sign * second.objective else other
    bounds = [bound for bound in (first.bound, second.bound) if bound is not None]
    bound = (min(bounds) if second.maximising else max(bounds)) if bounds else None
    return replace(best, solution=_with_bound(best.solution, bound, one.solution.proven or other.solution.proven))


def _with_bound(solution: Solution, bound: float | None, proven: bool) -> Solution:
    status = Status.OPTIMAL if proven and solution.status is Status.FEASIBLE else solution.status
    if status is Status.OPTIMAL and bound is not None and solution.objective is not None:
        is_met = abs(bound - solution.objective) <= 1e-6 * max(abs(bound), abs(solution.objective))
        status = Status.OPTIMAL if is_met else Status.FEASIBLE
    return replace(solution, bound=bound, status=status)


def chosen_interventions(document: dict[str, Any]) -> tuple[Intervention, ...]:
    """What a plan's document chose; raises InvalidValue for a document that is none."""
    return tuple(intervention_of(change) for each in document.get("chosen", ()) for change in each.get("changes", ()))


def _named(field: str, option: Option, names: dict[str, str]) -> dict[str, str]:
    if option.site is not None:
        return {field: option.site.name, f"{field}_en": option.site.label("en")}
    name = names.get(option.station_code, option.station_code)
    return {field: name, f"{field}_en": name}


def _rounded_up(share: float | None) -> float | None:
    """A gap may be said too large, never too small."""
    return None if share is None else math.ceil(share * 1e6) / 1e6


def _rounded(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else round(float(value), 6)
