"""Interventions: what each does to a station, and that a plan keeps what it promises when it is carried out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.coverage.analysis import Analysis, AnalysisGround, AnalysisQuestion, HoursOfWeek
from geodata.coverage.areas import Areas
from geodata.coverage.changes import changes
from geodata.coverage.nearest import nearest_open
from geodata.coverage.supply import Counted, Need, Supply
from geodata.coverage.within import Within
from geodata.errors import InvalidValue
from geodata.siting.effort import Effort
from geodata.siting.intervention_cover import Side
from geodata.siting.intervention_options import Costs, Option, site_options, station_options
from geodata.siting.intervention_plan import Limits, Objective, PlanRun, PlanTask
from geodata.siting.intervention_prospect import Prospect
from geodata.siting.intervention_travel import travel_task
from geodata.siting.interventions import (
    InterventionKind,
    LengthenHours,
    OpenSite,
    ProvideService,
    Reopen,
    Until,
    applied,
    intervention_document,
    intervention_of,
    longer_hours,
)
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Station
from geodata.stations.vocabulary import LifeCycle, Service, ServiceState
from geodata.travel.straight_line import TravelMode
from geodata.travel.straight_pairs import StraightLine
from tests.geodata.coverage.town import BOOK, ON_FOOT, WEEK, Shelter, coordinates, layer_of, point_lists, shelter_lists

WITHIN = Within.parse("1500m")
EVENING = frozenset({18, 20, 22, 47, 161})
WATER = Need.one(Service.WATER)
EVERY_KIND = frozenset(InterventionKind)


def analysis_of(
    points: Sequence[tuple[float, float]],
    stations: Sequence[Station],
    need: Need = WATER,
    hours: frozenset[int] = EVENING,
    travel: StraightLine = ON_FOOT,
) -> Analysis:
    half = len(points) // 2
    areas = Areas.units(["A"] * half + ["B"] * (len(points) - half), ["A", "B"])
    ground = AnalysisGround.of(layer_of(points), areas, Supply.of(stations, BOOK), travel, WITHIN, cut_off_s=3600)
    return Analysis(ground, AnalysisQuestion(when=HoursOfWeek(WEEK, hours), within=WITHIN, need=need))


def sites_at(places: Sequence[tuple[float, float]]) -> list[Option]:
    return site_options(
        OpenSite(key=f"S{number}", name=f"S{number}", lon=lon, lat=lat, services=(Service.WATER,))
        for number, (lon, lat) in enumerate(places)
    )


def task_of(
    points: Sequence[tuple[float, float]],
    stations: Sequence[Station],
    options: Sequence[Option],
    objective: Objective,
    limits: Limits,
    **more: frozenset[str],
) -> PlanTask:
    return PlanTask(
        prospect=Prospect(
            (Side(analysis_of(points, stations), ON_FOOT),),
            tuple(options),
            {station.code: station for station in stations},
            BOOK,
        ),
        objective=objective,
        limits=limits,
        **more,
    )


def covered_after(
    points: Sequence[tuple[float, float]], stations: Sequence[Station], options: Sequence[Option]
) -> float:
    return analysis_of(points, applied(stations, [one for each in options for one in each.changes])).whole.low


def stations_of(shelters: Sequence[Shelter]) -> list[Station]:
    return [shelter.station(number) for number, shelter in enumerate(shelters)]


def every_option(stations: Sequence[Station], places: Sequence[tuple[float, float]]) -> list[Option]:
    return station_options(stations, EVERY_KIND, WATER, Counted(), WEEK.month) + sites_at(places)


class TestLongerHours:
    @pytest.mark.parametrize(
        ("rule", "until", "wanted"),
        [
            ("Mo-Fr 08:30-12:00,14:00-18:00; PH off", Until.LATE, "Mo-Fr 08:30-12:00,14:00-22:00; PH off"),
            ("Mo-Su 20:00-02:00", Until.LATE, "Mo-Su 20:00-02:00"),
            ("Mo-Su 08:00-23:00", Until.LATE, "Mo-Su 08:00-23:00"),
            ("Sa 10:00-16:00", Until.AROUND_THE_CLOCK, "24/7"),
            ("24/7", Until.AROUND_THE_CLOCK, "24/7"),
        ],
    )
    def test_only_the_days_end_moves_and_never_to_an_earlier_hour(self, rule: str, until: Until, wanted: str) -> None:
        longer = longer_hours(OpeningHours.from_rule(rule), until)

        assert longer is not None
        assert longer.rule == wanted

    @pytest.mark.parametrize("rule", [None, "Apr-Oct Mo-Su 08:00-20:00; Nov-Mar Mo-Su 09:00-18:00"])
    def test_hours_nobody_knows_or_that_go_by_season_are_not_guessed_at(self, rule: str | None) -> None:
        hours = OpeningHours.unknown() if rule is None else OpeningHours.from_rule(rule)

        assert longer_hours(hours, Until.LATE) is None


class TestApplied:
    def test_each_kind_changes_only_what_it_names(self) -> None:
        (before,) = stations_of([Shelter(106.2, 38.4, "Mo-Su 08:00-18:00", life_cycle=LifeCycle.RENOVATING)])

        (after,) = applied(
            [before],
            [
                Reopen(before.code),
                ProvideService(before.code, Service.WATER),
                LengthenHours(before.code, Until.LATE),
            ],
        )

        assert (after.life_cycle, after.hours.rule) == (LifeCycle.ACTIVE, "Mo-Su 08:00-22:00")
        assert [(offer.service, offer.state) for offer in after.services] == [(Service.WATER, ServiceState.AVAILABLE)]
        assert (after.name, after.position, after.version) == (before.name, before.position, before.version)

    def test_a_station_that_is_not_there_and_a_site_named_twice_are_refused(self) -> None:
        site = OpenSite(key="A", name="A", lon=106.2, lat=38.4)

        with pytest.raises(InvalidValue, match="no station") as unknown:
            applied([], [Reopen("TC-1")])
        with pytest.raises(InvalidValue, match="twice") as twice:
            applied([], [site, site])

        assert (unknown.value.code, twice.value.code) == ("unknown_station", "repeated")

    @pytest.mark.parametrize(
        "intervention",
        [
            OpenSite(key="A-1", name="邮政 A", lon=106.2, lat=38.4, services=(Service.WATER,), district_code="640104"),
            LengthenHours("TC-001", Until.AROUND_THE_CLOCK),
            ProvideService("TC-001", Service.TOILET),
            Reopen("TC-001"),
        ],
    )
    def test_what_is_written_is_read_again(self, intervention: OpenSite | LengthenHours) -> None:
        assert intervention_of(intervention_document(intervention)) == intervention

    @pytest.mark.parametrize(
        "document", [None, [], {}, {"type": "raze"}, {"type": "reopen"}, {"type": "open_site", "key": "A", "lon": "x"}]
    )
    def test_anything_else_is_refused(self, document: object) -> None:
        with pytest.raises(InvalidValue):
            intervention_of(document)


class TestOptions:
    def test_a_station_that_is_shut_dry_and_early_gets_packages_that_mend_all_of_it(self) -> None:
        stations = stations_of([Shelter(106.2, 38.4, "Mo-Su 08:00-18:00", life_cycle=LifeCycle.TEMPORARILY_CLOSED)])

        options = station_options(stations, EVERY_KIND, WATER, Counted(), WEEK.month)

        assert [option.key for option in options] == [
            "TC-000+reopen+water",
            "TC-000+reopen+water+22:00",
            "TC-000+reopen+water+24h",
        ]

    def test_what_cannot_be_mended_with_the_kinds_allowed_is_no_option(self) -> None:
        stations = stations_of([Shelter(106.2, 38.4, "Mo-Su 08:00-18:00", life_cycle=LifeCycle.TEMPORARILY_CLOSED)])

        assert not station_options(stations, frozenset({InterventionKind.TO_24H}), WATER, Counted(), WEEK.month)


few_places = st.lists(coordinates, min_size=1, max_size=4, unique=True)


class TestPlans:
    @settings(max_examples=25, deadline=None)
    @given(points=point_lists, shelters=shelter_lists, places=few_places)
    def test_what_an_option_is_counted_for_is_what_comes_of_it(
        self, points: list[tuple[float, float]], shelters: list[Shelter], places: list[tuple[float, float]]
    ) -> None:
        stations = stations_of(shelters)
        options = every_option(stations, places)
        run = PlanRun(task_of(points, stations, options, Objective.MOST_COVERED, Limits(count=2)))
        now = analysis_of(points, stations).whole

        for number, option in enumerate(options):
            gained = covered_after(points, stations, [option]) - now.low
            assert run.gain.value(np.array([number])) == pytest.approx(gained, abs=1e-6)
        assert run.cover.weights.sum() == pytest.approx(now.worker_hours)

    @settings(max_examples=12, deadline=None)
    @given(points=point_lists, shelters=shelter_lists.map(lambda each: each[:3]), places=few_places)
    def test_a_plan_under_a_count_is_as_good_as_trying_all_and_keeps_its_word(
        self, points: list[tuple[float, float]], shelters: list[Shelter], places: list[tuple[float, float]]
    ) -> None:
        stations = stations_of(shelters)
        options = every_option(stations, places)
        now = analysis_of(points, stations).whole.low

        plan = PlanRun(task_of(points, stations, options, Objective.MOST_COVERED, Limits(count=2))).solve(
            Effort(time_limit_s=20), exact=True
        )

        best = max(
            (
                covered_after(points, stations, chosen)
                for size in (0, 1, 2)
                for chosen in combinations(options, size)
                if sum(len(option.changes) for option in chosen) <= 2
                and len({option.station_code for option in chosen}) == size
            ),
        )
        assert plan.solution.proven
        assert plan.solution.objective == pytest.approx(best - now, abs=1e-6)
        assert covered_after(points, stations, plan.options) == pytest.approx(best, abs=1e-6)

    def test_a_budget_buys_what_its_costs_allow_and_takes_what_is_required(self) -> None:
        points = [(106.20, 38.40), (106.30, 38.40), (106.40, 38.40)]
        costs = Costs({InterventionKind.OPEN_SITE: 5.0})
        task = task_of(
            points, [], sites_at(points), Objective.MOST_COVERED, Limits(budget=11, costs=costs),
            required=frozenset({"NEW-S0"}), forbidden=frozenset({"NEW-S2"}),
        )  # fmt: skip

        plan = PlanRun(task).solve(Effort(time_limit_s=5), exact=True)

        assert [option.key for option in plan.options] == ["NEW-S0", "NEW-S1"]

    def test_the_fewest_sites_reach_the_share_and_one_less_does_not(self) -> None:
        points = [(106.20 + number / 20, 38.40) for number in range(6)]
        task = task_of(points, [], sites_at(points), Objective.FEWEST, Limits(target_share=0.7))

        plan = PlanRun(task).solve(Effort(time_limit_s=5), exact=True)

        whole = analysis_of(points, []).whole.worker_hours
        assert plan.solution.objective == len(plan.options) == 3
        assert covered_after(points, [], plan.options) / whole >= 0.7

    def test_fairness_serves_the_district_that_has_nothing_first(self) -> None:
        points = [(106.20, 38.40), (106.30, 38.40), (106.40, 38.40), (106.50, 38.40)]
        stations = stations_of([Shelter(*points[2], services=frozenset({Service.WATER}))])
        task = task_of(points, stations, sites_at(points), Objective.FAIREST, Limits(count=1))

        plan = PlanRun(task).solve(Effort(time_limit_s=5), exact=True)

        assert [option.key for option in plan.options] == ["NEW-S1"]
        assert plan.before == 0
        assert plan.solution.objective == pytest.approx(3 / 7)  # the other district is the worst one then

    @settings(max_examples=10, deadline=None)
    @given(points=point_lists, shelters=shelter_lists.map(lambda each: each[:3]), places=few_places)
    def test_least_travel_agrees_with_trying_every_site(
        self, points: list[tuple[float, float]], shelters: list[Shelter], places: list[tuple[float, float]]
    ) -> None:
        stations, options = stations_of(shelters), sites_at(places)
        for objective in (Objective.LEAST_MEAN, Objective.LEAST_WORST):
            plan = PlanRun(task_of(points, stations, options, objective, Limits(count=1))).solve(
                Effort(time_limit_s=10), exact=True
            )

            tried = [travel_of(points, stations, chosen, objective) for chosen in ([], *([one] for one in options))]
            assert plan.before == pytest.approx(tried[0])
            assert plan.solution.objective == pytest.approx(min(tried))
            assert plan.solution.proven

    @pytest.mark.parametrize("is_worst", [False, True])
    def test_walkers_and_riders_in_one_table_cost_what_they_cost_apart(self, is_worst: bool) -> None:
        rng = np.random.default_rng(7)
        points = [(float(lon), float(lat)) for lon, lat in rng.uniform((106.2, 38.4), (106.25, 38.45), (40, 2))]
        stations = stations_of([Shelter(*points[0], "Mo-Su 08:00-21:00"), Shelter(*points[1], "24/7")])
        options = sites_at(
            [(float(lon), float(lat)) for lon, lat in rng.uniform((106.2, 38.4), (106.25, 38.45), (6, 2))]
        )
        by_code = {station.code: station for station in stations}
        sides = [
            Side(analysis_of(points, stations, Need(), travel=travel), travel)
            for travel in (ON_FOOT, StraightLine(ON_FOOT.travel, TravelMode.EBIKE))
        ]

        both = travel_task(sides, options, by_code, BOOK, 1800.0, is_worst=is_worst)
        apart = [travel_task([side], options, by_code, BOOK, 1800.0, is_worst=is_worst) for side in sides]

        assert len(both.weights) < sum(len(task.weights) for task in apart)
        for chosen in ([0], [0, 3], [0, 1, 2, 6]):
            whole, *parts = (
                task.costs[:, chosen].min(axis=1).max() if is_worst
                else float(task.weights @ task.costs[:, chosen].min(axis=1))
                for task in (both, *apart)
            )  # fmt: skip
            assert whole == pytest.approx(max(parts) if is_worst else sum(parts))

    def test_the_curve_rises_to_the_plan_and_alternatives_lose_what_they_say(self) -> None:
        points = [(106.20 + number / 200, 38.40 + (number % 3) / 100) for number in range(12)]
        task = task_of(points, [], sites_at(points), Objective.MOST_COVERED, Limits(count=3))
        run = PlanRun(task)

        plan = run.with_outlook(run.solve(Effort(time_limit_s=5), exact=True), Effort(time_limit_s=5))

        values = [step.value for step in plan.curve]
        assert values == sorted(values)
        assert next(step.value for step in plan.curve if step.spent == 3) == pytest.approx(plan.solution.objective or 0)
        for each in plan.exchanges[:5]:
            kept = [option for option in plan.options if option != each.out]
            now = covered_after(points, [], [*kept, each.into])
            assert now == pytest.approx((plan.solution.objective or 0) * (1 - each.lost_share))

    def test_an_option_nobody_offered_cannot_be_required(self) -> None:
        task = task_of(
            [(106.2, 38.4)], [], sites_at([(106.2, 38.4)]), Objective.MOST_COVERED, Limits(count=1),
            required=frozenset({"NEW-S9"}),
        )  # fmt: skip

        with pytest.raises(InvalidValue) as refused:
            PlanRun(task)

        assert (refused.value.field, refused.value.code) == ("required", "unknown_option")


def travel_of(
    points: Sequence[tuple[float, float]], stations: Sequence[Station], chosen: Sequence[Option], objective: Objective
) -> float:
    """The slow answer: hour by hour, everybody to the nearest station that is surely open, half an hour at most."""
    after = analysis_of(points, applied(stations, [one for each in chosen for one in each.changes]))
    total, weight, worst = 0.0, 0.0, 0.0
    for hour in sorted(EVENING):
        is_open = np.array(
            [bool(bits[hour // 64] >> np.uint64(hour % 64) & np.uint64(1)) for bits in after.week.surely]
        )
        times = np.minimum(nearest_open(after.ground.travel_pairs, is_open).time_s, 1800.0)
        present = after.demand.at_hours([hour])
        total, weight = total + float(times @ present), weight + float(present.sum())
        worst = max(worst, float(times[present > 0].max(initial=0.0)))
    return total / weight if objective is Objective.LEAST_MEAN else worst


class TestLocality:
    @settings(max_examples=20, deadline=None)
    @given(points=point_lists, shelters=shelter_lists, place=coordinates)
    def test_nothing_far_from_a_new_site_changes(
        self, points: list[tuple[float, float]], shelters: list[Shelter], place: tuple[float, float]
    ) -> None:
        stations = stations_of(shelters)
        before = analysis_of(points, stations)
        after = analysis_of(points, applied(stations, [sites_at([place])[0].changes[0]]))

        near = set(after.reach.point_ids[after.reach.station_rows == _row(after, "NEW-S0")].tolist())
        change = changes(before.covered, after.covered, before.demand)
        far = np.array([row not in near for row in range(len(points))])
        assert not any(each.newly_covered[far].any() or each.lost.any() for each in (change.low, change.high))
        self._same_assignment(before, after)

    @staticmethod
    def _same_assignment(before: Analysis, after: Analysis) -> None:
        """Whoever goes elsewhere goes to the new site."""
        was, now = (
            nearest_open(each.ground.travel_pairs, np.ones(each.ground.supply.station_count, dtype=np.bool_))
            for each in (before, after)
        )
        old = [before.ground.supply.columns.codes[row] if row >= 0 else "" for row in was.station_rows]
        new = [after.ground.supply.columns.codes[row] if row >= 0 else "" for row in now.station_rows]
        assert all(other in {one, "NEW-S0"} for one, other in zip(old, new, strict=True))


def _row(analysis: Analysis, code: str) -> int:
    return analysis.ground.supply.columns.codes.index(code)
