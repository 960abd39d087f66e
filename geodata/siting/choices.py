"""Choices: the candidates, what they cost, which must or must not be taken, and how many one may take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.errors import InvalidValue
from geodata.siting.solution import Floats, Mask, Rows

NO_GROUP = -1


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """Conditions on a set of m candidates.

    At most ``limit_count`` of them (None: any number) for at most ``budget`` in all (None: any sum); ``costs`` (m,)
    are at least 0. Of the candidates with the same number in ``groups`` (m,) at most one is taken: a station open to
    22:00, or around the clock; ``NO_GROUP`` stands alone. All of ``required`` are taken and count; none of
    ``forbidden`` is. What exists already is not among the candidates: it covers for nothing.
    """

    costs: Floats
    groups: Rows
    required: Rows
    forbidden: Rows
    limit_count: int | None = None
    budget: float | None = None

    def __post_init__(self) -> None:
        if len(self.costs) != len(self.groups):
            raise InvalidValue("costs and groups must name the same candidates.", field="costs")
        if not bool(np.all(np.isfinite(self.costs) & (self.costs >= 0))):
            raise InvalidValue("A cost must be a finite number of at least 0.", field="costs")
        for field in ("required", "forbidden"):
            rows: Rows = getattr(self, field)
            if len(rows) and (rows.min() < 0 or rows.max() >= self.candidate_count):
                raise InvalidValue(f"A candidate's number must lie in 0–{self.candidate_count - 1}.", field=field)
        if self.limit_count is not None and self.limit_count < 0:
            raise InvalidValue("The number of sites must be at least 0.", field="p")
        if self.budget is not None and not self.budget >= 0:
            raise InvalidValue("The budget must be at least 0.", field="budget")

    @classmethod
    def of_count(
        cls,
        candidate_count: int,
        limit_count: int | None,
        *,
        required: Rows | None = None,
        forbidden: Rows | None = None,
    ) -> Choices:
        """At most so many of m candidates that cost the same."""
        none = np.empty(0, dtype=np.int64)
        return cls(
            np.ones(candidate_count),
            np.full(candidate_count, NO_GROUP, dtype=np.int64),
            none if required is None else np.unique(required),
            none if forbidden is None else np.unique(forbidden),
            limit_count,
        )

    @property
    def candidate_count(self) -> int:
        """How many candidates."""
        return len(self.costs)

    @property
    def is_plain(self) -> bool:
        """Whether only their number is bounded."""
        return self.budget is None and not bool(np.any(self.groups != NO_GROUP))

    @property
    def are_contradictory(self) -> bool:
        """Whether what is required is already too much, forbidden, or two of one group."""
        required = np.unique(self.required)
        grouped = self.groups[required]
        grouped = grouped[grouped != NO_GROUP]
        return (
            bool(np.isin(required, self.forbidden).any())
            or len(np.unique(grouped)) < len(grouped)
            or (self.limit_count is not None and len(required) > self.limit_count)
            or (self.budget is not None and _above(float(self.costs[required].sum()), self.budget))
        )

    @property
    def free(self) -> Mask:
        """The candidates left to decide on, (m,): neither required nor forbidden, nor shut out by a required one."""
        free = np.ones(self.candidate_count, dtype=np.bool_)
        free[self.forbidden] = False
        free[self.required] = False
        taken_groups = self.groups[self.required]
        free &= ~np.isin(self.groups, taken_groups[taken_groups != NO_GROUP])
        if self.budget is not None:
            free &= ~_all_above(self.costs, self.budget - float(self.costs[np.unique(self.required)].sum()))
        return free

    def remaining(self, free: Mask) -> Choices:
        """The conditions on the candidates in ``free`` alone, once all of ``required`` are taken."""
        required = np.unique(self.required)
        none = np.empty(0, dtype=np.int64)
        return Choices(
            self.costs[free],
            self.groups[free],
            none,
            none,
            None if self.limit_count is None else self.limit_count - len(required),
            None if self.budget is None else max(0.0, self.budget - float(self.costs[required].sum())),
        )

    def allow(self, sites: Rows) -> bool:
        """Whether these sites keep every condition."""
        sites = np.unique(sites)
        grouped = self.groups[sites]
        grouped = grouped[grouped != NO_GROUP]
        return (
            bool(np.isin(self.required, sites).all())
            and not bool(np.isin(self.forbidden, sites).any())
            and len(np.unique(grouped)) == len(grouped)
            and (self.limit_count is None or len(sites) <= self.limit_count)
            and (self.budget is None or not _above(float(self.costs[sites].sum()), self.budget))
        )

    def at_most(self, gains: Floats) -> float:
        """The most that gains (m,) ≥ 0 can add up to under the count, or under the budget: never too little."""
        bounds = [float(gains.sum())]
        if self.limit_count is not None and self.limit_count < len(gains):
            cut = len(gains) - self.limit_count
            bounds.append(float(np.partition(gains, cut - 1)[cut:].sum()) if self.limit_count else 0.0)
        if self.budget is not None:
            bounds.append(_fractional_knapsack(gains, self.costs, self.budget))
        return min(bounds)


def _above(value: float, limit: float) -> bool:
    return value > limit + 1e-9 * max(1.0, abs(limit))


def _all_above(values: Floats, limit: float) -> Mask:
    return values > limit + 1e-9 * max(1.0, abs(limit))


def _fractional_knapsack(gains: Floats, costs: Floats, budget: float) -> float:
    free = costs <= 0
    ratio = gains[~free] / costs[~free]
    order = np.argsort(-ratio, kind="stable")
    spent = np.cumsum(costs[~free][order])
    whole = int(np.searchsorted(spent, budget * (1 + 1e-9) + 1e-9, side="right"))
    total = float(gains[free].sum() + gains[~free][order][:whole].sum())
    if whole < len(order):
        left = max(0.0, budget - (float(spent[whole - 1]) if whole else 0.0))
        total += left * float(ratio[order[whole]])
    return total * (1 + 1e-9)
