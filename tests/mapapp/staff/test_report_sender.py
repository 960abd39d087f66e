"""The page of a report: its sender's data handed out and forgotten, by those who may."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask

from geodata.reports.report import Report, ReportDraft
from geodata.reports.vocabulary import ReportKind
from mapapp.services.reports.desk import Sender
from tests.conftest import FrozenClock
from tests.mapapp.staff.world import OWN_STATION, StaffClient

ClientOf = Callable[[str], StaffClient]
CONTACT = "13900000000"


@pytest.fixture
def report(staff_app: Flask, clock: FrozenClock) -> Report:
    """A report with a contact, in the own district."""
    draft = ReportDraft(
        kind=ReportKind.OTHER,
        station_code=OWN_STATION,
        text="门把手坏了",
        contact=CONTACT,
        key="00000000-0000-0000-0000-000000000001",
    )
    report: Report = (
        staff_app.extensions["stationmap"].reports.submit(draft, Sender(None, "10.0.0.1", "x"), clock()).report
    )
    return report


def path_of(report: Report) -> str:
    return f"/staff/reports/{report.tracking}"


def test_the_copy_is_a_file_that_nobody_keeps(client_of: ClientOf, report: Report) -> None:
    answer = client_of("editor_own").get(f"{path_of(report)}/sender")

    assert answer.mimetype == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert CONTACT in zipfile.ZipFile(BytesIO(answer.data)).read("report.json").decode()


def test_forgetting_takes_one_tick_and_then_the_contact_is_nowhere(client_of: ClientOf, report: Report) -> None:
    editor = client_of("editor_own")
    without = editor.post_form(f"{path_of(report)}/erase", {"version": "1"})
    sure = editor.post_form(f"{path_of(report)}/erase", {"version": "1", "sure": "1"})
    after = editor.get(sure.location)

    assert without.status_code == 400
    assert CONTACT in without.text
    assert sure.status_code == 303
    assert CONTACT not in after.text
    assert "门把手坏了" in after.text
    assert "应要求" in after.text or "Forgotten on request" in after.text


def test_a_page_from_before_forgets_nothing(client_of: ClientOf, report: Report) -> None:
    answer = client_of("editor_own").post_form(f"{path_of(report)}/erase", {"version": "7", "sure": "1"})

    assert answer.status_code == 409
    assert CONTACT in answer.text


@pytest.mark.parametrize(("name", "status"), [("editor_other", 403), ("planner", 403), ("keeper_own", 403)])
def test_others_get_nothing_and_change_nothing(client_of: ClientOf, report: Report, name: str, status: int) -> None:
    other = client_of(name)

    assert other.get(f"{path_of(report)}/sender").status_code == status
    assert other.post_form(f"{path_of(report)}/erase", {"version": "1", "sure": "1"}).status_code == status
    assert CONTACT in client_of("editor_own").get(path_of(report)).text
