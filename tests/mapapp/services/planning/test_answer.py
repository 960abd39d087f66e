"""The answer to a planner's question over a small town: its parts against the core asked part by part."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from geodata.coverage.analysis import Analysis, AnalysisGround, AnalysisQuestion
from geodata.coverage.areas import Areas
from geodata.coverage.week import DAY_HOURS, NIGHT_HOURS
from geodata.coverage.within import Within
from geodata.demand.movement import Movement
from geodata.errors import InvalidValue
from geodata.siting.interventions import LengthenHours, OpenSite, ProvideService, Reopen, Until
from geodata.stations.vocabulary import LifeCycle, Service, WorkerGroup
from geodata.travel.pairs import Network
from geodata.travel.straight_line import StraightLineTravel, TravelMode
from geodata.travel.straight_pairs import StraightLine
from mapapp.services.coverage import HolidayUse, NoDemandLayer
from mapapp.services.planning.answer import answer, answer_stages
from mapapp.services.planning.answer_parts import Part, PlanningAnswer
from mapapp.services.planning.question import PlanningQuestion
from mapapp.services.planning.results import answer_document
from mapapp.services.planning.runs import RunDesk
from mapapp.store import DataAction, Origin, Store
from tests.mapapp.services.planning.small_town import (
    LAT,
    LON,
    RIDERS,
    SANITATION,
    STEP_DEG,
    TRAFFIC,
    Town,
    layer,
    question,
)

ON_FOOT, BY_EBIKE = (StraightLine(StraightLineTravel(), mode) for mode in (TravelMode.WALK, TravelMode.EBIKE))
SITE = OpenSite(key="A1", name="新址", lon=LON + 2 * STEP_DEG, lat=LAT + STEP_DEG)


def answered(town: Town, asked: PlanningQuestion, *interventions: object) -> PlanningAnswer:
    return answer(asked, town.desk.ground(), interventions)  # type: ignore[arg-type]


def core(town: Town, asked: PlanningQuestion, line: StraightLine, group: WorkerGroup) -> Analysis:
    """One group asked about in the core itself."""
    ground, demand = town.desk.ground(), layer()
    areas = Areas.towns(demand.h3_cells)
    analysis_ground = AnalysisGround.of(demand, areas, ground.register.supply, line, asked.within, cut_off_s=3600.0)
    core_question = AnalysisQuestion(
        when=asked.when,
        within=asked.within,
        groups=frozenset({group}),
        need=asked.need,
        counted=asked.counted,
    )
    return Analysis(analysis_ground, core_question)


@pytest.mark.parametrize(
    "asked",
    [
        question(),
        question(within=Within.parse("9min")),
        question(within=Within.parse("700m"), hours=NIGHT_HOURS, needs_all=frozenset({Service.WATER})),
        question(instant=datetime(2026, 11, 18, 23, 0, tzinfo=ZoneInfo("Asia/Shanghai")), min_stay_min=20),
        question(life_cycles=frozenset({LifeCycle.ACTIVE, LifeCycle.PLANNED, LifeCycle.TEMPORARILY_CLOSED})),
    ],
    ids=["norm", "minutes", "night water", "instant", "planned and closed"],
)
def test_each_group_goes_its_own_way_and_the_parts_add_up(town: Town, asked: PlanningQuestion) -> None:
    found = answered(town, asked)

    parts = {RIDERS: core(town, asked, BY_EBIKE, RIDERS), SANITATION: core(town, asked, ON_FOOT, SANITATION)}
    by_group = dict(found.by_group)
    for group, part in parts.items():
        assert by_group[group].low == pytest.approx(part.whole.low)
        assert by_group[group].high == pytest.approx(part.whole.high)
    assert found.whole.worker_hours == pytest.approx(sum(part.whole.worker_hours for part in parts.values()))
    assert found.losses is not None
    assert np.allclose(found.losses[0].lost, sum(part.losses[0].lost for part in parts.values()))
    assert found.travel is not None
    loads = sum(part.loads[1].worker_hours for part in parts.values())
    assert found.travel.loads[1].worker_hours.sum() == pytest.approx(float(np.sum(loads)), rel=1e-9)


def test_the_areas_add_up_to_the_headline(town: Town) -> None:
    found = answered(town, question())

    for areas in (found.districts, found.towns):
        assert sum(area.tally.low for area in areas) == pytest.approx(found.whole.low)
        assert sum(area.tally.worker_hours for area in areas) == pytest.approx(found.whole.worker_hours)


def test_the_weeks_own_row_is_the_headline(town: Town) -> None:
    asked = question(needs_all=frozenset({Service.WATER}), hours=DAY_HOURS)

    found = answered(town, asked)

    assert found.week is not None
    assert found.week.matrix.tally(found.week.needs[0], hours=DAY_HOURS).low == pytest.approx(found.whole.low)


def test_a_mode_for_all_takes_the_place_of_each_groups_own(town: Town) -> None:
    on_foot = answered(town, question(mode=TravelMode.WALK, within=Within.parse("9min")))

    expected = core(town, question(within=Within.parse("9min")), ON_FOOT, RIDERS)
    assert dict(on_foot.by_group)[RIDERS].low == pytest.approx(expected.whole.low)
    assert [note.mode for note, _groups in on_foot.notes] == [TravelMode.WALK]


def test_a_longer_detour_takes_longer_and_never_covers_more(town: Town) -> None:
    short, long = (answered(town, question(within=Within.parse("9min"), detour=each)) for each in (1.0, 2.0))

    assert long.whole.low < short.whole.low
    assert [note.detour_factor for note, _groups in long.notes] == [2.0, 2.0]


def test_the_last_stage_is_the_whole_answer_and_the_first_is_its_headline(town: Town) -> None:
    stages = list(answer_stages(question(), town.desk.ground()))

    assert [stage.parts[-1] for stage in stages] == list(Part)
    assert [stage.is_whole for stage in stages] == [False] * 5 + [True]
    assert {stage.whole for stage in stages} == {stages[-1].whole}


@pytest.mark.parametrize("within", ["1000m", "9min"])
def test_equal_questions_have_equal_answers_whatever_was_asked_before(town: Town, within: str) -> None:
    asked = question(within=Within.parse(within))
    first = answer_document(answered(town, asked))
    answered(town, question(within=Within.parse("30min"), mode=TravelMode.CAR), SITE)

    fresh = RunDesk(town.store, town.place, town.settings, town.clock).ground()

    assert answer_document(answered(town, asked)) == first
    assert answer_document(answer(asked, fresh)) == first


def test_equity_room_and_idle_supply_are_there(town: Town) -> None:
    found = answered(town, question())

    assert found.room is not None
    low = found.room.rooms[0]
    given_out = float(low.at_points @ found.by_point[0])
    assert given_out + low.idle.sum() == pytest.approx(low.offered.sum())
    assert found.room.in_seats
    assert found.room.assumed_count == 1  # TC-0002; the others' seats are known
    assert found.room.assumed_seats == 7.0
    assert [each.of for each in found.equity] == ["room", "covered_share"]
    uncovered = 1 - found.whole.low / found.whole.worker_hours
    assert found.equity[1].spreads[0].fgt[1] == pytest.approx(uncovered)


def test_a_rule_in_minutes_is_asked_again_with_other_assumptions(town: Town) -> None:
    in_minutes = answered(town, question(within=Within.parse("9min")))
    in_metres = answered(town, question())

    assert len(in_minutes.sensitivity) == 9
    middle = next(
        each
        for each in in_minutes.sensitivity
        if (each.assumption.speed_factor, each.assumption.detour_factor) == (1.0, 1.3)
    )
    assert middle.tally.low == pytest.approx(in_minutes.whole.low)
    assert in_metres.sensitivity == ()


def test_holidays_matter_to_an_instant_only(town: Town) -> None:
    at = datetime(2026, 11, 18, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))

    assert answered(town, question()).holidays is HolidayUse.NOT_USED
    assert answered(town, question(instant=at)).holidays is HolidayUse.MISSING


class TestInterventions:
    """The register with changes made, over the same ground."""

    def test_a_new_site_answers_as_if_it_stood_there(self, town: Town) -> None:
        after = answered(town, question(), SITE)

        built = replace(SITE.station(), code="TC-0100", source="test")
        with town.store.writing(Origin.FORM) as writer:
            writer.add_station(built, actor="test", reason="test")
        really = answered(town, question())
        assert after.whole.low == pytest.approx(really.whole.low)
        assert after.travel is not None
        assert really.travel is not None
        assert sorted(after.travel.loads[0].worker_hours) == pytest.approx(sorted(really.travel.loads[0].worker_hours))

    @pytest.mark.parametrize("within", ["1000m", "9min"])
    def test_pairs_put_in_are_the_pairs_found_anew(self, town: Town, within: str) -> None:
        asked = question(within=Within.parse(within))
        spliced = answer_document(answered(town, asked, SITE))

        anew = answer_document(answered(town, asked, SITE, Reopen("TC-0001")))

        assert spliced["headline"] == anew["headline"]
        assert spliced["travel"] == anew["travel"]

    def test_longer_hours_reopening_and_services_cover_more(self, town: Town) -> None:
        near = Within.parse("700m")
        water = question(needs_all=frozenset({Service.WATER}), hours=NIGHT_HOURS, within=near)
        before = answered(town, water).whole.low

        longer = answered(town, water, LengthenHours("TC-0002", Until.AROUND_THE_CLOCK)).whole.low
        with_service = answered(town, water, ProvideService("TC-0003", Service.WATER)).whole.high
        reopened = answered(town, question(within=near), Reopen("TC-0005")).whole.low

        assert longer > before
        assert with_service > answered(town, water).whole.high
        assert reopened > answered(town, question(within=near)).whole.low

    def test_a_site_far_away_changes_nothing_here(self, town: Town) -> None:
        far = OpenSite(key="FAR", name="远处", lon=LON + 0.2, lat=LAT)
        before, after = answered(town, question()), answered(town, question(), far)

        assert np.array_equal(before.by_point[1], after.by_point[1])
        assert before.travel is not None
        assert after.travel is not None
        codes = [
            [found.register.stations[row].code for row in found.travel.main_rows if row >= 0]
            for found in (before, after)
            if found.travel is not None
        ]
        assert codes[0] == codes[1]

    def test_an_unknown_station_is_refused(self, town: Town) -> None:
        with pytest.raises(InvalidValue) as caught:
            answered(town, question(), Reopen("TC-9999"))

        assert caught.value.code == "unknown_station"


class TestGround:
    """What questions are asked of."""

    def test_it_is_kept_until_the_data_change(self, town: Town) -> None:
        first = town.desk.ground()
        assert town.desk.ground() is first

        town.change("TC-0002", name="新名")

        assert town.desk.ground() is not first
        assert town.desk.ground().revision > first.revision

    def test_without_demand_nobody_can_be_covered(self, store: Store, town: Town) -> None:
        with store.writing(Origin.FORM) as writer:
            writer.demand.remove("town")
            writer.note_event(DataAction.DEMAND_REMOVED, {}, actor="test")

        with pytest.raises(NoDemandLayer):
            answered(town, question())

    def test_layers_that_are_named_count_in_their_order(self, town: Town) -> None:
        town.keep(layer("second", rings=1, groups=(SANITATION, TRAFFIC)))

        found = answered(town, question(layers=("second", "town")))

        uses = {use.name: use.groups for use in found.demand.uses}
        assert uses == {"second": (SANITATION, TRAFFIC), "town": (RIDERS,)}

    def test_a_layer_that_is_gone_is_refused_by_name(self, town: Town) -> None:
        with pytest.raises(InvalidValue) as caught:
            answered(town, question(layers=("gone",)))

        assert (caught.value.field, caught.value.code) == ("layers", "unknown_layer")

    def test_a_group_nobody_counts_is_refused(self, town: Town) -> None:
        with pytest.raises(InvalidValue) as caught:
            answered(town, question(groups=frozenset({TRAFFIC})))

        assert caught.value.code == "not_counted"

    def test_streets_that_are_not_loaded_are_refused(self, town: Town) -> None:
        with pytest.raises(InvalidValue) as caught:
            answered(town, question(network=Network.STREETS))

        assert caught.value.code == "no_streets"

    def test_a_layers_own_speeds_count(self, town: Town) -> None:
        slow = replace(layer("slow"), movement={SANITATION: Movement(TravelMode.WALK, 2.0)})
        town.keep(slow)

        asked = question(layers=("slow",), groups=frozenset({SANITATION}), within=Within.parse("9min"))

        assert answered(town, asked).notes[0][0].speed_kmh == 2.0
        assert answered(town, asked).whole.low < answered(town, replace(asked, layers=("town",))).whole.low

    def test_delisted_stations_are_no_part_of_it(self, town: Town) -> None:
        town.change("TC-0001", life_cycle=LifeCycle.DELISTED)

        assert "TC-0001" not in [each.code for each in town.desk.ground().register.stations]


class TestStreets:
    """Along streets."""

    def test_a_rule_in_metres_keeps_the_straight_line_and_travel_takes_the_streets(
        self, town: Town, tmp_path: Path
    ) -> None:
        town.load_streets(tmp_path)

        straight, streets = (answered(town, question(network=network)) for network in Network)

        assert streets.whole == straight.whole
        assert streets.notes[0][0].network is Network.STREETS
        assert streets.travel is not None
        assert straight.travel is not None
        assert streets.travel.times[0].mean_s != straight.travel.times[0].mean_s
        assert len(streets.sensitivity) == 0

    def test_a_rule_in_minutes_varies_with_speed_alone(self, town: Town, tmp_path: Path) -> None:
        town.load_streets(tmp_path)

        found = answered(town, question(network=Network.STREETS, within=Within.parse("9min")))

        assert [each.assumption.detour_factor for each in found.sensitivity] == [None] * 3
        assert answer_document(found)["basis"]["travel"][0]["source"] == "town.osm.pbf"

    def test_a_damaged_file_leaves_the_straight_line(self, town: Town, tmp_path: Path) -> None:
        town.load_streets(tmp_path)
        for file in (Path(town.settings.data_dir) / "streets").glob("*.npz"):
            file.write_bytes(b"nothing")

        assert answered(town, question()).whole.low > 0


class TestDocument:
    """The answer as JSON."""

    def test_it_is_plain_json_without_nan(self, town: Town) -> None:
        document = answer_document(answered(town, question(within=Within.parse("9min")), SITE))

        assert json.loads(json.dumps(document, allow_nan=False)) == document

    def test_its_sums_are_the_answers(self, town: Town) -> None:
        found = answered(town, question())
        document = answer_document(found)

        assert document["headline"]["covered_low"] == pytest.approx(found.whole.low, abs=1e-3)
        assert sum(document["cells"]["covered_low"]) == pytest.approx(found.whole.low, abs=0.1)
        assert document["stations"]["code"] == [f"TC-{number:04}" for number in range(1, 7)]
        assert document["stations"]["counts"] == [True, True, True, False, False, False]
        assert document["unreachable"]["stations"] == ["TC-0006"]
        assert document["basis"]["unknown_hours_count"] == 1

    def test_each_partial_answer_holds_what_it_says(self, town: Town) -> None:
        keys = [set(answer_document(stage)) for stage in answer_stages(question(), town.desk.ground())]

        assert all(earlier <= later for earlier, later in pairwise(keys))
        assert "week" not in keys[0]
        assert "travel" not in keys[2]
        assert {"room", "equity", "sensitivity", "travel", "week"} <= keys[-1]

    def test_gaps_name_their_cells_by_place(self, town: Town) -> None:
        document = answer_document(answered(town, question(within=Within.parse("300m"))))

        rows = [row for gap in document["gaps"] for row in gap["cells"]]
        assert len(rows) == len(set(rows))
        assert max(rows) < len(document["cells"]["h3"])
        assert [gap["rank"] for gap in document["gaps"]] == list(range(1, len(document["gaps"]) + 1))

    def test_sample_data_say_so(self, town: Town) -> None:
        assert not answered(town, question()).is_sample
        town.keep(replace(layer("sample"), is_sample=True))

        assert answer_document(answered(town, question(layers=("sample",))))["basis"]["is_sample"] is True
