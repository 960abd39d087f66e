"""Who is covered in a city at one hour with one service: the core's answer, from scratch.

Beside it stand the two ways it could be done at once: every distance in one numpy matrix, and GeoPandas'
join within a distance. Both only say which demand points have an open station within the radius; ours goes on
to workers, units, both bounds for unknown hours, and P50/P90.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

import geopandas
import numpy as np
import shapely

from benchmarks.measure import seconds_of, spreads_in_turns
from benchmarks.results import Figure, Section, at_most
from geodata.coordinates import great_circle_m
from geodata.coverage.answer import CoverageAnswer, answer_coverage
from geodata.coverage.question import DEFAULT_RULE, CoverageQuestion, HourCell
from geodata.coverage.reach import Mask, Reach
from geodata.demand.points import DemandLayer
from geodata.places import Place, load_place
from geodata.projection import LocalPlane
from geodata.sample import sample_demand, sample_stations
from geodata.stations.columns import StationColumns
from geodata.stations.filters import StationFilter
from geodata.stations.holidays import national_holidays
from geodata.stations.schedule import ScheduleBook
from geodata.stations.vocabulary import Service

TITLE: Final = "City coverage: one hour, one service"
LIMIT_MS: Final = 20.0
WEDNESDAY_10: Final = 2 * 24 + 10
WEEK_OF: Final = date(2026, 11, 18)


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured."""

    rounds_count: int


FULL: Final = Effort(40)
QUICK: Final = Effort(12)


@dataclass(frozen=True, slots=True, eq=False)
class City:
    """The sample city as the core sees it."""

    place: Place
    columns: StationColumns
    layer: DemandLayer
    point_units: tuple[str | None, ...]
    question: CoverageQuestion = field(
        default_factory=lambda: CoverageQuestion(
            moment=HourCell(WEDNESDAY_10, WEEK_OF), filters=StationFilter(services=frozenset({Service.TOILET}))
        )
    )

    @classmethod
    def of(cls, place: Place) -> City:
        """The sample stations and demand of a place."""
        layer = sample_demand(place)
        columns = StationColumns.of(sample_stations(place), ScheduleBook(national_holidays(), place.timezone))
        return cls(place, columns, layer, tuple(place.districts_of(layer.lon, layer.lat)))

    def coverage(self, reach: Reach | None = None) -> CoverageAnswer:
        """The core's answer; ``reach`` as kept from another question with the same rule."""
        units = [unit.code for unit in self.place.units]
        return answer_coverage(self.question, self.layer, self.point_units, units, self.columns, reach)

    def reach(self) -> Reach:
        """The pairs within the rule: the one travel computation."""
        columns, layer = self.columns, self.layer
        return Reach.between(layer.lon, layer.lat, columns.lon, columns.lat, self.question.rule)

    def covered_by_matrix(self, is_open: Mask) -> Mask:
        """Which points are covered, by all distances at once."""
        lon, lat = self.columns.lon[is_open], self.columns.lat[is_open]
        distance_m = great_circle_m(self.layer.lon[:, None], self.layer.lat[:, None], lon, lat)
        return np.asarray((distance_m <= DEFAULT_RULE.limit_m).any(axis=1), dtype=np.bool_)

    def covered_by_geopandas(self, is_open: Mask) -> Mask:
        """Which points are covered, by a join within a distance in a plane."""
        plane = LocalPlane(self.place.center)
        points, stations = (
            geopandas.GeoDataFrame(geometry=shapely.points(*plane.to_xy_m(lon, lat)))
            for lon, lat in (
                (self.layer.lon, self.layer.lat),
                (self.columns.lon[is_open], self.columns.lat[is_open]),
            )
        )
        joined = points.sjoin(stations, predicate="dwithin", distance=DEFAULT_RULE.limit_m)
        covered = np.zeros(self.layer.point_count, dtype=np.bool_)
        covered[joined.index.unique().to_numpy()] = True
        return covered


def measure(place_name: str, effort: Effort) -> Section:
    """Ours from scratch and with the pairs kept, and the two others, in turns."""
    city = City.of(load_place(place_name))
    is_open, reach = city.coverage().stations.surely, city.reach()
    seconds = spreads_in_turns(
        {
            "ours": lambda: seconds_of(city.coverage),
            "kept": lambda: seconds_of(lambda: city.coverage(reach)),
            "matrix": lambda: seconds_of(lambda: city.covered_by_matrix(is_open)),
            "geopandas": lambda: seconds_of(lambda: city.covered_by_geopandas(is_open)),
        },
        effort.rounds_count,
    )
    figures = (
        Figure("ours, from scratch", seconds["ours"].times(1e3), "ms", at_most(LIMIT_MS)),
        Figure("ours, the pairs within reach kept", seconds["kept"].times(1e3), "ms"),
        Figure("GeoPandas join within 1 km ÷ ours", seconds["geopandas"].over(seconds["ours"])),
        Figure("every distance in numpy ÷ ours", seconds["matrix"].over(seconds["ours"])),
    )
    notes = (
        (
            f"{len(city.columns.codes)} sample stations, {city.layer.point_count:,} demand points, within 1 km, "
            "Wednesday 10:00, stations with a toilet."
        ),
        "Ours answers for city and districts with both bounds and P50/P90; the others only find the covered points.",
    )
    return Section(TITLE, figures, notes)
