"""Which station a row speaks of.

In order: the code; else the station that is the same for certain by ``geodata.stations.duplicates``: equal
normalised names, and at most 80 m apart, or the same address where one of the two has no position. So a
roster without coordinates updates what an earlier one placed instead of making a twin, and a later one
with coordinates places what was unplaced. Only where a whole file has neither coordinates nor addresses
(a sheet of names and hours, say) is a name alone enough, if just one station has it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from geodata.coordinates import great_circle_m
from geodata.stations.duplicates import normalised_name, same_station
from geodata.stations.station import Station

_BAND_DEG: Final = 0.001
"""Height of the latitude bands stations are sorted into: 111 m, more than two of the same may lie apart."""


class AmbiguousMatchError(LookupError):
    """Several stations fit equally well; ``count`` says how many."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} stations fit.")
        self.count = count


class Register:
    """Stations, to be found by what a row makes of them, without looking at all of one name."""

    def __init__(self, stations: Iterable[Station] = ()) -> None:
        self._by_code: dict[str, Station] = {}
        self._by_name: dict[str, list[Station]] = defaultdict(list)
        self._by_address: dict[tuple[str, str], list[Station]] = defaultdict(list)
        self._by_band: dict[tuple[str, int], list[Station]] = defaultdict(list)
        for station in stations:
            self.add(station)

    def add(self, station: Station) -> None:
        """Enter one more."""
        name = normalised_name(station.name)
        self._by_code[station.code] = station
        self._by_name[name].append(station)
        self._by_address[name, normalised_name(station.address)].append(station)
        band = _band(station)
        if band is not None:
            self._by_band[name, band].append(station)

    def coded(self, code: str) -> Station | None:
        """The station of that code."""
        return self._by_code.get(code)

    def find(self, described: Station) -> Station | None:
        """The station that is the described one for certain, the nearest if several are; or None.

        Raises
        ------
        AmbiguousMatchError
            Several have its name and address, and no distance tells them apart.
        """
        near = [station for station in self._in_reach(described) if same_station(described, station)]
        if near:
            return min(near, key=lambda station: (_apart_m(described, station), station.code))
        name, address = normalised_name(described.name), normalised_name(described.address)
        alike = [station for station in self._by_address.get((name, address), ()) if same_station(described, station)]
        if len(alike) > 1:
            raise AmbiguousMatchError(len(alike))
        return alike[0] if alike else None

    def only_named(self, name: str) -> Station | None:
        """The station of that name, if there is just one."""
        named = self._by_name.get(normalised_name(name), ())
        return named[0] if len(named) == 1 else None

    def _in_reach(self, described: Station) -> Iterator[Station]:
        name, band = normalised_name(described.name), _band(described)
        if band is not None:
            for neighbour in (band - 1, band, band + 1):
                yield from self._by_band.get((name, neighbour), ())


def _band(station: Station) -> int | None:
    return math.floor(station.position.point.lat / _BAND_DEG) if station.position else None


def _apart_m(station: Station, other: Station) -> float:
    if station.position is None or other.position is None:
        return math.inf
    here, there = station.position.point, other.position.point
    return float(great_circle_m(here.lon, here.lat, there.lon, there.lat))
