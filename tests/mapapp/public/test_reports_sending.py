"""Reports as they are sent: from our pages only, each once, with every fault named at its field."""

from __future__ import annotations

import re
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geodata.reports.report import Report
from geodata.reports.vocabulary import ReportKind
from mapapp.public.report_routes import MAX_REPORT_BYTES
from mapapp.services.reports.desk import ReportDesk
from tests.mapapp.public.report_sending import AS_FORM, AS_SCRIPT, STATION, photo, send


def desk_of(app: Flask) -> ReportDesk:
    desk: ReportDesk = app.extensions["stationmap"].reports
    return desk


def kept(app: Flask) -> tuple[Report, ...]:
    """Every report there is."""
    with app.extensions["stationmap"].store.reading() as reader:
        reports: tuple[Report, ...] = reader.reports.all()
        return reports


def test_a_script_is_told_the_code_and_where_to_follow_it(client: FlaskClient) -> None:
    answer = send(client)

    assert (answer.status_code, answer.mimetype) == (201, "application/json")
    assert re.fullmatch(r"[0-9A-Z]{5}-[0-9A-Z]{5}", answer.get_json()["tracking"])
    assert answer.get_json()["url"] == f"/reports/{answer.get_json()['tracking']}"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_plain_form_is_led_to_the_page_of_its_report(client: FlaskClient) -> None:
    answer = send(client, AS_FORM)

    assert answer.status_code == 303
    assert client.get(answer.headers["Location"]).status_code == 200


def test_the_same_form_sent_twice_is_one_report(app: Flask, client: FlaskClient) -> None:
    key = "8d5f0a5e-6d0e-4a52-9a0a-6f6f0f5b2f11"

    first, second = send(client, key=key), send(client, key=key)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.get_json() == second.get_json()
    assert len(kept(app)) == 1


def test_a_form_sent_again_by_hand_says_that_it_had_arrived(client: FlaskClient) -> None:
    key = "8d5f0a5e-6d0e-4a52-9a0a-6f6f0f5b2f12"
    send(client, AS_FORM, key=key)

    again = send(client, AS_FORM, key=key)

    assert "没有重复保存" in client.get(again.headers["Location"]).text


@pytest.mark.parametrize("kind", [kind for kind in ReportKind if kind.is_about_station])
def test_every_kind_arrives_as_what_it_is(app: Flask, client: FlaskClient, kind: ReportKind) -> None:
    services = ["water"] if kind.names_services else None

    answer = send(client, kind=kind.value, services=services, text="门口贴着纸")

    report = desk_of(app).find(answer.get_json()["tracking"])
    assert report is not None
    assert (report.kind, report.station_code, report.text) == (kind, STATION, "门口贴着纸")
    assert [service.value for service in report.services] == (services or [])


def test_a_suggested_site_arrives_with_its_place(app: Flask, client: FlaskClient) -> None:
    answer = send(client, kind="suggest_site", station=None, lon="106.2313571", lat="38.4872", text="路口没有")

    report = desk_of(app).find(answer.get_json()["tracking"])
    assert report is not None
    assert report.station_code is None
    assert report.place is not None
    assert (report.place.lon, report.place.lat) == (106.231357, 38.4872)


def test_a_place_copied_from_amap_is_converted(app: Flask, client: FlaskClient) -> None:
    place: dict[str, Any] = {"kind": "wrong_place", "lon": "106.2313", "lat": "38.4872"}
    plain = desk_of(app).find(send(client, **place).get_json()["tracking"])

    shifted = desk_of(app).find(send(client, **place, crs="gcj02").get_json()["tracking"])

    assert plain is not None
    assert plain.place is not None
    assert shifted is not None
    assert shifted.place is not None
    assert 0.001 < abs(plain.place.lon - shifted.place.lon) < 0.01


def test_a_photo_is_kept_for_staff(app: Flask, client: FlaskClient) -> None:
    answer = send(client, photo=photo("PNG"))

    report = desk_of(app).find(answer.get_json()["tracking"])
    assert report is not None
    assert report.photo_hash
    assert client.get(f"/photos/{report.photo_hash}.jpg").status_code == 404


def test_what_does_not_belong_to_the_kind_is_left_out(app: Flask, client: FlaskClient) -> None:
    answer = send(client, kind="wrong_hours", services="water", lon="106.23", lat="38.48")

    report = desk_of(app).find(answer.get_json()["tracking"])
    assert report is not None
    assert (report.services, report.place) == ((), None)


def test_when_it_was_made_offline_is_kept(app: Flask, client: FlaskClient) -> None:
    answer = send(client, made_at="2026-11-18T00:30:00.000Z")

    report = desk_of(app).find(answer.get_json()["tracking"])
    assert report is not None
    assert report.made_at == datetime.fromisoformat("2026-11-18T08:30:00+08:00")


@pytest.mark.parametrize("made_at", ["yesterday", "2026-11-18T08:00:00", "", "9" * 40])
def test_a_time_that_makes_no_sense_is_no_reason_to_refuse(client: FlaskClient, made_at: str) -> None:
    assert send(client, made_at=made_at).status_code == 201


FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({"kind": "nonsense"}, "kind", "请选择是什么问题。"),
    ({"kind": ""}, "kind", "请选择是什么问题。"),
    ({"kind": "broken"}, "services", "请勾选是哪一项，或在下面写明。"),
    ({"kind": "broken", "services": "gold"}, "services", "这样填写无法使用，请修改。"),
    ({"kind": "other"}, "text", "请简单写几个字，或加一张照片。"),
    ({"text": "很" * 501}, "text", "太长了，最多 500 字。"),
    ({"text": "a\x00b"}, "text", "这段文字里有无法保存的字符。"),
    ({"contact": "1" * 101}, "contact", "太长了，最多 100 字。"),
    ({"kind": "suggest_site", "station": None}, "place", "请说明在哪里。"),
    ({"kind": "wrong_place", "lon": "106.2"}, "place", "需要两个数：经度和纬度。"),
    ({"kind": "wrong_place", "lon": "nan", "lat": "38"}, "place", "需要两个数：经度和纬度。"),
    ({"kind": "wrong_place", "lon": "106", "lat": "38", "crs": "mars"}, "place", "需要两个数：经度和纬度。"),
    ({"kind": "wrong_place", "lon": "38.48", "lat": "106.23"}, "place", "需要两个数：经度和纬度。"),
    ({"kind": "suggest_site", "station": None, "lon": "121.47", "lat": "31.23"}, "place", "这个位置离本市很远。"),
    ({"key": "not-a-key"}, "key", "这样填写无法使用，请修改。"),
]


@pytest.mark.parametrize(("fields", "field", "sentence"), FAULTS)
def test_every_fault_is_named_at_its_field(
    client: FlaskClient, fields: dict[str, Any], field: str, sentence: str
) -> None:
    answer = send(client, **fields)

    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.get_json()["problems"][field]["text"] == sentence


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"no picture", "not_a_photo"), (b"\0\0\0\x18ftypheic\0\0\0\0", "heic"), (b"\xff\xd8\xff", "broken")],
)
def test_a_file_that_is_no_photo_is_refused_at_the_photo(client: FlaskClient, content: bytes, code: str) -> None:
    answer = send(client, photo=(BytesIO(content), "door.jpg"))

    assert answer.status_code == 400
    assert answer.get_json()["problems"]["photo"]["code"] in {code, "not_a_photo"}


def test_a_plain_form_comes_back_with_everything_typed(client: FlaskClient) -> None:
    answer = send(
        client, AS_FORM, kind="broken", text='"><b>水</b>', contact="139 0000 0000", photo=photo(), services="gold"
    )

    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "&#34;&gt;&lt;b&gt;水&lt;/b&gt;" in page
    assert 'value="139 0000 0000"' in page
    assert "请重新选择" in page
    assert re.search(r'data-problem="services">这样填写无法使用', page)


def test_ticks_and_key_survive_a_refusal(client: FlaskClient) -> None:
    key = "8d5f0a5e-6d0e-4a52-9a0a-6f6f0f5b2f13"

    page = send(client, AS_FORM, kind="broken", key=key, services=["water"], contact="1" * 101).get_data(as_text=True)

    assert re.search(r'name="services" value="water" checked', page)
    assert f'name="key" value="{key}"' in page


def test_a_station_nobody_knows_is_not_found(client: FlaskClient) -> None:
    answer = send(client, station="YC-NOBODY")

    assert answer.status_code == 404
    assert answer.get_json()["problems"]["station"]["text"] == "这个站点已经不在名单上了。"


@pytest.mark.parametrize("headers", [AS_SCRIPT, AS_FORM])
def test_too_many_are_refused_with_a_time_to_wait(client: FlaskClient, headers: dict[str, str]) -> None:
    send(client)

    answer = send(client, headers, text="我说过了")

    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 600
    assert "分钟后再试" in answer.get_json()["detail"] if headers is AS_SCRIPT else "我说过了" in answer.text


def send_too_much(client: FlaskClient, headers: dict[str, str]) -> TestResponse:
    """A body larger than is read, without a file for pytest to look after."""
    form = b'--x\r\nContent-Disposition: form-data; name="photo"; filename="door.jpg"\r\n\r\n'
    return client.post(
        "/reports",
        data=form + bytes(MAX_REPORT_BYTES) + b"\r\n--x--\r\n",
        content_type="multipart/form-data; boundary=x",
        headers=headers,
    )


def test_more_than_a_photo_is_not_read(client: FlaskClient) -> None:
    answer = send_too_much(client, AS_SCRIPT)

    assert answer.status_code == 413
    assert answer.get_json()["problems"]["photo"]["code"] == "too_large"


def test_a_page_says_that_the_photo_was_too_large(client: FlaskClient) -> None:
    answer = send_too_much(client, AS_FORM)

    assert answer.status_code == 413
    assert "照片超过 8 MB" in answer.text
    assert "您写的内容应该还在" in answer.text


def test_every_other_address_reads_little(client: FlaskClient) -> None:
    assert client.post("/nearest", data={"q": "x" * 100_000}).status_code == 413


@pytest.mark.parametrize(("headers", "status"), [(AS_SCRIPT, 202), (AS_FORM, 202)])
def test_a_program_that_fills_in_every_field_is_thanked_and_ignored(
    app: Flask, client: FlaskClient, headers: dict[str, str], status: int
) -> None:
    answer = send(client, headers, website="buy here")

    assert answer.status_code == status
    assert kept(app) == ()


def test_no_position_of_a_report_reaches_a_log(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        send(client, kind="suggest_site", station=None, lon="106.2313571", lat="38.4872", contact="13900000000")

    assert "106.23" not in caplog.text
    assert "13900000000" not in caplog.text
