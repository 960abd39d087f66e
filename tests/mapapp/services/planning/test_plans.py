"""Plans: what was built is asked again, what was seen is kept once, and what changed since is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any, Final, TypeVar

import pytest

from geodata.coverage.within import Within
from geodata.errors import InvalidValue
from geodata.siting.intervention_plan import Objective
from geodata.siting.intervention_prospect import Prospect
from geodata.siting.interventions import (
    Intervention,
    InterventionKind,
    LengthenHours,
    OpenSite,
    ProvideService,
    Until,
    intervention_of,
)
from geodata.stations.field_problems import InvalidFields
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import ServiceOffer
from geodata.stations.vocabulary import LifeCycle, Service
from geodata.travel.pairs import Network
from mapapp.services.jobs.kinds import PLAN_INTERVENTIONS
from mapapp.services.planning import plan_offers
from mapapp.services.planning.candidates import FEWEST_ALIKE, PUBLISHED_SERVICES, usual_services
from mapapp.services.planning.evaluations import State, ask_evaluation, evaluate, evaluated
from mapapp.services.planning.interventions import PlanRequest
from mapapp.services.planning.plan_making import PlanDesk, chosen_interventions
from mapapp.services.planning.scenario_drift import Drift, drift_key, drift_of, facts_of, possible
from mapapp.services.planning.scenarios import (
    AlreadyTaken,
    ChangedSince,
    save_scenario,
    scenario_draft,
    scenario_of,
    scenarios_page,
    take_into_register,
)
from mapapp.services.planning.siting_job import PARTIAL, ask_plan, costs_of_last, plan_of
from mapapp.store import JobResult, JobState, Origin, StaleScenario
from tests.mapapp.services.planning.small_town import Town, question, station
from tests.statements import statements_asked

T = TypeVar("T")
LOCKER: Final = frozenset({Service.LOCKER})
"""No station has one, so there is something to gain."""
NIGHT: Final = question(hours=frozenset({22, 23, 46}), needs_all=LOCKER, within=Within.parse("500m"))
ASKED: Final = PlanRequest(question=NIGHT, count=3, time_limit_s=5)
MIXED: Final = replace(ASKED, kinds=frozenset(InterventionKind))


@pytest.fixture
def plans(town: Town) -> PlanDesk:
    return PlanDesk(town.store, town.settings)


def at_once(plans: PlanDesk, town: Town, asked: PlanRequest) -> dict[str, Any]:
    return plans.at_once(asked, town.desk.ground(), town.planner.account_id)


def keys(document: dict[str, Any]) -> list[str]:
    return [each["key"] for each in document["chosen"]]


def side_by_side(tasks: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """All at the same time; what each gave or raised."""
    ready = Barrier(len(tasks))

    def one(task: Callable[[], T]) -> T | Exception:
        ready.wait()
        try:
            return task()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(one, tasks))


@pytest.mark.parametrize(
    ("costs", "problem"),
    [
        ({"open_site": None}, ("costs", "not_a_number")),
        (None, ("costs", "not_an_object")),
        ({"open_site": 3.0}, ("cost-reopen", "empty")),
    ],
)
def test_a_cost_that_is_not_said_is_refused_and_never_taken_for_nothing(costs: Any, problem: tuple[str, str]) -> None:
    kinds = frozenset({InterventionKind.OPEN_SITE, InterventionKind.REOPEN})
    document = replace(ASKED, kinds=kinds, count=None, budget=9.0).to_document() | {"costs": costs}

    with pytest.raises(InvalidFields) as refusal:
        PlanRequest.from_document(document)

    assert [(each.field, each.code) for each in refusal.value.problems] == [problem]


class TestOffers:
    def test_other_limits_are_asked_of_what_was_built_and_give_what_a_new_desk_gives(
        self, plans: PlanDesk, town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        built: list[Prospect] = []

        def note(*parts: Any) -> Prospect:
            built.append(Prospect(*parts))
            return built[-1]

        monkeypatch.setattr(plan_offers, "Prospect", note)
        first = keys(at_once(plans, town, MIXED))[0]
        costs = dict.fromkeys(InterventionKind, 3.0)
        others = (
            replace(MIXED, count=1),
            replace(MIXED, forbidden=frozenset({first})),
            replace(MIXED, required=frozenset({first}), count=2),
            replace(MIXED, count=None, budget=9.0, costs=costs),
            replace(MIXED, objective=Objective.FAIREST),
        )

        documents = [at_once(plans, town, other) for other in others]

        assert len(built) == 1
        for other, document in zip(others, documents, strict=True):
            fresh = at_once(PlanDesk(town.store, town.settings), town, other)
            assert (document["value"], document["spent"]) == (fresh["value"], fresh["spent"])
        assert first not in keys(documents[1])
        assert first in keys(documents[2])

    def test_another_question_and_another_revision_are_built_anew(self, plans: PlanDesk, town: Town) -> None:
        before = at_once(plans, town, ASKED)

        elsewhere = at_once(plans, town, replace(ASKED, question=replace(NIGHT, hours=frozenset({12}))))
        town.change("TC-0001", services=(ServiceOffer(service=Service.LOCKER),))
        after = at_once(plans, town, ASKED)

        assert elsewhere["value"] != before["value"]
        assert after["basis"]["data_revision"] > before["basis"]["data_revision"]
        assert after["value"] < before["value"]  # somebody is covered already

    @pytest.mark.parametrize("objective", [Objective.LEAST_MEAN, Objective.LEAST_WORST])
    def test_travel_over_the_whole_week_is_planned_to_its_end_by_the_job(
        self, town: Town, objective: Objective
    ) -> None:
        asked = replace(
            ASKED, question=question(needs_all=LOCKER), objective=objective, count=2, time_limit_s=60
        )  # it ends as soon as it is proven; a busy machine may take longer than an idle one

        job = ask_plan(town.store, town.planner, asked, town.clock())
        town.work()
        found = plan_of(town.store, town.planner, town.desk_job(job.id))

        assert found is not None
        assert found["proven"], (found["value"], found["bound"], found["seconds"], found["options_count"])
        assert len(found["chosen"]) == 2
        assert found["value"] < found["before"] or objective is Objective.LEAST_WORST
        assert found["curve_unit"] == "s"
        assert found["curve"][0][:2] == [0.0, pytest.approx(found["before"])]
        assert found["own"][:2] == [2.0, pytest.approx(found["value"])]


def test_a_search_that_a_stopping_worker_gave_back_is_done_by_the_next_one(town: Town) -> None:
    job = ask_plan(town.store, town.planner, ASKED, town.clock())
    with town.store.writing(Origin.FORM) as writer:
        begun = writer.jobs.claim([PLAN_INTERVENTIONS], "stopping", town.clock(), timedelta(minutes=1))
        assert begun is not None
        kept = [JobResult(begun.attempts * 10 + number, PARTIAL, {"value": number}) for number in range(2)]
        writer.jobs.add_results(job.id, kept)
        writer.jobs.give_back(begun.lease, town.clock())

    assert town.work()

    ended = town.desk_job(job.id)
    assert (ended.state, ended.attempts) == (JobState.DONE, 1)


class TestNewSites:
    def test_a_site_has_what_is_asked_for_and_what_the_planner_says_or_is_usual(
        self, plans: PlanDesk, town: Town
    ) -> None:
        usual = at_once(plans, town, ASKED)
        own = at_once(plans, town, replace(ASKED, site_services=frozenset({Service.WIFI})))

        published = set(PUBLISHED_SERVICES[next(iter(PUBLISHED_SERVICES))])
        assert set(_services(usual)) == published | {Service.LOCKER}
        assert set(_services(own)) == {Service.WIFI, Service.LOCKER}
        assert own["site_services"] == [service.value for service in _services(own)]

    def test_usual_is_what_half_of_enough_stations_in_use_have(self) -> None:
        facts = {"rule": "24/7", "at": (0, 0), "seats": None}
        both = [
            station(f"TC-{number:04}", {**facts, "services": (Service.WATER, Service.WIFI)[: 1 + number % 2]})
            for number in range(FEWEST_ALIKE + 1)
        ]
        shut = station("TC-9999", {**facts, "services": (Service.TV,), "life_cycle": LifeCycle.PLANNED})

        kind = both[0].kind
        assert usual_services([*both, shut], kind) == (Service.WATER, Service.WIFI)
        assert usual_services(both[: FEWEST_ALIKE - 1], kind) == PUBLISHED_SERVICES[kind]


class TestKeeping:
    def test_the_plan_that_was_seen_is_kept_with_the_bound_that_holds(self, plans: PlanDesk, town: Town) -> None:
        ground, account = town.desk.ground(), town.planner.account_id
        seen = at_once(plans, town, ASKED)

        same = plans.chosen(ASKED, ground, account, keys(seen))
        fewer = plans.chosen(ASKED, ground, account, keys(seen)[:1])
        with pytest.raises(InvalidValue) as too_many:
            plans.chosen(replace(ASKED, count=1), ground, account, keys(seen)[:2])
        with pytest.raises(InvalidValue) as unknown:
            plans.chosen(ASKED, ground, account, ["NEW-NOWHERE"])

        assert same == seen
        assert keys(fewer) == keys(seen)[:1]
        assert fewer["value"] < seen["value"] <= fewer["bound"]
        assert not fewer["proven"]
        assert [each.value.field for each in (too_many, unknown)] == ["chosen", "chosen"]

    def test_a_form_sent_many_times_keeps_one_scenario(self, town: Town) -> None:
        draft = scenario_draft("方案", "", NIGHT, [ProvideService("TC-0002", Service.TOILET)])

        def keep(form_key: str) -> Callable[[], int]:
            return lambda: save_scenario(town.store, town.planner, draft, town.clock(), form_key=form_key).id

        same = side_by_side([keep("a" * 24)] * 6)
        other = keep("b" * 24)()

        assert len(set(same)) == 1
        assert other not in same
        assert scenarios_page(town.store, town.planner)[1] == 2

    def test_a_scenario_is_taken_once_however_many_ask(self, town: Town) -> None:
        draft = scenario_draft("方案", "", NIGHT, [_site(1), _site(2)])
        kept = save_scenario(town.store, town.planner, draft, town.clock())

        def take() -> int:
            return len(
                take_into_register(
                    town.store, town.place, town.admin, kept.id,
                    expected_version=kept.version, reason="办公会", now=town.clock(),
                )
            )  # fmt: skip

        answers = side_by_side([take] * 5)

        with town.store.reading() as reader:
            added = [each for each in reader.stations() if "规划方案" in each.source]
        assert [each for each in answers if each == 2] == [2]
        assert all(isinstance(each, AlreadyTaken | StaleScenario) for each in answers if each != 2)
        assert len(added) == 2

    def test_the_costs_somebody_worked_with_last_are_theirs_the_next_time(self, town: Town) -> None:
        costs = {InterventionKind.OPEN_SITE: 12.5, InterventionKind.REOPEN: 0.0}
        asked = replace(MIXED, kinds=frozenset(costs), count=None, budget=30.0, costs=costs)
        ask_plan(town.store, town.planner, asked, town.clock())
        ask_plan(town.store, town.planner, ASKED, town.clock())

        assert costs_of_last(town.store, town.planner) == costs
        assert costs_of_last(town.store, town.other) == {}

    def test_the_list_takes_as_many_statements_for_many_as_for_one(self, town: Town) -> None:
        def counted() -> int:
            with statements_asked() as said:
                scenarios_page(town.store, town.planner)
            return len(said)

        draft = scenario_draft("方案", "", NIGHT, [_site(1)])
        save_scenario(town.store, town.planner, draft, town.clock())
        few = counted()
        for _ in range(5):
            save_scenario(town.store, town.planner, draft, town.clock())

        assert counted() == few


class TestDrift:
    CHANGES: Final[tuple[Intervention, ...]] = (
        LengthenHours("TC-0002", Until.LATE),
        ProvideService("TC-0003", Service.WATER),
        ProvideService("TC-0001", Service.WIFI),
    )

    def test_what_changed_since_the_plan_is_said_and_what_cannot_be_done_left_out(self, town: Town) -> None:
        changes = (*self.CHANGES, _site(1))
        facts = facts_of(town.desk.ground().register.stations, changes)
        assert drift_of(changes, facts, town.desk.ground().register.stations) == ()

        town.change("TC-0001", life_cycle=LifeCycle.DELISTED)
        town.change("TC-0002", hours=OpeningHours.from_rule("24/7"))
        town.change("TC-0003", services=(ServiceOffer(service=Service.WATER),))
        with town.store.reading() as reader:
            found = drift_of(changes, facts, reader.stations())

        assert {each.code: each.what for each in found} == {
            "TC-0001": (Drift.GONE,),
            "TC-0002": (Drift.HOURS, Drift.NEEDLESS),
            "TC-0003": (Drift.SERVICES, Drift.NEEDLESS),
        }
        assert possible(changes, found) == (*self.CHANGES[:2], changes[3])
        assert drift_key(()) == ""

    def test_a_station_where_the_site_is_planned_is_seen_unless_it_was_there_before(self, town: Town) -> None:
        stations = town.desk.ground().register.stations
        spot = stations[0].position
        assert spot is not None
        site = replace(_site(1), lon=spot.point.lon, lat=spot.point.lat)

        known = drift_of([site], facts_of(stations, [site]), stations)
        new = drift_of([site], facts_of(stations[1:], [site]), stations)

        assert known == ()
        assert [each.what for each in new] == [(Drift.OCCUPIED,)]

    def test_nothing_is_taken_while_something_changed_that_was_not_seen(self, town: Town) -> None:
        changes = (*self.CHANGES, _site(1))
        details = {"stations": facts_of(town.desk.ground().register.stations, changes)}
        draft = scenario_draft("方案", "", NIGHT, changes, details=details)
        kept = save_scenario(town.store, town.planner, draft, town.clock())
        town.change("TC-0001", life_cycle=LifeCycle.DELISTED)
        take = partial(
            take_into_register, town.store, town.place, town.admin, kept.id,
            expected_version=kept.version, reason="办公会", now=town.clock(),
        )  # fmt: skip

        with pytest.raises(ChangedSince):
            take()
        opened = scenario_of(town.store, town.planner, kept.id)
        seen = drift_key(opened.drift(town.desk.ground().register.stations))
        taken = take(seen=seen)

        assert len(taken) == 1


class TestAlongStreets:
    def test_a_plan_and_its_scenario_are_worked_out_by_jobs(self, town: Town, plans: PlanDesk, tmp_path: Path) -> None:
        town.load_streets(tmp_path)
        along = replace(NIGHT, hours=frozenset({22}), network=Network.STREETS, within=Within.parse("5min"))
        asked = replace(ASKED, question=along)
        job = ask_plan(town.store, town.planner, asked, town.clock())
        assert town.work()
        found = plan_of(town.store, town.planner, town.desk_job(job.id))
        assert found is not None
        changes = chosen_interventions(dict(found))

        states = [State(interventions=(), title="前"), State(interventions=changes, title="后")]
        ways = (town.desk, town.store, town.planner, asked.question)
        first = evaluate(*ways, states)
        ask_evaluation(*ways, states)
        ask_evaluation(*ways, states)  # asked twice, worked out once
        waiting = evaluate(*ways, states)
        done_count = sum(1 for _ in iter(town.work, False))
        whole = evaluate(*ways, states)

        assert (first.may_ask, waiting.may_ask, waiting.is_waiting, done_count) == (True, False, True, 2)
        assert whole.is_whole
        before, after = (document or {} for document in whole.documents)
        gained = after["headline"]["covered_low"] - before["headline"]["covered_low"]
        assert gained == pytest.approx(found["value"], abs=0.01)
        assert evaluated(*ways, changes) == after

        town.load_streets(tmp_path, columns_count=9)
        assert evaluated(*ways, changes) is None  # what was found along other streets is no answer any more


def _services(document: dict[str, Any]) -> tuple[Service, ...]:
    site = intervention_of(document["chosen"][0]["changes"][0])
    assert isinstance(site, OpenSite)
    return site.services


def _site(number: int) -> OpenSite:
    return OpenSite(key=f"S{number}", name=f"新点{number}", lon=113.62 + number / 100, lat=34.76)
