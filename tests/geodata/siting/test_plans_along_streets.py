"""Plans along the streets of a real extract (Helsinki): what an option counts for is what comes of building it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geodata.coverage.analysis import Analysis, AnalysisGround, AnalysisQuestion, HoursOfWeek
from geodata.coverage.areas import Areas
from geodata.coverage.nearest import nearest_open
from geodata.coverage.supply import Need, Supply
from geodata.coverage.within import Within
from geodata.siting.effort import Effort
from geodata.siting.intervention_cover import Side
from geodata.siting.intervention_options import Option, site_options, station_options
from geodata.siting.intervention_plan import Limits, Objective, Plan, PlanRun, PlanTask
from geodata.siting.intervention_prospect import TRAVEL_CAP_S, Prospect
from geodata.siting.interventions import InterventionKind, OpenSite, applied
from geodata.stations.station import Station
from geodata.travel.straight_line import TravelMode
from geodata.travel.street_pairs import StreetTravel
from tests.geodata.coverage.town import BOOK, WEEK, Shelter, layer_of
from tests.geodata.travel.street_maps import helsinki, streets_of

WEST, SOUTH, EAST, NORTH = 24.936, 60.164, 24.948, 60.171
"""Inside the extract."""
WITHIN = Within.parse("3min")
HOURS = frozenset({9, 20, 23})
RNG = np.random.default_rng(20261123)


def places(count: int) -> list[tuple[float, float]]:
    return [(float(lon), float(lat)) for lon, lat in RNG.uniform((WEST, SOUTH), (EAST, NORTH), (count, 2))]


@pytest.fixture(scope="module")
def travel() -> StreetTravel:
    return StreetTravel(streets=streets_of(helsinki()), mode=TravelMode.WALK, walk_kmh=4.8)


POINTS = places(70)
STATIONS = [
    Shelter(lon, lat, rule).station(number)
    for number, ((lon, lat), rule) in enumerate(zip(places(4), ["24/7", "Mo-Su 08:00-18:00"] * 2, strict=True))
]
SITES = [OpenSite(key=f"S{number}", name=f"S{number}", lon=lon, lat=lat) for number, (lon, lat) in enumerate(places(9))]
OPTIONS = [
    *site_options(SITES),
    *station_options(
        STATIONS, frozenset({InterventionKind.TO_24H}), Need(), AnalysisQuestion(when=HoursOfWeek(WEEK)).counted, 11
    ),
]


def analysis_of(travel: StreetTravel, stations: list[Station]) -> Analysis:
    areas = Areas.units(["A", "B"] * (len(POINTS) // 2), ["A", "B"])
    cut_off_s = int(TRAVEL_CAP_S)
    ground = AnalysisGround.of(layer_of(POINTS), areas, Supply.of(stations, BOOK), travel, WITHIN, cut_off_s=cut_off_s)
    return Analysis(ground, AnalysisQuestion(when=HoursOfWeek(WEEK, HOURS), within=WITHIN))


def planned(travel: StreetTravel, options: list[Option], objective: Objective) -> tuple[Plan, Analysis]:
    """The best plan of two, and everything as it would be then."""
    side = Side(analysis_of(travel, STATIONS), travel)
    prospect = Prospect((side,), tuple(options), {station.code: station for station in STATIONS}, BOOK)
    run = PlanRun(PlanTask(prospect=prospect, objective=objective, limits=Limits(count=2)))
    plan = run.solve(Effort(time_limit_s=20), exact=True)
    changes = [change for option in plan.options for change in option.changes]
    return plan, analysis_of(travel, list(applied(STATIONS, changes)))


def test_who_is_newly_covered_is_the_difference_of_two_whole_analyses(travel: StreetTravel) -> None:
    plan, after = planned(travel, OPTIONS, Objective.MOST_COVERED)

    gained = after.whole.low - analysis_of(travel, STATIONS).whole.low
    assert plan.solution.proven
    assert plan.solution.objective == pytest.approx(gained)
    assert gained > 0


def test_the_mean_way_of_a_plan_is_that_of_walking_it_hour_by_hour(travel: StreetTravel) -> None:
    plan, after = planned(travel, OPTIONS[: len(SITES)], Objective.LEAST_MEAN)

    sums = np.zeros(2)
    for hour in sorted(HOURS):
        bits = after.week.surely[:, hour // 64] >> np.uint64(hour % 64)
        times_s = np.minimum(nearest_open(after.ground.travel_pairs, (bits & np.uint64(1)) != 0).time_s, TRAVEL_CAP_S)
        present = after.demand.at_hours([hour])
        sums += (float(times_s @ present), float(present.sum()))
    assert plan.solution.proven
    assert plan.solution.objective == pytest.approx(sums[0] / sums[1])
    assert sums[0] / sums[1] < plan.before


def test_an_option_that_no_street_leads_to_serves_nobody(travel: StreetTravel) -> None:
    far = replace(SITES[0], key="FAR", lon=25.3, lat=60.4)

    side = Side(analysis_of(travel, STATIONS), travel)
    prospect = Prospect((side,), tuple(site_options([far, SITES[0]])), {each.code: each for each in STATIONS}, BOOK)

    assert prospect.cover().covers.turned().lengths.tolist()[0] == 0
