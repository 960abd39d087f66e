"""A planner's request becomes a task of the core, and what came of it a JSON document that pages and scenarios keep.

Shape of the document: ``request`` (PlanRequest), ``status``, ``proven``, ``value``, ``bound``, ``before``, ``unit``
(worker_hours, cost, share or s), ``gap_share``, ``chosen`` [{key, name, cost, changes}], ``spent``, ``curve`` [[spent,
value, bound]], ``knee``, ``exchanges`` [{out, out_name, into, into_name, lost_share}], ``hours_count``, ``basis``
(revision, layers, code, sample), ``options_count``, ``candidates``, ``seconds``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import h3
import numpy as np

from geodata.coverage.analysis import Analysis, AnalysisGround, AnalysisQuestion
from geodata.coverage.within import WithinUnit
from geodata.errors import InvalidValue
from geodata.siting.effort import Effort
from geodata.siting.intervention_cover import Side
from geodata.siting.intervention_options import Option, site_options, station_options
from geodata.siting.intervention_plan import TRAVEL_CAP_S, Objective, Plan, PlanRun, PlanTask
from geodata.siting.interventions import Intervention, InterventionKind, intervention_document, intervention_of
from geodata.siting.solution import Solution, Status
from geodata.stations.schedule import ScheduleBook
from geodata.stations.vocabulary import WorkerGroup
from mapapp.services.planning.candidates import DemandCells, Sites, sites_of
from mapapp.services.planning.ground import Demand, PlanningGround
from mapapp.services.planning.interventions import PlanRequest
from mapapp.services.planning.question import PlanningQuestion
from mapapp.services.planning.travelling import Way
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
MOST_EXCHANGES: Final = 60
FEWEST_CELLS: Final = 100
"""With fewer cells to choose from a plan would say little."""
AT_ONCE_S: Final = 0.3
"""What a request may spend on searching; building the problem comes beside."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A request ready to be solved."""

    request: PlanRequest
    run: PlanRun
    sites: Sites
    demand: Demand
    revision: int

    def at_once(self) -> dict[str, Any]:
        """The greedy answer with its curve and alternatives."""
        plan = self.run.solve(Effort(time_limit_s=AT_ONCE_S), exact=False)
        return self.document(self.run.with_outlook(plan, Effort(time_limit_s=AT_ONCE_S)), plan.solution.seconds)

    def document(self, plan: Plan, seconds: float) -> dict[str, Any]:
        """What came of it, as JSON."""
        solution, request = plan.solution, self.request
        costs = request.limits.costs
        question = request.question
        names = {station.code: station.name for station in self.run.task.stations.values()}
        return {
            "request": request.to_document(),
            "status": solution.status.value,
            "proven": solution.proven,
            "method": solution.method,
            "value": _rounded(solution.objective),
            "bound": _rounded(solution.bound),
            "gap_share": _rounded(solution.gap_share),
            "before": _rounded(plan.before),
            "unit": UNITS[plan.objective],
            "chosen": [
                {
                    "key": option.key,
                    "name": _name(option, names),
                    "cost": option.cost(costs),
                    "changes": [intervention_document(change) for change in option.changes],
                }
                for option in plan.options
            ],
            "spent": sum(option.cost(costs) for option in plan.options),
            "curve": [[step.spent, _rounded(step.value), _rounded(step.bound)] for step in plan.curve],
            "knee": plan.knee,
            "exchanges": [
                {
                    "out": each.out.key,
                    "out_name": _name(each.out, names),
                    "into": each.into.key,
                    "into_name": _name(each.into, names),
                    "lost_share": _rounded(each.lost_share),
                }
                for each in plan.exchanges[:MOST_EXCHANGES]
            ],
            "hours_count": 1 if question.instant is not None else len(question.hours),
            "options_count": len(self.run.task.options),
            "candidates": {
                "counts": {each.value: count for each, count in self.sites.counts.items()},
                "left_aside_count": self.sites.left_aside_count,
                "refused_count": self.sites.refused_count,
            },
            "basis": {
                "data_revision": self.revision,
                "code_version": code_version(),
                "layers": [
                    {"name": use.name, "title": use.title, "checksum": use.checksum} for use in self.demand.uses
                ],
                "is_sample": any(use.is_sample for use in self.demand.uses),
                "is_modelled": any(use.is_modelled for use in self.demand.uses),
            },
            "seconds": round(seconds, 3),
        }


