"""How often one address may ask, and whose word for that address is taken."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask.testing import FlaskClient

from mapapp.settings import SettingsError
from mapapp.web.access import ACCESS
from mapapp.web.rate_classes import NAMED, RateClass, class_of
from tests.mapapp.web.conftest import Build

FORWARDED = "X-Forwarded-For"
READING = {"GET", "HEAD", "OPTIONS"}


def statuses(client: FlaskClient, path: str, count: int, **headers: str) -> list[int]:
    return [client.get(path, headers=headers).status_code for _ in range(count)]


def test_too_many_requests_are_answered_429_with_a_time_to_wait(build: Build) -> None:
    client = build(rate_limit="3/minute")

    assert statuses(client, "/api/v1/openapi.json", 4) == [200, 200, 200, 429]
    refused = client.get("/api/v1/stations")
    assert refused.content_type == "application/problem+json"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60


def test_a_body_refused_for_its_unknown_length_is_counted_too(build: Build) -> None:
    client = build(rate_limit="2/minute")

    answers = [
        client.post("/nearest", input_stream=BytesIO(b"lon=106.2"), headers={"Transfer-Encoding": "chunked"})
        for _ in range(3)
    ]

    assert [answer.status_code for answer in answers] == [411, 411, 429]


def test_people_get_a_page_that_says_so(build: Build) -> None:
    client = build(rate_limit="1/hour")
    client.get("/api/v1/stations")

    response = client.get("/")

    assert (response.status_code, response.mimetype) == (429, "text/html")
    assert "Retry-After" in response.headers


def test_one_limit_counts_all_addresses_of_the_service_together(build: Build) -> None:
    client = build(rate_limit="2/minute")

    assert [client.get(p).status_code for p in ("/api/v1/stations", "/api/v1/openapi.json", "/")] == [200, 200, 429]


def test_health_is_never_limited(build: Build) -> None:
    assert set(statuses(build(rate_limit="1/hour"), "/healthz", 5)) == {200}


def test_an_empty_limit_is_none(build: Build) -> None:
    assert set(statuses(build(rate_limit=""), "/api/v1/openapi.json", 30)) == {200}


def test_a_limit_that_cannot_be_read_stops_the_start(build: Build) -> None:
    with pytest.raises(SettingsError, match="MAPAPP_RATE_LIMIT"):
        build(rate_limit="lots")
    with pytest.raises(SettingsError, match="MAPAPP_RATE_LIMIT_HEAVY"):
        build(rate_limit_heavy="lots")


SEARCH = "/api/v1/stations/nearest?lon=106.25&lat=38.47"


def test_each_class_of_addresses_has_a_limit_of_its_own(build: Build) -> None:
    addresses = {
        "rate_limit_search": ("GET", SEARCH),
        "rate_limit_write": ("POST", "/reports"),
        "rate_limit_sign_in": ("POST", "/staff/sign-in"),
        "rate_limit_staff": ("GET", "/staff/stations"),
        "rate_limit_heavy": ("GET", "/planner/coverage"),
    }
    client = build(**dict.fromkeys(addresses, "2/minute"))

    for setting, (method, path) in addresses.items():
        answers = [client.open(path, method=method) for _ in range(3)]

        assert [answer.status_code == 429 for answer in answers] == [False, False, True], setting
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
        assert client.get("/api/v1/stations?limit=1").status_code == 200, "others may go on"


def test_an_empty_limit_of_a_class_leaves_the_common_one(build: Build) -> None:
    client = build(rate_limit="3/minute", rate_limit_search="")

    assert statuses(client, SEARCH, 4) == [200, 200, 200, 429]


@pytest.mark.parametrize("limits", ["3/hour;1000/day", "1000/hour;3/day"])
def test_several_limits_hold_at_once(build: Build, limits: str) -> None:
    assert statuses(build(rate_limit=limits), "/api/v1/openapi.json", 4) == [200, 200, 200, 429]


def test_a_subscriber_of_ipv6_is_one_visitor(build: Build) -> None:
    client = build(rate_limit="1/minute", trusted_proxies=1)

    assert statuses(client, "/api/v1/openapi.json", 1, **{FORWARDED: "2001:db8:1:2::1"}) == [200]
    assert statuses(client, "/api/v1/openapi.json", 1, **{FORWARDED: "2001:db8:1:2:ffff::9"}) == [429]
    assert statuses(client, "/api/v1/openapi.json", 1, **{FORWARDED: "2001:db8:1:3::1"}) == [200]


def test_every_address_of_a_class_exists_and_what_changes_something_is_never_mere_reading(build: Build) -> None:
    app = build().application

    assert set(NAMED) <= set(ACCESS)
    assert [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if (rule.methods or set()) - READING and class_of(rule.endpoint) is RateClass.READ
    ] == []


def test_forwarded_addresses_are_not_believed_by_default(build: Build) -> None:
    client = build(rate_limit="2/minute")

    answers = [client.get("/api/v1/openapi.json", headers={FORWARDED: f"203.0.113.{i}"}).status_code for i in range(3)]

    assert answers == [200, 200, 429]


def test_a_trusted_proxy_tells_visitors_apart(build: Build) -> None:
    client = build(rate_limit="1/minute", trusted_proxies=1)

    assert statuses(client, "/api/v1/openapi.json", 2, **{FORWARDED: "203.0.113.1"}) == [200, 429]
    assert statuses(client, "/api/v1/openapi.json", 1, **{FORWARDED: "203.0.113.2"}) == [200]
    assert statuses(client, "/api/v1/openapi.json", 1, **{FORWARDED: "203.0.113.9, 203.0.113.2"}) == [429]


def test_a_forwarded_scheme_is_believed_from_a_trusted_proxy_only(build: Build) -> None:
    headers = {"X-Forwarded-Proto": "https"}

    assert "Strict-Transport-Security" not in build().get("/healthz", headers=headers).headers
    assert "Strict-Transport-Security" in build(trusted_proxies=1).get("/healthz", headers=headers).headers


@pytest.mark.parametrize("trusted", [0, 1])
def test_a_forwarded_host_or_prefix_is_never_believed(build: Build, trusted: int) -> None:
    client = build(trusted_proxies=trusted)

    page = client.get(
        "/api/v1/stations?limit=1", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/evil"}
    )

    assert "evil" not in page.text
