"""Reports made without a network: kept on the phone, sent later, in order, each once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.offline.phone import eventually
from tests.browser.reports.report_server import (
    OTHER_STATION,
    STATION,
    THIRD_STATION,
    OpenPhone,
    ReportServer,
    open_form,
    press_send,
)

KEPT = "已存在这台手机里，一有网络就自动发送，只发一次。"
REFUSED_BY_NETWORK = "Failed to load resource"
HOUR_MS = 3_600_000


# --- without a network -------------------------------------------------------------------------------


def test_a_report_made_offline_is_sent_later_once(phone: Page, server: ReportServer) -> None:
    open_form(phone)
    phone.locator("#report-text").fill("门口贴着纸")
    phone.context.set_offline(True)
    press_send(phone)
    expect(phone.locator("[data-report-done]")).to_have_text(f"{KEPT}再写一条")
    expect(phone.locator("#outbox")).to_contain_text("1 条反馈待发送")
    assert server.reports() == []
    assert phone.context.cookies() == []
    server.watch.expect(REFUSED_BY_NETWORK)

    phone.context.set_offline(False)

    expect(phone.get_by_text("已送达，谢谢！")).to_be_visible()
    expect(phone.locator("#outbox")).to_be_hidden()
    phone.reload()
    expect(phone.get_by_text("这条反馈已经送达。")).to_be_visible()
    assert [arrived.text for arrived in server.reports()] == ["门口贴着纸"]
    assert [cookie["name"] for cookie in phone.context.cookies()] == ["device"]


def test_several_are_sent_in_the_order_they_were_made_though_every_page_sends(
    open_phone: OpenPhone, server: ReportServer
) -> None:
    context = open_phone()
    pages = [context.new_page() for _ in range(3)]
    for page, station in zip(pages, (STATION, OTHER_STATION, THIRD_STATION), strict=True):
        open_form(page, "wrong_hours", station)
    context.set_offline(True)
    for page in (pages[2], pages[0], pages[1]):
        press_send(page)
        expect(page.get_by_text(KEPT)).to_be_visible()
    server.watch.expect(REFUSED_BY_NETWORK)

    context.set_offline(False)

    for page in pages:
        expect(page.get_by_text("已送达，谢谢！")).to_be_visible()
    assert [arrived.station_code for arrived in server.reports()] == [THIRD_STATION, STATION, OTHER_STATION]


def test_one_tap_offline_is_kept_and_sent_when_a_page_is_opened(phone: Page, server: ReportServer) -> None:
    phone.goto(f"/stations/{STATION}")
    phone.context.set_offline(True)
    phone.get_by_role("button", name="我刚进去了").click()
    expect(phone.get_by_text("已记在这台手机里，有网络时自动发送。")).to_be_visible()
    server.watch.expect(REFUSED_BY_NETWORK)
    phone.close()
    phone.context.set_offline(False)

    later = phone.context.new_page()
    later.goto("/")

    expect(later.locator("#list .station").first).to_be_visible()
    expect(later.locator("#outbox")).to_be_hidden()
    later.wait_for_function("() => document.cookie === ''")
    poll_until(later, server, count=1)
    assert [arrived.kind for arrived in server.reports()] == ["got_in"]


def test_a_photo_waits_with_its_report(phone: Page, server: ReportServer) -> None:
    open_form(phone, "closed_for_good")
    photo = phone.locator("#report-photo")
    photo.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": png()})
    expect(phone.locator(".photo-preview")).to_be_visible()
    phone.context.set_offline(True)
    press_send(phone)
    expect(phone.get_by_text(KEPT)).to_be_visible()
    server.watch.expect(REFUSED_BY_NETWORK)

    phone.context.set_offline(False)

    expect(phone.get_by_text("已送达，谢谢！")).to_be_visible()
    assert server.reports()[0].photo_hash is not None


def test_a_form_opened_without_a_network_is_drawn_from_the_phone(open_phone: OpenPhone, server: ReportServer) -> None:
    page = open_phone().new_page()
    shell = page.request.get("/offline/report", headers={"Accept-Language": "zh-CN"}).text()
    page.route("**/stations/*/report", lambda route: serve(route, shell))

    page.goto(f"/stations/{STATION}/report")

    expect(page.get_by_role("link", name="示例驿站·兴庆001")).to_be_visible()
    page.get_by_role("link", name="设施坏了").click()
    offered = page.locator("input[name=services]").evaluate_all("nodes => nodes.map((node) => node.value)")
    known = page.request.get(f"/api/v1/stations/{STATION}").json()["properties"]["services"]
    assert offered == [offer["service"] for offer in known]
    page.locator("label.chip").first.click()
    press_send(page)
    page.wait_for_url("**/reports/*")
    assert [arrived.station_code for arrived in server.reports()] == [STATION]
    page.goto("/stations/YC-NOBODY/report")
    expect(page.locator("[data-shell-problem]")).to_have_text("这台手机的数据里没有这个站点。")


def test_in_flight_mode_the_form_opens_and_what_is_sent_arrives_after_landing(
    open_phone: OpenPhone, server: ReportServer
) -> None:
    page = open_phone(service_workers="allow").new_page()
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(({ active }) => active.state)")
    page.wait_for_function("() => navigator.serviceWorker.controller?.state === 'activated'")
    page.context.set_offline(True)

    page.goto(f"/stations/{STATION}/report?kind=broken")
    expect(page.get_by_role("link", name="示例驿站·兴庆001")).to_be_visible()
    page.locator("label.chip").first.click()
    press_send(page)
    expect(page.get_by_text(KEPT)).to_be_visible()
    assert server.reports() == []

    page.context.set_offline(False)

    expect(page.get_by_text("已送达，谢谢！")).to_be_visible()
    assert [(arrived.kind, arrived.station_code) for arrived in server.reports()] == [("broken", STATION)]
    server.watch.problems = [problem for problem in server.watch.problems if REFUSED_BY_NETWORK not in problem]


def test_a_suggestion_opened_without_a_network_has_its_own_form(open_phone: OpenPhone, server: ReportServer) -> None:
    page = open_phone().new_page()
    shell = page.request.get("/offline/report", headers={"Accept-Language": "zh-CN"}).text()
    page.route("**/suggest", lambda route: serve(route, shell))

    page.goto("/suggest")
    page.get_by_text("填写经纬度").click()
    page.locator("#report-lon").fill("106.2313")
    page.locator("#report-lat").fill("38.4872")
    press_send(page)
    page.wait_for_url("**/reports/*")

    assert [arrived.kind for arrived in server.reports()] == ["suggest_site"]


# --- a network that misbehaves -----------------------------------------------------------------------


class Outbox:
    """The queue in a page, with a clock that the test moves, and a server that answers as told."""

    def __init__(self, page: Page, server: ReportServer) -> None:
        self.page = page
        self.server = server
        self.sent: list[str] = []
        self.answers: list[dict[str, Any]] = []
        page.route("**/reports", self._answer)
        page.goto("/about")

    def put(self, key: str, **changes: Any) -> None:
        report = {
            "key": key,
            "url": "/reports",
            "fields": [["kind", "locked"], ["station", STATION], ["key", key]],
            "photo": None,
            "about": {"kind": "locked", "station": STATION, "name": ""},
            "madeAtMs": 0,
        }
        self._call("outbox.putInOutbox(argument)", {**report, **changes})

    def flush(self, now_ms: int = 0, *, is_urgent: bool = False) -> Any:
        return self._call("outbox.flushOutbox({ now: () => argument[0], isUrgent: argument[1] })", [now_ms, is_urgent])

    def outcome(self, key: str) -> Any:
        return self._call("outbox.outcomeOf(argument)", key)

    def _call(self, expression: str, argument: Any) -> Any:
        script = f"async (argument) => {{ const outbox = await import('/static/js/reports/outbox.js'); return {expression}; }}"
        return self.page.evaluate(script, argument)

    def _answer(self, route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        body = route.request.post_data_buffer or b""
        self.sent.append(body.decode("utf-8", "replace"))
        answer = self.answers.pop(0)
        return route.fulfill(**answer)


SENT = {"status": 201, "json": {"tracking": "7KQ2M-9XHTB", "url": "/reports/7KQ2M-9XHTB"}}
HOTEL_PAGE = {"status": 200, "content_type": "text/html", "body": "<h1>Please log in to the Wi-Fi</h1>"}
BUSY = {"status": 503, "content_type": "text/html", "body": "busy"}
SLOW_DOWN = {"status": 429, "content_type": "text/html", "headers": {"Retry-After": "7200"}, "body": ""}
FAULT = {
    "status": 400,
    "content_type": "application/problem+json",
    "body": '{"status": 400, "detail": "no", "problems": {"text": {"code": "too_long", "text": "too long"}}}',
}


@pytest.fixture
def outbox(phone: Page, server: ReportServer) -> Iterator[Outbox]:
    """An empty outbox; what the browser says of failed requests is meant."""
    yield Outbox(phone, server)
    server.watch.problems = [problem for problem in server.watch.problems if REFUSED_BY_NETWORK not in problem]


def test_the_same_key_waits_only_once(outbox: Outbox) -> None:
    outbox.put("a")
    outbox.put("a")
    outbox.answers = [SENT]

    assert outbox.flush() == {"sent": 1, "refused": 0, "waiting": 0, "retryAtMs": None}
    outbox.put("a")
    assert outbox.flush()["sent"] == 0


@pytest.mark.parametrize("answer", [HOTEL_PAGE, BUSY, {"status": 502, "body": ""}, {"status": 403, "body": "proxy"}])
def test_what_is_no_answer_of_ours_is_tried_again_later(outbox: Outbox, answer: dict[str, Any]) -> None:
    outbox.put("a")
    outbox.answers = [answer, SENT]

    assert outbox.flush(0) == {"sent": 0, "refused": 0, "waiting": 1, "retryAtMs": 30_000}
    assert outbox.flush(29_999)["waiting"] == 1
    assert outbox.flush(30_000)["sent"] == 1
    assert len(outbox.sent) == 2


def test_the_pauses_grow_and_end_at_an_hour(outbox: Outbox) -> None:
    outbox.put("a")
    outbox.answers = [BUSY] * 9
    now_ms, pauses_s = 0, []

    for _ in range(9):
        retry_at_ms = outbox.flush(now_ms)["retryAtMs"]
        pauses_s.append((retry_at_ms - now_ms) // 1000)
        now_ms = retry_at_ms

    assert pauses_s == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_as_long_as_the_server_says_but_an_hour_at_most(outbox: Outbox) -> None:
    outbox.put("a")
    outbox.answers = [BUSY | {"headers": {"Retry-After": "600"}}, SLOW_DOWN]

    assert outbox.flush(0)["retryAtMs"] == 600_000
    assert outbox.flush(600_000)["retryAtMs"] == 600_000 + HOUR_MS


def test_whoever_asks_for_it_waits_for_no_pause_but_the_servers(outbox: Outbox) -> None:
    outbox.put("a")
    outbox.answers = [HOTEL_PAGE, SLOW_DOWN, SENT]

    outbox.flush(0)
    assert outbox.flush(1000, is_urgent=True)["retryAtMs"] == 1000 + HOUR_MS
    assert outbox.flush(2000, is_urgent=True)["waiting"] == 1
    assert len(outbox.sent) == 2


def test_a_pause_written_under_a_wrong_clock_does_not_hold(outbox: Outbox) -> None:
    outbox.put("a", retryAtMs=500 * HOUR_MS)
    outbox.answers = [SENT]

    assert outbox.flush(0)["sent"] == 1


def test_nothing_overtakes_what_has_to_wait(outbox: Outbox) -> None:
    outbox.put("a")
    outbox.put("b")
    outbox.answers = [BUSY, SENT, SENT]

    outbox.flush(0)
    outbox.flush(1000)
    assert len(outbox.sent) == 1
    outbox.flush(30_000)

    assert ['name="key"\r\n\r\na' in body for body in outbox.sent] == [True, True, False]


def test_what_is_refused_is_dropped_and_said_and_the_next_goes_on(outbox: Outbox) -> None:
    outbox.put("a")
    outbox.put("b")
    outbox.answers = [FAULT, SENT]

    assert outbox.flush() == {"sent": 1, "refused": 1, "waiting": 0, "retryAtMs": None}
    assert outbox.outcome("a")["problems"]["text"]["text"] == "too long"
    page = outbox.page
    page.goto("/reports")
    expect(page.locator("#outbox")).to_contain_text("有一条反馈没能发送：too long")
    page.get_by_role("button", name="知道了").click()
    expect(page.locator("#outbox")).to_be_hidden()


def test_when_it_was_made_is_said_only_if_that_was_earlier(outbox: Outbox) -> None:
    outbox.put("a", madeAtMs=1_000_000)
    outbox.put("b", madeAtMs=1_000_000 + HOUR_MS)
    outbox.answers = [SENT, SENT]

    outbox.flush(1_000_000 + HOUR_MS)

    assert "1970-01-01T00:16:40.000Z" in outbox.sent[0]
    assert "made_at" not in outbox.sent[1]


def test_what_waited_for_a_month_is_given_up(outbox: Outbox) -> None:
    outbox.put("a")

    assert outbox.flush(31 * 24 * HOUR_MS)["refused"] == 1
    assert outbox.outcome("a")["isExpired"] is True


def test_a_report_made_under_a_wrong_clock_is_sent_without_its_time(outbox: Outbox) -> None:
    outbox.put("a")
    outbox.answers = [SENT]

    assert outbox.flush(6 * 365 * 24 * HOUR_MS)["sent"] == 1
    assert "made_at" not in outbox.sent[0]


def test_an_answer_that_is_lost_on_the_way_does_not_make_two(phone: Page, server: ReportServer) -> None:
    lost: list[int] = []

    def lose_first_answer(route: Route) -> None:
        if lost:
            return route.continue_()
        lost.append(route.fetch().status)
        return route.abort()

    open_form(phone)
    phone.route("**/reports", lose_first_answer)
    press_send(phone)
    expect(phone.get_by_text(KEPT)).to_be_visible()
    server.watch.expect(REFUSED_BY_NETWORK)

    phone.get_by_role("button", name="现在发送").click()

    expect(phone.get_by_text("已送达，谢谢！")).to_be_visible()
    assert lost == [201]
    assert len(server.reports()) == 1


def serve(route: Route, body: str) -> None:
    route.fulfill(status=200, content_type="text/html; charset=utf-8", body=body)


def poll_until(page: Page, server: ReportServer, count: int) -> None:
    """Wait until that many reports have arrived."""
    assert eventually(lambda: len(server.reports()) >= count, page)


def png() -> bytes:
    from io import BytesIO

    from PIL import Image

    content = BytesIO()
    Image.new("RGB", (80, 60), "teal").save(content, "PNG")
    return content.getvalue()
