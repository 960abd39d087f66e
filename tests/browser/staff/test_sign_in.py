"""Signing in with a real browser: focus, both languages, small and dark screens, without script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveServer, OpenContext, Watch
from tests.browser.staff.conftest import StaffPage
from tests.mapapp.staff.world import password_of

FindProblems = Callable[[Page], list[str]]
PAGES = (
    "/staff/",
    "/staff/account",
    "/staff/people",
    "/staff/people/new",
    "/staff/people/2",
    "/staff/tokens",
    "/staff/tokens/new",
)
LOOKS: dict[str, dict[str, Any]] = {
    "phone, light, Chinese": {"viewport": {"width": 360, "height": 740}},
    "desk, dark, English": {
        "viewport": {"width": 1440, "height": 900},
        "color_scheme": "dark",
        "locale": "en-GB",
    },
}


def test_somebody_signs_in_with_the_keyboard_alone(staff_city: LiveServer, context_factory: OpenContext) -> None:
    page = context_factory(locale="en-GB").new_page()
    page.goto("/staff/sign-in")
    page.get_by_label("Sign-in name").focus()
    page.keyboard.type("planner")
    page.keyboard.press("Tab")
    page.keyboard.type(password_of("planner"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("规划员")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_a_refusal_takes_the_focus_and_keeps_the_name(
    staff_city: LiveServer, context_factory: OpenContext, watch: Watch
) -> None:
    page = context_factory(locale="en-GB").new_page()
    page.goto("/staff/sign-in")
    page.get_by_label("Sign-in name").fill("planner")
    page.get_by_label("Password", exact=True).fill("not the one")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Sign-in name")).to_have_value("planner")
    watch.expect("status of 400")


def test_signing_in_works_without_script(staff_city: LiveServer, context_factory: OpenContext) -> None:
    page = context_factory(java_script_enabled=False, locale="en-GB").new_page()
    page.goto("/staff/account")
    page.get_by_label("Sign-in name").fill("keeper_own")
    page.get_by_label("Password", exact=True).fill(password_of("keeper_own"))
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("My account")


def test_a_form_is_sent_after_the_session_was_ended_elsewhere(staff_page: StaffPage, watch: Watch) -> None:
    page, elsewhere = staff_page("admin", locale="en-GB"), staff_page("admin", locale="en-GB")
    page.goto("/staff/people/2")
    page.get_by_label("Full name").fill("编辑 <i>`丙`</i>")
    elsewhere.goto("/staff/account")
    elsewhere.get_by_role("button", name="Sign out everywhere else").click()
    expect(elsewhere.get_by_role("status")).to_be_visible()

    page.get_by_role("button", name="Save").click()
    page.get_by_label("Sign-in name").fill("admin")
    page.get_by_label("Password", exact=True).fill(password_of("admin"))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Send it now").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("编辑 <i>`丙`</i>")
    watch.expect("status of 401")


@pytest.mark.parametrize("look", LOOKS)
def test_no_page_of_accounts_has_a_barrier_or_is_wider_than_its_screen(
    look: str, staff_page: StaffPage, accessibility_problems: FindProblems
) -> None:
    page = staff_page("admin", **LOOKS[look])
    found = {}
    for path in PAGES:
        page.goto(path)
        problems = accessibility_problems(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            problems.append("wider than the screen")
        found[path] = problems

    assert {path: problems for path, problems in found.items() if problems} == {}


@pytest.mark.parametrize("look", LOOKS)
def test_the_sign_in_page_has_no_barrier(
    look: str, staff_city: LiveServer, context_factory: OpenContext, accessibility_problems: FindProblems
) -> None:
    page = context_factory(**LOOKS[look]).new_page()
    page.goto("/staff/sign-in")

    assert accessibility_problems(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_staff_pages_keep_no_service_worker(staff_page: StaffPage) -> None:
    page = staff_page("planner")
    page.goto("/staff/")

    assert page.locator("[data-worker], link[rel=manifest]").count() == 0
