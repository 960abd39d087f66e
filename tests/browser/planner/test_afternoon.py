"""A planner's afternoon, from a list of riders to a report that opens at home without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, expect

from geodata.places import Place
from tests.browser.planner import steps
from tests.browser.planner.steps import DoJobs
from tests.browser.staff.conftest import StaffPage
from tests.mapapp.staff.world import OWN_DISTRICT

SIDE: Final = 7
STEP_DEG: Final = 0.012
"""More than a kilometre: each point of the list needs a station of its own."""
REPORT_MAP: Final = ".live-map .leaflet-container"


def test_a_planners_afternoon(
    staff_page: StaffPage, do_jobs: DoJobs, browser: Browser, place: Place, tmp_path: Path
) -> None:
    page = staff_page("planner", viewport=steps.DESK, locale="en")
    bring_demand(page, place, do_jobs, tmp_path)

    steps.open_drawn(page, steps.ask_address(group="riders"))
    whole_week = read_answer(page)
    steps.keep_answer(page, "Riders, whole week")
    change_the_hour(page, whole_week)

    page.goto(steps.ask_address(group="riders"))
    page.get_by_role("link", name="What helps most?", exact=True).last.click()
    plan_two_scenarios(page, do_jobs)
    compare(page)

    page.get_by_role("link", name="Report and files").click()
    report = steps.downloaded(page, "HTML", do_jobs, tmp_path)
    read_at_home(browser, report)


def bring_demand(page: Page, place: Place, do_jobs: DoJobs, folder: Path) -> None:
    """A list with a row that cannot be read; the same list put right; saved, and counted from now on."""
    middle = next(unit.label_at for unit in place.units if unit.code == OWN_DISTRICT)
    rows = steps.workers_around(middle, SIDE, STEP_DEG)

    steps.check_demand(page, steps.csv_file("riders.csv", rows), do_jobs)
    expect(page.locator(".lead")).to_contain_text("1 left out")
    expect(page.locator("#rows tbody tr").first).to_contain_text("5")
    refused = steps.downloaded_by(page, page.get_by_role("link", name="Download these rows"), folder)
    assert refused.stat().st_size > 0

    right = [row for row in rows if row[1]]
    steps.check_demand(page, steps.csv_file("riders-right.csv", right), do_jobs)
    expect(page.locator(".lead")).to_contain_text("0 left out")
    steps.save_demand(page, "Riders by platform", "delivery riders", do_jobs)


def read_answer(page: Page) -> str:
    """The sentence on top, the week hour by hour under the arrow keys, the tables behind the pictures."""
    headline = page.locator(".headline").inner_text()
    assert "%" in headline
    page.locator("[data-heat] .chart-wide").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".heat-said")).to_contain_text("Monday, 0:00 to 1:00")
    week = page.locator("[data-heat] details")
    week.locator("summary").click()
    expect(week.locator("tbody tr")).to_have_count(168)
    expect(page.locator("#gaps .gap").first).to_be_visible()
    return headline


def change_the_hour(page: Page, whole_week: str) -> None:
    """The same question of one hour in the night has another answer."""
    page.get_by_role("link", name="Change the question").click()
    page.wait_for_selector(steps.DRAWN)
    page.get_by_text("Another time").click()
    page.get_by_label("Hour", exact=True).select_option("3")
    page.get_by_role("button", name="Get the answer").click()
    page.wait_for_selector(steps.DRAWN)
    assert page.locator(".headline").inner_text() != whole_week
    expect(page.get_by_role("checkbox", name="delivery riders")).to_be_checked()


def plan_two_scenarios(page: Page, do_jobs: DoJobs) -> None:
    """Ten sites of which three are required, searched for; then four as they are found at once: two scenarios."""
    steps.plan_at_once(page, count="10", seconds=steps.FEW_SECONDS)
    chosen = steps.chosen_keys(page)
    assert len(chosen) == 10
    wanted = [chosen[row] for row in (0, 4, 8)]
    for key in wanted:
        steps.chosen_row(page, key).get_by_role("link", name="keep").click()
        page.wait_for_url(f"**must={key}*")
    assert sorted(steps.required_keys(page)) == sorted(wanted)
    steps.search_and_keep(page, "Ten sites", do_jobs)
    expect(page.locator("#interventions li")).to_have_count(10)

    page.goto(
        f"/planner/sites?plan=1&do=open_site&places=cells&count=4&seconds={steps.FEW_SECONDS}&group=riders&when=all"
    )
    steps.keep_scenario(page, "Four sites")


def compare(page: Page) -> None:
    """Both side by side and on one map."""
    steps.compare_all(page, "/planner/scenarios")
    expect(page.get_by_role("heading", level=1)).to_have_text("Two scenarios compared")
    expect(
        page.locator("#coverage-map path.map-change.lost, #coverage-map path.map-change.newly").first
    ).to_be_attached()
    for name in ("Ten sites", "Four sites"):
        expect(page.get_by_role("link", name=name)).to_be_visible()


def read_at_home(browser: Browser, report: Path) -> None:
    """From the disk, with no network: nothing is asked for, the map moves, the tables are there."""
    page, asked = steps.open_from_disk(browser, report)
    pane = page.locator(f"{REPORT_MAP} .leaflet-map-pane").first
    before = pane.get_attribute("style")
    page.locator(REPORT_MAP).first.focus()
    page.keyboard.press("ArrowRight")
    expect(pane).not_to_have_attribute("style", before or "")
    assert page.locator("table").count() >= 1
    assert asked == [report.as_uri()]
    page.context.close()
