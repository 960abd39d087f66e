"""A visitor and an editor use the whole service; then nothing of them stands in a log, in the metrics or in an address."""

from __future__ import annotations

import io
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote_plus, urlsplit
from urllib.request import urlopen

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from mapapp.store.accounts import Scope
from tests.browser.conftest import PHONE, LiveServer, serving
from tests.browser.map_page import HERE, open_map_page, use_coordinates
from tests.mapapp.staff.world import OWN_STATION, StaffDatabase, password_of
from tests.patience import PATIENCE_MS, PATIENCE_S

TYPED: Final = "106.254321, 38.476543"
WORDS: Final = "饮水机漏电请找王桂兰"
CONTACT: Final = "13987654321"
REPLY: Final = "电工明天上午来看"
NOTE: Final = "王桂兰电话打不通"
SEARCHED: Final = "找一个能热饭的地方"
WRONG_PASSWORD: Final = "not the password of anybody 99"  # noqa: S105 - of the tests
AGENT: Final = "PhoneOfSomebody/7.7"
ADDRESS: Final = "203.0.113.77"


@pytest.fixture
def server(live_staff_database: StaffDatabase, tmp_path: Path) -> Iterator[LiveServer]:
    """The service at its most talkative, over a copy of the small city."""
    file = tmp_path / "stations.sqlite3"
    shutil.copyfile(live_staff_database.file, file)
    with serving(file, tmp_path, MAPAPP_LOG_LEVEL="DEBUG", MAPAPP_SLOW_STATEMENT_MS="0.001") as server:
        yield server


