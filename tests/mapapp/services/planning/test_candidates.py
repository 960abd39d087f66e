"""Whom a plan shows to whom: suggestions without their senders' codes, sample stations as such."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace

import pytest

from geodata.coordinates import LonLat
from geodata.coverage.gaps import side_of
from geodata.coverage.within import Within
from geodata.reports.report import ReportDraft
from geodata.reports.vocabulary import ReportKind, ReportState
from geodata.siting.intervention_plan import Objective
from geodata.siting.interventions import InterventionKind, OpenSite, intervention_of
from geodata.stations.vocabulary import LifeCycle
from mapapp.services.planning.interventions import Candidates, PlanRequest
from mapapp.services.planning.plan_making import PlanDesk
from mapapp.services.planning.site_names import in_language
from mapapp.services.reports.answering import Answer, move_report
from mapapp.services.reports.desk import ReportDesk, Sender
from tests.mapapp.services.planning.small_town import LAT, LON, STATIONS, Town, question

NEAR = Within.parse("500m")


def test_a_suggested_site_is_named_by_its_place_not_by_the_code_that_opens_its_report(town: Town) -> None:
    draft = ReportDraft(
        kind=ReportKind.SUGGEST_SITE, station_code=None, key=str(uuid.uuid4()), place=LonLat(LON + 0.004, LAT)
    )
    desk = ReportDesk(town.store, town.settings, "the tests' secret")
    report = desk.submit(draft, Sender(None, "10.0.0.1", "phone"), town.clock()).report
    kept = Answer(ReportState.RESOLVED, is_candidate=True)
    move_report(town.store, report.tracking, kept, town.admin, town.clock())
    asked = PlanRequest(question=question(), candidates=frozenset({Candidates.SUGGESTIONS}), count=1)

    plan = PlanDesk(town.store, town.settings).at_once(asked, town.desk.ground(), town.planner.account_id)

    site = plan["chosen"][0]["changes"][0]
    assert (site["lon"], site["lat"]) == (round(LON + 0.004, 6), LAT)
    assert report.tracking not in json.dumps(plan)
    assert report.tracking.replace("-", "") not in json.dumps(plan)


def test_a_plan_over_sample_stations_says_so_whatever_the_demand(town: Town) -> None:
    ground = town.desk.ground()
    stations = tuple(replace(each, is_sample=True) for each in ground.register.stations)
    invented = replace(ground, register=replace(ground.register, stations=stations))
    asked = PlanRequest(question=question(), kinds=frozenset({InterventionKind.TO_24H}), count=1)

    plans = [PlanDesk(town.store, town.settings).at_once(asked, each, None) for each in (ground, invented)]

    assert [plan["basis"]["is_sample"] for plan in plans] == [False, True]


def test_a_candidate_is_named_by_the_side_of_its_district_in_both_languages(town: Town) -> None:
    asked = PlanRequest(question=question(), count=1)

    chosen = PlanDesk(town.store, town.settings).at_once(asked, town.desk.ground(), None)["chosen"][0]
    site = intervention_of(chosen["changes"][0])

    assert isinstance(site, OpenSite)
    unit = town.place.unit(str(site.district_code))
    zh, en = side_of(unit, LonLat(site.lon, site.lat)).value
    assert site.label("zh-CN") == f"{unit.name_zh}{zh}候选点 {chosen['key'].removeprefix('NEW-').lower()[2:11]}"
    assert site.label("en").endswith(f", {en} of {unit.name_en}")
    assert (chosen["name"], chosen["name_en"]) == (site.label("zh"), site.label("en"))


def test_an_answer_names_its_new_sites_in_the_readers_language(town: Town) -> None:
    site = OpenSite(key="C1", name="北边候选点", name_en="candidate in the north", lon=LON + 0.01, lat=LAT + 0.01)
    run = town.desk.ask(town.planner, question(), interventions=[site])
    document = town.desk.run(town.planner, run.card.id).document
    assert document is not None

    row = document["stations"]["code"].index(site.code)
    assert in_language(document, "zh-CN")["stations"]["name"][row] == "北边候选点"
    assert in_language(document, "en")["stations"]["name"][row] == "candidate in the north"
    assert in_language(document, "en")["stations"]["name"][:row] == document["stations"]["name"][:row]


@pytest.mark.parametrize(("objective", "most"), [(Objective.MOST_COVERED, 4000), (Objective.LEAST_MEAN, 800)])
def test_every_cell_with_workers_that_is_no_choice_counts_as_left_aside(
    town: Town, objective: Objective, most: int
) -> None:
    asked = PlanRequest(question=question(hours=frozenset({34}), within=NEAR), objective=objective, count=1)
    demand = town.desk.ground().demand(())
    with_workers = sum(code is not None for code in demand.point_units)

    plan = PlanDesk(town.store, town.settings).at_once(asked, town.desk.ground(), None)

    shown = plan["candidates"]["counts"]["cells"]
    assert 0 < shown < min(with_workers, most)
    assert plan["candidates"]["left_aside_count"] == with_workers - shown


def test_without_anybody_covered_and_with_room_for_all_no_cell_is_left_aside(town: Town) -> None:
    for code in STATIONS:
        town.change(code, life_cycle=LifeCycle.DELISTED)

    plan = PlanDesk(town.store, town.settings).at_once(
        PlanRequest(question=question(), count=1), town.desk.ground(), None
    )

    assert plan["candidates"]["left_aside_count"] == 0


def test_a_covered_cell_can_be_required_by_name(town: Town) -> None:
    asked = PlanRequest(question=question(hours=frozenset({34}), within=NEAR), count=1)
    desk, ground = PlanDesk(town.store, town.settings), town.desk.ground()
    offered = desk.prepared(asked, ground, None).offer.prospect.keys
    covered = next(key for cell in ground.demand(()).layer.h3_cells if (key := f"NEW-{cell.upper()}") not in offered)

    plan = desk.at_once(replace(asked, required=frozenset({covered})), ground, None)

    assert [each["key"] for each in plan["chosen"]] == [covered]
