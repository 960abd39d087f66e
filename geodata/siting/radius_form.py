"""The radius form of p-median: a model for HiGHS with columns for sites, and for distances nobody is within.

z_ik is 1 if no chosen site lies within the k-th distance of point i (Cornuéjols, Nemhauser and Wolsey 1980).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from geodata.siting.mixed_integer import Model
from geodata.siting.solution import Floats, Rows


def radius_form(
    by_point: Floats, cap: Floats, limit: int, required: Rows, unserved: float
) -> tuple[Model, Callable[[Rows], Floats]]:
    """The model over m sites, and a function from chosen sites to its columns; costs are those above each least."""
    n, m = by_point.shape
    order = np.argsort(by_point, axis=1, kind="stable")
    ordered = np.take_along_axis(by_point, order, axis=1)
    fresh = np.ones((n, m), dtype=np.bool_)
    fresh[:, 1:] = ordered[:, 1:] > ordered[:, :-1]
    rank = np.cumsum(fresh, axis=1) - 1
    # z_ik for k = 0 .. last; the step above the last distance within the cap is not needed: within it somebody must be.
    within = ordered <= np.maximum(cap, ordered[:, 0])[:, None] * (1 + 1e-9)
    within &= ordered < unserved
    last = np.where(
        within.any(axis=1), np.take_along_axis(rank, within.sum(axis=1, keepdims=True) - 1, axis=1)[:, 0], -1
    )
    offsets = np.concatenate(([0], np.cumsum(np.maximum(last, 0))))
    row_of = offsets[:-1, None] + np.arange(n)[:, None] + rank
    kept = within
    # rows: for each point, ranks 0..last: Σ_{rank = k} x + z_k - z_{k-1} >= 0 (k=0: >= 1); z_last is absent
    row_count = int(offsets[-1] + n)
    rows = [row_of[kept]]
    cols = [order[kept]]
    vals = [np.ones(int(kept.sum()))]
    z_total = int(offsets[-1])
    z_ids = np.arange(z_total)
    z_point = np.repeat(np.arange(n), np.maximum(last, 0))
    z_rank = z_ids - offsets[z_point]
    base_row = offsets[z_point] + z_point
    rows += [base_row + z_rank, base_row + z_rank + 1]
    cols += [m + z_ids, m + z_ids]
    vals += [np.ones(z_total), -np.ones(z_total)]
    lower = np.zeros(row_count)
    lower[offsets[:-1] + np.arange(n)] = 1.0
    rows += [np.full(m, row_count)]
    cols += [np.arange(m)]
    vals += [np.ones(m)]
    row, col, val = np.concatenate(rows), np.concatenate(cols), np.concatenate(vals)
    by_row = np.argsort(row, kind="stable")
    indptr = np.concatenate(([0], np.cumsum(np.bincount(row, minlength=row_count + 1))))
    distinct = np.zeros((n, m))
    np.put_along_axis(distinct, rank, ordered, axis=1)
    steps = distinct[z_point, z_rank + 1] - distinct[z_point, z_rank]
    low = np.zeros(m + z_total)
    low[required] = 1.0
    model = Model(
        np.concatenate((np.zeros(m), steps)), low, np.ones(m + z_total), np.arange(m + z_total) < m,
        np.append(lower, -np.inf), np.append(np.full(row_count, np.inf), float(limit)),
        indptr, col[by_row], val[by_row],
    )  # fmt: skip

    def start(chosen: Rows) -> Floats:
        x = np.zeros(m)
        x[chosen] = 1.0
        nearest = by_point[:, chosen].min(axis=1)
        return np.concatenate((x, (distinct[z_point, z_rank] < nearest[z_point]).astype(np.float64)))

    return model, start
