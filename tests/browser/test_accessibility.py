"""axe finds nothing on any page, at both widths, light and dark, in both languages: all eight under --long."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenContext, Watch
from tests.browser.map_page import HERE, open_filters, open_map_page, use_coordinates

FindProblems = Callable[[Page], list[str]]
TYPED = f"{HERE['longitude']}, {HERE['latitude']}"
WIDTHS, SCHEMES, LANGUAGES = (360, 1440), ("light", "dark"), ("zh-CN", "en-US")
ONCE_EACH = {(360, "dark", "zh-CN"), (1440, "light", "en-US")}
"""Every width, scheme and language once. All eight under --long."""

LOOKS = [
    pytest.param(*look, marks=() if look in ONCE_EACH else pytest.mark.long)
    for look in product(WIDTHS, SCHEMES, LANGUAGES)
]


def show_list(page: Page) -> None:
    open_map_page(page)


def show_answer(page: Page) -> None:
    open_map_page(page, "?open=any&services=water")
    use_coordinates(page, TYPED)
    expect(page.locator("#list ol.stations")).to_be_visible()


def show_filters(page: Page) -> None:
    open_map_page(page, "?kind=driver_home")  # over a short list: the whole one is looked at above
    open_filters(page)
    page.locator("details.more-services > summary").click()


def show_map(page: Page) -> None:
    page.goto("/?view=map&kind=driver_home")
    expect(page.locator(".map-mark").first).to_be_visible()
    page.locator(".map-mark").first.press("Enter")
    expect(page.locator(".leaflet-popup")).to_be_visible()


def show_raised_list(page: Page) -> None:
    show_map(page)
    raise_list = page.locator("[data-sheet=up]")
    if raise_list.is_visible():
        raise_list.click()


def show_nothing_found(page: Page) -> None:
    page.goto("/?q=nothing-of-that-name&kind=driver_home")
    use_coordinates(page, TYPED)
    expect(page.locator(".empty").last).to_be_visible()


def show_posted_answer(page: Page) -> None:
    page.goto("/")
    page.evaluate(
        """() => {
          const form = document.getElementById("finder");
          form.elements.lon.value = "106.2313";
          form.elements.lat.value = "38.4872";
          form.submit();
        }"""
    )
    page.wait_for_url("**/nearest")


PAGES: dict[str, Callable[[Page], object]] = {
    "list": show_list,
    "answer": show_answer,
    "filters": show_filters,
    "map": show_map,
    "raised list": show_raised_list,
    "nothing found": show_nothing_found,
    "posted answer": show_posted_answer,
    "station": lambda page: page.goto("/stations/YC-S0001"),
    "all stations": lambda page: page.goto("/stations"),
    "about": lambda page: page.goto("/about"),
    "not found": lambda page: page.goto("/stations/NOBODY"),
}


@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
def test_axe_finds_nothing(
    context_factory: OpenContext,
    accessibility_problems: FindProblems,
    watch: Watch,
    width: int,
    scheme: str,
    language: str,
) -> None:
    page = context_factory(viewport={"width": width, "height": 900}, color_scheme=scheme, locale=language).new_page()

    found = {}
    for name, show in PAGES.items():
        show(page)
        page.evaluate("sessionStorage.clear()")
        if problems := accessibility_problems(page):
            found[name] = problems

    assert found == {}
    watch.expect("404")


def test_the_whole_way_works_by_keyboard(page: Page) -> None:
    open_map_page(page)
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#near-me")).to_be_focused()

    page.locator("#other-ways summary").focus()
    page.keyboard.press("Enter")
    page.locator("#coordinates").focus()
    page.keyboard.type("106.2313, 38.4872")
    page.keyboard.press("Enter")

    expect(page.locator("#list ol.stations")).to_be_visible()


def test_the_map_and_the_list_over_it_work_by_keyboard(page: Page) -> None:
    open_map_page(page)
    page.locator("[data-show=map]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".map-mark").first).to_be_visible()

    page.locator("[data-sheet=up]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel")).to_have_attribute("data-height", "half")
    page.keyboard.press("Enter")

    expect(page.locator("#panel")).to_have_attribute("data-height", "full")
    expect(page.locator("[data-sheet=down]")).to_be_focused()  # what cannot be raised further passes the focus on
