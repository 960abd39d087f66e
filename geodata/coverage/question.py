"""A question about coverage: the rule, the workers, the stations and the moment.

*Covered* always names its one rule: within so many metres as the crow flies (how the norm is written), or
within so many minutes by a mode. Both limits are ``<=``. The two are never mixed in one number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from geodata.coordinates import Floats
from geodata.demand.points import HOURS_A_WEEK
from geodata.errors import InvalidValue
from geodata.stations.filters import StationFilter
from geodata.stations.vocabulary import WorkerGroup
from geodata.travel.straight_line import StraightLineTravel, TravelMode


def _check_limit(name: str, value: float, most: float) -> None:
    if not (math.isfinite(value) and 0 < value <= most):
        raise InvalidValue(f"{name} must be above 0 and at most {most:g}.", field=name, code="out_of_range")


@dataclass(frozen=True, slots=True)
class WithinMetres:
    """Covered by a station at most ``limit_m`` metres away in a straight line."""

    limit_m: float

    def __post_init__(self) -> None:
        _check_limit("within", self.limit_m, 100_000)

    @property
    def limit(self) -> float:
        """The limit in the rule's own unit, metres."""
        return self.limit_m

    def measure(self, distance_m: Floats) -> Floats:
        """Straight-line distances in the rule's unit: metres."""
        return distance_m

    @property
    def reach_m(self) -> float:
        """The longest straight line that can be covered, metres."""
        return self.limit_m


@dataclass(frozen=True, slots=True)
class WithinMinutes:
    """Covered by a station at most ``limit_min`` minutes away by ``mode``."""

    limit_min: float
    mode: TravelMode = TravelMode.WALK
    travel: StraightLineTravel = field(default_factory=StraightLineTravel)

    def __post_init__(self) -> None:
        _check_limit("within", self.limit_min, 600)

    @property
    def limit(self) -> float:
        """The limit in the rule's own unit, seconds."""
        return self.limit_min * 60

    def measure(self, distance_m: Floats) -> Floats:
        """Straight-line distances in the rule's unit: seconds of travel."""
        return self.travel.time_s(distance_m, self.mode)

    @property
    def reach_m(self) -> float:
        """The longest straight line that can be covered, metres."""
        return self.limit / self.travel.detour_factor * (self.travel.speed_kmh(self.mode) / 3.6)


Rule = WithinMetres | WithinMinutes
DEFAULT_RULE: Final = WithinMetres(1000.0)
"""The national union's norm of 2023: a service radius of 1 km."""


@dataclass(frozen=True, slots=True)
class HourCell:
    """One of the week's 168 hours: the state at hh:30 in a week without holidays.

    ``week_of`` only decides the season: which week's seasonal hours and services hold.
    """

    hour_of_week: int
    week_of: date

    def __post_init__(self) -> None:
        if not 0 <= self.hour_of_week < HOURS_A_WEEK:
            raise InvalidValue("An hour of the week is 0 to 167.", field="hour", code="out_of_range")

    def month_id(self, _timezone: ZoneInfo) -> int:
        """The month, 0 for January."""
        return self.week_of.month - 1

    def hour_cell(self, _timezone: ZoneInfo) -> int:
        """The hour of the week whose workers are counted."""
        return self.hour_of_week


@dataclass(frozen=True, slots=True)
class Instant:
    """One moment, holidays and all."""

    at: datetime

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise InvalidValue("An instant needs a time zone.", field="at", code="naive_time")

    def month_id(self, timezone: ZoneInfo) -> int:
        """The month there and then, 0 for January."""
        return self.at.astimezone(timezone).month - 1

    def hour_cell(self, timezone: ZoneInfo) -> int:
        """The hour of the week there and then."""
        local = self.at.astimezone(timezone)
        return local.weekday() * 24 + local.hour


Moment = HourCell | Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageQuestion:
    """Who is covered, by what, when.

    ``groups`` empty means every group. Of ``filters`` kinds, services, entry methods and districts count: what
    they ask of the hours is left aside, for coverage is about stations that are open at ``moment``. ``reopened``
    also counts stations that are temporarily closed or being renovated, by their hours: what would hold if they
    came back.
    """

    moment: Moment
    rule: Rule = DEFAULT_RULE
    groups: frozenset[WorkerGroup] = frozenset()
    filters: StationFilter = field(default_factory=StationFilter)
    reopened: bool = False
