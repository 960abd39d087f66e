"""One nearest-station question at national size, beside what one would write with GeoPandas."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Final, cast

import geopandas
import numpy as np
import shapely
from shapely.geometry import Point

from benchmarks.measure import each_seconds, spreads_in_turns
from benchmarks.national import TIMEZONE, Country, invent
from benchmarks.results import Figure, Section, at_most
from geodata.coordinates import LonLat
from geodata.projection import LocalPlane
from geodata.stations.arrival import ArrivalRules
from geodata.stations.columns import bits_of
from geodata.stations.filters import OpenFilter, StationFilter
from geodata.stations.index import StationIndex
from geodata.stations.vocabulary import EntryMethod, Service, StationKind
from geodata.travel.straight_line import StraightLineTravel, TravelMode

TITLE: Final = "StationIndex: single questions"
LIMIT_MS: Final = 0.2
DEFAULT_K: Final = 5
DAY: Final = datetime(2026, 11, 18, 10, 0, tzinfo=TIMEZONE)
NIGHT: Final = datetime(2026, 11, 18, 3, 0, tzinfo=TIMEZONE)


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured."""

    stations_count: int
    rounds_count: int
    questions_count: int
    geopandas_questions_count: int


FULL: Final = Effort(200_000, 15, 300, 4)
QUICK: Final = Effort(200_000, 3, 150, 2)


@dataclass(frozen=True, slots=True)
class Mix:
    """A kind of question: filters, when, how many stations are wanted. ``promised`` says whether the bar is for it."""

    name: str
    filters: StationFilter
    at: datetime
    k: int = DEFAULT_K
    promised: bool = True


_REST: Final = frozenset({StationKind.REST_STATION})
_DRIVERS: Final = frozenset({StationKind.DRIVER_HOME})
_TOILET: Final = frozenset({Service.TOILET})
_SHOWER: Final = frozenset({Service.SHOWER})
_QR: Final = frozenset({EntryMethod.QR})
MIXES: Final = (
    Mix("kind + service, open on arrival, 10:00", StationFilter(kinds=_REST, services=_TOILET), DAY),
    Mix("kind + service, open on arrival, 03:00", StationFilter(kinds=_REST, services=_TOILET), NIGHT),
    Mix("kind + service, open at 10:00", StationFilter(kinds=_REST, services=_TOILET, open=OpenFilter.AT), DAY),
    Mix("rare kind + service, open on arrival, 10:00", StationFilter(kinds=_DRIVERS, services=_SHOWER), DAY),
    Mix("service + entry method, open on arrival, 10:00", StationFilter(services=_TOILET, entry_methods=_QR), DAY),
    Mix("kind + service, open on arrival, 10:00", StationFilter(kinds=_REST, services=_TOILET), DAY, 10, False),
    Mix("kind + service, open on arrival, 03:00", StationFilter(kinds=_REST, services=_TOILET), NIGHT, 10, False),
)


def measure(effort: Effort) -> Section:
    """Every mix in turns with GeoPandas answering the same one."""
    country = invent(effort.stations_count)
    index, frame = StationIndex(country.columns), GeoPandasStations(country)
    figures = [figure for mix in MIXES for figure in _figures(mix, country, index, frame, effort)]
    notes = (
        f"{effort.stations_count:,} invented stations; p50 of {effort.questions_count} questions a round.",
        "GeoPandas: one boolean mask over columns (the filters, open at that instant), `distance`, `nsmallest`.",
        "It works out neither travel time nor the state on arrival.",
    )
    return Section(TITLE, tuple(figures), notes)


def ask(index: StationIndex, mix: Mix, origin: LonLat) -> list[str]:
    """The codes that answer one question."""
    answer = index.nearest(
        origin, mix.k, mix.filters, at=mix.at, mode=TravelMode.WALK, travel=StraightLineTravel(), rules=ArrivalRules()
    )
    return [found.code for found in answer.found]


class GeoPandasStations:
    """The stations as points in a plane, with the columns a question is about beside them."""

    def __init__(self, country: Country) -> None:
        columns = country.columns
        middle = country.centres.mean(axis=0)
        self._plane = LocalPlane(LonLat(float(middle[0]), float(middle[1])))
        self._columns = columns
        self._points = geopandas.GeoSeries(shapely.points(*self._plane.to_xy_m(columns.lon, columns.lat)))

    def ask(self, mix: Mix, origin: LonLat) -> list[str]:
        """The codes of the nearest ``k`` that match and are open at the instant of the question."""
        columns, filters = self._columns, mix.filters
        is_open = np.array([schedule.state_at(mix.at).is_open is True for schedule in columns.schedules])
        mask = is_open[columns.schedule_ids] & columns.active
        if filters.kinds:
            mask &= (columns.kinds & bits_of(filters.kinds)) != 0
        if filters.services:
            mask &= (columns.service_bits[0] & bits_of(filters.services)) == bits_of(filters.services)
        if filters.entry_methods:
            mask &= (columns.entry_bits & bits_of(filters.entry_methods)) != 0
        x_m, y_m = self._plane.to_xy_m(origin.lon, origin.lat)
        matching = cast("geopandas.GeoSeries", self._points[mask])
        nearest = matching.distance(Point(float(x_m), float(y_m))).nsmallest(mix.k)
        return [columns.codes[row] for row in nearest.index]


def _figures(
    mix: Mix, country: Country, index: StationIndex, frame: GeoPandasStations, effort: Effort
) -> Sequence[Figure]:
    rng = np.random.default_rng(7)

    def p50_s(answer: Callable[[Mix, LonLat], object], count: int) -> float:
        return median(each_seconds([functools.partial(answer, mix, origin) for origin in country.origins(rng, count)]))

    ours = functools.partial(p50_s, functools.partial(ask, index), effort.questions_count)
    theirs = functools.partial(p50_s, frame.ask, effort.geopandas_questions_count)
    ours()
    seconds = spreads_in_turns({"ours": ours, "theirs": theirs}, effort.rounds_count)
    name = f"{mix.name}, k = {mix.k}"
    return (
        Figure(name, seconds["ours"].times(1e3), "ms", at_most(LIMIT_MS) if mix.promised else None),
        Figure("  GeoPandas takes", seconds["theirs"].times(1e3), "ms"),
        Figure("  GeoPandas ÷ ours", seconds["theirs"].over(seconds["ours"])),
    )
