"""How each group of workers gets about: what carries them to a station, and how fast."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from geodata.errors import InvalidValue
from geodata.stations.vocabulary import WorkerGroup
from geodata.travel.straight_line import TravelMode

SLOWEST_KMH: Final = 1.0
FASTEST_KMH: Final = 120.0


@dataclass(frozen=True, slots=True)
class Movement:
    """A mode and its speed along the way, 1 to 120 km/h."""

    mode: TravelMode
    speed_kmh: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.speed_kmh) and SLOWEST_KMH <= self.speed_kmh <= FASTEST_KMH):
            raise InvalidValue(
                f"A speed is {SLOWEST_KMH:g} to {FASTEST_KMH:g} km/h.", field="speed_kmh", code="out_of_range"
            )


DEFAULT_MOVEMENT: Final[Mapping[WorkerGroup, Movement]] = MappingProxyType(
    {
        WorkerGroup.RIDERS: Movement(TravelMode.EBIKE, 18.0),
        WorkerGroup.COURIERS: Movement(TravelMode.EBIKE, 18.0),
        WorkerGroup.DRIVERS: Movement(TravelMode.CAR, 30.0),
        WorkerGroup.SANITATION: Movement(TravelMode.WALK, 4.8),
        WorkerGroup.CONSTRUCTION: Movement(TravelMode.WALK, 4.8),
        WorkerGroup.TRAFFIC: Movement(TravelMode.WALK, 4.8),
    }
)
"""Assumed until somebody says otherwise: riders and couriers by e-bike, drivers by car, the rest on foot."""
