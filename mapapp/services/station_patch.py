"""Which rows of a list of stations stay, which are replaced, which come and which go, when some stations changed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from geodata.stations.ordering import Rows
from geodata.stations.station import Station


@dataclass(frozen=True, slots=True, eq=False)
class StationPatch:
    """The step from one list of stations, by code, to the next.

    Row i of the next list is row ``sources[i]`` of the one before followed by ``changed``.
    """

    changed: tuple[Station, ...]
    sources: Rows

    @classmethod
    def of(cls, codes: Sequence[str], touched: Collection[str], found: Mapping[str, Station]) -> StationPatch:
        """The step for a list with these ``codes``, in order, of which some were ``touched``.

        What is ``found`` of the touched ones stands in the next list, the others of them do not.
        """
        changed = tuple(found[code] for code in sorted(found))
        number_of = {station.code: len(codes) + number for number, station in enumerate(changed)}
        sources: Rows = np.arange(len(codes))
        gone: list[int] = []
        places: list[int] = []
        newcomers: list[int] = []
        for code in sorted(touched):
            row = bisect_left(codes, code)
            stood = row < len(codes) and codes[row] == code
            if stood and code in number_of:
                sources[row] = number_of[code]
            elif stood:
                gone.append(row)
            elif code in number_of:
                places.append(row)
                newcomers.append(number_of[code])
        stays = np.ones(len(codes), dtype=np.bool_)
        stays[gone] = False
        sources = np.insert(sources, places, newcomers)[np.insert(stays, places, values=True)]
        return cls(changed, sources)

    def applied(self, stations: tuple[Station, ...]) -> tuple[Station, ...]:
        """The next list after this one; the same where nothing changed."""
        if not self.changed and len(self.sources) == len(stations):
            return stations
        both = stations + self.changed
        return tuple([both[row] for row in self.sources.tolist()])
