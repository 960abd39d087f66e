"""Demand in a browser: from a file to a layer, and a week drawn, typed and moved with the keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final

import pytest
from playwright.sync_api import FilePayload, Page, expect

from geodata.places import Place
from geodata.stations.vocabulary import WorkerGroup
from mapapp.services.jobs.kinds import KINDS
from mapapp.services.jobs.run import Workshop
from mapapp.services.jobs.worker import Worker
from mapapp.settings import Settings
from mapapp.store import Store
from tests.browser.conftest import LiveServer, Watch
from tests.browser.staff.conftest import StaffPage
from tests.mapapp.staff.world import OWN_DISTRICT

STATES: Final = [
    {"color_scheme": "light", "locale": "zh-CN", "viewport": {"width": 360, "height": 740}},
    {"color_scheme": "dark", "locale": "en", "viewport": {"width": 1440, "height": 900}},
]


@pytest.fixture
def store(staff_city: LiveServer) -> Iterator[Store]:
    """The running service's database."""
    found = Store(f"sqlite:///{staff_city.database_file}")
    yield found
    found.close()


@pytest.fixture
def work(staff_city: LiveServer, store: Store, place: Place) -> Callable[[], None]:
    """Do the job that waits, as the worker beside the server would."""
    settings = Settings(data_dir=str(staff_city.database_file.parent / "data"))
    worker = Worker(Workshop(store, place, settings, lambda: datetime.now(UTC)), KINDS)

    def do_one() -> None:
        assert worker.run_one()

    return do_one


@pytest.fixture
def sections(place: Place) -> FilePayload:
    """A sheet of riders in the city, and one row that cannot be read."""
    spot = next(unit.label_at for unit in place.units if unit.code == OWN_DISTRICT)
    text = f"经度,纬度,外卖骑手\n{spot.lon},{spot.lat},12\n{spot.lon + 0.02},{spot.lat},8\n{spot.lon},很北,1\n"
    return {"name": "骑手.csv", "mimeType": "text/csv", "buffer": text.encode()}


def test_a_file_becomes_a_layer_and_no_page_on_the_way_is_hard_to_use(
    staff_page: StaffPage,
    work: Callable[[], None],
    sections: FilePayload,
    accessibility_problems: Callable[[Page], list[str]],
    watch: Watch,
) -> None:
    page, problems = staff_page("planner", **STATES[0]), {}

    def look(name: str) -> None:
        problems[name] = accessibility_problems(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 360:
            problems[name].append(f"{width} px wide")

    page.goto("/planner/demand")
    look("list")
    page.set_input_files("#file", sections)
    page.get_by_role("button", name="上传").click()
    page.locator("#columns").wait_for()
    look("columns")
    page.locator("button[value=check]").click()
    page.locator("[data-progress]").wait_for()
    work()
    page.locator("#title").wait_for()
    look("check")
    page.locator("#title").fill("二季度骑手")
    page.locator("#source").fill("市总工会调查")
    page.get_by_label("外卖骑手").check()
    page.get_by_role("button", name="保存图层").click()
    page.locator("[data-progress]").wait_for()
    work()
    page.locator(".notice.success").wait_for()
    look("layer")
    page.get_by_role("link", name="编辑一周时段").click()
    page.locator(".week-bars").wait_for()
    look("week")

    assert problems == {name: [] for name in ("list", "columns", "check", "layer", "week")}


def test_without_scripts_a_file_becomes_a_layer_and_its_week_is_typed(
    staff_page: StaffPage, work: Callable[[], None], sections: FilePayload, store: Store
) -> None:
    page = staff_page("planner", java_script_enabled=False, locale="zh-CN")
    page.goto("/planner/demand")
    page.set_input_files("#file", sections)
    page.get_by_role("button", name="上传").click()
    page.locator("button[value=check]").click()
    work()
    page.locator("#title").wait_for()
    page.locator("#source").fill("市总工会调查")
    page.get_by_role("button", name="保存图层").click()
    work()
    page.get_by_role("link", name="编辑一周时段").click()
    assert page.locator(".week-chart").is_hidden()

    page.locator("#h-30").fill("500")
    page.get_by_role("button", name="保存一周时段").click()

    expect(page.locator(".notice.success")).to_be_visible()
    with store.reading() as reader:
        (layer,) = reader.demand_layers()
    assert layer.profiles[WorkerGroup.RIDERS].argmax() == 30


@pytest.fixture
def week_page(staff_page: StaffPage, work: Callable[[], None], sections: FilePayload, store: Store) -> Page:
    """The editor of a layer's riders, at a desk, dark, in English."""
    page = staff_page("planner", **STATES[1])
    page.goto("/planner/demand")
    page.set_input_files("#file", sections)
    page.get_by_role("button", name="Send it in").click()
    page.locator("button[value=check]").click()
    page.locator("[data-progress]").wait_for()
    work()
    page.locator("#source").fill("a survey")
    page.get_by_role("button", name="Save the layer").click()
    page.locator("[data-progress]").wait_for()
    work()
    page.get_by_role("link", name="Edit the week").click()
    page.locator(".week-bars").wait_for()
    return page


def test_bars_and_table_say_the_same_whichever_is_changed(
    week_page: Page, accessibility_problems: Callable[[Page], list[str]], store: Store
) -> None:
    page = week_page
    assert accessibility_problems(page) == []
    bar = page.get_by_role("slider", name="Monday, 7:00")

    # by keys: from the bar before, with the arrows
    page.get_by_role("slider", name="Monday, 0:00").focus()
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    expect(bar).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("PageUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#h-7")).to_have_value("30")

    # by the table
    page.locator("#h-7").fill("80")
    expect(bar).to_have_attribute("aria-valuenow", "80")

    # by a pointer: a line drawn across the second half of the day, at half of the height
    box = page.locator(".week-bars").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.51, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.99, box["y"] + box["height"] / 2, steps=30)
    page.mouse.up()
    drawn = {page.locator(f"#h-{hour}").input_value() for hour in range(12, 24)}
    assert len(drawn) == 1

    # and copied to the other days
    page.get_by_role("button", name="Copy this day to every day").click()
    expect(page.locator("#h-151")).to_have_value("80")
    page.get_by_role("button", name="Save the week").click()
    expect(page.locator(".notice.success")).to_be_visible()
    with store.reading() as reader:
        (layer,) = reader.demand_layers()
    days = layer.profiles[WorkerGroup.RIDERS].reshape(7, 24)
    assert abs(days - days[0]).max() < 1e-12
