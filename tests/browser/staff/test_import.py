"""Importing in a browser: with scripts and without, on a phone and at a desk."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from geodata.coordinates import Crs, convert
from geodata.places import Place
from mapapp.services.jobs.kinds import KINDS
from mapapp.services.jobs.run import Workshop
from mapapp.services.jobs.worker import Worker
from mapapp.settings import Settings
from mapapp.store import Store
from tests.browser.conftest import LiveServer, Watch
from tests.browser.staff.conftest import StaffPage
from tests.mapapp.staff.world import OWN_DISTRICT, OWN_STATION

HEADINGS: Final = ("站点名称", "地址", "经度", "纬度", "座位数")
STATES: Final = [
    {"color_scheme": "light", "locale": "zh-CN", "viewport": {"width": 360, "height": 740}},
    {"color_scheme": "dark", "locale": "en", "viewport": {"width": 1440, "height": 900}},
]


@pytest.fixture
def work(staff_city: LiveServer, place: Place) -> Iterator[Callable[[], None]]:
    """Do the job that waits, as the worker beside the server would."""
    store = Store(f"sqlite:///{staff_city.database_file}")
    settings = Settings(data_dir=str(staff_city.database_file.parent / "data"))
    worker = Worker(Workshop(store, place, settings, lambda: datetime.now(UTC)), KINDS)

    def do_one() -> None:
        assert worker.run_one()

    yield do_one
    store.close()


@pytest.fixture
def messy_sheet(place: Place) -> bytes:
    """A sheet in GCJ-02 with a known station, a new one, a probable duplicate and a row that cannot be read."""
    spot = next(unit.label_at for unit in place.units if unit.code == OWN_DISTRICT)
    lon, lat = (float(value) for value in convert(spot.lon, spot.lat, Crs.WGS84, Crs.GCJ02))
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (
        HEADINGS,
        ("东街驿站", "东街 1 号", lon, lat, 12),
        ("新站驿站", "新街 9 号", lon + 0.02, lat, 5),
        ("东街工会驿站", "东街1号", lon + 0.0011, lat, 7),
        ("坏驿站", "坏街", "东边", lat, None),
    ):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def send(page: Page, content: bytes) -> None:
    """Send a sheet in; its columns are shown then."""
    page.goto("/staff/imports")
    page.set_input_files("#file", {"name": "名单.xlsx", "mimeType": "application/octet-stream", "buffer": content})
    page.locator("form.form button").click()
    page.locator("#columns").wait_for()


def post_from(page: Page, url: str) -> None:
    """Press the button that the page of a large file has instead of a link."""
    page.evaluate(
        """url => {
            const form = document.querySelector("form.row-form, .commit form").cloneNode(true);
            form.action = url;
            document.body.append(form);
            form.submit();
        }""",
        url,
    )


def ask_for_check(page: Page) -> None:
    page.locator("button[value=plan]").click()
    page.locator("[data-progress]").wait_for()


def test_the_page_that_waits_looks_again_by_itself_and_choices_are_kept_at_once(
    staff_page: StaffPage, work: Callable[[], None], messy_sheet: bytes
) -> None:
    page = staff_page("editor_own", locale="zh-CN")
    send(page, messy_sheet)
    expect(page.locator("input[name=crs][value=gcj02]")).to_be_checked()
    ask_for_check(page)
    work()
    page.locator("#saving").wait_for()

    page.get_by_label("就是 东街驿站：更新该站点").check()
    expect(page.locator("#kept")).to_have_text("已保存选择。")
    page.reload()

    expect(page.get_by_label("就是 东街驿站：更新该站点")).to_be_checked()
    page.locator(".commit button").click()
    page.locator("[data-progress]").wait_for()
    work()
    expect(page.locator(".notice.warning, .notice.success")).to_contain_text("已保存")


def test_without_scripts_a_list_goes_in_and_is_taken_back(
    staff_page: StaffPage, work: Callable[[], None], messy_sheet: bytes, staff_city: LiveServer
) -> None:
    page = staff_page("editor_own", java_script_enabled=False, locale="zh-CN")
    send(page, messy_sheet)
    page.locator("button[value=plan]").click()
    work()
    page.locator("#saving").wait_for()
    page.locator(".commit #reason").fill("年度名单")
    page.locator(".commit button").click()
    work()
    page.locator(".danger-zone").wait_for()

    page.locator(".danger-zone button").click()
    work()

    expect(page.locator(".notice.success")).to_contain_text("已恢复原样 1 个，移除新增站点 1 个")
    page.goto(f"{staff_city.url}/staff/stations/{OWN_STATION}")
    expect(page.locator("#capacity_count")).to_have_value("")


def test_the_refused_rows_are_downloaded_put_right_and_sent_in_again(
    staff_page: StaffPage, work: Callable[[], None], messy_sheet: bytes
) -> None:
    page = staff_page("editor_own", locale="zh-CN")
    send(page, messy_sheet)
    ask_for_check(page)
    work()
    page.locator("#saving").wait_for()
    with page.expect_download() as download:
        page.locator("a[download]").click()
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))
    sheet = book.worksheets[0]
    assert "经度" in str(sheet["G2"].value)
    sheet["C2"] = 106.3
    out = io.BytesIO()
    book.save(out)

    send(page, out.getvalue())

    expect(page.locator("input[name=crs][value=gcj02]")).to_be_checked()
    expect(page.locator(".notice")).to_contain_text("以前读取过同样表头的表")


@pytest.mark.parametrize("state", STATES, ids=["light phone", "dark desk"])
def test_no_page_of_an_import_has_a_barrier(
    staff_page: StaffPage,
    work: Callable[[], None],
    messy_sheet: bytes,
    accessibility_problems: Callable[[Page], list[str]],
    watch: Watch,
    state: dict[str, Any],
) -> None:
    page = staff_page("editor_own", **state)

    def find() -> list[str]:
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        here = page.url.rpartition("/staff")[2]
        return [*accessibility_problems(page), *([f"{here} is wider than the screen"] if wide else [])]

    page.goto("/staff/exports")
    problems = find()
    page.goto("/staff/imports")
    problems += find()
    send(page, messy_sheet)
    problems += find()
    ask_for_check(page)
    problems += find()
    work()
    page.locator("#saving").wait_for()
    plan = page.url.partition("?")[0]
    problems += find()
    for topic in ("new", "changed", "error"):
        page.goto(f"{plan}?show={topic}")
        problems += find()
    post_from(page, f"{plan}/refused")
    page.locator("[data-progress]").wait_for()
    problems += find()
    work()
    page.locator("a[download]").wait_for()
    problems += find()
    page.goto(plan)
    page.locator(".commit button").click()
    page.locator("[data-progress]").wait_for()
    work()
    page.locator(".danger-zone").wait_for()
    problems += find()

    assert not problems
