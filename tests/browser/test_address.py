"""The question lives in the address, without the place: links can be shared and Back works."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenContext, Watch
from tests.browser.map_page import (
    HERE,
    chip,
    chip_label,
    choose_mode,
    count,
    open_filters,
    open_map,
    open_map_page,
    rows,
    tick,
    use_coordinates,
)


def test_filters_live_in_the_address_and_back_undoes_them(page: Page) -> None:
    open_map_page(page)
    everything = count(page)
    tick(page, "kind", "worker_home")
    tick(page, "always_open", "true")
    assert page.url.endswith("/?kind=worker_home&always_open=true")

    page.go_back()
    expect(chip(page, "always_open", "true")).not_to_be_checked()
    page.go_back()

    expect(chip(page, "kind", "worker_home")).not_to_be_checked()
    assert count(page) == everything


def test_an_address_with_filters_can_be_shared(page: Page) -> None:
    open_map_page(
        page, "?kind=worker_home&services=legal&open=any&open_late=true&order=distance&mode=car&q=%E7%A4%BA%E4%BE%8B"
    )

    expect(chip(page, "kind", "worker_home")).to_be_checked()
    expect(chip(page, "services", "legal")).to_be_checked()
    expect(chip(page, "open_late", "true")).to_be_checked()
    expect(page.locator("#mode")).to_have_value("car")
    expect(page.locator("#order")).to_have_value("distance")
    expect(page.locator("#q")).to_have_value("示例")


def test_an_address_with_nonsense_is_taken_as_far_as_it_makes_sense(page: Page) -> None:
    open_map_page(page, "?kind=castle,driver_home&services=gold&open=maybe&open_late=2&mode=rocket&order=up&view=moon")

    expect(chip(page, "kind", "driver_home")).to_be_checked()
    expect(chip(page, "open_late", "true")).not_to_be_checked()
    expect(page.locator("#mode")).to_have_value("walk")


def test_back_from_the_map_returns_to_the_list(page: Page) -> None:
    open_map_page(page)
    open_map(page)
    expect(page.locator("#q")).to_be_hidden()

    page.go_back()

    expect(page.locator("#q")).to_be_visible()


def test_back_closes_the_filters_and_keeps_what_was_ticked(page: Page) -> None:
    open_map_page(page)
    open_filters(page)
    chip_label(page, "kind", "driver_home").click()

    page.go_back()

    expect(page.locator("#filters")).to_be_hidden()
    expect(chip(page, "kind", "driver_home")).to_be_checked()
    assert page.url.endswith("/?kind=driver_home")


def test_filters_opened_and_closed_leave_no_step_behind(page: Page) -> None:
    page.goto("/about")
    open_map_page(page)
    open_filters(page)
    page.keyboard.press("Escape")
    expect(page.locator("#filters-open")).to_be_focused()
    page.wait_for_timeout(100)

    page.go_back()

    assert page.url.endswith("/about")


def test_the_way_out_of_an_empty_list_is_in_the_address_too(page: Page) -> None:
    open_map_page(page, "?kind=driver_home")
    page.locator("#q").fill("没有这样的名字")

    page.get_by_role("button", name="去掉“没有这样的名字”").click()

    expect(rows(page).first).to_be_visible()
    assert page.url.endswith("/?kind=driver_home")


def test_the_mode_used_last_is_remembered_and_an_address_that_names_one_wins(context_factory: OpenContext) -> None:
    context = context_factory()
    first = context.new_page()
    open_map_page(first)
    use_coordinates(first, f"{HERE['longitude']}, {HERE['latitude']}")
    choose_mode(first, "ebike")

    second, third = context.new_page(), context.new_page()
    open_map_page(second)
    open_map_page(third, "?mode=car")

    expect(second.locator("#mode")).to_have_value("ebike")
    assert second.url.endswith("/?mode=ebike")
    expect(third.locator("#mode")).to_have_value("car")


def test_the_place_outlives_back_and_forward_outside_the_address(page: Page) -> None:
    open_map_page(page)
    use_coordinates(page, f"{HERE['longitude']}, {HERE['latitude']}")
    tick(page, "kind", "driver_home")

    page.go_back()

    expect(page.locator("#place-shown")).to_be_visible()
    expect(page.locator("#list ol.stations")).to_be_visible()
    assert "?" not in page.url


def test_stations_that_cannot_be_read_are_said_and_tried_again(page: Page, watch: Watch) -> None:
    page.route("**/data/stations.json", lambda route: route.abort())
    page.goto("/")
    expect(page.locator("#list")).to_contain_text("站点没能读取")
    page.unroute("**/data/stations.json")

    page.get_by_role("button", name="再试一次").click()

    expect(rows(page).first).to_be_visible()
    watch.expect("ERR_FAILED")
