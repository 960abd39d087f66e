"""What a planner does in the browser, one function a step; the tests of the planner's pages are made of these."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from playwright.sync_api import Browser, Download, FilePayload, Locator, Page, ViewportSize, expect

from geodata.coordinates import LonLat

DRAWN: Final = "#coverage-map .leaflet-container[aria-busy=false]"
DESK: Final[ViewportSize] = {"width": 1280, "height": 900}
TABLET: Final[ViewportSize] = {"width": 834, "height": 1112}
PHONE: Final[ViewportSize] = {"width": 360, "height": 740}
WEEK: Final = {"when": "all", "within": "1000m"}
FEW_SECONDS: Final = "5"

DoJobs = Callable[[], int]


def ask_address(**question: str) -> str:
    """The address of a question; of the whole week within the norm where nothing else is said."""
    return f"/planner/ask?{urlencode({**WEEK, **question})}"


def open_drawn(page: Page, address: str | None = None) -> None:
    """Open a page with a map, and wait until it is drawn."""
    page.goto(address or ask_address())
    page.wait_for_selector(DRAWN)


def unfold(page: Page) -> None:
    """Open all that is folded, so that what stands in it is looked at too.

    But the tables behind the charts: of the week's 168 rows axe looks at every cell for half a minute.
    """
    page.locator("details:not(.chart-table)").evaluate_all("all => all.forEach(each => { each.open = true; })")


def side_scroll_px(page: Page) -> int:
    """How far the page is wider than its window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider


def keep_answer(page: Page, name: str) -> None:
    """Keep the answer that the page shows."""
    page.get_by_label("Keep this answer under a name").fill(name)
    page.get_by_role("button", name="Keep it", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def workers_around(middle: LonLat, side: int, step_deg: float) -> list[list[str]]:
    """A list as a delivery platform would hand out: riders on a square of points, with one that cannot be read."""
    half = side // 2
    rows = [
        [
            f"片区 {row}-{column}",
            f"{middle.lon + (column - half) * step_deg:.5f}",
            f"{middle.lat + (row - half) * step_deg:.5f}",
            str(5 + (row * side + column) % 7),
        ]
        for row in range(side)
        for column in range(side)
    ]
    return [*rows[:3], ["片区 坏", "", f"{middle.lat:.5f}", "many"], *rows[3:]]


def csv_file(name: str, rows: Iterable[Iterable[str]]) -> FilePayload:
    """A file for an upload field."""
    text = io.StringIO()
    csv.writer(text).writerows([["片区", "经度", "纬度", "外卖骑手"], *rows])
    return {"name": name, "mimeType": "text/csv", "buffer": text.getvalue().encode()}


def check_demand(page: Page, file: FilePayload, do_jobs: DoJobs) -> None:
    """Send a list of workers in, and see what it would make."""
    page.goto("/planner/demand")
    page.locator("#file").set_input_files([file])
    page.get_by_role("button", name="Send it in").click()
    page.get_by_role("button", name="Check what it would make").click()
    page.wait_for_url("**/planner/demand/jobs/*")
    do_jobs()
    expect(page.get_by_role("heading", name="Save as a layer")).to_be_visible()


def save_demand(page: Page, title: str, group: str, do_jobs: DoJobs) -> None:
    """Save what was checked as a layer that counts for that group."""
    page.get_by_label("Source", exact=False).first.fill("调度平台导出")
    page.locator("#title").fill(title)
    page.get_by_role("checkbox", name=group).check()
    page.get_by_role("button", name="Save the layer").click()
    do_jobs()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)


def plan_at_once(page: Page, **fields: str) -> None:
    """Fill fields of the plan's form by their names, and have it planned."""
    form = page.get_by_role("form", name="Plan")
    form.locator("details").evaluate_all("all => all.forEach(each => { each.open = true; })")
    for name, value in fields.items():
        form.locator(f"[name='{name}']").fill(value)
    form.get_by_role("button", name="Plan").click()
    expect(page.locator(".plan-bound")).to_be_visible()


def chosen_keys(page: Page) -> list[str]:
    """The keys of the places that a plan chose, in its order."""
    return page.locator("[aria-labelledby=chosen-title] th .second-line:first-of-type").all_inner_texts()


def chosen_row(page: Page, key: str) -> Locator:
    """The row of a chosen place."""
    return page.locator("[aria-labelledby=chosen-title] tbody tr", has_text=key)


def required_keys(page: Page) -> list[str]:
    """The places that the plan's form requires."""
    return page.locator("#must").input_value().split()


def search_and_keep(page: Page, name: str, do_jobs: DoJobs) -> None:
    """Have the plan searched for longer, then keep it as a scenario."""
    page.get_by_role("button", name="Search longer, then keep it").click()
    page.wait_for_url("**/planner/sites/jobs/*")
    do_jobs()
    keep_scenario(page, name)


def keep_scenario(page: Page, name: str) -> None:
    """Keep the plan that the page shows."""
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Keep it", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def compare_all(page: Page, list_address: str) -> None:
    """Tick the first two of a list, and compare them."""
    page.goto(list_address)
    boxes = page.locator(".run-list tbody input[type=checkbox]")
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_role("button", name="Compare the two ticked").click()
    page.wait_for_selector(DRAWN)


def downloaded(page: Page, item: str, do_jobs: DoJobs, folder: Path) -> Path:
    """Take a file from a report's page, made at once or by a job."""
    row = page.locator(".report-files > li", has=page.locator("strong", has_text=item))
    expect(row).to_be_visible()  # before anything is counted: the page may not be there yet
    at_once = row.get_by_role("link")
    if at_once.count() == 0:
        row.get_by_role("button").click()
        do_jobs()
        at_once = page.get_by_role("link", name="Download")
    return downloaded_by(page, at_once, folder)


def downloaded_by(page: Page, link: Locator, folder: Path) -> Path:
    """The file that a link hands out, kept in the folder."""
    with page.expect_download() as waiting:
        link.click()
    download: Download = waiting.value
    file = folder / download.suggested_filename
    download.save_as(file)
    return file


def open_from_disk(browser: Browser, file: Path) -> tuple[Page, list[str]]:
    """Open a file in a browser that has no network; the second value grows with all that it asks for or complains of."""
    context = browser.new_context(offline=True, viewport=DESK)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: asked.append(str(error)))
    page.on("console", lambda message: asked.append(message.text) if message.type == "error" else None)
    page.goto(file.as_uri())
    return page, asked
