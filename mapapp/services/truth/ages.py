"""When each group of facts of each public station was last confirmed, kept in memory and brought up to date.

There are four dates a station. They come from the confirmations and from the station's own ``last_verified``,
whichever is later. What was written since the last look is added; only when confirmations were removed in
between (a station went, one was taken back) all are read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geodata.stations.freshness import FieldGroup
from geodata.stations.station import Station
from mapapp.store import ConfirmationMark, ConfirmationReader, LatestConfirmation

NEVER: Final = 0
"""The day (as `date.toordinal` counts) of what was never confirmed; no calendar has it."""
GROUPS: Final = tuple(FieldGroup)
_ROW_OF: Final = {group: row for row, group in enumerate(GROUPS)}

Days = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Kept:
    """Ordinal days by station, one a group, as of a mark."""

    mark: ConfirmationMark
    days: dict[str, list[int]]


class ConfirmedDays:
    """The newest confirmations of one process. Safe between threads."""

    def __init__(self, timezone: tzinfo) -> None:
        self._timezone = timezone
        self._lock = Lock()
        self._kept = _Kept(ConfirmationMark(0, 0), {})
        self._stations: Sequence[Station] | None = None
        self._table: Days = np.empty((0, len(GROUPS)), dtype=np.int64)

    def read(self, reader: ConfirmationReader, stations: Sequence[Station]) -> Days:
        """The days the groups of these n stations were confirmed on, shape (n, 4); a copy to be changed at will."""
        with self._lock:
            kept = self._brought_up_to_date(reader)
            if kept is not self._kept or self._stations is not stations:
                rows = [self._of_station(kept.days, station) for station in stations]
                self._table = np.array(rows, dtype=np.int64).reshape(len(rows), len(GROUPS))
                self._kept, self._stations = kept, stations
            return self._table.copy()

    def _brought_up_to_date(self, reader: ConfirmationReader) -> _Kept:
        mark, kept = reader.mark(), self._kept
        if mark == kept.mark:
            return kept
        # Numbers are given before a transaction ends: one that ended late may have a smaller one than we know.
        only_grew = mark.count - kept.mark.count == mark.last_id - kept.mark.last_id
        if kept.mark.count and only_grew and reader.holds(kept.mark):
            return _Kept(mark, self._merged(kept.days, reader.latest(after_id=kept.mark.last_id)))
        return _Kept(mark, self._merged({}, reader.latest()))

    def _merged(self, days: dict[str, list[int]], latest: Iterable[LatestConfirmation]) -> dict[str, list[int]]:
        for each in latest:
            station_days = days.setdefault(each.station_code, [NEVER] * len(GROUPS))
            row = _ROW_OF[each.group]
            station_days[row] = max(station_days[row], self._day(each))
        return days

    def _day(self, each: LatestConfirmation) -> int:
        return each.at.astimezone(self._timezone).toordinal()

    @staticmethod
    def _of_station(days: dict[str, list[int]], station: Station) -> list[int]:
        own = station.last_verified.on.toordinal() if station.last_verified else NEVER
        return [max(own, day) for day in days.get(station.code, (NEVER,) * len(GROUPS))]


def day_of(ordinal: int) -> date | None:
    """The day of an ordinal; None for what was never confirmed."""
    return date.fromordinal(ordinal) if ordinal else None
