"""What the pictures for the planners' guide show: a planner keeps answers, has plans searched for, keeps scenarios.

All of it is done by the pages themselves, over invented stations and workers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, FilePayload, Page

from geodata.files.csv_out import csv_bytes
from geodata.places import Place
from guide_scene import EDITORS_DISTRICT, Scene
from installation.layout import PROJECT_DIR

PLANNER_IMAGES_DIR: Final = PROJECT_DIR / "docs" / "planner-guide" / "images"
PATIENCE_MS: Final = 120_000
NIGHT: Final = "when=night&within=1000m&group=riders"
PLAN: Final = f"/planner/sites?plan=1&do=open_site&places=cells&seconds=20&{NIGHT}"
PICTURES: Final = (
    ("start", "/planner/", ""),
    ("ask", f"/planner/ask?{NIGHT}", ""),
    ("map", f"/planner/ask?{NIGHT}", "#map"),
    ("week", f"/planner/ask?{NIGHT}", "#week"),
    ("gaps", f"/planner/ask?{NIGHT}", "#gaps"),
    ("runs", "/planner/runs", ""),
    ("demand", "/planner/demand", ""),
    ("demand-choices", "/planner/demand", "#choices-title"),
    ("demand-check", "{demand_check}", ""),
    ("sites", f"{PLAN}&count=10", ""),
    ("places", f"{PLAN}&count=10&must={{site}}", "#places-title"),
    ("chosen", f"{PLAN}&count=10&must={{site}}", "[aria-labelledby=chosen-title] .table"),
    ("curve", f"{PLAN}&count=10", "#curve-title"),
    ("scenario", "{scenario}", ""),
    ("compare", "{compare}", "#change-title"),
    ("report", "/planner/report?scenario={scenario_id}", ""),
)
"""Name, address, and the part to show."""


@dataclass(frozen=True, slots=True)
class PlannerScene:
    """What stands in for the names in braces of the addresses above."""

    words: dict[str, str]

    def address(self, path: str) -> str:
        """An address with its blanks filled; other braces stay."""
        for name, text in self.words.items():
            path = path.replace(f"{{{name}}}", text)
        return path


def make_planning(
    browser: Browser, address: str, scene: Scene, place: Place, do_jobs: Callable[[], None]
) -> PlannerScene:
    """Keep two answers and two scenarios, and have a list of riders checked."""
    context = browser.new_context(base_url=address, locale="zh-CN")
    context.set_default_timeout(PATIENCE_MS)
    context.add_cookies([{"name": "session", "value": scene.sessions["planner"], "url": address}])
    page = context.new_page()
    for title, question in (("整周，1 公里", "when=all&within=1000m"), ("骑手夜间，1 公里", NIGHT)):
        page.goto(f"/planner/ask?{question}")
        page.locator("#title").fill(title)
        page.locator(".keep-run button").click()
        page.wait_for_url("**/planner/runs/*")
    few, site = keep_scenario(page, "十处新站", 10, do_jobs)
    more, _site = keep_scenario(page, "二十处新站", 20, do_jobs)
    words = {
        "site": site,
        "scenario": few,
        "scenario_id": Path(few).name,
        "compare": f"/planner/scenarios/compare?a={Path(few).name}&b={Path(more).name}",
        "demand_check": check_list(page, place, do_jobs),
    }
    context.close()
    return PlannerScene(words)


def keep_scenario(page: Page, name: str, count: int, do_jobs: Callable[[], None]) -> tuple[str, str]:
    """Have so many sites searched for and keep them; the scenario's address, and a site of it."""
    page.goto(f"{PLAN}&count={count}")
    site = page.locator("[aria-labelledby=chosen-title] th .second-line").first.inner_text()
    page.locator("form[action='/planner/sites/search'] button").click()
    page.wait_for_url("**/planner/sites/jobs/*")
    do_jobs()
    page.locator("#name").fill(name)
    page.locator("form[action='/planner/scenarios'] button").click()
    page.wait_for_url("**/planner/scenarios/*")
    return page.url.partition("?")[0].removeprefix(page.url[: page.url.index("/planner/")]), site


def check_list(page: Page, place: Place, do_jobs: Callable[[], None]) -> str:
    """A list of riders with one bad row, sent in and checked; the address of what it would make."""
    middle = place.unit(EDITORS_DISTRICT).label_at
    rows = [(f"片区{number}", middle.lon + 0.01 * number, middle.lat, 8 + number) for number in range(6)]
    content = csv_bytes(("片区", "经度", "纬度", "外卖骑手"), [*rows, ("片区坏", "", middle.lat, "许多")])
    file: FilePayload = {"name": "示例骑手.csv", "mimeType": "text/csv", "buffer": content}
    page.goto("/planner/demand")
    page.locator("#file").set_input_files([file])
    page.locator("form[action='/planner/demand/files'] button").click()
    page.locator("button[value=check]").click()
    page.wait_for_url("**/planner/demand/jobs/*")
    do_jobs()
    return page.url[page.url.index("/planner/") :]
