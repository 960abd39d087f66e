"""A planner asks in a browser: the map's layers, the week under the keys, keeping and comparing, nobody shut out."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Watch
from tests.browser.planner.steps import DESK, DRAWN, ask_address, compare_all, keep_answer, open_drawn
from tests.browser.staff.conftest import StaffPage


def test_two_kept_answers_are_compared_on_one_map(staff_page: StaffPage) -> None:
    page = staff_page("planner", viewport=DESK, locale="en")
    for title, limit in (("near", "500m"), ("far", "1000m")):
        open_drawn(page, ask_address(within=limit))
        keep_answer(page, title)

    compare_all(page, "/planner/runs")

    expect(page.locator("#coverage-map path.map-change").first).to_be_attached()
    assert {page.locator(".run-facts a").nth(row).inner_text() for row in (0, 1)} == {"near", "far"}


def test_the_tables_behind_the_charts_shut_nobody_out(
    staff_page: StaffPage, accessibility_problems: Callable[[Page], list[str]]
) -> None:
    page = staff_page("planner", viewport=DESK)
    open_drawn(page)
    page.locator("#week-heat-table tbody tr:nth-child(n + 4)").evaluate_all("rows => rows.forEach(row => row.remove())")
    page.locator("details.chart-table").evaluate_all("all => all.forEach(each => { each.open = true; })")

    assert accessibility_problems(page) == []


def test_a_layer_is_switched_off_with_its_legend(staff_page: StaffPage) -> None:
    page = staff_page("planner", viewport=DESK)
    open_drawn(page)
    expect(page.locator("#coverage-map path.coverage-demand").first).to_be_attached()

    page.locator("input[data-layer=demand]").uncheck()

    expect(page.locator("#coverage-map path.coverage-demand")).to_have_count(0)
    expect(page.locator("[data-legend=demand]")).to_be_hidden()


def test_a_layer_that_cannot_be_fetched_says_so_and_is_tried_again(staff_page: StaffPage, watch: Watch) -> None:
    page = staff_page("planner", viewport=DESK)
    open_drawn(page)
    page.route("**/catchments.json*", lambda route: route.abort())

    page.locator("input[data-layer=catchments]").check()
    expect(page.locator("#map-message")).not_to_be_empty()
    page.unroute("**/catchments.json*")
    page.locator("input[data-layer=catchments]").uncheck()
    page.locator("input[data-layer=catchments]").check()

    expect(page.locator("#coverage-map path.map-catchment").first).to_be_attached()
    watch.expect("net::ERR_FAILED")


def test_the_arrow_keys_read_the_week_from_its_table(staff_page: StaffPage) -> None:
    page = staff_page("planner", viewport=DESK, locale="en")
    open_drawn(page)
    said = page.locator(".heat-said")

    page.locator("[data-heat] .chart-wide").focus()
    page.keyboard.press("ArrowRight")
    first = said.inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")

    assert first.startswith("Monday, 0:00 to 1:00 · as asked: ")
    cell = page.locator("#week-heat-table tbody tr").nth(1).locator("td").nth(1)
    assert said.inner_text() == f"Monday, 1:00 to 2:00 · rest: {cell.text_content()}"


def test_a_list_shows_its_gap_on_the_map(staff_page: StaffPage) -> None:
    page = staff_page("planner", viewport=DESK)
    open_drawn(page)

    page.locator("[data-gap='1']").click()

    name = page.locator(".gaps .gap-name").first.inner_text().removeprefix("1").strip()
    expect(page.locator(".leaflet-popup .gap-name")).to_contain_text(name)


def test_typing_a_time_chooses_its_way_and_the_address_keeps_it(staff_page: StaffPage) -> None:
    page = staff_page("planner", viewport=DESK)
    open_drawn(page)

    page.locator(".more-times > summary").click()
    page.select_option("#clock", "3")
    page.locator(".ask-form button[type=submit]").click()
    page.wait_for_selector(DRAWN)

    assert "when=hour" in page.url
    expect(page.locator("#clock")).to_have_value("3")


def test_without_script_the_question_is_asked_answered_and_kept(staff_page: StaffPage) -> None:
    page = staff_page("planner", java_script_enabled=False, viewport=DESK)

    page.goto("/planner/ask")
    page.locator("input[name=when][value=night]").check(force=True)
    page.locator(".ask-form button[type=submit]").click()
    expect(page.locator(".headline")).to_contain_text("夜间")
    expect(page.locator("#coverage-map")).to_be_hidden()
    expect(page.locator(".static-map")).to_be_visible()
    page.fill("#title", "没有脚本")
    page.locator(".keep-run button").click()

    expect(page.locator("h1")).to_have_text("没有脚本")


def test_on_paper_there_are_charts_and_no_controls(staff_page: StaffPage) -> None:
    page = staff_page("planner", viewport=DESK)
    open_drawn(page)

    page.emulate_media(media="print")

    expect(page.locator(".ask-form")).to_be_hidden()
    expect(page.locator(".layer-switches")).to_be_hidden()
    expect(page.locator("#week-heat svg").first).to_be_visible()


def test_a_question_asked_without_a_network_is_kept_and_goes_on_when_it_is_back(staff_page: StaffPage) -> None:
    page = staff_page("planner", viewport=DESK, locale="en")
    page.goto("/planner/ask?within=500m")
    page.locator("input[name=group][value=riders] + *, label:has(input[name=group][value=riders])").first.click()
    page.context.set_offline(offline=True)

    page.locator("[data-ask] button[type=submit]").click()

    expect(page.locator("[data-network]")).to_contain_text("No network")
    expect(page.locator("input[name=group][value=riders]")).to_be_checked()
    page.context.set_offline(offline=False)
    page.wait_for_url("**group=riders**")
    expect(page.locator("#map")).to_be_attached()
