"""An analysis: its results agree with one another, with the public answer, and add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.coverage.analysis import Analysis, AnalysisGround, AnalysisQuestion, HoursOfWeek, When
from geodata.coverage.answer import answer_coverage
from geodata.coverage.areas import Areas
from geodata.coverage.question import CoverageQuestion, Instant, WithinMetres
from geodata.coverage.supply import NOTHING_SPECIAL, Counted, Need
from geodata.coverage.within import Within
from geodata.errors import InvalidValue
from geodata.stations.vocabulary import Service, WorkerGroup
from geodata.travel.straight_line import StraightLineTravel, TravelMode
from geodata.travel.straight_pairs import StraightLine
from tests.geodata.coverage.town import ON_FOOT, WEEK, Shelter, layer_of, point_lists, shelter_lists, supply_of

HOME = (106.25, 38.47)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def analysis_of(
    points: list[tuple[float, float]],
    shelters: list[Shelter],
    when: When,
    within: str = "1500m",
    counted: Counted | None = None,
    need: Need = NOTHING_SPECIAL,
) -> Analysis:
    layer, supply = layer_of(points), supply_of(shelters)
    areas, limit = Areas.units([None] * len(points), []), Within.parse(within)
    ground = AnalysisGround.of(layer, areas, supply, ON_FOOT, limit, cut_off_s=36_000)
    question = AnalysisQuestion(when=when, within=limit, counted=counted or Counted(), need=need)
    return Analysis(ground, question)


class TestAgreement:
    @settings(max_examples=12, deadline=None)
    @given(points=point_lists, shelters=shelter_lists, within=st.sampled_from(["900m", "2500m", "15min"]))
    def test_whole_areas_matrix_and_losses_tell_one_story(
        self, points: list[tuple[float, float]], shelters: list[Shelter], within: str
    ) -> None:
        analysis = analysis_of(points, shelters, HoursOfWeek(WEEK), within)

        whole, matrix = analysis.whole, analysis.matrix([NOTHING_SPECIAL]).tally(NOTHING_SPECIAL)
        areas = analysis.tallies().values()

        assert whole.worker_hours == pytest.approx(matrix.worker_hours)
        for bound in ("low", "high"):
            assert getattr(whole, bound) == pytest.approx(getattr(matrix, bound))
            assert sum(getattr(each, bound) for each in areas) == pytest.approx(getattr(whole, bound))
        assert [each.covered for each in analysis.losses] == pytest.approx([whole.low, whole.high])

    @settings(max_examples=15, deadline=None)
    @given(
        points=point_lists,
        shelters=shelter_lists,
        at=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),  # noqa: DTZ001 - the zone is put on below
    )
    def test_an_instant_is_answered_as_on_the_public_page(
        self, points: list[tuple[float, float]], shelters: list[Shelter], at: datetime
    ) -> None:
        instant = Instant(at.replace(tzinfo=SHANGHAI))
        analysis = analysis_of(points, shelters, instant)

        question = CoverageQuestion(moment=instant, rule=WithinMetres(1500))
        answer = answer_coverage(
            question, analysis.ground.layer, [None] * len(points), [], analysis.ground.supply.columns
        )
        assert analysis.whole.worker_hours == pytest.approx(answer.city.workers_count)
        assert analysis.whole.low == pytest.approx(answer.city.covered_low_count)
        assert analysis.whole.high == pytest.approx(answer.city.covered_high_count)


class TestRoom:
    @settings(max_examples=10, deadline=None)
    @given(points=point_lists, shelters=shelter_lists)
    def test_all_room_with_demand_in_reach_is_given_out_hour_by_hour(
        self, points: list[tuple[float, float]], shelters: list[Shelter]
    ) -> None:
        hours = frozenset({3, 12, 23, 155})
        analysis = analysis_of(points, shelters, HoursOfWeek(WEEK, hours))
        supply = np.nan_to_num(analysis.ground.supply.seats, nan=1.0)

        low, high = analysis.room(supply)

        worker_hours = analysis.demand.at_points()
        pairs = analysis.ground.travel_pairs
        for room, open_hours in ((low, analysis.week.surely), (high, analysis.week.perhaps)):
            expected = 0.0
            for hour in hours:
                present = analysis.demand.at_hours([hour])
                near = pairs.time_s <= 900
                served = {
                    int(row)
                    for row, point in zip(pairs.station_rows[near], pairs.point_ids[near], strict=True)
                    if present[point] > 0
                }
                for row in served:
                    is_open = int(open_hours[row, hour // 64]) >> (hour % 64) & 1
                    expected += float(supply[row]) * is_open
            assert worker_hours @ room == pytest.approx(expected)


class TestGround:
    @pytest.mark.parametrize(("within", "covers"), [("1000m", True), ("15min", False)])
    def test_metres_are_a_straight_line_and_minutes_the_way(self, within: str, covers: bool) -> None:
        layer, supply = layer_of([HOME]), supply_of([Shelter(106.25, 38.478)])
        roundabout = StraightLine(StraightLineTravel(detour_factor=5), TravelMode.WALK)

        limit = Within.parse(within)
        ground = AnalysisGround.of(layer, Areas.units([None], []), supply, roundabout, limit, cut_off_s=36_000)
        analysis = Analysis(ground, AnalysisQuestion(when=HoursOfWeek(WEEK), within=limit))

        assert (analysis.whole.low > 0) is covers
        assert analysis.times[0].mean_s == pytest.approx(889.6 * 5 / (4.8 / 3.6), rel=1e-3)
        assert ground.note.detour_factor == 5

    def test_who_has_nothing_within_half_an_hour_is_beyond(self) -> None:
        layer, supply = layer_of([HOME]), supply_of([Shelter(106.35, 38.47)])
        limit = Within.parse("1000m")

        ground = AnalysisGround.of(layer, Areas.units([None], []), supply, ON_FOOT, limit)

        analysis = Analysis(ground, AnalysisQuestion(when=HoursOfWeek(WEEK), within=limit))
        assert analysis.times[0].beyond == pytest.approx(analysis.whole.worker_hours)


class TestQuestions:
    def test_a_stay_at_an_instant_must_end_before_the_doors_shut(self) -> None:
        at = Instant(datetime(2026, 11, 18, 17, 45, tzinfo=SHANGHAI))
        shelters = [Shelter(*HOME, "Mo-Su 08:00-18:00")]

        shares = [
            analysis_of([HOME], shelters, at, counted=Counted(min_stay_min=stay)).whole.share_low for stay in (15, 16)
        ]

        assert shares == [pytest.approx(1), 0]

    def test_at_least_one_of_some_services_is_enough(self) -> None:
        shelters = [Shelter(*HOME, services=frozenset({Service.WATER}))]
        either = frozenset({Service.WATER, Service.TOILET})

        any_of = analysis_of([HOME], shelters, HoursOfWeek(WEEK), need=Need(any_of=either))
        all_of = analysis_of([HOME], shelters, HoursOfWeek(WEEK), need=Need(all_of=either))

        assert any_of.whole.share_low == pytest.approx(1)
        assert all_of.whole.share_low == 0

    def test_both_bounds_are_everywhere(self) -> None:
        analysis = analysis_of([HOME], [Shelter(*HOME, None, seats=2)], HoursOfWeek(WEEK))

        assert (analysis.times[0].mean_s, analysis.times[1].mean_s) == (None, 0)
        assert [float(each.worker_hours[0]) > 0 for each in analysis.loads] == [False, True]
        assert [each.single_share for each in analysis.losses] == [None, pytest.approx(1)]

    def test_a_set_without_hours_is_refused(self) -> None:
        with pytest.raises(InvalidValue):
            HoursOfWeek(WEEK, frozenset())

    def test_an_instant_has_no_weeks_matrix(self) -> None:
        analysis = analysis_of([HOME], [], Instant(datetime(2026, 11, 18, 10, tzinfo=SHANGHAI)))

        with pytest.raises(InvalidValue):
            analysis.matrix([NOTHING_SPECIAL])

    def test_an_empty_layer_has_answers(self) -> None:
        analysis = analysis_of([], [], HoursOfWeek(WEEK))

        assert (analysis.whole.share_low, analysis.times[0].p50_s, analysis.losses[0].single_share) == (
            None,
            None,
            None,
        )
        assert [len(each) for each in analysis.room(np.empty(0))] == [0, 0]

    def test_only_the_groups_named_are_counted(self) -> None:
        everybody = analysis_of([HOME], [], HoursOfWeek(WEEK))
        question = replace(everybody.question, groups=frozenset({WorkerGroup.SANITATION}))

        cleaners = Analysis(everybody.ground, question)

        assert everybody.whole.worker_hours == pytest.approx(3 * 168)
        assert cleaners.whole.worker_hours == pytest.approx(2 * 168)
