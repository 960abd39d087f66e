"""The frame around every staff page, in a real browser."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import LiveServer
from tests.browser.staff.conftest import StaffPage


def test_on_a_phone_the_bar_shows_where_one_is(staff_page: StaffPage, staff_city: LiveServer) -> None:
    """Its last pages lie far beyond the screen's edge."""
    page = staff_page("admin", viewport={"width": 360, "height": 740})

    page.goto(f"{staff_city.url}/staff/account")

    expect(page.locator(".staff-nav [aria-current]")).to_be_in_viewport(ratio=1)
    assert page.evaluate("window.scrollX") == 0
