"""What is said beside a plan: what is nearly as good, where the curve bends, and that nothing helps."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from geodata.coverage.analysis import Analysis, AnalysisGround, AnalysisQuestion, HoursOfWeek
from geodata.coverage.areas import Areas
from geodata.coverage.supply import Need, Supply
from geodata.siting import intervention_plan
from geodata.siting.effort import Effort
from geodata.siting.intervention_cover import Side
from geodata.siting.intervention_options import Costs
from geodata.siting.intervention_plan import Limits, Objective, Plan, PlanRun, PlanTask
from geodata.siting.intervention_prospect import Prospect
from geodata.siting.interventions import InterventionKind
from geodata.stations.vocabulary import Service
from tests.geodata.coverage.town import BOOK, ON_FOOT, WEEK, layer_of
from tests.geodata.siting.test_interventions import WITHIN, sites_at

EFFORT = Effort(time_limit_s=10.0)


def run_of(heads: Sequence[float], objective: Objective, limits: Limits, *required: str) -> PlanRun:
    """Places too far from each other for one site, with so many heads, the first half of them in one district."""
    points = [(106.20 + number / 10, 38.40) for number in range(len(heads))]
    half = len(points) // 2
    areas = Areas.units(["A"] * half + ["B"] * (len(points) - half), ["A", "B"])
    ground = AnalysisGround.of(layer_of(points, heads), areas, Supply.of([], BOOK), ON_FOOT, WITHIN, cut_off_s=3600)
    question = AnalysisQuestion(when=HoursOfWeek(WEEK, frozenset({20})), within=WITHIN, need=Need.one(Service.WATER))
    sites = tuple(sites_at(points))
    prospect = Prospect((Side(Analysis(ground, question), ON_FOOT),), sites, {}, BOOK)
    return PlanRun(PlanTask(prospect=prospect, objective=objective, limits=limits, required=frozenset(required)))


def planned(run: PlanRun) -> Plan:
    return run.with_outlook(run.solve(EFFORT, exact=True), EFFORT)


def exchanged(plan: Plan) -> list[tuple[str, str]]:
    return [(each.out.key, each.into.key) for each in plan.exchanges]


def chosen(plan: Plan) -> list[str]:
    return [option.key for option in plan.options]


def test_what_misses_the_target_is_not_nearly_as_good() -> None:
    plan = planned(run_of([100, 99.9, 100, 50], Objective.FEWEST, Limits(target_share=99.95 / 349.9)))

    assert len(plan.options) == 1
    assert exchanged(plan) == [(chosen(plan)[0], "NEW-S2" if chosen(plan) == ["NEW-S0"] else "NEW-S0")]


def test_what_ruins_the_worst_district_is_not_nearly_as_good_however_many_it_serves() -> None:
    plan = planned(run_of([5, 0.02, 1000, 999], Objective.FAIREST, Limits(count=2)))

    assert chosen(plan) == ["NEW-S0", "NEW-S2"]
    assert exchanged(plan) == [("NEW-S2", "NEW-S3")]


def test_the_curve_bends_where_a_change_more_brings_less_however_many_are_required() -> None:
    required = [f"NEW-S{number}" for number in range(5)]
    plan = planned(run_of([10] * 6 + [6, 4], Objective.MOST_COVERED, Limits(count=8), *required))

    assert [step.spent for step in plan.curve] == [0, 5, 6, 7, 8]
    assert plan.knee == 6


def test_where_the_curve_bends_does_not_hang_on_how_much_was_asked_for() -> None:
    heads = [100, 80, 60, 10, 9, 8, 7, 6, 5, 4]
    plans = [planned(run_of(heads, Objective.MOST_COVERED, Limits(count=count))) for count in (1, 3, 9)]

    assert [plan.knee for plan in plans] == [3, 3, 3]
    assert {tuple(step.spent for step in plan.curve) for plan in plans} == {tuple(range(11))}


def test_the_plan_lies_on_the_curve_of_its_own_aim_also_beyond_the_curves_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intervention_plan, "CURVE_COUNT", 2)
    plan = planned(run_of([9, 8, 7, 6, 5], Objective.MOST_COVERED, Limits(count=4)))

    assert plan.own is not None
    assert plan.own.spent == 4
    assert plan.own.value == pytest.approx(plan.solution.objective)
    assert [step.spent for step in plan.curve] == [0, 1, 2, 4]
    assert plan.curve[-1] == plan.own


def test_the_curve_of_a_fair_plan_is_that_of_the_worst_district() -> None:
    plan = planned(run_of([5, 0, 1000, 999], Objective.FAIREST, Limits(count=2)))

    assert chosen(plan) == ["NEW-S0", "NEW-S2"]
    assert plan.own is not None
    assert plan.own.value == plan.solution.objective == pytest.approx(1000 / 1999)
    assert [(step.spent, step.value, step.bound) for step in plan.curve] == [
        (0, 0.0, None), (1, 0.0, None), (2, pytest.approx(1000 / 1999), None), (3, 1.0, None),
    ]  # fmt: skip


def test_the_curve_of_a_fair_plan_under_a_budget_is_one_of_money() -> None:
    costs = Costs({InterventionKind.OPEN_SITE: 300.0})
    plan = planned(run_of([5, 0, 1000, 999], Objective.FAIREST, Limits(budget=700.0, costs=costs)))

    assert [step.spent for step in plan.curve] == [0, 300, 600, 900]
    assert plan.knee is None


def test_the_curve_of_the_mean_way_falls_to_the_plan_and_beyond_it() -> None:
    plan = planned(run_of([4, 3, 2, 1], Objective.LEAST_MEAN, Limits(count=2), "NEW-S3"))

    values = [step.value for step in plan.curve]
    assert [step.spent for step in plan.curve] == [0, 1, 2, 3, 4]
    assert values == sorted(values, reverse=True)
    assert (values[0], values[2]) == (plan.before, plan.solution.objective)
    assert values[1] == pytest.approx(plan.before * 0.9 + values[4] * 0.1)
    assert plan.own == plan.curve[2]
    assert exchanged(plan) == []


def test_of_the_longest_way_the_curve_says_how_many_it_takes() -> None:
    plan = planned(run_of([1, 1, 1], Objective.LEAST_WORST, Limits(count=2)))

    assert chosen(plan) == []
    assert [step.spent for step in plan.curve] == [0, 3]
    assert plan.curve[0].value == plan.before > plan.curve[1].value


@pytest.mark.parametrize("required", [(), ("NEW-S1",)])
def test_where_nothing_shortens_the_longest_way_only_what_is_required_is_done(required: tuple[str, ...]) -> None:
    run = run_of([1, 1, 1, 1], Objective.LEAST_WORST, Limits(count=2), *required)

    plan = run.solve(EFFORT, exact=True)

    assert chosen(plan) == list(required)
    assert plan.solution.objective == plan.before == 1800.0
    assert plan.solution.proven


def test_the_longest_way_is_shortened_where_enough_may_be_done() -> None:
    plan = run_of([1, 1], Objective.LEAST_WORST, Limits(count=2)).solve(EFFORT, exact=True)

    assert chosen(plan) == ["NEW-S0", "NEW-S1"]
    assert (plan.solution.objective or 0.0) < plan.before


def test_some_of_a_fair_plan_is_said_to_be_as_fair_as_it_is() -> None:
    run = run_of([5, 5, 10, 10], Objective.FAIREST, Limits(count=4))
    whole = planned(run)

    some = run.chosen(["NEW-S0", "NEW-S2"], whole)

    assert whole.solution.proven
    assert not some.solution.proven
    assert (some.curve, some.own, some.knee, some.exchanges) == ((), None, None, ())
    assert [(level.value, level.bound) for level in some.solution.levels] == [(0.5, 1.0), (0.5, 1.0)]


@pytest.mark.parametrize("objective", [each for each in Objective if each is not Objective.FEWEST])
def test_more_may_be_required_than_a_curve_is_long(monkeypatch: pytest.MonkeyPatch, objective: Objective) -> None:
    monkeypatch.setattr(intervention_plan, "CURVE_COUNT", 2)
    required = [f"NEW-S{number}" for number in range(4)]

    plan = planned(run_of([9, 8, 7, 6, 5], objective, Limits(count=5), *required))

    assert {*required} <= {*chosen(plan)}
    assert plan.own is not None
    assert plan.curve[-1].spent >= plan.own.spent >= 4


def test_what_is_free_counts_from_the_first_step_of_a_fair_curve() -> None:
    costs = Costs({InterventionKind.OPEN_SITE: 0.0})
    plan = planned(run_of([5, 5, 1000, 999], Objective.FAIREST, Limits(budget=10.0, costs=costs)))

    assert [(step.spent, step.value) for step in plan.curve] == [(0, 1.0)]


def test_of_pairs_without_number_a_plan_for_ways_has_no_curve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intervention_plan, "MOST_PAIRS", 3)
    plan = planned(run_of([4, 3, 2, 1], Objective.LEAST_MEAN, Limits(count=2)))

    assert len(plan.options) == 2
    assert (plan.curve, plan.own, plan.exchanges) == ((), None, ())
