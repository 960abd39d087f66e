"""What helps most, by its pages: a plan at once, the long search, a scenario, and the way into the register."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest
from flask import Flask

from geodata.places import Place
from geodata.stations.vocabulary import LifeCycle
from mapapp.services.jobs.kinds import KINDS
from mapapp.services.jobs.run import Signals, Workshop
from mapapp.services.jobs.worker import Worker
from mapapp.services.planning.interventions import PlanRequest
from mapapp.store import Origin, Store
from tests.conftest import FrozenClock
from tests.mapapp.planner.planning_world import add_demand, riders_round_a_district
from tests.mapapp.staff.world import OWN_DISTRICT, StaffClient

ClientOf = Callable[[str], StaffClient]
ROOT: Final = "/planner/sites"
PLAN: Final = {"plan": "1", "when": "night", "do": "open_site", "places": "cells", "count": "3", "seconds": "5"}


@pytest.fixture
def store(staff_app: Flask, place: Place) -> Store:
    """With workers in forty cells of a district."""
    found: Store = staff_app.extensions["stationmap"].store
    add_demand(found, place, riders_round_a_district(place, 40, resolution=9, rings=4))
    return found


@pytest.fixture
def work(staff_app: Flask, place: Place, clock: FrozenClock, store: Store) -> Callable[[], None]:
    """Do all jobs that wait."""
    parts = staff_app.extensions["stationmap"]
    worker = Worker(Workshop(store, place, parts.settings, clock), KINDS)

    def do_all() -> None:
        while worker.run_one():
            pass

    return do_all


@pytest.fixture
def planner(client_of: ClientOf, store: Store) -> StaffClient:
    client = client_of("planner")
    client.browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def searched(client: StaffClient, work: Callable[[], None], **changes: str) -> str:
    """The address of a finished search."""
    answer = client.post_form(f"{ROOT}/search", PLAN | changes)
    assert answer.status_code == 303, answer.text
    work()
    return str(answer.location)


def kept(client: StaffClient, work: Callable[[], None], name: str = "方案甲", **changes: str) -> str:
    """The address of a scenario made of a search."""
    job = searched(client, work, **changes).rpartition("/")[2]
    answer = client.post_form("/planner/scenarios", {"job": job, "name": name, "note": "年中会议"})
    assert answer.status_code == 303, answer.text
    return str(answer.location).partition("?")[0]


def version_in(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found is not None
    return found[1]


def test_the_form_asks_nothing_until_somebody_plans(planner: StaffClient) -> None:
    page = planner.get(ROOT)

    assert page.status_code == 200
    assert "chosen-title" not in page.text


def test_a_plan_at_once_says_what_it_gains_and_how_near_the_best_it_is(planner: StaffClient) -> None:
    page = planner.get(ROOT, query_string=PLAN).text

    assert "more workers are covered in an average hour" in page
    assert re.search(r"at least \d+(\.\d)? % of the best possible|no other choice is better", page)
    assert "NEW-" in page
    assert "sample" in page.lower()


def test_a_choice_can_be_required_or_shut_out_by_a_link(planner: StaffClient) -> None:
    page = planner.get(ROOT, query_string=PLAN).text
    key = re.search(r"NEW-[0-9A-F]+", page)
    assert key is not None

    without = planner.get(ROOT, query_string=PLAN | {"not": key[0]}).text
    required = planner.get(ROOT, query_string=PLAN | {"must": key[0], "count": "1"}).text

    assert f'<span class="second-line">{key[0]}</span>' not in without
    assert f'<span class="second-line">{key[0]}</span>' in required


@pytest.mark.parametrize(
    "wrong",
    [
        {"count": "0"},
        {"count": "viele"},
        {"do": "raze"},
        {"objective": "glory"},
        {"limit": "budget", "budget": "-1"},
        {"must": "NEW-NOWHERE"},
        {"within": "far"},
        {"objective": "least_mean", "limit": "budget", "budget": "5"},
        {"places": "premises"},
        {"upload": "f" * 32, "places": "premises"},
        {"seconds": "100000"},
        {"layer": "nowhere"},
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(planner: StaffClient, wrong: dict[str, str]) -> None:
    page = planner.get(ROOT, query_string=PLAN | {"target": "77"} | wrong)

    assert page.status_code == 400
    assert "error-summary" in page.text
    assert 'value="77"' in page.text


@pytest.mark.parametrize("objective", ["most_covered", "fewest", "fairest", "least_mean", "least_worst"])
def test_every_objective_has_an_answer(planner: StaffClient, objective: str) -> None:
    one_hour = {"when": "hour", "day": "2", "clock": "23"}
    page = planner.get(ROOT, query_string=PLAN | one_hour | {"objective": objective, "target": "50"})

    assert page.status_code == 200
    assert "chosen-title" in page.text


def test_a_search_is_done_by_a_job_and_kept_as_a_scenario(planner: StaffClient, work: Callable[[], None]) -> None:
    url = searched(planner, work)
    page = planner.get(url).text
    scenario = planner.get(kept(planner, work)).text

    assert "Proven: no other choice is better." in page
    assert "What more would bring" in page
    assert "with these changes" in scenario
    assert "年中会议" in scenario


def test_a_scenario_without_a_name_comes_back_with_its_note(planner: StaffClient, work: Callable[[], None]) -> None:
    job = searched(planner, work).rpartition("/")[2]

    answer = planner.post_form("/planner/scenarios", {"job": job, "name": " ", "note": "不要丢"})

    assert answer.status_code == 400
    assert "不要丢" in answer.text


def test_a_search_of_somebody_else_cannot_be_seen(
    planner: StaffClient, client_of: ClientOf, work: Callable[[], None]
) -> None:
    url = searched(planner, work)

    assert client_of("admin").get(url).status_code == 200
    assert client_of("editor_own").get(url).status_code == 403


def test_two_who_save_one_scenario_do_not_overwrite_each_other(planner: StaffClient, work: Callable[[], None]) -> None:
    url = kept(planner, work)
    version = version_in(planner.get(url).text)

    first = planner.post_form(url, {"version": version, "name": "先", "note": ""})
    second = planner.post_form(url, {"version": version, "name": "后", "note": ""})

    assert (first.status_code, second.status_code) == (303, 409)
    assert "先" in planner.get(url).text


def test_a_change_can_be_left_out_but_not_the_last(planner: StaffClient, work: Callable[[], None]) -> None:
    url = kept(planner, work)
    page = planner.get(url).text
    rows = re.findall(r'name="drop" value="(\d+)"', page)

    fewer = planner.post_form(url, {"version": version_in(page), "name": "甲", "note": "", "drop": rows[:1]})
    page = planner.get(url).text
    nothing = planner.post_form(
        url, {"version": version_in(page), "name": "甲", "note": "", "drop": [str(n) for n in range(len(rows))]}
    )

    assert (fewer.status_code, nothing.status_code) == (303, 400)
    assert len(re.findall(r'name="drop"', page)) == len(rows) - 1


def test_a_scenario_becomes_planned_stations_once(
    planner: StaffClient, client_of: ClientOf, store: Store, work: Callable[[], None]
) -> None:
    url, admin = kept(planner, work), client_of("admin")
    version = version_in(admin.get(url).text)
    before = _planned(store)

    answers = [admin.post_form(f"{url}/take", {"version": version, "reason": "办公会决定"}) for _ in range(2)]

    added = _planned(store) - before
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(added) == 3
    with store.reading() as reader:
        revision = reader.revisions(min(added))[-1]
    assert "办公会决定" in revision.reason
    assert "方案" in revision.reason
    assert "in the register" in planner.get("/planner/scenarios").text.lower()


def test_a_reason_is_needed_to_take_it(
    planner: StaffClient, client_of: ClientOf, store: Store, work: Callable[[], None]
) -> None:
    url, admin = kept(planner, work), client_of("admin")
    before = _planned(store)

    answer = admin.post_form(f"{url}/take", {"version": version_in(admin.get(url).text), "reason": " "})

    assert answer.status_code == 400
    assert _planned(store) == before


def test_only_who_may_create_stations_there_takes_it(
    planner: StaffClient, client_of: ClientOf, store: Store, work: Callable[[], None]
) -> None:
    url, before = kept(planner, work), _planned(store)
    own, other = client_of("editor_own"), client_of("editor_other")

    fields = {"version": "1", "reason": "办公会决定"}
    refused = [who.post_form(f"{url}/take", fields).status_code for who in (planner, other)]
    none_yet = _planned(store)
    taken = own.post_form(f"{url}/take", fields).status_code

    assert (refused, none_yet, taken) == ([403, 403], before, 303)


def test_two_scenarios_stand_side_by_side(planner: StaffClient, work: Callable[[], None]) -> None:
    first, second = kept(planner, work), kept(planner, work, "方案乙", count="1")
    numbers = [url.rpartition("/")[2] for url in (first, second)]

    page = planner.get("/planner/scenarios/compare", query_string={"scenario": numbers})
    cells = planner.get("/planner/scenarios/compare/map.json", query_string={"a": numbers[0], "b": numbers[1]})

    assert page.status_code == 200
    assert "方案甲" in page.text
    assert "方案乙" in page.text
    assert cells.status_code == 200
    assert planner.get("/planner/scenarios/compare", query_string={"scenario": numbers[:1]}).status_code == 400


def test_premises_are_read_row_by_row_and_then_chosen_from(planner: StaffClient, store: Store, place: Place) -> None:
    middle = next(unit.label_at for unit in place.units if unit.code == OWN_DISTRICT)
    rows = f"名称,经度,纬度\n=银行,{middle.lon},{middle.lat}\n加油站,{middle.lon + 0.01},{middle.lat}\n,106,38\n远,120,30\n"

    sent = planner.post_form(f"{ROOT}/premises", PLAN | {"file": (io.BytesIO(rows.encode()), "网点.csv")})
    page = planner.get(f"{sent.location}".replace("#places", "") + "&plan=1")

    assert sent.status_code == 303
    assert "加油站" in page.text
    assert "2 rows of the file could not be used." in page.text


@pytest.mark.parametrize("content", [b"", b"\x00\x01", "名称\n银行\n".encode(), "名称,经度,纬度\n远,120,30\n".encode()])
def test_a_file_nobody_can_use_is_refused_with_words(planner: StaffClient, content: bytes) -> None:
    answer = planner.post_form(f"{ROOT}/premises", PLAN | {"file": (io.BytesIO(content), "a.csv")})

    assert answer.status_code == 400
    assert "error-summary" in answer.text


def test_what_a_cancelled_search_had_stays(
    planner: StaffClient, store: Store, staff_app: Flask, place: Place, clock: FrozenClock, monkeypatch: Any
) -> None:
    answer = planner.post_form(f"{ROOT}/search", PLAN)
    parts = staff_app.extensions["stationmap"]
    worker = Worker(Workshop(store, place, parts.settings, clock), KINDS)

    def cancelled_after_the_first_plan(self: Signals, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        if name == "progress" and value.phase == "swap":
            object.__setattr__(self, "is_cancelled", True)

    monkeypatch.setattr(Signals, "__setattr__", cancelled_after_the_first_plan)
    worker.run_one()
    page = planner.get(str(answer.location)).text

    assert "The search was stopped. This is the best it had." in page
    assert "chosen-title" in page
    assert "keep-title" in page


def test_a_request_written_down_is_read_again(planner: StaffClient, store: Store) -> None:
    planner.post_form(f"{ROOT}/search", PLAN | {"limit": "budget", "budget": "12.5", "cost-open_site": "4"})
    with store.reading() as reader:
        document = reader.jobs.latest(kinds=("plan_interventions",), limit=1)[0].parameters["request"]

    assert PlanRequest.from_document(document).to_document() == document


def _planned(store: Store) -> set[str]:
    with store.reading() as reader:
        return {each.code for each in reader.stations() if each.life_cycle is LifeCycle.PLANNED}


def carried(page: str, form_action: str) -> dict[str, Any]:
    """The hidden fields of the form with that address, as a browser would send them."""
    form = next(part for part in page.split("<form") if f'action="{form_action}"' in part).partition("</form>")[0]
    fields: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
        fields.setdefault(name, []).append(html.unescape(value))
    return {name: values for name, values in fields.items() if name != "csrf_token"}


def test_a_plan_made_at_once_is_kept_as_it_was_seen_and_only_once(planner: StaffClient) -> None:
    page = planner.get(ROOT, query_string=PLAN | {"offer": "wifi", "own_offer": "1"}).text
    fields = carried(page, "/planner/scenarios")
    chosen = fields["chosen"]

    nameless = planner.post_form("/planner/scenarios", fields | {"name": " ", "note": "不要丢"})
    gone = planner.post_form("/planner/scenarios", fields | {"name": "丙", "chosen": ["NEW-NOWHERE"]})
    twice = [planner.post_form("/planner/scenarios", fields | {"name": "甲", "note": ""}) for _ in range(2)]
    scenario = planner.get(str(twice[0].location)).text

    assert (nameless.status_code, gone.status_code) == (400, 409)
    assert "不要丢" in nameless.text
    assert carried(nameless.text, "/planner/scenarios")["form_key"] == fields["form_key"]
    assert [answer.status_code for answer in twice] == [303, 303]
    assert twice[0].location == twice[1].location
    assert len(re.findall('name="drop"', scenario)) == len(chosen) == 3
    assert re.search(r"at least [\d.]+ % of the best possible|no other choice is better", scenario)
    assert planner.get("/planner/scenarios").text.count(">甲</a>") == 1


def test_costs_and_services_are_shown_and_stand_there_the_next_time(planner: StaffClient) -> None:
    budget = {"limit": "budget", "budget": "9", "cost-open_site": "4.5", "offer": "wifi", "own_offer": "1"}
    page = planner.get(ROOT, query_string=PLAN | budget).text
    usual = planner.get(ROOT).text
    planner.post_form(f"{ROOT}/search", PLAN | budget)
    again = planner.get(ROOT).text

    assert "What it costs, by kind of change" in page
    assert "A new site is taken to have: Wi-Fi" in page
    assert re.search(r'name="offer" value="wifi" checked', page)
    assert not re.search(r'name="offer" value="water" checked', page)
    assert re.search(r'name="offer" value="water" checked', usual)
    assert 'name="cost-open_site" type="text" value="4.5"' not in usual
    assert re.search(r'id="cost-open_site"[^>]*value="4.5"', again)


def test_a_question_out_of_range_is_explained_where_it_stands(planner: StaffClient) -> None:
    page = planner.get(ROOT, query_string=PLAN | {"within": "90min"})

    assert page.status_code == 400
    assert re.search(r'id="question-error">[^<]*60', page.text)


def test_what_changed_since_the_plan_is_told_before_it_is_taken(
    planner: StaffClient, client_of: ClientOf, store: Store
) -> None:
    longer = carried(planner.get(ROOT, query_string=PLAN | {"do": "to_24h"}).text, "/planner/scenarios")["chosen"]
    everything = PLAN | {"do": ["open_site", "to_24h"], "count": "6", "must": longer[0]}
    fields = carried(planner.get(ROOT, query_string=everything).text, "/planner/scenarios")
    url = str(planner.post_form("/planner/scenarios", fields | {"name": "甲"}).location).partition("?")[0]
    admin = client_of("admin")
    code = longer[0].partition("+")[0]
    before = carried(admin.get(url).text, f"{url}/take")
    with store.writing(Origin.FORM) as writer:
        station = writer.station(code)
        assert station is not None
        gone = replace(station, life_cycle=LifeCycle.DELISTED)
        writer.update_station(gone, expected_version=station.version, actor="test", reason="test")

    refused = admin.post_form(f"{url}/take", before | {"reason": "办公会决定"})
    page = planner.get(url).text
    taken = admin.post_form(f"{url}/take", carried(refused.text, f"{url}/take") | {"reason": "办公会决定"})

    assert refused.status_code == 409
    assert "办公会决定" in refused.text
    assert "it is not in the register any more, so this is left out" in page
    assert "with these changes" in page  # what is left is worked out all the same
    assert taken.status_code == 303
