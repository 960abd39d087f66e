"""Who may send a report, and how two devices are told apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import Signer

from mapapp import create_app
from mapapp.settings import Settings
from mapapp.store import Store
from tests.mapapp.public.report_sending import AS_SCRIPT, send

OURS = [
    {"Origin": "http://localhost"},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Referer": "http://localhost/stations/YC-S0001/report"},
    {"Origin": "http://localhost:80"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://behind-a-proxy.example"},
]
NOT_OURS = [
    {},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "https://localhost"},
    {"Origin": "http://localhost:8080"},
    {"Origin": "null"},
    {"Origin": "nonsense:::"},
    {"Referer": "http://evil.example/?http://localhost/"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
]


@pytest.mark.parametrize("headers", OURS)
def test_what_our_pages_send_is_taken(client: FlaskClient, headers: dict[str, str]) -> None:
    assert send(client, {"Accept": "application/json", **headers}).status_code == 201


@pytest.mark.parametrize("headers", NOT_OURS)
def test_what_others_send_is_refused(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = send(client, {"Accept": "application/json", **headers})

    assert answer.status_code == 403
    assert answer.get_json()["code"] == "cross_origin"


def test_a_person_is_told_what_to_do_instead(client: FlaskClient) -> None:
    answer = send(client, {"Origin": "http://evil.example", "Accept-Language": "zh-CN"})

    assert answer.status_code == 403
    assert "只能从本站的页面发送" in answer.text


def test_the_address_people_use_may_differ_from_the_one_in_the_request(
    settings: Settings, sample_store: Store, clock: Any
) -> None:
    app = create_app(replace(settings, public_url="https://stations.example.org/"), clock=clock, start_refresher=False)

    answer = send(app.test_client(), {"Accept": "application/json", "Origin": "https://stations.example.org"})

    assert answer.status_code == 201
    app.extensions["stationmap"].store.close()


def cookie_of(answer: Any) -> str:
    return str(answer.headers["Set-Cookie"])


def test_a_device_gets_its_name_with_its_first_report(client: FlaskClient) -> None:
    before = client.get("/stations/YC-S0001/report").headers

    cookie = cookie_of(send(client))

    assert "Set-Cookie" not in before
    assert cookie.startswith("device=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=31536000"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


def test_over_https_the_name_is_bound_to_this_host(client: FlaskClient) -> None:
    headers = {**AS_SCRIPT, "Origin": "https://localhost"}

    answer = client.post(
        "/reports", data={"kind": "locked", "station": "YC-S0001"}, headers=headers, base_url="https://localhost"
    )

    assert cookie_of(answer).startswith("__Host-device=")
    assert "; Secure" in cookie_of(answer)
    assert "Domain" not in cookie_of(answer)


def test_a_device_keeps_its_name(client: FlaskClient) -> None:
    first = cookie_of(send(client)).split(";")[0]

    second = cookie_of(send(client, kind="wrong_hours")).split(";")[0]

    assert first == second


def test_two_devices_have_two_names(app: Flask) -> None:
    names = {cookie_of(send(app.test_client())).split(";")[0] for _ in range(2)}

    assert len(names) == 2


@pytest.mark.parametrize("forged", ["abcdefgh12345678", "abcdefgh12345678.c2lnbmF0dXJl", "", "x" * 5000, "é.é", "."])
def test_a_forged_name_is_as_good_as_none(client: FlaskClient, forged: str) -> None:
    answer = send(client, {**AS_SCRIPT, "Cookie": f"device={forged}"})

    assert answer.status_code == 201
    assert not cookie_of(answer).startswith(f"device={forged};")


def test_a_signed_name_that_is_no_name_of_ours_counts_for_nothing(app: Flask, client: FlaskClient) -> None:
    signed = Signer(app.extensions["stationmap"].secret, salt="mapapp.device").sign("a b;c").decode()
    client.set_cookie("device", signed)

    assert "a b" not in cookie_of(send(client))
