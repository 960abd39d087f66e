"""Every number of an answer against the slow answer, over small worlds made at random."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import h3
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.coordinates import LonLat
from geodata.coverage.supply import Supply
from geodata.coverage.within import Within
from geodata.demand.movement import Movement
from geodata.demand.points import DemandLayer
from geodata.demand.profiles import normalised_profile, week_profile
from geodata.places import Place
from geodata.stations.holidays import DayKind, HolidayTable, SpecialDay
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.schedule import ScheduleBook
from geodata.stations.station import Position, Season, ServiceOffer, Station
from geodata.stations.vocabulary import EntryMethod, LifeCycle, Service, ServiceState, StationKind, WorkerGroup
from geodata.travel.straight_line import TravelMode
from mapapp.services.planning.answer import answer
from mapapp.services.planning.ground import PlanningGround, Register
from mapapp.services.planning.question import PlanningQuestion
from mapapp.services.planning.results import answer_document
from mapapp.services.planning.travelling import Pairer
from mapapp.store import Store
from tests.mapapp.services.planning.slow_answer import (
    CURVE,
    SlowAnswer,
    groups_of_touching,
    quantile,
    slow_fgt,
    slow_gini,
    slow_palma,
    sums_by,
)

LON, LAT = 113.45, 34.65
"""Where the test city's four districts meet."""
WEEK = date(2026, 9, 29)
"""Its Sunday is in October: season and month change within it."""
HOLIDAYS = HolidayTable(
    (
        SpecialDay(date(2026, 10, 1), DayKind.HOLIDAY, "国庆节", "National Day"),
        SpecialDay(date(2026, 10, 4), DayKind.WORKDAY, "调休", "make-up day"),
    ),
    frozenset({2026}),
)
ZONE = ZoneInfo("Asia/Shanghai")
SPEEDS_KMH = {TravelMode.WALK: 4.8, TravelMode.EBIKE: 18.0, TravelMode.CAR: 30.0}
RULES = (
    "24/7",
    "Mo-Su 08:00-18:00",
    "Mo-Fr 08:30-12:00,13:00-17:30",
    "Mo-Su 20:00-02:00",
    "Sa,Su 22:30-07:00",
    "Su 18:00-24:00; Mo 00:00-09:00",
    None,
)
SERVICES = (Service.WATER, Service.REST, Service.TOILET)
GROUPS = (WorkerGroup.RIDERS, WorkerGroup.DRIVERS, WorkerGroup.SANITATION)
NEAR_CELLS = tuple(sorted(h3.grid_disk(h3.latlng_to_cell(LAT, LON, 9), 3)))
FAR_CELL = h3.latlng_to_cell(LAT + 0.3, LON, 9)
TOUCH_SHARE = 1e-9

steps = st.sampled_from((-12, -4, -3, -2, -1, 0, 0, 1, 2, 3, 4, 9))
"""Of about 300 m."""
offers = st.builds(
    lambda service, state: ServiceOffer(
        service=service, state=state, season=Season(10, 3) if state is ServiceState.SEASONAL else None
    ),
    st.sampled_from(SERVICES),
    st.sampled_from(ServiceState),
)


@st.composite
def registers(draw: st.DrawFn) -> tuple[Station, ...]:
    found = []
    for number in range(draw(st.integers(0, 6))):
        is_placed = draw(st.integers(0, 7)) > 0
        lon, lat = LON + draw(steps) * 0.003, LAT + draw(steps) * 0.003
        rule = draw(st.sampled_from(RULES))
        found.append(
            Station(
                code=f"TC-{number:04}",
                kind=draw(
                    st.sampled_from((StationKind.REST_STATION, StationKind.REST_STATION, StationKind.DRIVER_HOME))
                ),
                name=f"驿站{number}",
                position=Position.wgs84(round(lon, 6), round(lat, 6)) if is_placed else None,
                hours=OpeningHours.from_rule(rule) if rule else OpeningHours.unknown(),
                entry_methods=tuple(draw(st.frozensets(st.sampled_from((EntryMethod.QR, EntryMethod.ATTENDED))))),
                services=tuple(draw(st.lists(offers, max_size=3, unique_by=lambda offer: offer.service))),
                life_cycle=draw(
                    st.sampled_from((LifeCycle.ACTIVE,) * 3 + tuple(LifeCycle)[:1] + (LifeCycle.RENOVATING,))
                ),
                capacity_count=draw(st.sampled_from((None, 0, 4, 9))),
            )
        )
    return tuple(found)


