"""What pages say of two answers, and of an answer under suppositions: nothing that tells them apart is hidden."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from geodata.places import Place
from geodata.siting.interventions import Intervention, LengthenHours, OpenSite, Until
from geodata.stations.vocabulary import EntryMethod, LifeCycle
from mapapp.planner.ask_view import answer_view
from mapapp.planner.ask_words import short_words
from mapapp.services.planning.question import PlanningQuestion
from mapapp.services.planning.scenarios import save_scenario, scenario_draft
from mapapp.services.planning_report.sentence import stations_words
from mapapp.services.planning_report.speech import Speech
from mapapp.services.rights import Actor
from tests.conftest import FROZEN_AT
from tests.mapapp.planner.test_ask_page import kept
from tests.mapapp.services.planning.small_town import question
from tests.mapapp.services.planning_report.documents import answer_document
from tests.mapapp.staff.world import OWN_STATION, StaffClient, StaffDatabase

SUPPOSED = question(
    life_cycles=frozenset({LifeCycle.ACTIVE, LifeCycle.PLANNED}),
    min_stay_min=120,
    entry_methods=frozenset({EntryMethod.OPEN_DOOR}),
    layers=("town",),
)


def test_a_headline_says_what_it_supposes() -> None:
    words = stations_words(SUPPOSED, Speech("en"))

    assert words.startswith("an open station (counting planned stations as if they were built, open for 120 minutes")
    assert EntryMethod.OPEN_DOOR.label("en") in words
    assert stations_words(question(), Speech("en")) == "an open station"


def test_a_line_of_a_list_says_it_too(planner_app: Flask, place: Place) -> None:
    with planner_app.test_request_context(headers={"Accept-Language": "en"}):
        line = short_words(replace(SUPPOSED, detour=1.5), "en", place.timezone)

    for words in ("counting planned stations", "open for 120 minutes more", "layers: town"):
        assert words in line


def test_the_public_headline_says_that_closed_stations_were_taken_to_have_reopened(visitor: FlaskClient) -> None:
    address = "/planner/coverage?when=week&day=2&clock=22&within=1000m"
    headlines = [
        re.search(r'class="headline">(.*?)</p>', visitor.get(f"{address}{more}").text)
        for more in ("", "&stations=reopened")
    ]

    said = [html.unescape(each[1]) for each in headlines if each]
    assert ["(counting closed stations as if they had reopened)" in each for each in said] == [False, True]


def test_two_runs_that_differ_in_what_is_supposed_are_said_to(planner: StaffClient) -> None:
    planner.browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    numbers = [
        kept(planner, when="all", within="500m"),
        kept(planner, when="all", within="500m", also="planned", min_stay="120"),
    ]

    page = html.unescape(planner.get(f"/planner/runs/compare?a={numbers[0]}&b={numbers[1]}").text)

    assert "They were asked different questions (A → B)." in page
    assert "Open for at least: not asked → 120 min" in page
    assert "When:" not in page


def test_what_is_left_out_of_a_scenario_is_said_where_two_are_compared(
    planning_city: Flask, planning_database: StaffDatabase, planner: StaffClient
) -> None:
    planner.browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    store = planning_city.extensions["stationmap"].store
    actor = Actor.of_account(planning_database.people["planner"])
    asked = PlanningQuestion(week_of=FROZEN_AT.date())
    site = OpenSite(key="A", name="A", lon=106.2, lat=38.4)
    longer = LengthenHours(OWN_STATION, Until.AROUND_THE_CLOCK)
    plans: dict[str, list[Intervention]] = {"first": [longer, site], "second": [site]}
    numbers = [
        save_scenario(store, actor, scenario_draft(name, "", asked, changes), FROZEN_AT).id
        for name, changes in plans.items()
    ]
    address = f"/planner/scenarios/compare?a={numbers[0]}&b={numbers[1]}"
    assert "Left out of" not in planner.get(address).text

    with store.writing("form", at=FROZEN_AT + timedelta(days=1)) as writer:
        station = writer.station(OWN_STATION)
        writer.update_station(
            replace(station, life_cycle=LifeCycle.DELISTED),
            expected_version=station.version,
            actor="test",
            reason="test",
        )
    page = html.unescape(planner.get(address).text)

    assert "Left out of “first”, because it cannot be done any more" in page
    assert page.count("<del>") == 1


def test_the_page_of_an_answer_keeps_bounds_and_cases_apart(planner_app: Flask, place: Place) -> None:
    document = answer_document(place)
    document["room"] |= {"mean_low": 59.8, "mean_high": 59.8}
    with planner_app.test_request_context(headers={"Accept-Language": "en"}):
        view = answer_view(document, place, "en", place.timezone)

    assert "Night gap: 30.0–70.0 points" in " ".join(view.facts)
    assert view.nights is not None
    assert view.nights.rows[0][3:] == ("30.0–70.0", "50.0", "50.0")
    assert view.districts is not None
    assert view.districts.table.rows[-1][-1] == "30.0–70.0"
    assert view.losses is not None
    assert view.losses.rows[0][1] == "2,500 / 2,400"
    assert view.losses_words == (
        "Of what is covered hangs on a single station: 75.0% with all unknown hours shut, 60.0% with all open; other "
        "values are possible. a / b: with all unknown hours shut, and with all open; other values are possible."
    )
    assert view.equity is not None
    assert view.equity.rows[0][3] == "6 / 7"
    assert "per 1,000 workers (E2SFCA" in view.room_words
    assert "they count as not covered, beyond the cut-off, and without room" in view.unreachable
