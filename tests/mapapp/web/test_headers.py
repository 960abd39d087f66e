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


def test_https_is_remembered_only_over_https(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/").headers
    assert "max-age" in client.get("/", base_url="https://localhost").headers["Strict-Transport-Security"]


def test_any_site_may_read_the_public_interface_and_nothing_else(client: FlaskClient) -> None:
    for path in ("/api/v1/stations", "/api/v1/nothing", "/api/v1/stations?limit=0"):
        assert client.get(path).headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in client.get(path).headers
    for path in ("/", "/healthz", "/nothing"):
        assert "Access-Control-Allow-Origin" not in client.get(path).headers
    assert "Access-Control-Allow-Origin" not in client.post("/api/v1/stations").headers
