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
from tests.mapapp.staff.world import OTHER_STATION, OWN_STATION, UNPLACED_STATION, StaffClient

ClientOf = Callable[[str], StaffClient]
FILE: Final = "/staff/exports/stations"


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
