"""Scattering points around settlements: dense in the middle, thinning outwards, inside the outline."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import shapely

from geodata.coordinates import LonLat
from geodata.places import Place, Settlement, SettlementRole, Unit
from geodata.sample.shares import draw

FARTHEST_SPREADS: Final = 4.0
"""How far from its settlement a point may land, in spreads."""

MIN_GAP_M: Final = 70.0
"""No two scattered points are nearer to each other, metres."""

_MAX_TRIES: Final = 1000

RoleWeights = Mapping[SettlementRole, float]


class Scatter:
    """Points drawn one by one; remembers them all to keep its distance."""

    def __init__(self, place: Place, rng: np.random.Generator) -> None:
        self._place = place
        self._rng = rng
        self._taken_m: list[tuple[float, float]] = []

    def draw_in(self, unit: Unit, roles: RoleWeights) -> LonLat:
        """A new position in the unit, near one of its settlements; ``roles`` weigh urban, town and freight."""
        choices = self._choices(unit, roles)
        for _ in range(_MAX_TRIES):
            point_m = self._near(draw(self._rng, choices))
            lon, lat = (round(float(degrees), 6) for degrees in self._place.plane.to_lonlat(*point_m))
            if shapely.contains_xy(unit.outline, lon, lat) and self._is_free(point_m):
                self._taken_m.append(point_m)
                return LonLat(lon, lat)
        raise RuntimeError(f"No free position was found in {unit.name_en}: its settlements lie outside its outline.")

    def _choices(self, unit: Unit, roles: RoleWeights) -> Sequence[tuple[Settlement, float]]:
        own = [each for each in self._place.settlements if each.unit_code == unit.code]
        weighted = [(each, each.share * roles[each.role]) for each in own]
        return weighted if any(weight for _each, weight in weighted) else [(each, each.share) for each in own]

    def _near(self, settlement: Settlement) -> tuple[float, float]:
        """A draw whose density falls as exp(-d / spread): the distance is Gamma(2), the direction uniform."""
        x_m, y_m = self._place.plane.to_xy_m(settlement.at.lon, settlement.at.lat)
        spreads = self._rng.standard_gamma(2.0)
        while spreads > FARTHEST_SPREADS:
            spreads = self._rng.standard_gamma(2.0)
        direction = self._rng.uniform(0.0, 2 * math.pi)
        distance_m = spreads * settlement.spread_m
        return float(x_m) + distance_m * math.cos(direction), float(y_m) + distance_m * math.sin(direction)

    def _is_free(self, point_m: tuple[float, float]) -> bool:
        return all(math.dist(point_m, taken_m) >= MIN_GAP_M for taken_m in self._taken_m)
