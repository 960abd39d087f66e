"""Use case: which stations near here are open when I get there?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from geodata.coordinates import Crs, LonLat, convert_point
from geodata.stations.arrival import ArrivalRules
from geodata.stations.filters import Order, StationFilter
from geodata.stations.index import Found
from geodata.stations.station import Station
from geodata.travel.straight_line import StraightLineTravel, TravelMode
from mapapp.services.snapshot import StationSnapshot
from mapapp.settings import Settings

DEFAULT_K: Final = 5
MAX_K: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestQuestion:
    """One visitor's question. ``origin`` is WGS-84; ``at`` is when the visitor sets out."""

    origin: LonLat
    at: datetime
    k: int = DEFAULT_K
    mode: TravelMode = TravelMode.WALK
    filters: StationFilter
    order: Order = Order.DISTANCE


@dataclass(frozen=True, slots=True)
class FoundStation:
    """A station of the answer with what is true of it on arrival."""

    station: Station
    found: Found


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestStations:
    """The answer, with everything it was computed from.

    ``unknown_count``: stations whose hours nobody knows, and which match all filters but those of the hours.
    ``holidays_known``: whether the holiday table covers every date the answer speaks of.
    """

    question: NearestQuestion
    stations: tuple[FoundStation, ...]
    unknown_count: int
    holidays_known: bool
    travel: StraightLineTravel
    rules: ArrivalRules
    snapshot: StationSnapshot


def travel_of(settings: Settings) -> StraightLineTravel:
    """The travel-time model this installation uses."""
    return StraightLineTravel(
        walk_kmh=settings.walk_kmh,
        ebike_kmh=settings.ebike_kmh,
        car_kmh=settings.car_kmh,
        detour_factor=settings.detour_factor,
    )


def rules_of(settings: Settings) -> ArrivalRules:
    """What "open on arrival" and "closing soon" mean in this installation."""
    return ArrivalRules(min_stay_min=settings.min_stay_min, closing_soon_min=settings.closing_soon_min)


def origin_in(lon: float, lat: float, crs: Crs) -> LonLat:
    """The WGS-84 origin of a position given in ``crs``.

    Raises
    ------
    InvalidCoordinate
        The given numbers are no position; ``field`` says which.
    """
    given = LonLat(lon, lat)
    return LonLat(*convert_point(given.lon, given.lat, crs, Crs.WGS84))


def find_nearest(snapshot: StationSnapshot, question: NearestQuestion, settings: Settings) -> NearestStations:
    """The k nearest stations that match, in the order asked for."""
    travel, rules = travel_of(settings), rules_of(settings)
    answer = snapshot.index.nearest(
        question.origin,
        question.k,
        question.filters,
        at=question.at,
        mode=question.mode,
        travel=travel,
        rules=rules,
        order=question.order,
    )
    stations = tuple(FoundStation(snapshot.by_code[found.code], found) for found in answer.found)
    return NearestStations(
        question=question,
        stations=stations,
        unknown_count=answer.unknown_count,
        holidays_known=_holidays_known(snapshot, question, answer.found),
        travel=travel,
        rules=rules,
        snapshot=snapshot,
    )


def _holidays_known(snapshot: StationSnapshot, question: NearestQuestion, found: tuple[Found, ...]) -> bool:
    """Whether the table covers setting out, every arrival, and every closing or opening named."""
    days = {question.at.astimezone(snapshot.place.timezone).date()}
    for one in found:  # its instants are in the place's time zone
        changes_at = one.arrival.closes_at or one.arrival.opens_at
        days.add(one.arrive_at.date())
        if changes_at is not None:
            days.add(changes_at.date())
    days.add(min(days) - timedelta(days=1))  # a span of the evening before may still run
    return all(snapshot.holidays.covers(day) for day in days)
