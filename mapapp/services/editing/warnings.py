"""What an editor should look at again before saving; nothing here forbids anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from geodata.coordinates import LonLat, great_circle_m
from geodata.stations.document import Json
from geodata.stations.duplicates import SAME_STATION_M, names_alike
from geodata.stations.hours_text import read_hours
from geodata.stations.rule_words import same_hours
from geodata.stations.station import Station
from mapapp.services.snapshot import StationSnapshot

_NEAR_DEG: Final = 0.002
"""More than 80 m in any direction as far from the equator as 65 degrees; a first sieve."""


@dataclass(frozen=True, slots=True)
class SaveWarning:
    """Something odd at a field.

    ``code`` with its ``data``: ``outside_city`` {}; ``district_differs`` {"found": code};
    ``like_named_nearby`` {"code", "name", "distance_m"}; ``hours_not_read`` {"problem", "fragment"};
    ``hours_text_differs`` {"rule"}: the words say this rule, which opens at other times than the
    station's.
    """

    code: str
    field: str
    data: Mapping[str, Json]


def warnings_for(station: Station, snapshot: StationSnapshot) -> tuple[SaveWarning, ...]:
    """What is odd about the station as it would be saved; compared with the public stations."""
    return (*_of_position(station, snapshot), *_of_neighbours(station, snapshot), *_of_hours(station))


def _of_position(station: Station, snapshot: StationSnapshot) -> Iterator[SaveWarning]:
    if station.position is None:
        return
    found = snapshot.place.district_of(station.position.point)
    if found is None:
        yield SaveWarning("outside_city", "position", {})
    elif found != station.district_code:
        yield SaveWarning("district_differs", "district_code", {"found": found})


def _of_neighbours(station: Station, snapshot: StationSnapshot) -> Iterator[SaveWarning]:
    if station.position is None:
        return
    here = station.position.point
    near = [
        (_apart_m(here, other.position.point), other)
        for other in snapshot.stations
        if other.code != station.code
        and other.position is not None
        and abs(other.position.point.lat - here.lat) < _NEAR_DEG
        and abs(other.position.point.lon - here.lon) < _NEAR_DEG
    ]
    for apart_m, other in sorted(near, key=lambda pair: (pair[0], pair[1].code)):
        if apart_m <= SAME_STATION_M and names_alike(station.name, other.name):
            data = {"code": other.code, "name": other.name, "distance_m": round(apart_m)}
            yield SaveWarning("like_named_nearby", "name", data)


def _apart_m(here: LonLat, there: LonLat) -> float:
    return float(great_circle_m(here.lon, here.lat, there.lon, there.lat))


def _of_hours(station: Station) -> Iterator[SaveWarning]:
    hours = station.hours
    reading = read_hours(hours.original_text)
    if reading.rule is None and reading.problems:
        first = reading.problems[0]
        yield SaveWarning("hours_not_read", "hours", {"problem": first.code, "fragment": first.fragment})
    elif reading.rule is not None and (hours.rule is None or not same_hours(reading.rule, hours.rule)):
        yield SaveWarning("hours_text_differs", "hours", {"rule": reading.rule})
