"""Shapes too intricate to be spread: what laying them over cells would cost is looked at before it is tried.

Overlays find every place where a shape crosses itself. A few hundred long edges can cross each other a hundred
thousand times, which takes gigabytes; a coast of a hundred thousand corners crosses itself nowhere.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.coordinates import Floats

MOST_CORNERS: Final = 100_000
"""Of one row; a province's outline has a tenth."""
MOST_LENGTH_DEG: Final = 100.0
"""Of one line, or the outline of one area of many corners: some ten thousand kilometres."""
_MANY_CORNERS: Final = 1_000
MOST_CROSSINGS: Final = 100_000
_MOST_NEAR_PAIRS: Final = 5_000_000
_PAIRS_AT_ONCE: Final = 1_000_000


def is_too_intricate(shape: BaseGeometry) -> bool:
    """Whether a line or polygon in degrees has more corners, length or crossings than any street or district.

    A valid polygon crosses itself nowhere, so its edges are not compared.
    """
    corner_count = shapely.get_num_coordinates(shape)
    is_line = "Line" in shape.geom_type
    if corner_count > MOST_CORNERS:
        return True
    if shape.length > MOST_LENGTH_DEG and (is_line or corner_count > _MANY_CORNERS):
        return True
    is_sound = "Point" in shape.geom_type or (not is_line and shape.is_valid)
    return not is_sound and _crosses_itself_too_often(shape)


def _crosses_itself_too_often(shape: BaseGeometry) -> bool:
    edges = np.atleast_1d(np.asarray(shapely.linestrings(_edges(shape)), dtype=np.object_))
    if len(edges) * len(edges) <= MOST_CROSSINGS:
        return False
    tree = shapely.STRtree(edges)
    step = max(1, _PAIRS_AT_ONCE // len(edges))
    near_count = crossing_count = 0
    for start in range(0, len(edges), step):
        some = edges[start : start + step]
        near_count += tree.query(some).shape[1]
        if near_count > _MOST_NEAR_PAIRS:
            return True
        crossing_count += tree.query(some, predicate="crosses").shape[1]
        if crossing_count > 2 * MOST_CROSSINGS:  # each is met from both its edges
            return True
    return False


def _edges(shape: BaseGeometry) -> Floats:
    """Every edge with its two ends, (n, 2, 2)."""
    corners, part = shapely.get_coordinates(_lines(shape), return_index=True)
    joined = part[:-1] == part[1:]
    edges: Floats = np.stack([corners[:-1], corners[1:]], axis=1)[joined]
    return edges


def _lines(shape: BaseGeometry) -> np.ndarray[tuple[int, ...], np.dtype[np.object_]]:
    parts = shapely.get_parts(shape)
    return shapely.get_rings(parts) if "Polygon" in shape.geom_type else parts
