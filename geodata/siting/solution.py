"""What a solver hands back: sites, their value, and a bound that is true whatever stopped the search.

The one promise of this module: ``proven`` holds only where the bound meets the objective. A solver's own word for its
state is never repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]

MEETS_SHARE = 1e-6
"""Relative; a bound of real-valued sums this near its objective meets it: a solver's own tolerance. Whole numbers are
compared exactly."""


class Status(StrEnum):
    """How a search ended."""

    OPTIMAL = "optimal"
    """Proven: the bound meets the objective."""
    FEASIBLE = "feasible"
    """Sites that keep every condition; better ones may exist, up to the bound."""
    INFEASIBLE = "infeasible"
    """Proven: no choice keeps every condition."""
    UNKNOWN = "unknown"
    """The time was over before a choice that keeps every condition was found, or shown not to exist."""


@dataclass(frozen=True, slots=True)
class Level:
    """One of several values in order: what is reached, and what no choice exceeds that reaches the values before."""

    value: float
    bound: float

    @property
    def proven(self) -> bool:
        """Whether no such choice reaches more."""
        return self.bound - self.value <= MEETS_SHARE


@dataclass(frozen=True, slots=True)
class Solution:
    """A choice of sites.

    ``objective`` and ``bound`` are in the problem's own unit. The bound lies above the best possible value where more
    is better (``maximising``) and below it where less is. ``gap_share`` is in 0–1: the objective reaches at least
    ``1 - gap_share`` of the best possible (where less is better: the best possible is at least that share of it).
    ``sites`` are candidate numbers in ascending order. ``method`` names what found the sites and what the bound.
    """

    status: Status
    objective: float | None
    bound: float | None
    maximising: bool
    sites: tuple[int, ...]
    method: str
    seconds: float
    levels: tuple[Level, ...] = ()
    """Where values are raised one after another: all of them, the first being ``objective`` and ``bound``."""
    in_all: Level | None = None
    """What decides between choices whose levels are the same."""

    @property
    def proven(self) -> bool:
        """Whether no other choice can be better: where there are ``levels``, in any of them or ``in_all``."""
        return self.status is Status.OPTIMAL

    @property
    def gap_share(self) -> float | None:
        """How much better another choice could be, as a share; None without an objective or a bound."""
        if self.objective is None or self.bound is None:
            return None
        return gap_share(self.objective, self.bound, maximising=self.maximising)


def gap_share(objective: float, bound: float, *, maximising: bool) -> float:
    """The share by which the best possible could be better: 0 where the bound meets the objective, at most 1."""
    low, high = (objective, bound) if maximising else (bound, objective)
    return 0.0 if high <= low or high <= 0 else min(1.0, (high - low) / high)


def found(
    sites: Rows, objective: float, bound: float, *, maximising: bool, whole: bool, method: str, seconds: float
) -> Solution:
    """The solution with these sites; the bound is rounded to a whole number where the objective must be ``whole``."""
    bound = tightened(bound, whole=whole, maximising=maximising)
    bound = max(bound, objective) if maximising else min(bound, objective)
    gap = abs(bound - objective)
    proven = gap < 0.5 if whole else gap <= MEETS_SHARE * max(abs(objective), abs(bound))
    return Solution(
        Status.OPTIMAL if proven else Status.FEASIBLE,
        float(objective),
        float(objective if proven and whole else bound),
        maximising,
        tuple(int(site) for site in np.sort(sites)),
        method,
        seconds,
    )


def nothing_found(status: Status, *, maximising: bool, method: str, seconds: float) -> Solution:
    """The answer without sites: infeasible, or not known."""
    return Solution(status, None, None, maximising, (), method, seconds)


def tightened(bound: float, *, whole: bool, maximising: bool) -> float:
    """A bound on a whole number, rounded towards the values it may take."""
    if not whole or not np.isfinite(bound):
        return bound
    slack = 1e-6 * max(1.0, abs(bound) * 1e-3)
    return float(np.floor(bound + slack) if maximising else np.ceil(bound - slack))


def is_whole(*values: Floats) -> bool:
    """Whether sums of these numbers are whole and exact in 64-bit floating point."""
    return all(bool(np.all(each == np.rint(each))) and float(np.abs(each).sum()) < 2**52 for each in values)
