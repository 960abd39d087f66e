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


def test_on_a_phone_the_planners_row_is_one_line_that_shows_where_one_is(
    staff_page: StaffPage, staff_city: LiveServer
) -> None:
    page = staff_page("planner", viewport={"width": 360, "height": 740}, locale="en")

    page.goto(f"{staff_city.url}/planner/method")

    row = page.locator(".planning-nav")
    expect(row.locator("[aria-current]")).to_be_in_viewport(ratio=1)
    assert row.evaluate("row => new Set([...row.children].map(link => link.offsetTop)).size") == 1
    assert page.evaluate("window.scrollX") == 0


def test_without_a_network_a_form_stays_and_a_second_click_sends_nothing_twice(
    staff_page: StaffPage, staff_city: LiveServer
) -> None:
    page = staff_page("admin")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    page.goto(f"{staff_city.url}/staff/people/new")
    page.get_by_label("姓名").fill("新同事")
    page.get_by_label("登录名").fill("tongshi")
    page.locator("[name=role][value=planner]").check()
    button = page.locator("form.form button[type=submit]")

    page.context.set_offline(True)
    button.click()
    expect(page.locator(".notice", has_text="没有网络")).to_be_focused()
    expect(page.get_by_label("姓名")).to_have_value("新同事")
    assert sent == []

    page.context.set_offline(False)
    button.dblclick()
    expect(page.locator(".shown-once")).to_be_visible()
    assert sent == ["POST"]
