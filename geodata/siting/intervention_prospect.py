"""What there is to choose from and whom each choice would serve: built once, planned over for many limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from functools import cached_property
from threading import Lock
from typing import Final

import numpy as np

from geodata.coverage.analysis import TRAVEL_CUT_OFF_S
from geodata.errors import InvalidValue
from geodata.siting.choices import NO_GROUP, Choices
from geodata.siting.intervention_cover import Side, cover_problem
from geodata.siting.intervention_options import Costs, Option
from geodata.siting.intervention_travel import TravelTask, travel_task
from geodata.siting.interventions import InterventionKind, kind_of
from geodata.siting.kernel import CoverProblem
from geodata.siting.solution import Floats, Rows
from geodata.stations.schedule import ScheduleBook
from geodata.stations.station import Station

TRAVEL_CAP_S: Final = TRAVEL_CUT_OFF_S
"""Whoever has no open station within half an hour counts as half an hour away."""


class Prospect:
    """Options of some sides, and whom each would serve. Safe between threads.

    ``stations`` (by code) and ``book`` are those the sides' supplies were made of.
    """

    def __init__(
        self,
        sides: tuple[Side, ...],
        options: tuple[Option, ...],
        stations: Mapping[str, Station],
        book: ScheduleBook,
    ) -> None:
        self.options = options
        self.stations = stations
        self._sides = sides
        self._book = book
        self._lock = Lock()
        self._cover: CoverProblem | None = None
        self._travel: tuple[bool, TravelTask] | None = None

    @cached_property
    def _row_of(self) -> dict[str, int]:
        return {option.key: row for row, option in enumerate(self.options)}

    @cached_property
    def groups(self) -> Rows:
        """The same number for options of one station, (o,); `NO_GROUP` for those that are its only one."""
        codes = [option.station_code for option in self.options]
        counts = Counter(codes)
        numbers = {code: number for number, code in enumerate(counts)}
        return np.array([numbers[code] if counts[code] > 1 else NO_GROUP for code in codes], dtype=np.int64)

    @cached_property
    def _kinds(self) -> Floats:
        """How many changes of each kind an option has, (o, k)."""
        column_of = {kind: column for column, kind in enumerate(InterventionKind)}
        counts = np.zeros((len(self.options), len(column_of)))
        for row, option in enumerate(self.options):
            for change in option.changes:
                counts[row, column_of[kind_of(change)]] += 1
        return counts

    def costs(self, costs: Costs) -> Floats:
        """What each option costs, (o,)."""
        return np.asarray(self._kinds @ np.array([costs.by_kind.get(kind, 1.0) for kind in InterventionKind]))

    @property
    def keys(self) -> frozenset[str]:
        """The keys of the options."""
        return frozenset(self._row_of)

    def rows(self, keys: Collection[str], field: str) -> Rows:
        """The numbers of some options; raises InvalidValue at ``field`` for a key nobody has."""
        unknown = sorted(set(keys) - set(self._row_of))
        if unknown:
            raise InvalidValue(f"There is no option {unknown[0]}.", field=field, code="unknown_option")
        return np.array(sorted(self._row_of[key] for key in keys), dtype=np.int64)

    def cover(self) -> CoverProblem:
        """Who is covered by what, in worker-hours, without conditions.

        Raises InvalidValue (``too_large``) where there are more pairs than fit.
        """
        with self._lock:
            if self._cover is None:
                free = Choices.of_count(len(self.options), None)
                self._cover = cover_problem(self._sides, self.options, free, self.stations, self._book)
            return self._cover

    def travel(self, *, is_worst: bool) -> TravelTask:
        """Everybody's ways, to be least in the mean or (``is_worst``) at the longest; raises as ``cover``."""
        with self._lock:
            if self._travel is None or self._travel[0] is not is_worst:
                task = travel_task(
                    self._sides, self.options, self.stations, self._book, TRAVEL_CAP_S, is_worst=is_worst
                )
                self._travel = is_worst, task
            return self._travel[1]
