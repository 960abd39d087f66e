"""Sums by row number."""

from __future__ import annotations

import numpy as np

from geodata.coordinates import Floats
from geodata.stations.ordering import Rows


def summed(rows: Rows, values: Floats, count: int) -> Floats:
    """The sum of the values with each row number; two of (m,) to (count,)."""
    return np.asarray(np.bincount(rows, weights=values, minlength=count), dtype=np.float64)
