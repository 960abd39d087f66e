"""Every page of a question, a plan and a scenario in the states one meets it in: nobody is shut out, nothing overflows.

Demand, unmet needs, files and the method have tests of their own beside the staff's pages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watch
from tests.browser.planner import steps
from tests.browser.planner.conftest import Kept
from tests.browser.staff.conftest import StaffPage

STATES: Final[list[dict[str, Any]]] = [
    {"color_scheme": "light", "locale": "zh-CN", "viewport": steps.DESK},
    {"color_scheme": "dark", "locale": "en", "viewport": steps.TABLET},
]
PLAN: Final = "/planner/sites?plan=1&do=open_site&do=to_24h&places=cells&count=4&when=night"
WITH_MAP: Final = "map"
REFUSED: Final = "refused"


def pages_of(kept: Kept, *, is_dark: bool) -> dict[str, str]:
    """Address → what is special about it. An answer is the same thing asked and kept: each is looked at once."""
    one, other = kept.runs
    here, there = kept.scenarios
    return {
        "/planner/": "",
        f"/planner/runs/{one}" if is_dark else steps.ask_address(): WITH_MAP,
        "/planner/ask?when=date&within=near": REFUSED,
        "/planner/runs": "",
        f"/planner/runs/compare?a={one}&b={other}": WITH_MAP,
        "/planner/sites": "",
        f"{PLAN}&must={kept.site}": "",
        "/planner/sites?plan=1&count=0&do=open_site": REFUSED,
        f"/planner/sites/jobs/{kept.job}": "",
        "/planner/scenarios": "",
        f"/planner/scenarios/{here}": WITH_MAP,
        f"/planner/scenarios/compare?a={here}&b={there}": WITH_MAP,
    }


@pytest.mark.parametrize("state", STATES, ids=["zh-light-desk", "en-dark-tablet"])
def test_no_page_shuts_anybody_out_or_is_wider_than_its_window(
    staff_page: StaffPage,
    kept: Kept,
    watch: Watch,
    accessibility_problems: Callable[[Page], list[str]],
    state: dict[str, Any],
) -> None:
    page = staff_page("planner", **state)
    problems: dict[str, list[str]] = {}

    for address, special in pages_of(kept, is_dark=state["color_scheme"] == "dark").items():
        page.goto(address)
        if special == WITH_MAP:
            page.wait_for_selector(steps.DRAWN)
            for box in page.locator("input[data-layer]").all():
                box.check()
        steps.unfold(page)
        problems[address] = [*accessibility_problems(page), *too_wide(page, state["viewport"])]

    watch.expect("400 (BAD REQUEST)")
    assert {address: found for address, found in problems.items() if found} == {}


def too_wide(page: Page, window: Any) -> list[str]:
    """Where the page would have to be scrolled sideways, in this window and on a phone."""
    found = []
    for size in (steps.PHONE, window):
        page.set_viewport_size(size)
        if over := steps.side_scroll_px(page):
            found.append(f"{over} px too wide at {size['width']}")
    return found


def test_on_a_phone_a_list_is_one_card_below_the_other(staff_page: StaffPage, kept: Kept) -> None:
    page = staff_page("planner", viewport=steps.PHONE)
    lists = page.locator("main .table:not(.chart-numbers)")

    page.goto("/planner/demand")
    layer = str(page.locator(".table tbody th a").first.get_attribute("href"))
    for address in ("/planner/runs", "/planner/scenarios", "/planner/demand", layer, f"{PLAN}&must={kept.site}"):
        page.goto(address)
        expect(lists).to_have_count(1)
        assert lists.evaluate("list => list.scrollWidth - list.clientWidth") == 0, address

    page.goto("/planner/runs")
    word = page.locator(".run-list label").first.get_by_text("比较", exact=True)
    expect(word).to_be_visible()
    page.set_viewport_size(steps.DESK)
    expect(word).to_be_hidden()


def test_where_form_and_answer_share_a_column_the_answer_comes_first(staff_page: StaffPage) -> None:
    page = staff_page("planner", viewport=steps.TABLET)
    form = page.locator("form[data-ask]")

    page.goto(steps.ask_address())
    expect(form).to_be_hidden()
    page.get_by_text("修改问题").click()
    expect(form).to_be_visible()
    page.set_viewport_size(steps.DESK)

    expect(form).to_be_visible()
    expect(page.get_by_text("修改问题")).to_be_hidden()


def test_the_row_of_contents_stays_in_sight_and_leads_to_each_part(staff_page: StaffPage) -> None:
    page = staff_page("planner", viewport=steps.DESK, locale="en")
    steps.open_drawn(page)
    contents = page.get_by_role("navigation", name="On this page")

    for link in contents.get_by_role("link").all():
        link.click()
        part = page.locator(str(link.get_attribute("href")))
        expect(part.get_by_role("heading").first).to_be_in_viewport()
        expect(contents).to_be_in_viewport()
