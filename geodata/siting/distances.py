"""Cost matrices of p-median and p-center, and where points stand between the sites chosen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.errors import InvalidValue
from geodata.siting.choices import Choices
from geodata.siting.solution import Floats, Rows


@dataclass(frozen=True, slots=True, eq=False)
class DistanceProblem:
    """Serve each of n points from one of m candidates.

    ``costs`` (n, m) ≥ 0, infinite where a candidate cannot serve a point; ``weights`` (n,) ≥ 0. Of ``choices`` the
    count, required and forbidden candidates are kept to; a budget and groups are not taken here.
    """

    weights: Floats
    costs: Floats
    choices: Choices

    def __post_init__(self) -> None:
        if self.costs.ndim != 2 or self.costs.shape != (len(self.weights), self.choices.candidate_count):
            raise InvalidValue("cost must have one row a demand point and one column a candidate.", field="cost")
        if bool(np.isnan(self.costs).any()) or bool((self.costs < 0).any()):
            raise InvalidValue("A cost must be a number of at least 0, or infinite.", field="cost")
        if not bool(np.all(np.isfinite(self.weights) & (self.weights >= 0))):
            raise InvalidValue("Demand must be finite numbers of at least 0.", field="demand")
        if not self.choices.is_plain or self.choices.limit_count is None:
            raise InvalidValue("The number of sites is needed, and no budget or groups.", field="p")

    @property
    def limit_count(self) -> int:
        """How many sites, at most."""
        return min(self.choices.limit_count or 0, int(self.allowed.size))

    @property
    def allowed(self) -> Rows:
        """The candidates that are not forbidden, ascending."""
        allowed = np.ones(self.choices.candidate_count, dtype=np.bool_)
        allowed[self.choices.forbidden] = False
        return np.flatnonzero(allowed)

    def nearest(self, sites: Rows) -> Floats:
        """The least cost of each point to these sites, (n,); infinite without any."""
        return self.costs[:, sites].min(axis=1) if len(sites) else np.full(len(self.weights), np.inf)


@dataclass(slots=True, eq=False)
class Nearest:
    """For each point the slot of its nearest site, the cost to it, and the cost to the second nearest; all (n,)."""

    slot: Rows
    first: Floats
    second: Floats


def nearest_two(by_site: Floats, chosen: Rows) -> Nearest:
    """Where points stand between chosen rows of ``by_site`` (m, n)."""
    table = by_site[chosen]
    points = np.arange(table.shape[1])
    slot = np.argmin(table, axis=0)
    first = table[slot, points].copy()
    if len(chosen) == 1:
        return Nearest(slot, first, np.full_like(first, np.inf))
    table = table.copy() if table.base is not None else table
    table[slot, points] = np.inf
    return Nearest(slot, first, table.min(axis=0))
