"""Answers along streets: worked out by a job, shown as far as they are, cancelled, drawn with isochrones."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from geodata.coverage.within import Within
from geodata.places import Place
from geodata.travel.street_files import save_streets, use_streets
from mapapp.planner.ask_view import answer_view
from mapapp.services.jobs.kinds import KINDS
from mapapp.services.jobs.run import Workshop
from mapapp.services.jobs.worker import Worker
from mapapp.services.planning import runs
from mapapp.services.planning.answer import answer_stages
from mapapp.services.planning.ground import STREETS_FOLDER
from mapapp.services.planning.question import PlanningQuestion
from mapapp.services.planning.results import answer_document
from mapapp.services.planning_map import planning_map_data
from tests.conftest import FROZEN_AT
from tests.geodata.travel.street_maps import SOUTH, STEP_DEG, WEST, streets_of, write_map
from tests.mapapp.staff.world import OWN_DISTRICT, StaffClient

SIDE = 24
STREETS = {"when": "all", "within": "15min", "mode": "walk", "network": "streets"}


@pytest.fixture
def streets(planning_city: Flask, place: Place, tmp_path: Path) -> Iterator[None]:
    """A grid of streets around the station of one district, loaded for one test."""
    spot = next(unit.label_at for unit in place.units if unit.code == OWN_DISTRICT)
    west, south = (spot.lon - WEST) / STEP_DEG - SIDE / 2, (spot.lat - SOUTH) / STEP_DEG - SIDE / 2
    places = {SIDE * row + column + 1: (west + column, south + row) for row in range(SIDE) for column in range(SIDE)}
    lines = [[SIDE * row + column + 1 for column in range(SIDE)] for row in range(SIDE)]
    lines += [[SIDE * row + column + 1 for row in range(SIDE)] for column in range(SIDE)]
    path = write_map(tmp_path / "grid.osm.pbf", places, [(line, {"highway": "residential"}) for line in lines])
    home = Path(planning_city.extensions["stationmap"].settings.data_dir) / STREETS_FOLDER
    home.mkdir(parents=True, exist_ok=True)
    save_streets(streets_of(path), home / "grid.npz")
    use_streets(home, home / "grid.npz")
    yield
    for file in home.iterdir():
        file.unlink()


def work(app: Flask, place: Place) -> bool:
    """Do the job that waits, as the worker beside the server would."""
    parts = app.extensions["stationmap"]
    return Worker(Workshop(parts.store, place, parts.settings, lambda: FROZEN_AT), KINDS).run_one()


def asked_along_streets(planner: StaffClient) -> str:
    response = planner.post_form("/planner/runs", {**STREETS, "title": "沿道路"})
    assert response.status_code == 303, response.text[:500]
    found = re.search(r"/planner/runs/\d+", response.location)
    assert found
    return found[0]


@pytest.mark.usefixtures("streets")
def test_a_question_along_streets_is_not_answered_in_the_request_but_offered_as_a_job(planner: StaffClient) -> None:
    response = planner.get("/planner/ask?" + "&".join(f"{name}={value}" for name, value in STREETS.items()))

    assert response.status_code == 200
    assert "This takes a while" in response.text
    assert "Work it out" in response.text
    assert re.search(r'<input type="hidden" name="network" value="streets">', response.text)


@pytest.mark.usefixtures("streets")
def test_a_long_run_is_waited_for_and_then_has_isochrones(
    planner: StaffClient, planning_city: Flask, place: Place
) -> None:
    run = asked_along_streets(planner)

    waiting = planner.get(run).text
    before = json.loads(planner.get(f"{run}/progress").data)
    assert work(planning_city, place)
    after = json.loads(planner.get(f"{run}/progress").data)
    done = planner.get(run).text
    drawn = json.loads(planner.get(f"{run}/isochrones.json").data)["isochrones"]

    assert "data-progress" in waiting
    assert "Cancel" in waiting
    assert (before["ended"], before["parts"]) == (False, 0)
    assert (after["ended"], after["parts"]) == (True, 6)
    assert "data-progress" not in done
    assert "along the streets of grid.osm.pbf" in done
    assert [area["code"] for area in drawn] == ["YC-0001"]


@pytest.mark.usefixtures("streets")
def test_a_cancelled_run_says_so_and_can_be_asked_again(
    planner: StaffClient, planning_city: Flask, place: Place
) -> None:
    run = asked_along_streets(planner)

    cancelled = planner.post_form(f"{run}/cancel")
    work(planning_city, place)
    page = planner.get(run)

    assert cancelled.status_code == 303
    assert page.status_code == 200
    assert "Cancelled" in page.text
    assert "Ask again" in page.text
    assert planner.get(f"{run}/map.json").status_code == 404


def test_an_answer_is_shown_part_by_part(planning_city: Flask, place: Place) -> None:
    ground = planning_city.extensions["stationmap"].planning.ground()
    question = PlanningQuestion(week_of=date(2026, 11, 18), within=Within.parse("15min"))

    with planning_city.test_request_context(headers={"Accept-Language": "en"}):
        documents = [json.loads(json.dumps(answer_document(found))) for found in answer_stages(question, ground)]
        views = [answer_view(document, place, "en", place.timezone) for document in documents]
        maps = [planning_map_data(document) for document in documents]

    assert len(documents) == 6
    assert all(view.headline for view in views)
    assert views[0].travel is None
    assert views[0].week is None
    assert views[-1].travel is not None
    assert views[-1].week is not None
    assert views[-1].sensitivity is not None
    assert all(drawn["demand"] for drawn in maps)


@pytest.mark.usefixtures("streets")
def test_a_long_question_that_was_worked_out_has_its_answer_and_map_at_once(
    planner: StaffClient, planning_city: Flask, place: Place
) -> None:
    run = asked_along_streets(planner)
    query = "/planner/ask?" + "&".join(f"{name}={value}" for name, value in STREETS.items())
    before = planner.get(query).text
    assert work(planning_city, place)

    after = planner.get(query).text
    planner.post_form(f"{run}/delete")

    assert "This takes a while" in before
    assert "This takes a while" not in after
    assert f'href="{run}"' in after
    assert f"{run}/isochrones.json" in after.replace("\\/", "/")
    assert "This takes a while" in planner.get(query).text


def test_a_limit_that_reaches_far_is_the_workers(planner: StaffClient, monkeypatch: pytest.MonkeyPatch) -> None:
    far = "/planner/ask?when=all&within=60min&mode=car"
    near = planner.get(far).text
    monkeypatch.setattr(runs, "MOST_PAIRS_AT_ONCE", 100)

    assert "This takes a while" not in near
    assert "This takes a while" in planner.get(far).text


@pytest.mark.usefixtures("streets")
def test_plans_along_streets_are_searched_kept_and_compared_by_jobs(
    planner: StaffClient, planning_city: Flask, place: Place
) -> None:
    asked = STREETS | {"when": "night", "within": "5min", "do": "open_site", "places": "cells", "seconds": "5"}
    urls = []
    for name, count in (("甲", "2"), ("乙", "1")):
        job = planner.post_form("/planner/sites/search", asked | {"count": count}).location.rpartition("/")[2]
        assert work(planning_city, place)
        kept = planner.post_form("/planner/scenarios", {"job": job, "name": name, "note": ""})
        urls.append(kept.location.partition("?")[0])
    numbers = {letter: url.rpartition("/")[2] for letter, url in zip("ab", urls, strict=True)}

    first = planner.get(urls[0]).text
    pair = planner.get("/planner/scenarios/compare", query_string=numbers).text
    sent = planner.post_form(f"{urls[0]}/evaluate", {"b": numbers["b"]})
    waiting = planner.get(sent.location).text
    done_count = sum(1 for _ in iter(lambda: work(planning_city, place), False))
    whole, compared = planner.get(urls[0]).text, planner.get(sent.location).text

    assert "Work it out" in first
    assert "with these changes" not in first
    assert "Work it out" in pair
    assert "Look again" in waiting
    assert done_count == 3  # as it is, with 甲, with 乙
    assert "with these changes" in whole
    assert "with A" in compared
    assert planner.get("/planner/scenarios/compare/map.json", query_string=numbers).status_code == 200
