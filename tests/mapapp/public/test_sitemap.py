"""The map of the site for search engines."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mapapp.settings import Settings
from tests.conftest import FROZEN_AT, FrozenClock, answering, shell_of_app
from tests.conftest import _copy as copy_database
from tests.statements import statements_asked

SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
PUBLIC = "https://stations.example"
"""Under this name people reach the service."""


def settings_over(folder: Path) -> Settings:
    return Settings(
        database_url=f"sqlite:///{folder / 'stations.sqlite3'}", data_dir=str(folder), public_url=PUBLIC, rate_limit=""
    )


@pytest.fixture(scope="module")
def shell(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application with a public address, without its services."""
    return shell_of_app(settings_over(tmp_path_factory.mktemp("mapped")), sample_database)


@pytest.fixture
def sampled(shell: Flask, sample_database: Path, tmp_path: Path, clock: FrozenClock) -> Iterator[Flask]:
    """The same over the sample's stations."""
    copy_database(sample_database, tmp_path / "stations.sqlite3")
    with answering(shell, settings_over(tmp_path), clock) as app:
        yield app


@pytest.fixture
def mapped(shell: Flask, sample_database: Path, tmp_path: Path, clock: FrozenClock) -> Iterator[Flask]:
    """The same over stations that pass for real ones."""
    copy_database(sample_database, tmp_path / "stations.sqlite3")
    connection = sqlite3.connect(tmp_path / "stations.sqlite3")
    connection.execute("UPDATE stations SET is_sample = 0")
    connection.commit()
    connection.close()
    with answering(shell, settings_over(tmp_path), clock) as app:
        yield app


def addresses(client: FlaskClient, path: str) -> list[tuple[str, str | None]]:
    """Addresses and last changes of a site map or of one of its pages."""
    root = ET.fromstring(client.get(path, base_url=PUBLIC).data)  # noqa: S314 - we wrote it
    return [(each.findtext(f"{SPACE}loc") or "", each.findtext(f"{SPACE}lastmod")) for each in root]


def test_every_real_station_is_on_one_page_of_the_map(mapped: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mapapp.services.sitemap.STATIONS_A_PAGE", 100)
    client, snapshot = mapped.test_client(), mapped.extensions["stationmap"].snapshot

    pages = addresses(client, "/sitemap.xml")
    named = [each for page, _day in pages for each in addresses(client, page.removeprefix(PUBLIC))]

    assert len(pages) == -(-len(snapshot.stations) // 100)
    assert named[:4] == [(f"{PUBLIC}{path}", None) for path in ("/", "/stations", "/planner/coverage", "/about")]
    assert [address for address, _day in named[4:]] == [
        f"{PUBLIC}/stations/{station.code}" for station in snapshot.stations
    ]
    assert {day for _address, day in (*pages, *named[4:])} == {FROZEN_AT.date().isoformat()}
    assert all(client.get(address.removeprefix(PUBLIC), base_url=PUBLIC).status_code == 200 for address, _ in named[:9])


def test_a_change_shows_as_its_stations_day_and_changes_the_pages_tag(mapped: Flask, clock: FrozenClock) -> None:
    client, parts = mapped.test_client(), mapped.extensions["stationmap"]
    before = client.get("/sitemap/1.xml", base_url=PUBLIC)
    code = parts.snapshot.stations[7].code
    clock.advance(days=3)
    with parts.store.writing("form") as writer:
        changed = replace(parts.snapshot.by_code[code], entry_note="从东门进")
        writer.update_station(changed, actor="test", reason="", expected_version=changed.version)
    parts.keeper.refresh()

    days = dict(addresses(client, "/sitemap/1.xml"))

    assert days[f"{PUBLIC}/stations/{code}"] == clock.now.date().isoformat()
    again = client.get("/sitemap/1.xml", base_url=PUBLIC, headers={"If-None-Match": before.headers["ETag"]})
    assert again.status_code == 200
    unchanged = client.get("/sitemap/1.xml", base_url=PUBLIC, headers={"If-None-Match": again.headers["ETag"]})
    assert (unchanged.status_code, unchanged.data) == (304, b"")


def test_the_database_is_asked_once_a_snapshot(mapped: Flask) -> None:
    client = mapped.test_client()
    with statements_asked() as first:
        client.get("/sitemap.xml", base_url=PUBLIC)
    with statements_asked() as later:
        assert client.get("/sitemap/1.xml", base_url=PUBLIC).status_code == 200

    assert (len(first) <= 2, len(later)) == (True, 0)  # the transaction, and what is asked in it


def test_what_is_invented_is_not_on_the_map(sampled: Flask) -> None:
    named = addresses(sampled.test_client(), "/sitemap/1.xml")

    assert [address for address, _day in named if "/stations/" in address] == []
    assert len(named) == 4


def test_robots_are_told_where_the_map_is(mapped: Flask) -> None:
    told = mapped.test_client().get("/robots.txt", base_url=PUBLIC).text

    assert f"Sitemap: {PUBLIC}/sitemap.xml" in told
    assert "Disallow: /staff\n" in told


def test_without_a_public_address_there_is_no_map(client: FlaskClient) -> None:
    assert "Sitemap" not in client.get("/robots.txt").text
    assert client.get("/sitemap.xml").status_code == client.get("/sitemap/1.xml").status_code == 404


@pytest.mark.parametrize("number", ["0", "2", "99999999999999999999", "-1", "x"])
def test_a_page_the_map_does_not_have_is_not_found(mapped: Flask, number: str) -> None:
    assert mapped.test_client().get(f"/sitemap/{number}.xml", base_url=PUBLIC).status_code == 404