class Run:
    """A browser's context, the addresses it asked for, and the cookies it was given."""

    def __init__(self, browser: Browser, server: LiveServer) -> None:
        options: dict[str, Any] = {"viewport": PHONE, "geolocation": HERE, "permissions": ["geolocation"]}
        self.context: BrowserContext = browser.new_context(
            base_url=server.url,
            locale="zh-CN",
            user_agent=AGENT,
            service_workers="block",
            extra_http_headers={"X-Forwarded-For": ADDRESS},
            **options,
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.addresses: list[str] = []
        self.context.on("request", self._note)
        self.page: Page = self.context.new_page()

    def _note(self, request: Request) -> None:
        self.addresses.append(request.url)
        self.addresses.append(request.headers.get("referer", ""))

    def cookies(self) -> set[str]:
        """What the cookies hold that tell this browser from others."""
        return {cookie["value"] for cookie in self.context.cookies() if len(cookie["value"]) > 10}


def picture() -> bytes:
    content = io.BytesIO()
    Image.effect_noise((80, 60), 40).convert("RGB").save(content, "PNG")
    return content.getvalue()


def search_and_report(run: Run) -> str:
    """What a visitor does; the tracking code of what they reported."""
    page = run.page
    open_map_page(page)
    page.get_by_role("button", name="在我附近").click()
    expect(page.locator("#list")).to_contain_text("公里")
    use_coordinates(page, TYPED)
    page.locator("#q").fill(f"{HERE['longitude']}, {HERE['latitude']}")
    page.goto(f"/stations/{OWN_STATION}/report")
    page.locator("[data-kind=other]").click()
    page.locator("#report-text").fill(WORDS)
    page.locator("details.report-part > summary").last.click()
    page.locator("input[name=contact]").fill(CONTACT)
    page.locator("input[type=file]").first.set_input_files(
        {"name": "王桂兰.png", "mimeType": "image/png", "buffer": picture()}
    )
    page.get_by_role("button", name="发送", exact=True).click()
    page.wait_for_url("**/reports/*")
    return urlsplit(page.url).path.rpartition("/")[2]


def use_without_script(run: Run, token: str) -> None:
    """What browsers without script and programs send, wrong things among it."""
    own = {"Sec-Fetch-Site": "same-origin"}
    bearer = {"Authorization": f"Bearer {token}"}
    lon, lat = (part.strip() for part in TYPED.split(","))
    client = run.context.request
    client.post("/nearest", form={"lon": lon, "lat": lat}, headers=own)
    client.get(f"/api/v1/stations/nearest?lon={lon}&lat={lat}")
    client.get(f"/api/v1/stations/nearest?lon={lon}&lat=9{lat}")
    client.get(f"/api/v1/stations?bbox={lon},{lat},1")
    client.get(f"/stations?q={SEARCHED}")
    client.get(f"/no/such/page?q={SEARCHED}")
    client.post(f"/stations/{OWN_STATION}/report", form={"text": WORDS * 9000, "contact": CONTACT}, headers=own)
    client.get(f"/api/v1/stations/{OWN_STATION}", headers=bearer)
    client.put(f"/api/v1/stations/{OWN_STATION}", data=f'{{"name": "{WORDS}"', headers=bearer)
    client.get("/api/v1/stations", headers={"Authorization": f"Bearer {token[:-3]}"})


def answer(run: Run, tracking: str) -> None:
    """What an editor does: sign in at the second try, answer the report, hand out and erase."""
    page = run.page
    for password in (WRONG_PASSWORD, password_of("editor_own")):
        page.goto("/staff/sign-in")
        page.locator("input[name=name]").fill("editor_own")
        page.locator("input[name=password]").fill(password)
        page.locator("main button[type=submit]").click()
        page.wait_for_load_state()
    page.goto("/staff/reports")
    page.get_by_role("link", name=tracking).or_(page.locator(f"a[href*='{tracking}']")).first.click()
    expect(page.locator(".report-contact")).to_have_text(CONTACT)
    page.locator("textarea[name=reply]").fill(REPLY)
    page.locator("textarea[name=reason]").fill(NOTE)
    page.get_by_role("button", name="保存答复").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert run.context.request.get(f"/staff/reports/{tracking}/sender").ok
    page.locator("#person > summary").click()
    page.locator("#erase").check()
    page.get_by_role("button", name="删除反馈人的信息").click()
    expect(page.locator(".report-contact")).to_have_count(0)


def speak_no_http(server: LiveServer) -> None:
    """Somebody sends what is no request, and somebody who is cut off in one."""
    address = urlsplit(server.url)
    for sent in (
        f"NONSENSE /?lon={TYPED} HTTP/9\r\n\r\n",
        f"POST /nearest HTTP/1.1\r\nContent-Length: 999\r\n\r\n{CONTACT}",
    ):
        with socket.create_connection((address.hostname or "", address.port or 0), timeout=PATIENCE_S) as connection:
            connection.sendall(sent.encode())


def test_nothing_of_anybody_is_in_logs_metrics_or_addresses(
    browser: Browser, server: LiveServer, live_staff_database: StaffDatabase
) -> None:
    visitor, editor = Run(browser, server), Run(browser, server)
    token = live_staff_database.tokens[Scope.STATIONS_WRITE]
    tracking = search_and_report(visitor)
    use_without_script(visitor, token)
    answer(editor, tracking)
    speak_no_http(server)
    with urlopen(f"{server.url}/metrics", timeout=PATIENCE_S) as answer_of_metrics:  # noqa: S310 - our own server
        metrics = answer_of_metrics.read().decode()
    told = server.log() + metrics
    kept_by_browsers = visitor.cookies() | editor.cookies()
    addresses = [unquote_plus(address) for address in visitor.addresses + editor.addresses]
    visitor.context.close()
    editor.context.close()

    places = [str(HERE["longitude"])[:7], str(HERE["latitude"])[:6], *(part.strip()[:7] for part in TYPED.split(","))]
    said = [WORDS, "王桂兰", CONTACT, REPLY, NOTE, SEARCHED]
    secrets = [password_of("editor_own"), WRONG_PASSWORD, token, *kept_by_browsers]
    about_them = [AGENT, ADDRESS]
    codes = [tracking, tracking.replace("-", "")]

    assert told.count("GET /") > 20
    assert "slow" in told
    assert "stationmap_" in metrics
    assert len(kept_by_browsers) >= 2
    assert [
        word for word in [*places, *said, *secrets, *about_them, *codes] if word in told or word in unquote_plus(told)
    ] == []
    assert [each for each in addresses if any(word in each for word in [*places, *said, *secrets])] == []
    assert [each for each in addresses if tracking in urlsplit(each).query] == []