@st.composite
def layers(draw: st.DrawFn) -> DemandLayer:
    cells = tuple(sorted(draw(st.sets(st.sampled_from((*NEAR_CELLS, FAR_CELL)), min_size=1, max_size=5))))
    middles = np.array([h3.cell_to_latlng(cell) for cell in cells])
    groups = draw(st.sets(st.sampled_from(GROUPS), min_size=1))
    heads = st.sampled_from((0.0, 1.0, 2.5, 7.0))
    levels = st.lists(st.sampled_from((0.0, 1.0, 3.0)), min_size=24, max_size=24).filter(any)
    speeds = {group: draw(st.sampled_from((3.0, 4.8, 15.0))) for group in groups}
    return DemandLayer(
        name="town",
        origin_note="测试\ntest",
        is_sample=False,
        is_modelled=True,
        lon=middles[:, 1],
        lat=middles[:, 0],
        h3_cells=cells,
        workers={group: np.array([draw(heads) for _cell in cells]) for group in groups},
        profiles={group: normalised_profile(draw(levels) * 7) for group in groups},
        movement={group: Movement(draw(st.sampled_from(TravelMode)), speed) for group, speed in speeds.items()},
    )


subsets = st.frozensets(st.sampled_from(SERVICES), max_size=2)


@st.composite
def questions(draw: st.DrawFn) -> PlanningQuestion:
    at = datetime(2026, 9, 28, tzinfo=ZONE) + timedelta(minutes=draw(st.integers(0, 7 * 1440 - 1)))
    return PlanningQuestion(
        week_of=draw(st.sampled_from((WEEK, date(2026, 10, 14)))),
        groups=draw(st.sampled_from((frozenset(), frozenset(), frozenset(GROUPS)))),
        kinds=draw(st.sampled_from((frozenset(), frozenset(), frozenset({StationKind.REST_STATION})))),
        needs_all=draw(subsets) if draw(st.booleans()) else frozenset(),
        needs_any=draw(subsets) if draw(st.booleans()) else frozenset(),
        entry_methods=draw(st.sampled_from((frozenset(), frozenset(), frozenset({EntryMethod.QR})))),
        within=Within.parse(draw(st.sampled_from(("500m", "1000m", "5min", "15min", "28min", "45min")))),
        mode=draw(st.sampled_from((None, None, TravelMode.WALK))),
        detour=draw(st.sampled_from((1.3, 1.3, 1.0, 2.0))),
        hours=draw(st.frozensets(st.sampled_from((0, 8, 23, 58, 119, 120, 143, 167)), min_size=1, max_size=4)),
        instant=at if draw(st.integers(0, 3)) == 0 else None,
        life_cycles=draw(
            st.sampled_from((frozenset({LifeCycle.ACTIVE}), frozenset({LifeCycle.ACTIVE, LifeCycle.RENOVATING})))
        ),
        min_stay_min=draw(st.sampled_from((0, 0, 1, 30, 45, 600, 1440))),
    )


def ground_of(place: Place, stations: Sequence[Station], layer: DemandLayer) -> PlanningGround:
    """A ground as the keeper makes it, its one layer read already."""
    supply = Supply.of(stations, ScheduleBook(HOLIDAYS, place.timezone))
    ground = PlanningGround(
        revision=1,
        place=place,
        holidays=HOLIDAYS,
        register=Register(tuple(stations), supply, frozenset(), ()),
        cards=(),
        counting={},
        streets=None,
        speeds_kmh=SPEEDS_KMH,
        pairer=Pairer(),
        _store=cast("Store", None),
    )
    ground._demands.get((), lambda: ground._demand(layer, dict.fromkeys(layer.groups, layer), {}))
    return ground


