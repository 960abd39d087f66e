"""The stations as coverage sees them, and which of them may cover anybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Self

import numpy as np

from geodata.coordinates import Floats
from geodata.coverage.opening import matching_stations
from geodata.coverage.question import Instant
from geodata.coverage.reach import Mask
from geodata.coverage.week import OpenWeek, open_instant, open_week
from geodata.stations.columns import StationColumns, bits_of
from geodata.stations.filters import StationFilter
from geodata.stations.ordering import Rows
from geodata.stations.schedule import ScheduleBook
from geodata.stations.station import Station
from geodata.stations.vocabulary import LifeCycle, Service

_LIFE_CYCLES: Final = tuple(LifeCycle)
IN_USE: Final = frozenset({LifeCycle.ACTIVE})
REOPENED: Final = frozenset({LifeCycle.ACTIVE, LifeCycle.TEMPORARILY_CLOSED, LifeCycle.RENOVATING})
"""As if every station that is closed for a time had come back."""
WITH_PLANNED: Final = frozenset({LifeCycle.ACTIVE, LifeCycle.PLANNED})
"""As if every planned station had been built."""


@dataclass(frozen=True, slots=True)
class Need:
    """What somebody needs of one station: each of ``all_of``, and at least one of ``any_of``; empty asks nothing."""

    all_of: frozenset[Service] = frozenset()
    any_of: frozenset[Service] = frozenset()

    @classmethod
    def one(cls, service: Service) -> Self:
        """The need of a single service."""
        return cls(all_of=frozenset({service}))


NOTHING_SPECIAL: Final = Need()
"""Any station serves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Which stations may cover anybody.

    Of ``filters`` kinds, services, entry methods and districts count. ``life_cycles`` are taken as if they were in
    use. ``min_stay_min``: the station stays open at least so long after one has come in.
    """

    filters: StationFilter = field(default_factory=StationFilter)
    life_cycles: frozenset[LifeCycle] = IN_USE
    min_stay_min: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Supply:
    """n stations, ordered by code, so that no result depends on the order they came in.

    ``life_cycle_ids`` (n,) are places in ``LifeCycle``; ``seats`` (n,) is NaN where nobody knows the capacity.
    """

    columns: StationColumns
    life_cycle_ids: Rows
    seats: Floats

    @classmethod
    def of(cls, stations: Sequence[Station], book: ScheduleBook) -> Supply:
        """The supply of some stations, in any order."""
        by_code = sorted(stations, key=lambda station: station.code)
        seats = [np.nan if each.capacity_count is None else float(each.capacity_count) for each in by_code]
        return cls(
            StationColumns.of(by_code, book),
            np.array([_LIFE_CYCLES.index(each.life_cycle) for each in by_code], dtype=np.int64),
            np.array(seats, dtype=np.float64),
        )

    @property
    def station_count(self) -> int:
        """How many stations there are."""
        return len(self.columns.codes)

    def counted(self, counted: Counted, month_id: int) -> Mask:
        """The placed stations that may cover anybody in a month (0 for January), hours left aside, (n,)."""
        wanted = [number for number, each in enumerate(_LIFE_CYCLES) if each in counted.life_cycles]
        return matching_stations(self.columns, counted.filters, month_id) & np.isin(self.life_cycle_ids, wanted)

    def offering(self, need: Need, month_id: int) -> Mask:
        """The stations where a need can be met in a month (0 for January), (n,)."""
        offered = self.columns.service_bits[month_id]
        everything, something = bits_of(need.all_of), bits_of(need.any_of)
        enough: Mask = (offered & everything) == everything
        return enough & ((offered & something) != 0) if need.any_of else enough

    def week(self, counted: Counted, week_of: date) -> OpenWeek:
        """When the counted stations can be entered; the others never."""
        week = open_week(self.columns, week_of, counted.min_stay_min)
        return week.of(self.counted(counted, week_of.month - 1))

    def at_instant(self, counted: Counted, instant: Instant) -> OpenWeek:
        """Which of the counted stations can be entered at an instant; the others never."""
        week = open_instant(self.columns, instant.at, counted.min_stay_min)
        return week.of(self.counted(counted, instant.month_id(self.columns.timezone)))
