"""Plans and scenarios in a browser: by the keyboard, without script, back and forth, and clicked twice."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Page, expect

from tests.browser.conftest import Watch
from tests.browser.planner import steps
from tests.browser.planner.conftest import Kept
from tests.browser.planner.steps import DoJobs
from tests.browser.staff.conftest import StaffPage
from tests.mapapp.staff.world import password_of

SITES: Final = "/planner/sites?when=night&within=1000m"
PLAN: Final = f"{SITES}&plan=1&do=open_site&places=cells&count=3&seconds={steps.FEW_SECONDS}"


def test_with_the_keyboard_alone_a_plan_is_asked_for_and_a_site_required(staff_page: StaffPage) -> None:
    page = staff_page("planner", viewport=steps.DESK, locale="en")
    page.goto(SITES)

    press_until_focused(page, "#count")
    page.keyboard.press("Control+a")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    expect(page.locator(".plan-bound")).to_be_visible()
    first = steps.chosen_keys(page)[0]
    press_until_focused(page, "[aria-labelledby=chosen-title] th a")
    page.keyboard.press("Enter")
    page.wait_for_url("**must=**")

    assert steps.required_keys(page) == [first]
    expect(steps.chosen_row(page, first).get_by_text("required", exact=True)).to_be_visible()
    expect(page.locator(".plan-picture .answer-number")).to_have_count(2)


def test_a_required_site_is_let_go_again_and_back_brings_it_back(staff_page: StaffPage) -> None:
    page = staff_page("planner", viewport=steps.DESK, locale="en")
    page.goto(PLAN)
    key = steps.chosen_keys(page)[1]
    steps.chosen_row(page, key).get_by_role("link", name="keep").click()
    page.wait_for_url(f"**must={key}*")

    steps.chosen_row(page, key).get_by_role("link", name="no longer required").click()
    expect(steps.chosen_row(page, key).get_by_role("link", name="keep")).to_be_visible()
    assert steps.required_keys(page) == []
    page.go_back()

    assert steps.required_keys(page) == [key]
    expect(page.locator("#count")).to_have_value("3")


def test_a_site_shut_out_is_in_no_plan(staff_page: StaffPage) -> None:
    page = staff_page("planner", viewport=steps.DESK, locale="en")
    page.goto(PLAN)
    key = steps.chosen_keys(page)[0]

    steps.chosen_row(page, key).get_by_role("link", name="not this one").click()
    page.wait_for_url(f"**not={key}*")

    assert key not in steps.chosen_keys(page)
    expect(page.locator("#not")).to_have_value(key)


def test_without_script_a_plan_is_searched_for_and_kept(staff_page: StaffPage, do_jobs: DoJobs) -> None:
    page = staff_page("planner", viewport=steps.TABLET, locale="en", java_script_enabled=False)
    page.goto(SITES)
    page.locator("#count").fill("2")
    page.get_by_role("button", name="Plan", exact=True).click()
    page.get_by_role("button", name="Search longer, then keep it").click()
    expect(page.locator("[data-progress]")).to_be_visible()
    do_jobs()
    page.reload()

    page.get_by_label("Name", exact=True).fill("Without script")
    page.get_by_role("button", name="Keep it", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Without script")
    expect(page.locator("#interventions li")).to_have_count(2)


def test_a_plan_kept_with_a_double_click_is_one_scenario(staff_page: StaffPage, kept: Kept) -> None:
    page = staff_page("planner", viewport=steps.DESK, locale="en")
    page.goto(f"/planner/sites/jobs/{kept.job}")
    page.get_by_label("Name", exact=True).fill("Clicked twice")

    page.get_by_role("button", name="Keep it", exact=True).dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Clicked twice")
    page.goto("/planner/scenarios")

    expect(page.get_by_role("link", name="Clicked twice")).to_have_count(1)


def test_who_was_signed_out_meanwhile_signs_in_and_loses_nothing(staff_page: StaffPage, watch: Watch) -> None:
    page = staff_page("planner", viewport=steps.DESK, locale="en")
    page.goto(steps.ask_address(when="night"))
    page.get_by_label("Keep this answer under a name").fill("Typed before")
    page.context.clear_cookies(name="session")

    page.get_by_role("button", name="Keep it", exact=True).click()
    page.get_by_label("Sign-in name").fill("planner")
    page.get_by_label("Password", exact=True).fill(password_of("planner"))
    page.get_by_role("button", name="Sign in").click()
    page.locator("main form button[type=submit]").first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Typed before")
    expect(page.locator(".headline")).to_contain_text("By night")
    watch.expect("401 (UNAUTHORIZED)")


def press_until_focused(page: Page, selector: str) -> None:
    """Tab on until the keyboard is there."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard never came to {selector}")


def test_a_place_is_required_and_shut_out_on_the_map(staff_page: StaffPage) -> None:
    page = staff_page("planner", viewport=steps.DESK, locale="en")
    steps.open_drawn(page, PLAN)
    first, second = steps.chosen_keys(page)[:2]

    say_on_map(page, 0, "Must be among them")
    expect(page.locator("#must")).to_have_value(first)
    expect(page.locator("#map-message")).to_contain_text("must be among them")
    say_on_map(page, 1, "Must not be among them")
    expect(page.locator("#not")).to_have_value(second)
    say_on_map(page, 0, "Leave it open")
    expect(page.locator("#must")).to_have_value("")
    page.get_by_role("button", name="Plan", exact=True).click()
    page.wait_for_url(f"**not={second}*")

    assert second not in steps.chosen_keys(page)


def test_a_place_is_required_on_the_map_by_the_keyboard_and_by_its_key_in_the_list(staff_page: StaffPage) -> None:
    page = staff_page("planner", viewport=steps.DESK, locale="en")
    steps.open_drawn(page, PLAN)
    first, second = steps.chosen_keys(page)[:2]

    page.locator(".plan-mark.chosen").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Must be among them").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#coverage-map .plan-mark.must")).to_have_count(1)
    page.locator("#must").fill(f"{first}\n{second}")

    expect(page.locator("#coverage-map .plan-mark.must")).to_have_count(2)


def say_on_map(page: Page, place: int, words: str) -> None:
    """Open a place that the plan chose by its number on the map, and say something of it."""
    page.locator("#coverage-map .leaflet-marker-icon.plan-mark").nth(place).click(force=True)
    page.locator(".place-choice").get_by_role("button", name=words).click()
    expect(page.locator(".place-choice")).to_have_count(0)
