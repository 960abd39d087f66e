"""Coverage: thresholds, ties, unknown hours, units and the agreement with brute force."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import h3
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.coordinates import great_circle_m
from geodata.coverage.answer import CoverageAnswer, answer_coverage, weighted_quantile
from geodata.coverage.question import CoverageQuestion, HourCell, Instant, WithinMetres, WithinMinutes
from geodata.coverage.reach import Reach
from geodata.demand.points import DemandLayer
from geodata.errors import InvalidValue
from geodata.stations.columns import StationColumns
from geodata.stations.filters import StationFilter
from geodata.stations.holidays import HolidayTable
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.schedule import ScheduleBook
from geodata.stations.station import Position, ServiceOffer, Station
from geodata.stations.vocabulary import LifeCycle, Service, ServiceState, StationKind, WorkerGroup
from geodata.travel.straight_line import TravelMode

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEK = date(2026, 11, 18)
MONDAY_10, MONDAY_23 = HourCell(10, WEEK), HourCell(23, WEEK)
BOOK = ScheduleBook(HolidayTable.empty(), SHANGHAI)
DAYTIME = OpeningHours.from_rule("Mo-Su 08:00-18:00")


def layer_at(*points: tuple[float, float], workers: tuple[float, ...] | None = None) -> DemandLayer:
    """Demand with riders at the given places, one H3 cell each, the same at every hour."""
    counts = np.array(workers if workers is not None else [1.0] * len(points))
    return DemandLayer(
        name="test",
        origin_note="测试\ntest",
        is_sample=True,
        is_modelled=True,
        lon=np.array([lon for lon, _ in points]),
        lat=np.array([lat for _, lat in points]),
        h3_cells=tuple(h3.latlng_to_cell(lat, lon, 13) for lon, lat in points),
        workers={WorkerGroup.RIDERS: counts, WorkerGroup.COURIERS: 2 * counts},
        profiles={WorkerGroup.RIDERS: np.ones(168), WorkerGroup.COURIERS: np.ones(168)},
    )


def station(code: str, lon: float, lat: float, **changes: object) -> Station:
    facts: dict[str, object] = {
        "kind": StationKind.REST_STATION,
        "name": code,
        "position": Position.wgs84(lon, lat),
        "hours": DAYTIME,
        **changes,
    }
    return Station(code=code, **facts)  # type: ignore[arg-type]  # reason: a test's free choice of fields


def ask(question: CoverageQuestion, layer: DemandLayer, *stations: Station) -> CoverageAnswer:
    """The answer, which is the same whether it was found by pairs within reach or by the nearest stations."""
    columns, units = StationColumns.of(stations, BOOK), ["640104"] * layer.point_count
    reach = Reach.between(layer.lon, layer.lat, columns.lon, columns.lat, question.rule)
    by_nearest = answer_coverage(question, layer, units, ["640104"], columns)
    by_pairs = answer_coverage(question, layer, units, ["640104"], columns, reach)
    assert by_pairs.covered_low.tolist() == by_nearest.covered_low.tolist()
    assert by_pairs.covered_high.tolist() == by_nearest.covered_high.tolist()
    return by_pairs


def north_of(lat: float, distance_m: float) -> float:
    return lat + float(np.degrees(distance_m / 6_371_008.8))


class TestTheRule:
    def test_the_limit_itself_is_covered(self) -> None:
        home = (106.25, 38.47)
        shelter = station("TC-1", 106.25, round(north_of(38.47, 900), 6))
        exactly_m = float(great_circle_m(106.25, 38.47, 106.25, round(north_of(38.47, 900), 6)))

        at_limit = ask(CoverageQuestion(moment=MONDAY_10, rule=WithinMetres(exactly_m)), layer_at(home), shelter)
        below = ask(CoverageQuestion(moment=MONDAY_10, rule=WithinMetres(exactly_m - 0.001)), layer_at(home), shelter)

        assert at_limit.city.share_low == 1
        assert below.city.share_low == 0

    def test_minutes_are_of_the_mode_and_the_detour(self) -> None:
        home, shelter = (106.25, 38.47), station("TC-1", 106.25, north_of(38.47, 950))

        on_foot = ask(CoverageQuestion(moment=MONDAY_10, rule=WithinMinutes(15)), layer_at(home), shelter)
        by_bike = ask(
            CoverageQuestion(moment=MONDAY_10, rule=WithinMinutes(15, TravelMode.EBIKE)), layer_at(home), shelter
        )

        assert on_foot.city.share_low == 0
        assert by_bike.city.share_low == 1
        assert by_bike.city.p50 == pytest.approx(950 * 1.3 / 5, rel=1e-4)

    @pytest.mark.parametrize("limit", [0, -1, float("nan"), float("inf"), 1e9])
    def test_a_limit_that_is_none_is_refused(self, limit: float) -> None:
        with pytest.raises(InvalidValue):
            WithinMetres(limit)
        with pytest.raises(InvalidValue):
            WithinMinutes(limit)


class TestCountingOnce:
    def test_two_stations_at_one_place_cover_their_workers_once(self) -> None:
        twins = [station(f"TC-{n}", 106.25, 38.47) for n in range(10, 13)]

        answer = ask(CoverageQuestion(moment=MONDAY_10), layer_at((106.25, 38.47), workers=(7.0,)), *twins)

        assert answer.city.covered_low_count == answer.city.workers_count == 21

    def test_only_the_groups_asked_about_are_counted(self) -> None:
        question = CoverageQuestion(moment=MONDAY_10, groups=frozenset({WorkerGroup.COURIERS}))

        answer = ask(question, layer_at((106.25, 38.47), workers=(7.0,)), station("TC-1", 106.25, 38.47))

        assert answer.city.workers_count == 14

    def test_without_workers_there_is_no_share(self) -> None:
        answer = ask(CoverageQuestion(moment=MONDAY_10), layer_at((106.25, 38.47), workers=(0.0,)))

        assert (answer.city.share_low, answer.city.p50) == (None, None)

    def test_without_stations_nobody_is_covered(self) -> None:
        answer = ask(CoverageQuestion(moment=MONDAY_10), layer_at((106.25, 38.47)))

        assert (answer.city.share_low, answer.city.p50, answer.stations.open_count) == (0, None, 0)


class TestWhichStationsCount:
    def test_closed_hours_cover_nobody(self) -> None:
        answer = ask(CoverageQuestion(moment=MONDAY_23), layer_at((106.25, 38.47)), station("TC-1", 106.25, 38.47))

        assert answer.city.share_low == answer.city.share_high == 0

    def test_unknown_hours_are_the_distance_between_the_bounds(self) -> None:
        unknown = station("TC-1", 106.25, 38.47, hours=OpeningHours.unknown())

        answer = ask(CoverageQuestion(moment=MONDAY_10), layer_at((106.25, 38.47)), unknown)

        assert (answer.city.share_low, answer.city.share_high, answer.stations.unknown_count) == (0, 1, 1)

    def test_a_temporarily_closed_station_counts_only_as_reopened(self) -> None:
        shut = station("TC-1", 106.25, 38.47, life_cycle=LifeCycle.TEMPORARILY_CLOSED)

        as_is = ask(CoverageQuestion(moment=MONDAY_10), layer_at((106.25, 38.47)), shut)
        reopened = ask(CoverageQuestion(moment=MONDAY_10, reopened=True), layer_at((106.25, 38.47)), shut)

        assert (as_is.city.share_high, reopened.city.share_low) == (0, 1)

    def test_a_broken_service_does_not_cover(self) -> None:
        offers = (ServiceOffer(service=Service.TOILET, state=ServiceState.BROKEN), ServiceOffer(service=Service.WATER))
        shelter = station("TC-1", 106.25, 38.47, services=offers)

        def share(*wanted: Service) -> float | None:
            filters = StationFilter(services=frozenset(wanted))
            return ask(
                CoverageQuestion(moment=MONDAY_10, filters=filters), layer_at((106.25, 38.47)), shelter
            ).city.share_low

        assert share(Service.WATER) == 1
        assert share(Service.TOILET) == share(Service.WATER, Service.TOILET) == 0

    def test_an_unplaced_station_covers_nobody(self) -> None:
        answer = ask(
            CoverageQuestion(moment=MONDAY_10), layer_at((106.25, 38.47)), station("TC-1", 0, 0, position=None)
        )

        assert answer.city.share_high == 0

    def test_an_instant_is_read_in_the_places_time_zone(self) -> None:
        at_ten = Instant(datetime(2026, 11, 18, 2, 0, tzinfo=UTC))

        answer = ask(CoverageQuestion(moment=at_ten), layer_at((106.25, 38.47)), station("TC-1", 106.25, 38.47))

        assert answer.city.share_low == 1


coordinates = st.tuples(st.floats(106.2, 106.3), st.floats(38.4, 38.5))


class TestAgainstBruteForce:
    @settings(max_examples=60, deadline=None)
    @given(
        points=st.lists(coordinates, min_size=1, max_size=12, unique_by=lambda p: (round(p[0], 4), round(p[1], 4))),
        places=st.lists(st.tuples(coordinates, st.booleans()), max_size=8),
        limit_m=st.floats(50, 8000),
    )
    def test_every_point_is_judged_alike(
        self, points: list[tuple[float, float]], places: list[tuple[tuple[float, float], bool]], limit_m: float
    ) -> None:
        stations = [
            station(f"TC-{n:02}", round(lon, 6), round(lat, 6), hours=DAYTIME if known else OpeningHours.unknown())
            for n, ((lon, lat), known) in enumerate(places)
        ]

        answer = ask(CoverageQuestion(moment=MONDAY_10, rule=WithinMetres(limit_m)), layer_at(*points), *stations)

        def within(point: tuple[float, float], *, even_unknown: bool) -> bool:
            return any(
                float(great_circle_m(*point, round(lon, 6), round(lat, 6))) <= limit_m
                for (lon, lat), known in places
                if known or even_unknown
            )

        assert answer.covered_low.tolist() == [within(point, even_unknown=False) for point in points]
        assert answer.covered_high.tolist() == [within(point, even_unknown=True) for point in points]

    @settings(max_examples=40, deadline=None)
    @given(
        places=st.lists(coordinates, min_size=2, max_size=8), limit_m=st.floats(50, 8000), extra_m=st.floats(0, 5000)
    )
    def test_more_stations_or_a_larger_radius_never_cover_fewer(
        self, places: list[tuple[float, float]], limit_m: float, extra_m: float
    ) -> None:
        layer = layer_at(*[(106.2 + n / 100, 38.4 + m / 50) for n in range(10) for m in range(5)])
        stations = [station(f"TC-{n:02}", lon, lat) for n, (lon, lat) in enumerate(places)]
        question = CoverageQuestion(moment=MONDAY_10, rule=WithinMetres(limit_m))
        wider = CoverageQuestion(moment=MONDAY_10, rule=WithinMetres(limit_m + extra_m))

        few, all_of_them, farther = (
            ask(question, layer, *stations[1:]),
            ask(question, layer, *stations),
            ask(wider, layer, *stations),
        )

        assert few.city.covered_low_count <= all_of_them.city.covered_low_count <= farther.city.covered_low_count


class TestWeightedQuantiles:
    @pytest.mark.parametrize(
        ("values", "weights", "share", "expected"),
        [
            ([1.0, 2.0, 3.0, 4.0], [1.0, 1.0, 1.0, 1.0], 0.5, 2.0),
            ([4.0, 1.0, 3.0, 2.0], [1.0, 1.0, 1.0, 1.0], 0.9, 4.0),
            ([1.0, 100.0], [9.0, 1.0], 0.9, 1.0),
            ([1.0, 100.0], [8.9, 1.1], 0.9, 100.0),
            ([5.0, np.inf], [1.0, 1.0], 0.9, None),
            ([5.0, np.inf], [1.0, 0.0], 0.9, 5.0),
            ([5.0], [0.0], 0.5, None),
            ([], [], 0.5, None),
        ],
    )
    def test_it_is_the_least_value_that_holds_the_share(
        self, values: list[float], weights: list[float], share: float, expected: float | None
    ) -> None:
        assert weighted_quantile(np.array(values), np.array(weights), share) == expected
