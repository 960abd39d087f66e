"""Posters and the holiday table in a browser: printed sharp, used without scripts, without barriers."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any, Final

import pytest
import segno
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watch
from tests.browser.staff.conftest import StaffPage
from tests.mapapp.staff.world import OWN_STATION

STATES: Final = [
    {"color_scheme": "light", "locale": "zh-CN", "viewport": {"width": 360, "height": 780}},
    {"color_scheme": "dark", "locale": "en", "viewport": {"width": 1440, "height": 900}},
]
PAGES: Final = (
    "/staff/posters",
    "/staff/posters/print",
    f"/staff/stations/{OWN_STATION}/poster",
    "/staff/holidays",
)


@pytest.mark.parametrize("state", STATES, ids=["light phone", "dark desk"])
def test_no_page_has_a_barrier_and_none_is_wider_than_the_screen(
    staff_page: StaffPage, accessibility_problems: Callable[[Page], list[str]], watch: Watch, state: dict[str, Any]
) -> None:
    page = staff_page("admin", **state)
    for address in PAGES:
        page.goto(address)
        assert accessibility_problems(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_the_printed_code_is_what_a_phone_is_to_read(staff_page: StaffPage) -> None:
    page = staff_page("admin", device_scale_factor=2)
    page.goto(f"/staff/posters/print?code={OWN_STATION}")
    code = page.locator(".poster-qr")
    address = code.get_attribute("aria-label")
    assert address is not None

    rows = [list(row) for row in segno.make(address, error="m", micro=False).matrix_iter()]
    picture = Image.open(BytesIO(code.screenshot())).convert("L")
    module = picture.width / len(rows)
    centres = [int((number + 0.5) * module) for number in range(len(rows))]

    seen = [[1 if _grey(picture, x, y) < 128 else 0 for x in centres] for y in centres]
    assert seen == rows


def test_every_poster_is_one_sheet_when_the_browser_prints(staff_page: StaffPage) -> None:
    page = staff_page("admin")
    page.goto("/staff/posters/print")
    count = page.locator(".poster").count()

    printed = page.pdf(prefer_css_page_size=True, print_background=True)

    assert count == 3
    assert printed.count(b"/Type /Page\n") == count


def test_without_scripts_a_day_is_entered_and_taken_back(staff_page: StaffPage) -> None:
    page = staff_page("admin", java_script_enabled=False)
    page.goto("/staff/holidays?year=2026")
    page.fill("#date", "2026-03-20")
    page.fill("#name_zh", "开斋节")
    page.locator("section[aria-labelledby=day-title] button").click()
    expect(page.locator("ins")).to_contain_text("开斋节")
    page.fill("#reason", "自治区通知")
    page.locator("main form button[type=submit]").click()
    row = page.locator("tr", has=page.locator("time[datetime='2026-03-20']"))
    expect(row).to_contain_text("开斋节")

    row.locator("button").click()
    page.fill("#reason", "录错了")
    page.locator("main form button[type=submit]").click()

    expect(page.locator("time[datetime='2026-03-20']")).to_have_count(0)


def _grey(picture: Image.Image, x: int, y: int) -> int:
    return picture.tobytes()[y * picture.width + x]
