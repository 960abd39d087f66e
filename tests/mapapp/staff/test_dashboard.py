"""The dashboard's page and the month as a file."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import pytest

from tests.mapapp.staff.world import OWN_STATION, StaffClient

ClientOf = Callable[[str], StaffClient]
PEOPLE = ("admin", "editor_own", "planner", "keeper_own")


@pytest.mark.parametrize("name", PEOPLE)
def test_everybody_on_the_staff_sees_how_true_the_register_is(client_of: ClientOf, name: str) -> None:
    page = client_of(name).get("/staff/dashboard")

    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "兴庆区" in page.text


def test_a_confirmation_is_counted(client_of: ClientOf) -> None:
    client = client_of("editor_own")
    before = client.get("/staff/dashboard").text
    client.post_form(f"/staff/verify/{OWN_STATION}", {"group": "all", "version": "1"})

    after = client.get("/staff/dashboard").text

    assert ("<strong>3</strong>" in before, "<strong>2</strong>" in after) == (True, True)


def test_the_month_comes_as_csv_that_spreadsheets_read(client_of: ClientOf) -> None:
    answer = client_of("planner").get("/staff/dashboard/month.csv?month=2026-10")

    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="stations-2026-10.csv"'
    assert len(answer.data.decode("utf-8-sig").splitlines()) == 4


def test_the_month_comes_as_a_workbook(client_of: ClientOf) -> None:
    answer = client_of("admin").get("/staff/dashboard/month.xlsx")

    workbook = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert workbook.sheetnames == ["2026-11"]
    assert workbook.active is not None
    assert workbook.active["A2"].value == OWN_STATION


@pytest.mark.parametrize("month", ["", "x", "2026-99", "0000-01", "9" * 400])
def test_a_strange_month_is_the_present_one(client_of: ClientOf, month: str) -> None:
    answer = client_of("admin").get("/staff/dashboard/month.csv", query_string={"month": month})

    assert answer.headers["Content-Disposition"] == 'attachment; filename="stations-2026-11.csv"'
