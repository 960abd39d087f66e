"""What the visitor does before the scripts are here is taken up; a position of a while ago says its age."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenContext
from tests.browser.map_page import HERE, chip, open_map_page, rows, use_coordinates
from tests.conftest import FROZEN_AT

MAIN = "**/main.*.js"
LATE_POSITION = """navigator.geolocation.getCurrentPosition = (found) => {
  window.positionArrives = () => found({ coords: { longitude: 106.1, latitude: 38.3, accuracy: 800 } });
};"""
ACCURACY_OF_THE_TEST = """navigator.geolocation.getCurrentPosition = (found) =>
  found({ coords: { longitude: 106.1, latitude: 38.3, accuracy: window.accuracy ?? 30 } });"""


def hold(page: Page, address: str) -> list[Route]:
    """The requests to an address, none of which is answered yet."""
    held: list[Route] = []

    def take(route: Route) -> None:
        held.append(route)

    page.route(address, take)
    return held


def open_before_script(page: Page) -> list[Route]:
    """The page as it stands while its script is on the way."""
    held = hold(page, MAIN)
    page.goto("/", wait_until="commit")
    page.locator("#q").wait_for(state="visible")
    return held


def let_script_come(page: Page, held: list[Route]) -> None:
    for route in held:
        route.continue_()
    expect(page.locator("body")).to_have_attribute("data-is-joined", "yes")


def test_what_is_typed_before_the_script_is_searched_for_and_never_posted(page: Page) -> None:
    held = open_before_script(page)
    page.locator("#q").fill("兴庆")

    page.locator("#q").press("Enter", no_wait_after=True)
    let_script_come(page, held)

    expect(page).to_have_url("/?q=%E5%85%B4%E5%BA%86")
    expect(page.locator("#q")).to_have_value("兴庆")
    expect(rows(page).first).to_contain_text("兴庆")


def test_a_filter_ticked_before_the_script_stays_ticked(page: Page) -> None:
    held = open_before_script(page)
    box = chip(page, "kind", "driver_home")
    box.evaluate("box => box.click()")

    let_script_come(page, held)

    expect(page).to_have_url("/?kind=driver_home")
    expect(rows(page).first).to_be_visible()
    expect(box).to_be_checked()


def test_a_need_tapped_before_the_script_is_asked_for(context_factory: OpenContext) -> None:
    page = context_factory(geolocation=HERE, permissions=["geolocation"]).new_page()
    held = open_before_script(page)
    page.locator("[data-need=toilet]").click()

    let_script_come(page, held)

    expect(page.locator("#place-shown")).to_be_visible()
    expect(page.locator("[data-need=toilet]")).to_have_attribute("aria-pressed", "true")


def test_a_late_position_does_not_overwrite_a_place_chosen_meanwhile(page: Page) -> None:
    page.add_init_script(LATE_POSITION)
    open_map_page(page)
    page.locator("#near-me").click()
    use_coordinates(page, "106.2313, 38.4872")
    expect(page.locator("#place-words")).to_have_text("从你输入的坐标出发")

    page.evaluate("window.positionArrives()")

    expect(page.locator("#near-me")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator("#place-words")).to_have_text("从你输入的坐标出发")


def test_a_position_of_hours_ago_says_its_time(context_factory: OpenContext) -> None:
    context = context_factory(geolocation=HERE, permissions=["geolocation"])
    page = context.new_page()
    page.clock.install(time=FROZEN_AT)
    open_map_page(page)
    page.locator("#near-me").click()
    expect(page.locator("#place-words")).to_contain_text("误差 30 米")
    context.clear_permissions()

    page.clock.set_system_time(FROZEN_AT + timedelta(hours=3))
    page.reload()

    expect(page.locator("#place-words")).to_contain_text("10:00")


def test_where_the_device_may_be_asked_an_old_position_is_renewed(context_factory: OpenContext) -> None:
    page = context_factory(geolocation=HERE, permissions=["geolocation"]).new_page()
    page.add_init_script(ACCURACY_OF_THE_TEST)
    page.clock.install(time=FROZEN_AT)
    open_map_page(page)
    page.locator("#near-me").click()
    expect(page.locator("#place-words")).to_contain_text("误差 30 米")
    page.evaluate("window.accuracy = 90")

    page.clock.set_system_time(FROZEN_AT + timedelta(hours=3))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(page.locator("#place-words")).to_contain_text("误差 90 米")


def test_stations_that_hang_are_given_up_and_said(page: Page) -> None:
    page.clock.install()
    held = hold(page, "**/data/stations.json")
    with page.expect_request("**/data/stations.json"):
        page.goto("/")
    expect(page.locator("body")).to_have_attribute("data-is-joined", "yes")

    page.clock.fast_forward("00:31")

    expect(page.locator("#list [role=alert]")).to_be_visible()
    for route in held:
        route.abort()
