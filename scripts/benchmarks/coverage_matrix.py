"""The week's coverage matrix in the core: 168 hours × 12 services × the groups, 420 stations × 10,000 cells.

Beside it stands the same answer hour by hour and service by service over the same pairs, without the bits. Then the
times of one changed parameter, everything else kept, and of the bulk kernel over ten million points in parts.
"""

from __future__ import annotations

import functools
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

import h3
import numpy as np

from benchmarks.measure import Spread, seconds_of, spreads_in_turns
from benchmarks.national import TIMEZONE, invent
from benchmarks.results import Figure, Section, at_most
from geodata.coordinates import Floats
from geodata.coverage.areas import Areas
from geodata.coverage.bulk import BulkCoverage, DemandPart
from geodata.coverage.matrix import CoverageMatrix, coverage_matrix
from geodata.coverage.nearest_points import NearestStations, OpenOnArrival
from geodata.coverage.opening import open_stations
from geodata.coverage.question import CoverageQuestion, Instant, WithinMetres
from geodata.coverage.reach import Reach
from geodata.coverage.supply import REOPENED, Counted, Need, Supply
from geodata.coverage.week import unpacked
from geodata.demand.points import HOURS_A_WEEK, DemandLayer
from geodata.places import Place, load_place
from geodata.sample import sample_demand, sample_stations
from geodata.stations.arrival import ArrivalRules
from geodata.stations.filters import StationFilter
from geodata.stations.holidays import national_holidays
from geodata.stations.schedule import ScheduleBook
from geodata.stations.station import Station
from geodata.stations.vocabulary import EntryMethod, Service
from geodata.travel.pairs import TravelPairs
from geodata.travel.straight_line import StraightLineTravel, TravelMode
from geodata.travel.straight_pairs import StraightLine

TITLE: Final = "Coverage of a whole week"
SCRATCH_LIMIT_S: Final = 1.5
CHANGE_LIMIT_MS: Final = 150.0
CELLS_COUNT: Final = 10_000
KEPT_REACH_M: Final = 2_000.0
WEEK_OF: Final = date(2026, 11, 18)
AT: Final = datetime(2026, 11, 18, 10, 0, tzinfo=TIMEZONE)
NEEDS: Final = tuple(Need.one(service) for service in tuple(Service)[:12])
_MIB: Final = 1024**2


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured."""

    rounds_count: int
    bulk_stations_count: int
    bulk_parts_count: int
    bulk_part_size: int


FULL: Final = Effort(12, 200_000, 100, 100_000)
QUICK: Final = Effort(3, 200_000, 4, 100_000)


@dataclass(frozen=True, slots=True, eq=False)
class Town:
    """The sample city with more cells: stations, demand, and what an analysis keeps between questions."""

    place: Place
    stations: tuple[Station, ...]
    layer: DemandLayer
    areas: Areas
    supply: Supply
    pairs: TravelPairs

    @classmethod
    def of(cls, place: Place) -> Town:
        """The sample stations; the sample's demand grown to 10,000 cells."""
        stations, layer = tuple(sample_stations(place)), grown(sample_demand(place), CELLS_COUNT)
        supply = supply_of(stations, place)
        return cls(place, stations, layer, areas_of(layer, place), supply, pairs_of(layer, supply))

    def from_scratch(self) -> CoverageMatrix:
        """Everything but reading files: units, schedules, pairs, bits, sums."""
        supply = supply_of(self.stations, self.place)
        reach = Reach.of(pairs_of(self.layer, supply), limit_m=1000.0)
        areas = areas_of(self.layer, self.place)
        return coverage_matrix(self.layer, areas, supply, reach, NEEDS, Counted(), WEEK_OF)

    def changed(self, counted: Counted, limit_m: float = 1000.0) -> CoverageMatrix:
        """Another question over the pairs that are kept."""
        reach = Reach.of(self.pairs, limit_m=limit_m)
        return coverage_matrix(self.layer, self.areas, self.supply, reach, NEEDS, counted, WEEK_OF)

    def hour_by_hour(self) -> Floats:
        """Surely covered workers by need and hour, without bits: one look-up an hour and service, (12, 168)."""
        reach, week = Reach.of(self.pairs, limit_m=1000.0), self.supply.week(Counted(), WEEK_OF)
        is_open, covered = unpacked(week.surely) != 0, np.zeros((len(NEEDS), HOURS_A_WEEK))
        for row, need in enumerate(NEEDS):
            offering = self.supply.offering(need, WEEK_OF.month - 1)
            for hour in range(HOURS_A_WEEK):
                points = reach.covered(is_open[:, hour] & offering)
                for group in self.layer.workers:
                    covered[row, hour] += self.layer.workers_at(group, hour)[points].sum()
        return covered


def grown(layer: DemandLayer, cells_count: int) -> DemandLayer:
    """The layer with neighbours of its cells added, each with the workers of the cell it was found by."""
    rows = {cell: row for row, cell in enumerate(layer.h3_cells)}
    for cell, row in list(rows.items()):
        for near in h3.grid_disk(cell, 2):
            if len(rows) == cells_count:
                break
            rows.setdefault(near, row)
    places = np.array([h3.cell_to_latlng(cell) for cell in rows])
    origin = np.array(list(rows.values()))
    workers = {group: counts[origin] for group, counts in layer.workers.items()}
    return replace(layer, lon=places[:, 1], lat=places[:, 0], h3_cells=tuple(rows), workers=workers)


