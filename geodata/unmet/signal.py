"""What a phone says when a search had no good answer: a square, an hour of the week, and what was asked for.

A good answer is a station that matches the filters, lies within `NORM_M` of the place as the crow flies, and lets
one in on arrival. The phone judges that (mapapp/static/js/unmet.js) and rounds the place to hundredths of a degree;
nothing finer ever leaves it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

import shapely
from shapely.geometry import Polygon

from geodata.coordinates import LonLat
from geodata.coverage.question import DEFAULT_RULE
from geodata.demand.points import HOURS_A_WEEK
from geodata.errors import InvalidValue
from geodata.places import Place
from geodata.stations.vocabulary import Service, StationKind

NORM_M: Final = DEFAULT_RULE.limit_m
"""Within what a station counts as near: the norm that coverage goes by."""
SQUARES_A_DEGREE: Final = 100
OPEN_LATE: Final = "open_late"
ALWAYS_OPEN: Final = "always_open"


def kind_asked(kind: StationKind) -> str:
    """The word for asking for a kind of station."""
    return f"kind:{kind.value}"


def service_asked(service: Service) -> str:
    """The word for asking for a service."""
    return f"service:{service.value}"


ASKABLE: Final = (*map(kind_asked, StationKind), *map(service_asked, Service), OPEN_LATE, ALWAYS_OPEN)
"""Everything a search can ask for, in the order in which it is shown."""


@dataclass(frozen=True, slots=True, order=True)
class GridSquare:
    """A square of the fixed grid of 0.01°, by its middle in hundredths of a degree, WGS-84. About 1 km wide.

    Its words do not say where it is, so that no log can.
    """

    lon_c: int = field(repr=False)
    lat_c: int = field(repr=False)

    def __post_init__(self) -> None:
        if not (abs(self.lon_c) <= 180 * SQUARES_A_DEGREE and abs(self.lat_c) <= 90 * SQUARES_A_DEGREE):
            raise InvalidValue("There is no such square.", field="cell", code="out_of_range")

    @classmethod
    def around(cls, point: LonLat) -> GridSquare:
        """The square that a phone at that point names: plain rounding, halves up."""
        return cls(*(math.floor(degrees * SQUARES_A_DEGREE + 0.5) for degrees in (point.lon, point.lat)))

    @property
    def middle(self) -> LonLat:
        """Its middle in degrees."""
        return LonLat(self.lon_c / SQUARES_A_DEGREE, self.lat_c / SQUARES_A_DEGREE)

    @property
    def outline(self) -> Polygon:
        """Its area in degrees, cut off at the poles and where the map ends."""
        lon, lat, half = self.middle.lon, self.middle.lat, 0.5 / SQUARES_A_DEGREE
        return shapely.box(max(lon - half, -180), max(lat - half, -90), min(lon + half, 180), min(lat + half, 90))

    def touches(self, place: Place) -> bool:
        """Whether any of it lies in the city, whose coarse outlines are taken with their allowance."""
        west, south, east, north = self.outline.bounds
        lons, lats = (west, self.middle.lon, east), (south, self.middle.lat, north)
        points = [(lon, lat) for lon in lons for lat in lats]  # each point of the square is within 400 m of one
        return any(place.districts_of([lon for lon, _ in points], [lat for _, lat in points]))


@dataclass(frozen=True, slots=True)
class UnmetSignal:
    """One signal; ``asked`` are words of `ASKABLE`."""

    square: GridSquare = field(repr=False)
    hour_of_week: int = field(repr=False)
    asked: frozenset[str] = field(repr=False)

    def __post_init__(self) -> None:
        if not 0 <= self.hour_of_week < HOURS_A_WEEK:
            raise InvalidValue("An hour of the week is 0 to 167.", field="hour", code="out_of_range")
        if self.asked - set(ASKABLE):
            raise InvalidValue("Nobody can ask for that.", field="filters", code="unknown")
