"""Coverage from what the store holds: the right layer, read once, computed once, never of mixed revisions."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from threading import Barrier

import pytest
from flask import Flask

from geodata.coverage.answer import answer_coverage
from geodata.coverage.question import CoverageQuestion, HourCell, Instant, WithinMetres
from geodata.demand.points import DemandLayer
from geodata.places import Place
from geodata.sample import sample_demand
from geodata.stations.opening_hours import OpeningHours
from mapapp.services.container import Services
from mapapp.services.coverage import CoverageDesk, HolidayUse, NoDemandLayer, this_hour
from mapapp.services.snapshot import build_snapshot
from mapapp.store import Origin, Store
from tests.patience import PATIENCE_S

WEDNESDAY_22 = HourCell(70, date(2026, 11, 18))
QUESTION = CoverageQuestion(moment=WEDNESDAY_22)


@pytest.fixture
def parts(app: Flask) -> Services:
    services: Services = app.extensions["stationmap"]
    return services


@pytest.fixture(scope="module")
def layer(place: Place) -> DemandLayer:
    return sample_demand(place)


class TestTheAnswer:
    def test_it_is_the_cores_over_the_snapshot_and_the_stored_layer(self, parts: Services, layer: DemandLayer) -> None:
        units = [unit.code for unit in parts.place.units]
        expected = answer_coverage(
            QUESTION, layer, parts.place.districts_of(layer.lon, layer.lat), units, parts.snapshot.index.columns
        )

        analysis = parts.coverage.ground(parts.snapshot).analyse(QUESTION)

        assert analysis.answer.city == expected.city
        assert analysis.answer.units == expected.units

    def test_its_gaps_hold_everybody_who_is_not_surely_covered(self, parts: Services) -> None:
        analysis = parts.coverage.ground(parts.snapshot).analyse(QUESTION)

        city = analysis.answer.city
        assert sum(gap.workers_count for gap in analysis.gaps) == pytest.approx(
            city.workers_count - city.covered_low_count
        )
        assert sum(gap.perhaps_covered_count for gap in analysis.gaps) == pytest.approx(
            city.covered_high_count - city.covered_low_count
        )

    def test_asking_again_finds_the_same_object(self, parts: Services) -> None:
        ground = parts.coverage.ground(parts.snapshot)

        assert ground.analyse(QUESTION) is ground.analyse(CoverageQuestion(moment=WEDNESDAY_22))
        assert ground.analyse(QUESTION) is not ground.analyse(replace(QUESTION, rule=WithinMetres(500)))

    def test_a_body_is_made_once_for_each_question(self, parts: Services) -> None:
        ground = parts.coverage.ground(parts.snapshot)
        made: list[str] = []

        def build(_analysis: object) -> bytes:
            made.append("body")
            return b"{}"

        bodies = [ground.payload("answer", QUESTION, "application/json", build) for _ in range(2)]
        ground.payload("map", QUESTION, "application/json", build)

        assert bodies[0] is bodies[1]
        assert len(made) == 2


class TestTheGround:
    def test_it_is_read_once_for_a_snapshot(self, parts: Services) -> None:
        assert parts.coverage.ground(parts.snapshot) is parts.coverage.ground(parts.snapshot)

    def test_threads_that_ask_at_once_get_one_ground_and_one_answer(self, parts: Services) -> None:
        gate = Barrier(4)

        def ask() -> object:
            gate.wait(PATIENCE_S)
            return parts.coverage.ground(parts.snapshot).analyse(QUESTION)

        with ThreadPoolExecutor(4) as pool:
            answers = [pool.submit(ask) for _ in range(4)]

        assert len({id(each.result()) for each in answers}) == 1

    def test_a_changed_station_changes_the_next_answer(self, parts: Services) -> None:
        before = parts.coverage.ground(parts.snapshot).analyse(QUESTION)

        with parts.store.writing(Origin.COMMAND) as writer:
            for station in writer.stations():
                always = replace(station, hours=OpeningHours.from_rule("24/7"))
                writer.update_station(always, expected_version=station.version, actor="test", reason="open always")
        parts.keeper.refresh()
        after = parts.coverage.ground(parts.snapshot).analyse(QUESTION)

        assert after.answer.city.covered_low_count > before.answer.city.covered_high_count
        assert after.answer.stations.unknown_count == 0

    def test_newer_demand_than_the_snapshots_is_not_kept_under_its_revision(
        self, store: Store, layer: DemandLayer, place: Place, clock: Callable[[], datetime]
    ) -> None:
        snapshot = build_snapshot(store, place, clock())
        with store.writing(Origin.COMMAND) as writer:
            writer.save_demand_layer(layer, actor="test")
        desk = CoverageDesk(store)

        assert desk.ground(snapshot) is not desk.ground(snapshot)
        newer = build_snapshot(store, place, clock())
        assert desk.ground(newer) is desk.ground(newer)

    def test_without_a_layer_there_is_no_answer(
        self, store: Store, place: Place, clock: Callable[[], datetime]
    ) -> None:
        with pytest.raises(NoDemandLayer):
            CoverageDesk(store).ground(build_snapshot(store, place, clock()))


class TestHolidays:
    @pytest.mark.parametrize(
        ("at", "use"),
        [
            ("2026-10-01T10:00:00+08:00", HolidayUse.KNOWN),
            ("2031-10-01T10:00:00+08:00", HolidayUse.MISSING),
        ],
    )
    def test_an_instant_says_whether_its_holidays_are_known(self, parts: Services, at: str, use: HolidayUse) -> None:
        question = CoverageQuestion(moment=Instant(datetime.fromisoformat(at)))

        assert parts.coverage.ground(parts.snapshot).analyse(question).holidays is use

    def test_the_first_day_of_a_known_year_needs_the_year_before(self, parts: Services) -> None:
        first_known = min(parts.snapshot.holidays.years)
        question = CoverageQuestion(moment=Instant(datetime(first_known, 1, 1, 1, tzinfo=parts.place.timezone)))

        assert parts.coverage.ground(parts.snapshot).analyse(question).holidays is HolidayUse.MISSING

    def test_an_hour_of_ordinary_weeks_does_not_ask_for_any(self, parts: Services) -> None:
        assert parts.coverage.ground(parts.snapshot).analyse(QUESTION).holidays is HolidayUse.NOT_USED


def test_the_present_hour_of_the_week_is_that_of_the_places_clock(place: Place) -> None:
    sunday_night = datetime(2026, 11, 22, 23, 59, tzinfo=place.timezone)

    assert this_hour(sunday_night) == HourCell(167, date(2026, 11, 22))
