"""The language of an answer: chosen, else asked for, else Chinese."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.conftest import SharedApp


@pytest.fixture
def client(shared_app: SharedApp) -> FlaskClient:
    """A visitor of an application that other tests read too."""
    return shared_app.app.test_client()


@pytest.mark.parametrize(
    ("accepted", "tag"),
    [
        ("", "zh-CN"),
        ("en", "en"),
        ("en-US,en;q=0.9", "en"),
        ("zh-TW,en;q=0.9", "zh-CN"),
        ("de, en;q=0.5, zh;q=0.1", "en"),
        ("de", "zh-CN"),
        ("*", "zh-CN"),
        ("en;q=0, zh", "zh-CN"),
        ("nonsense;;;q=x", "zh-CN"),
    ],
)
def test_follows_the_browser(client: FlaskClient, accepted: str, tag: str) -> None:
    response = client.get("/", headers={"Accept-Language": accepted})

    assert response.headers["Content-Language"] == tag
    assert {"Accept-Language", "Cookie"} <= set(response.headers["Vary"].split(", "))


def test_a_choice_is_kept_and_the_address_is_clean_again(client: FlaskClient) -> None:
    choice = client.get("/?lang=en&kind=rest_station&kind=driver_home")
    later = client.get("/", headers={"Accept-Language": "zh-CN"})

    assert (choice.status_code, choice.headers["Location"]) == (303, "/?kind=rest_station&kind=driver_home")
    assert later.headers["Content-Language"] == "en"


def test_a_choice_can_be_changed(client: FlaskClient) -> None:
    client.get("/?lang=en")
    client.get("/?lang=zh-CN")

    assert client.get("/", headers={"Accept-Language": "en"}).headers["Content-Language"] == "zh-CN"


def test_the_cookie_is_for_us_alone(client: FlaskClient) -> None:
    plain = client.get("/?lang=en").headers["Set-Cookie"]
    secure = client.get("/?lang=en", base_url="https://localhost").headers["Set-Cookie"]

    assert "HttpOnly" in plain
    assert "SameSite=Lax" in plain
    assert "Secure" not in plain
    assert "Secure" in secure


@pytest.mark.parametrize("choice", ["de", "", "<script>", "en\r\nSet-Cookie: a=b"])
def test_an_unknown_choice_changes_nothing(client: FlaskClient, choice: str) -> None:
    response = client.get("/", query_string={"lang": choice})

    assert response.status_code == 303
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    "path",
    ["//evil.example/", "/\\evil.example", "///evil.example", "//", "/\r\nX: y", "/?a", "//evil.example/stations"],
)
def test_a_choice_never_leads_to_another_host(client: FlaskClient, path: str) -> None:
    location = client.get("/?lang=en", environ_overrides={"PATH_INFO": path}).headers["Location"]

    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert "\n" not in location


def test_a_forged_cookie_is_ignored(client: FlaskClient) -> None:
    client.set_cookie("lang", "../../etc/passwd")

    assert client.get("/").headers["Content-Language"] == "zh-CN"
