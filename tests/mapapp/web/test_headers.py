"""Security headers: on every answer, whoever asks."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from mapapp import create_app
from mapapp.settings import Settings
from mapapp.store import Store

EVERYWHERE = ["/", "/nothing", "/api/v1/stations", "/api/v1/nothing", "/healthz", "/api/v1/stations?limit=0"]


def policy_of(response: Any) -> dict[str, str]:
    directives = (part.strip().partition(" ") for part in response.headers["Content-Security-Policy"].split(";"))
    return {name: sources for name, _, sources in directives}


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_answer_carries_them(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=(self)" in headers["Permissions-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_a_page_runs_only_our_scripts_and_styles(client: FlaskClient) -> None:
    policy = policy_of(client.get("/"))

    for directive in ("script-src", "style-src"):
        assert re.fullmatch(r"'self' 'nonce-[\w-]{20,}'", policy[directive])
    assert policy["connect-src"] == "'self'"
    assert policy["img-src"] == "'self' data:"
    assert policy["form-action"] == "'self'"
    assert (policy["base-uri"], policy["object-src"]) == ("'none'", "'none'")


def test_no_nonce_is_used_twice(client: FlaskClient) -> None:
    assert len({policy_of(client.get("/"))["script-src"] for _ in range(5)}) == 5


def test_images_may_come_from_the_chosen_basemap_only(settings: Settings, sample_store: Store, clock: Any) -> None:
    app = create_app(replace(settings, basemap="osm"), clock=clock, start_refresher=False)

    assert policy_of(app.test_client().get("/"))["img-src"] == "'self' data: https://tile.openstreetmap.org"


@pytest.mark.parametrize("path", [*EVERYWHERE, "/static/img/icon.svg"])
def test_https_is_remembered_for_a_year_and_only_over_https(client: FlaskClient, path: str) -> None:
    over_https = client.get(path, base_url="https://localhost", buffered=True).headers.getlist(
        "Strict-Transport-Security"
    )

    assert "Strict-Transport-Security" not in client.get(path, buffered=True).headers
    assert over_https == ["max-age=31536000; includeSubDomains"]


def test_a_file_opened_by_itself_runs_nothing(client: FlaskClient) -> None:
    response = client.get("/static/img/icon.svg", buffered=True)

    assert response.status_code == 200
    assert policy_of(response)["default-src"] == "'none'"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", "/report", "/staff/sign-in"])
def test_no_script_or_style_stands_in_a_page_without_its_nonce(client: FlaskClient, path: str) -> None:
    response = client.get(path, buffered=True)
    nonce = policy_of(response)["script-src"].partition("nonce-")[2].rstrip("'")

    for tag in re.findall(r"<(?:script|style)\b[^>]*>", response.text):
        assert f'nonce="{nonce}"' in tag or 'src="/static/' in tag or 'type="application/json"' in tag, tag
    assert not re.search(r"<[^>]+\s(?:on[a-z]+|style)\s*=", response.text)
    assert "javascript:" not in response.text


def test_over_https_every_cookie_is_this_hosts_alone(client: FlaskClient) -> None:
    answers = [client.get(path, base_url="https://localhost") for path in ("/?lang=en", "/staff/sign-in")]
    cookies = [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]

    assert len(cookies) >= 2
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/"} <= {part.strip() for part in cookie.split(";")}
        assert "SameSite=" in cookie
        assert "Domain=" not in cookie


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_no_other_site_may_ask_to_write(client: FlaskClient, method: str) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": method}
    asked["Access-Control-Request-Headers"] = "authorization, content-type"

    allowed = client.options("/api/v1/stations", headers=asked).headers

    assert method not in allowed.get("Access-Control-Allow-Methods", "")
    assert "authorization" not in allowed.get("Access-Control-Allow-Headers", "").lower()
    assert "Access-Control-Allow-Credentials" not in allowed


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND"])
def test_methods_nobody_needs_are_refused(client: FlaskClient, method: str) -> None:
    response = client.open("/", method=method, headers={"X-Probe": "probe-value"})

    assert response.status_code == 405
    assert "probe-value" not in response.text


def test_any_site_may_read_the_public_interface_and_nothing_else(client: FlaskClient) -> None:
    for path in ("/api/v1/stations", "/api/v1/nothing", "/api/v1/stations?limit=0"):
        assert client.get(path).headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in client.get(path).headers
    for path in ("/", "/healthz", "/nothing"):
        assert "Access-Control-Allow-Origin" not in client.get(path).headers
    assert "Access-Control-Allow-Origin" not in client.post("/api/v1/stations").headers
