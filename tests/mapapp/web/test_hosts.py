"""The names this service answers under, and what it does with others."""

from __future__ import annotations

from flask.testing import FlaskClient

from mapapp.settings import Settings
from mapapp.web.hosts import names_of
from tests.mapapp.web.conftest import Build

PUBLIC = "https://Stations.Example"


def test_other_names_are_refused_where_the_own_ones_are_known(build: Build) -> None:
    client = build(public_url=PUBLIC, allowed_hosts="map.example, [2001:db8::1]")

    ours = [
        "stations.example",
        "stations.example:443",
        "MAP.EXAMPLE",
        "[2001:db8::1]:8000",
        "localhost",
        "127.0.0.1:8000",
    ]
    others = ["evil.example", "stations.example.evil.example", "stations.example@evil.example", "evil.example:80", ""]
    answers = {host: client.get("/about", headers={"Host": host}).status_code for host in [*ours, *others]}

    assert {host for host, status in answers.items() if status == 200} == set(ours)
    assert {answers[host] for host in others} == {400}


def test_a_refused_name_is_not_repeated(build: Build) -> None:
    client = build(public_url=PUBLIC)

    page = client.get("/about", headers={"Host": "evil.example"})
    problem = client.get("/api/v1/stations", headers={"Host": "evil.example"})

    assert "evil" not in page.text + str(page.headers) + problem.text + str(problem.headers)
    assert problem.get_json()["code"] == "unknown_host"


def test_any_name_will_do_where_none_is_known(client: FlaskClient) -> None:
    assert client.get("/about", headers={"Host": "somewhere.example"}).status_code == 200


def test_the_printed_address_is_the_public_one_whatever_the_request_says(build: Build) -> None:
    client = build(public_url=PUBLIC, allowed_hosts="map.example")
    code = client.get("/api/v1/stations?limit=1").get_json()["features"][0]["properties"]["code"]

    page = client.get(f"/stations/{code}", headers={"Host": "map.example"})

    assert page.status_code == 200
    assert "map.example" not in page.text


def test_names_are_read_from_the_settings() -> None:
    assert names_of(Settings()) == frozenset()
    assert names_of(Settings(public_url="https://a.example:8443/map")) >= {"a.example", "localhost"}
    assert names_of(Settings(allowed_hosts=" b.example , ,C.example:80")) >= {"b.example", "c.example", "::1"}
