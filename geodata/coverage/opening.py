"""Which stations are open at a moment, as masks over the columns: surely, and perhaps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata.coverage.question import CoverageQuestion, HourCell, Moment
from geodata.coverage.reach import Mask
from geodata.stations.columns import StationColumns
from geodata.stations.filters import StationFilter
from geodata.stations.schedule import Schedule
from geodata.stations.selection import matching_months


@dataclass(frozen=True, slots=True, eq=False)
class OpenStations:
    """Masks over the stations, shape (n,).

    ``matching`` is the placed stations that pass the filters, whether open or not. Of these ``surely`` are open,
    and ``perhaps`` are those and the ones with unknown hours.
    """

    matching: Mask
    surely: Mask
    perhaps: Mask

    @property
    def open_count(self) -> int:
        """Stations that match and are surely open."""
        return int(np.count_nonzero(self.surely))

    @property
    def unknown_count(self) -> int:
        """Stations that match but whose hours are unknown."""
        return int(np.count_nonzero(self.perhaps & ~self.surely))


def open_stations(columns: StationColumns, question: CoverageQuestion) -> OpenStations:
    """The placed stations that match the question's filters, and which of them are open at its moment."""
    matching = matching_stations(columns, question.filters, question.moment.month_id(columns.timezone))
    in_use = matching if question.reopened else matching & columns.active
    is_open = np.array([_is_open(schedule, question.moment) for schedule in columns.schedules], dtype=np.int8)
    state = is_open[columns.schedule_ids] if len(is_open) else np.empty(0, dtype=np.int8)
    return OpenStations(matching=matching, surely=in_use & (state == 1), perhaps=in_use & (state != 0))


def matching_stations(columns: StationColumns, filters: StationFilter, month_id: int) -> Mask:
    """The placed stations that pass the filters in a month (0 for January), hours and life cycle left aside, (n,)."""
    in_month: Mask = (matching_months(columns, filters) >> np.uint16(month_id)) & np.uint16(1) != 0
    return in_month & ~np.isnan(columns.lon)


def _is_open(schedule: Schedule, moment: Moment) -> int:
    """1 for open, 0 for closed, -1 for unknown."""
    if not schedule.known:
        return -1
    if isinstance(moment, HourCell):
        return schedule.week_bits(moment.week_of) >> moment.hour_of_week & 1
    return 1 if schedule.state_at(moment.at).is_open else 0