def near(expected: float | None, *, within: float = 1e-3) -> Any:
    return None if expected is None else pytest.approx(expected, abs=within, rel=1e-6)


World = tuple[dict[str, Any], SlowAnswer]


def everybody(cells: Sequence[str]) -> DemandLayer:
    """Every group in each of the cells, by its modelled week."""
    middles = np.array([h3.cell_to_latlng(cell) for cell in cells])
    return DemandLayer(
        name="town",
        origin_note="测试\ntest",
        is_sample=False,
        is_modelled=True,
        lon=middles[:, 1],
        lat=middles[:, 0],
        h3_cells=tuple(cells),
        workers=dict.fromkeys(WorkerGroup, np.array([1.0 + row * 0.37 % 3 for row in range(len(cells))])),
        profiles={group: week_profile(group) for group in WorkerGroup},
    )


def station_at(point: LonLat, rule: str = "24/7") -> Station:
    return Station(
        code="TC-0001",
        kind=StationKind.REST_STATION,
        name="驿站",
        position=Position.wgs84(point.lon, point.lat),
        hours=OpeningHours.from_rule(rule),
    )


def both(place: Place, stations: tuple[Station, ...], layer: DemandLayer, asked: PlanningQuestion) -> World:
    if asked.groups and asked.groups.isdisjoint(layer.groups):
        asked = replace(asked, groups=frozenset())
    document = answer_document(answer(asked, ground_of(place, stations, layer)))
    return document, SlowAnswer(asked, stations, layer, HOLIDAYS, place.timezone, SPEEDS_KMH)


def by_cell(slow: SlowAnswer) -> list[tuple[float, float, float]]:
    return [slow.tally(lambda _group, point, at=at: point == at) for at in range(slow.layer.point_count)]  # type: ignore[misc]


def check_tally(document: dict[str, Any], expected: tuple[float, float, float]) -> None:
    present, low, high = expected
    assert document["worker_hours"] == near(present)
    assert document["covered_low"] == near(low)
    assert document["covered_high"] == near(high)
    assert document["share_low"] == near(low / present if present > 0 else None, within=2e-6)


def check_tallies(document: dict[str, Any], slow: SlowAnswer, place: Place) -> None:
    layer = slow.layer
    check_tally(document["headline"], slow.tally())
    for row in document["groups"]:
        check_tally(row, slow.tally(lambda group, _point, row=row: group.value == row["group"]))  # type: ignore[misc]
    units = place.districts_of(layer.lon, layer.lat)
    for row in document["districts"]:
        check_tally(row, slow.tally(lambda _group, point, row=row: (units[point] or "") == row["code"]))  # type: ignore[misc]
    for row in document["towns"]:
        inside = [h3.cell_to_parent(cell, 7) == row["cell"] for cell in layer.h3_cells]
        check_tally(row, slow.tally(lambda _group, point, inside=inside: inside[point]))  # type: ignore[misc]
    columns = [document["cells"][name] for name in ("worker_hours", "covered_low", "covered_high")]
    for found, expected in zip(zip(*columns, strict=True), by_cell(slow), strict=True):
        assert found == tuple(near(each) for each in expected)


def check_week(document: dict[str, Any], slow: SlowAnswer) -> None:
    at = slow.question.instant
    week = slow if at is None else replace(
        slow, question=replace(slow.question, instant=None, week_of=at.astimezone(slow.timezone).date())
    )  # fmt: skip
    needs = document["week"]["needs"]
    for hour in (0, 7, 58, 119, 143, 167):
        for need in {"", "water", "toilet"} & set(needs):  # a need of its own that is one service has no other row
            for side, perhaps in (("share_low", False), ("share_high", True)):
                expected = week.hour_share(Service(need) if need else None, hour, perhaps=perhaps)
                assert document["week"][side][needs.index(need)][hour] == near(expected, within=2e-6)