def prepare(
    request: PlanRequest, ground: PlanningGround, store: Store, settings: Settings, account_id: int | None
) -> Prepared:
    """Everything before the search.

    Raises
    ------
    NoDemandLayer
        There is nobody to be covered.
    InvalidValue
        Its ``field`` says what of the request cannot be planned for: no options, streets that are not loaded …
    """
    question = request.question
    demand = ground.demand(question.layers)
    sides = tuple(
        side_of(ground, demand, way, groups, question, is_travel=request.objective.is_travel)
        for way, groups in ground.ways(question, demand).items()
    )
    sites = Sites(sites=(), counts={})
    if InterventionKind.OPEN_SITE in request.kinds:
        with store.reading() as reader:
            cells = demand_cells(demand, sides)
            sites = sites_of(request, cells, ground.place, reader, settings, account_id)
    month = question.week_of.month if question.instant is None else question.instant.month
    others = request.kinds - {InterventionKind.OPEN_SITE}
    stations = ground.register.stations
    options = [
        *site_options(sites.sites),
        *(station_options(stations, others, question.need, question.counted, month) if others else ()),
    ]
    if not options:
        raise InvalidValue("There is nothing to choose from.", field="candidates", code="no_options")
    task = PlanTask(
        sides=sides,
        options=tuple(options),
        stations={station.code: station for station in stations},
        book=ScheduleBook(ground.holidays, ground.place.timezone),
        objective=request.objective,
        limits=request.limits,
        required=request.required,
        forbidden=request.forbidden & frozenset(option.key for option in options),
    )
    run, aside_count = _fitting(task)
    sites = replace(sites, left_aside_count=sites.left_aside_count + aside_count)
    return Prepared(request, run, sites, demand, ground.revision)


def _fitting(task: PlanTask) -> tuple[PlanRun, int]:
    """The task's run; where there are too many ways to look at, with fewer cells, and how many were left aside."""
    aside_count = 0
    while True:
        try:
            return PlanRun(task), aside_count
        except InvalidValue as error:
            cells = [option for option in task.options if _is_free_cell(task, option)]
            if error.code != "too_large" or len(cells) < FEWEST_CELLS:
                raise
            dropped = set(cells[len(cells) // 2 :])
            task = replace(task, options=tuple(option for option in task.options if option not in dropped))
            aside_count += len(dropped)


def _is_free_cell(task: PlanTask, option: Option) -> bool:
    site = option.site
    return site is not None and h3.is_valid_cell(site.key.lower()) and option.key not in task.required


def side_of(
    ground: PlanningGround,
    demand: Demand,
    way: Way,
    groups: tuple[WorkerGroup, ...],
    question: PlanningQuestion,
    *,
    is_travel: bool,
) -> Side:
    """Those who get about in one way: their coverage as it is."""
    travel = way.travel(ground.streets)
    asked = AnalysisQuestion(
        when=question.when,
        within=question.within,
        groups=frozenset(groups),
        need=question.need,
        counted=question.counted,
    )
    is_metres = question.within.unit is WithinUnit.METRES
    places, within = ground.places(demand, ground.register), question.within.amount
    reach_s = max(0.0 if is_metres else within * 60, TRAVEL_CAP_S if is_travel else 0.0)
    ways = ground.pairer.along(places, way, ground.streets, reach_s, 0.0) if reach_s else None
    lines = ground.pairer.straight(places, within) if is_metres else None
    cover = lines if lines is not None else ways
    if cover is None:
        raise InvalidValue("A limit is metres or minutes.", field="within", code="not_a_limit")
    base = AnalysisGround(
        layer=demand.layer,
        areas=demand.districts,
        supply=ground.register.supply,
        cover_pairs=cover,
        travel_pairs=cover if ways is None else ways,
        note=travel.described(),
    )
    return Side(Analysis(base, asked), travel)


def demand_cells(demand: Demand, sides: tuple[Side, ...]) -> DemandCells:
    """The cells of everybody asked about, with what is not surely covered there now."""
    layer = demand.layer
    uncovered = np.zeros(layer.point_count)
    for side in sides:
        present, low, _high = side.analysis.by_point
        uncovered += np.maximum(present - low, 0.0)
    if sides and not uncovered.any():
        uncovered = sum((side.analysis.by_point[0] for side in sides), start=np.zeros(layer.point_count))
    return DemandCells(
        cells=layer.h3_cells,
        lon=layer.lon,
        lat=layer.lat,
        worker_hours=uncovered,
        districts=demand.point_units,
    )


def better_of(one: Plan, other: Plan) -> Plan:
    """The better choice of two plans for one task, with the nearer of their bounds."""
    first, second = one.solution, other.solution
    if first.objective is None or second.objective is None:
        return other if first.objective is None else one
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


def _name(option: Option, names: dict[str, str]) -> str:
    return option.site.name if option.site is not None else names.get(option.station_code, option.station_code)


def _rounded(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else round(float(value), 6)
