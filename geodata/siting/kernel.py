"""The kernel of a covering problem: what is left of it once everything that decides itself is decided.

Required sites are taken, points nobody can cover are dropped, points with the same candidates become one that weighs as
much as they do together. None of it changes the value of any choice that is still open.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.errors import InvalidValue
from geodata.siting.choices import NO_GROUP, Choices
from geodata.siting.covers import Covers
from geodata.siting.solution import Floats, Mask, Rows, is_whole

_MOST_PAIRS = 4_000_000
"""Pairs of candidates that share a point; looking for dominated ones beyond would cost more than it saves."""


@dataclass(frozen=True, slots=True, eq=False)
class CoverProblem:
    """Points with ``weights`` (n,) ≥ 0, who covers them, and what may be chosen.

    A point counts once, however many chosen candidates cover it; ``covered_already`` (n,) ones count in any case.
    ``districts`` (n,) are whole numbers of at least 0; only fairness looks at them.
    """

    weights: Floats
    covers: Covers
    choices: Choices
    covered_already: Mask | None = None
    districts: Rows | None = None

    def __post_init__(self) -> None:
        if len(self.weights) != self.covers.point_count:
            raise InvalidValue("demand and covers must name the same points.", field="demand")
        if not bool(np.all(np.isfinite(self.weights) & (self.weights >= 0))):
            raise InvalidValue("Demand must be finite numbers of at least 0.", field="demand")
        if self.covers.candidate_count != self.choices.candidate_count:
            raise InvalidValue("covers and choices must name the same candidates.", field="covers")

    @property
    def is_whole(self) -> bool:
        """Whether every value is a whole number."""
        return is_whole(self.weights)

    def value(self, sites: Rows) -> float:
        """The weight these sites cover, with what is covered already."""
        covered = self.covers.covered_by(sites)
        if self.covered_already is not None:
            covered |= self.covered_already
        return float(self.weights[covered].sum())


@dataclass(frozen=True, slots=True, eq=False)
class Kernel:
    """An equal problem without what is decided.

    ``by_point`` and ``by_site`` are the same covers in both directions; ``sites`` (m,) are the candidates' numbers in
    the whole problem, ``taken`` those decided for, ``base`` the weight they and what exists cover. ``districts`` (n,)
    are the points'; without any they are all 0.
    """

    weights: Floats
    by_point: Covers
    by_site: Covers
    choices: Choices
    sites: Rows
    taken: Rows
    base: float
    districts: Rows

    @property
    def site_count(self) -> int:
        """How many candidates are open, m."""
        return len(self.sites)

    @property
    def capacity(self) -> int:
        """The most candidates a choice can hold."""
        most = self.site_count if self.choices.limit_count is None else min(self.site_count, self.choices.limit_count)
        if self.choices.budget is not None:
            cheapest = np.cumsum(np.sort(self.choices.costs))
            most = min(most, int(np.searchsorted(cheapest, self.choices.budget * (1 + 1e-9) + 1e-9, side="right")))
        return most

    def value(self, chosen: Rows) -> float:
        """The weight covered with these candidates of the kernel, in all."""
        return self.base + float(self.weights[self.by_point.covered_by(chosen)].sum())

    def whole_choice(self, chosen: Rows) -> Rows:
        """Candidates of the kernel as candidates of the problem, with those decided for."""
        return np.unique(np.concatenate((self.taken, self.sites[chosen])))

    def gains(self) -> Floats:
        """What each candidate would add to nothing, (m,)."""
        return gains_of(self.by_point, self.weights)


def gains_of(by_point: Covers, weights: Floats) -> Floats:
    """For each candidate the weight of the points it covers, (m,)."""
    entries = np.repeat(weights, by_point.lengths)
    return np.bincount(by_point.indices, entries, minlength=by_point.candidate_count).astype(np.float64)


def kernel_of(problem: CoverProblem, *, without_dominated: bool = False) -> Kernel:
    """The kernel of a problem whose required candidates are not contradictory."""
    taken = np.unique(problem.choices.required)
    covered = problem.covers.covered_by(taken)
    if problem.covered_already is not None:
        covered |= problem.covered_already
    free = problem.choices.free
    by_point = problem.covers.kept(~covered & (problem.weights > 0), free)
    weights = problem.weights[~covered & (problem.weights > 0)]
    districts = np.zeros(len(covered), dtype=np.int64) if problem.districts is None else problem.districts
    districts = districts[~covered & (problem.weights > 0)]
    firsts = by_point.equal_rows(districts)
    weights = np.bincount(firsts, weights, minlength=len(weights)).astype(np.float64)
    kept_points = (firsts == np.arange(len(firsts))) & (by_point.lengths > 0)
    gaining = np.zeros(by_point.candidate_count, dtype=np.bool_)
    gaining[by_point.indices] = True
    choices = problem.choices.remaining(free)
    if without_dominated:
        gaining &= ~dominated(by_point.kept(kept_points, np.ones_like(gaining)), choices)
    by_point = by_point.kept(kept_points, gaining)
    sites = np.flatnonzero(free)[gaining]
    base = float(problem.weights[covered].sum())
    return Kernel(
        weights[kept_points], by_point, by_point.turned(), choices.remaining(gaining), sites, taken, base,
        districts[kept_points],
    )  # fmt: skip


def dominated(by_point: Covers, choices: Choices) -> Mask:
    """Candidates that another, no dearer one outdoes: it covers all they cover, (m,).

    Of equal ones the first stays. Where one of a group is taken its fellows are shut out, so such candidates neither
    are dominated nor dominate, unless both are of the same group. Too large a problem is left as it is.
    """
    nothing = np.zeros(by_point.candidate_count, dtype=np.bool_)
    if int((by_point.lengths**2).sum()) > _MOST_PAIRS:
        return nothing
    from scipy import sparse

    shape = (by_point.point_count, by_point.candidate_count)
    matrix = sparse.csr_matrix((np.ones(len(by_point.indices), np.int32), by_point.indices, by_point.indptr), shape)
    shared = sparse.coo_matrix(matrix.T @ matrix)
    sizes = np.bincount(by_point.indices, minlength=by_point.candidate_count)
    small, large = shared.row.astype(np.int64), shared.col.astype(np.int64)
    costs, groups = choices.costs, choices.groups
    outdone = (shared.data == sizes[small]) & (small != large) & (costs[large] <= costs[small])
    outdone &= (groups[large] == NO_GROUP) | (groups[large] == groups[small])
    equal = (sizes[small] == sizes[large]) & (costs[large] == costs[small])
    same_standing = equal & ((groups[small] == NO_GROUP) | (groups[large] == groups[small]))
    outdone &= ~same_standing | (large < small)
    nothing[small[outdone]] = True
    return nothing
