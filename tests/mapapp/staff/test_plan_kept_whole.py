"""A plan is kept as a scenario whole or not at all, and what it left aside is said with it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from geodata.places import Place
from geodata.siting.interventions import OpenSite
from geodata.stations.field_problems import InvalidFields
from mapapp.planner.sites_words import aside_words
from mapapp.services.planning.scenarios import MOST_INTERVENTIONS, scenario_draft
from mapapp.store import ScenarioSort, Store
from tests.mapapp.planner.planning_world import add_demand, riders_round_a_district
from tests.mapapp.services.planning.small_town import question
from tests.mapapp.staff.world import StaffClient

PLAN = {"plan": "1", "when": "hour", "day": "2", "clock": "10", "within": "100m", "do": "open_site", "places": "cells"}
MANY = {"limit": "budget", "budget": "900", "cost-open_site": "2"}
CELL_COUNT = 410


@pytest.fixture
def store(staff_app: Flask, place: Place) -> Store:
    """With workers in more cells than a scenario holds changes."""
    found: Store = staff_app.extensions["stationmap"].store
    add_demand(found, place, riders_round_a_district(place, CELL_COUNT, resolution=10, rings=12))
    return found


@pytest.fixture
def planner(client_of: Callable[[str], StaffClient], store: Store) -> StaffClient:
    client = client_of("planner")
    client.browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def keep_form(page: str) -> dict[str, Any]:
    """The hidden fields of the form that keeps a plan."""
    form = next(part for part in page.split("<form") if 'action="/planner/scenarios"' in part).partition("</form>")[0]
    fields: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
        fields.setdefault(name, []).append(html.unescape(value))
    return {name: values for name, values in fields.items() if name != "csrf"}


def test_a_plan_of_too_many_choices_is_refused_with_its_own_sentence(planner: StaffClient, store: Store) -> None:
    fields = keep_form(planner.get("/planner/sites", query_string=PLAN | MANY).text)
    chosen = " ".join(fields["chosen"]).split()

    answer = planner.post_form("/planner/scenarios", fields | {"name": "方案甲", "note": "年中会议"})

    assert len(chosen) > MOST_INTERVENTIONS
    assert answer.status_code == 400
    assert "A scenario holds at most 400 changes, and this plan has more." in answer.text
    assert 'href="#chosen"' in answer.text
    assert 'id="chosen"' in answer.text
    assert "At least one change must stay." not in answer.text
    assert re.search('id="name"[^>]*value="方案甲"', answer.text)
    assert "年中会议" in answer.text
    assert keep_form(answer.text) == fields
    with store.reading() as reader:
        assert reader.scenarios.page(sort=ScenarioSort.NAME, descending=False, offset=0, limit=1)[1] == 0


def test_a_plan_of_many_choices_is_kept_with_all_of_them(planner: StaffClient) -> None:
    asked = PLAN | {"limit": "count", "count": "101"}
    fields = keep_form(planner.get("/planner/sites", query_string=asked).text)

    answer = planner.post_form("/planner/scenarios", fields | {"name": "方案甲"})

    assert answer.status_code == 303
    assert planner.get(str(answer.location)).text.count('name="drop"') == 101


@pytest.mark.parametrize(("count", "code"), [(0, "out_of_range"), (MOST_INTERVENTIONS + 1, "too_many")])
def test_a_scenario_of_none_and_of_too_many_changes_are_two_problems(count: int, code: str) -> None:
    sites = [OpenSite(key=f"C{number}", name="站", lon=113.6, lat=34.75) for number in range(count)]

    with pytest.raises(InvalidFields) as refusal:
        scenario_draft("甲", "", question(), sites)

    assert [(each.field, each.code) for each in refusal.value.problems] == [("interventions", code)]


def test_cells_left_aside_are_said_on_the_plan_and_on_its_scenario(planner: StaffClient) -> None:
    words = "cells with workers were left aside: they are covered already"
    page = planner.get("/planner/sites", query_string=PLAN | {"within": "500m", "count": "3"}).text
    kept = planner.post_form("/planner/scenarios", keep_form(page) | {"name": "方案甲"})

    assert words in page
    assert words in planner.get(str(kept.location)).text


def test_nothing_is_said_where_every_cell_was_a_choice(staff_app: Flask) -> None:
    with staff_app.test_request_context(headers={"Accept-Language": "en"}):
        said = [aside_words({"left_aside_count": count}) for count in (0, 1, 2)]

    assert said[0] == ""
    assert said[1].startswith("1 cell with workers was left aside")
    assert said[2].startswith("2 cells with workers were left aside")
    assert all(each.endswith("The bound holds for the places looked at.") for each in said[1:])
