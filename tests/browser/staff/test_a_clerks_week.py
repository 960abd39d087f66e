"""A week of a clerk at a union's office, from signing in to setting right what went wrong, in one browser.

Each page has tests of its own; this one sees that they lead on to one another, with nothing but what a person
reads and presses.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from geodata.coordinates import Crs, LonLat, convert
from geodata.places import Place
from geodata.reports.report import Report, ReportDraft
from geodata.reports.vocabulary import ReportKind
from mapapp.services.jobs.kinds import KINDS
from mapapp.services.jobs.run import Workshop
from mapapp.services.jobs.worker import Worker
from mapapp.services.reports.desk import ReportDesk, Sender
from mapapp.settings import Settings
from mapapp.store import Store
from tests.browser.conftest import LiveServer, OpenContext, Watch
from tests.browser.staff.conftest import StaffPage
from tests.mapapp.staff.world import OWN_DISTRICT, OWN_STATION, SECRET, password_of

DESK: Final = {"width": 1280, "height": 900}
HEADINGS: Final = ("站点名称", "地址", "经度", "纬度", "座位数")
LON_CELL: Final = "C2"
"""Of the first row of the sheet with the refused rows, whose columns are those of the sheet sent in."""


@pytest.fixture
def store(staff_city: LiveServer) -> Iterator[Store]:
    """The running service's database."""
    store = Store(f"sqlite:///{staff_city.database_file}")
    yield store
    store.close()


@pytest.fixture
def settings(staff_city: LiveServer) -> Settings:
    """Where the running service keeps its files."""
    return Settings(secret_key=SECRET, data_dir=str(staff_city.database_file.parent / "data"))


@pytest.fixture
def work(store: Store, settings: Settings, place: Place) -> Callable[[], None]:
    """Does the job that waits, as the worker beside the server would."""
    worker = Worker(Workshop(store, place, settings, lambda: datetime.now(UTC)), KINDS)

    def do_one() -> None:
        assert worker.run_one()

    return do_one


@pytest.fixture
def spot(place: Place) -> LonLat:
    """Where the own station stands."""
    return place.unit(OWN_DISTRICT).label_at


@pytest.fixture
def report(store: Store, settings: Settings, place: Place) -> Report:
    """Somebody found other hours on the door."""
    desk = ReportDesk(store, settings, SECRET, district_of=place.district_of)
    draft = ReportDraft(kind=ReportKind.WRONG_HOURS, station_code=OWN_STATION, key=str(uuid.UUID(int=1)))
    return desk.submit(draft, Sender(None, "192.0.2.1", "phone"), datetime.now(UTC)).report


def messy_sheet(spot: LonLat) -> bytes:
    """A sheet in GCJ-02: a known station, a new one, one without coordinates, one whose longitude is a word."""
    lon, lat = (round(float(value), 6) for value in convert(spot.lon, spot.lat, Crs.WGS84, Crs.GCJ02))
    return workbook(
        HEADINGS,
        ("东街驿站", "东街 1 号", lon, lat, 12),
        ("新站驿站", "新街 9 号", lon + 0.02, lat, 5),
        ("无坐标驿站", "北街 3 号", None, None, 8),
        ("坏驿站", "坏街 4 号", "东边", lat, None),
    )


