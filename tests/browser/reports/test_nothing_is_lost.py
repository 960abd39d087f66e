"""What was reported or typed is not lost: tried again in an open page, opened again after a refusal, never overwritten."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.browser.reports.report_server import OTHER_STATION, STATION, ReportServer, open_form, press_send

HOLD_CHANGES = """() => {
  window.holdChange = (event) => event.stopImmediatePropagation();
  window.addEventListener("change", window.holdChange, true);
}"""
LET_CHANGES_GO = """() => {
  window.removeEventListener("change", window.holdChange, true);
  document.querySelector("#report-photo").dispatchEvent(new Event("change", { bubbles: true }));
}"""
LATE_POSITION = """navigator.geolocation.getCurrentPosition = (found) => {
  window.positionArrives = () => found({ coords: { longitude: 106.1, latitude: 38.3, accuracy: 800 } });
};"""
REFUSED_BY_NETWORK = "Failed to load resource"


def forget_network_errors(server: ReportServer) -> None:
    """What the browser says of the requests that a test lets fail."""
    server.watch.problems = [problem for problem in server.watch.problems if REFUSED_BY_NETWORK not in problem]


def fail_posts(page: Page) -> list[str]:
    """Posts fail as without a network while the list is empty of "through"; each try is noted in it."""
    tries: list[str] = []

    def answer(route: Route) -> None:
        if route.request.method != "POST" or "through" in tries:
            return route.continue_()
        tries.append("failed")
        return route.abort()

    page.route("**/reports", answer)
    return tries


def test_an_open_page_tries_again_by_itself_and_says_when(phone: Page, server: ReportServer) -> None:
    tries = fail_posts(phone)
    phone.clock.install()
    open_form(phone, "locked")
    press_send(phone)
    expect(phone.locator("#outbox")).to_contain_text("下次尝试：")

    tries.append("through")
    phone.clock.fast_forward("01:01:00")

    expect(phone.locator("#outbox")).to_be_hidden()
    assert [arrived.kind for arrived in server.reports()] == ["locked"]
    forget_network_errors(server)


def test_a_photo_that_is_gone_from_the_phone_is_said_and_the_form_goes_on(
    phone: Page, server: ReportServer, tmp_path: Path
) -> None:
    file = tmp_path / "a.png"
    Image.new("RGB", (300, 200), "red").save(file)
    open_form(phone, "other")
    phone.locator("#report-text").fill("门口的牌子掉了")
    phone.evaluate(HOLD_CHANGES)
    phone.locator("#report-photo").set_input_files(str(file))
    file.unlink()

    phone.evaluate(LET_CHANGES_GO)

    expect(phone.locator("[data-problem=photo]")).not_to_be_empty()
    press_send(phone)
    phone.wait_for_url("**/reports/*")
    assert [arrived.text for arrived in server.reports()] == ["门口的牌子掉了"]


def test_a_report_refused_after_it_waited_can_be_opened_again(phone: Page, server: ReportServer) -> None:
    tries = fail_posts(phone)
    open_form(phone, "other")
    phone.locator("#report-text").fill("门口的牌子掉了")
    photo = io.BytesIO()
    Image.new("RGB", (80, 60), "teal").save(photo, "PNG")
    phone.locator("#report-photo").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": photo.getvalue()}
    )
    expect(phone.locator(".photo-preview")).to_be_visible()
    press_send(phone)
    expect(phone.locator("[data-report-done]")).to_be_visible()
    phone.goto("about:blank")
    refusal = '{"status": 400, "detail": "no", "problems": {"text": {"code": "too_long", "text": "too long"}}}'
    phone.route(
        "**/reports",
        lambda route: route.fulfill(status=400, content_type="application/problem+json", body=refusal),
        times=1,
    )
    tries.append("through")
    phone.goto(f"/stations/{OTHER_STATION}")
    expect(phone.locator("#outbox")).to_contain_text("too long")

    phone.get_by_role("button", name="重新打开").click()

    phone.wait_for_url(f"**/stations/{STATION}/report?kind=other")
    expect(phone.locator("[data-problem=text]")).to_have_text("too long")
    expect(phone.locator("#report-text")).to_have_value("门口的牌子掉了")
    expect(phone.locator("#outbox")).to_be_hidden()
    press_send(phone)
    phone.wait_for_url("**/reports/*")
    assert [(arrived.text, arrived.photo_hash is not None) for arrived in server.reports()] == [
        ("门口的牌子掉了", True)
    ]
    forget_network_errors(server)


def test_a_place_that_cannot_be_meant_is_said_before_it_is_kept(phone: Page, server: ReportServer) -> None:
    phone.goto("/suggest")
    phone.get_by_text("填写经纬度").click()
    problem = phone.locator("[data-problem=place]")
    fail_posts(phone)
    for lon, lat, said in (("38.4872", "106.2313", "需要两个数"), ("116.4", "39.9", "离本市很远")):
        phone.locator("#report-lon").fill(lon)
        phone.locator("#report-lat").fill(lat)
        press_send(phone)
        expect(problem).to_contain_text(said)
    expect(phone.locator("#outbox")).to_be_hidden()
    assert server.reports() == []


def test_a_late_position_does_not_overwrite_what_was_typed_meanwhile(phone: Page) -> None:
    phone.add_init_script(LATE_POSITION)
    phone.goto("/suggest")
    button = phone.locator("[data-spot-device]")
    button.click()
    phone.get_by_text("填写经纬度").click()
    phone.locator("#report-lon").fill("106.2313")
    phone.locator("#report-lat").fill("38.4872")

    phone.evaluate("window.positionArrives()")

    expect(button).to_be_enabled()
    expect(phone.locator("#report-lon")).to_have_value("106.2313")
    expect(phone.locator("#report-lat")).to_have_value("38.4872")
