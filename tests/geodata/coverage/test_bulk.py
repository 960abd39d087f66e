"""Very many points: parts add up, processes agree, memory stays flat, and who is open on arrival is exact."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.coordinates import LonLat
from geodata.coverage.answer import answer_coverage
from geodata.coverage.bulk import BulkCoverage, DemandPart
from geodata.coverage.nearest_points import NOBODY, NearestStations, OpenOnArrival
from geodata.coverage.opening import open_stations
from geodata.coverage.question import CoverageQuestion, HourCell, WithinMetres
from geodata.errors import InvalidValue
from geodata.stations.arrival import ArrivalRules
from geodata.stations.filters import StationFilter
from geodata.stations.index import StationIndex
from geodata.stations.vocabulary import WorkerGroup
from geodata.travel.straight_line import StraightLineTravel, TravelMode
from tests.geodata.coverage.town import WEEK, Shelter, layer_of, point_lists, shelter_lists, supply_of

RULE = WithinMetres(1000)


def town(seed: int = 4) -> BulkCoverage:
    rng = np.random.default_rng(seed)
    some, more = rng.uniform((106.2, 38.4), (106.4, 38.6), (60, 2)), rng.uniform((106.2, 38.4), (106.4, 38.6), (20, 2))
    both = np.concatenate((some, more))
    return BulkCoverage(NearestStations.of(*some.T), NearestStations.of(*both.T), RULE)


def parts(parts_count: int, size: int) -> Iterator[DemandPart]:
    for number in range(parts_count):
        rng = np.random.default_rng(number)
        points = rng.uniform((106.2, 38.4), (106.4, 38.6), (size, 2))
        yield DemandPart(points[:, 0].copy(), points[:, 1].copy(), rng.uniform(0, 10, size))


class TestTallies:
    @settings(max_examples=15, deadline=None)
    @given(points=point_lists, shelters=shelter_lists, hour=st.integers(0, 167))
    def test_a_part_is_answered_as_a_city_is(
        self, points: list[tuple[float, float]], shelters: list[Shelter], hour: int
    ) -> None:
        layer, columns = layer_of(points), supply_of(shelters).columns
        question = CoverageQuestion(moment=HourCell(hour, WEEK), rule=RULE, groups=frozenset({WorkerGroup.RIDERS}))
        stations = open_stations(columns, question)
        surely, perhaps = (
            NearestStations.of(columns.lon[mask], columns.lat[mask]) for mask in (stations.surely, stations.perhaps)
        )
        bulk = BulkCoverage(surely, perhaps, RULE)

        tally = bulk.tally(DemandPart(layer.lon, layer.lat, layer.workers_at(WorkerGroup.RIDERS, hour)))

        answer = answer_coverage(question, layer, [None] * len(points), [], columns)
        assert tally.workers == pytest.approx(answer.city.workers_count)
        assert tally.low == pytest.approx(answer.city.covered_low_count)
        assert tally.high == pytest.approx(answer.city.covered_high_count)
        for share, exact in ((0.5, answer.city.p50), (0.9, answer.city.p90)):
            found = tally.quantile_m(share)
            if exact is not None and tally.workers > 0 and exact <= 20_000:
                assert found is not None
                assert exact - 1e-9 <= found <= max(exact, 1e-9) + tally.bin_m

    def test_how_points_are_cut_into_parts_does_not_matter(self) -> None:
        bulk = town()
        whole = list(parts(4, 500))
        together = DemandPart(
            *(np.concatenate([getattr(part, name) for part in whole]) for name in ("lon", "lat", "workers"))
        )

        in_parts, at_once = bulk.of(whole), bulk.tally(together)

        assert in_parts.points_count == at_once.points_count == 2000
        assert in_parts.low == pytest.approx(at_once.low)
        assert in_parts.high == pytest.approx(at_once.high)
        assert in_parts.by_distance == pytest.approx(at_once.by_distance)

    def test_memory_does_not_grow_with_the_number_of_parts(self) -> None:
        bulk = town()

        def peak_bytes(parts_count: int) -> int:
            tracemalloc.start()
            try:
                bulk.of(parts(parts_count, 5_000))
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

        peak_bytes(1)
        assert peak_bytes(30) < 1.5 * peak_bytes(3)

    @pytest.mark.long
    def test_a_cluster_of_processes_gives_the_same_numbers(self) -> None:
        distributed = pytest.importorskip("distributed")
        bulk, many = town(), list(parts(12, 20_000))

        with (
            distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0") as cluster,
            distributed.Client(cluster) as client,
        ):
            shared = bulk.total(client.gather(client.map(bulk.tally, many)))

        alone = bulk.of(many)
        assert (shared.points_count, shared.workers, shared.low, shared.high) == (
            alone.points_count,
            alone.workers,
            alone.low,
            alone.high,
        )
        assert shared.by_distance.tolist() == alone.by_distance.tolist()
        print(f"{alone.points_count:,} points in 12 parts: the same numbers from 2 processes")

    def test_without_stations_nobody_is_covered(self) -> None:
        nowhere = NearestStations.of(np.array([np.nan]), np.array([np.nan]))

        tally = BulkCoverage(nowhere, nowhere, RULE).of(parts(1, 10))

        assert (tally.low, tally.high, tally.quantile_m(0.5)) == (0, 0, None)


class TestOpenOnArrival:
    @settings(max_examples=20, deadline=None)
    @given(
        points=point_lists,
        shelters=shelter_lists,
        hour=st.integers(0, 167),
        mode=st.sampled_from(TravelMode),
    )
    def test_it_is_the_first_of_the_search_for_one(
        self, points: list[tuple[float, float]], shelters: list[Shelter], hour: int, mode: TravelMode
    ) -> None:
        columns, rules, travel = supply_of(shelters).columns, ArrivalRules(), StraightLineTravel()
        at = datetime(2026, 11, 16, tzinfo=ZoneInfo("Asia/Shanghai")) + timedelta(hours=hour, minutes=47)
        counted = np.ones(len(shelters), dtype=np.bool_)
        index = StationIndex(columns)
        expected = [
            index.nearest(LonLat(*point), 1, StationFilter(), at=at, mode=mode, travel=travel, rules=rules).found
            for point in points
        ]
        if not (columns.active & np.array([each.rule is not None for each in shelters], dtype=np.bool_)).any():
            return

        rows, away_m = OpenOnArrival.among(columns, counted, travel, mode, rules).nearest(
            np.array([lon for lon, _lat in points]), np.array([lat for _lon, lat in points]), at
        )

        for number, found in enumerate(expected):
            if found:
                assert away_m[number] == pytest.approx(found[0].distance_m, abs=0.1)
            else:
                assert rows[number] == NOBODY

    def test_without_known_hours_there_is_nothing_to_ask(self) -> None:
        columns = supply_of([Shelter(106.25, 38.47, None)]).columns

        with pytest.raises(InvalidValue):
            OpenOnArrival.among(
                columns, np.ones(1, dtype=np.bool_), StraightLineTravel(), TravelMode.WALK, ArrivalRules()
            )
