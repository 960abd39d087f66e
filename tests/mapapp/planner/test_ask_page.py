"""Questions and answers by their pages: asked by address, answered with everything, kept, compared, never a 500."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.mapapp.staff.test_statement_counts import statements
from tests.mapapp.staff.world import StaffClient

ASK = "/planner/ask?when=all&within=1000m"


def text_of(response: TestResponse) -> str:
    """The words of a page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<(script|style)[^>]*>.*?</\1>|<[^>]+>", " ", response.text, flags=re.DOTALL))


def kept(planner: StaffClient, **fields: str) -> int:
    """Keep an answer; its number."""
    response = planner.post_form("/planner/runs", {"when": "all", "within": "1000m", **fields})
    assert response.status_code == 303, text_of(response)[:800]
    found = re.search(r"/planner/runs/(\d+)", response.location)
    assert found
    return int(found[1])


def test_the_start_page_offers_questions_and_says_that_numbers_are_modelled(planner: StaffClient) -> None:
    response = planner.get("/planner/")

    assert response.status_code == 200
    assert 'href="/planner/ask?when=night"' in response.text
    assert "modelled, not counted" in response.text


def test_an_answer_has_a_headline_with_its_rule_and_every_part(planner: StaffClient) -> None:
    response = planner.get(ASK)

    words = text_of(response)
    assert response.status_code == 200
    assert re.search(r"All hours of the week: for \d[\d.]*%.* of the hours that workers are at work", words)
    assert "within 1000 m in a straight line" in words
    for part in ("districts", "week", "travel", "gaps", "loads", "losses", "equity", "towns", "basis", "map"):
        assert f'id="{part}"' in response.text
    assert response.headers["Cache-Control"] == "no-store"


def test_stations_of_unknown_hours_make_two_bounds_and_the_page_says_why(planner: StaffClient) -> None:
    words = text_of(planner.get(ASK))

    assert re.search(r"\d%–\d", words)
    assert "Nobody knows the hours of 1 station that counts" in words


def test_one_hour_is_answered_in_workers_and_several_in_their_hours(planner: StaffClient) -> None:
    one = text_of(planner.get("/planner/ask?when=hour&day=2&clock=10"))
    several = text_of(planner.get("/planner/ask?when=night"))

    assert re.search(r"Wednesday, 10:00 to 11:00: [\d.%–]+ of the workers have", one)
    assert "workers are not covered." in one
    assert "not covered in the mean hour" in several


def test_a_rule_in_minutes_says_how_one_travels_and_how_much_hangs_on_it(planner: StaffClient) -> None:
    response = planner.get("/planner/ask?when=all&within=15min&mode=walk")

    assert "within 15 minutes on foot" in text_of(response)
    assert 'id="sensitivity"' in response.text


def test_what_was_typed_stands_in_the_form_again_with_the_problem_at_its_field(planner: StaffClient) -> None:
    response = planner.get("/planner/ask?when=date&at=soon&group=riders&min_stay=99999")

    assert response.status_code == 400
    assert 'id="at-problem"' in response.text
    assert 'id="min_stay-problem"' in response.text
    assert re.search(r'value="riders" checked', response.text)
    assert re.search(r'id="min_stay"[^>]*value="99999"', response.text)


@pytest.mark.parametrize("query", ["layer=gone", "group=couriers", "network=streets&within=15min"])
def test_a_question_that_the_data_cannot_answer_is_a_problem_and_no_failure(planner: StaffClient, query: str) -> None:
    response = planner.get(f"/planner/ask?{query}")

    assert response.status_code == 400
    assert "-problem" in response.text


def test_the_map_draws_demand_gaps_stations_and_towns(planner: StaffClient) -> None:
    data: dict[str, Any] = json.loads(planner.get("/planner/ask/map.json?when=all").data)

    assert {area["state"] for area in data["demand"]} <= {"covered", "uncertain", "uncovered"}
    assert [gap["rank"] for gap in data["gaps"]] == list(range(1, len(data["gaps"]) + 1))
    assert {station["code"]: station["state"] for station in data["stations"]} == {
        "YC-0001": "serves",
        "YC-0002": "unknown",
    }
    assert data["towns"]


def test_every_cell_that_finds_a_station_is_in_one_catchment(planner: StaffClient) -> None:
    data = json.loads(planner.get("/planner/ask/catchments.json?when=all").data)

    assert [area["code"] for area in data["catchments"]] == ["YC-0001"]


@pytest.mark.parametrize("path", ["/planner/ask/map.json?within=near", "/planner/ask/catchments.json?when=never"])
def test_a_map_of_no_question_is_a_bad_request(planner: StaffClient, path: str) -> None:
    assert planner.get(path).status_code == 400


def test_gaps_are_ranked_by_hours_or_by_workers(planner: StaffClient) -> None:
    response = planner.get(f"{ASK}&gaps=workers")

    assert re.search(r'gaps=workers#gaps" aria-current="true"', response.text)


def test_a_kept_answer_has_an_address_and_everything_one_defends_it_with(planner: StaffClient) -> None:
    number = kept(planner, title="夜间 <b>一号</b>")

    response = planner.get(f"/planner/runs/{number}")
    words = text_of(response)

    assert response.status_code == 200
    assert "夜间 &lt;b&gt;一号&lt;/b&gt;" in response.text
    assert "<b>一号</b>" not in response.text
    for fact in ("Asked by planner", "Data revision", "Demand layers, checksums", "Code", "Took"):
        assert fact in words
    assert json.loads(planner.get(f"/planner/runs/{number}/map.json").data)["demand"]
    assert json.loads(planner.get(f"/planner/runs/{number}/catchments.json").data)["catchments"]


