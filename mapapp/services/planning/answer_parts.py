"""What an answer to a planner's question holds, part by part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from geodata.coordinates import Floats
from geodata.coverage.accessibility import Band
from geodata.coverage.gaps import Gap
from geodata.coverage.losses import Losses
from geodata.coverage.matrix import CoverageMatrix, Tally
from geodata.coverage.nearest import Loads, TravelTimes
from geodata.coverage.nearest_points import Mask
from geodata.coverage.room import Room
from geodata.coverage.sensitivity import Sensitivity
from geodata.coverage.supply import Need
from geodata.coverage.week import OpenWeek
from geodata.siting.interventions import Intervention
from geodata.stations.ordering import Rows
from geodata.stations.vocabulary import WorkerGroup
from geodata.travel.pairs import TravelNote
from mapapp.services.coverage import HolidayUse
from mapapp.services.planning.ground import Demand, PlanningGround, Register
from mapapp.services.planning.question import PlanningQuestion


class Part(StrEnum):
    """What of an answer is there."""

    COVERAGE = "coverage"
    WEEK = "week"
    LOSSES = "losses"
    TRAVEL = "travel"
    ROOM = "room"
    SENSITIVITY = "sensitivity"


@dataclass(frozen=True, slots=True)
class AreaAnswer:
    """One district (``""`` outside all of them) or town-sized cell."""

    code: str
    tally: Tally


@dataclass(frozen=True, slots=True, eq=False)
class WeekAnswer:
    """The matrix over the districts, and the question's own need by day and by night in each.

    Row 0 of ``needs`` is the question's own; the others are one service each.
    """

    needs: tuple[Need, ...]
    matrix: CoverageMatrix
    days_and_nights: Mapping[str, tuple[Tally, Tally]]


@dataclass(frozen=True, slots=True, eq=False)
class TravelAnswer:
    """Who goes where and how long it takes; low, then high. ``main_rows`` (n,): the station that serves most, or -1."""

    times: tuple[TravelTimes, TravelTimes]
    loads: tuple[Loads, Loads]
    main_rows: Rows
    unreachable_points: Rows
    unreachable_worker_hours: float
    unreachable_stations: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class RoomAnswer:
    """E2SFCA; low, then high. ``supply`` (s,) is in seats, or 1 a station where no capacity is known at all.

    ``assumed_seats`` stands in for the unknown capacities of ``assumed_count`` stations: the median of the known ones.
    """

    rooms: tuple[Room, Room]
    in_seats: bool
    supply: Floats
    assumed_seats: float | None
    assumed_count: int
    bands: tuple[Band, ...]
    means: tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Spread:
    """How evenly something is spread over workers; None where it cannot be said."""

    gini: float | None
    palma: float | None
    fgt: tuple[float | None, float | None, float | None]


@dataclass(frozen=True, slots=True)
class EquityAnswer:
    """``of`` is ``room`` or ``covered_share``; ``lines`` are the FGT lines of low and high."""

    of: str
    lines: tuple[float | None, float | None]
    spreads: tuple[Spread, Spread]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PlanningAnswer:
    """What is known of one question; later parts are None until they are there. Pairs of values are (low, high).

    Arrays named by point have shape (n,) in the order of ``demand.layer``, those by station (s,) in the order of
    ``register.stations``. ``counts`` (s,) are the stations that may cover anybody and meet the need, whatever their
    hours; ``week_opens`` when they can be entered.
    """

    question: PlanningQuestion
    ground: PlanningGround
    demand: Demand
    register: Register
    hours: frozenset[int]
    notes: tuple[tuple[TravelNote, tuple[WorkerGroup, ...]], ...]
    holidays: HolidayUse
    counts: Mask
    week_opens: OpenWeek
    parts: tuple[Part, ...]
    whole: Tally
    by_group: tuple[tuple[WorkerGroup, Tally], ...]
    by_point: tuple[Floats, Floats, Floats]
    districts: tuple[AreaAnswer, ...]
    towns: tuple[AreaAnswer, ...]
    gaps: tuple[Gap, ...]
    week: WeekAnswer | None = None
    losses: tuple[Losses, Losses] | None = None
    travel: TravelAnswer | None = None
    room: RoomAnswer | None = None
    equity: tuple[EquityAnswer, ...] = ()
    sensitivity: tuple[Sensitivity, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing."""
        return len(self.parts) == len(Part)

    @property
    def interventions(self) -> tuple[Intervention, ...]:
        """What the register was taken to have changed."""
        return self.register.interventions

    @property
    def is_sample(self) -> bool:
        """Whether any of it comes of sample data."""
        return self.demand.layer.is_sample or any(station.is_sample for station in self.register.stations)