def workbook(*rows: tuple[str | float | None, ...]) -> bytes:
    """A workbook with one sheet of these rows."""
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """The workbook as a file."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_clerks_week(
    context_factory: OpenContext,
    staff_page: StaffPage,
    store: Store,
    spot: LonLat,
    report: Report,
    work: Callable[[], None],
    watch: Watch,
) -> None:
    page = context_factory(viewport=DESK).new_page()
    sign_in(page)

    refused = import_sheet(page, messy_sheet(spot), work, says="新增 2 个，修改 1 个")
    assert refused is not None
    put_right = openpyxl.load_workbook(io.BytesIO(refused))
    put_right.worksheets[0][LON_CELL] = spot.lon + 0.03
    import_sheet(page, saved(put_right), work, says="新增 1 个，修改 0 个")
    place_an_unplaced_station(page, spot)
    change_hours_from_a_report(page, report)
    meet_a_conflict(page, store)
    watch.expect("409")
    verify_on_a_phone(staff_page, spot)
    print_a_poster(page)
    restore_the_beginning(page)

    with store.reading() as reader:
        station = reader.station(OWN_STATION)
        assert station is not None
        assert (station.name, station.capacity_count, station.version) == ("东街驿站", None, 6)
        assert sum(other.position is None for other in reader.stations()) == 1


def sign_in(page: Page) -> None:
    page.goto("/staff/")
    page.get_by_label("登录名").fill("editor_own")
    page.get_by_label("密码", exact=True).fill(password_of("editor_own"))
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("编辑甲")


def import_sheet(page: Page, content: bytes, work: Callable[[], None], says: str) -> bytes | None:
    """Send a sheet in and save what can be; the sheet of what cannot."""
    page.goto("/staff/imports")
    page.set_input_files("#file", {"name": "名单.xlsx", "mimeType": "application/octet-stream", "buffer": content})
    page.locator("form.form button").click()
    expect(page.locator("input[name=crs][value=gcj02]")).to_be_checked()
    page.locator("button[value=plan]").click()
    page.locator("[data-progress]").wait_for()
    work()
    expect(page.locator("#saving")).to_contain_text(says)
    refused = None
    if page.locator("a[download]").count():
        with page.expect_download() as download:
            page.locator("a[download]").click()
        refused = download.value.path().read_bytes()
    page.locator(".commit button").click()
    page.locator("[data-progress]").wait_for()
    work()
    expect(page.locator(".notice.warning, .notice.success").first).to_contain_text(says)
    return refused


def place_an_unplaced_station(page: Page, spot: LonLat) -> None:
    page.goto("/staff/unplaced")
    page.locator(".actions a").click()
    page.locator("#crs").select_option("wgs84")
    page.locator("#lon").fill(f"{spot.lon + 0.004:.6f}")
    page.locator("#lat").fill(f"{spot.lat:.6f}")
    page.locator(".save-bar button[value=save]").click()
    expect(page.locator(".saved-notice")).to_be_visible()


def change_hours_from_a_report(page: Page, report: Report) -> None:
    """The report leads to the station's form, and that back to the report; its sender reads the answer."""
    page.goto("/staff/reports")
    page.get_by_role("link", name=report.tracking).click()
    page.get_by_role("link", name="修改站点").click()
    page.locator("#hours_text").fill("每天 9:00-17:00")
    check(page)
    save(page, "现场的牌子")
    page.get_by_role("link", name="答复这条反馈").click()
    page.locator("#state").select_option("resolved")
    page.locator("#reply").fill("谢谢，开放时间已更正。")
    page.get_by_role("button", name="保存答复").click()
    page.locator(".notice.success").wait_for()
    page.goto(f"/reports/{report.tracking}")
    expect(page.get_by_text("谢谢，开放时间已更正。")).to_be_visible()


def meet_a_conflict(page: Page, store: Store) -> None:
    """A colleague saves another name while the form is open; both names are shown, ours is chosen."""
    page.goto(f"/staff/stations/{OWN_STATION}")
    page.locator("#name").fill("东街户外驿站")
    with store.writing("form") as writer:
        station = writer.station(OWN_STATION)
        assert station is not None
        theirs = replace(station, name="东街劳动者驿站")
        writer.update_station(theirs, expected_version=station.version, actor="admin", reason="")
    page.locator(".save-bar button").click()
    page.locator(".conflict").wait_for()
    page.locator(".conflict input[value=mine]").check()
    page.locator("button[value=merge]").click()
    save(page, "门牌上的名称")
    expect(page.locator("h1")).to_have_text("东街户外驿站")


def verify_on_a_phone(staff_page: StaffPage, spot: LonLat) -> None:
    """At the station: the pin is where one stands, and all is as before."""
    here: dict[str, Any] = {"longitude": spot.lon, "latitude": spot.lat, "accuracy": 10}
    phone = staff_page("editor_own", geolocation=here, permissions=["geolocation"])
    phone.goto(f"/staff/verify/{OWN_STATION}")
    phone.locator(".pin-distance button").click()
    expect(phone.locator(".pin-distance [role=status]")).to_contain_text("0 米")
    phone.locator(".all-as-before").click()
    expect(phone.locator(".notice.success")).to_be_visible()


def print_a_poster(page: Page) -> None:
    page.goto(f"/staff/stations/{OWN_STATION}/poster")
    with page.expect_download() as download:
        page.locator(".actions a[download]").first.click()
    assert download.value.path().read_bytes().startswith(b"%PDF")


def restore_the_beginning(page: Page) -> None:
    """The history has every step; its first version is put back in one go."""
    page.goto(f"/staff/stations/{OWN_STATION}/history")
    expect(page.locator(".revision")).to_have_count(5)
    page.locator("#revision-1 a.button").click()
    page.locator("#reason").fill("恢复原样")
    page.locator("form.form button.primary").click()
    expect(page.locator("h1")).to_have_text("东街驿站")


def check(page: Page) -> None:
    """Press the form's button."""
    page.locator(".save-bar button").click()
    page.locator("#reason").wait_for()


def save(page: Page, reason: str) -> None:
    """Look once more and save."""
    page.locator("#reason").fill(reason)
    page.locator("button[value=save]").click()
    page.locator(".saved-notice").wait_for()
