"""Covering as a linear model for HiGHS: a column for each candidate and for each point, and the conditions as rows."""

from __future__ import annotations

import numpy as np

from geodata.siting.choices import NO_GROUP
from geodata.siting.kernel import Kernel
from geodata.siting.mixed_integer import Model
from geodata.siting.solution import Floats, Mask, Rows


def cover_model(kernel: Kernel, useful: Mask) -> Model:
    """Columns: a site of ``useful`` each, then a point each; rows: y_i ≤ Σ x_j, the count, the budget, the groups."""
    covers = kernel.by_point.kept(np.ones(len(kernel.weights), dtype=np.bool_), useful)
    n, m = covers.point_count, covers.candidate_count
    lengths = covers.lengths + 1
    indptr = np.concatenate(([0], np.cumsum(lengths)))
    indices, values = np.empty(indptr[-1], dtype=np.int64), np.ones(indptr[-1])
    own = indptr[1:] - 1
    others = np.ones(len(indices), dtype=np.bool_)
    others[own] = False
    indices[own], values[own] = m + np.arange(n), -1.0
    indices[others] = covers.indices
    extra = list(side_rows(kernel, useful))
    for columns, factors, _limit in extra:
        indices, values = np.concatenate((indices, columns)), np.concatenate((values, factors))
        indptr = np.append(indptr, indptr[-1] + len(columns))
    no_limit, limits = np.full(n, np.inf), np.array([limit for _c, _f, limit in extra], dtype=np.float64)
    return Model(
        np.concatenate((np.zeros(m), -kernel.weights)),
        np.zeros(m + n),
        np.ones(m + n),
        np.arange(m + n) < m,
        np.concatenate((np.zeros(n), np.full(len(extra), -np.inf))),
        np.concatenate((no_limit, limits)),
        indptr,
        indices,
        values,
    )


def side_rows(kernel: Kernel, useful: Mask) -> list[tuple[Rows, Floats, float]]:
    """Columns, factors and upper limits of the conditions: the count, the budget, one of a group."""
    choices, count = kernel.choices, int(useful.sum())
    rows: list[tuple[Rows, Floats, float]] = []
    if choices.limit_count is not None:
        rows.append((np.arange(count), np.ones(count), float(choices.limit_count)))
    if choices.budget is not None:
        rows.append((np.arange(count), choices.costs[useful], choices.budget))
    groups = choices.groups[useful]
    for group in np.unique(groups[groups != NO_GROUP]):
        columns = np.flatnonzero(groups == group)
        if len(columns) > 1:
            rows.append((columns, np.ones(len(columns)), 1.0))
    return rows


def start_of(kernel: Kernel, chosen: Rows) -> Floats:
    """The columns' values of a choice of the kernel."""
    taken = np.zeros(kernel.site_count)
    taken[chosen] = 1.0
    return np.concatenate((taken, kernel.by_point.covered_by(chosen).astype(np.float64)))
