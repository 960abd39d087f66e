"""The pages that hand out a planner's files, and the method: on a phone and in the dark, without anything hard to use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from geodata.places import Place
from mapapp.store import Origin, RunDraft, RunFindings, Store
from tests.browser.conftest import LiveServer
from tests.browser.staff.conftest import StaffPage
from tests.mapapp.services.planning_report.documents import answer_document

STATES: Final[list[dict[str, Any]]] = [
    {"color_scheme": "light", "locale": "zh-CN", "viewport": {"width": 360, "height": 740}},
    {"color_scheme": "dark", "locale": "en", "viewport": {"width": 1280, "height": 900}},
]


@pytest.fixture
def run_id(staff_city: LiveServer, place: Place) -> int:
    """A run that is computed."""
    store, now = Store(f"sqlite:///{staff_city.database_file}"), datetime.now(UTC)
    document = answer_document(place)
    draft = RunDraft(
        title="夜间", question=document["question"], question_key="k", code_version="v", created_by="x", account_id=None
    )
    findings = RunFindings(
        data_revision=7,
        layers={},
        network_checksum="",
        code_version="v",
        headline=document["headline"],
        result=document,
        seconds=0.4,
    )
    with store.writing(Origin.FORM, at=now) as writer:
        card = writer.planning.add(draft, now)
        writer.planning.save(card.id, findings, now)
    store.close()
    return card.id


@pytest.mark.parametrize("state", STATES)
def test_files_and_method_are_easy_to_use(
    staff_page: StaffPage, run_id: int, accessibility_problems: Callable[[Page], list[str]], state: dict[str, Any]
) -> None:
    page = staff_page("planner", **state)
    for address, heading in ((f"/planner/report?run={run_id}", "h1"), ("/planner/method", "h1")):
        page.goto(address)
        expect(page.locator(heading)).to_be_visible()
        assert accessibility_problems(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
