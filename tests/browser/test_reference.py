"""The reference page as browsers draw it. Like every page here it may log nothing and ask no other host."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenContext, Watch

REFERENCE = "/api/v1/reference"
CLOSED = "#reference button[aria-expanded=false], #reference button[aria-label^=expand]"
OPEN_EVERYTHING = """
  async (closed) => {
    for (let depth = 0; depth < 4; depth += 1) {
      for (const button of document.querySelectorAll(closed)) button.click();
      await new Promise(requestAnimationFrame);
    }
  }
"""


def open_reference(page: Page) -> None:
    page.goto(REFERENCE)
    expect(page.locator("#reference h2", has_text="nearest stations")).to_be_attached()
    expect(page.locator("#reference-summary")).to_be_hidden()


ONCE_EACH = {(360, "light", "everything opened"), (1440, "dark", "as it comes")}
"""Every width, scheme and state once: axe takes longest for this page, the largest. All eight under --long."""
LOOKS = [
    pytest.param(*look, marks=() if look in ONCE_EACH else pytest.mark.long)
    for look in product((360, 1440), ("light", "dark"), ("as it comes", "everything opened"))
]


@pytest.mark.parametrize(("width", "scheme", "state"), LOOKS)
def test_axe_finds_nothing(
    context_factory: OpenContext,
    accessibility_problems: Callable[[Page], list[str]],
    width: int,
    scheme: str,
    state: str,
) -> None:
    page = context_factory(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
    open_reference(page)
    if state == "everything opened":
        page.evaluate(OPEN_EVERYTHING, CLOSED)

    assert accessibility_problems(page) == []


def test_it_draws_every_address_of_the_document(page: Page) -> None:
    open_reference(page)

    document = page.request.get("/api/v1/openapi.json").json()
    wanted = {item["get"]["summary"] for item in document["paths"].values()}
    drawn = {text.strip() for text in page.locator("#reference h2").all_inner_texts()}
    assert wanted <= drawn


def test_it_fits_a_phone(page: Page) -> None:
    open_reference(page)

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_follows_a_change_to_dark(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    open_reference(page)
    heading = page.locator("#reference h1")
    in_light = heading.evaluate("node => getComputedStyle(node).color")

    page.emulate_media(color_scheme="dark")

    expect(heading).not_to_have_css("color", in_light)


def test_without_script_the_addresses_are_there(context_factory: OpenContext) -> None:
    page = context_factory(java_script_enabled=False).new_page()
    page.goto(REFERENCE)

    expect(page.get_by_text("GET /api/v1/stations/nearest")).to_be_visible()
    expect(page.locator("#reference")).to_be_hidden()


@pytest.mark.parametrize("lost", ["**/openapi.json", "**/redoc.*.js"])
def test_what_cannot_be_loaded_leaves_the_addresses_and_a_sentence(page: Page, watch: Watch, lost: str) -> None:
    page.route(lost, lambda route: route.abort())
    page.goto(REFERENCE)

    expect(page.locator("#reference-failed")).to_be_visible()
    expect(page.get_by_text("GET /api/v1/stations/nearest")).to_be_visible()
    watch.expect("Failed to load resource")
