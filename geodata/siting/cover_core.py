"""The core of a covering problem: the few candidates that its linear relaxation uses or nearly uses.

The relaxation bounds every choice, and its reduced costs say what taking a candidate it does not use costs at least.
The best choice mostly lies among those it uses and some dozens of the next cheapest: HiGHS solves that small problem
in hundredths of a second where the whole takes seconds (Balas and Zemel 1980, of knapsacks). The core grows while that
brings more; once it holds every candidate a better choice could hold, its answer is that of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from geodata.siting.cover_model import cover_model, start_of
from geodata.siting.effort import Effort
from geodata.siting.kernel import CoverProblem, Kernel, kernel_of
from geodata.siting.lagrange import PriceBound, hopeless
from geodata.siting.mixed_integer import Goal, Outcome, minimise, relaxed
from geodata.siting.solution import Floats, Mask, Rows, tightened

_FIRST_BESIDE: Final = 20
"""How many candidates join those the relaxation uses, at first; twice as many each round."""

_LEAST_ROUNDS: Final = 2
"""Cores solved before one that brings nothing ends the search."""


@dataclass(frozen=True, slots=True, eq=False)
class Best:
    """The best choice of a kernel so far, its value, the bound so far and where it comes from."""

    chosen: Rows
    value: float
    bound: float
    method: str

    def with_bound(self, bound: float, whole: bool) -> Best:
        """The same, the bound lowered to this one if it is lower."""
        return replace(self, bound=min(self.bound, tightened(bound, whole=whole, maximising=True)))

    def or_better(self, kernel: Kernel, chosen: Rows, method: str) -> Best:
        """These candidates in its place if they cover more."""
        value = kernel.value(chosen)
        return self if value <= self.value else Best(chosen, value, self.bound, method)

    @property
    def is_met(self) -> bool:
        """Whether nothing better can be."""
        return self.bound <= self.value + 1e-9 * max(1.0, abs(self.value))


def better_than(value: float, *, whole: bool) -> float:
    """The least value a better choice has."""
    return value + (1.0 - 1e-6 if whole else 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Relaxation:
    """The relaxation of a kernel without the candidates that no choice above ``floor`` holds.

    ``reduced_costs`` (m,) are those of the kernel's candidates: infinite for the ones left out, the amount a choice
    loses at least by taking them where positive, by leaving them where negative. ``shares`` (m,) is how much of each
    the relaxation takes. ``bound`` holds for every choice above ``floor``.
    """

    bound: float
    floor: float
    reduced_costs: Floats
    shares: Floats

    def useful(self, target: float) -> Mask:
        """Candidates, (m,), a choice of at least ``target`` may hold."""
        return np.asarray(self.reduced_costs <= self._room(target))

    def needed(self, target: float) -> Mask:
        """Candidates, (m,), every choice of at least ``target`` holds."""
        return np.asarray(self.reduced_costs < -self._room(target))

    def _room(self, target: float) -> float:
        return self.bound - target + 1e-6 * max(1.0, abs(target))


def relaxation(
    kernel: Kernel, best: Best, prices: PriceBound, effort: Effort, *, whole: bool, most_pairs: int | None = None
) -> Relaxation | None:
    """Solve the relaxation of what the prices leave; None if it holds too many pairs or the time did not suffice."""
    floor = better_than(best.value, whole=whole)
    rest = part_of(kernel, ~hopeless(kernel, prices, floor))
    if most_pairs is not None and len(rest.by_point.indices) > most_pairs:
        return None
    lax = relaxed(cover_model(rest, np.ones(rest.site_count, dtype=np.bool_)), effort, primal=most_pairs is not None)
    if lax.reduced_costs is None or lax.values is None:
        return None
    reduced, shares = np.full(kernel.site_count, np.inf), np.zeros(kernel.site_count)
    reduced[rest.sites] = lax.reduced_costs[: rest.site_count]
    shares[rest.sites] = lax.values[: rest.site_count]
    return Relaxation(max(best.value, kernel.base - lax.bound), floor, reduced, shares)


def part_of(kernel: Kernel, useful: Mask, needed: Mask | None = None) -> Kernel:
    """A kernel's kernel: of these candidates (m,) alone, those needed taken, points merged anew."""
    required = np.empty(0, dtype=np.int64) if needed is None else np.flatnonzero(needed)
    choices = replace(kernel.choices, required=required, forbidden=np.flatnonzero(~useful))
    return kernel_of(CoverProblem(kernel.weights, kernel.by_point, choices), without_dominated=True)


def search_core(kernel: Kernel, best: Best, lax: Relaxation, effort: Effort, *, whole: bool) -> tuple[Best, bool]:
    """Solve growing cores; the best choice, and whether they were solved to the end.

    It ends with a core that brought nothing more than the one before, or held all a better choice could hold.
    """
    order = np.argsort(np.abs(lax.reduced_costs), kind="stable")
    best, round_number = best.with_bound(lax.bound, whole), 0
    while not best.is_met:
        if effort.is_over:
            return best, False
        useful = lax.useful(better_than(best.value, whole=whole))
        core = lax.shares > 1e-6
        core[order[: _FIRST_BESIDE * 2**round_number]] = True
        core[best.chosen] = True
        core &= useful
        is_all, before = int(core.sum()) == int(useful.sum()), best.value
        none = np.zeros_like(core)
        needed = lax.needed(better_than(best.value, whole=whole)) if is_all else none
        best, is_solved = branch(kernel, best, core, needed, effort, whole=whole, bounds=is_all)
        effort.say("core", best.value, best.bound)
        round_number += 1
        if is_all or not is_solved or (best.value <= before and round_number >= _LEAST_ROUNDS):
            return best, is_solved
    return best, True


def branch(
    kernel: Kernel, best: Best, useful: Mask, needed: Mask, effort: Effort, *, whole: bool, bounds: bool
) -> tuple[Best, bool]:
    """HiGHS on these candidates, merged anew, from the best choice known; and whether it came to an end.

    ``bounds``: the candidates left out are in no better choice, so that the bound is that of the whole.
    """
    choices = replace(kernel.choices, required=np.flatnonzero(needed), forbidden=np.flatnonzero(~useful))
    if choices.are_contradictory:
        return (best.with_bound(best.value, whole) if bounds else best), True
    rest = part_of(kernel, useful, needed)
    model = cover_model(rest, np.ones(rest.site_count, dtype=np.bool_))
    is_inside = bool(np.isin(best.chosen, np.concatenate((rest.sites, rest.taken))).all())
    is_inside &= bool(np.isin(rest.taken, best.chosen).all())
    start = start_of(rest, np.flatnonzero(np.isin(rest.sites, best.chosen))) if is_inside else None
    answer = minimise(model, effort, Goal(1.0 if whole else 0.0), start=start)
    method = best.method if best.method.endswith("+highs") else best.method + "+highs"
    if answer.values is not None:
        chosen = rest.whole_choice(np.flatnonzero(answer.values[: rest.site_count] > 0.5))
        if kernel.choices.allow(chosen):
            best = best.or_better(kernel, chosen, method)
    if bounds:
        open_bound = -np.inf if answer.outcome is Outcome.INFEASIBLE else kernel.base + rest.base - answer.bound
        best = replace(best, method=method).with_bound(max(best.value, open_bound), whole)
    return best, answer.outcome is not Outcome.STOPPED
