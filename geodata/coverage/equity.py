"""How unevenly something is spread over workers: weighted Gini, Palma ratio, and the FGT family below a line.

Values are per worker (room, minutes, a covered share), weights are workers. Points without workers do not count.
Whoever has nothing at all is a value of 0 and counts; who has no finite value cannot be averaged and is refused.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from geodata.coordinates import Floats
from geodata.errors import InvalidValue

_TOP_SHARE: Final = 0.1
_BOTTOM_SHARE: Final = 0.4


def gini(values: Floats, weights: Floats) -> float | None:
    """The weighted Gini coefficient: 0 where all have alike, (n − 1)/n where one of n alike has all.

        G = Σ_i Σ_j w_i w_j |x_i − x_j| ÷ (2 W² x̄)

    which, sorted by x, is 1 − Σ_i w_i (L_i + L_i-1) ÷ W with the Lorenz curve L. None without workers, or where
    nobody has anything.
    """
    x, w = _counted(values, weights)
    held = float(x @ w)
    if not held > 0:
        return None
    order = np.argsort(x, kind="stable")
    lorenz = np.cumsum(x[order] * w[order]) / held
    before = np.concatenate(([0.0], lorenz[:-1]))
    return max(1.0 - float(w[order] @ (lorenz + before)) / float(w.sum()), 0.0)


def palma(values: Floats, weights: Floats) -> float | None:
    """What the best-off tenth of workers has, over what the worst-off two fifths have.

    Workers on an edge are counted in part, by the Lorenz curve between them. None without workers, or where the
    worst-off two fifths have nothing.
    """
    x, w = _counted(values, weights)
    if not float(x @ w) > 0:
        return None
    order = np.argsort(x, kind="stable")
    people = np.concatenate(([0.0], np.cumsum(w[order]))) / float(w.sum())
    held = np.concatenate(([0.0], np.cumsum(x[order] * w[order])))
    bottom = float(np.interp(_BOTTOM_SHARE, people, held))
    top = float(held[-1] - np.interp(1 - _TOP_SHARE, people, held))
    return top / bottom if bottom > 0 else None


def fgt(values: Floats, weights: Floats, line: float, order: int) -> float | None:
    """Foster, Greer and Thorbecke's measure of those below a line (Econometrica 52 (1984) 761-766).

        FGT_a = Σ w_i ((z − x_i) ÷ z)^a over x_i < z  ÷  Σ w_i

    Order 0 is the share of workers below, 1 the mean shortfall, 2 weighs deep shortfalls more. On the line is not
    below it. None without workers.
    """
    if not (np.isfinite(line) and line > 0 and order in {0, 1, 2}):
        raise InvalidValue("The line must be above 0, the order 0, 1 or 2.", field="line", code="out_of_range")
    x, w = _counted(values, weights)
    if not len(w):
        return None
    below = x < line
    shortfall = (line - x[below]) / line
    return float(w[below] @ shortfall**order) / float(w.sum())


def _counted(values: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """The values that somebody has, with their workers."""
    if values.shape != weights.shape or not np.isfinite(weights).all() or (weights < 0).any():
        raise InvalidValue("Weights are numbers of 0 or more, one a value.", field="weights", code="out_of_range")
    counts = weights > 0
    x, w = values[counts], weights[counts]
    if not np.isfinite(x).all() or (x < 0).any():
        raise InvalidValue("Values are numbers of 0 or more.", field="values", code="out_of_range")
    return x, w