def check_losses(document: dict[str, Any], slow: SlowAnswer) -> None:
    for row in range(len(slow.stations)):
        assert document["stations"]["loss_low"][row] == near(slow.loss(row, perhaps=False))
        assert document["stations"]["loss_high"][row] == near(slow.loss(row, perhaps=True))


def check_travel(document: dict[str, Any], slow: SlowAnswer) -> None:
    within = slow.question.within
    assert document["travel"]["cut_off_min"] == (45 if str(within) == "45min" else 30)
    for side, perhaps in (("low", False), ("high", True)):
        trips = slow.trips(document["travel"]["cut_off_min"] * 60, perhaps=perhaps)
        total = sum(trip[-1] for trip in trips)
        found = document["travel"][side]
        assert found["p50_s"] == near(quantile(((trip[4], trip[5]) for trip in trips), 0.5), within=0.06)
        assert found["p90_s"] == near(quantile(((trip[4], trip[5]) for trip in trips), 0.9), within=0.06)
        served = [trip for trip in trips if trip[3] >= 0]
        reached = sum(trip[5] for trip in served)
        mean = sum(trip[4] * trip[5] for trip in served) / reached if reached > 0 else None
        assert found["mean_s"] == near(mean, within=0.06)
        assert found["beyond_worker_hours"] == near(total - reached)
        assert document[f"unserved_{side}"] == near(total - reached)
        curve = [sum(trip[5] for trip in served if trip[4] <= minutes * 60) for minutes in CURVE]
        assert [share for _minutes, share in found["curve"]] == (
            [near(part / total, within=2e-6) for part in curve] if total > 0 else []
        )
        check_loads(document, slow, served, side)


def check_loads(document: dict[str, Any], slow: SlowAnswer, served: Sequence[tuple[Any, ...]], side: str) -> None:
    loads = sums_by((trip[3] for trip in served), (trip[5] for trip in served))
    by_hour = sums_by((trip[3] * 168 + trip[2] for trip in served), (trip[5] for trip in served))
    for row, station in enumerate(slow.stations):
        peak = max((by_hour.get(row * 168 + hour, 0.0) for hour in slow.hours), default=0.0)
        seats = station.capacity_count
        assert document["stations"][f"load_{side}"][row] == near(loads.get(row, 0.0))
        assert document["stations"][f"peak_{side}"][row] == near(peak)
        per_seat = None if seats is None else (peak / seats if seats else (-1 if peak > 0 else 0.0))
        assert document["stations"][f"per_seat_{side}"][row] == near(per_seat)


def check_room(document: dict[str, Any], slow: SlowAnswer) -> None:
    known = [each.capacity_count for each, counts in zip(slow.stations, slow.own, strict=True) if counts]
    seats = [float(count) for count in known if count is not None]
    assumed = statistics.median(seats) if seats else 1.0
    supply = [
        0.0 if not counts else assumed if each.capacity_count is None or not seats else float(each.capacity_count)
        for each, counts in zip(slow.stations, slow.own, strict=True)
    ]
    cells = by_cell(slow)
    weights = [present for present, _low, _high in cells]
    for side, perhaps in (("low", False), ("high", True)):
        room, idle = slow.room(supply, perhaps=perhaps)
        people = sum(weights)
        mean = sum(each * weight for each, weight in zip(room, weights, strict=True)) / people if people > 0 else None
        assert document["room"][f"mean_{side}"] == near(None if mean is None else mean * 1000)
        assert document["room"][f"idle_supply_hours_{side}"] == near(idle)
        if side == "low":
            assert document["cells"]["room_low"] == [near(each * 1000) for each in room]
        of_room, of_cover = document["equity"]
        check_spread(of_room, side, room, weights, None if not mean else mean / 2)
        share = [round(cell[1 + perhaps] / cell[0], 9) if cell[0] > 0 else 0.0 for cell in cells]
        check_spread(of_cover, side, share, weights, 1.0)


