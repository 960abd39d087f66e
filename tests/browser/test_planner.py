"""The coverage page in a real browser: the map draws the answer, the list finds its gaps, nobody is shut out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, Route, expect

if TYPE_CHECKING:
    from tests.browser.conftest import OpenContext, Watch

NIGHT = "/planner/coverage?day=2&clock=22&within=1000m"
DRAWN = "#coverage-map .leaflet-container[aria-busy=false]"
WIDTHS = {"phone": {"width": 360, "height": 740}, "desk": {"width": 1440, "height": 900}}


def open_drawn(page: Page, address: str = NIGHT) -> None:
    page.goto(address)
    page.wait_for_selector(DRAWN)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", WIDTHS)
def test_the_page_shuts_nobody_out(
    context_factory: OpenContext, accessibility_problems: Callable[[Page], list[str]], size: str, scheme: str
) -> None:
    page = context_factory(viewport=WIDTHS[size], color_scheme=scheme).new_page()

    open_drawn(page)

    assert accessibility_problems(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == WIDTHS[size]["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_form_with_problems_shuts_nobody_out(
    context_factory: OpenContext, watch: Watch, accessibility_problems: Callable[[Page], list[str]], scheme: str
) -> None:
    page = context_factory(color_scheme=scheme).new_page()

    page.goto("/planner/coverage?when=date&within=near&day=9&kind=hotel")

    watch.expect("400 (BAD REQUEST)")
    assert accessibility_problems(page) == []


def test_the_map_draws_all_three_states_the_gaps_and_the_stations(page: Page) -> None:
    open_drawn(page)

    for state in ("covered", "uncertain", "uncovered"):
        expect(page.locator(f"#coverage-map path.coverage-demand.{state}").first).to_be_attached()
    for state in ("open", "unknown", "closed"):
        expect(page.locator(f"#coverage-map path.coverage-station.{state}").first).to_be_attached()
    expect(page.locator("#coverage-map .gap-number")).to_have_count(20)


def test_states_differ_by_pattern_and_not_by_colour_alone(page: Page) -> None:
    open_drawn(page)

    def fill(state: str) -> str:
        found: str = page.locator(f"#coverage-map path.coverage-demand.{state}").first.evaluate(
            "path => getComputedStyle(path).fill"
        )
        return found

    assert "#pattern-uncertain" in fill("uncertain")
    assert "#pattern-uncovered" in fill("uncovered")
    assert fill("covered").startswith("rgb")


def test_the_list_shows_its_gap_on_the_map(page: Page) -> None:
    open_drawn(page)

    page.locator("[data-gap='3']").click()

    name = page.locator(".gaps .gap-name").nth(2).inner_text().removeprefix("3").strip()
    expect(page.locator(".leaflet-popup .gap-name")).to_contain_text(name)


def test_a_question_is_asked_by_the_form_and_has_an_address(page: Page) -> None:
    open_drawn(page)

    page.locator("label.chip", has=page.locator("input[value='riders']")).click()
    page.locator("label.chip", has=page.locator("input[value='15min']")).click()
    page.select_option("#clock", "9")
    page.locator(".coverage-form button[type=submit]").click()
    page.wait_for_selector(DRAWN)

    assert "group=riders" in page.url
    assert "within=15min" in page.url
    headline = page.locator(".headline").inner_text()
    page.goto(page.url)
    assert page.locator(".headline").inner_text() == headline


def test_without_script_the_answer_is_whole(context_factory: OpenContext) -> None:
    page = context_factory(java_script_enabled=False).new_page()

    page.goto(NIGHT)

    expect(page.locator(".headline")).to_be_visible()
    expect(page.locator(".areas tbody tr")).to_have_count(6)
    expect(page.locator(".static-map .answer-number")).to_have_count(10)
    expect(page.locator("#coverage-map")).to_be_hidden()


def test_where_the_data_fail_the_page_says_so(page: Page, watch: Watch) -> None:
    page.route("**/planner/coverage/map.json*", lambda route: route.abort())

    open_drawn(page)

    expect(page.locator("#map-message")).not_to_be_empty()
    watch.expect("net::ERR_FAILED")


def test_on_paper_there_are_no_controls(page: Page) -> None:
    open_drawn(page)

    page.emulate_media(media="print")

    expect(page.locator(".coverage-form")).to_be_hidden()
    expect(page.locator(".downloads")).to_be_hidden()
    expect(page.locator(".headline")).to_be_visible()
    expect(page.locator("table.areas")).to_be_visible()


def test_names_are_text_on_the_map(page: Page) -> None:
    hostile = "<img src=x onerror=alert(1)>`${alert(1)}`</script>"

    def with_hostile_names(route: Route) -> None:
        response = route.fetch()
        data = response.json()
        for thing in (*data["stations"], *data["gaps"]):
            thing["name_zh"] = thing["name_en"] = hostile
        route.fulfill(response=response, json=data)

    page.route("**/planner/coverage/map.json*", with_hostile_names)
    open_drawn(page)
    page.locator("[data-gap='1']").click()

    expect(page.locator(".leaflet-popup .gap-name")).to_contain_text(hostile)
    assert page.locator(".leaflet-popup img").count() == 0
