"""The inbox in a real browser: without script, on a phone, in the dark, in both languages."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from geodata.places import Place
from geodata.reports.report import Report, ReportDraft
from geodata.reports.vocabulary import ReportKind
from mapapp.services.reports.desk import ReportDesk, Sender
from mapapp.settings import Settings
from mapapp.store import Store
from tests.browser.conftest import LiveServer, Watch
from tests.browser.staff.conftest import StaffPage
from tests.mapapp.staff.world import OWN_DISTRICT, OWN_STATION, SECRET

FindProblems = Callable[[Page], list[str]]
LONG_WORD = "https://example.org/" + "a" * 120
LOOKS: dict[str, dict[str, Any]] = {
    "phone, light, Chinese": {"viewport": {"width": 360, "height": 740}},
    "desk, dark, English": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark", "locale": "en-GB"},
}


@pytest.fixture
def sent(staff_city: LiveServer, place: Place) -> Iterator[list[Report]]:
    """Two people before a locked door, days ago and now, one of them with a photo and a contact; a suggested site."""
    store = Store(f"sqlite:///{staff_city.database_file}")
    settings = Settings(secret_key=SECRET, data_dir=str(staff_city.database_file.parent / "data"))
    desk, now = ReportDesk(store, settings, SECRET, district_of=place.district_of), datetime.now(UTC)
    picture = BytesIO()
    Image.new("RGB", (640, 480), "red").save(picture, "PNG")
    of_station = {"kind": ReportKind.LOCKED, "station_code": OWN_STATION}
    drafts: list[tuple[dict[str, Any], timedelta]] = [
        (of_station | {"contact": "139 0000 0000", "photo": picture.getvalue()}, timedelta(hours=20)),
        (of_station | {"text": LONG_WORD}, timedelta(minutes=1)),
        (
            {
                "kind": ReportKind.SUGGEST_SITE,
                "station_code": None,
                "place": place.unit(OWN_DISTRICT).label_at,
                "text": "这里没有",
            },
            timedelta(days=40),
        ),
    ]
    yield [
        desk.submit(
            ReportDraft(**fields, key=str(uuid.UUID(int=number))),
            Sender(None, f"192.0.2.{number}", "phone"),
            now - before,
        ).report
        for number, (fields, before) in enumerate(drafts, start=1)
    ]
    store.close()


def test_a_report_is_answered_without_script(staff_page: StaffPage, sent: list[Report]) -> None:
    page = staff_page("editor_own", java_script_enabled=False, locale="en-GB")
    page.goto("/staff/reports")
    page.get_by_role("link", name=sent[0].tracking).click()
    page.get_by_label("New state").select_option("resolved")
    page.get_by_label("Reply to the sender").fill("您好！")
    page.get_by_text("Ready sentences").click()
    page.get_by_role("button", name="Add in Chinese").click()
    expect(page.get_by_label("Reply to the sender")).to_be_focused()
    page.get_by_role("button", name="Save the answer").click()

    expect(page.get_by_role("status")).to_contain_text("Saved")
    page.goto(f"/reports/{sent[0].tracking}")
    expect(page.get_by_text("您好！")).to_be_visible()


def test_the_second_to_answer_is_told_first(staff_page: StaffPage, sent: list[Report], watch: Watch) -> None:
    first, second = staff_page("editor_own", locale="en-GB"), staff_page("admin", locale="en-GB")
    for page in (first, second):
        page.goto(f"/staff/reports/{sent[0].tracking}")
    first.get_by_role("button", name="I see to it").click()
    expect(first.get_by_role("status")).to_be_visible()

    second.get_by_label("Reply to the sender").fill("We are on it.")
    second.get_by_role("button", name="Save the answer").click()
    expect(second.get_by_role("alert")).to_be_focused()
    expect(second.get_by_role("alert")).to_contain_text("Given to editor_own")
    watch.expect("status of 409")
    second.get_by_role("button", name="Save the answer").click()

    expect(second.get_by_role("status")).to_contain_text("Saved")


def test_the_photo_of_a_report_is_shown(staff_page: StaffPage, sent: list[Report]) -> None:
    page = staff_page("editor_own", locale="en-GB")
    page.goto(f"/staff/reports/{sent[0].tracking}")
    picture = page.get_by_role("img", name="The photo that came with the report")
    picture.scroll_into_view_if_needed()

    expect(picture).to_have_js_property("naturalWidth", 640)


@pytest.mark.parametrize("look", LOOKS)
def test_no_page_of_the_inbox_has_a_barrier_or_is_wider_than_its_screen(
    look: str, staff_page: StaffPage, sent: list[Report], accessibility_problems: FindProblems
) -> None:
    page = staff_page("editor_own", **LOOKS[look])
    found = {}
    for path in ("/staff/reports", *(f"/staff/reports/{report.tracking}" for report in sent)):
        page.goto(path)
        problems = accessibility_problems(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            problems.append("wider than the screen")
        found[path] = problems

    assert {path: problems for path, problems in found.items() if problems} == {}