def check_spread(
    found: dict[str, Any], side: str, values: Sequence[float], weights: Sequence[float], line: float | None
) -> None:
    assert found[f"gini_{side}"] == near(slow_gini(values, weights), within=2e-6)
    assert found[f"palma_{side}"] == near(slow_palma(values, weights), within=1e-5)
    for order in range(3):
        expected = None if line is None else slow_fgt(values, weights, line, order)
        assert found[f"fgt{order}_{side}"] == near(expected, within=2e-6)


def check_gaps(document: dict[str, Any], slow: SlowAnswer) -> None:
    layer = slow.layer
    uncovered = {}
    for cell, (present, low, _high) in zip(layer.h3_cells, by_cell(slow), strict=True):
        if present > 0 and (present - low) / present >= 0.5 + TOUCH_SHARE:
            uncovered[cell] = present - low
        elif present > 0 and abs((present - low) / present - 0.5) < TOUCH_SHARE:
            return  # exactly half: which side of the line is a matter of the last bit
    expected = groups_of_touching(uncovered, lambda cell: h3.grid_disk(cell, 1))
    found = [{layer.h3_cells[row] for row in gap["cells"]} for gap in document["gaps"]]
    assert sorted(map(sorted, found)) == sorted(map(sorted, expected))
    hours = [gap["worker_hours"] for gap in document["gaps"]]
    assert hours == [near(sum(uncovered[cell] for cell in cells)) for cells in found]
    assert hours == sorted(hours, reverse=True)


def check_sensitivity(document: dict[str, Any], slow: SlowAnswer) -> None:
    for row in document["sensitivity"]:
        factor = row["detour_factor"] / slow.question.detour / row["speed_factor"]
        check_tally(row, slow.tally(time_factor=factor))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stations=registers(), layer=layers(), asked=questions())
def test_every_number_of_an_answer_is_the_slow_answers(
    testcity: Place, stations: tuple[Station, ...], layer: DemandLayer, asked: PlanningQuestion
) -> None:
    document, slow = both(testcity, stations, layer, asked)

    check_tallies(document, slow, testcity)
    check_week(document, slow)
    check_losses(document, slow)
    check_travel(document, slow)
    check_room(document, slow)
    check_gaps(document, slow)
    check_sensitivity(document, slow)


def test_where_everybody_is_covered_around_the_clock_nobody_is_below_the_line(testcity: Place) -> None:
    ground = ground_of(testcity, [station_at(LonLat(LON, LAT))], everybody(NEAR_CELLS))

    found = answer(PlanningQuestion(week_of=WEEK, within=Within.parse("10000m")), ground)

    assert found.whole.share_low == pytest.approx(1.0)
    assert [spread.fgt for spread in found.equity[1].spreads] == [(0.0, 0.0, 0.0)] * 2


@pytest.mark.parametrize(("within", "is_served"), [("20min", False), ("30min", False), ("40min", True)])
def test_nobody_goes_farther_than_half_an_hour_or_the_rule_itself(
    testcity: Place, within: str, is_served: bool
) -> None:
    cell = NEAR_CELLS[0]
    lat, lon = h3.cell_to_latlng(cell)
    away = station_at(LonLat(round(lon, 6), round(lat + 2.4 / 111.195, 6)))  # 39 minutes on foot
    question = PlanningQuestion(week_of=WEEK, within=Within.parse(within), groups=frozenset({WorkerGroup.SANITATION}))

    document = answer_document(answer(question, ground_of(testcity, [away], everybody([cell]))))

    assert (document["travel"]["low"]["beyond_share"] == 0.0) is is_served
    assert (document["stations"]["load_low"][0] > 0) is is_served
