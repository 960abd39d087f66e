"""A point somebody gave, as a position: in every system, with the district it lies in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geodata.coordinates import Crs, LonLat, convert_point
from geodata.places import Place
from geodata.stations.station import Position, Station
from geodata.stations.vocabulary import PositionAccuracy


@dataclass(frozen=True, slots=True)
class Placed:
    """A position with what follows from it.

    ``others`` holds the same point as (longitude, latitude) in every system, the given one as it was
    given; ``district_code`` is None outside the city.
    """

    position: Position
    others: Mapping[Crs, tuple[float, float]]
    district_code: str | None

    @property
    def is_outside(self) -> bool:
        """Whether the point lies in none of the place's units."""
        return self.district_code is None


def is_district_of_position(place: Place, station: Station) -> bool:
    """Whether the station's district is the one its position lies in; without a position it has none."""
    position = station.position
    return station.district_code == (None if position is None else place.district_of(position.point))


def place_point(place: Place, lon: float, lat: float, crs: Crs, accuracy: PositionAccuracy) -> Placed:
    """The position of a point given in ``crs``, degrees.

    Raises
    ------
    InvalidCoordinate
        The numbers are no place on Earth.
    """
    LonLat(lon, lat)  # what was given must be a place too, before any conversion
    point = LonLat(*convert_point(lon, lat, crs, Crs.WGS84))
    return Placed(
        position=Position(point, accuracy, crs, lon, lat),
        others={
            system: (lon, lat) if system is crs else convert_point(point.lon, point.lat, Crs.WGS84, system)
            for system in Crs
        },
        district_code=place.district_of(point),
    )