def test_a_title_that_is_too_long_comes_back_with_the_question(planner: StaffClient) -> None:
    response = planner.post_form("/planner/runs", {"when": "night", "title": "长" * 121})

    assert response.status_code == 400
    assert 'id="title-problem"' in response.text
    assert "长" * 121 in response.text
    assert re.search(r'value="night" checked', response.text)


def test_kept_answers_are_listed_found_and_sorted(planner: StaffClient) -> None:
    kept(planner, title="Bravo")
    kept(planner, title="Alpha", when="night")

    by_title = text_of(planner.get("/planner/runs?sort=title&order=up"))
    found = text_of(planner.get("/planner/runs?words=brav"))

    assert by_title.index("Alpha") < by_title.index("Bravo")
    assert "Alpha" not in found
    assert "Bravo" in found


def test_the_list_asks_the_database_no_more_often_for_more_runs(planner: StaffClient) -> None:
    kept(planner)
    of_one = statements(planner, "/planner/runs")
    for when in ("day", "night", "weekday"):
        kept(planner, when=when)

    assert statements(planner, "/planner/runs") == of_one


def test_what_helps_most_is_asked_with_the_same_question(planner: StaffClient) -> None:
    page = planner.get("/planner/ask?when=night&group=riders").text

    assert re.search(r'href="/planner/sites\?group=riders[^"]*when=night', page)


def test_the_question_of_a_run_can_be_changed_and_asked_again(planner: StaffClient) -> None:
    number = kept(planner, when="night", group="riders")
    page = planner.get(f"/planner/runs/{number}").text

    address = re.search(r'href="(/planner/ask\?[^"]+)"[^>]*>Change the question', page)
    assert address
    assert "group=riders" in address[1]
    assert "when=night" in address[1]
    again = planner.post_form(f"/planner/runs/{number}/again")
    assert again.status_code == 303
    assert f"/planner/runs/{number}?" not in again.location


def test_two_answers_are_compared_tally_by_tally_and_cell_by_cell(planner: StaffClient) -> None:
    near, far = kept(planner, title="near", within="500m"), kept(planner, title="far", within="2000m")

    response = planner.get(f"/planner/runs/compare?run={near}&run={far}")
    data = json.loads(planner.get(f"/planner/runs/compare/map.json?a={near}&b={far}").data)

    words = text_of(response)
    assert re.search(r"A covers [\d.%–]+, B covers [\d.%–]+: \+[\d.]+", words)
    assert "Newly covered" in words
    assert {area["change"] for area in data["changes"]} <= {"newly", "still"}
    lost = re.search(r"Lost ([\d,]+) ([\d,]+)", words)
    assert lost
    assert (lost[1], lost[2]) == ("0", "0")


def test_answers_over_other_hours_are_compared_in_shares_with_a_caution(planner: StaffClient) -> None:
    day, night = kept(planner, when="day"), kept(planner, when="night")

    words = text_of(planner.get(f"/planner/runs/compare?a={day}&b={night}"))

    assert "compare shares, not numbers of workers" in words
    assert "Newly covered" not in words


@pytest.mark.parametrize("query", ["", "run=1", "run=1&run=2&run=3", "a=x&b=1", "a=1"])
def test_anything_but_two_runs_cannot_be_compared(planner: StaffClient, query: str) -> None:
    assert planner.get(f"/planner/runs/compare?{query}").status_code == 400


def test_only_its_maker_and_administrators_rename_or_delete_a_run(client_of: Callable[[str], StaffClient]) -> None:
    planner, admin = client_of("planner"), client_of("admin")
    of_admin = kept(admin, title="admin's")

    assert "Delete this run" not in planner.get(f"/planner/runs/{of_admin}").text
    assert planner.post_form(f"/planner/runs/{of_admin}/delete").status_code == 403
    assert planner.post_form(f"/planner/runs/{of_admin}/name", {"title": "mine"}).status_code == 403
    of_planner = kept(planner)
    assert admin.post_form(f"/planner/runs/{of_planner}/name", {"title": "seen"}).status_code == 303
    assert planner.post_form(f"/planner/runs/{of_planner}/delete").status_code == 303
    assert planner.get(f"/planner/runs/{of_planner}").status_code == 404


@pytest.mark.parametrize(
    "path", ["/planner/runs/99999", "/planner/runs/99999/map.json", "/planner/runs/99999/progress"]
)
def test_a_run_that_is_not_there_is_not_found(planner: StaffClient, path: str) -> None:
    assert planner.get(path).status_code == 404


@pytest.mark.parametrize("action", ["name", "again", "cancel", "delete"])
def test_nothing_can_be_done_to_a_run_that_is_not_there(planner: StaffClient, action: str) -> None:
    assert planner.post_form(f"/planner/runs/99999/{action}").status_code == 404


@pytest.mark.parametrize("person", ["editor_own", "keeper_own"])
@pytest.mark.parametrize("path", ["/planner/", "/planner/ask", "/planner/runs"])
def test_only_who_runs_analyses_asks(client_of: Callable[[str], StaffClient], person: str, path: str) -> None:
    assert client_of(person).get(path).status_code == 403


def test_the_words_of_every_page_are_in_chinese_too(planner: StaffClient) -> None:
    planner.browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"
    number = kept(planner)

    for path in ("/planner/", ASK, f"/planner/runs/{number}", "/planner/runs"):
        main = planner.get(path).text.split("<main", 1)[1].split('<script type="application/json"', 1)[0]
        for english in ("worker-hours", "covered", "station ", "Ranked", "Covered", "Share"):
            assert english not in re.sub(r"<[^>]+>", " ", main), (path, english)
