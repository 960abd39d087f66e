"""The pages that hand out a planner's files: what is quick at once, what is not by the worker, nothing to others."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Final

import openpyxl
import pytest
from flask import Flask

from geodata.places import Place
from mapapp.services.jobs.kinds import KINDS
from mapapp.services.jobs.run import Workshop
from mapapp.services.jobs.worker import Worker
from mapapp.store import Origin, RunDraft, RunFindings, Store
from tests.conftest import FrozenClock
from tests.mapapp.services.planning_report.documents import HOSTILE, answer_document
from tests.mapapp.staff.world import StaffClient

ClientOf = Callable[[str], StaffClient]
PAGE: Final = "/planner/report"


@pytest.fixture
def store(staff_app: Flask) -> Store:
    found: Store = staff_app.extensions["stationmap"].store
    return found


@pytest.fixture
def planner(client_of: ClientOf) -> StaffClient:
    return client_of("planner")


@pytest.fixture
def run_id(store: Store, place: Place, clock: FrozenClock) -> int:
    """A run that is computed, of a station with a hostile name."""
    document = answer_document(place, station_name=HOSTILE)
    draft = RunDraft(
        title="夜间覆盖",
        question=document["question"],
        question_key="k",
        code_version="v",
        created_by="规划员",
        account_id=None,
    )
    findings = RunFindings(
        data_revision=7,
        layers={"sample": "c0ffee"},
        network_checksum="",
        code_version="v",
        headline=document["headline"],
        result=document,
        seconds=0.4,
    )
    with store.writing(Origin.FORM, at=clock()) as writer:
        card = writer.planning.add(draft, clock())
        writer.planning.save(card.id, findings, clock())
    return card.id


@pytest.fixture
def work(staff_app: Flask, place: Place, clock: FrozenClock) -> Callable[[], None]:
    parts = staff_app.extensions["stationmap"]
    worker = Worker(Workshop(parts.store, place, parts.settings, clock), KINDS)

    def do_all() -> None:
        while worker.run_one():
            pass

    return do_all


def test_the_page_offers_every_format_and_says_that_it_is_a_sample(planner: StaffClient, run_id: int) -> None:
    answer = planner.get(PAGE, query_string={"run": run_id})
    text = answer.get_data(as_text=True)

    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert "夜间覆盖" in text
    assert "示例数据" in text
    assert [
        f"format={kind}&amp;" in text or f'value="{kind}"' in text
        for kind in ("html", "pdf", "xlsx", "gpkg", "geojson", "png")
    ] == [True] * 6


@pytest.mark.parametrize(
    ("kind", "begins"), [("html", b"<!doctype html>"), ("xlsx", b"PK"), ("gpkg", b"SQLite"), ("geojson", b"PK")]
)
def test_a_quick_file_comes_at_once(planner: StaffClient, run_id: int, kind: str, begins: bytes) -> None:
    answer = planner.get(f"{PAGE}/file", query_string={"run": run_id, "format": kind})

    assert answer.status_code == 200
    assert answer.data.lstrip().lower().startswith(begins.lower())
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_comparison_has_its_files_too(planner: StaffClient, run_id: int) -> None:
    answer = planner.get(f"{PAGE}/file", query_string={"run": run_id, "after": run_id, "format": "xlsx"})

    assert openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets


def test_pictures_are_asked_for_watched_and_fetched(
    planner: StaffClient, run_id: int, work: Callable[[], None], client_of: ClientOf
) -> None:
    asked = planner.post_form(PAGE, {"run": str(run_id), "format": "png"})
    assert asked.status_code == 303
    job_url = asked.location
    waiting = planner.get(job_url).get_data(as_text=True)
    progress = planner.get(f"{job_url}/progress").get_json()
    work()
    done = planner.get(job_url).get_data(as_text=True)
    with planner.get(f"{job_url}/file") as file:
        content = file.data

    assert "data-progress" in waiting
    assert progress["ended"] is False
    assert f"{job_url}/file" in done
    assert content.startswith(b"PK")
    assert client_of("editor_own").get(f"{job_url}/file").status_code == 403


def test_a_drawing_is_not_made_in_a_request(planner: StaffClient, run_id: int) -> None:
    answer = planner.get(f"{PAGE}/file", query_string={"run": run_id, "format": "pdf"})

    assert (answer.status_code, answer.location) == (303, f"{PAGE}?run={run_id}")


def test_a_cancelled_file_is_not_made(planner: StaffClient, run_id: int, work: Callable[[], None]) -> None:
    job_url = planner.post_form(PAGE, {"run": str(run_id), "format": "pdf"}).location
    planner.post_form(f"{job_url}/cancel", {})
    work()

    assert "已取消" in planner.get(job_url).get_data(as_text=True)
    assert planner.get(f"{job_url}/file").status_code == 303


@pytest.mark.parametrize(
    "query",
    [
        "",
        "run=",
        "run=x",
        "run=999999",
        "run=-1",
        "run=99999999999999999999",
        "run={id}&after=x",
        "run={id}&after=99999",
    ],
)
def test_what_is_not_there_is_not_found(planner: StaffClient, run_id: int, query: str) -> None:
    for path in (PAGE, f"{PAGE}/file"):
        assert planner.get(f"{path}?{query.format(id=run_id)}&format=html").status_code == 404


def test_an_unknown_format_is_not_found(planner: StaffClient, run_id: int) -> None:
    assert planner.get(f"{PAGE}/file", query_string={"run": run_id, "format": "exe"}).status_code == 404
    assert planner.post_form(PAGE, {"run": str(run_id), "format": "../x"}).status_code == 404


@pytest.mark.parametrize("name", ["editor_own", "keeper_own"])
def test_others_get_nothing(client_of: ClientOf, run_id: int, name: str) -> None:
    client = client_of(name)

    assert client.get(PAGE, query_string={"run": run_id}).status_code == 403
    assert client.post_form(PAGE, {"run": str(run_id), "format": "png"}).status_code == 403


@pytest.mark.parametrize(("language", "said"), [("zh", "覆盖是怎么算的"), ("en", "How coverage is computed")])
def test_the_method_is_told_in_both_languages(planner: StaffClient, language: str, said: str) -> None:
    answer = planner.get("/planner/method", headers={"Accept-Language": language})
    text = answer.get_data(as_text=True)

    assert said in text
    assert text.count("<h2") >= 12
    assert '<p class="formula">' in text
