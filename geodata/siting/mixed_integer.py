"""The one door to HiGHS: a linear model with whole-number columns in, values and a bound out.

HiGHS' own defaults stop at a gap of 0.01 %; here the gap must close. Its word "optimal" is not passed on: the caller
compares bound and objective. It is asked for one thread, so that the same model takes the same way twice. It is loaded
for the first model: most processes never see one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import numpy as np

from geodata.siting.effort import Effort
from geodata.siting.solution import Floats, Mask, Rows

_LARGEST_COST = 1024.0
_PRIMAL_SIMPLEX = 4


class Outcome(Enum):
    """How a run ended."""

    SOLVED = "solved"
    INFEASIBLE = "infeasible"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Minimise ``costs``·x over ``lower`` ≤ x ≤ ``upper`` (c,), ``row_lower`` ≤ Ax ≤ ``row_upper`` (r,).

    A is given by rows: ``indptr`` (r + 1,), ``indices`` and ``values``. Columns in ``whole`` take whole numbers only.
    """

    costs: Floats
    lower: Floats
    upper: Floats
    whole: Mask
    row_lower: Floats
    row_upper: Floats
    indptr: Rows
    indices: Rows
    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """``values`` (c,) of the best choice found, or None; ``bound`` lies below every choice (-inf: nothing is known)."""

    outcome: Outcome
    values: Floats | None
    bound: float


@dataclass(frozen=True, slots=True)
class Goal:
    """When the caller has seen enough, in the model's own unit (less is better).

    ``objective_step`` is the distance between two values of the objective (1 where it is whole; 0: any real number);
    a run stops once the gap is below it. ``enough`` stops at a choice this good, ``hopeless`` at a bound above it.
    """

    objective_step: float = 0.0
    enough: float = -np.inf
    hopeless: float = np.inf


def minimise(model: Model, effort: Effort, goal: Goal, *, start: Floats | None = None, stage: str = "highs") -> Answer:
    """Run HiGHS until it is done, the goal is met, the time is over or the effort is cancelled."""
    if len(model.costs) == 0:
        fits = bool(np.all((model.row_lower <= 0) & (model.row_upper >= 0)))
        return Answer(Outcome.SOLVED, np.empty(0), 0.0) if fits else Answer(Outcome.INFEASIBLE, None, np.inf)
    scale = _scale_of(model.costs)
    solver = _solver(effort, goal, scale)
    solver.passModel(_passed(model, scale))
    if start is not None:
        given = _highspy().HighsSolution()
        given.col_value = start.tolist()
        solver.setSolution(given)
    _listen(solver, effort, goal, scale, stage)
    solver.run()
    return _answer(solver, scale)


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """The linear relaxation: its value, and each column's reduced cost (c,), what moving it off its bound costs.

    ``bound`` is -inf if the time did not suffice, and inf if even the relaxation has no solution. ``values`` (c,) are
    the columns'.
    """

    bound: float
    reduced_costs: Floats | None
    values: Floats | None = None


def relaxed(model: Model, effort: Effort, *, primal: bool = False) -> Relaxed:
    """Solve the linear relaxation, by the primal simplex method where asked: faster for small covering problems."""
    if len(model.costs) == 0:
        return Relaxed(0.0, np.empty(0), np.empty(0))
    scale = _scale_of(model.costs)
    solver = _solver(effort, Goal(), scale)
    if primal:
        solver.setOptionValue("simplex_strategy", _PRIMAL_SIMPLEX)
    solver.passModel(_passed(replace(model, whole=np.zeros_like(model.whole)), scale))
    _listen_to_time(solver, effort)
    solver.run()
    state, states = solver.getModelStatus(), _highspy().HighsModelStatus
    if state == states.kInfeasible:
        return Relaxed(np.inf, None)
    if state != states.kOptimal:
        return Relaxed(-np.inf, None)
    value = float(solver.getInfo().objective_function_value) / scale
    columns = solver.getSolution()
    reduced_costs = np.array(columns.col_dual) / scale
    return Relaxed(value - 1e-7 * max(1.0, abs(value)), reduced_costs, np.array(columns.col_value))


def _scale_of(costs: Floats) -> float:
    """A power of two that brings the largest cost to about a thousand: HiGHS' tolerances are absolute."""
    largest = float(np.abs(costs).max(initial=0.0))
    return 2.0 ** np.floor(np.log2(_LARGEST_COST / largest)) if largest > 0 else 1.0


def _highspy() -> Any:
    import highspy

    return highspy


def _solver(effort: Effort, goal: Goal, scale: float) -> Any:
    solver = _highspy().Highs()
    options = {
        "output_flag": False,
        "threads": 1,
        "time_limit": max(0.01, effort.left_s),
        "mip_rel_gap": 0.0,
        "mip_abs_gap": max(1e-7, goal.objective_step * scale * (1 - 1e-6)),
        "random_seed": effort.seed % 2**31,
    }
    if goal.enough > -np.inf:
        options["objective_target"] = goal.enough * scale
    for name, value in options.items():
        solver.setOptionValue(name, value)
    return solver


def _passed(model: Model, scale: float) -> Any:
    highspy = _highspy()
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(model.costs), len(model.row_lower)
    lp.col_cost_ = model.costs * scale
    lp.col_lower_, lp.col_upper_ = model.lower, model.upper
    lp.row_lower_, lp.row_upper_ = model.row_lower, model.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = model.indptr.astype(np.int32)
    lp.a_matrix_.index_ = model.indices.astype(np.int32)
    lp.a_matrix_.value_ = model.values
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    if model.whole.any():
        lp.integrality_ = [kinds[int(each)] for each in model.whole]
    return lp


def _listen(solver: Any, effort: Effort, goal: Goal, scale: float, stage: str) -> None:
    said = [effort.seconds]

    def look(event: Any) -> None:
        bound = event.data_out.mip_dual_bound / scale
        if effort.seconds - said[0] >= 1.0:
            said[0] = effort.seconds
            best = event.data_out.mip_primal_bound / scale
            effort.say(stage, best if np.isfinite(best) else None, bound if np.isfinite(bound) else None)
        if effort.is_over or bound > goal.hopeless:
            event.interrupt()

    solver.cbMipInterrupt.subscribe(look)


def _listen_to_time(solver: Any, effort: Effort) -> None:

    def look(event: Any) -> None:
        if effort.is_over:
            event.interrupt()

    solver.cbSimplexInterrupt.subscribe(look)


def _answer(solver: Any, scale: float) -> Answer:
    highspy = _highspy()
    state = solver.getModelStatus()
    if state == highspy.HighsModelStatus.kInfeasible:
        return Answer(Outcome.INFEASIBLE, None, np.inf)
    info = solver.getInfo()
    bound = float(info.mip_dual_bound) / scale
    if not np.isfinite(bound) or abs(bound) >= highspy.kHighsInf / scale:
        bound = -np.inf
    has_choice = info.primal_solution_status == 2
    values = np.array(solver.getSolution().col_value) if has_choice else None
    solved = state == highspy.HighsModelStatus.kOptimal
    return Answer(Outcome.SOLVED if solved else Outcome.STOPPED, values, bound)
