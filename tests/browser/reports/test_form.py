"""A report from a phone: what is asked, what arrives, and that it arrives once."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.reports.report_server import (
    STATION,
    OpenPhone,
    ReportServer,
    open_form,
    press_send,
    report,
)

FindProblems = Callable[[Page], list[str]]


def picture(width: int = 2400, height: int = 1200) -> bytes:
    content = io.BytesIO()
    Image.effect_noise((width, height), 40).convert("RGB").save(content, "PNG")
    return content.getvalue()


# --- the form ----------------------------------------------------------------------------------------


def test_one_question_first_then_what_belongs_to_the_answer(phone: Page) -> None:
    phone.goto(f"/stations/{STATION}/report")
    expect(phone.locator("[data-report-send]")).to_be_hidden()

    phone.get_by_role("link", name="设施坏了").click()

    expect(phone.get_by_role("group", name="是哪一项？")).to_be_visible()
    expect(phone.get_by_role("heading", name="设施坏了")).to_be_focused()
    expect(phone.get_by_role("group", name="实际在哪里？")).to_be_hidden()
    expect(phone.get_by_role("link", name="时间不对")).to_be_hidden()


def test_back_leads_from_the_answer_to_the_question(phone: Page) -> None:
    open_form(phone, "broken")

    phone.go_back()

    expect(phone.get_by_role("link", name="时间不对")).to_be_visible()
    expect(phone.locator("[data-report-send]")).to_be_hidden()


def test_a_report_arrives_and_its_page_says_so(phone: Page, server: ReportServer) -> None:
    report(phone, "broken", text="饮水机不出水")

    expect(phone.locator(".report-thanks")).to_have_text("谢谢！已经送达。")
    expect(phone.locator(".step.present")).to_contain_text("待处理")
    [arrived] = server.reports()
    assert (arrived.kind, arrived.station_code, arrived.text) == ("broken", STATION, "饮水机不出水")
    assert arrived.tracking in phone.locator("h1").inner_text()
    assert arrived.made_at is None


def test_the_whole_way_works_by_keyboard(phone: Page, server: ReportServer) -> None:
    phone.goto(f"/stations/{STATION}/report")
    phone.get_by_role("link", name="设施坏了").focus()
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("heading", name="设施坏了")).to_be_focused()
    phone.keyboard.press("Tab")
    phone.keyboard.press("Tab")
    phone.keyboard.press("Space")
    expect(phone.locator("input[name=services]").first).to_be_checked()

    phone.locator("[data-report-send]").focus()
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/reports/*")

    assert len(server.reports()[0].services) == 1


def test_what_is_missing_is_said_at_its_field_before_anything_is_sent(phone: Page, server: ReportServer) -> None:
    open_form(phone, "other")

    press_send(phone)

    expect(phone.locator("#report-text-problem")).to_have_text("请简单写几个字，或加一张照片。")
    expect(phone.locator("#report-text")).to_be_focused()
    assert server.reports() == []


def test_a_refusal_of_the_server_stands_at_its_field_and_nothing_is_lost(phone: Page, server: ReportServer) -> None:
    open_form(phone, "wrong_hours")
    too_long = "八点才开门。" * 1000
    phone.locator("#report-text").evaluate("(field, text) => { field.value = text; }", too_long)

    press_send(phone)

    expect(phone.locator("#report-text-problem")).not_to_be_empty()
    expect(phone.locator("#report-text")).to_be_focused()
    expect(phone.locator("#report-text")).to_have_value(too_long)
    expect(phone.locator("#outbox")).to_be_hidden()
    server.watch.expect("400")

    phone.locator("#report-text").fill("八点才开门")
    press_send(phone)
    phone.wait_for_url("**/reports/*")
    assert [arrived.text for arrived in server.reports()] == ["八点才开门"]


def test_what_was_typed_survives_a_reload(phone: Page) -> None:
    open_form(phone, "broken")
    phone.locator("#report-text").fill("写到一半")
    phone.locator("label.chip").first.click()

    phone.reload()

    expect(phone.locator("#report-text")).to_have_value("写到一半")
    expect(phone.locator("input[name=services]").first).to_be_checked()


# --- photo and place ---------------------------------------------------------------------------------


def test_a_photo_is_made_small_on_the_phone_and_only_staff_get_it(phone: Page, server: ReportServer) -> None:
    open_form(phone, "broken")
    original = picture()
    phone.locator("#report-photo").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": original})
    expect(phone.locator(".photo-preview")).to_be_visible()
    size_kb = int(re.findall(r"(\d+) kB", phone.locator("[data-photo-words]").inner_text())[0])

    phone.locator("#report-text").fill("看照片")
    press_send(phone)
    phone.wait_for_url("**/reports/*")

    [arrived] = server.reports()
    assert arrived.photo_hash is not None
    with Image.open(Path(server.services.settings.data_dir) / "photos" / f"{arrived.photo_hash}.jpg") as kept:
        assert kept.size == (1600, 800)
    assert 0 < size_kb * 1024 < len(original) / 2


def test_a_photo_can_be_taken_back(phone: Page, server: ReportServer) -> None:
    open_form(phone, "locked")
    phone.locator("#report-photo").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": picture(40, 40)}
    )
    phone.get_by_role("button", name="去掉照片").click()

    press_send(phone)
    phone.wait_for_url("**/reports/*")

    assert server.reports()[0].photo_hash is None


def test_a_photo_nobody_can_read_is_said_at_once(phone: Page) -> None:
    open_form(phone, "locked")

    phone.locator("#report-photo").set_input_files({"name": "a.heic", "mimeType": "image/heic", "buffer": b"heic"})

    expect(phone.locator("#report-photo-problem")).to_contain_text("HEIC")
    expect(phone.locator("#report-photo")).to_have_attribute("aria-invalid", "true")


def test_a_place_is_added_only_when_asked_for(open_phone: OpenPhone, server: ReportServer) -> None:
    here = {"longitude": 106.231357, "latitude": 38.487246, "accuracy": 20}
    page = open_phone(geolocation=here, permissions=["geolocation"]).new_page()
    open_form(page, "wrong_place")

    page.get_by_role("button", name="附上我现在的位置").click()
    expect(page.locator(".spot-words")).to_contain_text("误差约 20 米")
    press_send(page)
    page.wait_for_url("**/reports/*")

    place = server.reports()[0].place
    assert place is not None
    assert (place.lon, place.lat) == (106.231357, 38.487246)


def test_a_device_that_does_not_tell_leaves_typing(phone: Page) -> None:
    open_form(phone, "wrong_place")

    phone.get_by_role("button", name="附上我现在的位置").click()

    expect(phone.locator(".spot-words")).to_contain_text("可以在下面填写经纬度")
    expect(phone.locator("#report-lon")).to_be_visible()


def test_a_spot_chosen_on_the_map_becomes_a_suggestion(phone: Page, server: ReportServer) -> None:
    phone.goto("/about")
    phone.evaluate('sessionStorage.setItem("stationmap.suggestion", JSON.stringify({lon: 106.2313, lat: 38.4872}))')
    phone.goto("/suggest")
    expect(phone.locator(".spot-words")).to_have_text("会附上您在地图上选的位置。")

    press_send(phone)
    phone.wait_for_url("**/reports/*")

    [arrived] = server.reports()
    assert arrived.kind == "suggest_site"
    assert arrived.place is not None
    assert (arrived.place.lon, arrived.place.lat) == (106.2313, 38.4872)
    assert phone.evaluate('sessionStorage.getItem("stationmap.suggestion")') is None


def test_a_suggestion_without_a_place_asks_for_one(phone: Page) -> None:
    phone.goto("/suggest")

    press_send(phone)

    expect(phone.locator("#report-place-problem")).to_have_text("请说明在哪里。")
    expect(phone.locator("#report-lon")).to_be_focused()


# --- once --------------------------------------------------------------------------------------------


def test_a_double_tap_sends_once(phone: Page, server: ReportServer) -> None:
    open_form(phone)

    phone.locator("[data-report-send]").dblclick()
    phone.wait_for_url("**/reports/*")

    assert len(server.reports()) == 1


def test_back_shows_that_it_was_sent_and_offers_a_new_one(phone: Page, server: ReportServer) -> None:
    report(phone)

    phone.go_back()

    expect(phone.get_by_text("这条反馈已经送达。")).to_be_visible()
    expect(phone.locator("[data-report-send]")).to_be_hidden()
    phone.get_by_role("button", name="再写一条").click()
    phone.get_by_role("link", name="时间不对").click()
    press_send(phone)
    phone.wait_for_url("**/reports/*")
    assert [arrived.kind for arrived in server.reports()] == ["locked", "wrong_hours"]


def test_without_script_back_and_send_again_is_still_one(open_phone: OpenPhone, server: ReportServer) -> None:
    page = open_phone(java_script_enabled=False).new_page()
    open_form(page)
    page.get_by_role("button", name="发送").click()
    page.wait_for_url("**/reports/*")

    page.go_back()
    page.get_by_role("button", name="发送").click()
    page.wait_for_url("**/reports/*")

    expect(page.locator(".report-thanks")).to_contain_text("没有重复保存")
    assert len(server.reports()) == 1


def test_without_script_a_fault_keeps_what_was_typed(open_phone: OpenPhone, server: ReportServer) -> None:
    page = open_phone(java_script_enabled=False).new_page()
    open_form(page, "wrong_place")
    page.locator("#report-lon").fill("38.4872")
    page.locator("#report-lat").fill("106.2313")
    page.locator("#report-text").fill("在马路对面")

    page.get_by_role("button", name="发送").click()

    expect(page.locator("#report-place-problem")).to_have_text("需要两个数：经度和纬度。")
    expect(page.locator("#report-text")).to_have_value("在马路对面")
    server.watch.expect("400")


# --- one tap -----------------------------------------------------------------------------------------


def test_one_tap_says_that_the_door_was_open_and_then_rests(phone: Page, server: ReportServer) -> None:
    phone.goto(f"/stations/{STATION}")

    phone.get_by_role("button", name="我刚进去了").click()

    expect(phone.get_by_text("谢谢！已记下：门是开的。")).to_be_visible()
    expect(phone.get_by_role("button", name="我刚进去了")).to_be_disabled()
    phone.reload()
    expect(phone.get_by_text("您刚刚反馈过了，谢谢！")).to_be_visible()
    expect(phone.get_by_role("button", name="我刚进去了")).to_be_disabled()
    assert [(arrived.kind, arrived.station_code) for arrived in server.reports()] == [("got_in", STATION)]


def test_one_tap_works_without_script(open_phone: OpenPhone, server: ReportServer) -> None:
    page = open_phone(java_script_enabled=False).new_page()
    page.goto(f"/stations/{STATION}")

    page.get_by_role("button", name="我刚进去了").click()
    page.wait_for_url("**/reports/*")

    assert [arrived.kind for arrived in server.reports()] == ["got_in"]


# --- the follow-up -----------------------------------------------------------------------------------


def test_the_phone_remembers_its_own_reports(phone: Page, server: ReportServer) -> None:
    report(phone)
    [arrived] = server.reports()

    phone.goto("/reports")

    expect(phone.get_by_role("link", name=arrived.tracking)).to_be_visible()
    phone.get_by_role("button", name="清空清单").click()
    expect(phone.get_by_role("heading", name="这台手机发出的反馈")).to_be_hidden()


def test_a_code_typed_wrongly_stays_in_its_field(phone: Page, server: ReportServer) -> None:
    phone.goto("/reports")
    phone.get_by_label("查询码").fill("00000-00000")

    phone.get_by_role("button", name="查看").click()

    expect(phone.locator("#code-problem")).to_contain_text("没有这个查询码的反馈")
    expect(phone.get_by_label("查询码")).to_have_value("00000-00000")
    server.watch.expect("404")


# --- looks -------------------------------------------------------------------------------------------


def show_fault(page: Page) -> None:
    page.goto(f"/stations/{STATION}/report?kind=other")
    page.locator("[data-report-send]").click()
    expect(page.locator("#report-text-problem")).not_to_be_empty()


def show_sent(page: Page) -> None:
    page.goto(f"/stations/{STATION}/report?kind=closed_for_good")
    page.locator("[data-report-send]").click()
    page.wait_for_url("**/reports/*")


PAGES: dict[str, Callable[[Page], object]] = {
    "question": lambda page: page.goto(f"/stations/{STATION}/report"),
    "broken": lambda page: page.goto(f"/stations/{STATION}/report?kind=broken"),
    "wrong place": lambda page: page.goto(f"/stations/{STATION}/report?kind=wrong_place"),
    "fault": show_fault,
    "suggestion": lambda page: page.goto("/suggest"),
    "sent": show_sent,
    "already sent": lambda page: page.go_back(),
    "follow-up": lambda page: page.goto("/reports"),
}
LOOKS = [
    (360, "dark", "zh-CN"),
    (1440, "light", "en-US"),
    pytest.param(360, "light", "en-US", marks=pytest.mark.long),
    pytest.param(1440, "dark", "zh-CN", marks=pytest.mark.long),
]
"""Every width, scheme and language in the short run; more of their pairs under --long."""


@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
def test_axe_finds_nothing(
    open_phone: OpenPhone, accessibility_problems: FindProblems, width: int, scheme: str, language: str
) -> None:
    page = open_phone(viewport={"width": width, "height": 900}, color_scheme=scheme, locale=language).new_page()

    found = {}
    for name, show in PAGES.items():
        show(page)
        if problems := accessibility_problems(page):
            found[name] = problems

    assert found == {}


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_nothing_is_wider_than_the_smallest_phone(open_phone: OpenPhone, language: str) -> None:
    page = open_phone(viewport={"width": 320, "height": 640}, locale=language).new_page()

    too_wide = {}
    for name, show in PAGES.items():
        show(page)
        overflow_px = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if overflow_px > 0:
            too_wide[name] = overflow_px

    assert too_wide == {}


def test_everything_pressed_is_large_enough_for_a_gloved_finger(phone: Page) -> None:
    small = {}
    for path in (f"/stations/{STATION}/report", f"/stations/{STATION}/report?kind=wrong_place", "/suggest", "/reports"):
        phone.goto(path)
        controls = phone.locator(".report-page :is(a, button, input, select, textarea, summary):visible")
        for control in controls.all():
            box = control.bounding_box()
            if box is not None and control.get_attribute("tabindex") != "-1" and box["height"] < 47.5:
                small[f"{path} {control.evaluate('node => node.outerHTML')[:80]}"] = box["height"]

    assert small == {}
