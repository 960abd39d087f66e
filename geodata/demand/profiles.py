"""The model behind modelled demand: how many workers of each group, and when they are out.

Nobody publishes worker counts by cell and hour. Everything in this module is an *assumption*, chosen to be
plausible and easy to replace; no number here is a statistic and none may be quoted as one. Layers built from
it are marked ``is_modelled``. Counts uploaded by a city replace it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from geodata.coordinates import Floats
from geodata.demand.points import HOURS_A_WEEK
from geodata.errors import InvalidValue
from geodata.stations.vocabulary import WorkerGroup

WORKERS_PER_1000_RESIDENTS: Final[Mapping[WorkerGroup, float]] = MappingProxyType(
    {
        WorkerGroup.RIDERS: 5.0,
        WorkerGroup.COURIERS: 3.0,
        WorkerGroup.DRIVERS: 9.0,
        WorkerGroup.SANITATION: 4.0,
        WorkerGroup.CONSTRUCTION: 8.0,
        WorkerGroup.TRAFFIC: 1.5,
    }
)
"""Assumed workers of each group per 1,000 residents; averaged over the week, not heads on a payroll."""


@dataclass(frozen=True, slots=True)
class _Week:
    """24 weights of a weekday, and what Saturday and Sunday are of it."""

    weekday: Sequence[float]
    saturday_share: float
    sunday_share: float


_WEEKS: Final[Mapping[WorkerGroup, _Week]] = MappingProxyType(
    {
        # Two meal peaks, a long evening, some all night; busier at the weekend.
        WorkerGroup.RIDERS: _Week(
            (3, 2, 1.5, 1, 1, 1, 2, 4, 5, 6, 8, 13, 13, 9, 6, 6, 8, 12, 13, 11, 9, 8, 6, 4), 1.1, 1.1
        ),
        # Sorting at dawn, a morning and an afternoon round.
        WorkerGroup.COURIERS: _Week(
            (0, 0, 0, 0, 0, 1, 4, 8, 11, 11, 10, 8, 5, 6, 9, 10, 10, 9, 7, 4, 2, 1, 0, 0), 0.95, 0.75
        ),
        # Ride-hailing follows the commute, trucks the night: never empty.
        WorkerGroup.DRIVERS: _Week(
            (4, 4, 3.5, 3.5, 4, 5, 7, 9, 9, 8, 7, 7, 6, 6, 7, 7, 8, 9, 9, 8, 7, 7, 6, 5), 0.95, 0.9
        ),
        # Before the city wakes, and again in the afternoon; every day alike.
        WorkerGroup.SANITATION: _Week(
            (0, 0, 0, 1, 6, 11, 12, 11, 9, 8, 7, 4, 2, 4, 9, 10, 9, 7, 4, 3, 2, 1, 0, 0), 1.0, 0.95
        ),
        # Daylight, a long noon break, shorter at the weekend.
        WorkerGroup.CONSTRUCTION: _Week(
            (0, 0, 0, 0, 0, 1, 6, 11, 12, 12, 12, 8, 3, 6, 11, 12, 12, 10, 5, 2, 1, 0, 0, 0), 0.9, 0.6
        ),
        # At the junctions through both rush hours, a few on the road all night.
        WorkerGroup.TRAFFIC: _Week(
            (1, 1, 1, 1, 1, 2, 7, 13, 13, 9, 7, 8, 8, 7, 7, 8, 10, 14, 13, 8, 5, 4, 3, 2), 0.8, 0.7
        ),
    }
)


def week_profile(group: WorkerGroup) -> Floats:
    """The group's assumed activity by hour of the week, shape (168,), mean 1; hour 0 is Monday 00-01."""
    week = _WEEKS[group]
    day = np.asarray(week.weekday, dtype=float)
    hours = np.concatenate((np.tile(day, 5), day * week.saturday_share, day * week.sunday_share))
    profile: Floats = hours / hours.mean()
    return profile


def normalised_profile(levels: Sequence[float] | Floats) -> Floats:
    """168 levels, in whatever unit, as a profile of mean 1.

    Raises
    ------
    InvalidValue
        Not 168 of them, one is negative or not finite, or all are 0.
    """
    profile: Floats = np.asarray(levels, dtype=np.float64)
    if profile.shape != (HOURS_A_WEEK,):
        raise InvalidValue("A week has 168 hours.", field="profile", code="length")
    if not np.isfinite(profile).all() or (profile < 0).any():
        raise InvalidValue("Levels are numbers from 0.", field="profile", code="out_of_range")
    highest = profile.max()
    if highest <= 0:
        raise InvalidValue("At least one hour needs a level above 0.", field="profile", code="empty")
    scaled: Floats = profile / highest
    normal: Floats = scaled / scaled.mean()
    return normal
