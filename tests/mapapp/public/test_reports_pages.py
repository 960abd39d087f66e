"""The pages of reports: the form, its shell without a network, the follow-up."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geodata.reports.vocabulary import ReportState
from mapapp.public.report_view import CHOICES
from mapapp.services.rights import COMMAND_LINE
from tests.conftest import FrozenClock
from tests.mapapp.public.report_sending import AS_FORM, STATION, page_of, photo, send

FORM = f"/stations/{STATION}/report"


def test_the_form_asks_one_thing_first(visitor: FlaskClient) -> None:
    page = page_of(visitor, FORM)

    assert re.findall(r'data-kind="(\w+)"', page) == [kind.value for kind in CHOICES]
    assert re.search(r"<section data-report-details hidden>", page)


@pytest.mark.parametrize("kind", CHOICES)
def test_without_script_a_choice_leads_to_its_own_form(visitor: FlaskClient, kind: str) -> None:
    page = page_of(visitor, f"{FORM}?kind={kind}")

    assert f'name="kind" value="{kind}"' in page
    assert re.search(r"<section data-report-kinds[^>]* hidden>", page)
    shown = re.findall(r'data-for="([\w ]+)"(?! hidden)', page)
    assert all(kind in kinds.split() for kinds in shown)


@pytest.mark.parametrize("kind", ["nonsense", "got_in", "suggest_site", "<script>"])
def test_a_choice_that_is_none_is_asked_for_again(visitor: FlaskClient, kind: str) -> None:
    assert "<section data-report-details hidden>" in page_of(visitor, f"{FORM}?kind={kind}")


def test_every_form_has_a_key_of_its_own(visitor: FlaskClient) -> None:
    keys = {re.search(r'name="key" value="([\w-]{36})"', page_of(visitor, FORM)) for _ in range(2)}

    assert len({key.group(1) for key in keys if key}) == 2


def test_only_what_the_station_has_can_be_broken(visitor: FlaskClient) -> None:
    station = visitor.get(f"/api/v1/stations/{STATION}").get_json()
    offered = {offer["service"] for offer in station["properties"]["services"]}

    page = page_of(visitor, f"{FORM}?kind=broken")

    assert set(re.findall(r'name="services" value="(\w+)"', page)) == offered


def test_contact_is_optional_and_says_when_it_is_deleted(visitor: FlaskClient) -> None:
    assert "90 天后删除" in page_of(visitor, f"{FORM}?kind=other")
    assert "deleted 90 days after" in page_of(visitor, f"{FORM}?kind=other", "en")


def test_a_station_nobody_knows_has_no_form(visitor: FlaskClient) -> None:
    assert visitor.get("/stations/YC-NOBODY/report").status_code == 404


def test_a_stations_page_has_both_buttons(visitor: FlaskClient) -> None:
    page = page_of(visitor, f"/stations/{STATION}")

    assert "我刚进去了" in page
    assert f'href="{FORM}"' in page
    assert re.search(r'name="kind" value="got_in"', page)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_shell_holds_both_forms_and_no_key_that_would_be_kept(visitor: FlaskClient, language: str) -> None:
    page = page_of(visitor, "/offline/report", language)

    assert page.count("data-report-form ") == 2
    assert re.findall(r'name="key" value="([^"]*)"', page) == ["", ""]


def test_a_new_report_waits(client: FlaskClient) -> None:
    page = client.get(send(client, AS_FORM, text="门口贴着纸").headers["Location"]).text

    assert re.search(r'class="step present open" aria-current="step"', page)
    assert "门口贴着纸" in page
    assert "谢谢！已经送达。" in page


def test_the_page_shows_what_staff_did_and_say(app: Flask, client: FlaskClient, clock: FrozenClock) -> None:
    tracking = send(client).get_json()["tracking"]
    desk = app.extensions["stationmap"].reports
    clock.advance(hours=2)
    desk.move(tracking, ReportState.IN_PROGRESS, "", COMMAND_LINE, "", clock())
    clock.advance(hours=3)
    desk.move(tracking, ReportState.RESOLVED, "锁已换好，谢谢。", COMMAND_LINE, "internal remark", clock())

    page = client.get(f"/reports/{tracking}", headers={"Accept-Language": "zh-CN"}).text

    assert re.findall(r'class="step (\w+) (\w+)"', page) == [
        ("passed", "open"),
        ("passed", "in_progress"),
        ("present", "resolved"),
    ]
    assert re.findall(r'class="step-time">([^<]+)<', page) == [
        "2026-11-18 10:00",
        "2026-11-18 12:00",
        "2026-11-18 15:00",
    ]
    assert "锁已换好，谢谢。" in page
    assert "internal remark" not in page


def test_a_report_not_taken_up_ends_there(app: Flask, client: FlaskClient, clock: FrozenClock) -> None:
    tracking = send(client).get_json()["tracking"]
    app.extensions["stationmap"].reports.move(
        tracking, ReportState.REJECTED, "当时未到开放时间。", COMMAND_LINE, "", clock()
    )

    page = client.get(f"/reports/{tracking}", headers={"Accept-Language": "zh-CN"}).text

    assert "不予采纳" in page
    assert "已解决" not in page


def test_neither_contact_nor_photo_is_shown_to_whoever_has_the_code(client: FlaskClient) -> None:
    tracking = send(client, contact="13900000000", photo=photo()).get_json()["tracking"]

    page = client.get(f"/reports/{tracking}").text

    assert "13900000000" not in page
    assert "/photos/" not in page


def test_a_follow_up_is_kept_by_nobody(client: FlaskClient) -> None:
    headers = client.get(send(client, AS_FORM).headers["Location"]).headers

    assert (headers["Cache-Control"], headers["X-Robots-Tag"]) == ("no-store", "noindex")


def test_a_code_may_be_typed_as_people_type(client: FlaskClient) -> None:
    tracking = send(client).get_json()["tracking"]

    led = client.get(
        "/reports", query_string={"code": f" {tracking.lower().replace('-', ' ')} "}, follow_redirects=True
    )

    assert led.status_code == 200
    assert tracking in led.text


def test_a_code_nobody_has_is_kept_in_its_field(client: FlaskClient) -> None:
    answer = client.get("/reports/7KQ2M-9XHTB<", headers={"Accept-Language": "zh-CN"})

    assert answer.status_code == 404
    assert 'value="7KQ2M-9XHTB&lt;" maxlength="40"' in answer.text
    assert "没有这个查询码的反馈" in answer.text


def test_a_suggestion_needs_a_place(client: FlaskClient) -> None:
    answer = send(client, AS_FORM, kind="suggest_site", station=None, text="夜里没有地方")

    assert answer.status_code == 400
    assert "这里该有一个驿站" in answer.text
    assert "请说明在哪里。" in answer.text
    assert "夜里没有地方" in answer.text
