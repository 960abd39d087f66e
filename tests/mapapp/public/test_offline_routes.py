"""The worker's release: everything a phone keeps, derived from what is built and served."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mapapp.services.compact_file import FORMAT
from mapapp.web.release import RELEASE_HEADER, TIME_HEADER
from tests.mapapp.public.conftest import TEN

MAX_RELEASE_BYTES = 400_000
NAMED_BY_CONTENT = re.compile(r"\.[0-9a-f]{10}\.\w+$")


def release_of(visitor: FlaskClient, language: str = "zh-CN", **options: Any) -> dict[str, Any]:
    answer = visitor.get("/sw.js", headers={"Accept-Language": language}, **options)
    assert answer.status_code == 200
    first_line = answer.get_data(as_text=True).partition("\n")[0]
    release: dict[str, Any] = json.loads(first_line.removeprefix("self.release=").removesuffix(";"))
    return release


def test_the_worker_is_asked_for_anew_each_time(visitor: FlaskClient) -> None:
    answer = visitor.get("/sw.js")

    assert answer.mimetype == "text/javascript"
    assert "no-cache" in answer.headers["Cache-Control"]


def test_every_kept_file_is_there_and_named_by_its_content(visitor: FlaskClient) -> None:
    files = release_of(visitor)["files"]

    assert all(NAMED_BY_CONTENT.search(url) for url in files)
    assert {url: visitor.get(url, buffered=True).status_code for url in files} == dict.fromkeys(files, 200)


def test_every_bundle_of_the_street_is_kept_and_none_of_the_desk(visitor: FlaskClient) -> None:
    names = {NAMED_BY_CONTENT.sub("", urlsplit(url).path.rpartition("/")[2]) for url in release_of(visitor)["files"]}

    assert {"main", "map", "station", "report", "offline", "site", "leaflet", "markercluster", "zh", "en"} <= names
    assert names & {"planner", "reference", "redoc", "sw"} == set()


@pytest.mark.parametrize("tag", ["zh-CN", "en"])
def test_every_kept_page_comes_in_each_language_and_signed(visitor: FlaskClient, tag: str) -> None:
    release = release_of(visitor)

    for page in release["pages"]:
        answer = visitor.get(page["url"], headers={"Accept-Language": tag})
        assert (answer.status_code, answer.headers["Content-Language"]) == (200, tag), page
        assert answer.headers[RELEASE_HEADER] == release["program"]
    assert tag in release["languages"].values()


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/", "/"),
        ("/stations/YC-S0001", "/offline/station"),
        ("/stations/YC-S0001/", "/offline/station"),
        ("/s/YC-S0001", "/offline/station"),
        ("/stations/YC-S0001/report", "/offline/report"),
        ("/suggest", "/offline/report"),
        ("/manifest.webmanifest", "/manifest.webmanifest"),
        ("/manifestXwebmanifest", None),
        ("/stations", None),
        ("/stations/YC-S0001/qr.svg", None),
        ("/reports/7KQ2M-9XHTB", None),
        ("/planner/coverage", None),
        ("/api/v1/stations/YC-S0001", None),
    ],
)
def test_each_path_is_answered_by_the_page_made_for_it(visitor: FlaskClient, path: str, kept: str | None) -> None:
    pages = release_of(visitor)["pages"]

    found = [page["url"] for page in pages if any(re.search(pattern, path) for pattern in page["answers"])]
    assert found == ([] if kept is None else [kept])


def test_below_a_prefix_everything_has_the_prefix(visitor: FlaskClient) -> None:
    release = release_of(visitor, environ_overrides={"SCRIPT_NAME": "/map"})

    addresses = [
        release["home"],
        release["notice"],
        release["data"]["url"],
        *(page["url"] for page in release["pages"]),
    ]
    assert all(address.startswith("/map/") for address in addresses)
    assert re.search(release["pages"][1]["answers"][0], "/map/stations/YC-S0001")


def test_the_version_is_the_same_for_everybody(visitor: FlaskClient, pages_app: Flask) -> None:
    english = pages_app.test_client().get("/sw.js", headers={"Accept-Language": "en", "Cookie": "lang=en"})

    assert visitor.get("/sw.js", headers={"Accept-Language": "zh"}).data == english.data


def test_another_program_is_another_version(visitor: FlaskClient, pages_app: Flask, monkeypatch: Any) -> None:
    before = release_of(visitor)["version"]
    monkeypatch.setitem(pages_app.extensions, "stationmap.release", "another")

    assert release_of(visitor)["version"] != before


def test_real_stations_in_place_of_the_sample_are_another_version(
    visitor: FlaskClient, pages_app: Flask, monkeypatch: Any
) -> None:
    before = release_of(visitor)
    keeper = pages_app.extensions["stationmap"].keeper
    monkeypatch.setattr(keeper, "_snapshot", replace(keeper.current, is_sample=False))

    after = release_of(visitor)

    assert (after["version"] != before["version"], after["program"]) == (True, before["program"])


def test_the_release_is_light(visitor: FlaskClient) -> None:
    release = release_of(visitor)
    pages = [page["url"] for page in release["pages"] for _ in release["languages"]]

    def size(url: str) -> int:
        return len(visitor.get(url, headers={"Accept-Encoding": "br"}, buffered=True).data)

    assert sum(map(size, [*release["files"], *pages, release["data"]["url"]])) <= MAX_RELEASE_BYTES


def test_the_file_has_the_format_that_the_release_names(visitor: FlaskClient) -> None:
    data = release_of(visitor)["data"]

    answer = visitor.get(data["url"])

    assert data["format"] == FORMAT
    assert answer.get_data(as_text=True).startswith(f'{{"format":{FORMAT},')  # the worker reads no further
    assert answer.headers[TIME_HEADER] == str(int(TEN.timestamp()))


def test_without_a_build_there_is_no_worker(visitor: FlaskClient, pages_app: Flask, monkeypatch: Any) -> None:
    monkeypatch.setitem(pages_app.extensions, "stationmap.assets", {})

    assert visitor.get("/sw.js").status_code == 404


@pytest.mark.parametrize(("language", "name"), [("zh-CN", "银川市职工驿站"), ("en", "Yinchuan workers' stations")])
def test_the_manifest_speaks_the_readers_language(visitor: FlaskClient, language: str, name: str) -> None:
    answer = visitor.get("/manifest.webmanifest", headers={"Accept-Language": language})
    manifest = json.loads(answer.data)

    assert answer.mimetype == "application/manifest+json"
    assert (manifest["name"], manifest["lang"]) == (name, language)
    assert manifest["id"] == manifest["start_url"] == manifest["scope"] == "/"


def test_a_phone_finds_every_icon_it_may_want(visitor: FlaskClient) -> None:
    icons = json.loads(visitor.get("/manifest.webmanifest").data)["icons"]

    assert {(icon["sizes"], icon["purpose"]) for icon in icons} == {
        ("any", "any"),
        *((f"{side}x{side}", purpose) for side in (192, 512) for purpose in ("any", "maskable")),
    }
    for icon in icons:
        answer = visitor.get(icon["src"], buffered=True)
        assert (answer.status_code, answer.mimetype) == (200, icon["type"])