def supply_of(stations: tuple[Station, ...], place: Place) -> Supply:
    """The stations with their schedules compiled anew."""
    return Supply.of(stations, ScheduleBook(national_holidays(), place.timezone))


def areas_of(layer: DemandLayer, place: Place) -> Areas:
    """The unit of each cell."""
    return Areas.units(place.districts_of(layer.lon, layer.lat), [unit.code for unit in place.units])


def pairs_of(layer: DemandLayer, supply: Supply) -> TravelPairs:
    """All pairs as far as any limit that is asked about here."""
    line, columns = StraightLine(StraightLineTravel(), TravelMode.WALK), supply.columns
    return line.pairs(layer.lon, layer.lat, columns.lon, columns.lat, reach_m=KEPT_REACH_M, reach_s=None)


def measure(place_name: str, effort: Effort) -> Section:
    """From scratch, hour by hour, each changed parameter; then ten million points in parts."""
    town = Town.of(load_place(place_name))
    changes = {
        "within 2,000 m": functools.partial(town.changed, Counted(), KEPT_REACH_M),
        "entry methods": functools.partial(
            town.changed, Counted(filters=StationFilter(entry_methods=frozenset({EntryMethod.OPEN_DOOR})))
        ),
        "closed stations reopened": functools.partial(town.changed, Counted(life_cycles=REOPENED)),
        "a stay of 20 minutes": functools.partial(town.changed, Counted(min_stay_min=20)),
    }
    timed: dict[str, Callable[[], float]] = {
        "scratch": lambda: seconds_of(town.from_scratch),
        "slow": lambda: seconds_of(town.hour_by_hour),
        **{name: functools.partial(seconds_of, change) for name, change in changes.items()},
    }
    seconds = spreads_in_turns(timed, effort.rounds_count)
    figures = (
        Figure("from scratch", seconds["scratch"], "s", at_most(SCRATCH_LIMIT_S)),
        *(Figure(f"changed: {name}", seconds[name].times(1e3), "ms", at_most(CHANGE_LIMIT_MS)) for name in changes),
        Figure("hour by hour and service by service ÷ from scratch", seconds["slow"].over(seconds["scratch"])),
        *bulk_figures(effort),
    )
    notes = (
        (
            f"{len(town.stations)} sample stations × {town.layer.point_count:,} cells, {len(NEEDS)} services, "
            f"{len(town.layer.workers)} groups, {HOURS_A_WEEK} hours, both bounds for unknown hours, by unit."
        ),
        "From scratch: units of the cells, schedules, pairs as far as 2 km, the matrix. Changed: the pairs are kept.",
        (
            f"Bulk: {effort.bulk_stations_count:,} invented stations × "
            f"{effort.bulk_parts_count * effort.bulk_part_size:,} points in parts of {effort.bulk_part_size:,}."
        ),
    )
    return Section(TITLE, figures, notes)


def bulk_figures(effort: Effort) -> Iterator[Figure]:
    """Seconds and memory of the bulk kernel, and of asking who is open on arrival."""
    country = invent(effort.bulk_stations_count)
    columns = country.columns
    stations = open_stations(columns, CoverageQuestion(moment=Instant(AT)))
    surely, perhaps = (
        NearestStations.of(columns.lon[mask], columns.lat[mask]) for mask in (stations.surely, stations.perhaps)
    )
    bulk = BulkCoverage(surely, perhaps, WithinMetres(1000.0))

    def parts(count: int) -> Iterator[DemandPart]:
        for number in range(count):
            rng = np.random.default_rng(number)
            lon, lat = country.demand(rng, effort.bulk_part_size)
            yield DemandPart(lon, lat, np.ones(effort.bulk_part_size))

    few, many = (peak_mib(bulk, parts(count)) for count in (2, effort.bulk_parts_count))
    yield Figure("bulk, all parts", Spread.of(seconds_of(lambda: bulk.of(parts(effort.bulk_parts_count)))), "s")
    yield Figure("  memory of arrays, all parts ÷ two parts", Spread.of(many).over(Spread.of(few)), bar=at_most(1.5))
    asked = OpenOnArrival.among(columns, stations.matching, StraightLineTravel(), TravelMode.EBIKE, ArrivalRules())
    part = next(parts(1))
    on_arrival = seconds_of(lambda: asked.nearest(part.lon, part.lat, AT))
    yield Figure("one part, open on arrival", Spread.of(on_arrival), "s")
    at_once = seconds_of(lambda: surely.distance_m(part.lon, part.lat))
    yield Figure("one part, open at the instant", Spread.of(at_once), "s")


def peak_mib(bulk: BulkCoverage, parts: Iterator[DemandPart]) -> float:
    """The most memory numpy held at once while tallying."""
    tracemalloc.start()
    try:
        bulk.of(parts)
        return tracemalloc.get_traced_memory()[1] / _MIB
    finally:
        tracemalloc.stop()
