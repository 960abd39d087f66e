"""Travel time from the straight line: distance × detour ÷ speed.

    travel_time_s = distance_m × detour_factor ÷ (speed_kmh ÷ 3.6)

evaluated from left to right in double precision and never rounded, so that the phone's search, which
uses the same formula, agrees with the server's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, overload

from geodata.coordinates import Floats
from geodata.errors import InvalidValue
from geodata.stations.vocabulary import LabelledCode

_SLOWEST_KMH: Final = 0.1
_FASTEST_KMH: Final = 1000.0
_LARGEST_DETOUR: Final = 10.0


class TravelMode(LabelledCode):
    """How somebody gets to a station."""

    WALK = "walk", "步行", "walk"
    EBIKE = "ebike", "电动车", "e-bike"
    CAR = "car", "驾车", "car"


@dataclass(frozen=True, slots=True, kw_only=True)
class StraightLineTravel:
    """Travel at a steady speed along a way ``detour_factor`` times as long as the straight line.

    Speeds are 0.1 to 1,000 km/h, the detour factor 1 to 10.
    """

    walk_kmh: float = 4.8
    ebike_kmh: float = 18.0
    car_kmh: float = 30.0
    detour_factor: float = 1.3

    def __post_init__(self) -> None:
        for field in ("walk_kmh", "ebike_kmh", "car_kmh"):
            _check(field, getattr(self, field), _SLOWEST_KMH, _FASTEST_KMH)
        _check("detour_factor", self.detour_factor, 1.0, _LARGEST_DETOUR)

    def speed_kmh(self, mode: TravelMode) -> float:
        """The speed of a mode."""
        return {TravelMode.WALK: self.walk_kmh, TravelMode.EBIKE: self.ebike_kmh, TravelMode.CAR: self.car_kmh}[mode]

    @overload
    def time_s(self, distance_m: float, mode: TravelMode) -> float: ...
    @overload
    def time_s(self, distance_m: Floats, mode: TravelMode) -> Floats: ...
    def time_s(self, distance_m: float | Floats, mode: TravelMode) -> float | Floats:
        """The travel time for a straight-line distance, or for an array of them; not rounded."""
        return distance_m * self.detour_factor / (self.speed_kmh(mode) / 3.6)


def _check(field: str, value: float, least: float, most: float) -> None:
    if not (math.isfinite(value) and least <= value <= most):
        raise InvalidValue(f"{field} must be {least:g} to {most:g}, not {value:g}.", field=field, code="out_of_range")
