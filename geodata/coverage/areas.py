"""Areas that demand points are counted by: the units of a city, or cells as large as a town."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import h3
import numpy as np

from geodata.coordinates import Floats
from geodata.coverage.sums import summed
from geodata.stations.ordering import Rows

OUTSIDE: Final = ""
"""The area of points that are in none."""
TOWN_RESOLUTION: Final = 7
"""H3 cells of about 5 km²: the size of a street or a small town, whose outlines nobody publishes."""


@dataclass(frozen=True, slots=True, eq=False)
class Areas:
    """Each of n points in one of a areas. ``ids`` (n,) are places in ``codes``, which are in order, once each."""

    codes: tuple[str, ...]
    ids: Rows

    @classmethod
    def units(cls, point_units: Sequence[str | None], unit_codes: Sequence[str]) -> Self:
        """By unit, those without points too; points in no unit are in ``OUTSIDE``, which is always there."""
        codes = tuple(sorted({OUTSIDE, *unit_codes}))
        place_of: dict[str | None, int] = {code: place for place, code in enumerate(codes)}
        ids = [place_of.get(code, place_of[OUTSIDE]) for code in point_units]
        return cls(codes, np.array(ids, dtype=np.int64))

    @classmethod
    def towns(cls, cells: Sequence[str], resolution: int = TOWN_RESOLUTION) -> Self:
        """By the larger H3 cell each cell lies in; a cell that is no smaller stands for itself."""
        parents = [h3.cell_to_parent(cell, min(resolution, h3.get_resolution(cell))) for cell in cells]
        codes, ids = np.unique(np.array(parents, dtype=np.str_), return_inverse=True)
        return cls(tuple(codes.tolist()), ids.astype(np.int64).reshape(-1))

    def sums(self, values: Floats) -> Floats:
        """The sum of the points' values in each area; (n,) to (a,)."""
        return summed(self.ids, values, len(self.codes))
