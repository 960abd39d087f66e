"""Exports and empty sheets by their pages."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Final

import openpyxl
import pytest
from flask import Flask

from geodata.coordinates import Crs
from geodata.files import FileKind
from geodata.files.writing_formats import ENDINGS, MIME_TYPES
from mapapp.services.jobs.kinds import KINDS
from mapapp.services.jobs.run import Workshop
from mapapp.services.jobs.worker import Worker
from tests.mapapp.staff.world import OTHER_STATION, OWN_STATION, UNPLACED_STATION, StaffClient

ClientOf = Callable[[str], StaffClient]
Work = Callable[[], None]
FILE: Final = "/staff/exports/stations"


@pytest.fixture
def work(staff_app: Flask) -> Work:
    """Do all jobs that wait."""
    parts = staff_app.extensions["stationmap"]
    worker = Worker(Workshop(parts.store, parts.place, parts.settings, parts.clock), KINDS)

    def do_all() -> None:
        while worker.run_one():
            pass

    return do_all


@pytest.mark.parametrize("crs", list(Crs))
@pytest.mark.parametrize("kind", list(FileKind))
def test_a_file_is_handed_out_under_a_name_that_tells_its_system(client_of: ClientOf, kind: FileKind, crs: Crs) -> None:
    answer = client_of("planner").get(FILE, query_string={"format": kind.value, "crs": crs.value})

    assert answer.status_code == 200
    assert answer.content_type == MIME_TYPES[kind]
    assert f"-{crs.value}.{ENDINGS[kind]}" in answer.headers["Content-Disposition"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_file_holds_the_district_asked_for(client_of: ClientOf) -> None:
    question = {"format": "csv", "district": "640104"}

    text = client_of("editor_other").get(FILE, query_string=question).data.decode("utf-8-sig")

    assert OWN_STATION in text
    assert OTHER_STATION not in text
    assert UNPLACED_STATION not in text


@pytest.mark.parametrize(("name", "status"), [("editor_own", 200), ("planner", 403), ("keeper_own", 403)])
def test_contacts_are_for_those_who_edit_districts(client_of: ClientOf, name: str, status: int) -> None:
    answer = client_of(name).get(FILE, query_string={"format": "csv", "contacts": "1"})

    assert answer.status_code == status


def test_only_those_who_may_have_contacts_are_offered_them(client_of: ClientOf) -> None:
    assert 'name="contacts"' in client_of("editor_own").get("/staff/exports").text
    assert 'name="contacts"' not in client_of("planner").get("/staff/exports").text


@pytest.mark.parametrize(("language", "heading"), [("zh", "站点名称"), ("en", "name")])
def test_an_empty_sheet_speaks_the_language_of_the_page(client_of: ClientOf, language: str, heading: str) -> None:
    client = client_of("editor_own")
    client.get("/staff/exports", query_string={"lang": language})

    answer = client.get("/staff/exports/template", query_string={"format": "xlsx", "crs": "gcj02"})

    headings = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0][1]]
    assert heading in headings
    assert any("GCJ-02" in str(each) for each in headings)


def test_nobody_without_a_session_gets_a_file(visitor: StaffClient, staff_app: Flask) -> None:
    assert staff_app.url_map is not None
    assert visitor.get(FILE).status_code == 303
    assert visitor.get("/staff/exports/template").status_code == 303


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let any file be a large one."""
    monkeypatch.setattr("mapapp.staff.export_routes.MOST_ROWS_AT_ONCE", 1)


@pytest.mark.usefixtures("few")
def test_a_large_file_is_made_by_the_worker_and_fetched_from_its_page(client_of: ClientOf, work: Work) -> None:
    client = client_of("planner")

    asked = client.post_form(FILE, {"format": "csv", "crs": "gcj02"})
    waiting = client.get(asked.location)
    work()
    ready = client.get(asked.location)
    file = client.get(f"{asked.location}/file")

    assert asked.status_code == 303
    assert "data-progress" in waiting.text
    assert f"{asked.location}/file" in ready.text
    assert OWN_STATION in file.data.decode("utf-8-sig")
    assert "-gcj02.csv" in file.headers["Content-Disposition"]
    assert "no-store" in file.headers["Cache-Control"]


@pytest.mark.usefixtures("few")
def test_the_address_of_a_large_file_leads_to_the_form_with_what_was_asked(client_of: ClientOf) -> None:
    client = client_of("planner")

    answer = client.get(FILE, query_string={"format": "gpkg", "crs": "bd09", "large": "x", "_anchor": "y"})
    page = client.get(answer.location).text

    assert answer.status_code == 303
    assert '<option value="gpkg" selected>' in page
    assert 'value="bd09" checked' in page


@pytest.mark.usefixtures("few")
def test_somebody_elses_file_is_not_there(client_of: ClientOf, work: Work) -> None:
    location = client_of("planner").post_form(FILE, {"format": "csv"}).location
    work()
    stranger = client_of("editor_own")

    answers = [stranger.get(f"{location}{part}").status_code for part in ("", "/progress", "/file")]

    assert answers == [404, 404, 404]
    assert stranger.post_form(f"{location}/cancel", {}).status_code == 404


@pytest.mark.usefixtures("few")
def test_a_file_that_waits_can_be_cancelled(client_of: ClientOf, work: Work) -> None:
    client = client_of("planner")
    location = client.post_form(FILE, {"format": "csv"}).location

    client.post_form(f"{location}/cancel", {})
    work()

    assert client.get(f"{location}/file").status_code == 404
    assert client.get(f"{location}/progress").get_json()["ended"] is True


def test_a_small_file_comes_at_once_from_the_form(client_of: ClientOf) -> None:
    answer = client_of("planner").post_form(FILE, {"format": "csv"})

    assert answer.status_code == 200
    assert OWN_STATION in answer.data.decode("utf-8-sig")
