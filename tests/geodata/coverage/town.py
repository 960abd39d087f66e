"""A small town for the tests of a week's coverage: points, stations with mixed hours, and slow answers about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import h3
import numpy as np
from hypothesis import strategies as st

from geodata.coordinates import great_circle_m
from geodata.coverage.areas import Areas
from geodata.coverage.matrix import CoverageMatrix, coverage_matrix
from geodata.coverage.question import WithinMetres
from geodata.coverage.reach import Reach
from geodata.coverage.supply import NOTHING_SPECIAL, Counted, Need, Supply
from geodata.demand.points import DemandLayer
from geodata.demand.profiles import week_profile
from geodata.stations.holidays import HolidayTable
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.schedule import ScheduleBook
from geodata.stations.station import Position, ServiceOffer, Station
from geodata.stations.vocabulary import LifeCycle, Service, StationKind, WorkerGroup
from geodata.travel.pairs import TravelPairs
from geodata.travel.straight_line import StraightLineTravel, TravelMode
from geodata.travel.straight_pairs import StraightLine

WEEK = date(2026, 11, 18)
BOOK = ScheduleBook(HolidayTable.empty(), ZoneInfo("Asia/Shanghai"))
RULES = ("Mo-Su 08:00-18:00", "Mo-Fr 09:00-17:30", "24/7", "Mo-Su 20:00-02:00", "Sa,Su 10:00-16:00", None)
GROUPS = (WorkerGroup.RIDERS, WorkerGroup.SANITATION)
ON_FOOT = StraightLine(StraightLineTravel(), TravelMode.WALK)


@dataclass(frozen=True, slots=True)
class Shelter:
    """What the tests choose of a station."""

    lon: float
    lat: float
    rule: str | None = "24/7"
    services: frozenset[Service] = frozenset()
    life_cycle: LifeCycle = LifeCycle.ACTIVE
    seats: int | None = None

    def station(self, number: int) -> Station:
        return Station(
            code=f"TC-{number:03}",
            kind=StationKind.REST_STATION,
            name=f"TC-{number}",
            position=Position.wgs84(self.lon, self.lat),
            hours=OpeningHours.from_rule(self.rule) if self.rule else OpeningHours.unknown(),
            services=tuple(ServiceOffer(service=service) for service in sorted(self.services)),
            life_cycle=self.life_cycle,
            capacity_count=self.seats,
        )


def supply_of(shelters: Sequence[Shelter]) -> Supply:
    return Supply.of([shelter.station(number) for number, shelter in enumerate(shelters)], BOOK)


def layer_of(points: Sequence[tuple[float, float]], heads: Sequence[float] | None = None) -> DemandLayer:
    """Riders and, twice as many, street cleaners, by the modelled profiles."""
    counts = np.array(heads if heads is not None else [1.0 + number for number in range(len(points))])
    return DemandLayer(
        name="test",
        origin_note="测试\ntest",
        is_sample=True,
        is_modelled=True,
        lon=np.array([lon for lon, _lat in points], dtype=np.float64),
        lat=np.array([lat for _lon, lat in points], dtype=np.float64),
        h3_cells=tuple(h3.latlng_to_cell(lat, lon, 13) for lon, lat in points),
        workers={WorkerGroup.RIDERS: counts, WorkerGroup.SANITATION: 2 * counts},
        profiles={group: week_profile(group) for group in GROUPS},
    )


def reach_of(layer: DemandLayer, supply: Supply, limit_m: float) -> Reach:
    return Reach.between(layer.lon, layer.lat, supply.columns.lon, supply.columns.lat, WithinMetres(limit_m))


def pairs_of(layer: DemandLayer, supply: Supply, reach_s: float | None = None) -> TravelPairs:
    """On foot in a straight line."""
    columns = supply.columns
    return ON_FOOT.pairs(layer.lon, layer.lat, columns.lon, columns.lat, reach_m=None, reach_s=reach_s)


def matrix_of(
    layer: DemandLayer,
    shelters: Sequence[Shelter],
    limit_m: float,
    needs: Sequence[Need] = (NOTHING_SPECIAL,),
    counted: Counted | None = None,
) -> CoverageMatrix:
    supply, areas = supply_of(shelters), Areas.units([None] * layer.point_count, [])
    return coverage_matrix(layer, areas, supply, reach_of(layer, supply, limit_m), needs, counted or Counted(), WEEK)


def open_then(shelter: Shelter, hour: int) -> bool | None:
    """Whether a station is open at the half of an hour; None for unknown."""
    hours = OpeningHours.from_rule(shelter.rule) if shelter.rule else OpeningHours.unknown()
    schedule = BOOK.of(hours)
    return bool(schedule.week_bits(WEEK) >> hour & 1) if schedule.known else None


def metres(layer: DemandLayer, point: int, shelter: Shelter) -> float:
    return float(great_circle_m(layer.lon[point], layer.lat[point], shelter.lon, shelter.lat))


coordinates = st.tuples(
    st.integers(0, 50).map(lambda n: round(106.2 + n / 1000, 6)),
    st.integers(0, 50).map(lambda n: round(38.4 + n / 1000, 6)),
)
point_lists = st.lists(coordinates, min_size=1, max_size=10, unique=True)
shelter_lists = st.lists(
    st.builds(
        lambda place, rule, services, life_cycle, seats: Shelter(place[0], place[1], rule, services, life_cycle, seats),
        coordinates,
        st.sampled_from(RULES),
        st.frozensets(st.sampled_from((Service.WATER, Service.TOILET, Service.REST))),
        st.sampled_from((LifeCycle.ACTIVE, LifeCycle.ACTIVE, LifeCycle.TEMPORARILY_CLOSED, LifeCycle.PLANNED)),
        st.one_of(st.none(), st.integers(0, 20)),
    ),
    max_size=8,
)
